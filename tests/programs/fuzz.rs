//! The fuzzer as a program: it counts the memory that the readers take.

use crate::start::{assert_refused, example, text};

#[test]
fn attacks_and_damaged_files_take_no_more_memory_than_they_may() {
    let mut command = example("fuzz");
    let args = ["--inputs", "2000", "--seed", "7", "--quiet"];
    let output = command.args(args).output().expect("it starts");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let mut lines = text(&output.stdout).lines();
    let attacks = lines.next().expect("a line");
    assert!(attacks.contains("files refused, with at most"), "{attacks}");
    let formats: Vec<_> = lines
        .filter_map(|line| line.split_once(" 2000 inputs, "))
        .map(|(name, _)| name.trim_end())
        .collect();
    assert_eq!(
        formats.join(" "),
        "idx csv gzip npy npz safetensors png pgm bmp"
    );
}

#[test]
fn an_unknown_format_is_refused() {
    let output = example("fuzz").arg("tiff").output().expect("it starts");
    assert_refused("fuzz", &output, 2, &["unknown workload tiff", "--help"]);
}

#[test]
fn the_number_may_stand_behind_the_format() {
    let mut command = example("fuzz");
    let output = command.args(["npy", "150", "--quiet"]).output();
    let output = output.expect("it starts");
    assert!(text(&output.stdout).contains(" 150 inputs, "));
    let twice = example("fuzz")
        .args(["npy", "150", "--inputs", "2"])
        .output();
    assert_refused(
        "fuzz",
        &twice.expect("it starts"),
        2,
        &["--inputs", "--help"],
    );
}
