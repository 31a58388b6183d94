//! The example programs, run as their users run them, and the grammar of options that they share.

mod start;
#[path = "../../examples/support/mod.rs"]
mod support;

mod bench;
mod both_floors;
mod classifiers;
mod io;
mod options;
mod readme;
mod sin_to_cos;
mod train;
mod unkind_data;
