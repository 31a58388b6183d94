//! safetensors: the length of a header, the header in JSON, and the numbers of all tensors, one behind the other.
//!
//! Files are refused as the format's audit asks: a header above 100 MB, tensors that overlap or leave holes, bytes that belong to
//! none. Reading takes as much memory as the tensors, and at most 8 times the header's length.
//!
//! Guarded by `tests/suite/io/safetensors.rs`: `files_of_the_library_are_read_and_written_byte_for_byte`,
//! `what_the_audit_asks_to_be_refused_is_refused`.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::Path;

use super::json::{numbers, object, quoted, text};
use super::npy::check_truths;
use super::torch;
use super::value::{DType, MOST_DIMENSIONS, Named, Tensor, byte_count};
use crate::io::scanner::Scanner;
use crate::io::source::{Source, open};
use crate::io::{Error, Result, write_atomic};
use crate::ranking::ranked;

/// The longest header that is read.
pub const MOST_HEADER: u64 = 100_000_000;
/// The header's length is a multiple of this, with spaces at its end.
const ALIGNMENT: usize = 8;
/// The key under which a header has texts instead of a tensor.
const METADATA: &str = "__metadata__";

/// What the header says of a tensor.
struct Entry {
    name: String,
    dtype: DType,
    shape: Vec<usize>,
    /// Where its numbers begin and end, behind the header.
    begin: usize,
    end: usize,
}

/// Takes a safetensors file apart. The tensors come in the order in which their numbers stand.
///
/// ```
/// use fromzero::io::tensor::{Tensor, safetensors};
/// let tensors = vec![("b1".to_string(), Tensor::from_floats(&[2], &[0.5_f32, -1.0]))];
/// let mut file = Vec::new();
/// safetensors::write(&tensors, &mut file)?;
/// assert_eq!(safetensors::parse(&file).unwrap(), tensors);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// If the file is damaged or ambiguous, or if it holds numbers of a type that is not a [`DType`], such as F16; with the byte.
pub fn parse(mut file: &[u8]) -> Result<Named> {
    let length = file.len() as u64;
    read(&mut Source::new(&mut file, length))
}

/// Reads a safetensors file.
///
/// # Errors
/// As [`parse`], and if the file cannot be read; with its path.
pub fn load(path: impl AsRef<Path>) -> Result<Named> {
    load_path(path.as_ref())
}

fn load_path(path: &Path) -> Result<Named> {
    open(path)
        .and_then(|(mut file, length)| read(&mut Source::new(&mut file, length)))
        .map_err(|error| error.at(path))
}

/// Writes a safetensors file, byte for byte as the format's own library does: larger types first, and then by name.
///
/// # Errors
/// As [`write_atomic`].
///
/// # Panics
/// If two tensors have the same name.
#[track_caller]
pub fn save(path: impl AsRef<Path>, tensors: &[(String, Tensor)]) -> Result<()> {
    check_names(tensors);
    write_atomic(path, |file| write(tensors, file))
}

/// Writes what a safetensors file holds.
///
/// # Errors
/// Those of `file`.
///
/// # Panics
/// If two tensors have the same name, or one is called `__metadata__`.
#[track_caller]
pub fn write(tensors: &[(String, Tensor)], file: &mut dyn Write) -> io::Result<()> {
    check_names(tensors);
    let order = ranked(tensors.len(), &|i, j| {
        let ((name, a), (other, b)) = (&tensors[i], &tensors[j]);
        b.dtype().cmp(&a.dtype()).then(name.cmp(other))
    });
    let ordered: Vec<_> = order.into_iter().map(|i| &tensors[i]).collect();
    let mut at = 0;
    let entries = ordered.iter().map(|(name, tensor)| {
        let sizes: Vec<String> = tensor.shape().iter().map(usize::to_string).collect();
        let (begin, end) = (at, at + tensor.bytes().len());
        at = end;
        format!(
            r#"{}:{{"dtype":"{}","shape":[{}],"data_offsets":[{begin},{end}]}}"#,
            quoted(name),
            name_of(tensor.dtype()),
            sizes.join(",")
        )
    });
    let mut header = format!("{{{}}}", entries.collect::<Vec<_>>().join(","));
    let padded = header.len().next_multiple_of(ALIGNMENT);
    header.extend(std::iter::repeat_n(' ', padded - header.len()));
    file.write_all(&(header.len() as u64).to_le_bytes())?;
    file.write_all(header.as_bytes())?;
    ordered
        .iter()
        .try_for_each(|(_, tensor)| file.write_all(tensor.bytes()))
}

#[track_caller]
fn check_names(tensors: &[(String, Tensor)]) {
    let mut names = HashSet::from([METADATA]);
    for (name, _) in tensors {
        assert!(
            names.insert(name),
            "safetensors: the name {name:?} comes twice or is reserved"
        );
    }
}

/// The format's name for a type.
fn name_of(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool => "BOOL",
        DType::U8 => "U8",
        DType::I8 => "I8",
        DType::I16 => "I16",
        DType::U16 => "U16",
        DType::I32 => "I32",
        DType::U32 => "U32",
        DType::F32 => "F32",
        DType::F64 => "F64",
        DType::I64 => "I64",
        DType::U64 => "U64",
    }
}

