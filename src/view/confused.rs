//! The confusion matrix in the terminal.

use super::terminal::{Colours, Terminal};
use crate::metrics::Confusion;
use crate::ranking::ranked;

/// Confusions that are listed where the matrix is too wide.
const LISTED: usize = 10;

/// Shares of a class from which a confusion is called frequent, and very frequent.
const FREQUENT: f64 = 0.01;
const VERY_FREQUENT: f64 = 0.05;

/// The confusion matrix, whose classes have these names, for a terminal. In colours what is right is green, what is frequently
/// wrong yellow, or red. Where the matrix is wider than the terminal the most frequent confusions are listed instead.
///
/// ```
/// use fromzero::{Matrix, metrics::Confusion, view::{Terminal, confusion_matrix}};
/// let mut confusion = Confusion::new(2);
/// confusion.add(&Matrix::from_rows(&[[0.9, 0.1], [0.7, 0.3]]), &[0, 1])?;
/// let name = |class: usize| ["cat", "dog"][class].to_string();
/// let table = confusion_matrix(&confusion, name, &Terminal::PLAIN);
/// assert_eq!(table.lines().nth(2), Some("  dog    1    0   0.0%"));
/// # Ok::<(), fromzero::io::Error>(())
/// ```
pub fn confusion_matrix(
    confusion: &Confusion,
    name: impl Fn(usize) -> String,
    terminal: &Terminal,
) -> String {
    matrix(confusion, &name, terminal)
}

fn matrix(confusion: &Confusion, name: &dyn Fn(usize) -> String, terminal: &Terminal) -> String {
    let plain = confusion.table(name, |_, _, count| count);
    let width = plain.lines().map(|line| line.chars().count()).max();
    if width > Some(terminal.columns) {
        return most_frequent(confusion, name);
    }
    if terminal.colours == Colours::None {
        return plain;
    }
    confusion.table(name, |class, predicted, count| {
        let share = confusion.share(class, predicted).unwrap_or(0.0);
        match () {
            () if class == predicted => format!("\x1b[32m{count}\x1b[0m"),
            () if share >= VERY_FREQUENT => format!("\x1b[31m{count}\x1b[0m"),
            () if share >= FREQUENT => format!("\x1b[33m{count}\x1b[0m"),
            () => count,
        }
    })
}

/// A line for each of the most frequent confusions, by the share of the class.
fn most_frequent(confusion: &Confusion, name: &dyn Fn(usize) -> String) -> String {
    let mut wrong = Vec::new();
    for class in 0..confusion.classes() {
        for predicted in (0..confusion.classes()).filter(|&predicted| predicted != class) {
            let count = confusion.count(class, predicted);
            if let Some(share) = confusion.share(class, predicted).filter(|_| count > 0) {
                wrong.push((class, predicted, count, share));
            }
        }
    }
    if wrong.is_empty() {
        return "nothing was taken for anything else".to_string();
    }
    let mut lines = Vec::new();
    let order = ranked(wrong.len(), &|i, j| wrong[j].3.total_cmp(&wrong[i].3));
    for &i in order.iter().take(LISTED) {
        let (class, predicted, count, share) = wrong[i];
        let (class, predicted, share) = (name(class), name(predicted), 100.0 * share);
        lines.push(format!(
            "{class} taken for {predicted}: {count} times, {share:.1} % of all {class}"
        ));
    }
    lines.join("\n")
}
