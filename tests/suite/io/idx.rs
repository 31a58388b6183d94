//! IDX files: good ones, cut off, damaged, and hostile.

use fromzero::io::Idx;

use super::gzip::{DYNAMIC, IMAGES};

/// An IDX file with this header and so many values.
fn idx(kind: u8, sizes: &[u32], values: usize) -> Vec<u8> {
    let mut file = vec![0, 0, kind, sizes.len() as u8];
    for size in sizes {
        file.extend_from_slice(&size.to_be_bytes());
    }
    file.extend((0..values).map(|i| i as u8));
    file
}

#[test]
fn good_idx_files_come_apart() {
    let images = Idx::<3>::parse(IMAGES.to_vec()).unwrap();
    assert_eq!(images.shape, [2, 28, 28]);
    assert!(images.values == IMAGES[16..]);
    let cut_off = |length: usize| Idx::<3>::parse(IMAGES[..length].to_vec()).is_err();
    assert!((0..IMAGES.len()).all(cut_off));
    assert_eq!(Idx::<1>::parse(idx(8, &[3], 3)).unwrap().values, [0, 1, 2]);
    assert_eq!(Idx::<1>::parse(idx(8, &[0], 0)).unwrap().values, []);
}

#[test]
fn integers_come_apart() {
    let mut file = idx(12, &[2, 3], 24);
    assert_eq!(
        Idx::parse_ints(file.clone()).unwrap(),
        Idx {
            shape: [2, 3],
            values: vec![
                0x0001_0203,
                0x0405_0607,
                0x0809_0a0b,
                0x0c0d_0e0f,
                0x1011_1213,
                0x1415_1617
            ]
        }
    );
    file[12] = 0xff;
    assert_eq!(
        Idx::<2, i32>::parse_ints(file.clone()).unwrap().values[0],
        0xff01_0203_u32 as i32
    );
    let refused = |file: Vec<u8>| Idx::<2, i32>::parse_ints(file).unwrap_err().to_string();
    for (error, reason) in [
        (
            refused(file[..35].to_vec()),
            "2 labels of 3 columns (24 bytes), but the file holds 23",
        ),
        (
            refused(idx(8, &[2, 3], 6)),
            "holds unsigned bytes, not 32-bit integers: expected the magic number 3074",
        ),
        (refused(idx(12, &[3], 12)), "is an IDX file of labels"),
        (
            refused(idx(12, &[u32::MAX; 2], 4)),
            "(too many bytes), but the file holds 4",
        ),
    ] {
        assert!(error.contains(reason), "{error:?} instead of {reason:?}");
    }
}

/// A bomb of 2 MB, which is zeros without end, and so has no header that would claim them.
#[test]
fn a_bomb_stops_at_what_any_file_may_unpack_to() {
    let zeros = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut packed = zeros.to_vec();
    // A block with fixed codes: the literal 0, then matches of 258 bytes at distance 1, for ever.
    let mut bits: Vec<bool> = vec![true, true, false];
    bits.extend([false, false, true, true, false, false, false, false]);
    while bits.len() < 8 * 1_750_000 {
        bits.extend([true, true, false, false, false, true, false, true]);
        bits.extend([false; 5]);
    }
    packed.extend(
        bits.chunks(8)
            .map(|byte| (byte.iter().rev()).fold(0, |byte, &bit| byte << 1 | u8::from(bit))),
    );
    let path = std::env::temp_dir().join(format!("fromzero-bomb-{}", std::process::id()));
    std::fs::write(&path, packed).unwrap();
    let error = Idx::<1>::read(&path).unwrap_err();
    std::fs::remove_file(&path).unwrap();
    let error = error.to_string();
    assert!(
        error.contains("unpacks to more than the 268435456 bytes"),
        "{error}"
    );
}

#[test]
fn wrong_idx_files_say_what_is_wrong() {
    let images = |file: Vec<u8>| Idx::<3>::parse(file).unwrap_err().to_string();
    let labels = |file: Vec<u8>| Idx::<1>::parse(file).unwrap_err().to_string();
    for (error, reason) in [
        (
            images(idx(8, &[784], 784)),
            "is an IDX file of labels: expected the magic number 2051",
        ),
        (
            labels(idx(8, &[1, 28, 28], 784)),
            "is an IDX file of images: expected the magic number 2049",
        ),
        (images(idx(8, &[28, 28], 784)), "arrays with 2 dimensions"),
        (
            images(idx(0x0d, &[1, 28, 28], 3136)),
            "holds 32-bit floating-point numbers",
        ),
        (images(idx(9, &[2, 2, 2], 8)), "holds signed bytes"),
        (images(idx(0x0b, &[2, 2, 2], 16)), "holds 16-bit integers"),
        (images(idx(0x0c, &[2, 2, 2], 32)), "holds 32-bit integers"),
        (
            images(idx(0x0e, &[2, 2, 2], 64)),
            "holds 64-bit floating-point numbers",
        ),
        (images(idx(0x77, &[1, 28, 28], 784)), "unknown type 0x77"),
        (images(b"data".to_vec()), "is not an IDX file"),
        (
            images(b"<!DOCTYPE html>".to_vec()),
            "is a web page, not an IDX file",
        ),
        (
            images(b"PK\x03\x04images".to_vec()),
            "is a zip archive, not an IDX file: expected the magic number 2051 (images), found 1347093252; unpack it",
        ),
        (
            images(DYNAMIC.to_vec()),
            "is packed by gzip, not an IDX file",
        ),
        (images(vec![]), "16 bytes are needed, the file has 0"),
        (
            images(idx(8, &[1, 28, 28], 0)[..15].to_vec()),
            "16 bytes are needed, the file has 15",
        ),
        (
            images(idx(8, &[1, 28, 28], 783)),
            "1 images of 28×28 (784 bytes), but the file holds 783",
        ),
        (
            images(idx(8, &[1, 28, 28], 785)),
            "1 images of 28×28 (784 bytes), but the file holds 785",
        ),
        (
            labels(idx(8, &[5], 4)),
            "5 labels (5 bytes), but the file holds 4",
        ),
        (
            images(idx(8, &[u32::MAX, 28, 28], 784)),
            "4294967295 images of 28×28 (3367254359280 bytes), but the file holds 784",
        ),
        (
            images(idx(8, &[u32::MAX; 3], 784)),
            "(too many bytes), but the file holds 784",
        ),
    ] {
        assert!(error.contains(reason), "{error:?} instead of {reason:?}");
    }
}
