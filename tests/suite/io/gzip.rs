//! Gzip files: good ones as other programs write them, cut off, damaged, and hostile.

use std::fs;
use std::path::PathBuf;

use fromzero::io::{crc32, gunzip, peek, read};

const LIMIT: usize = 1 << 20;
pub const IMAGES: &[u8] = include_bytes!("../../fixtures/gzip/images.idx");
const STORED: &[u8] = include_bytes!("../../fixtures/gzip/stored.gz");
const FIXED: &[u8] = include_bytes!("../../fixtures/gzip/fixed.gz");
pub const DYNAMIC: &[u8] = include_bytes!("../../fixtures/gzip/dynamic.gz");
/// Every field that a header can have, with a check sum of its own.
const HEADER: &[u8] = include_bytes!("../../fixtures/gzip/header.gz");
/// Three members, the second of them empty.
const MEMBERS: &[u8] = include_bytes!("../../fixtures/gzip/members.gz");
/// The images again and again, a member each: by zlib at every level with every strategy, and by other programs.
const EVERY: [(&str, &[u8]); 4] = [
    ("zlib", include_bytes!("../../fixtures/gzip/every/zlib.gz")),
    ("gzip", include_bytes!("../../fixtures/gzip/every/gzip.gz")),
    ("pigz", include_bytes!("../../fixtures/gzip/every/pigz.gz")),
    (
        "zopfli",
        include_bytes!("../../fixtures/gzip/every/zopfli.gz"),
    ),
];

#[track_caller]
fn refused(file: &[u8], reason: &str) {
    let error = gunzip(file, LIMIT)
        .expect_err("it was accepted")
        .to_string();
    assert!(error.contains(reason), "{error:?} instead of {reason:?}");
}

/// A file of this name and content in the system's folder for temporary files.
fn temporary(name: &str, content: &[u8]) -> PathBuf {
    let path = std::env::temp_dir().join(format!("fromzero-{}-{name}", std::process::id()));
    fs::write(&path, content).unwrap();
    path
}

#[test]
fn files_of_other_programs_unpack() {
    for (name, file) in [
        ("stored", STORED),
        ("fixed", FIXED),
        ("dynamic", DYNAMIC),
        ("header", HEADER),
        ("members", MEMBERS),
    ] {
        assert!(gunzip(file, LIMIT).unwrap() == IMAGES, "{name}");
        assert!(gunzip(file, IMAGES.len()).unwrap() == IMAGES, "{name}");
        assert!(gunzip(file, IMAGES.len() - 1).is_err(), "{name}");
    }
}

#[test]
fn every_truncation_is_an_error() {
    for file in [STORED, FIXED, DYNAMIC, HEADER] {
        for length in 0..file.len() {
            let error = gunzip(&file[..length], LIMIT).unwrap_err().to_string();
            assert!(error.starts_with(&format!("byte {length}: ")), "{error}");
            assert!(error.ends_with("ends too early"), "{error}");
        }
    }
    let whole = (0..MEMBERS.len()).filter(|&length| gunzip(&MEMBERS[..length], LIMIT).is_ok());
    assert_eq!(
        whole.count(),
        2,
        "only behind the first and the second member"
    );
}

/// Where a file is cut between two members, what is there is whole.
#[test]
fn every_level_and_strategy_unpacks_and_is_an_error_where_it_is_cut() {
    for (name, file) in EVERY {
        let whole = gunzip(file, LIMIT).unwrap();
        let times = whole.len() / IMAGES.len();
        assert!(
            times > 0 && whole == IMAGES.repeat(times),
            "{name}: {times}"
        );
        for length in 0..file.len() {
            if let Ok(part) = gunzip(&file[..length], LIMIT) {
                assert!(file[length..].starts_with(&[0x1f, 0x8b]), "{name}");
                assert!(part == whole[..part.len()] && part.len().is_multiple_of(IMAGES.len()));
            }
        }
    }
}

#[test]
fn no_changed_byte_changes_the_data() {
    for file in [FIXED, DYNAMIC, HEADER] {
        let mut changed = file.to_vec();
        for at in 0..file.len() {
            for value in (0..=255).filter(|&value| value != file[at]) {
                changed[at] = value;
                match gunzip(&changed, LIMIT) {
                    // No check sum has the time, say; and there are other ways to write the same data.
                    Ok(data) => assert!(data == IMAGES, "{at}: {value}"),
                    Err(error) => assert!(error.to_string().starts_with("byte "), "{error}"),
                }
            }
            changed[at] = file[at];
        }
    }
}

#[test]
fn zeros_may_follow_and_nothing_else() {
    let followed_by = |rest: &[u8]| [DYNAMIC, rest].concat();
    assert!(gunzip(&followed_by(&[0; 600]), LIMIT).unwrap() == IMAGES);
    let message = "something follows that is not gzip data";
    for (rest, first) in [(&b"junk"[..], 0), (b"\0\0junk", 2), (b"\x1f", 0)] {
        let place = format!("byte {}: ", DYNAMIC.len() + first);
        refused(&followed_by(rest), &format!("{place}{message}"));
    }
    refused(&followed_by(b"\x1f\x8b"), "ends too early");
    // As for the program gzip, zeros are the end, and what follows them would be lost.
    for zeros in [1, 600] {
        let rest = [&vec![0; zeros][..], DYNAMIC].concat();
        let place = format!("byte {}: ", DYNAMIC.len() + zeros);
        let message = format!("{place}more gzip data follows behind {zeros} zeros");
        refused(&followed_by(&rest), &message);
    }
}

