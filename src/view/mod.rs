//! Windows on what happens inside: a progress bar, a digit in the terminal, line plots, and pages. Nothing here computes anything
//! that a weight or a loss depends on.
//!
//! A curve shows in a second what a column of numbers hides. Pictures and pages are text that is written here, SVG and HTML, so
//! that they need no library and no network to be seen.
//!
//! What always holds: whatever comes from outside is escaped by the one writer of elements, [`Markup`]; a bar is drawn on a
//! terminal only, and plain lines elsewhere; and what cannot be drawn leaves the earlier picture as it was.
//!
//! Guarded by `tests/suite/view/markup.rs`: `what_comes_from_outside_is_escaped`; by `tests/suite/view/plot.rs`:
//! `values_lie_where_the_axes_say`, `what_cannot_be_drawn_is_refused`; and by `tests/suite/view/progress.rs`:
//! `elsewhere_there_are_plain_lines_and_in_quiet_nothing`.

mod axis;
mod confused;
mod digit;
mod layout;
mod loss_curve;
mod markup;
mod page;
mod plot;
mod progress;
mod running_mean;
mod sparkline;
mod svg;
mod terminal;

pub mod report;

pub use confused::confusion_matrix;
pub use digit::digit;
pub use loss_curve::visualization_loss;
pub use markup::{Attributes, Markup};
pub use page::page;
pub use plot::Plot;
pub use progress::{Progress, Style};
pub use terminal::{Colours, Terminal};
