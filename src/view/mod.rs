//! Windows on what happens inside: a progress bar, a digit in the terminal, line plots, and pages. Nothing here computes anything
//! that a weight or a loss depends on.

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
