//! A line of values so small that it fits into a line of text.

use crate::elementary::ln;

/// The means that are kept: enough for every cell to have its own.
const MOST: usize = 64;

/// The course of a value, such as the loss, however many values there were: neighbours are averaged as they grow in number.
#[derive(Clone, Debug)]
pub(super) struct Sparkline {
    means: Vec<f64>,
    /// How many values each mean is of.
    each: usize,
    sum: f64,
    count: usize,
}

impl Sparkline {
    pub fn new() -> Self {
        Sparkline {
            means: Vec::with_capacity(MOST),
            each: 1,
            sum: 0.0,
            count: 0,
        }
    }

    /// The next value. One that is not finite has no height, and is left out.
    pub fn push(&mut self, value: f64) {
        if !value.is_finite() {
            return;
        }
        self.sum += value;
        self.count += 1;
        if self.count < self.each {
            return;
        }
        if self.means.len() == MOST {
            self.means = self.means.chunks_exact(2).map(mean).collect();
            self.each *= 2;
            // What has been summed up is half of the next mean.
            return;
        }
        self.means.push(self.sum / self.count as f64);
        (self.sum, self.count) = (0.0, 0);
    }

    /// The values from the first to the last in at most so many characters, the lowest and the highest of them as `levels`
    /// has them. Positive ones by their logarithms, so that a loss that has fallen is still seen to fall.
    pub fn drawn(&self, cells: usize, levels: &[char]) -> String {
        let n = self.means.len();
        let cells = cells.min(n);
        let height = if self.means.iter().all(|&mean| mean > 0.0) {
            ln::<f64>
        } else {
            |mean| mean
        };
        let heights: Vec<f64> = (0..cells)
            .map(|i| height(mean(&self.means[i * n / cells..(i + 1) * n / cells])))
            .collect();
        let mut ordered = heights.clone();
        ordered.sort_by(f64::total_cmp);
        let (Some(&low), Some(&high)) = (ordered.first(), ordered.last()) else {
            return String::new();
        };
        let top = levels.len() - 1;
        let level = |height: f64| match high > low {
            true => ((height - low) / (high - low) * top as f64).round() as usize,
            false => 0,
        };
        heights
            .into_iter()
            .map(|h| levels[level(h).min(top)])
            .collect()
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
