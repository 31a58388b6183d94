//! The entries of a zip file: their own headers, which must agree with the directory, and their data.

use std::collections::HashSet;
use std::ops::Range;

use super::directory::{Common, DEFLATED, DESCRIPTOR, Entry, long_numbers, read_directory};
use super::end::find_directory;
use crate::io::codes::Codes;
use crate::io::fields::Fields;
use crate::io::inflate::{inflate_with, room_for};
use crate::io::source::{Parts, Source};
use crate::io::{Error, ErrorKind, Result};
use crate::ranking::ranked;

const HEADER: [u8; 4] = *b"PK\x03\x04";
/// The bytes of a header without its name.
const HEADER_SIZE: u64 = 30;
const DESCRIPTOR_SIGNATURE: [u8; 4] = *b"PK\x07\x08";
/// The bytes of the longest data descriptor.
const DESCRIPTOR_SIZE: u64 = 24;

/// A zip file whose directory has been read and found consistent.
pub(in crate::io) struct ZipReader<'a, 'b> {
    file: &'a mut Parts<'b>,
    /// In the directory's order, with the bytes of the file that their data take.
    entries: Vec<(Entry, Range<u64>)>,
    codes: Box<Codes>,
}

impl<'a, 'b> ZipReader<'a, 'b> {
    /// Reads the directory and the headers of all entries.
    pub(in crate::io) fn open(file: &'a mut Parts<'b>) -> Result<Self> {
        let place = find_directory(file)?;
        let mut entries = Vec::new();
        for entry in read_directory(file, place)? {
            let data = data_of(file, &entry, place.start)?;
            entries.push((entry, data));
        }
        check_apart(place.start, &entries)?;
        check_names(&entries)?;
        Ok(ZipReader {
            file,
            entries,
            codes: Codes::new(),
        })
    }

    /// The entries, in the directory's order.
    pub(in crate::io) fn entries(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.entries.iter().map(|(entry, _)| entry)
    }

    /// Gives the bytes of the entry at this place to `read`, which has to take all of them, and checks them; at most `limit`.
    pub(in crate::io) fn read<R>(
        &mut self,
        index: usize,
        limit: usize,
        read: impl FnOnce(&mut Source) -> Result<R>,
    ) -> Result<R> {
        let (entry, data) = &self.entries[index];
        let name = &entry.name;
        let wrong = |message: String| Err(Error::content(message).offset(data.start));
        let Some(size) = usize::try_from(entry.size)
            .ok()
            .filter(|&size| size <= limit)
        else {
            return wrong(format!(
                "the entry {name:?} claims {} bytes, more than the {limit} that are allowed here",
                entry.size
            ));
        };
        let unpacked;
        let mut unpacked_bytes;
        let source = if entry.method == DEFLATED {
            unpacked = unpack(self.file, data, size, &mut self.codes)?;
            unpacked_bytes = &unpacked[..];
            Source::new(&mut unpacked_bytes, unpacked.len() as u64)
        } else {
            self.file.source(data.clone())?
        };
        if source.left() != entry.size {
            return wrong(format!(
                "the entry {name:?} has {} bytes, the directory says {size}",
                source.left()
            ));
        }
        let mut source = source.checked();
        let result = read(&mut source).map_err(|error| error.of_part(name))?;
        match source.crc() {
            Some(crc) if crc != entry.crc => wrong(format!(
                "the entry {name:?} is damaged: its CRC-32 is {crc:08x}, the directory says {:08x}",
                entry.crc
            )),
            _ => Ok(result),
        }
    }
}

/// Unpacks data of a file to at most `size` bytes, which no packer makes much longer than they are.
fn unpack(file: &mut Parts, data: &Range<u64>, size: usize, codes: &mut Codes) -> Result<Vec<u8>> {
    let length = data.end - data.start;
    let most = size.saturating_add(size / 8 + 64);
    if length > most as u64 {
        let message = format!("an entry takes {length} bytes packed and {size} unpacked");
        return Err(Error::content(message).offset(data.start));
    }
    let packed = file.bytes(data.clone(), "an entry")?;
    let mut output = Vec::new();
    let room = room_for(packed.len(), size);
    output.try_reserve_exact(room).map_err(|_| {
        let message = format!("not enough memory for the {size} bytes that an entry unpacks to");
        Error::of_kind(ErrorKind::Memory, message)
    })?;
    let end = inflate_with(codes, &packed, 0, &mut output, size)
        .map_err(|error| error.moved(data.start))?;
    if end < packed.len() {
        let message = format!("{} bytes follow behind an entry's data", packed.len() - end);
        return Err(Error::content(message).offset(data.start + end as u64));
    }
    Ok(output)
}

