//! npz and zip: files that NumPy and Python wrote, ours against them, and what is refused.

use std::time::Instant;

use fromzero::io::tensor::{DType, Named, find, npz};

use super::fixtures::{self, fixture, named};
use super::zip::{Part, part, zip};

const LIMIT: usize = 1 << 20;

fn arrays() -> Named {
    let tensor = |name: &str, dtype, shape: &[usize]| (name.into(), fixtures::tensor(dtype, shape));
    vec![
        tensor("w1", DType::F32, &[30, 4]),
        tensor("b1", DType::F64, &[4]),
        tensor("labels", DType::U8, &[7]),
        tensor("größe", DType::I64, &[]),
    ]
}

#[track_caller]
fn refused(file: &[u8], reason: &str) {
    let error = npz::parse(file, LIMIT)
        .expect_err("it was accepted")
        .to_string();
    assert!(error.contains(reason), "{error:?} instead of {reason:?}");
}

#[test]
fn files_of_other_programs_are_read() {
    for (name, file) in named("npz") {
        let expected = if name == "none.npz" {
            Named::new()
        } else {
            arrays()
        };
        assert_eq!(npz::parse(&file, LIMIT).unwrap(), expected, "{name}");
    }
}

#[test]
fn written_files_are_those_of_numpy() {
    let mut file = Vec::new();
    npz::write(&arrays(), &mut file).unwrap();
    assert!(file == fixture("npz/savez.npz"));
}

