//! Scalable Vector Graphics, as much of it as a line plot needs (W3C, SVG 1.1, second edition).

use super::markup::{Attributes, Markup};

/// Words in a picture: where their baseline begins, ends or has its middle, how large, in which colour.
pub(super) struct Text<'a> {
    pub at: (f64, f64),
    pub anchor: &'a str,
    pub size: f64,
    pub colour: &'a str,
}

/// A picture being drawn, element by element; what is drawn later lies on top.
pub(super) struct Svg {
    elements: Markup,
    width: f64,
    height: f64,
}

impl Svg {
    /// An empty picture on white: without a background of its own it could not be read in a viewer with a dark one.
    pub fn new(width: f64, height: f64, title: &str) -> Self {
        let mut svg = Svg {
            elements: Markup::new(),
            width,
            height,
        };
        svg.elements.leaf("title", &[], title);
        svg.shape(
            "rect",
            &[("width", &width), ("height", &height), ("fill", &"#ffffff")],
        );
        svg
    }

    /// A straight line; `dashes` as SVG's `stroke-dasharray`, "none" for a solid one.
    pub fn segment(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, dashes: &str) {
        let line: Attributes<'_> = &[
            ("x1", &format_args!("{:.2}", from.0)),
            ("y1", &format_args!("{:.2}", from.1)),
            ("x2", &format_args!("{:.2}", to.0)),
            ("y2", &format_args!("{:.2}", to.1)),
            ("stroke", &colour),
            ("stroke-dasharray", &dashes),
        ];
        self.shape("line", line);
    }

    /// A line through all `points`, in their order. A single point is a dot.
    pub fn polyline(&mut self, points: &[(f64, f64)], colour: &str, width: f64) {
        if let [(x, y)] = points {
            let dot: Attributes<'_> = &[
                ("cx", &format_args!("{x:.2}")),
                ("cy", &format_args!("{y:.2}")),
                ("r", &format_args!("{:.2}", width + 1.0)),
                ("fill", &colour),
            ];
            return self.shape("circle", dot);
        }
        let points: Vec<String> = points
            .iter()
            .map(|(x, y)| format!("{x:.2},{y:.2}"))
            .collect();
        let line: Attributes<'_> = &[
            ("fill", &"none"),
            ("stroke", &colour),
            ("stroke-width", &width),
            ("stroke-linejoin", &"round"),
            ("stroke-linecap", &"round"),
            ("points", &points.join(" ")),
        ];
        self.shape("polyline", line);
    }

    /// Words from left to right.
    pub fn text(&mut self, text: &Text<'_>, words: &str) {
        self.text_turned(text, 0, words);
    }

    /// Words from bottom to top.
    pub fn text_upwards(&mut self, text: &Text<'_>, words: &str) {
        self.text_turned(text, -90, words);
    }

    /// The source of the finished picture.
    pub fn finish(self) -> String {
        let (width, height) = (self.width, self.height);
        let mut file = Markup::new();
        let picture: Attributes<'_> = &[
            ("xmlns", &"http://www.w3.org/2000/svg"),
            ("role", &"img"),
            ("width", &width),
            ("height", &height),
            ("viewBox", &format_args!("0 0 {width} {height}")),
            ("font-family", &"Helvetica, Arial, sans-serif"),
        ];
        file.element("svg", picture, |svg| svg.append(&self.elements));
        file.source().to_string()
    }

    fn text_turned(&mut self, text: &Text<'_>, degrees: i32, words: &str) {
        let (x, y) = text.at;
        let attributes: Attributes<'_> = &[
            ("x", &format_args!("{x:.2}")),
            ("y", &format_args!("{y:.2}")),
            ("font-size", &text.size),
            ("fill", &text.colour),
            ("text-anchor", &text.anchor),
            (
                "transform",
                &format_args!("rotate({degrees} {x:.2} {y:.2})"),
            ),
        ];
        let turned = attributes.len() - usize::from(degrees == 0);
        self.elements.leaf("text", &attributes[..turned], words);
        self.elements.text("\n");
    }

    /// An element on a line of its own, so that two pictures can be compared line by line.
    fn shape(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.elements.empty(name, attributes);
        self.elements.text("\n");
    }
}

/// The width of `words` in pixels, to the wide side: what a viewer's font really has cannot be known here.
pub(super) fn width_of(words: &str, size: f64) -> f64 {
    0.6 * size * words.chars().count() as f64
}
