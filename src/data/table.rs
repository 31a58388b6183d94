//! Tables: text files of numbers with a column of classes, separated by commas (CSV).
//!
//! Most data that a reader has of their own is such a file. What its columns mean is found by rules that are written down
//! ([`Table`]), never guessed twice in two ways: a test table is read by those of its training table.
//!
//! What always holds: a number keeps its value, and what is wrong is said with line and column.
//!
//! Guarded by `tests/suite/data/table.rs`: `the_class_column_is_found`, `numbers_keep_their_values`,
//! `what_is_wrong_with_a_table_is_said_with_line_and_column`.

use std::borrow::Cow;
use std::path::Path;

use super::columns::Columns;
use super::dataset::Dataset;
use super::fields::{Classes, Features, number};
use crate::io::{Archive, Error, Records, Result, peek, read};

/// The most bytes that a table may unpack to.
const LIMIT: usize = u32::MAX as usize;
/// What a first line with a mistake in it may have been meant to be.
const FIRST_LINE: &str =
    "if the first line is to name the columns: it does where none of its fields is a number";

/// A table that was read.
///
/// The first line has the names of the columns if no field in it is a number. The class column is the one that is named; or
/// else one called `label`, `class` or `target`, in capital or small letters; or else the only one with texts in it; or else
/// the first of 785 columns, as MNIST's tables have them, and the last of any other number. A column `id` or `index`, or one
/// without a name, is left out. All others are features, which must be numbers.
///
/// A class is a text or a number. Classes are numbered in order: numbers by size, texts by their letters.
///
/// Whole numbers from 0 to 255 are pixels, and the samples images, if their columns are 784, or a square number of columns whose
/// names begin with `pixel`. A table whose file is called `emnist-…` has them column by column, and they are turned upright.
///
/// ```
/// use fromzero::data::{Sample, table::Table};
/// let flowers = "length,width,species\n5.1,3.5,setosa\n7.0,3.2,versicolor\n4.9,3.0,setosa\n";
/// let table = Table::parse(flowers, None)?;
/// assert_eq!(table.data.sample(1), Sample::Row(&[7.0, 3.2]));
/// assert_eq!(table.data.labels(), [0, 1, 0]);
/// assert_eq!(table.data.class_name(0), "setosa");
/// assert_eq!(table.class_column, "species");
/// # Ok::<(), fromzero::io::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The rows, in the order of the lines; or images.
    pub data: Dataset,
    /// The column with the classes: its name, or its number, counted from 1.
    pub class_column: String,
    /// The columns that were left out, because they only count the rows.
    pub left_out: Vec<String>,
    columns: Columns,
}

impl Table {
    /// Reads a table from a file, which gzip may have packed. `class` is the name of the column with the classes, `first`, or
    /// `last`; with `None` it is found as is said above.
    ///
    /// # Errors
    /// If the file cannot be read, is no text, or is an archive; if a line has more or fewer fields than the first, a feature
    /// is not a finite number, a quote stands where it must not, or there are more than 256 classes. With the file's path, and
    /// with line and column.
    pub fn read(path: &Path, class: Option<&str>) -> Result<Self> {
        let text = text_of(path)?;
        let table = Self::parse(&text, class).and_then(|table| table.turned_upright(path));
        table.map_err(|error| error.at(path))
    }

    /// As [`read`](Table::read), from a text.
    ///
    /// # Errors
    /// As [`read`](Table::read), without a path.
    pub fn parse(text: &str, class: Option<&str>) -> Result<Self> {
        let columns = columns_of(text, class)?;
        let rows = Rows::read(text, &columns, Classes::default())?;
        let (order, names) = rows.classes.in_order();
        rows.into_table(columns, &order, names)
    }

    /// Reads another table with the same columns and classes: a test set beside its training set.
    ///
    /// # Errors
    /// As [`read`](Table::read); and if the columns are others, or a class is not one of this table's.
    pub fn read_alike(&self, path: &Path) -> Result<Self> {
        let text = text_of(path)?;
        let table = self
            .parse_alike(&text)
            .and_then(|table| table.turned_upright(path));
        table.map_err(|error| error.at(path))
    }

