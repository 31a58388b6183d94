//! Zip files that a test writes, true or not: what each number of the directory and the headers is held against.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};

use fromzero::io::crc32;
use fromzero::io::tensor::{DType, Tensor, npy, npz};

use super::deflate;
use super::folder::Folder;

const LIMIT: usize = 1 << 20;

/// One entry of a zip file that a test writes, true or not.
pub struct Part {
    pub name: &'static str,
    pub content: Vec<u8>,
    /// Where its own header is said to begin, if it has none.
    pub start: Option<u32>,
    /// What it is said to unpack to.
    pub size: u32,
    pub crc: u32,
    pub flags: u16,
    pub method: u16,
    /// What stands behind the content.
    pub behind: Vec<u8>,
}

pub fn part(name: &'static str, content: &[u8]) -> Part {
    Part {
        name,
        content: content.to_vec(),
        start: None,
        size: content.len() as u32,
        crc: crc32(content),
        flags: 0,
        method: 0,
        behind: Vec::new(),
    }
}

/// The version that is needed, flags, method, time, date, CRC-32, sizes, the lengths of the name and the extra field.
fn common(part: &Part) -> Vec<u8> {
    let mut header = vec![20, 0];
    header.extend(part.flags.to_le_bytes());
    header.extend(part.method.to_le_bytes());
    header.extend([0, 0, 0x21, 0]);
    header.extend(part.crc.to_le_bytes());
    header.extend((part.content.len() as u32).to_le_bytes());
    header.extend(part.size.to_le_bytes());
    header.extend((part.name.len() as u16).to_le_bytes());
    header.extend([0, 0]);
    header
}

