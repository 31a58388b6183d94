//! IDX files, the format of MNIST: a header that gives the type and the size of each dimension, then the values.

use super::error::{Error, Result};

/// The code of unsigned bytes, the only type that MNIST has.
const UNSIGNED_BYTE: u8 = 0x08;

/// An array of bytes with `D` dimensions, in row-major order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idx<const D: usize> {
    /// The size of each dimension.
    pub shape: [usize; D],
    /// The values; as many as the product of the sizes.
    pub values: Vec<u8>,
}

impl<const D: usize> Idx<D> {
    /// Takes an unpacked IDX file apart: bytes 0, 0, the type, the number of dimensions, their sizes as big-endian 32-bit
    /// numbers, the values. Images have three dimensions and the magic number 2051, labels one and 2049.
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
        let header = 4 + 4 * D;
        check_kind::<D>(&file)?;
        let sizes = file
            .get(4..header)
            .ok_or_else(|| too_short(&file, header))?;
        let mut shape = [0; D];
        for (size, word) in shape.iter_mut().zip(sizes.as_chunks().0) {
            *size = u32::from_be_bytes(*word) as usize;
        }
        let held = file.len() - header;
        let claimed = shape
            .iter()
            .try_fold(1_usize, |n, &size| n.checked_mul(size));
        if claimed != Some(held) {
            let bytes = claimed.map_or("too many".to_string(), |n| n.to_string());
            return Err(Error::content(format!(
                "the header claims {} ({bytes} bytes), but the file holds {held} bytes behind it",
                described(&shape)
            )));
        }
        file.drain(..header);
        Ok(Idx {
            shape,
            values: file,
        })
    }
}

/// Checks the first four bytes.
fn check_kind<const D: usize>(file: &[u8]) -> Result<()> {
    let start: &[u8; 4] = file
        .first_chunk()
        .ok_or_else(|| too_short(file, 4 + 4 * D))?;
    let expected = [0, 0, UNSIGNED_BYTE, D as u8];
    if *start == expected {
        return Ok(());
    }
    let [zero, also_zero, kind, dimensions] = *start;
    let found = if (zero, also_zero) != (0, 0) {
        other_format(file).map_or("is not an IDX file".to_string(), |format| {
            format!("is {format}, not an IDX file")
        })
    } else if kind != UNSIGNED_BYTE {
        format!("holds {}, not unsigned bytes", type_name(kind))
    } else {
        format!("is an IDX file of {}", content(dimensions))
    };
    Err(Error::content(format!(
        "{found}: expected the magic number {} ({}), found {}",
        u32::from_be_bytes(expected),
        content(D as u8),
        u32::from_be_bytes(*start)
    )))
}

/// What a file that is no IDX file may be, by its first bytes.
fn other_format(file: &[u8]) -> Option<&'static str> {
    match file {
        [0x1f, 0x8b, ..] => Some("packed by gzip"),
        [b'P', b'K', ..] => Some("a zip file"),
        [b'<', ..] => Some("a web page"),
        _ => None,
    }
}

fn too_short(file: &[u8], header: usize) -> Error {
    Error::content(format!(
        "ends within its IDX header: {header} bytes are needed, the file has {}",
        file.len()
    ))
}

/// What an array of bytes with so many dimensions is.
fn content(dimensions: u8) -> String {
    match dimensions {
        1 => "labels".to_string(),
        3 => "images".to_string(),
        n => format!("arrays with {n} dimensions"),
    }
}

fn type_name(kind: u8) -> String {
    match kind {
        0x09 => "signed bytes".to_string(),
        0x0b => "16-bit integers".to_string(),
        0x0c => "32-bit integers".to_string(),
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
        [images, rows, cols] => format!("{images} images of {rows}×{cols}"),
        sizes => format!("an array of {}", sizes.join("×")),
    }
}
