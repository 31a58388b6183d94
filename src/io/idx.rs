//! IDX files, the format of MNIST: a header that gives the type and the size of each dimension, then the values.

use std::path::Path;

use super::archive::Archive;
use super::error::{Error, Result};
use super::gzip::{read_within, start_of};

/// The bytes to which any file may unpack. More than that only one whose header claims more.
const ALWAYS_ALLOWED: usize = 1 << 28;

/// A type of values: its code in the header, its size in bytes, its name.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Kind {
    code: u8,
    size: usize,
    name: &'static str,
}

/// What MNIST and most of its relatives hold.
const BYTES: Kind = Kind {
    code: 0x08,
    size: 1,
    name: "unsigned bytes",
};
/// What QMNIST's labels are.
const INTS: Kind = Kind {
    code: 0x0c,
    size: 4,
    name: "32-bit integers",
};

/// An array of values with `D` dimensions, in row-major order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idx<const D: usize, V = u8> {
    /// The size of each dimension.
    pub shape: [usize; D],
    /// The values; as many as the product of the sizes.
    pub values: Vec<V>,
}

impl<const D: usize> Idx<D> {
    /// Takes an unpacked IDX file of unsigned bytes apart: bytes 0, 0, the type, the number of dimensions, their sizes as
    /// big-endian 32-bit numbers, the values. Images have three dimensions and the magic number 2051, labels one and 2049.
    ///
    /// ```
    /// use fromzero::io::Idx;
    /// let labels = Idx::parse(vec![0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4]).unwrap();
    /// assert_eq!((labels.shape, labels.values), ([3], vec![5, 0, 4]));
    /// ```
    ///
    /// # Errors
    /// If the file has another type or number of dimensions, or not exactly the values that its header claims.
    pub fn parse(mut file: Vec<u8>) -> Result<Self> {
        let shape = parse_header(&file, BYTES)?;
        file.drain(..header_size(D));
        Ok(Idx {
            shape,
            values: file,
        })
    }

    /// Reads a file, which gzip may have packed, and takes it apart as [`parse`](Idx::parse) does. It may have any size that
    /// memory holds; a packed one unpacks to no more than 256 MiB or what its header claims.
    ///
    /// # Errors
    /// As [`read`](super::read) and [`parse`](Idx::parse); with the file's path.
    pub fn read(path: &Path) -> Result<Self> {
        Self::parse(read_file::<D>(path, BYTES)?).map_err(|error| error.at(path))
    }
}

impl<const D: usize> Idx<D, i32> {
    /// As [`Idx::parse`], for a file of 32-bit integers, which are big-endian as well.
    ///
    /// ```
    /// use fromzero::io::Idx;
    /// let ints = Idx::parse_ints(vec![0, 0, 12, 1, 0, 0, 0, 1, 0, 0, 1, 4]).unwrap();
    /// assert_eq!((ints.shape, ints.values), ([1], vec![260]));
    /// ```
    ///
    /// # Errors
    /// As [`Idx::parse`].
    pub fn parse_ints(file: Vec<u8>) -> Result<Self> {
        let shape = parse_header(&file, INTS)?;
        let (words, _) = file[header_size(D)..].as_chunks();
        Ok(Idx {
            shape,
            values: words.iter().map(|&word| i32::from_be_bytes(word)).collect(),
        })
    }

    /// As [`Idx::read`], for a file of 32-bit integers.
    ///
    /// # Errors
    /// As [`Idx::read`].
    pub fn read_ints(path: &Path) -> Result<Self> {
        Self::parse_ints(read_file::<D>(path, INTS)?).map_err(|error| error.at(path))
    }
}

fn read_file<const D: usize>(path: &Path, kind: Kind) -> Result<Vec<u8>> {
    read_within(path, isize::MAX as usize, &|packed| {
        let claimed = shape_of::<D>(&start_of(packed)).and_then(|shape| bytes_of(&shape, kind));
        let claimed = claimed.map_or(0, |values| values.saturating_add(header_size(D)));
        claimed.max(ALWAYS_ALLOWED)
    })
}

/// The shape, if type and number of dimensions are as expected and exactly the values that the header claims follow it.
fn parse_header<const D: usize>(file: &[u8], kind: Kind) -> Result<[usize; D]> {
    check_kind(file, kind, D)?;
    let shape = shape_of(file).ok_or_else(|| too_short(file, header_size(D)))?;
    check_length(file, &shape, kind)?;
    Ok(shape)
}

