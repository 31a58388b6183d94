//! npy: files that NumPy wrote, ours against them, and what is refused.

use fromzero::io::tensor::{DType, Tensor, npy};

use super::fixtures::{self, fixture, named};

/// NumPy's names of the types.
const TYPES: [(&str, DType); 11] = [
    ("b1", DType::Bool),
    ("u1", DType::U8),
    ("i1", DType::I8),
    ("i2", DType::I16),
    ("u2", DType::U16),
    ("i4", DType::I32),
    ("u4", DType::U32),
    ("f4", DType::F32),
    ("f8", DType::F64),
    ("i8", DType::I64),
    ("u8", DType::U64),
];

/// A file with this header and these numbers.
fn file(header: &str, data: &[u8]) -> Vec<u8> {
    let length = (header.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), data].concat()
}

#[track_caller]
fn refused(file: &[u8], reason: &str) {
    let error = npy::parse(file).expect_err("it was accepted").to_string();
    assert!(error.contains(reason), "{error:?} instead of {reason:?}");
}

#[test]
fn every_type_order_and_byte_order_is_read() {
    for (name, dtype) in TYPES {
        let expected = fixtures::tensor(dtype, &[3, 4, 2]);
        for variant in ["little-c", "little-fortran", "big-c", "big-fortran"] {
            let file = fixture(&format!("npy/{name}-{variant}.npy"));
            assert_eq!(npy::parse(&file).unwrap(), expected, "{name} {variant}");
        }
    }
}

#[test]
fn every_version_rank_and_key_order_is_read() {
    for version in ["version-1", "version-2", "version-3"] {
        let tensor = npy::parse(&fixture(&format!("npy/{version}.npy"))).unwrap();
        assert_eq!(tensor, fixtures::tensor(DType::F32, &[3, 4]), "{version}");
    }
    let ranks: [(&str, &[usize]); 4] = [
        ("0", &[]),
        ("1", &[5]),
        ("6", &[2, 1, 3, 1, 2, 1]),
        ("empty", &[3, 0, 2]),
    ];
    for (name, shape) in ranks {
        let tensor = npy::parse(&fixture(&format!("npy/rank-{name}.npy"))).unwrap();
        assert_eq!(tensor, fixtures::tensor(DType::F64, shape), "{name}");
    }
    for name in ["other-key-order", "python-2"] {
        let tensor = npy::parse(&fixture(&format!("npy/{name}.npy"))).unwrap();
        assert_eq!(tensor, fixtures::tensor(DType::F32, &[2, 3]), "{name}");
    }
}

#[test]
fn written_files_are_those_of_numpy() {
    let written = |tensor: &Tensor| {
        let mut file = Vec::new();
        npy::write(tensor, &mut file).unwrap();
        file
    };
    for (name, dtype) in TYPES {
        let file = written(&fixtures::tensor(dtype, &[3, 4, 2]));
        assert!(
            file == fixture(&format!("npy/{name}-little-c.npy")),
            "{name}"
        );
    }
    for name in ["rank-0", "rank-1", "rank-6", "rank-empty", "version-1"] {
        let file = fixture(&format!("npy/{name}.npy"));
        assert!(file == written(&npy::parse(&file).unwrap()), "{name}");
    }
}

/// As NumPy's own: an array that grows has its first size written over the earlier one.
#[test]
fn a_header_has_room_for_any_first_size() {
    for dimensions in 2..26 {
        let length = |first: usize| {
            let mut shape = vec![0; dimensions];
            shape[0] = first;
            let mut file = Vec::new();
            npy::write(&Tensor::from_bytes(DType::U8, shape, Vec::new()), &mut file).unwrap();
            file.len()
        };
        for digits in 1..=19 {
            let first = 10_usize.pow(digits - 1);
            assert_eq!(length(first), length(1), "{dimensions}: {first}");
        }
    }
}

/// 2⁶⁰ + 2³⁶ lies in the middle between two numbers of `f32`, and in `f64` there is none between it and what lies 1 above.
#[test]
fn integers_become_the_nearest_numbers_at_once() {
    let tensor = |dtype, n: u64| Tensor::from_bytes(dtype, vec![1], n.to_le_bytes().to_vec());
    for dtype in [DType::I64, DType::U64] {
        let above = tensor(dtype, (1 << 60) + (1 << 36) + 1);
        assert_eq!(above.to_floats::<f32>(), [2_f32.powi(60) + 2_f32.powi(37)]);
        assert_eq!(above.to_floats::<f64>(), [2_f64.powi(60) + 2_f64.powi(36)]);
        assert_eq!(tensor(dtype, 5).to_floats::<f32>(), [5.0]);
    }
    let all_ones = |dtype| tensor(dtype, u64::MAX).to_floats::<f64>()[0];
    assert_eq!(all_ones(DType::I64), -1.0);
    assert_eq!(all_ones(DType::U64), 2_f64.powi(64));
}

