//! Where everything in a line plot lies.

use super::axis::Axis;
use super::svg::{Svg, Text, width_of};

pub(super) const WIDTH: f64 = 800.0;
pub(super) const HEIGHT: f64 = 480.0;
pub(super) const MARGIN: f64 = 20.0;

/// Font sizes in pixels.
pub(super) const TITLE: f64 = 17.0;
pub(super) const WORDS: f64 = 13.0;

pub(super) const GREY: &str = "#666666";
pub(super) const FRAME: &str = "#888888";
const GRID: &str = "#e4e4e4";

/// The length of the piece of line that the legend shows.
pub(super) const SAMPLE: f64 = 24.0;

/// A line of a plot.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub name: String,
    pub points: Vec<(f64, f64)>,
    pub colour: String,
    /// In pixels.
    pub width: f64,
}

/// Where everything lies, in pixels from the upper left corner.
pub(super) struct Layout {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    x_axis: Axis,
    y_axis: Axis,
    /// Where each line's entry in the legend begins.
    pub legend: Vec<(f64, f64)>,
}

impl Layout {
    /// The layout for `lines`, all of which have points.
    pub fn new(lines: &[Line], y_from: Option<f64>, has_marks: bool) -> Self {
        let (x_low, x_high) = extent(lines, |point| point.0);
        let (y_low, y_high) = extent(lines, |point| point.1);
        let y_low = y_from.filter(|&from| from < y_low).unwrap_or(y_low);
        let y_axis = Axis::rounded(y_low, y_high, 8);
        let widths = y_axis.ticks.iter().map(|tick| width_of(&tick.label, WORDS));
        let left = 2.0 * MARGIN + 16.0 + widths.fold(0.0, |a, b| if b > a { b } else { a });
        let right = WIDTH - 1.5 * MARGIN;
        let legend = legend_places(lines, left, right);
        let above = if has_marks { 32.0 } else { 16.0 };
        Layout {
            left,
            right,
            top: legend.last().map_or(0.0, |&(_, y)| y) + above,
            bottom: HEIGHT - 3.0 * MARGIN,
            x_axis: fitting_x_axis(x_low, x_high, right - left),
            y_axis,
            legend,
        }
    }

    pub fn x(&self, value: f64) -> f64 {
        self.left + (self.right - self.left) * self.x_axis.position(value)
    }

    pub fn y(&self, value: f64) -> f64 {
        self.bottom - (self.bottom - self.top) * self.y_axis.position(value)
    }

    pub fn path(&self, points: &[(f64, f64)]) -> Vec<(f64, f64)> {
        let places = points.iter().map(|&(x, y)| (self.x(x), self.y(y)));
        thin_out(&places.collect::<Vec<_>>())
    }

    pub fn draw_grid(&self, svg: &mut Svg) {
        let label = |at, anchor| Text {
            at,
            anchor,
            size: WORDS,
            colour: GREY,
        };
        for tick in &self.x_axis.ticks {
            let x = self.x(tick.value);
            svg.segment((x, self.top), (x, self.bottom), GRID, "none");
            svg.text(&label((x, self.bottom + 18.0), "middle"), &tick.label);
        }
        for tick in &self.y_axis.ticks {
            let y = self.y(tick.value);
            svg.segment((self.left, y), (self.right, y), GRID, "none");
            svg.text(&label((self.left - 8.0, y + 4.5), "end"), &tick.label);
        }
    }

    /// The two axes.
    pub fn draw_frame(&self, svg: &mut Svg) {
        let corner = (self.left, self.bottom);
        svg.segment((self.left, self.top), corner, FRAME, "none");
        svg.segment(corner, (self.right, self.bottom), FRAME, "none");
    }
}

/// The smallest and the largest of what `part` takes from each point.
fn extent(lines: &[Line], part: fn(&(f64, f64)) -> f64) -> (f64, f64) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for line in lines {
        for value in line.points.iter().map(part) {
            low = if value < low { value } else { low };
            high = if value > high { value } else { high };
        }
    }
    (low, high)
}

/// The horizontal axis with as many ticks as its labels leave room for.
fn fitting_x_axis(low: f64, high: f64, room: f64) -> Axis {
    let fits = |axis: &Axis| {
        let spacing = room / axis.ticks.len() as f64;
        axis.ticks
            .iter()
            .all(|tick| width_of(&tick.label, WORDS) < spacing)
    };
    let mut axes = [10, 5, 3]
        .map(|most| Axis::exact(low, high, most))
        .into_iter();
    axes.find(fits).unwrap_or_else(|| Axis::exact(low, high, 1))
}

/// One row of names under the title, or more where they do not fit into one.
fn legend_places(lines: &[Line], left: f64, right: f64) -> Vec<(f64, f64)> {
    let (mut x, mut y) = (left, MARGIN + TITLE + 22.0);
    let mut places = Vec::with_capacity(lines.len());
    for line in lines {
        let width = SAMPLE + 6.0 + width_of(&line.name, WORDS);
        if x > left && x + width > right {
            (x, y) = (left, y + 20.0);
        }
        places.push((x, y));
        x += width + 20.0;
    }
    places
}

/// Of the consecutive points that share a column of pixels, keeps the first, the lowest, the highest and the last: a long
/// line becomes short, and looks the same, peaks included.
fn thin_out(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut kept = Vec::new();
    for column in points.chunk_by(|a, b| a.0.floor() == b.0.floor()) {
        let by_height = |&a: &usize, &b: &usize| column[a].1.total_cmp(&column[b].1);
        let indices = 0..column.len();
        let mut chosen = vec![0, column.len() - 1];
        chosen.extend(indices.clone().min_by(by_height));
        chosen.extend(indices.max_by(by_height));
        chosen.sort_unstable();
        chosen.dedup();
        kept.extend(chosen.into_iter().map(|i| column[i]));
    }
    kept
}
