//! The report of a training: one page that shows what went on, and says in words what is wrong, if something is.
//!
//! [`Watch`] looks into the network now and then while it trains; what it sees, and all else that is known, is a [`Record`], of which
//! [`report`] makes a page and [`verdict`] finds what is wrong.

mod chart;
mod confusion;
mod document;
mod loss;
mod pictures;
mod record;
mod rules;
mod unit;
mod verdict;
mod watch;
mod words;

pub use document::report;
pub use record::{Activity, Answer, Inputs, Norms, Record, Sight};
pub use unit::Unit;
pub use verdict::{Ailment, Finding, verdict};
pub use watch::{Inside, Names, Watch, names_of_net, names_of_section37, strongest_units};
