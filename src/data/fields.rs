//! The fields of a table: features, which are numbers, and classes, which may be texts.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::io::{Error, ErrorKind, Result};
use crate::ranking::ranked;

/// The most classes: a label is a byte.
pub(super) const MOST_CLASSES: usize = 256;

/// The features of all rows: bytes as long as all of them are.
pub(super) enum Features {
    Bytes(Vec<u8>),
    Numbers(Vec<f32>),
}

impl Features {
    /// Makes room for so many more.
    pub(super) fn reserve(&mut self, more: usize) -> Result<()> {
        let room = match self {
            Features::Bytes(bytes) => bytes.try_reserve(more),
            Features::Numbers(numbers) => numbers.try_reserve(more),
        };
        room.map_err(|_| no_memory())
    }

    pub(super) fn push(&mut self, x: f32) -> Result<()> {
        match self {
            Features::Bytes(bytes) if f32::from(x as u8) == x => bytes.push(x as u8),
            Features::Bytes(bytes) => {
                let bytes = std::mem::take(bytes);
                let mut numbers = Features::Bytes(bytes).into_numbers()?;
                numbers.push(x);
                *self = Features::Numbers(numbers);
            }
            Features::Numbers(numbers) => numbers.push(x),
        }
        Ok(())
    }

    pub(super) fn into_numbers(self) -> Result<Vec<f32>> {
        match self {
            Features::Numbers(numbers) => Ok(numbers),
            Features::Bytes(bytes) => {
                let mut numbers = Vec::new();
                numbers
                    .try_reserve(bytes.capacity())
                    .map_err(|_| no_memory())?;
                numbers.extend(bytes.into_iter().map(f32::from));
                Ok(numbers)
            }
        }
    }
}

fn no_memory() -> Error {
    Error::of_kind(ErrorKind::Memory, "the table does not fit into memory")
}

/// A feature.
pub(super) fn number(field: &str) -> Result<f32> {
    let field = field.trim();
    // By far the most fields of a table of images are such.
    if let [digit @ b'0'..=b'9'] = field.as_bytes() {
        return Ok(f32::from(digit - b'0'));
    }
    match field.parse::<f32>() {
        Ok(x) if x.is_finite() => Ok(x),
        Ok(_) => Err(Error::content(format!(
            "expected a finite number, found {field}"
        ))),
        Err(_) if field.is_empty() => Err(Error::content("expected a number, found nothing")
            .hint("a row with a gap in it must be filled up or taken out")),
        Err(_) => {
            let error = Error::content(format!("expected a number, found {}", shortened(field)));
            Err(match field.contains(';') {
                true => {
                    error.hint("save the table with commas between its columns, not semicolons")
                }
                false => error,
            })
        }
    }
}

/// The first characters of a text that may be long.
fn shortened(text: &str) -> Cow<'_, str> {
    const MOST: usize = 40;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

/// The classes by the texts that stand for them, numbered as they come.
#[derive(Default)]
pub(super) struct Classes {
    numbers: HashMap<String, u8>,
    names: Vec<String>,
    /// Whether there are no others.
    are_known: bool,
}

impl Classes {
    /// The classes of a training set, by which those of its test set are known.
    pub(super) fn known(names: &[String]) -> Self {
        let numbers = names.iter().cloned().zip(0..=u8::MAX);
        Classes {
            numbers: numbers.collect(),
            names: names.to_vec(),
            are_known: true,
        }
    }

    /// The number of the class for which a field stands.
    pub(super) fn number_of(&mut self, field: &str) -> Result<u8> {
        if let Some(&number) = self.numbers.get(field) {
            return Ok(number);
        }
        let name = name_of(field);
        if name.is_empty() {
            return Err(Error::content("expected a class, found nothing"));
        }
        if let Some(&number) = self.numbers.get(&name) {
            return Ok(number);
        }
        let found = shortened(&name);
        if self.are_known {
            let message = format!("expected a class of the training set, found {found}");
            return Err(Error::content(message));
        }
        let number = u8::try_from(self.names.len()).map_err(|_| {
            let message = format!(
                "expected at most {MOST_CLASSES} different classes in this column, found one more, {found}"
            );
            Error::content(message).hint("if the classes are in another column, name that one")
        })?;
        self.numbers.insert(name.clone(), number);
        self.names.push(name);
        Ok(number)
    }

    /// For each class its place in order, and the names in that order.
    pub(super) fn in_order(&self) -> (Vec<u8>, Vec<String>) {
        let names = &self.names;
        let numbers: Option<Vec<f64>> = names.iter().map(|name| name.parse().ok()).collect();
        let order = ranked(names.len(), &|i, j| match &numbers {
            Some(numbers) => numbers[i].total_cmp(&numbers[j]),
            None => names[i].cmp(&names[j]),
        });
        let mut places = vec![0; names.len()];
        for (place, &class) in (0..=u8::MAX).zip(&order) {
            places[class] = place;
        }
        let in_order = order.iter().map(|&class| names[class].clone());
        (places, in_order.collect())
    }
}

/// A class's name: its text without blanks around it, and 3 for 3.0, as some programs write whole numbers.
fn name_of(field: &str) -> String {
    const WHOLE: f64 = 1e15;
    let text = field.trim();
    match text.parse::<f64>() {
        Ok(x) if x.trunc() == x && x.abs() < WHOLE => (x as i64).to_string(),
        _ => text.to_string(),
    }
}
