//! The loss: a band from the smallest to the largest loss of neighbouring batches, and a line through their mean.

use std::fmt::Write;

use fromzero::elementary::ln;
use fromzero::view::Markup;

use super::words;

/// The field, in pixels.
const LEFT: f64 = 62.0;
const RIGHT: f64 = 856.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 268.0;

/// Columns of the band: one for so many pixels.
const COLUMN: f64 = 4.0;

const TICKS: [f64; 9] = [0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0];

/// The losses of all steps, of which `batches` are an epoch, by their logarithms.
pub fn draw(svg: &mut Markup, losses: &[f64], batches: usize) {
    let columns = (((RIGHT - LEFT) / COLUMN) as usize).min(losses.len());
    let columns: Vec<[f64; 3]> = (0..columns)
        .map(|i| {
            low_mean_high(&losses[i * losses.len() / columns..(i + 1) * losses.len() / columns])
        })
        .collect();
    let mut all: Vec<f64> = columns.iter().flatten().copied().collect();
    all.sort_by(f64::total_cmp);
    let (low, high) = (ln(all[0]), ln(all[all.len() - 1]));
    let y = |loss: f64| BOTTOM - (BOTTOM - TOP) * (ln(loss) - low) / (high - low);
    let x = |column: usize| LEFT + (RIGHT - LEFT) * (column as f64 + 0.5) / columns.len() as f64;

    words(
        svg,
        "head",
        "start",
        (LEFT, 26.0),
        "Loss of every batch, 784-1024-1024-10 on MNIST",
    );
    for tick in TICKS
        .iter()
        .filter(|tick| (low..=high).contains(&ln(**tick)))
    {
        grid(svg, &format!("M{LEFT} {:.1}H{RIGHT}", y(*tick)));
        words(
            svg,
            "tick",
            "end",
            (LEFT - 8.0, y(*tick) + 4.5),
            &tick.to_string(),
        );
    }
    for epoch in 0..losses.len() / batches {
        let at = LEFT + (RIGHT - LEFT) * (epoch * batches) as f64 / losses.len() as f64;
        grid(svg, &format!("M{at:.1} {TOP}V{BOTTOM}"));
        words(
            svg,
            "tick",
            "start",
            (at + 4.0, BOTTOM + 18.0),
            &format!("epoch {}", epoch + 1),
        );
    }

    let mut band = String::new();
    let across = columns.iter().enumerate();
    for (i, [low, ..]) in across.clone() {
        line_to(&mut band, x(i), y(*low));
    }
    for (i, [.., high]) in across.clone().rev() {
        line_to(&mut band, x(i), y(*high));
    }
    svg.empty(
        "path",
        &[("class", &"band"), ("d", &format_args!("{band}Z"))],
    );
    let mut line = String::new();
    for (i, [_, mean, _]) in across {
        line_to(&mut line, x(i), y(*mean));
    }
    svg.empty("path", &[("class", &"line"), ("d", &line)]);
}

fn low_mean_high(losses: &[f64]) -> [f64; 3] {
    let mut sorted = losses.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mean = losses.iter().sum::<f64>() / losses.len() as f64;
    [sorted[0], mean, sorted[sorted.len() - 1]]
}

fn grid(svg: &mut Markup, path: &str) {
    svg.empty("path", &[("class", &"grid"), ("d", &path)]);
}

fn line_to(path: &mut String, x: f64, y: f64) {
    let command = if path.is_empty() { 'M' } else { 'L' };
    write!(path, "{command}{x:.1} {y:.1}").expect("a String accepts everything");
}
