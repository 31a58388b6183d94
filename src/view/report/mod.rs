//! The report of a training: one page that shows what went on, and says in words what is wrong, if something is.
//!
//! [`Watch`] looks into the network now and then while it trains; what it sees, and all else that is known, is a [`Record`], of which
//! [`report`] makes a page and [`verdict`] finds what is wrong.
//!
//! A loss that does not fall has many causes, and most show elsewhere first: in the share of units that are saturated or dead,
//! in how long gradients and steps are, in which classes are taken for which. Who knows these traces sees in a minute what would
//! otherwise take a day of trying.
//!
//! What always holds: looking changes no bit of the training, since it only borrows; a page is whole and at most 1 MB, however short,
//! wide or broken the training was; and a verdict is silent about healthy trainings.
//!
//! Guarded by `tests/suite/view/report_verdict.rs`: `healthy_trainings_are_called_healthy`, `every_planted_mistake_is_named`; by
//! `tests/suite/view/report.rs`: `pages_are_whole_whatever_the_training_was_like`, `each_cell_opens_its_samples`,
//! `scores_are_those_of_the_matrix`; and by `tests/suite/view/report_watch.rs`:
//! `norms_of_section37_are_those_of_its_gradients`.

mod chart;
mod confusion;
mod document;
mod loss;
mod pictures;
mod record;
mod rules;
mod verdict;
mod watch;
mod words;

pub use crate::nn::Unit;
pub use document::report;
pub use record::{Activity, Answer, Inputs, Norms, Record, Sight};
pub use verdict::{Ailment, Finding, verdict};
pub use watch::{Inside, Names, Watch, names_of_net, names_of_section37, strongest_units};
