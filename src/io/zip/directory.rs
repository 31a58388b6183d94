//! The directory of a zip file: a header for each entry (APPNOTE, 4.3.12 and 4.5.3).

use super::end::Place;
use crate::io::fields::Fields;
use crate::io::source::Parts;
use crate::io::{Error, Result};

const HEADER: [u8; 4] = *b"PK\x01\x02";
/// The bytes of a header without its name.
const HEADER_SIZE: u64 = 46;
/// The longest directory that is read: of half a million entries.
const MOST: u64 = 1 << 26;
/// The kind of extra field that has ZIP64's numbers.
const ZIP_64: u16 = 1;
/// A 32-bit number that stands for one in the ZIP64 field.
const ELSEWHERE: u32 = u32::MAX;

// Flags (4.4.4).
const ENCRYPTED: u16 = 1 << 0;
/// The sizes follow the data.
pub(super) const DESCRIPTOR: u16 = 1 << 3;
const PATCH: u16 = 1 << 5;
const STRONG: u16 = 1 << 6;
const MASKED: u16 = 1 << 13;

/// The methods that are understood (4.4.5).
pub(super) const STORED: u16 = 0;
pub(super) const DEFLATED: u16 = 8;

/// A file in a zip file.
#[derive(Clone, Debug)]
pub(in crate::io) struct Entry {
    /// Its name.
    pub(in crate::io) name: String,
    /// How many bytes it unpacks to, as it says.
    pub(in crate::io) size: u64,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) packed: u64,
    /// Where its own header begins.
    pub(super) start: u64,
}

/// Reads all headers.
pub(super) fn read_directory(file: &mut Parts, place: Place) -> Result<Vec<Entry>> {
    const WHAT: &str = "the zip file's directory";
    let size = place.end - place.start;
    if place.entries > size / HEADER_SIZE {
        return Err(Error::content(format!(
            "the directory claims {} entries in {size} bytes",
            place.entries
        ))
        .offset(place.start));
    }
    if size > MOST {
        let message = format!("the directory has {size} bytes, {MOST} are the most");
        return Err(Error::content(message).offset(place.start));
    }
    let directory = file.bytes(place.start..place.end, WHAT)?;
    let mut fields = Fields::of_part(&directory, place.start, WHAT);
    let entries: Result<Vec<Entry>> = (0..place.entries).map(|_| header(&mut fields)).collect();
    match fields.left() {
        0 => entries,
        left => entries.and(Err(Error::content(format!(
            "{left} bytes follow behind the last entry of the directory"
        ))
        .offset(fields.offset()))),
    }
}

fn header(fields: &mut Fields) -> Result<Entry> {
    let begins = fields.offset();
    let wrong = |message: &str| Err(Error::content(message).offset(begins));
    if fields.array()? != HEADER {
        return wrong("expected an entry of the zip file's directory");
    }
    // The version that made it.
    fields.bytes(2)?;
    let common = Common::read(fields)?;
    let comment_length = fields.u16_le()?;
    let disk = fields.u16_le()?;
    // Attributes.
    fields.bytes(6)?;
    let start = fields.u32_le()?;
    let name = checked_name(fields.bytes(common.name_length)?, begins)?;
    let extra = fields.bytes(common.extra_length)?;
    fields.bytes(comment_length.into())?;
    let Common { flags, method, .. } = common;
    if flags & (ENCRYPTED | STRONG | MASKED) != 0 {
        return wrong("an entry is encrypted");
    }
    if flags & PATCH != 0 || !matches!(method, STORED | DEFLATED) {
        return wrong("an entry is packed by another method than deflate");
    }
    if disk != 0 {
        return wrong("is one part of a zip file of several");
    }
    let short = [common.size, common.packed, start];
    let [size, packed, start] = long_numbers(extra, short, begins)?;
    Ok(Entry {
        name: name.to_string(),
        size,
        flags,
        method,
        crc: common.crc,
        packed,
        start,
    })
}

/// What stands in both of an entry's headers, in front of it and in the directory (4.3.7, 4.3.12).
pub(super) struct Common {
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) packed: u32,
    pub(super) size: u32,
    pub(super) name_length: usize,
    pub(super) extra_length: usize,
}

impl Common {
    pub(super) fn read(fields: &mut Fields) -> Result<Self> {
        // The version that is needed.
        fields.bytes(2)?;
        let (flags, method) = (fields.u16_le()?, fields.u16_le()?);
        // Time and date.
        fields.bytes(4)?;
        Ok(Common {
            flags,
            method,
            crc: fields.u32_le()?,
            packed: fields.u32_le()?,
            size: fields.u32_le()?,
            name_length: fields.u16_le()?.into(),
            extra_length: fields.u16_le()?.into(),
        })
    }
}

/// The numbers, each from the ZIP64 field if it stands there: in this order, and those only.
pub(super) fn long_numbers<const N: usize>(
    extra: &[u8],
    short: [u32; N],
    begins: u64,
) -> Result<[u64; N]> {
    let mut numbers = short.map(u64::from);
    if !short.contains(&ELSEWHERE) {
        return Ok(numbers);
    }
    let wrong = || Error::content("an entry's ZIP64 field is missing or cut off").offset(begins);
    let mut field = zip_64_field(extra).ok_or_else(wrong)?.as_chunks().0.iter();
    for number in numbers.iter_mut().filter(|n| **n == ELSEWHERE.into()) {
        *number = u64::from_le_bytes(*field.next().ok_or_else(wrong)?);
    }
    Ok(numbers)
}

/// The content of the first extra field of ZIP64's kind.
fn zip_64_field(extra: &[u8]) -> Option<&[u8]> {
    let mut fields = Fields::new(extra, 0, "the extra field");
    loop {
        let kind = fields.u16_le().ok()?;
        let length = fields.u16_le().ok()?;
        let content = fields.bytes(length.into()).ok()?;
        if kind == ZIP_64 {
            return Some(content);
        }
    }
}

/// A name that leads nowhere outside: whoever unpacks the file into a folder must be safe, too.
fn checked_name(name: &[u8], begins: u64) -> Result<&str> {
    let wrong = |message| Error::content(message).offset(begins);
    let name = str::from_utf8(name).map_err(|_| wrong("an entry's name is not UTF-8".into()))?;
    let absolute = name.starts_with('/') || name.contains(['\\', '\0']);
    if name.is_empty() || absolute || name.split('/').any(|part| part == "..") {
        let message = format!("the entry {name:?} has a name that leads out of the zip file");
        return Err(wrong(message).hint("do not unpack this file elsewhere, either"));
    }
    Ok(name)
}
