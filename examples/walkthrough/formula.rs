//! Formulas, written as `a^4_k = \frac{e^{z_k}}{\sum_i e^{z_i}}`, as MathML and as plain text.
//!
//! A formula is a row of parts. A part is a letter, a number, a sign, `{a row}`, `\word`, `\frac{row}{row}`; behind it may stand
//! `^part` and `_part`, in this order.

use fromzero::view::Markup;

/// A part of a formula.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    Letter(String),
    Number(String),
    Sign(char),
    Row(Vec<Part>),
    Fraction(Box<Part>, Box<Part>),
    /// With what stands above it, and what stands below.
    Indexed(Box<Part>, Option<Box<Part>>, Option<Box<Part>>),
}

/// A formula of one line.
#[derive(Clone, Debug)]
pub struct Formula(Part);

impl Formula {
    /// Reads what is written in the program itself.
    ///
    /// # Panics
    /// If that is no formula.
    pub fn new(text: &str) -> Self {
        let mut rest = text;
        let row = row(&mut rest);
        assert!(rest.is_empty(), "{rest} is left over in the formula {text}");
        Formula(row)
    }

    /// As MathML (MathML Core), which browsers show.
    pub fn write(&self, page: &mut Markup) {
        page.element("math", &[("display", &"block")], |math| {
            write(&self.0, math)
        });
    }

    /// In one line of text.
    pub fn plain(&self) -> String {
        plain(&self.0)
    }
}

/// What is left up to a closing brace.
fn row(rest: &mut &str) -> Part {
    let mut parts = Vec::new();
    while !rest.is_empty() && !rest.starts_with('}') {
        if rest.starts_with(' ') {
            *rest = rest.trim_start();
            continue;
        }
        let base = part(rest);
        let above = index('^', rest);
        let below = index('_', rest);
        parts.push(match (above, below) {
            (None, None) => base,
            (above, below) => Part::Indexed(Box::new(base), above, below),
        });
    }
    match parts.len() {
        1 => parts.remove(0),
        _ => Part::Row(parts),
    }
}

fn index(sign: char, rest: &mut &str) -> Option<Box<Part>> {
    *rest = rest.strip_prefix(sign)?;
    Some(Box::new(part(rest)))
}

/// The next part, without what is above and below it.
fn part(rest: &mut &str) -> Part {
    let first = rest.chars().next().expect("a part of a formula");
    if first == '{' {
        *rest = &rest[1..];
        let row = row(rest);
        *rest = rest.strip_prefix('}').expect("a closing brace");
        return row;
    }
    if let Some(after) = rest.strip_prefix("\\frac") {
        *rest = after;
        let (above, below) = (part(rest), part(rest));
        return Part::Fraction(Box::new(above), Box::new(below));
    }
    if first == '\\' {
        let word = rest[1..].split(|c: char| !c.is_alphabetic()).next();
        let word = word.unwrap_or_default();
        *rest = &rest[1 + word.len()..];
        return match word {
            "sum" => Part::Sign('Σ'),
            _ => Part::Letter(word.into()),
        };
    }
    if first.is_ascii_digit() {
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        *rest = after;
        return Part::Number(number.into());
    }
    *rest = &rest[first.len_utf8()..];
    if first.is_alphabetic() || first == '∂' {
        Part::Letter(first.into())
    } else {
        Part::Sign(first)
    }
}

fn write(part: &Part, page: &mut Markup) {
    match part {
        Part::Letter(word) => {
            page.leaf("mi", &[], word);
            if word.chars().count() > 1 {
                page.empty("mspace", &[("width", &"0.17em")]);
            }
        }
        Part::Number(number) => page.leaf("mn", &[], number),
        Part::Sign('Σ') => page.leaf("mo", &[], '∑'),
        Part::Sign(sign) => page.leaf("mo", &[], sign),
        Part::Row(parts) => page.element("mrow", &[], |row| {
            parts.iter().for_each(|part| write(part, row))
        }),
        Part::Fraction(above, below) => page.element("mfrac", &[], |fraction| {
            write(above, fraction);
            write(below, fraction);
        }),
        Part::Indexed(base, above, below) => {
            let is_sum = **base == Part::Sign('Σ');
            let name = match (is_sum, above.is_some(), below.is_some()) {
                (true, true, true) => "munderover",
                (true, true, false) => "mover",
                (true, false, _) => "munder",
                (false, true, true) => "msubsup",
                (false, true, false) => "msup",
                (false, false, _) => "msub",
            };
            page.element(name, &[], |indexed| {
                for part in [Some(base), below.as_ref(), above.as_ref()]
                    .into_iter()
                    .flatten()
                {
                    write(part, indexed);
                }
            });
        }
    }
}

