//! The columns of a table: whether its first line names them, which of them has the classes, and which have features.

use std::borrow::Cow;

use crate::io::{Error, Result};

/// A column with one of these names has the classes, if none is named.
const CLASS_NAMES: [&str; 3] = ["label", "class", "target"];
/// Columns with these names only count the rows, so that nothing is to be learned from them.
const COUNTERS: [&str; 4] = ["", "id", "index", "unnamed: 0"];
/// The columns of a table of MNIST's images: the label and 28×28 pixels.
const MNIST_COLUMNS: usize = 1 + 28 * 28;

/// What the columns of a table are. Indices count from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    /// The names, if the first line has them.
    pub names: Option<Vec<String>>,
    pub count: usize,
    /// The column with the classes.
    pub class: usize,
    /// The columns with the features.
    pub features: Vec<usize>,
}

impl Columns {
    /// What a table's first line, and the second if there is one, say of its columns. `class` is the name of the column with
    /// the classes, `first`, or `last`.
    pub(super) fn of(
        first: &[Cow<'_, str>],
        second: Option<&[Cow<'_, str>]>,
        class: Option<&str>,
    ) -> Result<Self> {
        let is_header = !first.iter().any(|field| is_number(field));
        let names = is_header.then(|| {
            let names = first.iter().map(|name| name.trim().to_string());
            names.collect::<Vec<String>>()
        });
        let row = second.filter(|_| is_header).unwrap_or(first);
        let count = first.len();
        if count < 2 {
            return Err(only_one_column(first));
        }
        if is_header && second.is_none() {
            return Err(Error::content(
                "has names of columns, but no row below them",
            ));
        }
        let class = match class {
            Some(class) => named(class, count, names.as_deref())?,
            None => guessed(row, names.as_deref()),
        };
        let counts_rows = |&j: &usize| {
            let name = names.as_ref().map(|names| names[j].to_lowercase());
            name.is_some_and(|name| COUNTERS.contains(&&name[..]))
        };
        let features: Vec<usize> = (0..count)
            .filter(|&j| j != class)
            .filter(|j| !counts_rows(j))
            .collect();
        if features.is_empty() {
            let message = "there is no column beside the classes and a number of the row";
            return Err(Error::content(message).cell(1, 1));
        }
        Ok(Columns {
            names,
            count,
            class,
            features,
        })
    }

    /// What a column is called: its name, or its number, counted from 1.
    pub(super) fn title(&self, column: usize) -> String {
        match &self.names {
            Some(names) if !names[column].is_empty() => names[column].clone(),
            _ => format!("column {}", column + 1),
        }
    }

    /// The columns that are neither class nor feature.
    pub(super) fn left_out(&self) -> Vec<String> {
        let is_left_out = |j: &usize| *j != self.class && !self.features.contains(j);
        let columns = (0..self.count).filter(is_left_out);
        columns.map(|j| self.title(j)).collect()
    }

    /// Whether the features are pixels by their names or by their number.
    pub(super) fn look_like_pixels(&self) -> bool {
        let are_called_pixels = self.names.as_ref().is_some_and(|names| {
            let mut features = self.features.iter();
            features.all(|&j| names[j].to_lowercase().starts_with("pixel"))
        });
        are_called_pixels || self.features.len() == MNIST_COLUMNS - 1
    }

    /// Refuses a line with another number of fields.
    pub(super) fn check_count(&self, fields: &[Cow<'_, str>], line: usize) -> Result<()> {
        let (expected, found) = (self.count, fields.len());
        if found == expected {
            return Ok(());
        }
        let error = Error::content(format!("expected {expected} columns, found {found}"));
        let ends_with_comma = fields.last().is_some_and(|field| field.is_empty());
        let error = error.cell(line, found.min(expected + 1));
        Err(if found > expected && ends_with_comma {
            error.hint("the line ends with a comma, behind which a column begins: take it away")
        } else {
            error
        })
    }
}

fn is_number(field: &str) -> bool {
    field.trim().parse::<f64>().is_ok()
}

/// The column that was asked for.
fn named(class: &str, count: usize, names: Option<&[String]>) -> Result<usize> {
    let by_name = names.and_then(|names| names.iter().position(|name| name == class));
    match (by_name, class) {
        (Some(column), _) => Ok(column),
        (None, "first") => Ok(0),
        (None, "last") => Ok(count - 1),
        (None, _) => Err(match names {
            Some(names) => {
                let known = if count <= 12 {
                    format!("its columns are {}", names.join(", "))
                } else {
                    format!(
                        "its {count} columns are {}, {}, …, {}",
                        names[0],
                        names[1],
                        names[count - 1]
                    )
                };
                Error::content(format!("has no column {class}; {known}"))
            }
            None => Error::content(format!(
                "has no column {class}: its first line holds numbers, not names; expected first or last"
            )),
        }),
    }
}

/// The column that has the classes if none was named: one with a name for it, the only one with a text in it, the first of a
/// table of MNIST's images, the last of any other.
fn guessed(row: &[Cow<'_, str>], names: Option<&[String]>) -> usize {
    let by_name = names.and_then(|names| {
        let is_class = |name: &String| CLASS_NAMES.contains(&&name.to_lowercase()[..]);
        names.iter().position(is_class)
    });
    let mut texts = (0..row.len()).filter(|&j| !row[j].trim().is_empty() && !is_number(&row[j]));
    let only_text = texts.next().filter(|_| texts.next().is_none());
    let at_the_edge = if row.len() == MNIST_COLUMNS {
        0
    } else {
        row.len() - 1
    };
    by_name.or(only_text).unwrap_or(at_the_edge)
}

fn only_one_column(first: &[Cow<'_, str>]) -> Error {
    let text = first.first().map_or("", |field| field);
    let error = Error::content("expected columns separated by commas, found only one").cell(1, 1);
    match [(';', "semicolons"), ('\t', "tabs")].into_iter().find(|&(c, _)| text.contains(c)) {
        Some((_, name)) => error.hint(format!(
            "they are separated by {name}: save the table with commas, and with points in its numbers"
        )),
        None => error,
    }
}
