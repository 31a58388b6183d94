//! A page of HTML that needs nothing but itself.

use super::markup::Markup;

/// What all pages look like: light or dark as the reader's system is, from the width of a phone up, and on paper. Pages take
/// their colours from its variables; a test holds all its inks against all its papers.
const STYLE: &str = include_str!("page.css");

/// A whole page in the language `lang` (as HTML names it: "en", "zh"), with its own rules `css` after those that all pages
/// share, and `body` in it. HTML and XML parsers read the same from it.
///
/// The shared rules give every page `--paper` and `--shade` to write on with `--ink`, `--quiet`, `--link`, `--blue`, `--red`,
/// `--green` and `--orange`, `--line` for borders, and the class `wide` for what may be wider than a phone and scrolls in itself.
///
/// ```
/// use fromzero::view::{Markup, page};
/// let mut body = Markup::new();
/// body.leaf("h1", &[], "1 < 2");
/// let page = page("en", "A comparison", "h1 { color: var(--blue) }", &body);
/// assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\""));
/// assert!(page.contains("<h1>1 &lt; 2</h1>"));
/// ```
///
/// # Panics
/// If `css` contains `<` or `&`, which HTML and XML would read in two ways.
#[track_caller]
pub fn page(lang: &str, title: &str, css: &'static str, body: &Markup) -> String {
    let mut head = Markup::new();
    head.empty("meta", &[("charset", &"utf-8")]);
    head.empty(
        "meta",
        &[
            ("name", &"viewport"),
            ("content", &"width=device-width, initial-scale=1"),
        ],
    );
    head.leaf("title", &[], title);
    head.style(STYLE);
    head.style(css);
    let mut page = Markup::new();
    let html = [
        ("lang", &lang as _),
        ("xmlns", &"http://www.w3.org/1999/xhtml" as _),
    ];
    page.element("html", &html, |html| {
        html.element("head", &[], |place| place.append(&head));
        html.element("body", &[], |place| place.append(body));
    });
    page.into_html()
}