/// Checks an entry's own header, which stands somewhere in front of byte `stop`, where the directory begins, and returns where
/// its data lie.
fn data_of(file: &mut Parts, entry: &Entry, stop: u64) -> Result<Range<u64>> {
    const WHAT: &str = "an entry of the zip file";
    let begins = entry.start;
    let wrong = |message: &str| {
        let message = format!("the entry {:?} {message}", entry.name);
        Err(Error::content(message).offset(begins))
    };
    /// The next `count` bytes, if they end before byte `stop`.
    fn next(at: u64, count: u64, stop: u64) -> Option<Range<u64>> {
        let end = at.checked_add(count).filter(|&end| end <= stop)?;
        Some(at..end)
    }
    let Some(place) = next(begins, HEADER_SIZE, stop) else {
        return wrong("does not begin where the directory says");
    };
    let header = file.bytes(place.clone(), WHAT)?;
    let mut fields = Fields::of_part(&header, begins, WHAT);
    if fields.array()? != HEADER {
        return wrong("does not begin where the directory says");
    }
    let common = Common::read(&mut fields)?;
    let names = (common.name_length + common.extra_length) as u64;
    let beyond = "reaches beyond the place where the directory begins";
    let Some(names) = next(place.end, names, stop) else {
        return wrong(beyond);
    };
    let texts = file.bytes(names.clone(), WHAT)?;
    let (name, extra) = texts.split_at(common.name_length);
    if (common.flags, common.method, name) != (entry.flags, entry.method, entry.name.as_bytes()) {
        return wrong("has another name or method in its header than in the directory");
    }
    let described_later = common.flags & DESCRIPTOR != 0;
    if !described_later {
        let [size, packed] = long_numbers(extra, [common.size, common.packed], begins)?;
        if (common.crc, size, packed) != (entry.crc, entry.size, entry.packed) {
            return wrong("has another size or CRC-32 in its header than in the directory");
        }
    }
    let Some(data) = next(names.end, entry.packed, stop) else {
        return wrong(beyond);
    };
    if described_later {
        let rest = data.end..stop.min(data.end.saturating_add(DESCRIPTOR_SIZE));
        if !is_described(&file.bytes(rest, WHAT)?, entry) {
            return wrong("is not followed by its sizes and CRC-32");
        }
    }
    Ok(data)
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

/// Checks that no two entries share a byte, and that the first begins where the file does: nothing is hidden in front of it. The
/// directory begins at byte `stop`.
fn check_apart(stop: u64, entries: &[(Entry, Range<u64>)]) -> Result<()> {
    let place = |i: usize| (entries[i].0.start, entries[i].1.end);
    let order = ranked(entries.len(), &|i, j| place(i).cmp(&place(j)));
    let first = order.first().map_or(stop, |&i| place(i).0);
    if first != 0 {
        return Err(Error::content(format!(
            "the first entry of the zip file begins at byte {first}, expected 0"
        )));
    }
    for pair in order.windows(2) {
        let (before, next) = (place(pair[0]), place(pair[1]));
        if next.0 < before.1 {
            let message = "entries of the zip file overlap";
            return Err(Error::content(message)
                .offset(next.0)
                .hint("such files are made to fill the memory of whoever unpacks them"));
        }
    }
    Ok(())
}

/// Checks that names come once.
fn check_names(entries: &[(Entry, Range<u64>)]) -> Result<()> {
    let mut names = HashSet::with_capacity(entries.len());
    match entries
        .iter()
        .find(|(entry, _)| !names.insert(&entry.name[..]))
    {
        None => Ok(()),
        Some((entry, _)) => Err(Error::content(format!(
            "the zip file has two entries {:?}",
            entry.name
        ))
        .offset(entry.start)),
    }
}
