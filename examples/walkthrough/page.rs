//! The walkthrough as a page: every number unfolds, and leads to those that it comes from.

use fromzero::view::{self, Attributes, Markup};

use super::figure;
use super::formula::Formula;
use super::ledger::{Axis, Beside, Grid, Ledger, Piece, Place, Sum, at, full, short};
use super::source::Quote;
use super::stages::{STAGES, Stage};
use super::wording::{Shaped, axes, caption, header, shaped};
use super::words::{Lang, words};

const STYLE: &str = include_str!("page.css");

/// The digits of a number that the eye meets first; those behind them are pale.
const FIRST_DIGITS: usize = 6;

/// The page.
pub fn page(ledger: &Ledger, lang: Lang) -> String {
    let mut body = Markup::new();
    body.leaf("h1", &[], words(lang, "title"));
    for key in ["intro", "read", "digits"] {
        body.leaf("p", &[], words(lang, key));
    }
    contents(lang, &mut body);
    figure::write(ledger, lang, figure::FORWARD, &mut body);
    for stage in STAGES {
        if stage.key == "3-63" {
            figure::write(ledger, lang, figure::BACKWARD, &mut body);
        }
        body.element("section", &[("id", &anchor(stage))], |section| {
            write_stage(stage, ledger, lang, section);
        });
    }
    view::page(lang.code(), words(lang, "title"), STYLE, &body)
}

/// Where a stage begins.
fn anchor(stage: &Stage) -> String {
    format!("s{}", stage.key)
}

fn heading(stage: &Stage, lang: Lang) -> String {
    let numbers = stage.numbers();
    format!("{numbers} {}", words(lang, stage.key))
        .trim()
        .into()
}

fn contents(lang: Lang, body: &mut Markup) {
    body.element("nav", &[("aria-label", &words(lang, "contents"))], |nav| {
        nav.element("ul", &[], |list| {
            for stage in STAGES {
                let place = format!("#{}", anchor(stage));
                list.element("li", &[], |item| {
                    item.leaf("a", &[("href", &place)], heading(stage, lang));
                });
            }
        });
    });
}

fn write_stage(stage: &Stage, ledger: &Ledger, lang: Lang, section: &mut Markup) {
    section.leaf("h2", &[], heading(stage, lang));
    if !stage.formulas.is_empty() {
        section.element("div", &[("class", &"formula")], |formulas| {
            for formula in stage.formulas {
                Formula::new(formula).write(formulas);
            }
        });
    }
    for quote in stage.quotes {
        write_quote(quote, lang, section);
    }
    for shapes in stage.shapes {
        write_shapes(shapes, ledger, lang, section);
    }
    write_grids(&stage.grids(ledger), ledger, lang, section);
    if stage.key == "after" {
        write_losses(ledger, lang, section);
    }
    write_asks(stage, lang, section);
}

fn write_grids(grids: &[&Grid], ledger: &Ledger, lang: Lang, section: &mut Markup) {
    if grids.iter().any(|grid| !grid.beside.is_empty()) {
        section.leaf("p", &[], words(lang, "beside"));
    }
    section.element("div", &[("class", &"grids")], |place| {
        for grid in grids {
            write_grid(grid, ledger, lang, place);
        }
    });
}

/// The loss before and after the step.
fn write_losses(ledger: &Ledger, lang: Lang, section: &mut Markup) {
    section.element("p", &[("class", &"fell")], |line| {
        line.text(words(lang, "fell"));
        for (arrow, grid) in [(" ", "J"), (" → ", "Jn")] {
            line.text(arrow);
            write_number(&at(grid, 0, 0), false, ledger, line);
        }
    });
}

fn write_asks(stage: &Stage, lang: Lang, section: &mut Markup) {
    section.element("div", &[("class", &"asks")], |asks| {
        for ask in stage.asks {
            asks.element("details", &[], |details| {
                details.leaf("summary", &[], words(lang, &format!("{ask}?")));
                details.leaf("p", &[], words(lang, ask));
            });
        }
    });
}

fn write_quote(quote: &Quote, lang: Lang, section: &mut Markup) {
    let quoted = quote
        .find()
        .unwrap_or_else(|| panic!("{} has no line for {}", quote.file.name, quote.marker));
    let place = format!(
        "{}{}{}:{}",
        words(lang, "lines"),
        words(lang, "colon"),
        quote.file.name,
        quoted.line
    );
    section.leaf("p", &[("class", &"source")], place);
    section.element("pre", &[], |pre| {
        pre.leaf("code", &[], quoted.lines.join("\n"))
    });
}

/// `z2 = a1 · w1 + b1` with symbols and shapes; each shape leads to its matrix.
fn write_shapes(shapes: &str, ledger: &Ledger, lang: Lang, section: &mut Markup) {
    section.element("p", &[("class", &"shapes")], |line| {
        line.text(format_args!(
            "{}{}",
            words(lang, "shapes"),
            words(lang, "colon")
        ));
        let mut before = "(";
        for word in shapes.split(' ') {
            if !before.ends_with('(') && word != ")" {
                line.text(" ");
            }
            before = word;
            match shaped(word, ledger) {
                Some(Shaped { symbol, shape, id }) => {
                    line.text(format_args!("{symbol} "));
                    line.leaf("a", &[("href", &format_args!("#{id}"))], shape);
                }
                None => line.text(word),
            }
        }
    });
}

