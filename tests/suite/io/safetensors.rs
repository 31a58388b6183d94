//! safetensors: files of the format's own library, ours against them, and what is refused.

use std::fs::File;
use std::io::Write;

use fromzero::io::tensor::{DType, Named, safetensors};

use super::fixtures::{self, fixture, named};
use super::folder::Folder;

const ODD_NAME: &str = "größe \"\\/\n\t\u{1}\u{7f}\u{2028}😀";

fn tensors_of(file: &str) -> Named {
    let tensor = |name: &str, dtype, shape: &[usize]| (name.into(), fixtures::tensor(dtype, shape));
    match file {
        "types.safetensors" => {
            let of = |dtype: &DType| tensor(dtype.name(), *dtype, &[3, 4]);
            DType::ALL.iter().rev().map(of).collect()
        }
        "ranks.safetensors" | "metadata.safetensors" => vec![
            tensor("empty", DType::F32, &[3, 0]),
            tensor("four", DType::F32, &[2, 1, 3, 2]),
            tensor("none", DType::F32, &[]),
            tensor("one", DType::F32, &[5]),
        ],
        "names.safetensors" => vec![
            tensor("0.bias", DType::F32, &[2]),
            tensor("0.weight", DType::F32, &[2, 2]),
            tensor(ODD_NAME, DType::U8, &[3]),
        ],
        "none.safetensors" => Named::new(),
        other => panic!("{other} is unknown"),
    }
}

fn file(header: &str, data: &[u8]) -> Vec<u8> {
    [
        &(header.len() as u64).to_le_bytes(),
        header.as_bytes(),
        data,
    ]
    .concat()
}

#[track_caller]
fn refused(file: &[u8], reason: &str) {
    let error = safetensors::parse(file)
        .expect_err("it was accepted")
        .to_string();
    assert!(error.contains(reason), "{error:?} instead of {reason:?}");
}

#[test]
fn files_of_the_library_are_read_and_written_byte_for_byte() {
    for (name, file) in named("safetensors") {
        let expected = tensors_of(&name);
        assert_eq!(safetensors::parse(&file).unwrap(), expected, "{name}");
        let mut written = Vec::new();
        let mut shuffled = expected;
        shuffled.reverse();
        safetensors::write(&shuffled, &mut written).unwrap();
        // Texts about a file are skipped.
        assert!(written == file || name == "metadata.safetensors", "{name}");
    }
}