fn plain(part: &Part) -> String {
    match part {
        Part::Letter(word) | Part::Number(word) => word.clone(),
        Part::Sign(sign @ ('=' | '+' | '⊙' | '←' | '≠')) => format!(" {sign} "),
        Part::Sign(',') => ",  ".into(),
        Part::Sign(sign) => sign.to_string(),
        Part::Row(parts) => spaced(parts),
        Part::Fraction(above, below) => format!("{}/{}", bracketed(above), bracketed(below)),
        Part::Indexed(base, above, below) => {
            let above = above.as_deref().map(|part| small(part, '^', &SUPERSCRIPTS));
            let below = below.as_deref().map(|part| small(part, '_', &SUBSCRIPTS));
            plain(base) + &above.unwrap_or_default() + &below.unwrap_or_default()
        }
    }
}

/// A row, with blanks where they help to read it, and brackets around fractions that are factors.
fn spaced(parts: &[Part]) -> String {
    let is_value = |part: Option<&Part>| {
        part.is_some_and(|part| !matches!(part, Part::Sign(sign) if *sign != '('))
    };
    let mut text = String::new();
    for (i, part) in parts.iter().enumerate() {
        let (before, after) = (i.checked_sub(1).map(|i| &parts[i]), parts.get(i + 1));
        let follows = is_value(before) || before == Some(&Part::Sign(')'));
        let own = plain(part);
        match part {
            // A minus between two has room on both sides, the sign of a single one has none.
            Part::Sign('−') if follows => text.push_str(" − "),
            Part::Fraction(..) if is_value(before) || is_value(after) => {
                text.push_str(&format!("({own})"));
            }
            Part::Letter(word) if word.chars().count() > 1 => {
                let before = if follows { " " } else { "" };
                let after = if after == Some(&Part::Sign('(')) {
                    ""
                } else {
                    " "
                };
                text.push_str(&format!("{before}{own}{after}"));
            }
            part if is_sum(part) => {
                let after = if after.is_some_and(is_sum) { "" } else { " " };
                text.push_str(&format!("{own}{after}"));
            }
            _ => text.push_str(&own),
        }
    }
    text
}

/// Whether this is a Σ with its index.
fn is_sum(part: &Part) -> bool {
    matches!(part, Part::Indexed(base, ..) if **base == Part::Sign('Σ'))
}

fn bracketed(part: &Part) -> String {
    let text = plain(part);
    match part {
        Part::Row(parts) if parts.iter().any(|part| matches!(part, Part::Sign(_))) => {
            format!("({text})")
        }
        _ => text,
    }
}

const SUPERSCRIPTS: [(char, char); 5] =
    [('1', '¹'), ('2', '²'), ('3', '³'), ('4', '⁴'), ('T', 'ᵀ')];
const SUBSCRIPTS: [(char, char); 4] = [('i', 'ᵢ'), ('j', 'ⱼ'), ('k', 'ₖ'), ('s', 'ₛ')];

/// An index in small characters, if each of them exists, and otherwise behind `sign`.
fn small(part: &Part, sign: char, table: &[(char, char)]) -> String {
    let text = plain(part);
    let small = |c| {
        let found = table.iter().find(|&&(large, _)| large == c);
        found.map(|&(_, small)| small)
    };
    let all: Option<String> = text.chars().map(small).collect();
    all.unwrap_or_else(|| format!("{sign}{}", bracketed(part)))
}
