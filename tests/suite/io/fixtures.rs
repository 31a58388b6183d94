//! The files of `tests/fixtures/formats`, and the numbers that they hold.

use std::fs;
use std::path::{Path, PathBuf};

use fromzero::io::tensor::{DType, Tensor};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats")
}

/// The file of this name.
pub fn fixture(name: &str) -> Vec<u8> {
    let path = folder().join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All files of a folder, with their names, in order.
pub fn named(part: &str) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder().join(part)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let file = fixture(&format!("{part}/{name}"));
        files.push((name, file));
    }
    files.sort();
    assert!(!files.is_empty(), "{part}");
    files
}

/// The numbers that the script made: i·i·7919 − 30000, cut to the type, or in 64ths; of truth values every third is 1.
pub fn tensor(dtype: DType, shape: &[usize]) -> Tensor {
    let mut bytes = Vec::new();
    for i in 0..shape.iter().product::<usize>() {
        let k = (i * i * 7919) as i64 - 30000;
        let whole = match dtype {
            DType::Bool => u64::from(i.is_multiple_of(3)),
            DType::F32 => u64::from((k as f32 / 64.0).to_bits()),
            DType::F64 => (k as f64 / 64.0).to_bits(),
            _ => k as u64,
        };
        bytes.extend_from_slice(&whole.to_le_bytes()[..dtype.size()]);
    }
    Tensor::from_bytes(dtype, shape.to_vec(), bytes)
}