#[test]
fn a_file_on_disk_comes_back_and_errors_name_it() {
    let path = std::env::temp_dir().join(format!("fromzero-{}-array.npy", std::process::id()));
    let tensor = fixtures::tensor(DType::I16, &[7, 2]);
    npy::save(&path, &tensor).unwrap();
    assert_eq!(npy::load(&path).unwrap(), tensor);
    std::fs::write(&path, b"\x93NUMPY\x01").unwrap();
    let error = npy::load(&path).unwrap_err().to_string();
    assert!(
        error.starts_with(&format!("{}, byte 0: ", path.display())),
        "{error}"
    );
    std::fs::remove_file(&path).unwrap();
    assert!(
        npy::load(&path)
            .unwrap_err()
            .to_string()
            .contains("cannot be read")
    );
    assert!(
        npy::load(std::env::temp_dir())
            .unwrap_err()
            .to_string()
            .contains("not a file")
    );
}

#[test]
fn what_is_not_numbers_is_refused_with_the_reason() {
    refused(
        &fixture("refused/objects.npy"),
        "Python objects, which are pickled",
    );
    refused(&fixture("refused/records.npy"), "records of several fields");
    refused(
        &fixture("refused/complex.npy"),
        "numbers of the type \"<c8\"",
    );
    refused(&fixture("refused/text.npy"), "numbers of the type \"<U3\"");
    refused(b"PK\x03\x04........", "looks like a zip file");
    refused(b"\x80\x02}q\x00......", "is a PyTorch file, a pickle");
    refused(b"something else", "is not an npy file");
}

#[test]
fn hostile_and_damaged_headers_are_refused() {
    let with = |shape: &str| {
        let header = format!("{{'descr':'<f4','fortran_order':False,'shape':{shape}}}");
        file(&header, &[0; 4])
    };
    assert!(npy::parse(&with("(1,)")).is_ok());
    assert!(npy::parse(&with("()")).is_ok());
    refused(
        &with("(1073741824,)"),
        "claims f32 [1073741824], but the file holds 4 bytes",
    );
    refused(
        &with("(4294967296,4294967296)"),
        "but the file holds 4 bytes",
    );
    refused(
        &with("(9223372036854775807,)"),
        "but the file holds 4 bytes",
    );
    refused(&with("(99999999999999999999,)"), "the number is too large");
    refused(&with("(0,)"), "4 bytes follow behind the end of the array");
    refused(&with("(0, 9223372036854775807)"), "4 bytes follow");
    refused(&with("(1)"), "expected a tuple");
    refused(&with("(-1,)"), "expected a whole number, found '-'");
    refused(&with("(1,"), "expected a whole number, found '}'");
    refused(
        &with(&format!("({})", "1,".repeat(65))),
        "more than 64 dimensions",
    );
    refused(&with("(1,),'shape':(1,)"), "comes twice");
    refused(&with("(1,),'more':1"), "\"more\" is unknown");
    refused(
        &with("(1,)} }"),
        "expected the end of the header, found '}'",
    );
    refused(
        &file("{'descr':'<f4','shape':(1,)}", &[0; 4]),
        "no \"fortran_order\"",
    );
    refused(&file("", &[]), "expected '{', found the end of the header");
    refused(
        &file("{'descr", &[]),
        "expected '\\'', found the end of the header",
    );
    let bool_header = "{'descr':'|b1','fortran_order':False,'shape':(2,)}";
    refused(
        &file(bool_header, &[1, 2]),
        &format!(
            "byte {}: a truth value is 2, expected 0 or 1",
            10 + bool_header.len() + 1
        ),
    );
    let native = "{'descr':'|f4','fortran_order':False,'shape':(1,)}";
    refused(&file(native, &[0; 4]), "with its byte order");
    let bytes = "{'descr':'>u1','fortran_order':False,'shape':(8,)}";
    let tensor = npy::parse(&file(bytes, &[1, 2, 3, 4, 5, 6, 7, 8])).unwrap();
    assert_eq!(tensor.bytes(), [1, 2, 3, 4, 5, 6, 7, 8]);
    let empty = "{'descr':'<f8','fortran_order':True,'shape':(4611686018427387904,8,0)}";
    assert_eq!(npy::parse(&file(empty, &[])).unwrap().count(), 0);
    refused(
        b"\x93NUMPY\x02\x00\xff\xff\xff\xff",
        "claims 4294967295 bytes",
    );
    refused(b"\x93NUMPY\x04\x00\x00\x00", "npy of version 4.0");
}

#[test]
fn a_header_has_64_kb_at_most() {
    let padded = |length: usize| {
        let header = "{'descr':'|u1','fortran_order':False,'shape':(0,)}";
        let spaces = vec![b' '; length - header.len()];
        let length = (length as u32).to_le_bytes();
        [
            b"\x93NUMPY\x02\x00",
            &length[..],
            header.as_bytes(),
            &spaces,
        ]
        .concat()
    };
    assert_eq!(npy::parse(&padded(1 << 16)).unwrap().count(), 0);
    refused(
        &padded((1 << 16) + 1),
        "byte 8: the header claims 65537 bytes",
    );
}

#[test]
fn every_prefix_is_an_error() {
    for (name, file) in named("npy") {
        for length in 0..file.len() {
            assert!(npy::parse(&file[..length]).is_err(), "{name}: {length}");
        }
    }
}