    fn parse_alike(&self, text: &str) -> Result<Self> {
        let columns = Columns {
            names: columns_of(text, Some("first"))?.names,
            ..self.columns.clone()
        };
        let mut records = Records::new(text);
        let mut fields = Vec::new();
        if let Some(line) = records.next_record(&mut fields)? {
            columns.check_count(&fields, line).map_err(|error| {
                error.hint("a test set has the columns of its training set, with the classes too")
            })?;
        }
        if let (Some(expected), Some(found)) = (&self.columns.names, &columns.names)
            && let Some(j) = (0..columns.count).find(|&j| expected[j] != found[j])
        {
            let (expected, found) = (&expected[j], &found[j]);
            let message =
                format!("expected the column {expected}, as in the training set, found {found}");
            return Err(Error::content(message).cell(1, j + 1));
        }
        let names = class_names(&self.data);
        let order: Vec<u8> = (0..=u8::MAX).collect();
        let rows = Rows::read(text, &columns, Classes::known(&names))?;
        rows.into_table(columns, &order, names)
    }

    /// The table of a file called `emnist-…`, whose images are stored column by column, with its images upright.
    fn turned_upright(mut self, path: &Path) -> Result<Self> {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().to_lowercase());
        if name.is_some_and(|name| name.starts_with("emnist-")) {
            self.data.transpose();
        }
        Ok(self)
    }
}

/// The names of all classes, by which a test set's are known.
fn class_names(data: &Dataset) -> Vec<String> {
    (0..data.classes())
        .map(|class| data.class_name(class))
        .collect()
}

fn text_of(path: &Path) -> Result<String> {
    if let Some(archive) = Archive::of(&peek(path)?).or(Archive::called(path)) {
        let error = Error::content(format!("is {}", archive.name())).at(path);
        return Err(error.hint(archive.how_to_unpack(path)));
    }
    String::from_utf8(read(path, LIMIT)?).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let message = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            "is a text in UTF-16"
        } else {
            "is not a text in UTF-8"
        };
        let error = Error::content(message).at(path).offset(at as u64);
        error.hint("a table is a text file with commas: save it as CSV in UTF-8")
    })
}

/// What the first two records say of the columns.
fn columns_of(text: &str, class: Option<&str>) -> Result<Columns> {
    let mut records = Records::new(text);
    let (mut first, mut second) = (Vec::new(), Vec::new());
    let Some(line) = records.next_record(&mut first)? else {
        return Err(Error::content("has no line with anything in it"));
    };
    let has_second = records.next_record(&mut second)?.is_some();
    let ends_with_comma = first.len() > 1 && first.last().is_some_and(|field| field.is_empty());
    if ends_with_comma {
        let error = Error::content("the line ends with a comma, behind which a column begins");
        return Err(error.cell(line, first.len()).hint("take it away"));
    }
    Columns::of(&first, has_second.then_some(&second[..]), class)
}

/// What was read of a table's rows.
struct Rows {
    features: Features,
    /// The classes as they are numbered in `classes`.
    labels: Vec<u8>,
    classes: Classes,
}

impl Rows {
    fn read(text: &str, columns: &Columns, classes: Classes) -> Result<Self> {
        let mut rows = Rows {
            features: Features::Bytes(Vec::new()),
            labels: Vec::new(),
            classes,
        };
        let mut records = Records::new(text);
        let mut fields = Vec::new();
        let mut is_first = true;
        while let Some(line) = records.next_record(&mut fields)? {
            let is_header = is_first && columns.names.is_some();
            if !is_header {
                let added = rows.add(&fields, line, columns);
                added.map_err(|error| {
                    if is_first {
                        error.hint(FIRST_LINE)
                    } else {
                        error
                    }
                })?;
            }
            is_first = false;
        }
        Ok(rows)
    }

    fn add(&mut self, fields: &[Cow<'_, str>], line: usize, columns: &Columns) -> Result<()> {
        columns.check_count(fields, line)?;
        self.features.reserve(columns.features.len())?;
        for &j in &columns.features {
            let x = number(&fields[j]).map_err(|error| error.cell(line, j + 1))?;
            self.features.push(x)?;
        }
        let class = self.classes.number_of(&fields[columns.class]);
        let class = class.map_err(|error| error.cell(line, columns.class + 1))?;
        self.labels.push(class);
        Ok(())
    }

    /// The table in which class k of these rows has the number `order[k]`.
    fn into_table(self, columns: Columns, order: &[u8], names: Vec<String>) -> Result<Table> {
        let labels = self.labels.iter().map(|&k| order[usize::from(k)]).collect();
        let inputs = columns.features.len();
        let side = inputs.isqrt();
        let mut data = match self.features {
            Features::Bytes(pixels) if columns.look_like_pixels() && side * side == inputs => {
                Dataset::new(pixels, labels, (side, side), names.len())?
            }
            features => Dataset::table(features.into_numbers()?, labels, inputs, names.len())?,
        };
        data.set_names(names)?;
        Ok(Table {
            data,
            class_column: columns.title(columns.class),
            left_out: columns.left_out(),
            columns,
        })
    }
}
