//! The programs that train networks of layers to read digits, as their users meet them.

use std::fs;
use std::process::Output;

use crate::start::{Folder, assert_refused, example, text};

const PROGRAMS: [&str; 3] = ["dense_adam", "digits_squared", "tanh_nll"];

fn run(program: &str, args: &[&str]) -> Output {
    example(program).args(args).output().expect("it starts")
}

/// The results of a run that must succeed.
#[track_caller]
fn results(program: &str, args: &[&str]) -> String {
    let output = run(program, args);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).to_string()
}

/// The figure of `test accuracy 0.dddd`, the last line.
#[track_caller]
fn test_accuracy(stdout: &str) -> f64 {
    let last = stdout.lines().last().expect("a line");
    let figure = last.strip_prefix("test accuracy ").expect(last);
    assert_eq!(figure.len(), "0.dddd".len(), "{last}");
    figure.parse().expect(last)
}

#[test]
fn help_lists_every_option() {
    for program in PROGRAMS {
        let help = results(program, &["--help"]);
        for option in [
            "--data PATH",
            "--synthetic",
            "--epochs N",
            "--lr RATE",
            "--batch N",
            "--seed N",
            "--threads N",
            "--log [N]",
            "--quiet",
            "[default: ",
        ] {
            assert!(help.contains(option), "'{option}' in:\n{help}");
        }
    }
}

#[test]
fn misuse_and_failure_have_their_exit_codes() {
    for program in PROGRAMS {
        for (args, code, words) in [
            (&["--epochs", "0"][..], 2, &["--epochs", "at least 1"][..]),
            (&["--log", "0"], 2, &["--log", "at least 1"]),
            (&["--lr", "0"], 2, &["--lr", "above 0"]),
            (&["--batch", "0"], 2, &["--batch", "at least 1"]),
            (&["--seed", "one"], 2, &["--seed", "found one"]),
            (&["--epoch", "1"], 2, &["did you mean --epochs"]),
            (&["mnist"], 2, &["mnist"]),
            (
                &["--data", "/nonexistent/mnist"],
                1,
                &["/nonexistent/mnist"],
            ),
        ] {
            let output = run(program, args);
            assert_refused(program, &output, code, words);
            // Before any data is read or drawn, which takes its time.
            assert!(!text(&output.stderr).contains("data: "));
        }
    }
}

#[test]
fn a_training_set_smaller_than_a_batch_is_refused() {
    let folder = Folder::new("nn-small");
    for part in ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"] {
        fs::copy(
            folder.0.join(part.replace("train", "t10k")),
            folder.0.join(part),
        )
        .unwrap();
    }
    let output = run("dense_adam", &["--data", folder.path(), "--quiet"]);
    assert_refused("dense_adam", &output, 2, &["--batch", "batch of 128", "50"]);
}

#[test]
fn a_loss_that_is_not_finite_ends_the_training() {
    let folder = Folder::new("nn-diverged");
    let args = ["--data", folder.path(), "--lr", "1e30", "--quiet"];
    assert_refused(
        "dense_adam",
        &run("dense_adam", &args),
        1,
        &["loss", "epoch 1, batch 2", "learning rate"],
    );
}

#[test]
fn quiet_keeps_the_results() {
    let folder = Folder::new("nn-quiet");
    for program in PROGRAMS {
        let args = ["--data", folder.path(), "--epochs", "10", "--log", "1"];
        let loud = run(program, &args);
        let quiet = run(program, &[&args[..], &["--quiet"]].concat());
        assert!(loud.status.success() && quiet.status.success());
        assert_eq!(text(&quiet.stdout), text(&loud.stdout));
        assert_eq!(text(&quiet.stderr), "");

        let said = text(&loud.stderr);
        let mut expected = vec![folder.path()];
        // With `--log 1`, what tanh_nll has to say of an epoch is a result.
        if program != "tanh_nll" {
            expected.extend(["epoch 10/10: mean loss", ", test accuracy 0."]);
        }
        for words in expected {
            assert!(said.contains(words), "'{words}' in:\n{said}");
        }
        assert!(
            !said.contains(['\r', '\x1b']),
            "a bar where there is no terminal"
        );
    }
}

