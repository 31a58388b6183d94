//! Markup: HTML, SVG and MathML, in the syntax that both HTML and XML parsers read (XML 1.0; HTML, section 13).

use std::fmt::{self, Display, Write};

/// The attributes of an element, in their order: names, and values of any kind.
pub type Attributes<'a> = &'a [(&'static str, &'a dyn Display)];

/// What may end in `/>` where it is empty: HTML's elements that never have content (HTML, section 13.1.2), and SVG's shapes.
const SHORT: [&str; 15] = [
    "br", "col", "hr", "img", "input", "link", "meta", "circle", "image", "line", "path",
    "polygon", "polyline", "rect", "use",
];

/// A piece of a page, or a whole one. Elements are closed where their content ends, and whatever comes from outside is
/// escaped, so that a piece is well-formed by construction.
///
/// ```
/// use fromzero::view::Markup;
/// let mut page = Markup::new();
/// page.element("p", &[("class", &"sum")], |p| {
///     p.text("1 < 2 & ");
///     p.leaf("b", &[("title", &"\"wahr\"")], 3);
/// });
/// let expected = r#"<p class="sum">1 &lt; 2 &amp; <b title="&quot;wahr&quot;">3</b></p>"#;
/// assert_eq!(page.source(), expected);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Markup {
    source: String,
}

impl Markup {
    /// Nothing as yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// An element, with what `content` puts into it.
    pub fn element(
        &mut self,
        name: &'static str,
        attributes: Attributes<'_>,
        content: impl FnOnce(&mut Self),
    ) {
        self.begin(name, attributes, ">");
        content(self);
        self.end(name);
    }

    /// An element that contains `text` alone.
    pub fn leaf(&mut self, name: &'static str, attributes: Attributes<'_>, text: impl Display) {
        self.begin(name, attributes, ">");
        self.text(text);
        self.end(name);
    }

    /// An element without content.
    pub fn empty(&mut self, name: &'static str, attributes: Attributes<'_>) {
        if SHORT.contains(&name) {
            self.begin(name, attributes, "/>");
        } else {
            self.element(name, attributes, |_| ());
        }
    }

    /// Words; their line breaks stay.
    pub fn text(&mut self, text: impl Display) {
        self.escaped(&text);
    }

    fn escaped(&mut self, text: &dyn Display) {
        write!(Escape(&mut self.source), "{text}").expect("a String accepts everything");
    }

    /// A finished piece, as it is.
    pub fn append(&mut self, piece: &Markup) {
        self.source.push_str(&piece.source);
    }

    /// A style sheet. HTML reads it without undoing escapes, and XML with it, so it may not contain what needs one.
    ///
    /// # Panics
    /// If `css` contains `<` or `&`.
    #[track_caller]
    pub fn style(&mut self, css: &'static str) {
        assert!(!css.contains(['<', '&']), "style: < or & in a style sheet");
        self.begin("style", &[], ">");
        self.source.push_str(css);
        self.end("style");
    }

    /// What was written so far.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// A file of its own: a whole page, whose only element is `html`, as HTML reads it.
    pub fn into_html(self) -> String {
        format!("<!DOCTYPE html>\n{}\n", self.source)
    }

    fn begin(&mut self, name: &'static str, attributes: Attributes<'_>, bracket: &str) {
        let source = &mut self.source;
        source.push('<');
        source.push_str(name);
        for (name, value) in attributes {
            write!(source, " {name}=\"").expect("a String accepts everything");
            write!(Escape(source), "{value}").expect("a String accepts everything");
            source.push('"');
        }
        source.push_str(bracket);
    }

    fn end(&mut self, name: &'static str) {
        write!(self.source, "</{name}>").expect("a String accepts everything");
    }
}

/// Writes words as they may stand in an element or in a quoted attribute (XML 1.0, sections 2.2 and 2.4).
struct Escape<'a>(&'a mut String);

impl Write for Escape<'_> {
    fn write_str(&mut self, words: &str) -> fmt::Result {
        for c in words.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\t' | '\n' => self.0.push(c),
                '\r' => self.0.push(' '),
                '\0'..='\x1f' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => {
                    self.0.push('\u{fffd}');
                }
                _ => self.0.push(c),
            }
        }
        Ok(())
    }
}
