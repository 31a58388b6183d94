//! Writing zip files, byte for byte as Python's `zipfile` does for `numpy.savez`: stored entries with ZIP64 sizes, and the
//! same time in all, so that equal contents make equal files.

use std::io::{self, Write};

use crate::io::crc32::crc32_after;

/// From so many bytes on, Python writes ZIP64's numbers into the directory.
const LONG: u64 = (1 << 31) - 1;
/// Version 4.5, which has ZIP64, is needed.
const VERSION: u16 = 45;
/// Made on Unix, whose attributes follow.
const UNIX: u16 = 3 << 8;
/// Read and write, for the owner.
const ATTRIBUTES: u32 = 0o600 << 16;
/// Names that are not ASCII are UTF-8 (4.4.4, bit 11).
const UTF_8: u16 = 1 << 11;
/// 1 January 1980, midnight: the first that there is.
const TIME_AND_DATE: [u16; 2] = [0, 0x21];

/// A zip file that is being written, entry by entry.
pub(in crate::io) struct ZipWriter<'a> {
    file: &'a mut dyn Write,
    at: u64,
    entries: u64,
    directory: Vec<u8>,
}

impl<'a> ZipWriter<'a> {
    /// Begins a zip file.
    pub(in crate::io) fn new(file: &'a mut dyn Write) -> Self {
        ZipWriter {
            file,
            at: 0,
            entries: 0,
            directory: Vec::new(),
        }
    }

    /// Writes an entry, whose content is in several parts.
    pub(in crate::io) fn entry(&mut self, name: &str, content: &[&[u8]]) -> io::Result<()> {
        let name_length = u16::try_from(name.len()).map_err(|_| {
            let message = "a name has more than 65,535 bytes, which a zip file cannot hold";
            io::Error::new(io::ErrorKind::InvalidInput, message)
        })?;
        let flags = if name.is_ascii() { 0 } else { UTF_8 };
        let size = content.iter().map(|part| part.len() as u64).sum();
        let crc = (content.iter()).fold(0, |crc, part| crc32_after(crc, part));
        let common = |short: u32, extra_length: usize| {
            let mut header = Vec::new();
            // Flags, and the method: stored.
            put_16(
                &mut header,
                &[VERSION, flags, 0, TIME_AND_DATE[0], TIME_AND_DATE[1]],
            );
            put_32(&mut header, &[crc, short, short]);
            put_16(&mut header, &[name_length, extra_length as u16]);
            header
        };

        let extra = zip_64_field(&[size, size]);
        let header = [
            b"PK\x03\x04",
            &common(u32::MAX, extra.len())[..],
            name.as_bytes(),
            &extra,
        ];
        let header = header.concat();
        let start = self.at;
        self.put(&header)?;
        content.iter().try_for_each(|part| self.put(part))?;

        let (size_short, size_long) = shortened(size);
        let (start_short, start_long) = shortened(start);
        let mut long = Vec::new();
        if let Some(size) = size_long {
            long.extend_from_slice(&[size, size]);
        }
        long.extend(start_long);
        let extra = zip_64_field(&long);
        self.directory.extend(b"PK\x01\x02");
        put_16(&mut self.directory, &[UNIX | VERSION]);
        self.directory.extend(common(size_short, extra.len()));
        // The comment's length, the disk, internal attributes.
        put_16(&mut self.directory, &[0, 0, 0]);
        put_32(&mut self.directory, &[ATTRIBUTES, start_short]);
        self.directory.extend(name.bytes());
        self.directory.extend(extra);
        self.entries += 1;
        Ok(())
    }

    /// Writes the directory and the end.
    pub(in crate::io) fn finish(mut self) -> io::Result<()> {
        let directory = std::mem::take(&mut self.directory);
        let (start, size, entries) = (self.at, directory.len() as u64, self.entries);
        let mut end = directory;
        if entries > u16::MAX.into() || start > LONG || size > LONG {
            end.extend(b"PK\x06\x06");
            put_64(&mut end, &[44]);
            put_16(&mut end, &[VERSION, VERSION]);
            put_32(&mut end, &[0, 0]);
            put_64(&mut end, &[entries, entries, size, start]);
            end.extend(b"PK\x06\x07");
            put_32(&mut end, &[0]);
            put_64(&mut end, &[start + size]);
            put_32(&mut end, &[1]);
        }
        let most = |n: u64| n.min(u32::MAX.into()) as u32;
        let entries = entries.min(u16::MAX.into()) as u16;
        end.extend(b"PK\x05\x06");
        put_16(&mut end, &[0, 0, entries, entries]);
        put_32(&mut end, &[most(size), most(start)]);
        put_16(&mut end, &[0]);
        self.put(&end)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.at += bytes.len() as u64;
        self.file.write_all(bytes)
    }
}