fn write_grid(grid: &Grid, ledger: &Ledger, lang: Lang, place: &mut Markup) {
    let (rows, cols) = grid.values.shape();
    let largest = grid.values.iter().map(f64::abs).filter(|x| x.is_finite());
    let largest = largest.fold(0.0, |max, x| if x > max { x } else { max });
    place.element("div", &[("class", &"wide")], |scrolled| {
        scrolled.element("table", &[("id", &grid.id)], |table| {
            write_caption(grid, lang, table);
            let (down, across) = grid.axes;
            if across != Axis::One {
                table.element("tr", &[], |row| {
                    if down != Axis::One {
                        row.empty("td", &[]);
                    }
                    for j in 0..cols {
                        write_head("col", across, j, lang, row);
                    }
                });
            }
            for i in 0..rows {
                table.element("tr", &[], |row| {
                    if down != Axis::One {
                        write_head("row", down, i, lang, row);
                    }
                    for j in 0..cols {
                        write_cell(grid, (i, j), largest, ledger, lang, row);
                    }
                });
            }
        });
    });
}

/// Symbol, shape, and what it is; then what rows and columns count.
fn write_caption(grid: &Grid, lang: Lang, table: &mut Markup) {
    table.element("caption", &[], |words| {
        words.leaf("b", &[], grid.name());
        words.text(format_args!(" {}{}", grid.shape(), caption(grid, lang)));
        let axes = axes(grid.axes, lang);
        if !axes.is_empty() {
            words.leaf("span", &[], axes);
        }
    });
}

/// The number of a row or column, with what it counts for those who hear it or ask.
fn write_head(scope: &'static str, axis: Axis, i: usize, lang: Lang, row: &mut Markup) {
    let words = header(axis, i, lang);
    let attributes: Attributes<'_> =
        &[("scope", &scope), ("aria-label", &words), ("title", &words)];
    row.leaf("th", attributes, i + 1);
}

fn write_cell(
    grid: &Grid,
    (i, j): (usize, usize),
    largest: f64,
    ledger: &Ledger,
    lang: Lang,
    row: &mut Markup,
) {
    let value = grid.values[(i, j)];
    let id = at(&grid.id, i, j).id();
    let colour = colour(value, largest);
    row.element("td", &[("id", &id), ("class", &colour)], |cell| {
        let index = grid.index(i, j);
        let Some(sum) = grid.sums.get(index) else {
            cell.text(full(value));
            return;
        };
        let beside = grid.beside.get(index);
        cell.element("details", &[], |details| {
            details.element("summary", &[], |summary| {
                summary.text(short(value));
                if let Some(beside) = beside {
                    summary.leaf("small", &[], short(beside.value));
                }
            });
            details.element("p", &[], |p| {
                p.text(format_args!(
                    "{} = {}",
                    grid.name_of(i, j),
                    ledger.symbolic(sum)
                ));
                write_sum(sum, value, ledger, p);
            });
            if let Some(beside) = beside {
                write_beside(beside, ledger, lang, details);
            }
        });
    });
}

/// The five-point difference: its h, its sum, its value.
fn write_beside(beside: &Beside, ledger: &Ledger, lang: Lang, details: &mut Markup) {
    details.element("p", &[("class", &"five")], |p| {
        p.text(format_args!("{} ", words(lang, "five")));
        p.leaf("b", &[], full(beside.h));
        p.text(": (8·(J(+h) − J(−h)) − (J(+2h) − J(−2h)))/(12·h)");
        write_sum(&beside.sum, beside.value, ledger, p);
    });
}

/// A sum with the numbers put in, and what it comes to.
fn write_sum(sum: &Sum, value: f64, ledger: &Ledger, p: &mut Markup) {
    p.empty("br", &[]);
    p.text("= ");
    let mut before = "";
    for piece in &sum.0 {
        match piece {
            Piece::Sign(sign) => {
                p.text(*sign);
                before = sign;
            }
            Piece::At(place) => {
                let is_first = before.is_empty() || before.ends_with('(') || before.ends_with(", ");
                write_number(place, !is_first, ledger, p);
            }
            Piece::Value(value) => write_digits(*value, p),
        }
    }
    p.empty("br", &[]);
    p.text("= ");
    p.element("b", &[], |b| write_digits(value, b));
}

/// A number that leads to its place; behind a sign a negative one is in brackets.
fn write_number(place: &Place, behind_a_sign: bool, ledger: &Ledger, p: &mut Markup) {
    let value = ledger.value(place);
    let (open, close) = if behind_a_sign && value < 0.0 {
        ("(", ")")
    } else {
        ("", "")
    };
    p.element("a", &[("href", &format_args!("#{}", place.id()))], |a| {
        a.text(open);
        write_digits(value, a);
        a.text(close);
    });
}

/// All digits, those of lesser weight pale.
fn write_digits(value: f64, p: &mut Markup) {
    let digits = full(value);
    let first = digits
        .find(|c: char| c.is_ascii_digit() && c != '0')
        .unwrap_or(0);
    let end = (first + FIRST_DIGITS).min(digits.len());
    let is_plain = digits.len() <= end + 1 || !digits[end..].bytes().all(|c| c.is_ascii_digit());
    if is_plain {
        p.text(digits);
    } else {
        p.text(&digits[..end]);
        p.leaf("small", &[], &digits[end..]);
    }
}

/// The class of a number's colour: its sign, and how large it is within its grid.
fn colour(value: f64, largest: f64) -> String {
    if !value.is_finite() {
        return "odd".into();
    }
    if value == 0.0 {
        return "zero".into();
    }
    let level = (4.0 * (value.abs() / largest)).ceil();
    let sign = if value < 0.0 { 'n' } else { 'p' };
    format!("{sign}{level}")
}
