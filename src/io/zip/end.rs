//! The end of a zip file, which says where the directory is (APPNOTE, 4.3.14 to 4.3.16).

use crate::io::fields::Fields;
use crate::io::source::Parts;
use crate::io::{Error, Result};

const END: [u8; 4] = *b"PK\x05\x06";
const END_64: [u8; 4] = *b"PK\x06\x06";
const LOCATOR_64: [u8; 4] = *b"PK\x06\x07";
/// The bytes of the records without what may follow them.
const END_SIZE: usize = 22;
const LOCATOR_SIZE: usize = 20;
const END_64_SIZE: usize = 56;
/// As many bytes are looked at: the records, the longest comment behind them, and as much within the ZIP64 record.
const MOST: u64 = 1 << 17;

/// Where the directory lies and what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) entries: u64,
}

/// The last bytes of a file, and where they begin.
struct Tail {
    bytes: Vec<u8>,
    start: u64,
}

impl Tail {
    fn read(file: &mut Parts) -> Result<Self> {
        let length = file.length();
        let start = length - length.min(MOST);
        let bytes = file.bytes(start..length, "the zip file's end")?;
        Ok(Tail { bytes, start })
    }

    /// What begins `at` bytes behind the tail's beginning.
    fn fields(&self, at: usize, what: &'static str) -> Fields<'_> {
        Fields::of_part(&self.bytes[at..], self.offset(at), what)
    }

    /// The byte of the file that is byte `at` here.
    fn offset(&self, at: usize) -> u64 {
        self.start + at as u64
    }
}

/// The numbers that both forms of the record have.
struct Claims {
    disk: u32,
    first_disk: u32,
    entries_here: u64,
    entries: u64,
    size: u64,
    start: u64,
}

/// Finds the directory.
pub(super) fn find_directory(file: &mut Parts) -> Result<Place> {
    let tail = Tail::read(file)?;
    let end = find_end(&tail)?;
    let mut fields = tail.fields(end + END.len(), "the zip file's end record");
    let mut claims = Claims {
        disk: fields.u16_le()?.into(),
        first_disk: fields.u16_le()?.into(),
        entries_here: fields.u16_le()?.into(),
        entries: fields.u16_le()?.into(),
        size: fields.u32_le()?.into(),
        start: fields.u32_le()?.into(),
    };
    let mut behind = end;
    if let Some(locator) = end.checked_sub(LOCATOR_SIZE)
        && tail.bytes[locator..].starts_with(&LOCATOR_64)
    {
        (claims, behind) = end_64(&tail, locator, &claims)?;
    }
    let behind = tail.offset(behind);
    let wrong = |message: String| Err(Error::content(message).offset(tail.offset(end)));
    if (claims.disk, claims.first_disk) != (0, 0) || claims.entries_here != claims.entries {
        return wrong("is one part of a zip file of several".into());
    }
    let stop = claims.start.checked_add(claims.size);
    if stop != Some(behind) {
        return wrong(format!(
            "the directory should have {} bytes from byte {} on, and end at byte {behind}",
            claims.size, claims.start
        ));
    }
    Ok(Place {
        start: claims.start,
        end: behind,
        entries: claims.entries,
    })
}

/// The last record whose comment reaches exactly to the end of the file.
fn find_end(tail: &Tail) -> Result<usize> {
    let bytes = &tail.bytes;
    let latest = bytes.len().checked_sub(END_SIZE);
    let earliest = bytes.len().saturating_sub(END_SIZE + usize::from(u16::MAX));
    let ends_here = |&at: &usize| {
        let comment = u16::from_le_bytes([bytes[at + 20], bytes[at + 21]]);
        bytes[at..].starts_with(&END) && at + END_SIZE + usize::from(comment) == bytes.len()
    };
    latest
        .and_then(|latest| (earliest..=latest).rev().find(ends_here))
        .ok_or_else(|| {
            Error::content("the zip file is cut off: its end has no directory record")
                .offset(tail.offset(bytes.len()))
                .hint("fetch or save the file again")
        })
}

/// The ZIP64 record, which the locator at byte `locator` points to, and where it begins. Where the short record has a number
/// that is not its largest, both must say the same.
fn end_64(tail: &Tail, locator: usize, short: &Claims) -> Result<(Claims, usize)> {
    let what = "the zip file's ZIP64 end record";
    let mut fields = tail.fields(locator + LOCATOR_64.len(), what);
    let disk = fields.u32_le()?;
    let start = fields.u64_le()?;
    let disks = fields.u32_le()?;
    let wrong = |message: &str, at: usize| Err(Error::content(message).offset(tail.offset(at)));
    if disk != 0 || disks > 1 {
        return wrong("is one part of a zip file of several", locator);
    }
    let at = start
        .checked_sub(tail.start)
        .and_then(|at| usize::try_from(at).ok());
    let Some(at) = at.filter(|&at| at < locator && tail.bytes[at..].starts_with(&END_64)) else {
        return wrong("points to no ZIP64 end record", locator);
    };
    let mut fields = tail.fields(at + END_64.len(), what);
    let size = fields.u64_le()?;
    // The versions that made it and that are needed.
    fields.bytes(4)?;
    let claims = Claims {
        disk: fields.u32_le()?,
        first_disk: fields.u32_le()?,
        entries_here: fields.u64_le()?,
        entries: fields.u64_le()?,
        size: fields.u64_le()?,
        start: fields.u64_le()?,
    };
    // The size leaves out the signature and itself.
    let rest = (END_64_SIZE - 12) as u64;
    if size < rest
        || (at as u64)
            .checked_add(12)
            .and_then(|n| n.checked_add(size))
            != Some(locator as u64)
    {
        return wrong("the ZIP64 end record has a wrong size", at);
    }
    let agree = |short: u64, most: u64, long: u64| short == most || short == long;
    let (most16, most32) = (u16::MAX.into(), u32::MAX.into());
    if !agree(short.entries, most16, claims.entries)
        || !agree(short.entries_here, most16, claims.entries_here)
        || !agree(short.size, most32, claims.size)
        || !agree(short.start, most32, claims.start)
    {
        return wrong("the ZIP64 end record and the short one disagree", at);
    }
    Ok((claims, at))
}
