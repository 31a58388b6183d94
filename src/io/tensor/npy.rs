//! npy, NumPy's file of one array: a magic text, a version, a header, the numbers (*NumPy Enhancement Proposal 1*, and the
//! document of `numpy.lib.format`).
//!
//! Reading takes as much memory as the file has bytes, twice if its order is Fortran's, and [`MOST_HEADER`] for the header.
//!
//! Guarded by `tests/suite/io/npy.rs`: `every_type_order_and_byte_order_is_read`, `written_files_are_those_of_numpy`,
//! `every_prefix_is_an_error`.

use std::io::{self, Write};
use std::path::Path;

use super::npy_header::{Header, header_of};
use super::torch;
use super::value::{DType, Tensor, byte_count};
use crate::io::source::{Source, open};
use crate::io::{Error, Result, write_atomic};

/// What an npy file starts with.
pub const MAGIC: &[u8; 6] = b"\x93NUMPY";
/// The longest header that is read; NumPy's own limit is 10,000.
pub const MOST_HEADER: usize = 1 << 16;
/// The numbers start at a multiple of this.
const ALIGNMENT: usize = 64;

/// Takes an npy file apart: versions 1.0, 2.0 and 3.0, either byte order, rows or columns first.
///
/// ```
/// use fromzero::io::tensor::{Tensor, npy};
/// let mut file = Vec::new();
/// npy::write(&Tensor::from_floats(&[3], &[0.5_f32, -1.0, 2.0]), &mut file)?;
/// let tensor = npy::parse(&file).unwrap();
/// assert_eq!(tensor.to_floats::<f32>(), [0.5, -1.0, 2.0]);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// If the file is none of these or damaged, if its elements are not numbers (Python objects above all), or if it does not hold
/// exactly the numbers that its header claims; with the byte.
pub fn parse(mut file: &[u8]) -> Result<Tensor> {
    let length = file.len() as u64;
    read(&mut Source::new(&mut file, length))
}

/// Reads an npy file.
///
/// # Errors
/// As [`parse`], and if the file cannot be read; with its path.
pub fn load(path: impl AsRef<Path>) -> Result<Tensor> {
    load_path(path.as_ref())
}

fn load_path(path: &Path) -> Result<Tensor> {
    open(path)
        .and_then(|(mut file, length)| read(&mut Source::new(&mut file, length)))
        .map_err(|error| error.at(path))
}

/// Writes an npy file, byte for byte as NumPy's `save` does.
///
/// # Errors
/// As [`write_atomic`].
pub fn save(path: impl AsRef<Path>, tensor: &Tensor) -> Result<()> {
    write_atomic(path, |file| write(tensor, file))
}

/// Writes what an npy file holds.
///
/// # Errors
/// Those of `file`.
pub fn write(tensor: &Tensor, file: &mut dyn Write) -> io::Result<()> {
    file.write_all(&head(tensor))?;
    file.write_all(tensor.bytes())
}

/// What stands before the numbers, in version 1.0: the text of 64 sizes is far from 64 kB long.
pub(super) fn head(tensor: &Tensor) -> Vec<u8> {
    let text = header_of(tensor);
    let before = MAGIC.len() + 2 + 2;
    // NumPy's rule: at least one space.
    let padding = ALIGNMENT - (before + text.len() + 1) % ALIGNMENT;
    let length = (text.len() + padding + 1) as u16;
    let mut head = [MAGIC, &[1, 0][..], &length.to_le_bytes(), text.as_bytes()].concat();
    head.resize(head.len() + padding, b' ');
    head.push(b'\n');
    head
}

pub(super) fn read(source: &mut Source) -> Result<Tensor> {
    let start: [u8; 8] = source.array("the magic text and the version of an npy file")?;
    if !start.starts_with(MAGIC) {
        return Err(other_format(&start));
    }
    let length = match start[6..] {
        [1, 0] => u16::from_le_bytes(source.array("the header's length")?).into(),
        [2 | 3, 0] => u32::from_le_bytes(source.array("the header's length")?) as usize,
        _ => {
            let message = format!(
                "is npy of version {}.{}, expected 1.0, 2.0 or 3.0",
                start[6], start[7]
            );
            return Err(Error::content(message).offset(6));
        }
    };
    if length > MOST_HEADER {
        let message = format!("the header claims {length} bytes, {MOST_HEADER} are the most");
        return Err(Error::content(message).offset(8));
    }
    let begins = source.at();
    let header = Header::parse(&source.bytes(length, "the header")?, begins)?;
    numbers(source, header)
}

/// The numbers that the header describes, little-endian and row by row.
fn numbers(source: &mut Source, header: Header) -> Result<Tensor> {
    let Header { dtype, shape, .. } = header;
    let begins = source.at();
    let claimed = byte_count(dtype, &shape).filter(|&bytes| bytes as u64 <= source.left());
    let Some(claimed) = claimed else {
        let message = format!(
            "the header claims {} {shape:?}, but the file holds {} bytes behind it",
            dtype.name(),
            source.left()
        );
        return Err(Error::content(message).offset(begins));
    };
    let mut bytes = source.bytes(claimed, "the array")?;
    source.end("the array")?;
    check_truths(dtype, &bytes, begins)?;
    if header.big_endian {
        reverse_each(&mut bytes, dtype.size());
    }
    if header.fortran_order && shape.len() > 1 && !bytes.is_empty() {
        bytes = rows_first(&bytes, dtype.size(), &shape);
    }
    Ok(Tensor::from_bytes(dtype, shape, bytes))
}

/// Checks that truth values are 0 or 1.
pub(super) fn check_truths(dtype: DType, bytes: &[u8], begins: u64) -> Result<()> {
    let wrong = match dtype {
        DType::Bool => bytes.iter().position(|&byte| byte > 1),
        _ => None,
    };
    match wrong {
        None => Ok(()),
        Some(at) => Err(
            Error::content(format!("a truth value is {}, expected 0 or 1", bytes[at]))
                .offset(begins + at as u64),
        ),
    }
}

/// Turns the byte order of numbers of this size.
fn reverse_each(bytes: &mut [u8], size: usize) {
    for number in bytes.chunks_exact_mut(size) {
        number.reverse();
    }
}

/// Numbers of `size` bytes that stand with the first index moving fastest, put into the order in which the last one does.
fn rows_first(bytes: &[u8], size: usize, shape: &[usize]) -> Vec<u8> {
    let mut strides = vec![1; shape.len()];
    for k in 1..shape.len() {
        strides[k] = strides[k - 1] * shape[k - 1];
    }
    let last = shape.len() - 1;
    let mut index = vec![0; last];
    let mut ordered = Vec::with_capacity(bytes.len());
    while ordered.len() < bytes.len() {
        let first: usize = index
            .iter()
            .zip(&strides)
            .map(|(i, stride)| i * stride)
            .sum();
        for j in 0..shape[last] {
            let number = &bytes[size * (first + j * strides[last])..][..size];
            ordered.extend_from_slice(number);
        }
        // The next row: the last index that can go on does, and those behind it begin again.
        for k in (0..last).rev() {
            index[k] += 1;
            if index[k] < shape[k] {
                break;
            }
            index[k] = 0;
        }
    }
    ordered
}

/// What a file is that does not start as npy does.
fn other_format(start: &[u8; 8]) -> Error {
    if torch::is_pickle(start) {
        return torch::refused();
    }
    let error = Error::content("is not an npy file: it does not start with \\x93NUMPY").offset(0);
    match start {
        [b'P', b'K', ..] => error.hint("it looks like a zip file: npz, or PyTorch's"),
        _ => error,
    }
}
