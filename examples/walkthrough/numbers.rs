//! A network and its samples, from a few lines of text.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use fromzero::Matrix;
use fromzero::io::{Error, ErrorKind, Result};
use fromzero::section37::{Params, Sizes};

/// The numbers that are taken if the reader has none.
const OWN: &str = include_str!("numbers.txt");

/// What a file may have: every neuron and every sample is drawn, and every number written out.
const MOST_NEURONS: usize = 16;
const MOST_SAMPLES: usize = 8;
const MOST_BYTES: u64 = 1 << 16;

/// The names that a file gives, in any order.
const NAMES: [&str; 9] = ["lr", "x", "y", "w1", "b1", "w2", "b2", "w3", "b3"];

/// What a step of training begins with.
#[derive(Clone)]
pub struct Numbers {
    pub lr: f64,
    /// The samples a¹ `[m, inputs]`.
    pub x: Matrix<f64>,
    /// Their labels, one-hot `[m, classes]`.
    pub y: Matrix<f64>,
    pub params: Params<f64>,
}

/// The rows under a name, and the line where it stands.
struct Part {
    name: &'static str,
    line: usize,
    /// The line of each row, and its numbers.
    rows: Vec<(usize, Vec<f64>)>,
}

impl Numbers {
    /// The numbers in the file at `path`, or those of the walkthrough itself.
    pub fn load(path: Option<&Path>) -> Result<Self> {
        match path {
            None => Self::parse(OWN),
            Some(path) => read(path)
                .and_then(|text| Self::parse(&text))
                .map_err(|error| error.at(path)),
        }
    }

    /// The numbers in a text such as `numbers.txt`.
    pub fn parse(text: &str) -> Result<Self> {
        let parts = parts(text)?;
        let part = |name| find(&parts, name);
        let x = part("x")?.matrix()?;
        let w1 = part("w1")?.matrix()?;
        let sizes = Sizes {
            inputs: x.cols(),
            hidden: w1.cols(),
            classes: part("w3")?.matrix()?.cols(),
        };
        let Sizes {
            inputs,
            hidden,
            classes,
        } = sizes;
        let m = x.rows();
        part("x")?.check_at_most(m, MOST_SAMPLES, "samples")?;
        for (name, size) in [("x", inputs), ("w1", hidden), ("w3", classes)] {
            part(name)?.check_at_most(size, MOST_NEURONS, "columns")?;
        }
        let shaped = |name, rows, cols| part(name)?.shaped(rows, cols);
        let vector = |name, cols| Ok::<_, Error>(shaped(name, 1, cols)?.row(0).to_vec());
        let params = Params {
            w1: shaped("w1", inputs, hidden)?,
            b1: vector("b1", hidden)?,
            w2: shaped("w2", hidden, hidden)?,
            b2: vector("b2", hidden)?,
            w3: shaped("w3", hidden, classes)?,
            b3: vector("b3", classes)?,
        };
        let lr = part("lr")?;
        let rate = lr.shaped(1, 1)?[(0, 0)];
        if rate <= 0.0 {
            return Err(wrong(
                lr.line,
                1,
                format!("expected a learning rate above 0, found {rate}"),
            ));
        }
        shaped("y", m, classes)?;
        let y = part("y")?.one_hot()?;
        Ok(Numbers {
            lr: rate,
            x,
            y,
            params,
        })
    }
}

impl Part {
    fn matrix(&self) -> Result<Matrix<f64>> {
        let Some((_, first)) = self.rows.first() else {
            let message = format!("expected numbers after {}, found none", self.name);
            return Err(wrong(self.line, 1, message));
        };
        for (line, row) in &self.rows {
            if row.len() != first.len() {
                let message = format!(
                    "expected {} numbers, as in the first row of {}, found {}",
                    first.len(),
                    self.name,
                    row.len()
                );
                return Err(wrong(*line, row.len().min(first.len()) + 1, message));
            }
        }
        let numbers = self.rows.iter().flat_map(|(_, row)| row.iter().copied());
        let numbers = numbers.collect();
        Ok(Matrix::from_vec(self.rows.len(), first.len(), numbers))
    }