#[test]
fn the_lines_are_those_of_the_listings() {
    let folder = Folder::new("nn-log");
    let data = ["--data", folder.path(), "--epochs", "3"];
    let logged = |program, every| {
        let stdout = results(program, &[&data[..], &["--log", every]].concat());
        test_accuracy(&stdout);
        let lines: Vec<String> = stdout.lines().map(String::from).collect();
        // The results are the confusion matrix, a head and a line for each of ten classes, and below it the accuracy.
        let matrix = lines.iter().position(|line| line.ends_with("right"));
        let matrix = matrix.expect("a matrix");
        assert_eq!(lines.len(), matrix + 11 + 2, "{stdout}");
        let of_training = lines[..matrix].iter();
        let of_training = of_training.filter(|line| !line.starts_with("predicted "));
        of_training.cloned().collect::<Vec<_>>()
    };

    // 200 images are a batch of 128 and one of 72, in each of three epochs.
    assert_eq!(logged("dense_adam", "1").len(), 6);
    let lines = logged("dense_adam", "2");
    assert_eq!(lines.len(), 3);
    for line in lines {
        let rest = line.strip_prefix("train_loss: ").expect(&line);
        let (loss, accuracy) = rest.split_once(" accuracy: ").expect(&line);
        assert!((1.5..3.0).contains(&loss.parse().expect(&line)), "{line}");
        assert!(
            (0.0..=1.0).contains(&accuracy.parse().expect(&line)),
            "{line}"
        );
        assert!(
            [loss, accuracy].iter().all(|figure| figure.len() <= 4),
            "{line}"
        );
    }

    let lines = logged("digits_squared", "2");
    assert_eq!(lines.len(), 2);
    for (i, line) in [0, 2].into_iter().zip(lines) {
        let start = format!("{i} turn finished, loss of train set = ");
        let loss: f64 = line
            .strip_prefix(&start)
            .expect(&line)
            .parse()
            .expect(&line);
        assert!(loss > 0.0, "{line}");
    }

    let lines = logged("tanh_nll", "2");
    assert_eq!(lines.len(), 4);
    for (epoch, lines) in [1, 3].into_iter().zip(lines.chunks(2)) {
        let train = lines[0].strip_prefix(&format!("Train epoch:{epoch} loss: "));
        let (loss, percent) = train
            .and_then(|rest| rest.strip_suffix('%')?.split_once("  Acc:"))
            .expect(&lines[0]);
        assert!(loss.parse::<f64>().expect(loss) > 0.0, "{lines:?}");
        assert!((0.0..=100.0).contains(&percent.parse().expect(percent)));

        let test = lines[1].strip_prefix(&format!("Test epoch:{epoch} Acc ["));
        let (right, percent) = test
            .and_then(|rest| rest.strip_suffix("%)]")?.split_once("/50 ("))
            .expect(&lines[1]);
        let right: f64 = right.parse().expect(right);
        assert_eq!(format!("{:.2}", 100.0 * right / 50.0), percent);
    }
}

#[test]
fn they_learn_and_every_number_of_threads_prints_the_same() {
    let folder = Folder::new("nn-learn");
    for (program, epochs, at_least) in [
        ("dense_adam", "60", 0.5),
        ("digits_squared", "60", 0.5),
        ("tanh_nll", "20", 0.5),
    ] {
        let args = [
            "--data",
            folder.path(),
            "--epochs",
            epochs,
            "--quiet",
            "--threads",
        ];
        let by_threads =
            ["1", "2"].map(|threads| results(program, &[&args[..], &[threads]].concat()));
        assert_eq!(by_threads[0], by_threads[1]);
        let accuracy = test_accuracy(&by_threads[0]);
        assert!(accuracy >= at_least, "{program}: {accuracy}");
    }
}

#[test]
fn synthetic_digits_are_tried_on_real_ones() {
    let folder = Folder::new("nn-synthetic");
    let args = [
        "--synthetic",
        "--data",
        folder.path(),
        "--epochs",
        "1",
        "--quiet",
    ];
    let stdout = results("digits_squared", &args);
    assert!(stdout.starts_with("real test accuracy 0."), "{stdout}");
    assert!(test_accuracy(&stdout) > 0.8, "{stdout}");
}
