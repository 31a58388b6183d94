//! Line charts for a page: they fill the width that there is, and their words keep their size.

use std::fmt::Write;

use crate::elementary::ln;
use crate::view::Markup;
use crate::view::axis::{Axis, logarithmic};

/// Units across and upwards in which lines are drawn; a line is as fine on a wide screen.
const UNITS: f64 = 1000.0;
/// Colours of lines; after them they begin again.
const COLOURS: usize = 6;
/// Lines of so few points show each of them.
const FEW: usize = 40;
/// What is beyond has differences that are not finite, and what is below has no logarithm that could be told from that of 0.
const LARGEST: f64 = 1e300;
const SMALLEST: f64 = 1e-300;

/// A line and its name. Points that are not finite interrupt it.
pub(super) struct Line {
    pub name: String,
    pub points: Vec<(f64, f64)>,
}

/// A chart over the steps of a training.
pub(super) struct Chart<'a> {
    /// What is drawn.
    pub title: &'a str,
    /// What there is to say about it.
    pub about: &'a str,
    pub is_logarithmic: bool,
    /// For columns from left to right: the step, the smallest and the largest value.
    pub band: &'a [(f64, f64, f64)],
    pub lines: &'a [Line],
}

impl Chart<'_> {
    /// Puts the chart into a page.
    pub fn draw(&self, out: &mut Markup) {
        out.element("figure", &[("class", &"chart")], |figure| {
            figure.element("figcaption", &[], |caption| {
                caption.leaf("b", &[], self.title);
                caption.text(format_args!(" {} ", self.about));
                for (i, line) in self
                    .lines
                    .iter()
                    .enumerate()
                    .filter(|_| self.lines.len() > 1)
                {
                    caption.leaf(
                        "span",
                        &[("class", &format_args!("key l{}", i % COLOURS))],
                        &line.name,
                    );
                    caption.text(" ");
                }
            });
            match self.axes() {
                Some((x, y)) => self.field(figure, &x, &y),
                None => figure.leaf(
                    "p",
                    &[("class", &"none")],
                    "There is no value that could be drawn.",
                ),
            }
        });
    }

    /// What is drawn for a value.
    fn height(&self, value: f64) -> f64 {
        match self.is_logarithmic {
            true if value > SMALLEST => ln(value),
            true => f64::NAN,
            false => value,
        }
    }

    fn axes(&self) -> Option<(Axis, Axis)> {
        let mut drawn = Vec::new();
        for line in self.lines {
            drawn.extend_from_slice(&line.points);
        }
        for &(x, low, high) in self.band {
            drawn.extend_from_slice(&[(x, low), (x, high)]);
        }
        drawn.retain(|&(_, y)| y.abs() < LARGEST && self.height(y).is_finite());
        let (x_low, x_high) = extent(&drawn, |point| point.0)?;
        let (y_low, y_high) = extent(&drawn, |point| point.1)?;
        // Nothing but zeros: a share.
        let y_high = if y_low == 0.0 && y_high == 0.0 {
            1.0
        } else {
            y_high
        };
        let y = match self.is_logarithmic {
            true => logarithmic(y_low, y_high),
            false => Axis::rounded(y_low, y_high, 6),
        };
        Some((Axis::exact(x_low, x_high, 5), y))
    }

    fn field(&self, out: &mut Markup, x: &Axis, y: &Axis) {
        out.element("div", &[("class", &"field")], |field| {
            let across = |value: f64| (UNITS * x.position(value)).round();
            let upwards = |value: f64| (UNITS * (1.0 - y.position(self.height(value)))).round();
            let svg = [
                ("viewBox", &"0 0 1000 1000" as _),
                ("preserveAspectRatio", &"none" as _),
                ("role", &"img" as _),
                ("aria-label", &self.title as _),
            ];
            field.element("svg", &svg, |svg| {
                let mut grid = String::new();
                for tick in &y.ticks {
                    let at = (UNITS * (1.0 - y.position(tick.value))).round();
                    write!(grid, "M0 {at}h1000").expect("a String accepts everything");
                }
                svg.empty("path", &[("class", &"grid"), ("d", &grid)]);
                let area = area(
                    self.band
                        .iter()
                        .map(|&(x, low, high)| (across(x), upwards(low), upwards(high))),
                );
                if !area.is_empty() {
                    svg.empty("path", &[("class", &"band"), ("d", &area)]);
                }
                for (i, line) in self.lines.iter().enumerate() {
                    let points: Vec<(f64, f64)> = line
                        .points
                        .iter()
                        .map(|&(x, y)| (across(x), upwards(y)))
                        .collect();
                    let class = format!("line l{}", i % COLOURS);
                    svg.empty("path", &[("class", &class), ("d", &path(&points))]);
                    if points.len() <= FEW {
                        let class = format!("dots l{}", i % COLOURS);
                        svg.empty("path", &[("class", &class), ("d", &dots(&points))]);
                    }
                }
            });
            for tick in &y.ticks {
                let style = format!("bottom:{:.1}%", 100.0 * y.position(tick.value));
                field.leaf("span", &[("class", &"y"), ("style", &style)], &tick.label);
            }
            for tick in &x.ticks {
                let style = format!("left:{:.1}%", 100.0 * x.position(tick.value));
                field.leaf("span", &[("class", &"x"), ("style", &style)], &tick.label);
            }
            field.leaf("span", &[("class", &"of")], "step");
        });
    }
}

/// The smallest and the largest of what `part` takes from each point.
fn extent(points: &[(f64, f64)], part: fn(&(f64, f64)) -> f64) -> Option<(f64, f64)> {
    let mut ends: Option<(f64, f64)> = None;
    for point in points {
        let x = part(point);
        let (low, high) = ends.unwrap_or((x, x));
        ends = Some((
            if x < low { x } else { low },
            if x > high { x } else { high },
        ));
    }
    ends
}

/// A line through the points, interrupted where one is not finite.
fn path(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    let mut pen = 'M';
    for &(x, y) in points {
        if y.is_finite() {
            write!(path, "{pen}{x} {y}").expect("a String accepts everything");
        }
        pen = if y.is_finite() { 'L' } else { 'M' };
    }
    path
}

/// Strokes of no length, which round ends make dots.
fn dots(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (x, y) in points.iter().filter(|point| point.1.is_finite()) {
        write!(path, "M{x} {y}h0").expect("a String accepts everything");
    }
    path
}

/// From below to above in each column, interrupted where a value is not finite.
fn area(columns: impl Iterator<Item = (f64, f64, f64)>) -> String {
    let mut path = String::new();
    let columns: Vec<_> = columns.collect();
    for run in columns.split(|column| !(column.1.is_finite() && column.2.is_finite())) {
        let below = run.iter().map(|&(x, low, _)| (x, low));
        let above = run.iter().rev().map(|&(x, _, high)| (x, high));
        for (i, (x, y)) in below.chain(above).enumerate() {
            let pen = if i == 0 { 'M' } else { 'L' };
            write!(path, "{pen}{x} {y}").expect("a String accepts everything");
        }
        if !run.is_empty() {
            path.push('Z');
        }
    }
    path
}
