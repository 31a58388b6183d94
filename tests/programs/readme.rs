//! What README shows of the programs.

use crate::start::{example, text};

const README: &str = include_str!("../../README.md");

#[test]
fn the_options_are_those_of_train() {
    let command = "```text\n$ cargo run --release --example train -- --help\n";
    let (_, shown) = README.split_once(command).expect("the command");
    let (shown, _) = shown
        .split_once("```\n")
        .expect("the end of what it prints");
    let output = example("train").arg("--help").output().expect("it starts");
    assert_eq!(shown, text(&output.stdout));
}

#[test]
fn every_program_that_is_named_is_there() {
    let header = README
        .lines()
        .position(|line| line.starts_with("| `--example`"));
    let table = README.lines().skip(header.expect("the table") + 2);
    let names: Vec<_> = table
        .map_while(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name)
        .collect();
    assert!(names.len() >= 5, "{names:?}");
    for name in names {
        let output = example(name).arg("--help").output().expect("it starts");
        assert!(output.status.success(), "{name}");
    }
}
