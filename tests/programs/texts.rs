//! What the texts have that the programs correspond to: their lines, figures and stages, and their settings as options.

use std::fs;
use std::process::Command;

use crate::start::{Folder, example, text};

/// What a run prints that must succeed.
#[track_caller]
fn results(command: &mut Command) -> String {
    let output = command.output().expect("it starts");
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).to_string()
}

/// The listing's line every five batches, and its figure.
#[test]
fn one_option_prints_and_draws_what_the_book_does() {
    let folder = Folder::new("as-the-book");
    let run = |options: &[&str]| {
        let args = [
            "--data",
            folder.path(),
            "--hidden",
            "8",
            "--batch",
            "16",
            "--quiet",
        ];
        let mut command = example("train");
        command.args(args).args(options).current_dir(&folder.0);
        results(&mut command)
    };
    let picture = |name: &str| fs::read_to_string(folder.0.join(name)).expect(name);
    let apart = run(&["--log", "5", "--plot", "apart.svg"]);
    assert!(
        apart.contains("Epochs[2/2]--batch[10/12]--Acc: "),
        "{apart}"
    );
    assert_eq!(run(&["--as-the-book"]), apart);
    assert_eq!(picture("loss.svg"), picture("apart.svg"));
    assert_eq!(run(&["--as-the-book", "figure-3-32.svg"]), apart);
    assert_eq!(picture("figure-3-32.svg"), picture("apart.svg"));
    // What is said by itself counts.
    assert_eq!(
        run(&["--as-the-book", "other.svg", "--log", "50"])
            .matches("Epochs")
            .count(),
        2
    );
}

/// The framework's second stage, and what it was trained with.
#[test]
fn predictions_follow_the_training_and_the_options_change_it() {
    let folder = Folder::new("nn-options");
    let run = |program, options: &[&str]| {
        let args = ["--data", folder.path(), "--quiet"];
        results(example(program).args(args).args(options))
    };
    let stdout = run(
        "dense_adam",
        &["--batch", "20", "--lr", "2e-3", "--epochs", "20"],
    );
    let list = |text: &str| -> Vec<usize> {
        let numbers = text
            .strip_prefix('[')
            .and_then(|text| text.strip_suffix(']'));
        let numbers = numbers.expect(text).split(", ");
        numbers.map(|number| number.parse().expect(text)).collect()
    };
    let line = stdout
        .lines()
        .find_map(|line| line.strip_prefix("predicted "));
    let (predicted, labels) = line
        .and_then(|line| line.split_once(", true "))
        .expect(&stdout);
    let (predicted, labels) = (list(predicted), list(labels));
    assert_eq!((predicted.len(), labels.len()), (10, 10));
    let right = predicted
        .iter()
        .zip(&labels)
        .filter(|(p, y)| p == y)
        .count();
    assert!(right >= 5, "{stdout}");

    for (program, changes) in [
        (
            "dense_adam",
            &[&["--no-shuffle"][..], &["--batch", "50"]][..],
        ),
        ("digits_squared", &[&["--batch", "50"], &["--lr", "0.1"]]),
        (
            "tanh_nll",
            &[&["--batch", "50"], &["--lr", "0.01"], &["--no-bias"]],
        ),
    ] {
        let log: &[&str] = &["--log", "1", "--epochs", "2"];
        let without = run(program, log);
        for options in changes {
            let with = run(program, &[log, options].concat());
            assert_ne!(with, without, "{program} {options:?}");
        }
    }
}