#[test]
fn a_file_on_disk_comes_back_and_errors_name_it() {
    let path = std::env::temp_dir().join(format!("fromzero-{}-arrays.npz", std::process::id()));
    npz::save(&path, &arrays()).unwrap();
    let tensors = npz::load(&path, LIMIT).unwrap();
    assert_eq!(tensors, arrays());
    assert_eq!(find(&tensors, "b1").unwrap().shape(), [4]);
    let error = find(&tensors, "b9").unwrap_err().to_string();
    assert_eq!(
        error,
        "holds no array \"b9\"; it has: w1, b1, labels, größe"
    );
    assert!(
        npz::load(&path, 100)
            .unwrap_err()
            .to_string()
            .contains("more than the 100 that are allowed")
    );
    std::fs::write(&path, b"PK\x03\x04").unwrap();
    let error = npz::load(&path, LIMIT).unwrap_err().to_string();
    assert!(
        error.starts_with(&format!("{}, byte 4: ", path.display())),
        "{error}"
    );
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn an_array_that_is_missing_is_told_from_the_first_twelve() {
    let names = |count: usize| -> Named {
        let tensor = |i: usize| (format!("w{i}"), fixtures::tensor(DType::U8, &[1]));
        (1..=count).map(tensor).collect()
    };
    let told = |count| find(&names(count), "b").unwrap_err().to_string();
    assert!(told(2).ends_with("it has: w1, w2"));
    assert!(told(12).ends_with("w11, w12"));
    assert!(told(13).ends_with("w11, w12, …"));
    assert!(told(14).ends_with("w11, w12, …"));
}

#[test]
fn every_prefix_is_an_error() {
    for (name, file) in named("npz") {
        for length in 0..file.len() {
            assert!(
                npz::parse(&file[..length], LIMIT).is_err(),
                "{name}: {length}"
            );
        }
    }
}

#[test]
fn no_changed_byte_changes_the_numbers() {
    for (name, file) in named("npz") {
        let whole = npz::parse(&file, LIMIT).unwrap();
        let mut changed = file.clone();
        for at in 0..file.len() {
            for bit in 0..8 {
                changed[at] = file[at] ^ (1 << bit);
                // Nobody looks at the time and the attributes; and there are other ways to write the same data.
                if let Ok(tensors) = npz::parse(&changed, LIMIT) {
                    assert!(tensors == whole, "{name}: byte {at}, bit {bit}");
                }
            }
            changed[at] = file[at];
        }
    }
}

#[test]
fn what_is_no_file_of_arrays_is_refused_with_the_reason() {
    refused(&fixture("refused/torch.pt"), "torch.load('model.pt'");
    refused(
        b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.",
        "is a PyTorch file, a pickle",
    );
    refused(
        &fixture("refused/text.npz"),
        "\"readme.txt\", which is not an array",
    );
    refused(
        &fixture("npy/version-1.npy"),
        "it is an npy file, with one array",
    );
    refused(b"", "is not an npz file");
    let objects = fixture("refused/objects.npy");
    let file = zip(&[part("y.npy", &objects)]);
    refused(&file, "in y.npy, byte 24: holds Python objects");
    let other = Part {
        method: 12,
        ..part("y.npy", &objects)
    };
    refused(&zip(&[other]), "another method than deflate");
}

#[test]
fn names_that_climb_or_repeat_are_refused() {
    let array = fixture("npy/rank-1.npy");
    refused(&fixture("refused/climbs.npz"), "leads out of the zip file");
    for name in [
        "/w.npy",
        "a/../../w.npy",
        "..",
        "",
        "a\\..\\w.npy",
        "w\0.npy",
    ] {
        refused(&zip(&[part(name, &array)]), "leads out of the zip file");
    }
    refused(
        &zip(&[part("w.npy", &array), part("w.npy", &array)]),
        "two entries \"w.npy\"",
    );
    assert!(npz::parse(&zip(&[part("net/w..npy", &array)]), LIMIT).is_ok());
}

#[test]
fn entries_that_overlap_are_refused() {
    let array = fixture("npy/rank-1.npy");
    let same = Part {
        start: Some(0),
        ..part("w.npy", &array)
    };
    refused(&zip(&[part("w.npy", &array), same]), "overlap");
    // Quoted: the data of the first entry are the whole second one, header and all.
    let inner = zip(&[part("inner.npy", &array)]);
    let quoting = part("outer.npy", &inner[..30 + 9 + array.len()]);
    let quoted = Part {
        start: Some(30 + 9),
        ..part("inner.npy", &array)
    };
    refused(&zip(&[quoting, quoted]), "overlap");
    let mut hidden = zip(&[part("w.npy", &array)]);
    hidden.splice(0..0, *b"PK\x03\x04 and more");
    refused(&hidden, "the directory should");
}

#[test]
fn claims_that_nothing_backs_are_refused() {
    let array = fixture("npy/rank-1.npy");
    let larger = Part {
        size: u32::MAX - 1,
        ..part("w.npy", &array)
    };
    refused(
        &zip(&[larger]),
        "claim 4294967294 bytes, more than the 1048576",
    );
    let smaller = Part {
        size: 1,
        ..part("w.npy", &array)
    };
    refused(&zip(&[smaller]), "has 168 bytes, the directory says 1");
    let mut file = zip(&[part("w.npy", &array)]);
    let end = file.len() - 22;
    file[end + 8..end + 12].fill(0xff);
    refused(&file, "the directory claims 65535 entries");
    let crc = fixture("npz/savez.npz");
    let mut damaged = crc.clone();
    damaged[300] ^= 1;
    refused(&damaged, "is damaged: its CRC-32 is");
}

/// Twenty million zeros in 20 kB, within the limit and beyond it; and a file that says less than it unpacks to.
#[test]
fn bombs_are_refused_at_once() {
    let start = Instant::now();
    let bomb = fixture("refused/bomb.npz");
    refused(
        &bomb,
        "the entries claim 20000067 bytes, more than the 1048576",
    );
    let place = |what: &[u8]| {
        bomb.windows(what.len())
            .rposition(|part| part == what)
            .unwrap()
    };
    let mut lies = bomb.clone();
    let directory = place(b"PK\x01\x02");
    for (claimed, reason) in [
        (1000_u32, "takes 19517 bytes packed and 1000 unpacked"),
        (1 << 20, "unpacks to more than the 1048576 bytes"),
    ] {
        for size in [22, directory + 24] {
            lies[size..size + 4].copy_from_slice(&claimed.to_le_bytes());
        }
        refused(&lies, reason);
    }
    assert_eq!(npz::parse(&bomb, 1 << 26).unwrap()[0].1.count(), 20_000_000);
    assert!(
        start.elapsed().as_secs_f64() < 10.0,
        "{:?}",
        start.elapsed()
    );
}