fn read(source: &mut Source) -> Result<Named> {
    let start: [u8; 8] = source.array("the header's length")?;
    let length = u64::from_le_bytes(start);
    if length > MOST_HEADER || length > source.left() {
        return Err(no_header(&start, length, source.left()));
    }
    let header = source.bytes(length as usize, "the header")?;
    let entries = entries(&header, source.at())?;
    drop(header);
    let place = |i: usize| (entries[i].begin, entries[i].end);
    let order = ranked(entries.len(), &|i, j| place(i).cmp(&place(j)));
    let entries: Vec<&Entry> = order.into_iter().map(|i| &entries[i]).collect();
    check_places(&entries, source.left(), source.at())?;
    let mut tensors = Vec::with_capacity(entries.len());
    for entry in entries {
        let begins = source.at();
        let bytes = source.bytes(entry.end - entry.begin, "a tensor")?;
        check_truths(entry.dtype, &bytes, begins)?;
        let tensor = Tensor::from_bytes(entry.dtype, entry.shape.clone(), bytes);
        tensors.push((entry.name.clone(), tensor));
    }
    Ok(tensors)
}

/// Why a file that starts so has no header.
fn no_header(start: &[u8; 8], length: u64, left: u64) -> Error {
    if torch::is_pickle(start) {
        return torch::refused();
    }
    let error = Error::content(format!(
        "is not a safetensors file, or cut off: the header should have {length} bytes, {left} are left and {MOST_HEADER} are the most"
    ));
    match start {
        [b'P', b'K', ..] => error.hint(format!(
            "it looks like a zip file: npz, or PyTorch's; then {}",
            torch::CONVERT
        )),
        _ => error,
    }
    .offset(0)
}

/// What the header says, which ends at byte `end` of the file.
fn entries(header: &[u8], end: u64) -> Result<Vec<Entry>> {
    let mut scanner = Scanner::new(header, end - header.len() as u64);
    let mut entries: Vec<Entry> = Vec::new();
    let mut described = false;
    object(&mut scanner, |scanner, name| {
        if name != METADATA {
            entries.push(entry(scanner, name)?);
            return Ok(());
        }
        if std::mem::replace(&mut described, true) {
            return Err(scanner.error("the header has two of \"__metadata__\""));
        }
        object(scanner, |scanner, _| text(scanner).map(drop))
    })?;
    scanner.end()?;
    let mut names = HashSet::with_capacity(entries.len());
    match entries.iter().find(|entry| !names.insert(&entry.name[..])) {
        None => Ok(entries),
        Some(entry) => Err(scanner.error(format!("the header has two of {:?}", entry.name))),
    }
}

fn entry(scanner: &mut Scanner, name: String) -> Result<Entry> {
    let (mut dtype, mut shape, mut offsets) = (None, None, None);
    object(scanner, |scanner, key| {
        let again = match &key[..] {
            "dtype" => dtype.replace(element_type(scanner)?).is_some(),
            "shape" => shape.replace(numbers(scanner, MOST_DIMENSIONS)?).is_some(),
            "data_offsets" => offsets.replace(numbers(scanner, 2)?).is_some(),
            _ => true,
        };
        match again {
            false => Ok(()),
            true => Err(scanner.error(format!("the key {key:?} is unknown or comes twice"))),
        }
    })?;
    let (Some(dtype), Some(shape), Some(Ok([begin, end]))) =
        (dtype, shape, offsets.map(<[usize; 2]>::try_from))
    else {
        let message = format!("{name:?} has no dtype, no shape or no two data_offsets");
        return Err(scanner.error(message));
    };
    if end
        .checked_sub(begin)
        .is_none_or(|size| byte_count(dtype, &shape) != Some(size))
    {
        let dtype = dtype.name();
        let message =
            format!("{name:?} is {dtype} {shape:?}, which bytes {begin} to {end} do not hold");
        return Err(scanner.error(message));
    }
    Ok(Entry {
        name,
        dtype,
        shape,
        begin,
        end,
    })
}

fn element_type(scanner: &mut Scanner) -> Result<DType> {
    let found = text(scanner)?;
    let known = DType::ALL
        .into_iter()
        .find(|&dtype| name_of(dtype) == found);
    known.ok_or_else(|| {
        scanner
            .error(format!(
                "holds numbers of the type {found:?}, expected F32, F64, BOOL or an integer type"
            ))
            .hint("convert it where it was made: `tensor.float()` in PyTorch")
    })
}

/// Checks that the tensors, in order, fill the `held` bytes behind the header, which start at byte `start`, without a gap.
fn check_places(entries: &[&Entry], held: u64, start: u64) -> Result<()> {
    let wrong = |message: String, at: usize| Err(Error::content(message).offset(start + at as u64));
    let mut at = 0;
    for Entry {
        name, begin, end, ..
    } in entries
    {
        if *begin < at {
            return wrong(format!("{name:?} overlaps the tensor before it"), *begin);
        }
        if *begin > at {
            return wrong(
                format!(
                    "{} bytes in front of {name:?} belong to no tensor",
                    begin - at
                ),
                at,
            );
        }
        at = *end;
    }
    match held.cmp(&(at as u64)) {
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Less => wrong(
            format!(
                "the file ends too early: the header claims {at} bytes of numbers, {held} are there"
            ),
            held as usize,
        ),
        std::cmp::Ordering::Greater => wrong(
            format!(
                "{} bytes behind the last tensor belong to none",
                held - at as u64
            ),
            at,
        ),
    }
}
