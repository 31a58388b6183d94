//! The program `train` as its users meet it: options, exit codes, what goes to which stream.

use std::fs;
use std::io::Read;
use std::process::{Output, Stdio};

use crate::start::{self, Folder, example, idx, text};
use fromzero::Isa;

fn train(args: &[&str]) -> Output {
    example("train").args(args).output().expect("train starts")
}

#[track_caller]
fn assert_refused(output: &Output, code: i32, words: &[&str]) {
    start::assert_refused("train", output, code, words);
}

#[test]
fn help_lists_every_option_with_its_default() {
    let output = train(&["--help"]);
    assert!(output.status.success());
    let help = text(&output.stdout);
    for words in [
        "--data PATH",
        "--test FILE",
        "--label COLUMN",
        "--classes N",
        "--synthetic",
        "--epochs N",
        "[default: 2]",
        "--lr RATE",
        "[default: 0.03]",
        "--batch N",
        "[default: 64]",
        "--hidden N",
        "[default: 1024]",
        "--init uniform|xavier",
        "--gain FACTOR",
        "--shuffle",
        "--decay none|linear",
        "--seed N",
        "--threads N",
        "--f64",
        "--limit N",
        "--log [N]",
        "--plot FILE.svg",
        "--as-the-book [FILE.svg]",
        "--quiet",
        "FROMZERO_DATA",
        "FROMZERO_ISA",
        "FROMZERO_THREADS",
    ] {
        assert!(help.contains(words), "'{words}' in:\n{help}");
    }
}

#[test]
fn misuse_is_refused_with_a_hint() {
    for (args, words) in [
        (
            &["--epoch", "3"][..],
            &["--epoch", "did you mean --epochs"][..],
        ),
        (&["--batch", "0"], &["--batch", "at least 1", "found 0"]),
        (&["--batch=many"], &["--batch", "found many"]),
        (&["--lr", "abc"], &["--lr", "found abc"]),
        (&["--lr", "nan"], &["--lr", "finite", "nan"]),
        (&["--lr", "-1"], &["--lr", "found -1"]),
        (&["--hidden", "-1"], &["--hidden", "found -1"]),
        (&["--threads", "0"], &["--threads", "at least 1"]),
        (&["--threads", "100000"], &["--threads", "100000"]),
        (&["--seed", "1.5"], &["--seed", "1.5"]),
        (&["--init", "zeros"], &["--init", "uniform or xavier"]),
        (&["--decay"], &["--decay", "none"]),
        (&["--quiet=yes"], &["--quiet"]),
        (&["--seed", "1", "--seed", "2"], &["--seed", "twice"]),
        (&["mnist"], &["mnist"]),
    ] {
        assert_refused(&train(args), 2, words);
    }
}

#[test]
fn settings_that_do_not_suit_the_data_are_refused() {
    let folder = Folder::new("settings");
    let data = ["--data", folder.path()];
    let run = |args: &[&str]| train(&[&data[..], args].concat());
    assert_refused(&run(&["--batch", "201"]), 2, &["--batch", "200", "201"]);
    assert_refused(
        &run(&["--hidden", "1000000000"]),
        2,
        &["--hidden", "1000000000", "memory"],
    );
    assert_refused(
        &run(&["--hidden", "18446744073709551615"]),
        2,
        &["--hidden", "memory"],
    );
    assert_refused(
        &run(&["--plot", "/nonexistent/loss.svg"]),
        1,
        &["/nonexistent/loss.svg"],
    );
    assert_refused(
        &run(&["--lr", "1e300"]),
        2,
        &["--lr", "above 0 and finite in f32", "1e300"],
    );
}

#[test]
fn damaged_data_is_refused_with_the_path() {
    let missing = train(&["--data", "/nonexistent/mnist"]);
    assert_refused(&missing, 1, &["/nonexistent/mnist"]);

    let folder = Folder::new("damaged");
    let run = || train(&["--data", folder.path(), "--limit", "1"]);
    assert!(run().status.success());
    let labels = "train-labels-idx1-ubyte";
    let good = fs::read(folder.0.join(labels)).unwrap();

    folder.write(labels, &idx(&[2049, 199], &good[8..207]));
    assert_refused(&run(), 1, &["199", "200"]);
    let mut wrong = good.clone();
    wrong[8 + 17] = 12;
    folder.write(labels, &wrong);
    assert_refused(&run(), 1, &["go up to 12", "of class 10", "--classes"]);
    folder.write(labels, &good);

    let images = "train-images-idx3-ubyte";
    folder.write(images, &idx(&[2051, u32::MAX, 28, 28], &[0; 100]));
    assert_refused(&run(), 1, &[images, "4294967295"]);
    fs::remove_file(folder.0.join(images)).unwrap();
    assert_refused(&run(), 1, &[folder.path(), images]);
}

#[test]
fn variables_are_read_and_refused() {
    let folder = Folder::new("variables");
    let run = |variable: &str, value: &str| {
        let args = ["--data", folder.path(), "--hidden", "8", "--limit", "2"];
        example("train")
            .args(args)
            .env(variable, value)
            .output()
            .expect("train starts")
    };
    let available: Vec<_> = Isa::available().map(Isa::name).collect();
    assert_refused(
        &run("FROMZERO_ISA", "sse9"),
        2,
        &["FROMZERO_ISA", "sse9", &available.join(", ")],
    );
    assert_refused(&run("FROMZERO_THREADS", "0"), 2, &["FROMZERO_THREADS", "0"]);
    assert_refused(
        &run("FROMZERO_THREADS", "two"),
        2,
        &["FROMZERO_THREADS", "two"],
    );
    let by_threads = ["1", "2", "3"].map(|threads| run("FROMZERO_THREADS", threads).stdout);
    assert!(by_threads.iter().all(|stdout| *stdout == by_threads[0]));

    let mut by_data = example("train");
    by_data
        .args(["--hidden", "8", "--limit", "2"])
        .env("FROMZERO_DATA", folder.path());
    assert_eq!(by_data.output().unwrap().stdout, by_threads[0]);
}

