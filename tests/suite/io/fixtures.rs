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
    let entries = fs::read_dir(folder().join(part)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    assert!(!names.is_empty(), "{part}");
    let read = |name: String| (name.clone(), fixture(&format!("{part}/{name}")));
    names.into_iter().map(read).collect()
}

/// The numbers that the script made: i·i·7919 − 30000, cut to the type, or in 64ths; of truth values every third is 1.
pub fn tensor(dtype: DType, shape: &[usize]) -> Tensor {
    let bytes = (0..shape.iter().product()).flat_map(|i: usize| {
        let k = (i * i * 7919) as i64 - 30000;
        let whole = match dtype {
            DType::Bool => u64::from(i.is_multiple_of(3)),
            DType::F32 => u64::from((k as f32 / 64.0).to_bits()),
            DType::F64 => (k as f64 / 64.0).to_bits(),
            _ => k as u64,
        };
        whole.to_le_bytes().into_iter().take(dtype.size())
    });
    Tensor::from_bytes(dtype, shape.to_vec(), bytes.collect())
}