#[test]
fn wrong_headers_and_check_sums_say_so() {
    let changed = |at: usize, value: u8| {
        let mut file = HEADER.to_vec();
        file[at] = value;
        file
    };
    let end = HEADER.len();
    refused(b"PK\x03\x04 is a zip file", "byte 0: is not a gzip file");
    refused(
        &changed(2, 7),
        "byte 2: the compression method is not deflate",
    );
    refused(
        &changed(3, 0x3f),
        "byte 3: the header has flags that do not exist",
    );
    refused(&changed(15, b'E'), "the header is damaged");
    refused(
        &changed(end - 8, !HEADER[end - 8]),
        &format!("byte {}: the data is damaged", end - 8),
    );
    refused(
        &changed(end - 1, 1),
        &format!("byte {}: the data is damaged", end - 4),
    );
}

#[test]
fn fields_of_any_length_are_passed_over() {
    for length in [0, 1, 3, 300] {
        let mut file = DYNAMIC[..10].to_vec();
        file[3] = 1 << 2;
        file.extend((length as u16).to_le_bytes());
        file.extend(vec![0xff; length]);
        file.extend(&DYNAMIC[10..]);
        assert!(gunzip(&file, LIMIT).unwrap() == IMAGES, "{length}");
    }
}

/// Errors count the bytes of the file, not those of the member.
#[test]
fn damage_in_a_later_member_is_where_it_is_said_to_be() {
    for at in [
        0,
        2,
        3,
        15,
        HEADER.len() / 2,
        HEADER.len() - 8,
        HEADER.len() - 1,
    ] {
        let mut damaged = HEADER.to_vec();
        damaged[at] ^= 0xe0;
        let alone = gunzip(&damaged, LIMIT).unwrap_err().to_string();
        let place = |text: &str| -> usize {
            let (byte, _) = text.split_once(": ").unwrap();
            byte.strip_prefix("byte ").unwrap().parse().unwrap()
        };
        let later = [DYNAMIC, &damaged].concat();
        let later = gunzip(&later, LIMIT).unwrap_err().to_string();
        assert_eq!(place(&later), place(&alone) + DYNAMIC.len(), "{later}");
    }
}

#[test]
fn a_claimed_length_takes_no_memory() {
    // Says that it unpacks to 4 GB. Its CRC-32 is right.
    let mut file = DYNAMIC.to_vec();
    let end = file.len();
    file[end - 4..].fill(0xff);
    refused(&file, "the file says 4294967295");
}

#[test]
fn content_decides_whether_a_file_is_packed() {
    for (name, content) in [("plain.gz", IMAGES), ("packed.idx", DYNAMIC)] {
        let path = temporary(name, content);
        let bytes = read(&path, LIMIT);
        let refused = read(&path, 100);
        let exactly = read(&path, IMAGES.len());
        fs::remove_file(&path).unwrap();
        assert!(bytes.unwrap() == IMAGES);
        assert!(exactly.unwrap() == IMAGES);
        assert!(
            refused
                .unwrap_err()
                .to_string()
                .contains("larger than 100 bytes")
        );
    }
}

#[test]
fn the_start_of_a_file_is_that_of_what_it_unpacks_to() {
    let start = |name: &str, content: &[u8]| {
        let path = temporary(name, content);
        let start = peek(&path);
        fs::remove_file(&path).unwrap();
        start.unwrap()
    };
    assert!(start("peek-plain", IMAGES) == IMAGES);
    assert!(start("peek-packed", DYNAMIC) == IMAGES);
    // A damaged file has what comes before the damage.
    let cut = start("peek-cut", &FIXED[..FIXED.len() / 2]);
    assert!(cut.len() > 100 && IMAGES.starts_with(&cut));
    assert_eq!(start("peek-damaged", b"\x1f\x8b\x07"), b"");
    assert_eq!(start("peek-empty", b""), b"");
}

#[test]
fn a_file_that_is_packed_twice_says_so() {
    // The file again, as it is, in a stored block.
    let length = (DYNAMIC.len() as u16).to_le_bytes();
    let packed = [
        &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1][..],
        &length,
        &length.map(|byte| !byte),
        DYNAMIC,
        &crc32(DYNAMIC).to_le_bytes(),
        &(DYNAMIC.len() as u32).to_le_bytes(),
    ]
    .concat();
    assert!(gunzip(&packed, LIMIT).unwrap() == DYNAMIC);
    let path = temporary("twice.gz", &packed);
    let error = read(&path, LIMIT).unwrap_err();
    fs::remove_file(&path).unwrap();
    assert_eq!(error.path(), Some(&*path));
    let error = error.to_string();
    assert!(error.contains("is packed twice"), "{error}");
    assert!(error.ends_with("; unpack it once"), "{error}");
}

#[test]
fn unreadable_files_are_named() {
    let path = temporary("cut.gz", &DYNAMIC[..DYNAMIC.len() / 2]);
    let error = read(&path, LIMIT).unwrap_err();
    fs::remove_file(&path).unwrap();
    assert_eq!(error.path(), Some(&*path));
    let gone = read(&path, LIMIT).unwrap_err().to_string();
    assert!(gone.contains("cut.gz: cannot be read"), "{gone}");
    let folder = read(&std::env::temp_dir(), LIMIT).unwrap_err().to_string();
    assert!(folder.contains("is not a file"), "{folder}");
}

#[test]
fn crc32_of_any_length() {
    // The definition, bit by bit.
    let slow = |bytes: &[u8]| {
        !bytes.iter().fold(!0_u32, |crc, &byte| {
            (0..8).fold(crc ^ u32::from(byte), |crc, _| {
                (crc >> 1) ^ (0xedb8_8320 * (crc & 1))
            })
        })
    };
    for length in 0..100 {
        assert_eq!(
            crc32(&IMAGES[300..300 + length]),
            slow(&IMAGES[300..300 + length])
        );
    }
}
