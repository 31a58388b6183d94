//! Section 3.7 as two programs, one on each floor: from the same options they come to the same weights.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fromzero::data::synthetic;

const TRAIN: usize = 200;
const TEST: usize = 40;

/// MNIST's four files with synthetic digits, in a temporary folder.
fn data() -> PathBuf {
    let folder = env::temp_dir().join(format!("fromzero-both-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a temporary folder");
    let (images, labels) = synthetic::draw(0..(TRAIN + TEST) as u64, 1, 1).unwrap();
    let (train, test) = images.split_at(TRAIN * 784);
    let write = |name: &str, header: &[u32], bytes: &[u8]| {
        let header = header.iter().flat_map(|number| number.to_be_bytes());
        let file: Vec<u8> = header.chain(bytes.iter().copied()).collect();
        fs::write(folder.join(name), file).expect("a file in a temporary folder");
    };
    for (part, images, labels) in [
        ("train", train, &labels[..TRAIN]),
        ("t10k", test, &labels[TRAIN..]),
    ] {
        let count = labels.len() as u32;
        let name = |kind| format!("{part}-{kind}-ubyte");
        write(&name("images-idx3"), &[2051, count, 28, 28], images);
        write(&name("labels-idx1"), &[2049, count], labels);
    }
    folder
}

/// What the example prints, line by line.
fn results(example: &str, data: &Path, args: &[&str]) -> Vec<String> {
    let test = env::current_exe().expect("the path of this test");
    let folder = test.ancestors().nth(2).expect("target/PROFILE/deps/test");
    let program = folder.join("examples").join(example);
    let output = Command::new(program.with_extension(env::consts::EXE_EXTENSION))
        .arg("--quiet")
        .arg("--data")
        .arg(data)
        .args(args)
        .output()
        .expect("the example starts");
    assert!(
        output.status.success(),
        "{example}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().map(str::to_string).collect()
}

#[test]
fn the_two_floors_train_to_the_same_weights() {
    let data = data();
    for args in [
        &["--epochs", "2", "--hidden", "48"][..],
        &["--batch=8", "--hidden=33", "--lr=0.2", "--seed=7"],
        &["--limit", "3", "--batch", "32", "--hidden", "16"],
    ] {
        let first = results("train", &data, args);
        let second = results("section37_net", &data, args);
        assert!(second[2].starts_with("weights 0x"), "{second:?}");
        assert_eq!(first[..3], second[..], "{args:?}");
    }
    fs::remove_dir_all(data).expect("the temporary folder");
}
