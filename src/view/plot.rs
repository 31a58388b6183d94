//! Line plots as SVG files.

use std::path::Path;

use super::layout::{FRAME, GREY, HEIGHT, Layout, Line, MARGIN, SAMPLE, TITLE, WIDTH, WORDS};
use super::svg::{Svg, Text, width_of};
use crate::io::{Error, Result, write_atomic};

/// The font size of what is said in passing, in pixels.
const SMALL: f64 = 11.0;

const INK: &str = "#222222";

/// Values beyond this have differences that are not finite, and no place in a picture.
const LARGEST: f64 = 1e300;

/// A plot of lines over a common pair of axes.
///
/// ```
/// use fromzero::view::Plot;
/// let squares = (0..=10).map(|x| (f64::from(x), f64::from(x * x)));
/// let svg = Plot::new("Squares")
///     .x_label("x")
///     .y_label("x²")
///     .line("x²", squares, "#0b6e99")
///     .to_svg()?;
/// assert!(svg.starts_with("<svg"));
/// # Ok::<(), fromzero::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Plot {
    title: String,
    x_label: String,
    y_label: String,
    y_from: Option<f64>,
    lines: Vec<Line>,
    marks: Vec<(f64, String)>,
}

impl Plot {
    /// A plot without lines.
    pub fn new(title: impl Into<String>) -> Self {
        Plot {
            title: title.into(),
            x_label: String::new(),
            y_label: String::new(),
            y_from: None,
            lines: Vec::new(),
            marks: Vec::new(),
        }
    }

    /// Names the horizontal axis.
    #[must_use]
    pub fn x_label(mut self, label: impl Into<String>) -> Self {
        self.x_label = label.into();
        self
    }

    /// Names the vertical axis.
    #[must_use]
    pub fn y_label(mut self, label: impl Into<String>) -> Self {
        self.y_label = label.into();
        self
    }

    /// Makes the vertical axis begin at `value` or below, so that heights can be compared.
    #[must_use]
    pub fn y_from(mut self, value: f64) -> Self {
        self.y_from = Some(value);
        self
    }

    /// Adds a line through `points` (x, y), in an SVG `colour` such as "#0b6e99". Later lines lie above earlier ones.
    #[must_use]
    pub fn line(
        self,
        name: impl Into<String>,
        points: impl IntoIterator<Item = (f64, f64)>,
        colour: impl Into<String>,
    ) -> Self {
        self.with_line(
            name.into(),
            points.into_iter().collect(),
            colour.into(),
            2.0,
        )
    }

    /// Adds a line like [`Plot::line`], but thin: for values that scatter.
    #[must_use]
    pub fn thin_line(
        self,
        name: impl Into<String>,
        points: impl IntoIterator<Item = (f64, f64)>,
        colour: impl Into<String>,
    ) -> Self {
        self.with_line(
            name.into(),
            points.into_iter().collect(),
            colour.into(),
            1.0,
        )
    }

    /// Marks the place `x` with a dashed vertical line, and `label` above it. A place beyond the lines' ends is not shown.
    #[must_use]
    pub fn mark(mut self, x: f64, label: impl Into<String>) -> Self {
        self.marks.push((x, label.into()));
        self
    }

    /// The plot as the source of an SVG file. The same plot gives the same bytes.
    ///
    /// # Errors
    /// If there is no line, or a line without points, or with a value that is not finite or is beyond ±1e300.
    pub fn to_svg(&self) -> Result<String> {
        self.check()?;
        let layout = Layout::new(&self.lines, self.y_from, !self.marks.is_empty());
        let mut svg = Svg::new(WIDTH, HEIGHT, &self.title);
        self.draw_words(&mut svg, &layout);
        layout.draw_grid(&mut svg);
        self.draw_marks(&mut svg, &layout);
        for line in &self.lines {
            svg.polyline(&layout.path(&line.points), &line.colour, line.width);
        }
        layout.draw_frame(&mut svg);
        Ok(svg.finish())
    }

    /// Writes the plot to the file `path`, whole or not at all.
    ///
    /// # Errors
    /// As [`Plot::to_svg`] and [`write_atomic`].
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        let svg = self.to_svg().map_err(|error| error.at(&path))?;
        write_atomic(path, |file| file.write_all(svg.as_bytes()))
    }

    fn with_line(
        mut self,
        name: String,
        points: Vec<(f64, f64)>,
        colour: String,
        width: f64,
    ) -> Self {
        self.lines.push(Line {
            name,
            points,
            colour,
            width,
        });
        self
    }

    fn check(&self) -> Result<()> {
        if self.lines.is_empty() {
            return Err(Error::new("expected a line to plot, found none"));
        }
        for Line { name, points, .. } in &self.lines {
            if points.is_empty() {
                return Err(Error::new(format!("the line \"{name}\" has no points")));
            }
            let drawable = |value: f64| value.abs() <= LARGEST;
            if let Some(i) = points
                .iter()
                .position(|&(x, y)| !(drawable(x) && drawable(y)))
            {
                let (x, y) = points[i];
                return Err(Error::new(format!(
                    "the line \"{name}\" has a point that cannot be drawn: number {i} is ({x}, {y})"
                )));
            }
        }
        Ok(())
    }

    fn draw_words(&self, svg: &mut Svg, layout: &Layout) {
        let middle = (layout.left + layout.right) / 2.0;
        let centred = |at, size, colour| Text {
            at,
            anchor: "middle",
            size,
            colour,
        };
        svg.text(
            &centred((WIDTH / 2.0, MARGIN + TITLE - 4.0), TITLE, INK),
            &self.title,
        );
        svg.text(
            &centred((middle, HEIGHT - MARGIN + 4.0), WORDS, INK),
            &self.x_label,
        );
        let beside = (MARGIN + 2.0, (layout.top + layout.bottom) / 2.0);
        svg.text_upwards(&centred(beside, WORDS, INK), &self.y_label);
        for (line, &(x, y)) in self.lines.iter().zip(&layout.legend) {
            svg.polyline(
                &[(x, y - 4.0), (x + SAMPLE, y - 4.0)],
                &line.colour,
                line.width + 0.5,
            );
            let name = Text {
                at: (x + SAMPLE + 6.0, y),
                anchor: "start",
                size: WORDS,
                colour: INK,
            };
            svg.text(&name, &line.name);
        }
    }

    /// A label that would run into the one before it, or out of the picture, is left out; its line is not.
    fn draw_marks(&self, svg: &mut Svg, layout: &Layout) {
        let mut free_from = f64::NEG_INFINITY;
        for (x, label) in &self.marks {
            let x = layout.x(*x);
            if !(layout.left <= x && x <= layout.right) {
                continue;
            }
            svg.segment((x, layout.top), (x, layout.bottom), FRAME, "3 4");
            let end = x + width_of(label, SMALL);
            if x >= free_from && end <= WIDTH {
                let above = Text {
                    at: (x, layout.top - 6.0),
                    anchor: "start",
                    size: SMALL,
                    colour: GREY,
                };
                svg.text(&above, label);
                free_from = end + 8.0;
            }
        }
    }
}
