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
        Part::Letter(word) => page.leaf("mi", &[], word),
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
        Part::Letter(word) if word.chars().count() > 1 => format!("{word} "),
        Part::Letter(word) | Part::Number(word) => word.clone(),
        Part::Sign(sign @ ('=' | '+' | '⊙' | '←' | '≠')) => format!(" {sign} "),
        Part::Sign(',') => ",  ".into(),
        Part::Sign(sign) => sign.to_string(),
        Part::Row(parts) => spaced(parts),
        Part::Fraction(above, below) => format!("{}/{}", bracketed(above), bracketed(below)),
        Part::Indexed(base, above, below) => {
            let raised = |part: &Part| {
                raise(&plain(part), SUPERSCRIPTS).unwrap_or_else(|| format!("^{}", bracketed(part)))
            };
            let lowered = |part: &Part| {
                raise(&plain(part), SUBSCRIPTS).unwrap_or_else(|| format!("_{}", bracketed(part)))
            };
            let above = above.as_deref().map(raised).unwrap_or_default();
            let below = below.as_deref().map(lowered).unwrap_or_default();
            format!("{}{above}{below}", plain(base))
        }
    }
}

/// A minus between two parts has room on both sides, the sign of a single one has none.
fn spaced(parts: &[Part]) -> String {
    let mut text = String::new();
    for (i, part) in parts.iter().enumerate() {
        let follows_a_value =
            i > 0 && (!matches!(parts[i - 1], Part::Sign(_)) || parts[i - 1] == Part::Sign(')'));
        if *part == Part::Sign('−') && follows_a_value {
            text.push_str(" − ");
        } else {
            text.push_str(&plain(part));
        }
    }
    text
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

const SUPERSCRIPTS: [(char, char); 7] = [
    ('1', '¹'),
    ('2', '²'),
    ('3', '³'),
    ('4', '⁴'),
    ('T', 'ᵀ'),
    ('m', 'ᵐ'),
    ('k', 'ᵏ'),
];
const SUBSCRIPTS: [(char, char); 4] = [('i', 'ᵢ'), ('j', 'ⱼ'), ('k', 'ₖ'), ('s', 'ₛ')];

/// All of `text` in small characters, if each of them exists.
fn raise<const N: usize>(text: &str, table: [(char, char); N]) -> Option<String> {
    let small = |c| {
        table
            .iter()
            .find(|&&(large, _)| large == c)
            .map(|&(_, small)| small)
    };
    text.chars().map(small).collect()
}
