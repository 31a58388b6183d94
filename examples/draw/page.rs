//! The page: what stands on it before its script fills it.

use std::path::Path;

use fromzero::section37::Sizes;
use fromzero::view::{self, Attributes, Markup};

use super::reading::CANVAS;

/// Collects strokes, sends pixels, paints answers.
pub const SCRIPT: &str = include_str!("page.js");
const STYLE: &str = include_str!("page.css");

const TITLE: &str = "Write a digit";
const HOW: &str = "Write a digit from 0 to 9, large or small, anywhere in the frame. A program on this machine reads it at every \
    move of the pen; nothing leaves this machine, and nothing is kept.";
const KEYS: &str = "On the keyboard: with the frame in focus the arrow keys move the pen, Space lowers and lifts it. Escape clears, \
    Backspace takes the last stroke back.";
const SEEN: &str = "What was written, cut out, scaled into 20×20 pixels, and with its centre of mass in the middle of 28×28, as the \
    digits are on which the network was trained.";
const SPOKE: &str = "The gradient of the answer's logit with respect to each pixel: where more ink speaks for this answer (orange) and \
    where it speaks against it (blue). What the network sees shimmers through.";
const HIDDEN: &str = "The outputs of the two hidden layers, from 0 (empty) to 1 (full): first those that look at the pixels, then those \
    that look at the first.";

/// The page for a network of these sizes, from this file.
pub fn page(sizes: Sizes, file: &Path) -> String {
    let mut body = Markup::new();
    body.element("main", &[], |main| {
        main.leaf("h1", &[], TITLE);
        main.leaf("p", &[], HOW);
        main.leaf(
            "noscript",
            &[],
            "Without its script, which sends what is written, this page can do nothing.",
        );
        main.element("div", &[("class", &"desk")], |desk| {
            let section: Attributes<'_> = &[("class", &"writing"), ("aria-label", &"Writing")];
            desk.element("section", section, write_sheet);
            write_answer(desk);
            write_probabilities(sizes, desk);
        });
        main.element("div", &[("class", &"views")], |views| {
            figure("seen", "What the network sees", SEEN, views);
            figure("spoke", "Which pixels spoke", SPOKE, views);
            figure("hidden", "The hidden units", HIDDEN, views);
        });
        main.leaf("p", &[("class", &"small"), ("id", &"keys")], KEYS);
        main.element("p", &[("class", &"small")], |line| {
            let name = file.file_name().unwrap_or_default();
            line.text(format_args!("Network: {sizes}, "));
            line.leaf("code", &[], name.display());
            line.text(". ");
            line.empty("span", &[("id", &"time")]);
        });
    });
    body.empty("script", &[("src", &"page.js")]);
    view::page("en", TITLE, STYLE, &body)
}

/// The sheet that is written on, and its tools.
fn write_sheet(place: &mut Markup) {
    let sheet: Attributes<'_> = &[
        ("id", &"sheet"),
        ("width", &CANVAS),
        ("height", &CANVAS),
        ("tabindex", &0),
        ("role", &"img"),
        (
            "aria-label",
            &"Sheet: write a digit here with mouse, pen or finger, or with arrow keys and Space",
        ),
        ("aria-describedby", &"keys"),
    ];
    place.element("div", &[("class", &"frame")], |frame| {
        frame.empty("canvas", sheet);
        // Where the pen of the keyboard is.
        frame.empty("span", &[("id", &"nib"), ("hidden", &"hidden")]);
    });
    place.element("div", &[("class", &"tools")], |tools| {
        tools.leaf("button", &[("type", &"button"), ("id", &"clear")], "Clear");
        tools.leaf("button", &[("type", &"button"), ("id", &"undo")], "Undo");
        tools.element("label", &[], |label| {
            label.text("Pen ");
            let range: Attributes<'_> = &[
                ("type", &"range"),
                ("id", &"pen"),
                ("min", &2),
                ("max", &40),
                ("value", &22),
                ("step", &0.1),
            ];
            label.empty("input", range);
        });
    });
}

/// The answer: the large digit changes at every move, what is read aloud only where a stroke ends.
fn write_answer(place: &mut Markup) {
    let section: Attributes<'_> = &[("class", &"said"), ("aria-label", &"Answer")];
    place.element("section", section, |said| {
        said.leaf("p", &[("id", &"digit"), ("aria-hidden", &"true")], "–");
        let aloud: Attributes<'_> = &[("id", &"answer"), ("aria-live", &"polite")];
        said.leaf("p", aloud, "Nothing is written yet.");
    });
}

/// The probability of every class, in words and as a bar.
fn write_probabilities(sizes: Sizes, place: &mut Markup) {
    place.element("table", &[("id", &"probabilities")], |table| {
        table.leaf("caption", &[], "Probability of each digit");
        for class in 0..sizes.classes {
            table.element("tr", &[], |row| {
                row.leaf("th", &[("scope", &"row")], class);
                row.element("td", &[("class", &"track")], |cell| {
                    cell.empty("div", &[("class", &"bar")]);
                });
                row.leaf("td", &[], "–");
            });
        }
    });
}

/// A picture that the script paints: an empty canvas, its heading, and what it shows.
fn figure(id: &'static str, heading: &'static str, words: &'static str, place: &mut Markup) {
    place.element("figure", &[], |figure| {
        figure.leaf("h2", &[], heading);
        let canvas: Attributes<'_> = &[
            ("id", &id),
            ("width", &CANVAS),
            ("height", &CANVAS),
            ("role", &"img"),
            ("aria-label", &format_args!("{heading}: nothing yet")),
        ];
        figure.empty("canvas", canvas);
        figure.leaf("figcaption", &[], words);
    });
}
