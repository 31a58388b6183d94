//! The header of an npy file: a dictionary as Python writes it, `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.

use super::value::{DType, MOST_DIMENSIONS, Tensor};
use crate::io::scanner::Scanner;
use crate::io::{Error, Result};

/// What the header says.
pub(super) struct Header {
    pub(super) dtype: DType,
    /// Whether the highest byte of a number comes first.
    pub(super) big_endian: bool,
    /// Whether the first index moves fastest, as in Fortran.
    pub(super) fortran_order: bool,
    pub(super) shape: Vec<usize>,
}

impl Header {
    /// Takes apart the header's text, which begins at byte `start` of the file.
    pub(super) fn parse(text: &[u8], start: u64) -> Result<Self> {
        let mut scanner = Scanner::new(text, start);
        let (mut descr, mut fortran_order, mut shape) = (None, None, None);
        scanner.expect(b'{')?;
        while !scanner.accept(b'}') {
            let key = quoted(&mut scanner)?;
            scanner.expect(b':')?;
            let again = match key {
                b"descr" => descr.replace(element_type(&mut scanner)?).is_some(),
                b"fortran_order" => fortran_order.replace(truth(&mut scanner)?).is_some(),
                b"shape" => shape.replace(tuple(&mut scanner)?).is_some(),
                _ => true,
            };
            if again {
                let key = String::from_utf8_lossy(key).into_owned();
                let message = format!("the key {key:?} is unknown to npy or comes twice");
                return Err(scanner.error(message));
            }
            if !scanner.accept(b',') {
                scanner.expect(b'}')?;
                break;
            }
        }
        scanner.end()?;
        let missing = |key| scanner.error(format!("the header has no {key:?}"));
        let (dtype, big_endian) = descr.ok_or_else(|| missing("descr"))?;
        Ok(Header {
            dtype,
            big_endian,
            fortran_order: fortran_order.ok_or_else(|| missing("fortran_order"))?,
            shape: shape.ok_or_else(|| missing("shape"))?,
        })
    }
}

/// The text that NumPy writes for a tensor: with room to write a longer first size into it later.
pub(super) fn header_of(tensor: &Tensor) -> String {
    /// The digits of the largest size that NumPy makes room for.
    const MOST_DIGITS: usize = 21;
    let sizes: Vec<String> = tensor.shape().iter().map(usize::to_string).collect();
    let comma = if sizes.len() == 1 { "," } else { "" };
    let room = sizes.first().map_or(0, |first| MOST_DIGITS - first.len());
    format!(
        "{{'descr': '{}', 'fortran_order': False, 'shape': ({}{comma}), }}{:room$}",
        descr_of(tensor.dtype()),
        sizes.join(", "),
        ""
    )
}

/// NumPy's name for a type: byte order, kind, size.
fn descr_of(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool => "|b1",
        DType::U8 => "|u1",
        DType::I8 => "|i1",
        DType::I16 => "<i2",
        DType::U16 => "<u2",
        DType::I32 => "<i4",
        DType::U32 => "<u4",
        DType::F32 => "<f4",
        DType::F64 => "<f8",
        DType::I64 => "<i8",
        DType::U64 => "<u8",
    }
}

/// A text in quotes of either kind. Those of a header that is read have no escapes.
fn quoted<'a>(scanner: &mut Scanner<'a>) -> Result<&'a [u8]> {
    let quote = if scanner.accept(b'"') { b'"' } else { b'\'' };
    if quote == b'\'' {
        scanner.expect(quote)?;
    }
    let text = scanner.until(|c| c == quote || c == b'\\');
    scanner.expect(quote)?;
    Ok(text)
}

/// The type of the numbers, and whether they are big-endian.
fn element_type(scanner: &mut Scanner) -> Result<(DType, bool)> {
    if matches!(scanner.peek(), Some(b'[' | b'(')) {
        let message = "holds records of several fields, expected one number an element";
        let hint = "save each field as an array of its own";
        return Err(scanner.error(message).hint(hint));
    }
    let descr = quoted(scanner)?;
    let (order, name) = match descr {
        [order @ (b'<' | b'>' | b'|'), name @ ..] => (*order, name),
        _ => (b'|', descr),
    };
    let known = |dtype: &DType| &descr_of(*dtype).as_bytes()[1..] == name;
    match DType::ALL.into_iter().find(known) {
        Some(dtype) if dtype.size() == 1 || order != b'|' => Ok((dtype, order == b'>')),
        _ => Err(unsupported(scanner, descr)),
    }
}

fn unsupported(scanner: &Scanner, descr: &[u8]) -> Error {
    if descr.ends_with(b"O") {
        let message = "holds Python objects, which are pickled: reading them would run a program that is in the file";
        let hint = "save arrays of numbers, `numpy.save(file, array.astype('f4'))`";
        return scanner.error(message).hint(hint);
    }
    let descr = String::from_utf8_lossy(descr).into_owned();
    scanner
        .error(format!(
            "holds numbers of the type {descr:?}, expected f4, f8, b1 or an integer type, with its byte order"
        ))
        .hint("convert it with NumPy's astype('f4')")
}

fn truth(scanner: &mut Scanner) -> Result<bool> {
    if scanner.accept_word("True") {
        return Ok(true);
    }
    if scanner.accept_word("False") {
        return Ok(false);
    }
    Err(scanner.error("expected True or False"))
}

/// `()`, `(3,)`, `(2, 3)`; Python 2 wrote `(2L, 3L)`.
fn tuple(scanner: &mut Scanner) -> Result<Vec<usize>> {
    let mut sizes = Vec::new();
    scanner.expect(b'(')?;
    while !scanner.accept(b')') {
        if sizes.len() == MOST_DIMENSIONS {
            return Err(scanner.error(format!("has more than {MOST_DIMENSIONS} dimensions")));
        }
        sizes.push(scanner.number()?);
        scanner.accept(b'L');
        if !scanner.accept(b',') {
            if sizes.len() == 1 {
                return Err(scanner.error("expected a tuple, (3,), found a number in parentheses"));
            }
            scanner.expect(b')')?;
            break;
        }
    }
    Ok(sizes)
}
