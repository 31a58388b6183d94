//! The end of a zip file, which says where the directory is (APPNOTE, 4.3.14 to 4.3.16).

use crate::io::fields::Fields;
use crate::io::{Error, Result};

const END: [u8; 4] = *b"PK\x05\x06";
const END_64: [u8; 4] = *b"PK\x06\x06";
const LOCATOR_64: [u8; 4] = *b"PK\x06\x07";
/// The bytes of the records without what may follow them.
const END_SIZE: usize = 22;
const LOCATOR_SIZE: usize = 20;
const END_64_SIZE: usize = 56;

/// Where the directory lies and what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) entries: u64,
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
pub(super) fn find_directory(file: &[u8]) -> Result<Place> {
    let end = find_end(file)?;
    let mut fields = Fields::new(file, end + END.len(), "the zip file's end record");
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
        && file[locator..].starts_with(&LOCATOR_64)
    {
        (claims, behind) = end_64(file, locator, &claims)?;
    }
    let wrong = |message: String| Err(Error::content(message).offset(end as u64));
    if (claims.disk, claims.first_disk) != (0, 0) || claims.entries_here != claims.entries {
        return wrong("is one part of a zip file of several".into());
    }
    let stop = claims.start.checked_add(claims.size);
    if stop != Some(behind as u64) {
        return wrong(format!(
            "the directory should have {} bytes from byte {} on, and end at byte {behind}",
            claims.size, claims.start
        ));
    }
    Ok(Place {
        start: claims.start as usize,
        end: behind,
        entries: claims.entries,
    })
}

/// The last record whose comment reaches exactly to the end of the file.
fn find_end(file: &[u8]) -> Result<usize> {
    let latest = file.len().checked_sub(END_SIZE);
    let earliest = file.len().saturating_sub(END_SIZE + usize::from(u16::MAX));
    let ends_here = |&at: &usize| {
        let comment = u16::from_le_bytes([file[at + 20], file[at + 21]]);
        file[at..].starts_with(&END) && at + END_SIZE + usize::from(comment) == file.len()
    };
    latest
        .and_then(|latest| (earliest..=latest).rev().find(ends_here))
        .ok_or_else(|| {
            Error::content("the zip file is cut off: its end has no directory record")
                .offset(file.len() as u64)
                .hint("fetch or save the file again")
        })
}

/// The ZIP64 record, which the locator at byte `locator` points to, and where it begins. Where the short record has a number
/// that is not its largest, both must say the same.
fn end_64(file: &[u8], locator: usize, short: &Claims) -> Result<(Claims, usize)> {
    let what = "the zip file's ZIP64 end record";
    let mut fields = Fields::new(file, locator + LOCATOR_64.len(), what);
    let disk = fields.u32_le()?;
    let start = fields.u64_le()?;
    let disks = fields.u32_le()?;
    let at = usize::try_from(start).unwrap_or(usize::MAX).min(file.len());
    let wrong =
        |message: &str, at: usize| Err(Error::content(message.to_string()).offset(at as u64));
    if disk != 0 || disks > 1 {
        return wrong("is one part of a zip file of several", locator);
    }
    if !file[at..].starts_with(&END_64) {
        return wrong("points to no ZIP64 end record", locator);
    }
    let mut fields = Fields::new(file, at + END_64.len(), what);
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