pub fn zip(parts: &[Part]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for part in parts {
        let start = part.start.unwrap_or(file.len() as u32);
        if part.start.is_none() {
            file.extend(b"PK\x03\x04");
            file.extend(common(part));
            file.extend(part.name.bytes());
            file.extend(&part.content);
            file.extend(&part.behind);
        }
        directory.extend(b"PK\x01\x02\x14\x03");
        directory.extend(common(part));
        directory.extend([0; 10]);
        directory.extend(start.to_le_bytes());
        directory.extend(part.name.bytes());
    }
    let start = file.len() as u32;
    file.extend(&directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend((parts.len() as u16).to_le_bytes().repeat(2));
    file.extend((directory.len() as u32).to_le_bytes());
    file.extend(start.to_le_bytes());
    file.extend([0, 0]);
    file
}

/// An array of so many bytes as an npy file, which has 128 more.
fn array(bytes: usize) -> Vec<u8> {
    let mut file = Vec::new();
    let numbers = (0..bytes).map(|i| i as u8).collect();
    npy::write(
        &Tensor::from_bytes(DType::U8, vec![bytes], numbers),
        &mut file,
    )
    .unwrap();
    file
}

#[track_caller]
fn accepted(file: &[u8]) {
    npz::parse(file, LIMIT).expect("a good file");
}

#[track_caller]
fn refused(file: &[u8], reason: &str) {
    let error = npz::parse(file, LIMIT).expect_err("it was accepted");
    let error = error.to_string();
    assert!(error.contains(reason), "{error:?} instead of {reason:?}");
}

/// An entry that is deflated: these bytes in a stored block behind so many empty ones.
fn deflated(content: &[u8], empty_blocks: usize) -> Part {
    let mut stream = deflate::Writer::default();
    (0..empty_blocks).for_each(|_| {
        stream.stored(false, b"");
    });
    stream.stored(true, content);
    Part {
        content: stream.bytes,
        size: content.len() as u32,
        crc: crc32(content),
        method: 8,
        ..part("w.npy", b"")
    }
}

/// The length of the header of an entry with this name in front of its data.
const HEADER: usize = 30 + "w.npy".len();

#[test]
fn flags_that_change_what_the_data_mean_are_refused() {
    let with_flag = |bit: u32| {
        zip(&[Part {
            flags: 1 << bit,
            ..part("w.npy", &array(9))
        }])
    };
    for bit in [0, 6, 13] {
        refused(&with_flag(bit), "an entry is encrypted");
    }
    refused(&with_flag(5), "another method than deflate");
    // The packer's effort, and a name in UTF-8.
    for bit in [1, 2, 11] {
        accepted(&with_flag(bit));
    }
}

#[test]
fn sizes_behind_the_data_are_checked() {
    let content = array(9);
    let with_sizes = |size: u32, signature: &[u8]| {
        let sizes = [crc32(&content), size, size].map(u32::to_le_bytes);
        zip(&[Part {
            flags: 1 << 3,
            behind: [signature, sizes.as_flattened()].concat(),
            ..part("w.npy", &content)
        }])
    };
    let size = content.len() as u32;
    accepted(&with_sizes(size, b""));
    accepted(&with_sizes(size, b"PK\x07\x08"));
    for wrong in [with_sizes(size + 1, b""), with_sizes(size, b"PK\x07\x09")] {
        refused(&wrong, "is not followed by its sizes and CRC-32");
    }
}

/// A stream that is far longer than what it unpacks to only takes time.
#[test]
fn no_entry_is_much_longer_packed_than_unpacked() {
    let content = array(680);
    assert_eq!(content.len(), 808);
    // An eighth of the content and 64 bytes more: 5 for the block that holds it, and 5 for each that is empty.
    accepted(&zip(&[deflated(&content, 32)]));
    refused(
        &zip(&[deflated(&content, 33)]),
        &format!("byte {HEADER}: an entry takes 978 bytes packed and 808 unpacked"),
    );
}

#[test]
fn errors_within_packed_data_name_the_byte_of_the_file() {
    let mut wrong = deflated(&array(9), 1);
    // The second block, of type 3.
    wrong.content[5] = 7;
    refused(
        &zip(&[wrong]),
        &format!("byte {}: a block has type 3", HEADER + 6),
    );
    let mut longer = deflated(&array(9), 0);
    let end = HEADER + longer.content.len();
    longer.content.push(0);
    refused(
        &zip(&[longer]),
        &format!("byte {end}: 1 bytes follow behind an entry's data"),
    );
}

#[test]
fn the_directory_claims_no_more_entries_than_it_has_room_for() {
    let mut file = zip(&[part("w.npy", &array(9))]);
    let end = file.len() - 22;
    file[end + 8..end + 12].copy_from_slice(&[2, 0, 2, 0]);
    refused(&file, "the directory claims 2 entries in 51 bytes");
}

#[test]
fn a_wrong_entry_of_the_directory_is_where_it_is_said_to_be() {
    let mut file = zip(&[part("v.npy", &array(9)), part("w.npy", &array(9))]);
    let second = file.len() - 22 - 51;
    file[second] = b'p';
    refused(
        &file,
        &format!("byte {second}: expected an entry of the zip file's directory"),
    );
}

#[test]
fn a_directory_beyond_the_longest_is_refused_before_it_is_read() {
    const MOST: u32 = 1 << 26;
    let folder = Folder::new("zip-directory");
    let path = folder.file("w.npz");
    // All but the ends is a hole, which takes no room on the disk.
    let mut file = File::create(&path).unwrap();
    file.write_all(b"PK").unwrap();
    file.seek(SeekFrom::Start(u64::from(MOST) + 1)).unwrap();
    let end = [
        &b"PK\x05\x06\0\0\0\0\x01\0\x01\0"[..],
        &(MOST + 1).to_le_bytes(),
        &[0; 6],
    ];
    file.write_all(&end.concat()).unwrap();
    let error = npz::load(&path, LIMIT).unwrap_err().to_string();
    assert!(
        error.contains("the directory has 67108865 bytes"),
        "{error}"
    );
}

#[test]
fn a_file_of_several_disks_is_refused() {
    let file = zip(&[part("w.npy", &array(9))]);
    let end = file.len() - 22;
    // The number of this disk, that of the directory's, the entries on this disk.
    for at in [4, 6, 8] {
        let mut wrong = file.clone();
        wrong[end + at] ^= 2;
        refused(&wrong, "is one part of a zip file of several");
    }
}

/// A file with ZIP64's end record, behind whose numbers so many bytes follow, and the locator that points to it.
fn zip_64(more: usize) -> Vec<u8> {
    let file = zip(&[part("w.npy", &array(9))]);
    let (entries, short) = file.split_at(file.len() - 22);
    let long = |at: usize| u64::from(u32::from_le_bytes(*short[at..].first_chunk().unwrap()));
    let mut file = entries.to_vec();
    file.extend(b"PK\x06\x06");
    file.extend((44 + more as u64).to_le_bytes());
    file.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [1, 1, long(12), long(16)] {
        file.extend(number.to_le_bytes());
    }
    file.extend(vec![0; more]);
    file.extend(b"PK\x06\x07\0\0\0\0");
    file.extend((entries.len() as u64).to_le_bytes());
    file.extend([1, 0, 0, 0]);
    file.extend(short);
    file
}

#[test]
fn both_end_records_say_the_same() {
    let file = zip_64(0);
    accepted(&file);
    let end = file.len() - 22;
    for (at, bytes) in [(8, 2), (10, 2), (12, 4), (16, 4)] {
        // A number that is too large for the short record is its largest there.
        let mut short = file.clone();
        short[end + at..end + at + bytes].fill(0xff);
        accepted(&short);
        short[end + at] = file[end + at] ^ 4;
        short[end + at + 1..end + at + bytes].fill(0);
        refused(&short, "the ZIP64 end record and the short one disagree");
    }
}

#[test]
fn a_zip_64_record_stands_where_the_locator_says() {
    for more in [0, 1, 200] {
        accepted(&zip_64(more));
    }
    let file = zip_64(0);
    let locator = file.len() - 22 - 20;
    let record = locator - 56;
    let changed = |at: usize, to: u8| {
        let mut file = file.clone();
        file[at] = to;
        file
    };
    let several = "is one part of a zip file of several";
    for (at, disk) in [
        (locator + 4, 1),
        (locator + 16, 2),
        (record + 16, 1),
        (record + 20, 1),
    ] {
        refused(&changed(at, disk), several);
    }
    refused(&changed(record + 24, 2), "disagree");
    accepted(&changed(locator + 16, 0));
    let nowhere = "points to no ZIP64 end record";
    refused(&changed(record, b'p'), nowhere);
    refused(&changed(locator + 8, record as u8 - 1), nowhere);
    refused(&changed(locator + 15, 1), nowhere);
    let size = "the ZIP64 end record has a wrong size";
    for wrong in [43, 45] {
        refused(&changed(record + 4, wrong), size);
    }
    // A record that is cut off in the middle of its numbers.
    let mut cut = file.clone();
    cut[record + 4] = 43;
    cut.remove(locator - 1);
    refused(&cut, size);
}

/// As Python's `zipfile` has it.
#[test]
fn more_arrays_than_16_bits_count_are_written_with_zip_64() {
    let arrays: Vec<_> = (0..1 << 16)
        .map(|i| {
            (
                i.to_string(),
                Tensor::from_bytes(DType::Bool, vec![0], Vec::new()),
            )
        })
        .collect();
    for (count, is_zip_64) in [((1 << 16) - 1, false), (1 << 16, true)] {
        let mut file = Vec::new();
        npz::write(&arrays[..count], &mut file).unwrap();
        let before = &file[file.len() - 22 - 20..];
        assert_eq!(before.starts_with(b"PK\x06\x07"), is_zip_64);
        assert!(npz::parse(&file, 1 << 24).unwrap() == arrays[..count]);
    }
}
