//! The entries of a zip file: their own headers, which must agree with the directory, and their data.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use super::directory::{DEFLATED, DESCRIPTOR, Entry, long_numbers, read_directory};
use super::end::find_directory;
use crate::io::codes::Codes;
use crate::io::fields::Fields;
use crate::io::inflate::{inflate_with, room_for};
use crate::io::{Error, ErrorKind, Result, crc32};

const HEADER: [u8; 4] = *b"PK\x03\x04";
const DESCRIPTOR_SIGNATURE: [u8; 4] = *b"PK\x07\x08";

/// A zip file whose directory has been read and found consistent.
pub(in crate::io) struct Archive<'a> {
    file: &'a [u8],
    /// In the directory's order, with the bytes of the file that their data take.
    entries: Vec<(Entry<'a>, Range<usize>)>,
    codes: Box<Codes>,
}

impl<'a> Archive<'a> {
    /// Reads the directory and the headers of all entries.
    pub(in crate::io) fn parse(file: &'a [u8]) -> Result<Self> {
        let place = find_directory(file)?;
        let entries = read_directory(file, place)?;
        let before = &file[..place.start];
        let placed = entries
            .into_iter()
            .map(|entry| Ok((entry, data_of(before, &entry)?)));
        let entries: Vec<_> = placed.collect::<Result<_>>()?;
        check_apart(before, &entries)?;
        check_names(&entries)?;
        Ok(Archive {
            file,
            entries,
            codes: Codes::new(),
        })
    }

    /// How many entries there are.
    pub(in crate::io) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The entry at this place of the directory.
    pub(in crate::io) fn entry(&self, index: usize) -> Entry<'a> {
        self.entries[index].0
    }

    /// The bytes of the entry at this place, checked; at most `limit` of them.
    pub(in crate::io) fn unpack(&mut self, index: usize, limit: usize) -> Result<Cow<'a, [u8]>> {
        let (entry, data) = self.entries[index].clone();
        let begins = data.start;
        let wrong = |message: String| Err(Error::content(message).offset(begins as u64));
        let Some(size) = usize::try_from(entry.size)
            .ok()
            .filter(|&size| size <= limit)
        else {
            return wrong(format!(
                "the entry {:?} claims {} bytes, more than the {limit} that are allowed here",
                entry.name, entry.size
            ));
        };
        let content = if entry.method == DEFLATED {
            Cow::Owned(self.inflated(data.clone(), size)?)
        } else {
            Cow::Borrowed(&self.file[data.clone()])
        };
        if content.len() != size {
            return wrong(format!(
                "the entry {:?} has {} bytes, the directory says {size}",
                entry.name,
                content.len()
            ));
        }
        let crc = crc32(&content);
        if crc != entry.crc {
            return wrong(format!(
                "the entry {:?} is damaged: its CRC-32 is {crc:08x}, the directory says {:08x}",
                entry.name, entry.crc
            ));
        }
        Ok(content)
    }

    fn inflated(&mut self, data: Range<usize>, size: usize) -> Result<Vec<u8>> {
        let mut output = Vec::new();
        let room = room_for(data.len(), size);
        output.try_reserve_exact(room).map_err(|_| {
            let message =
                format!("not enough memory for the {size} bytes that an entry unpacks to");
            Error::of_kind(ErrorKind::Memory, message)
        })?;
        let packed = &self.file[..data.end];
        let end = inflate_with(&mut self.codes, packed, data.start, &mut output, size)?;
        if end < data.end {
            let message = format!("{} bytes follow behind an entry's data", data.end - end);
            return Err(Error::content(message).offset(end as u64));
        }
        Ok(output)
    }
}

/// Checks an entry's own header, which stands somewhere in `before`, all that comes before the directory, and returns where its
/// data lie.
fn data_of(before: &[u8], entry: &Entry) -> Result<Range<usize>> {
    let begins = usize::try_from(entry.start)
        .unwrap_or(usize::MAX)
        .min(before.len());
    let wrong = |message: &str| {
        let message = format!("the entry {:?} {message}", entry.name);
        Err(Error::content(message).offset(begins as u64))
    };
    let mut fields = Fields::new(before, begins, "an entry of the zip file");
    if fields.array()? != HEADER {
        return wrong("does not begin where the directory says");
    }
    // The version that is needed.
    fields.bytes(2)?;
    let flags = fields.u16_le()?;
    let method = fields.u16_le()?;
    // Time and date.
    fields.bytes(4)?;
    let crc = fields.u32_le()?;
    let (packed, size) = (fields.u32_le()?, fields.u32_le()?);
    let name_length = fields.u16_le()?;
    let extra_length = fields.u16_le()?;
    let name = fields.bytes(name_length.into())?;
    let extra = fields.bytes(extra_length.into())?;
    if (flags, method, name) != (entry.flags, entry.method, entry.name.as_bytes()) {
        return wrong("has another name or method in its header than in the directory");
    }
    let described_later = flags & DESCRIPTOR != 0;
    if !described_later {
        let [size, packed] = long_numbers(extra, [size, packed], begins)?;
        if (crc, size, packed) != (entry.crc, entry.size, entry.packed) {
            return wrong("has another size or CRC-32 in its header than in the directory");
        }
    }
    let start = fields.at();
    let length = usize::try_from(entry.packed).unwrap_or(usize::MAX);
    if fields.bytes(length).is_err() {
        return wrong("reaches beyond the place where the directory begins");
    }
    let end = fields.at();
    if described_later && !is_described(&before[end..], entry) {
        return wrong("is not followed by its sizes and CRC-32");
    }
    Ok(start..end)
}

/// Whether an entry's data descriptor comes first: with or without a signature, with sizes of 64 bits or of 32 (4.3.9).
fn is_described(rest: &[u8], entry: &Entry) -> bool {
    let crc = entry.crc.to_le_bytes();
    let sizes = [entry.packed.to_le_bytes(), entry.size.to_le_bytes()];
    let long = [&crc[..], &sizes[0], &sizes[1]].concat();
    let short = [&crc[..], &sizes[0][..4], &sizes[1][..4]].concat();
    let follows = |rest: &[u8]| rest.starts_with(&long) || rest.starts_with(&short);
    follows(rest)
        || rest
            .strip_prefix(&DESCRIPTOR_SIGNATURE)
            .is_some_and(follows)
}

/// Checks that no two entries share a byte, and that the first begins where the file does: nothing is hidden in front of it.
fn check_apart(before: &[u8], entries: &[(Entry, Range<usize>)]) -> Result<()> {
    let mut places: Vec<_> = entries
        .iter()
        .map(|(entry, data)| (entry.start, data.end))
        .collect();
    places.sort_unstable();
    let first = places.first().map_or(before.len() as u64, |place| place.0);
    if first != 0 {
        return Err(Error::content(format!(
            "the first entry of the zip file begins at byte {first}, expected 0"
        )));
    }
    for pair in places.windows(2) {
        if pair[1].0 < pair[0].1 as u64 {
            let message = "entries of the zip file overlap";
            return Err(Error::content(message)
                .offset(pair[1].0)
                .hint("such files are made to fill the memory of whoever unpacks them"));
        }
    }
    Ok(())
}

/// Checks that names come once.
fn check_names(entries: &[(Entry, Range<usize>)]) -> Result<()> {
    let mut names = HashSet::with_capacity(entries.len());
    match entries.iter().find(|(entry, _)| !names.insert(entry.name)) {
        None => Ok(()),
        Some((entry, _)) => Err(Error::content(format!(
            "the zip file has two entries {:?}",
            entry.name
        ))
        .offset(entry.start)),
    }
}