#[test]
fn every_instruction_set_and_number_of_threads_prints_the_same() {
    let folder = Folder::new("isa");
    for real in [&[][..], &["--f64"]] {
        let outputs = Isa::available()
            .flat_map(|isa| [(isa, "1"), (isa, "2")])
            .map(|(isa, threads)| {
                let args = [
                    "--data",
                    folder.path(),
                    "--hidden",
                    "72",
                    "--batch",
                    "48",
                    "--epochs",
                    "1",
                    "--log",
                    "1",
                    "--threads",
                    threads,
                ];
                let mut command = example("train");
                command
                    .args(args)
                    .args(real)
                    .env("FROMZERO_ISA", isa.name());
                let output = command.output().expect("train starts");
                assert!(output.status.success(), "{}", text(&output.stderr));
                text(&output.stdout).to_string()
            });
        let outputs: Vec<_> = outputs.collect();
        assert!(outputs[0].contains("weights 0x"), "{}", outputs[0]);
        assert!(outputs.iter().all(|output| *output == outputs[0]));
    }
}

#[test]
fn results_have_their_form_and_quiet_keeps_them() {
    let folder = Folder::new("results");
    let plot = folder.0.join("loss.svg");
    let args = [
        "--data",
        folder.path(),
        "--hidden",
        "32",
        "--log",
        "2",
        "--plot",
        plot.to_str().unwrap(),
    ];
    let loud = train(&args);
    let quiet = train(&[&args[..], &["--quiet"]].concat());
    assert!(loud.status.success() && quiet.status.success());
    assert_eq!(text(&quiet.stdout), text(&loud.stdout));
    assert_eq!(text(&quiet.stderr), "");

    let lines: Vec<_> = text(&loud.stdout).lines().collect();
    // 200 images are 3 full batches and a short one; lines at batches 0 and 2 of two epochs.
    let logged = [
        "[1/2]--batch[0/3]",
        "[1/2]--batch[2/3]",
        "[2/2]--batch[0/3]",
        "[2/2]--batch[2/3]",
    ];
    for (line, start) in lines.iter().zip(logged) {
        let rest = line
            .strip_prefix(&format!("Epochs{start}--Acc: "))
            .expect(line);
        let (acc, loss) = rest.split_once("--loss: ").expect(line);
        assert!(
            acc.parse::<f64>()
                .is_ok_and(|acc| (0.0..=1.0).contains(&acc)),
            "{line}"
        );
        assert!(loss.parse::<f64>().is_ok_and(|loss| loss > 0.0), "{line}");
    }
    for (line, name) in lines[4..].iter().zip(["train accuracy ", "test accuracy "]) {
        let figure = line.strip_prefix(name).expect(line);
        assert!(figure.len() == 6 && figure.parse::<f64>().is_ok(), "{line}");
    }
    let weights = lines[6].strip_prefix("weights 0x").expect(lines[6]);
    assert!(weights.len() == 16 && u64::from_str_radix(weights, 16).is_ok());
    let last = lines[lines.len() - 1];
    assert!(
        last.starts_with("predicted ") && last.contains(", true "),
        "{last}"
    );

    let said = text(&loud.stderr);
    for words in [
        folder.path(),
        "784-32-32-10",
        "26,506 parameters",
        "2.3026",
        "epoch 2/2",
    ] {
        assert!(said.contains(words), "'{words}' in:\n{said}");
    }
    assert!(
        !said.contains('\r') && !said.contains('\x1b'),
        "a bar where there is no terminal"
    );
    assert!(fs::read_to_string(plot).unwrap().starts_with("<svg "));
}

#[test]
fn log_alone_has_the_interval_of_the_book() {
    let folder = Folder::new("log");
    let args = [
        "--data",
        folder.path(),
        "--hidden",
        "8",
        "--batch",
        "20",
        "--quiet",
        "--log",
    ];
    let output = train(&args);
    let logged: Vec<_> = (text(&output.stdout).lines())
        .filter_map(|line| line.strip_prefix("Epochs[")?.split_once("--Acc"))
        .map(|(place, _)| place)
        .collect();
    let expected = [
        "1/2]--batch[0/10]",
        "1/2]--batch[5/10]",
        "2/2]--batch[0/10]",
        "2/2]--batch[5/10]",
    ];
    assert_eq!(logged, expected);
}

#[test]
fn a_closed_pipe_ends_a_program_quietly() {
    let folder = Folder::new("pipe");
    let args = [
        "--data",
        folder.path(),
        "--hidden",
        "8",
        "--log",
        "1",
        "--quiet",
        "--epochs",
        "50",
    ];
    let mut child = example("train")
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("train starts");
    let mut first = [0];
    child
        .stdout
        .take()
        .unwrap()
        .read_exact(&mut first)
        .expect("a first byte");
    let output = child.wait_with_output().expect("train ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn without_mnist_the_digits_are_synthetic() {
    let folder = Folder::new("synthetic");
    let args = [
        "--synthetic",
        "--data",
        folder.path(),
        "--hidden",
        "8",
        "--limit",
        "1",
    ];
    let output = train(&args);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("synthetic digits"));
    let lines: Vec<_> = text(&output.stdout).lines().collect();
    assert!(lines[2].starts_with("real test accuracy 0."), "{lines:?}");
}