fn check_length(file: &[u8], shape: &[usize], kind: Kind) -> Result<()> {
    let held = file.len() - header_size(shape.len());
    let claimed = bytes_of(shape, kind);
    if claimed == Some(held) {
        return Ok(());
    }
    let bytes = claimed.map_or("too many".to_string(), |n| n.to_string());
    Err(Error::content(format!(
        "the header claims {} ({bytes} bytes), but the file holds {held} bytes behind it",
        described(shape)
    )))
}

/// The bytes of a header: the magic number and the sizes.
fn header_size(dimensions: usize) -> usize {
    4 + 4 * dimensions
}

/// The sizes in a header, if the file has one of that length.
fn shape_of<const D: usize>(file: &[u8]) -> Option<[usize; D]> {
    let (words, _) = file.get(4..header_size(D))?.as_chunks();
    let mut shape = [0; D];
    for (size, word) in shape.iter_mut().zip(words) {
        *size = u32::from_be_bytes(*word) as usize;
    }
    Some(shape)
}

/// The bytes of an array's values, if so many can be counted.
fn bytes_of(shape: &[usize], kind: Kind) -> Option<usize> {
    let mut sizes = shape.iter();
    sizes.try_fold(kind.size, |n, &size| n.checked_mul(size))
}

/// Checks the first four bytes.
fn check_kind(file: &[u8], kind: Kind, dimensions: usize) -> Result<()> {
    let expected_dimensions = dimensions as u8;
    let start: &[u8; 4] = file
        .first_chunk()
        .ok_or_else(|| too_short(file, header_size(dimensions)))?;
    let expected = [0, 0, kind.code, expected_dimensions];
    if *start == expected {
        return Ok(());
    }
    let [zero, also_zero, code, dimensions] = *start;
    let found = if (zero, also_zero) != (0, 0) {
        other_format(file).map_or("is not an IDX file".to_string(), |format| {
            format!("is {format}, not an IDX file")
        })
    } else if code != kind.code {
        format!("holds {}, not {}", type_name(code), kind.name)
    } else {
        format!("is an IDX file of {}", content(dimensions))
    };
    let error = Error::content(format!(
        "{found}: expected the magic number {} ({}), found {}",
        u32::from_be_bytes(expected),
        content(expected_dimensions),
        u32::from_be_bytes(*start)
    ));
    Err(match Archive::of(file) {
        Some(_) => error.hint("unpack it first: the file is inside"),
        None => error,
    })
}

/// What a file that is no IDX file may be, by its first bytes.
fn other_format(file: &[u8]) -> Option<&'static str> {
    match file {
        [0x1f, 0x8b, ..] => Some("packed by gzip"),
        [b'<', ..] => Some("a web page"),
        _ => Archive::of(file).map(Archive::name),
    }
}

fn too_short(file: &[u8], header: usize) -> Error {
    Error::content(format!(
        "ends within its IDX header: {header} bytes are needed, the file has {}",
        file.len()
    ))
}

/// What an array with so many dimensions is.
fn content(dimensions: u8) -> String {
    match dimensions {
        1 => "labels".to_string(),
        3 => "images".to_string(),
        n => format!("arrays with {n} dimensions"),
    }
}

fn type_name(kind: u8) -> String {
    match kind {
        _ if kind == BYTES.code => BYTES.name.to_string(),
        _ if kind == INTS.code => INTS.name.to_string(),
        0x09 => "signed bytes".to_string(),
        0x0b => "16-bit integers".to_string(),
        0x0d => "32-bit floating-point numbers".to_string(),
        0x0e => "64-bit floating-point numbers".to_string(),
        _ => format!("values of an unknown type {kind:#04x}"),
    }
}

/// "60000 images of 28×28".
fn described(shape: &[usize]) -> String {
    let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
    match sizes.as_slice() {
        [labels] => format!("{labels} labels"),
        [rows, columns] => format!("{rows} labels of {columns} columns"),
        [images, rows, cols] => format!("{images} images of {rows}×{cols}"),
        sizes => format!("an array of {}", sizes.join("×")),
    }
}
