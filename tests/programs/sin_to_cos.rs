//! The program `sin_to_cos` as its users meet it.

use std::fs;
use std::process::Output;

use crate::start::{Folder, assert_refused, example, text};

fn run(args: &[&str]) -> Output {
    example("sin_to_cos")
        .args(args)
        .output()
        .expect("it starts")
}

/// The results of a run that must succeed.
#[track_caller]
fn results(args: &[&str]) -> String {
    let output = run(args);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).to_string()
}

/// The figure of the last line.
#[track_caller]
fn test_mse(stdout: &str) -> f64 {
    let last = stdout.lines().last().expect("a line");
    let figure = last.strip_prefix("test mse ").expect(last);
    figure.parse().expect(last)
}

#[test]
fn misuse_and_failure_have_their_exit_codes() {
    for (args, code, words) in [
        (&["--epochs", "0"][..], 2, &["--epochs", "at least 1"][..]),
        (&["--varry"], 2, &["--varry", "did you mean --vary"]),
        (&["--seed", "one"], 2, &["--seed", "found one"]),
        (
            &["--plot", "/nonexistent/waves.svg"],
            1,
            &["/nonexistent/waves.svg"],
        ),
    ] {
        assert_refused("sin_to_cos", &run(args), code, words);
    }
}

/// A network that says 0 everywhere, or the sine, is off by 0.5 or 1.
#[test]
fn it_learns_and_every_number_of_threads_prints_the_same() {
    let args = ["--epochs", "6", "--log", "5", "--quiet", "--threads"];
    let [one, two] = ["1", "2"].map(|threads| results(&[&args[..], &[threads]].concat()));
    assert_eq!(one, two);
    assert!(test_mse(&one) < 1e-3, "{one}");

    let lines: Vec<&str> = one.lines().collect();
    assert_eq!(lines.len(), 3, "{one}");
    let losses = [0, 5].map(|i| {
        let start = format!("{i} turn finished, loss of train set = ");
        let figure = lines[i / 5].strip_prefix(&start).expect(lines[i / 5]);
        figure.parse::<f64>().expect(figure)
    });
    assert!(losses[1] < losses[0], "{losses:?}");
}

#[test]
fn the_waves_may_vary_and_the_prediction_is_drawn() {
    let folder = Folder::new("waves");
    let plot = folder.0.join("waves.svg");
    let args = [
        "--epochs",
        "1",
        "--vary",
        "--quiet",
        "--plot",
        plot.to_str().unwrap(),
    ];
    assert!(test_mse(&results(&args)) != test_mse(&results(&args[..2])));
    let svg = fs::read_to_string(plot).expect("the plot");
    for words in ["<svg ", "cos predicted from sin", "predicted"] {
        assert!(svg.contains(words), "'{words}' in:\n{svg}");
    }
}
