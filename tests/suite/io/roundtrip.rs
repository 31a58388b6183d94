//! Arrays to and from other programs: the half of `tests/fixtures/formats/roundtrip`, which calls this, that is ours.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use fromzero::io::tensor::{Named, npy, npz, safetensors};

/// As many bytes as a file may have.
pub const LIMIT: usize = 1 << 30;

/// The folder in which files go there and back. Without the script there is none.
pub fn folder() -> Option<PathBuf> {
    env::var_os("FROMZERO_ROUNDTRIP").map(PathBuf::from)
}

/// The folder's files whose names begin so.
pub fn files(folder: &Path, start: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let paths: Vec<_> = entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(start))
        .map(|entry| entry.path())
        .collect();
    assert!(!paths.is_empty(), "{}: no {start}*", folder.display());
    paths
}

/// Reads what the script wrote, `python-*`, and writes it again, `rust-*`.
#[test]
fn what_others_wrote_is_written_again() {
    let Some(folder) = folder() else { return };
    for from in files(&folder, "python-") {
        let name = from.file_name().unwrap().to_str().unwrap();
        let to = folder.join(name.replacen("python", "rust", 1));
        match from.extension().unwrap().to_str().unwrap() {
            "npy" => npy::save(to, &npy::load(&from).unwrap()).unwrap(),
            "npz" => npz::save(to, &npz::load(&from, LIMIT).unwrap()).unwrap(),
            _ => {
                // The order is the format's: whatever comes, the file is the same.
                let mut tensors: Named = safetensors::load(&from).unwrap();
                tensors.reverse();
                safetensors::save(to, &tensors).unwrap();
            }
        }
    }
}