    fn shaped(&self, rows: usize, cols: usize) -> Result<Matrix<f64>> {
        let matrix = self.matrix()?;
        if matrix.shape() == (rows, cols) {
            return Ok(matrix);
        }
        let message = format!(
            "expected {} of {rows}×{cols}, to fit the others, found {}×{}",
            self.name,
            matrix.rows(),
            matrix.cols()
        );
        Err(wrong(self.line, 1, message)
            .hint("w1 is [inputs, hidden], w2 [hidden, hidden], w3 [hidden, classes]"))
    }

    fn one_hot(&self) -> Result<Matrix<f64>> {
        for (line, row) in &self.rows {
            let ones = row.iter().filter(|&&y| y == 1.0).count();
            let zeros = row.iter().filter(|&&y| y == 0.0).count();
            if ones != 1 || ones + zeros != row.len() {
                let message = "expected a label, which is one 1 among zeros";
                return Err(wrong(*line, 1, message.into()));
            }
        }
        self.matrix()
    }

    fn check_at_most(&self, found: usize, most: usize, what: &str) -> Result<()> {
        if found <= most {
            return Ok(());
        }
        let message = format!(
            "expected at most {most} {what} in {}, found {found}",
            self.name
        );
        Err(wrong(self.line, 1, message))
    }
}

/// The text of a file that is no larger than a few lines may be.
fn read(path: &Path) -> Result<String> {
    let refused = |cause| Error::io("cannot be read", cause);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(refused)?;
    file.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(refused)?;
    if bytes.len() as u64 > MOST_BYTES {
        let message = format!("expected a few lines of text, found more than {MOST_BYTES} bytes");
        return Err(Error::of_kind(ErrorKind::Content, message));
    }
    String::from_utf8(bytes).map_err(|error| {
        let message = "expected a text in UTF-8, found other bytes";
        let at = error.utf8_error().valid_up_to() as u64;
        Error::of_kind(ErrorKind::Content, message).offset(at)
    })
}

fn parts(text: &str) -> Result<Vec<Part>> {
    let mut parts: Vec<Part> = Vec::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (line, words) in (1..).zip(text.lines()) {
        let words = words.split('#').next().unwrap_or_default();
        let mut words = words.split_whitespace().peekable();
        let mut column = 1;
        if let Some(word) =
            words.next_if(|word| word.starts_with(char::is_alphabetic) && !is_number(word))
        {
            parts.push(named(word, line, &parts)?);
            column += 1;
        }
        let row = (column..)
            .zip(words)
            .map(|(column, word)| number(word, line, column));
        let row = row.collect::<Result<Vec<f64>>>()?;
        if row.is_empty() {
            continue;
        }
        match parts.last_mut() {
            Some(part) => part.rows.push((line, row)),
            None => {
                let message = format!(
                    "expected a name ({}) before the first number",
                    NAMES.join(", ")
                );
                return Err(wrong(line, 1, message));
            }
        }
    }
    Ok(parts)
}

/// A new part with this name.
fn named(word: &str, line: usize, before: &[Part]) -> Result<Part> {
    let Some(&name) = NAMES.iter().find(|&&name| name == word) else {
        let message = format!(
            "expected a name ({}) or a number, found {word}",
            NAMES.join(", ")
        );
        return Err(wrong(line, 1, message));
    };
    if let Some(first) = before.iter().find(|part| part.name == name) {
        let message = format!("{name} stands here and in line {}", first.line);
        return Err(wrong(line, 1, message).hint("give each name once"));
    }
    Ok(Part {
        name,
        line,
        rows: Vec::new(),
    })
}

/// Whether a word that begins with a letter is a number all the same, though none that would do: NaN, inf.
fn is_number(word: &str) -> bool {
    word.parse::<f64>().is_ok()
}

fn number(word: &str, line: usize, column: usize) -> Result<f64> {
    match word.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err(wrong(
            line,
            column,
            format!("expected a finite number, found {word}"),
        )),
    }
}

fn find<'a>(parts: &'a [Part], name: &str) -> Result<&'a Part> {
    let part = parts.iter().find(|part| part.name == name);
    part.ok_or_else(|| {
        let message = format!("expected {}, found no {name}", NAMES.join(", "));
        Error::of_kind(ErrorKind::Content, message)
    })
}

fn wrong(line: usize, column: usize, message: String) -> Error {
    Error::of_kind(ErrorKind::Content, message).cell(line, column)
}
