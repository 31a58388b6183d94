//! The course of the loss: a raw band behind a smoothed line.

use super::chart::{Chart, Line};
use super::record::Record;
use crate::view::Markup;
use crate::view::running_mean::running_mean;

/// Columns of the band, and points of the line: what a wide screen has pixels for.
const COLUMNS: usize = 800;

/// The loss in both scales, of which a switch shows one.
pub(super) fn loss(record: &Record, out: &mut Markup) {
    let losses: Vec<f64> = record.steps.iter().map(|step| step.loss).collect();
    let finite: Vec<(usize, f64)> = (losses.iter().copied().enumerate())
        .filter(|(_, loss)| loss.is_finite())
        .collect();
    let band = band(&losses);
    let radius = finite.len() / 100;
    let lines = smoothed(&finite, radius);
    let smoothing = match radius {
        0 => "The line goes through every step.".to_string(),
        _ => format!(
            "Band: from the smallest to the largest loss of the steps that share a column. Line: the mean of {} steps, {radius} before and \
             {radius} after each; fewer at the ends.",
            2 * radius + 1
        ),
    };
    let lost = losses.len() - finite.len();
    let lost = match lost {
        0 => String::new(),
        _ => format!(" {lost} losses are not finite, and left out."),
    };
    let about = format!("of each batch, before its step. {smoothing}{lost}");
    out.element("div", &[("class", &"loss")], |out| {
        switch(out, "linear", true);
        switch(out, "logarithmic", false);
        for (class, is_logarithmic) in [("linear", false), ("logarithmic", true)] {
            out.element("div", &[("class", &class)], |out| {
                let chart = Chart {
                    title: "Loss",
                    about: &about,
                    is_logarithmic,
                    band: &band,
                    lines: &lines,
                };
                chart.draw(out);
            });
        }
    });
}

/// One of the buttons of which one is pressed.
fn switch(out: &mut Markup, name: &str, is_on: bool) {
    let checked: (&'static str, &dyn std::fmt::Display) = ("checked", &"checked");
    let mut attributes = vec![
        ("type", &"radio" as &dyn std::fmt::Display),
        ("name", &"scale"),
        ("id", &name),
    ];
    attributes.extend(is_on.then_some(checked));
    out.empty("input", &attributes);
    out.leaf("label", &[("for", &name)], name);
}

/// For each column, the steps of which share it: its middle, the smallest and the largest loss.
fn band(losses: &[f64]) -> Vec<(f64, f64, f64)> {
    let columns = losses.len().min(COLUMNS);
    let column = |i: usize| {
        let (from, to) = (i * losses.len() / columns, (i + 1) * losses.len() / columns);
        let (mut low, mut high) = (f64::NAN, f64::NAN);
        for &loss in losses[from..to].iter().filter(|loss| loss.is_finite()) {
            low = if loss > low { low } else { loss };
            high = if loss < high { high } else { loss };
        }
        ((from + to - 1) as f64 / 2.0, low, high)
    };
    (0..columns).map(column).collect()
}

fn smoothed(finite: &[(usize, f64)], radius: usize) -> Vec<Line> {
    let values: Vec<f64> = finite.iter().map(|&(_, loss)| loss).collect();
    let means = running_mean(&values, radius);
    let points = finite.len().min(COLUMNS);
    let chosen = (0..points).map(|i| match points {
        1 => 0,
        _ => i * (finite.len() - 1) / (points - 1),
    });
    let points = chosen.map(|i| (finite[i].0 as f64, means[i])).collect();
    vec![Line {
        name: "smoothed".into(),
        points,
    }]
}
