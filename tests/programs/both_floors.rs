//! Section 3.7 as two programs, one on each floor: from the same options they come to the same weights.

use crate::start::{Folder, example, text};

/// What the example prints, line by line.
fn results(program: &str, data: &Folder, args: &[&str]) -> Vec<String> {
    let mut command = example(program);
    command.args(["--quiet", "--data", data.path()]).args(args);
    let output = command.output().expect("it starts");
    assert!(
        output.status.success(),
        "{program}: {}",
        text(&output.stderr)
    );
    text(&output.stdout).lines().map(str::to_string).collect()
}

#[test]
fn the_two_floors_train_to_the_same_weights() {
    let data = Folder::new("both-floors");
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
}
