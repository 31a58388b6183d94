//! The example programs, started as their users start them, and a small data set for them to read.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// An example that cargo has built beside this test.
pub fn example(name: &str) -> Command {
    let test = env::current_exe().expect("the path of this test");
    let folder = test
        .parent()
        .and_then(Path::parent)
        .expect("target/PROFILE/deps/test");
    let program = folder
        .join("examples")
        .join(name)
        .with_extension(env::consts::EXE_EXTENSION);
    assert!(
        program.exists(),
        "{} is missing: cargo builds it for `cargo test` as a whole, or by `cargo build --examples`",
        program.display()
    );
    let mut command = Command::new(program);
    for variable in [
        "FROMZERO_DATA",
        "FROMZERO_ISA",
        "FROMZERO_THREADS",
        "NO_COLOR",
    ] {
        command.env_remove(variable);
    }
    command
}

pub fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

/// A folder with a small data set in MNIST's format; removed when dropped.
pub struct Folder(pub PathBuf);

const TRAIN: usize = 200;
const TEST: usize = 50;

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("fromzero-programs-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).expect("a temporary folder");
        let (images, labels) =
            fromzero::data::synthetic::draw(0..(TRAIN + TEST) as u64, 1, 1).unwrap();
        let folder = Folder(path);
        for (part, images, labels) in [
            ("train", &images[..TRAIN * 784], &labels[..TRAIN]),
            ("t10k", &images[TRAIN * 784..], &labels[TRAIN..]),
        ] {
            let count = labels.len() as u32;
            folder.write(
                &format!("{part}-images-idx3-ubyte"),
                &idx(&[2051, count, 28, 28], images),
            );
            folder.write(
                &format!("{part}-labels-idx1-ubyte"),
                &idx(&[2049, count], labels),
            );
        }
        folder
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.0.join(name), bytes).expect("a file in a temporary folder");
    }

    pub fn path(&self) -> &str {
        self.0.to_str().expect("UTF-8")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub fn idx(header: &[u32], values: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for word in header {
        bytes.extend_from_slice(&word.to_be_bytes());
    }
    bytes.extend_from_slice(values);
    bytes
}

/// Asserts exit code, one line of complaint from `program` that says all of `words`, and nothing on standard output.
#[track_caller]
pub fn assert_refused(program: &str, output: &Output, code: i32, words: &[&str]) {
    let complaint = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{complaint}");
    let last = complaint.lines().last().unwrap_or_default();
    assert!(last.starts_with(&format!("{program}: ")), "{complaint}");
    for word in words {
        assert!(last.contains(word), "'{word}' in: {complaint}");
    }
    assert_eq!(text(&output.stdout), "");
}
