//! Scalable Vector Graphics, as much of it as a line plot needs (W3C, SVG 1.1, second edition).

use std::fmt::{Arguments, Write};

/// Words in a picture: where their baseline begins, ends or has its middle, how large, in which colour.
pub(super) struct Text<'a> {
    pub at: (f64, f64),
    pub anchor: &'a str,
    pub size: f64,
    pub colour: &'a str,
}

/// A picture being drawn, element by element; what is drawn later lies on top.
pub(super) struct Svg {
    source: String,
}

impl Svg {
    /// An empty picture on white: without a background of its own it could not be read in a viewer with a dark one.
    pub fn new(width: f64, height: f64, title: &str) -> Self {
        let mut svg = Svg {
            source: String::new(),
        };
        svg.push(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"Helvetica, Arial, sans-serif\">"
        ));
        svg.push(format_args!("<title>{}</title>", escape(title)));
        svg.push(format_args!(
            "<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>"
        ));
        svg
    }

    /// A straight line; `dashes` as SVG's `stroke-dasharray`, "none" for a solid one.
    pub fn segment(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, dashes: &str) {
        let ((x1, y1), (x2, y2)) = (from, to);
        self.push(format_args!(
            "<line x1=\"{x1:.2}\" y1=\"{y1:.2}\" x2=\"{x2:.2}\" y2=\"{y2:.2}\" stroke=\"{}\" \
             stroke-dasharray=\"{dashes}\"/>",
            escape(colour)
        ));
    }

    /// A line through all `points`, in their order. A single point is a dot.
    pub fn polyline(&mut self, points: &[(f64, f64)], colour: &str, width: f64) {
        let colour = escape(colour);
        if let [(x, y)] = points {
            return self.push(format_args!(
                "<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"{:.2}\" fill=\"{colour}\"/>",
                width + 1.0
            ));
        }
        let points: Vec<String> = points
            .iter()
            .map(|(x, y)| format!("{x:.2},{y:.2}"))
            .collect();
        self.push(format_args!(
            "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" stroke-linejoin=\"round\" \
             stroke-linecap=\"round\" points=\"{}\"/>",
            points.join(" ")
        ));
    }

    /// Words from left to right.
    pub fn text(&mut self, text: &Text<'_>, words: &str) {
        self.text_with(text, "", words);
    }

    /// Words from bottom to top.
    pub fn text_upwards(&mut self, text: &Text<'_>, words: &str) {
        let (x, y) = text.at;
        self.text_with(
            text,
            &format!(" transform=\"rotate(-90 {x:.2} {y:.2})\""),
            words,
        );
    }

    /// The source of the finished picture.
    pub fn finish(mut self) -> String {
        self.push(format_args!("</svg>"));
        self.source
    }

    fn text_with(&mut self, text: &Text<'_>, attributes: &str, words: &str) {
        let (x, y) = text.at;
        self.push(format_args!(
            "<text x=\"{x:.2}\" y=\"{y:.2}\" font-size=\"{}\" fill=\"{}\" text-anchor=\"{}\"{attributes}>{}</text>",
            text.size,
            escape(text.colour),
            text.anchor,
            escape(words)
        ));
    }

    fn push(&mut self, element: Arguments<'_>) {
        writeln!(self.source, "{element}").expect("a String accepts everything");
    }
}

/// The width of `words` in pixels, to the wide side: what a viewer's font really has cannot be known here.
pub(super) fn width_of(words: &str, size: f64) -> f64 {
    0.6 * size * words.chars().count() as f64
}

/// `words` as they may stand in an element or in a quoted attribute (XML 1.0, sections 2.2 and 2.4).
fn escape(words: &str) -> String {
    let mut escaped = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ => escaped.push(c),
        }
    }
    escaped
}