/// A number of the directory: in 32 bits, and, if it is too large, in ZIP64's field.
fn shortened(n: u64) -> (u32, Option<u64>) {
    match n > LONG {
        true => (u32::MAX, Some(n)),
        false => (n as u32, None),
    }
}

fn zip_64_field(numbers: &[u64]) -> Vec<u8> {
    let mut field = Vec::new();
    if !numbers.is_empty() {
        put_16(&mut field, &[1, 8 * numbers.len() as u16]);
        put_64(&mut field, numbers);
    }
    field
}

fn put_16(bytes: &mut Vec<u8>, numbers: &[u16]) {
    for n in numbers {
        bytes.extend_from_slice(&n.to_le_bytes());
    }
}

fn put_32(bytes: &mut Vec<u8>, numbers: &[u32]) {
    for n in numbers {
        bytes.extend_from_slice(&n.to_le_bytes());
    }
}

fn put_64(bytes: &mut Vec<u8>, numbers: &[u64]) {
    for n in numbers {
        bytes.extend_from_slice(&n.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that are counted, and the last of which are kept.
    struct Tail(Vec<u8>);

    impl Write for Tail {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if bytes.len() < 1 << 20 {
                self.0.extend(bytes);
            }
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// As Python's `zipfile` writes it, for an entry that begins beyond 2 GiB.
    #[test]
    fn numbers_beyond_two_gibibytes_stand_in_zip_64_fields() {
        let mut tail = Tail(Vec::new());
        let mut zip = ZipWriter::new(&mut tail);
        zip.at = LONG + 1;
        zip.entry("a", &[]).unwrap();
        zip.finish().unwrap();
        let start = (LONG + 1).to_le_bytes();
        let place = |what: &[u8]| tail.0.windows(what.len()).position(|part| part == what);
        let directory = place(b"PK\x01\x02").unwrap();
        assert_eq!(
            tail.0[directory + 42..directory + 47],
            *b"\xff\xff\xff\xffa"
        );
        assert_eq!(tail.0[directory + 47..directory + 51], [1, 0, 8, 0]);
        assert_eq!(tail.0[directory + 51..directory + 59], start);
        let end = place(b"PK\x06\x06").unwrap();
        assert_eq!(end, directory + 59);
        // Of the entry there are 30 + 1 + 20 bytes in front of the directory.
        assert_eq!(tail.0[end + 48..end + 56], (LONG + 1 + 51).to_le_bytes());
        assert_eq!(tail.0[end + 56..end + 60], *b"PK\x06\x07");
        assert_eq!(
            tail.0[end + 64..end + 72],
            (LONG + 1 + 51 + 59).to_le_bytes()
        );
        assert_eq!(tail.0[end + 76..end + 80], *b"PK\x05\x06");
        assert_eq!(tail.0.len(), end + 98);
    }

    #[test]
    fn numbers_up_to_two_gibibytes_stand_as_they_are() {
        // The entry, with 51 bytes in front of the directory, or the directory begins at the last such byte.
        for at in [LONG, LONG - 51] {
            let mut tail = Tail(Vec::new());
            let mut zip = ZipWriter::new(&mut tail);
            zip.at = at;
            zip.entry("a", &[]).unwrap();
            zip.finish().unwrap();
            let place = |what: &[u8]| tail.0.windows(what.len()).position(|part| part == what);
            let directory = place(b"PK\x01\x02").unwrap();
            assert_eq!(tail.0[directory + 42..][..4], (at as u32).to_le_bytes());
            assert_eq!(place(b"PK\x06\x06").is_some(), at == LONG);
        }
    }
}
