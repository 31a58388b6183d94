//! Figure 3-32: how the loss falls while the network is trained.

use std::path::Path;

use super::plot::Plot;
use super::running_mean::running_mean;
use crate::io::Result;

const EACH_BATCH: &str = "#8ab6dc";
const MEAN: &str = "#b3430f";

/// More epochs than this are marked only every second, fifth, tenth … time.
const MOST_MARKS: usize = 10;

/// Draws the loss of every batch (figure 3-32) as an SVG file at `path`: the losses as they are, above them their running
/// mean if there are enough of them, and the beginning of each epoch of `batches_per_epoch` batches.
///
/// # Errors
/// If there are no losses, or one of them is not finite, or the file cannot be written.
///
/// # Panics
/// If `batches_per_epoch` is 0.
#[track_caller]
pub fn visualization_loss(
    losses: &[f64],
    batches_per_epoch: usize,
    path: impl AsRef<Path>,
) -> Result<()> {
    assert!(
        batches_per_epoch > 0,
        "visualization_loss: an epoch has at least one batch"
    );
    plot(losses, batches_per_epoch).write(path)
}

fn plot(losses: &[f64], batches_per_epoch: usize) -> Plot {
    let mut plot = Plot::new("Loss during training")
        .x_label("batch")
        .y_label("loss")
        .y_from(0.0);
    let radius = losses.len() / 100;
    plot = if radius == 0 {
        plot.line("each batch", numbered(losses), EACH_BATCH)
    } else {
        let name = format!("mean of {} batches", 2 * radius + 1);
        plot.thin_line("each batch", numbered(losses), EACH_BATCH)
            .line(name, numbered(&running_mean(losses, radius)), MEAN)
    };
    let epochs = losses.len().div_ceil(batches_per_epoch);
    for epoch in (0..epochs).step_by(marked_every(epochs)) {
        let first_batch = (epoch * batches_per_epoch) as f64;
        plot = plot.mark(first_batch, format!("epoch {}", epoch + 1));
    }
    plot
}

fn numbered(values: &[f64]) -> impl Iterator<Item = (f64, f64)> {
    values
        .iter()
        .enumerate()
        .map(|(i, &value)| (i as f64, value))
}

/// 1, 2, 5, 10, 20 …: the first of them that leaves few enough marks.
fn marked_every(epochs: usize) -> usize {
    let mut decade = 1;
    loop {
        for step in [decade, 2 * decade, 5 * decade] {
            if epochs.div_ceil(step) <= MOST_MARKS {
                return step;
            }
        }
        decade *= 10;
    }
}
