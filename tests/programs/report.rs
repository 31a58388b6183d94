//! `--report` of every program that trains.

use std::fs;
use std::process::Output;

use crate::start::{Folder, example, text};

fn run(program: &str, folder: &Folder, args: &[&str]) -> Output {
    let mut command = example(program);
    command.args(["--data", folder.path(), "--quiet"]);
    command.args(args).output().expect("it starts")
}

/// Runs the program, which must succeed, with a report and without, and returns the report and what is printed either way.
fn reported(program: &str, folder: &Folder, args: &[&str]) -> (String, String) {
    let path = folder.0.join("report.html");
    let with = [args, &["--report", path.to_str().unwrap()]].concat();
    let [plain, output] = [args, &with].map(|args| run(program, folder, args));
    assert!(
        output.status.success(),
        "{program}: {}",
        text(&output.stderr)
    );
    assert_eq!(text(&plain.stdout), text(&output.stdout), "{program}");
    let page = fs::read_to_string(&path).expect("a report");
    fs::remove_file(&path).unwrap();
    assert!(page.len() <= 1_000_000, "{program}: {} bytes", page.len());
    (page, text(&output.stdout).to_string())
}

#[test]
fn every_program_writes_a_report_and_trains_as_without() {
    let folder = Folder::new("reports");
    for (program, args) in [
        ("train", &["--hidden", "16", "--batch", "10"][..]),
        ("section37_net", &["--hidden", "16", "--batch", "10"]),
        ("dense_adam", &["--epochs", "2", "--batch", "10"]),
        ("digits_squared", &["--epochs", "6", "--batch", "10"]),
        ("tanh_nll", &["--epochs", "1", "--batch", "20"]),
    ] {
        let (page, _) = reported(program, &folder, args);
        let command = [&[""][..], args]
            .concat()
            .join(" ")
            .replace(" --", "\u{1}--");
        let command = command.replace(' ', "=").replace('\u{1}', " ");
        for words in [
            &format!("<title>{program}: ")[..],
            &format!(
                "--example {program} -- --data={}{command}</code>",
                folder.path()
            ),
            "<th scope=\"row\">--seed</th><td>1</td>",
            "200 samples, checksum 0x",
            "Looked at in ",
            "class=\"digit\"",
            "class=\"weights\"",
            "Where the time of a step goes",
            "id=\"confusion\"",
        ] {
            assert!(page.contains(words), "{program}: {words}");
        }
    }
}

#[test]
fn the_checksum_of_the_weights_is_the_one_that_is_printed() {
    let folder = Folder::new("report-weights");
    for program in ["train", "section37_net"] {
        let (page, stdout) = reported(program, &folder, &["--hidden", "8", "--batch", "8"]);
        let weights = stdout
            .lines()
            .find_map(|line| line.strip_prefix("weights "));
        let words = format!("<td>checksum {}</td>", weights.expect("a checksum"));
        assert!(page.contains(&words), "{program}: {words}");
    }
}

#[test]
fn a_regression_has_a_report_without_classes() {
    let folder = Folder::new("report-waves");
    let (page, _) = reported("sin_to_cos", &folder, &["--epochs", "1"]);
    assert!(page.contains("Dead units") && !page.contains("id=\"confusion\""));
}

#[test]
fn a_training_that_fails_still_has_a_report_that_says_why() {
    let folder = Folder::new("report-failed");
    let path = folder.0.join("failed.html");
    let path = path.to_str().unwrap();
    for (program, args) in [
        ("train", &["--hidden", "8", "--lr", "3e38"][..]),
        ("dense_adam", &["--lr", "1e30"]),
    ] {
        let output = run(program, &folder, &[args, &["--report", path]].concat());
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        let page = fs::read_to_string(path).expect("a report");
        fs::remove_file(path).unwrap();
        assert!(page.contains("The learning rate is too high"), "{program}");
        assert!(page.contains("The training ended early: "), "{program}");
    }
}

#[test]
fn a_training_that_goes_on_says_what_is_not_known() {
    let folder = Folder::new("report-resumed");
    let kept = folder.0.join("kept");
    let kept = kept.to_str().unwrap();
    let narrow = ["--hidden", "8", "--batch", "5", "--checkpoint", kept];
    let first = run(
        "train",
        &folder,
        &[&narrow[..], &["--limit", "30"]].concat(),
    );
    assert!(first.status.success(), "{}", text(&first.stderr));
    let path = folder.0.join("resumed.html");
    let on = ["--resume", kept, "--report", path.to_str().unwrap()];
    let second = run("train", &folder, &[&narrow[..], &on].concat());
    assert!(second.status.success(), "{}", text(&second.stderr));
    let page = fs::read_to_string(&path).expect("a report");
    assert!(page.contains("The first 30 steps were taken before"));
    assert!(page.contains("Looked at in 2 of 80 steps"));
}
