//! `train` on every kind of data that people bring, in its exact layout: `tests/fixtures/data`.

use std::path::Path;
use std::process::Output;

use crate::start::{assert_refused, example, text};

fn fixture(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/data")
        .join(path);
    path.to_str().expect("UTF-8").to_string()
}

fn train(path: &str, args: &[&str]) -> Output {
    let path = fixture(path);
    let all = [
        "--data", &path, "--hidden", "32", "--batch", "10", "--lr", "1", "--init", "xavier",
    ];
    let output = example("train").args(all).args(args).output();
    output.expect("train starts")
}

/// What is said of the data, with its folder left out, and the accuracy on the test set.
#[track_caller]
fn learned(output: &Output) -> (String, f64) {
    assert!(output.status.success(), "{}", text(&output.stderr));
    let said = text(&output.stderr)
        .lines()
        .next()
        .expect("a line")
        .to_string();
    let accuracy = text(&output.stdout).lines().nth(1).expect("two lines");
    let accuracy = accuracy.strip_prefix("test accuracy ").expect(accuracy);
    (
        said.replace(&fixture(""), ""),
        accuracy.parse().expect(accuracy),
    )
}

#[test]
fn every_relative_of_mnist_is_learned() {
    let sets = [
        ("fashion", "Fashion-MNIST in fashion: 30 + 10", 10),
        ("kmnist", "KMNIST in kmnist: 30 + 10", 10),
        ("qmnist", "QMNIST in qmnist: 30 + 10", 10),
        ("byclass", "EMNIST ByClass in emnist/gzip: 186 + 62", 62),
        ("bymerge", "EMNIST ByMerge in emnist/gzip: 141 + 47", 47),
        ("balanced", "EMNIST Balanced in emnist/gzip: 141 + 47", 47),
        ("letters", "EMNIST Letters in emnist/gzip: 78 + 26", 26),
        ("digits", "EMNIST Digits in emnist/gzip: 30 + 10", 10),
        ("mnist", "EMNIST MNIST in emnist/gzip: 30 + 10", 10),
    ];
    for (path, what, classes) in sets {
        let path = match path {
            "fashion" | "kmnist" | "qmnist" => path.to_string(),
            split => format!("emnist/gzip/emnist-{split}-train-images-idx3-ubyte.gz"),
        };
        let (said, accuracy) = learned(&train(&path, &["--epochs", "60", "--shuffle"]));
        assert_eq!(
            said,
            format!("data: {what} images of 28×28, {classes} classes")
        );
        assert!(accuracy > 0.9, "{accuracy} on {path}");
    }
    let letters = train(
        "emnist/gzip/emnist-letters-test-images-idx3-ubyte.gz",
        &["--limit", "1"],
    );
    assert!(text(&letters.stdout).trim_end().ends_with(", true A"));
}

#[test]
fn tables_are_learned() {
    let plain_test = fixture("plain/mnist_test.csv.gz");
    let held_back = "tested on a tenth that is held back, the same in every run";
    let plain = "tested on plain/mnist_test.csv.gz";
    for (path, args, what, least) in [
        (
            "plain/mnist_train.csv.gz",
            &["--test", &plain_test][..],
            format!(
                "plain/mnist_train.csv.gz: 20 + 10 images of 28×28; 10 classes in column 1; {plain}"
            ),
            0.9,
        ),
        (
            "kaggle/train.csv.gz",
            &["--classes", "10"],
            format!(
                "kaggle/train.csv.gz: 22 + 2 images of 28×28; 10 classes in label; {held_back}"
            ),
            0.0,
        ),
        (
            "emnist/emnist-letters-train.csv.gz",
            &[],
            format!(
                "emnist/emnist-letters-train.csv.gz: 47 + 5 images of 28×28; 26 classes in column 1; {held_back}"
            ),
            0.0,
        ),
        (
            "flowers.csv",
            &["--label", "Species"],
            format!(
                "flowers.csv: 108 + 12 rows of 4 numbers, standardised, without Id; 3 classes in Species (setosa, \
                 versicolor, virginica, or \"southern blue flag\"); {held_back}"
            ),
            0.9,
        ),
    ] {
        let (said, accuracy) = learned(&train(path, &[&["--epochs", "60"], args].concat()));
        assert_eq!(said, format!("data: table {what}"));
        assert!(accuracy >= least, "{accuracy} on {path}");
    }
}

#[test]
fn the_second_floor_learns_flowers_too() {
    let flowers = fixture("flowers.csv");
    for (program, epochs) in [("tanh_nll", "10"), ("digits_squared", "40")] {
        let args = ["--data", &flowers, "--label", "Species", "--classes", "3"];
        let rest = ["--epochs", epochs, "--quiet"];
        let mut command = example(program);
        let output = command.args(args).args(rest).output().expect("it starts");
        assert!(output.status.success(), "{}", text(&output.stderr));
        let accuracy = text(&output.stdout).lines().last().unwrap_or_default();
        let accuracy = accuracy.strip_prefix("test accuracy ").expect(accuracy);
        assert!(
            accuracy.parse::<f64>().expect(accuracy) > 0.8,
            "{program}: {accuracy}"
        );
    }
    let args = [
        "--data", &flowers, "--hidden", "16", "--batch", "8", "--quiet",
    ];
    let [first, second] = ["train", "section37_net"].map(|program| {
        let output = example(program).args(args).output().expect("it starts");
        text(&output.stdout)
            .lines()
            .nth(2)
            .expect("weights")
            .to_string()
    });
    assert_eq!(first, second);
}

#[test]
fn what_does_not_suit_is_refused() {
    let flowers = fixture("flowers.csv");
    for (path, args, code, words) in [
        (
            "fashion",
            &["--test", &flowers][..],
            2,
            &["--test", "goes with a table"][..],
        ),
        (
            "fashion",
            &["--label", "last"],
            2,
            &["--label", "goes with a table"],
        ),
        (
            "fashion",
            &["--classes", "9"],
            2,
            &["--classes", "is 9, but there are only the classes 0 to 8"],
        ),
        (
            "fashion",
            &["--classes", "100000"],
            2,
            &["--classes", "at most 256 classes", "found 100000"],
        ),
        (
            "flowers.csv",
            &["--classes", "4"],
            1,
            &["flowers.csv", "expected 4 classes, found 3 in Species"],
        ),
        (
            "flowers.csv",
            &["--label", "Petal"],
            1,
            &[
                "flowers.csv",
                "has no column Petal; its columns are Id, Sepal length",
            ],
        ),
        (
            "flowers.csv",
            &["--batch=109"],
            2,
            &[
                "--batch",
                "at most the training set's 108 samples, found 109",
            ],
        ),
        (
            "kaggle/train.csv.gz",
            &["--test", &flowers],
            1,
            &["flowers.csv, line 1", "expected 785 columns, found 6"],
        ),
        (
            "emnist",
            &[],
            1,
            &[
                "holds EMNIST ByClass, ",
                "name a file of the one that is meant",
            ],
        ),
        ("kaggle", &[], 1, &["name it itself", "kaggle/test.csv.gz"]),
        ("archive.zip", &[], 1, &["is a zip archive", "unzip"]),
        ("archive.tar.gz", &[], 1, &["is a tar archive", "tar -xf"]),
    ] {
        let args: Vec<&str> = args.to_vec();
        let path = fixture(path);
        let mut all = vec!["--data", &path];
        if !args.contains(&"--batch=109") {
            all.extend(["--batch", "10"]);
        }
        all.extend(args);
        let output = example("train").args(all).output().expect("train starts");
        assert_refused("train", &output, code, words);
    }
}