#[test]
fn a_file_on_disk_comes_back_and_errors_name_it() {
    let name = format!("fromzero-{}-net.safetensors", std::process::id());
    let path = std::env::temp_dir().join(name);
    let tensors = tensors_of("types.safetensors");
    safetensors::save(&path, &tensors).unwrap();
    assert_eq!(safetensors::load(&path).unwrap(), tensors);
    std::fs::write(&path, b"PK\x03\x04zipped").unwrap();
    let error = safetensors::load(&path).unwrap_err().to_string();
    assert!(
        error.starts_with(&format!("{}, byte 0: is not", path.display())),
        "{error}"
    );
    assert!(
        error.contains("it looks like a zip file: npz, or PyTorch's; then convert it"),
        "{error}"
    );
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn every_prefix_is_an_error() {
    for (name, file) in named("safetensors") {
        for length in 0..file.len() {
            assert!(
                safetensors::parse(&file[..length]).is_err(),
                "{name}: {length}"
            );
        }
    }
}

#[test]
fn control_characters_in_names_are_escaped_as_the_library_does() {
    let name = "\u{8}\u{c}\r\u{b}";
    let tensors = vec![(name.to_string(), fixtures::tensor(DType::U8, &[2]))];
    let mut written = Vec::new();
    safetensors::write(&tensors, &mut written).unwrap();
    assert!(written[8..].starts_with(br#"{"\b\f\r\u000b":{"#));
    assert_eq!(safetensors::parse(&written).unwrap(), tensors);
}

#[test]
#[should_panic(expected = "safetensors: the name \"w\" comes twice or is reserved")]
fn two_tensors_of_one_name_are_not_written() {
    let tensor = || ("w".to_string(), fixtures::tensor(DType::U8, &[2]));
    safetensors::write(&[tensor(), tensor()], &mut Vec::new()).unwrap();
}

#[test]
fn headers_may_be_written_otherwise() {
    let header = " {\"\\u00e4\\ud83d\\ude00\" : { \"data_offsets\":[ 0 , 2 ],\n\"shape\":[2],\"dtype\":\"U8\"} } ";
    let tensors = safetensors::parse(&file(header, &[1, 2])).unwrap();
    assert_eq!(
        (&tensors[0].0[..], tensors[0].1.bytes()),
        ("ä😀", &[1, 2][..])
    );
    let header = r#"{"\"\\\/\b\f\n\r\t":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#;
    let tensors = safetensors::parse(&file(header, &[])).unwrap();
    assert_eq!(tensors[0].0, "\"\\/\u{8}\u{c}\n\r\t");
}

#[test]
fn what_the_audit_asks_to_be_refused_is_refused() {
    let two = |a: [usize; 2], b: [usize; 2], data: usize| {
        let entry = |name, [begin, end]: [usize; 2]| {
            let size = end.saturating_sub(begin);
            format!(r#""{name}":{{"dtype":"U8","shape":[{size}],"data_offsets":[{begin},{end}]}}"#)
        };
        file(
            &format!("{{{},{}}}", entry("a", a), entry("b", b)),
            &vec![0; data],
        )
    };
    assert!(safetensors::parse(&two([0, 4], [4, 6], 6)).is_ok());
    refused(
        &two([0, 4], [3, 6], 6),
        "\"b\" overlaps the tensor before it",
    );
    refused(&two([0, 4], [0, 4], 4), "\"b\" overlaps");
    refused(
        &two([0, 4], [5, 6], 6),
        "1 bytes in front of \"b\" belong to no tensor",
    );
    refused(
        &two([1, 4], [4, 6], 6),
        "1 bytes in front of \"a\" belong to no tensor",
    );
    refused(
        &two([0, 4], [4, 6], 7),
        "1 bytes behind the last tensor belong to none",
    );
    refused(
        &two([0, 4], [4, 6], 5),
        "the header claims 6 bytes of numbers, 5 are there",
    );
    refused(&two([0, 4], [6, 4], 6), "which bytes 6 to 4 do not hold");
    refused(&100_000_001_u64.to_le_bytes(), "100000000 are the most");
    refused(
        &[&50_u64.to_le_bytes()[..], b"{}"].concat(),
        "the header should have 50 bytes, 2 are left",
    );
    refused(
        &[255; 8],
        "the header should have 18446744073709551615 bytes",
    );
    refused(&fixture("refused/half.safetensors"), "of the type \"F16\"");
}

/// The file is a hole, which takes no room on the disk, and is not read.
#[test]
fn a_header_beyond_the_longest_is_refused_though_it_is_there() {
    let folder = Folder::new("safetensors-header");
    let path = folder.file("w.safetensors");
    let mut hole = File::create(&path).unwrap();
    hole.write_all(&100_000_001_u64.to_le_bytes()).unwrap();
    hole.set_len(100_000_100).unwrap();
    let error = safetensors::load(&path).unwrap_err().to_string();
    assert!(error.contains("100000000 are the most"), "{error}");
}

#[test]
fn errors_name_the_byte_of_the_file() {
    refused(&file("[", &[]), "byte 8: expected '{', found '['");
    refused(
        &file("{\x01", &[]),
        "byte 9: expected '\"', found the byte 0x01",
    );
    let entry = r#"{"w":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}"#;
    let numbers = 8 + entry.len();
    let truth = format!("byte {}: a truth value is 2", numbers + 1);
    refused(&file(entry, &[1, 2]), &truth);
    let short = format!("byte {}: the file ends too early", numbers + 1);
    refused(&file(entry, &[1]), &short);
    let long = format!("byte {}: 3 bytes behind the last tensor", numbers + 2);
    refused(&file(entry, &[0; 5]), &long);
}

#[test]
fn hostile_and_damaged_headers_are_refused() {
    let one = |shape: &str, offsets: &str| {
        let header =
            format!(r#"{{"w":{{"dtype":"F32","shape":{shape},"data_offsets":{offsets}}}}}"#);
        file(&header, &[0; 4])
    };
    assert!(safetensors::parse(&one("[1]", "[0,4]")).is_ok());
    refused(
        &one("[2]", "[0,4]"),
        "\"w\" is f32 [2], which bytes 0 to 4 do not hold",
    );
    refused(&one("[4294967296,4294967296]", "[0,0]"), "do not hold");
    refused(&one("[4611686018427387905]", "[0,4]"), "do not hold");
    refused(&one("[1]", "[0,4,4]"), "more than 2 numbers");
    refused(&one("[1]", "[0]"), "no two data_offsets");
    refused(&one("[-1]", "[0,4]"), "expected a whole number, found '-'");
    refused(&one("[1.0]", "[0,4]"), "expected ']', found '.'");
    refused(&one("[1]", "[0,99999999999999999999]"), "too large");
    refused(
        &one(&format!("[{}1]", "1,".repeat(64)), "[0,4]"),
        "more than 64 numbers",
    );
    refused(
        &one("[[[[[1]]]]]", "[0,4]"),
        "expected a whole number, found '['",
    );
    refused(&one("[1],\"shape\":[1]", "[0,4]"), "comes twice");
    refused(&one("[1],\"more\":[1]", "[0,4]"), "\"more\" is unknown");
    let twice = r#"{"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#;
    refused(&file(twice, &[]), "two of \"w\"");
    refused(
        &file(r#"{"__metadata__":{"a":1}}"#, &[]),
        "expected '\"', found '1'",
    );
    refused(
        &file(r#"{"__metadata__":{},"__metadata__":{}}"#, &[]),
        "two of \"__metadata__\"",
    );
    refused(&file("", &[]), "expected '{', found the end of the header");
    refused(
        &file("{} {}", &[]),
        "expected the end of the header, found '{'",
    );
    refused(&file("[", &[]), "expected '{', found '['");
    refused(&file("{\"a\u{1}\":0}", &[]), "control character");
    refused(&file(r#"{"\ud800":0}"#, &[]), "surrogate");
    refused(&file(r#"{"\ud800\u0041":0}"#, &[]), "surrogate");
    refused(&file(r#"{"\x":0}"#, &[]), "an escape that does not exist");
    refused(&file(r#"{"\u12g4":0}"#, &[]), "four hexadecimal digits");
    refused(&file("{\"a", &[]), "in the middle of a text");
    let invalid = [&5_u64.to_le_bytes()[..], b"{\"\xff\":"].concat();
    refused(&invalid, "a text is not UTF-8");
    let truths = r#"{"w":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}"#;
    refused(
        &file(truths, &[1, 2]),
        "a truth value is 2, expected 0 or 1",
    );
}
