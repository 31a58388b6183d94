//! The example programs, run as their users run them, and the grammar of options that they share.

#[allow(dead_code)]
#[path = "../../examples/gradcheck/network.rs"]
mod network;
#[allow(dead_code)]
#[path = "../../examples/gradcheck/patients.rs"]
mod patients;
mod start;
#[path = "../../examples/support/mod.rs"]
mod support;

mod bad_places;
mod bench;
mod both_floors;
mod checkpoint;
mod classifiers;
mod draw;
mod fuzz;
mod gradcheck;
mod io;
mod keep;
mod options;
mod other_data;
mod predict;
mod readme;
mod report;
mod sin_to_cos;
mod texts;
mod train;
mod ulp;
mod unkind_data;
mod walkthrough;
