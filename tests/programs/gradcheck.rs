//! The gradient check as a program: its reports, its exit codes, and the mistakes that it plants.

use std::process::Output;

use crate::patients::{self, Kind};
use crate::start::{assert_refused, example, text};
use fromzero::gradcheck::{Comparison, Tally};

const TOLERANCE: f64 = 1e-8;

fn gradcheck(args: &[&str]) -> Output {
    example("gradcheck").args(args).output().expect("it starts")
}

#[test]
fn everything_is_right_as_it_is() {
    for seed in ["1", "2", "3"] {
        let output = gradcheck(&["--seed", seed]);
        let report = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{report}");
        assert_eq!(text(&output.stderr), "");
        let last = report.lines().last().expect("a last line");
        assert!(last.starts_with("1001 of 1001 right, "), "{last}");
        for name in [
            "BatchNorm, evaluating",
            "Rnn, 4 steps",
            "Nll",
            "recurrent, mse",
        ] {
            assert!(report.contains(name), "{name} in: {report}");
        }
    }
}

/// The names of the parameters with wrong entries.
fn wrong(comparison: &Comparison) -> Vec<String> {
    let tallies = Tally::of(comparison, TOLERANCE);
    let wrong = tallies.into_iter().filter(|tally| tally.wrong > 0);
    wrong.map(|tally| tally.name).collect()
}

/// What is written out anew to have mistakes planted in it is right without them.
#[test]
fn the_patients_are_healthy_without_a_mistake() {
    let section37 = patients::section37(None).unwrap().comparison;
    for comparison in [section37, patients::recurrent(None).comparison] {
        let report = comparison.report();
        assert!(report.passes(TOLERANCE) && report.below == 0, "{report}");
    }
}

/// Each mistake spoils just those parameters that its explanation says.
#[test]
fn each_mistake_is_found_where_it_is() {
    let all = ["w1", "b1", "w2", "b2", "w3", "b3"];
    let before_the_output = &all[..4];
    let with_inputs = ["x", "w1", "b1", "w2", "b2"];
    for (kind, expected) in [
        (Kind::ForgottenMean, &all[..]),
        (Kind::UpdatedWeights, before_the_output),
        (Kind::DerivativeOfTheValue, before_the_output),
        (Kind::TransposedGradient, &["w2"]),
        (Kind::BiasOfOneSample, &["b1", "b2", "b3"]),
        (Kind::SoftmaxOverTheBatch, &all),
        (Kind::ReluAtItsKink, &with_inputs[..3]),
        (Kind::AccumulatedGradients, &all),
        (Kind::StateOfTheSameStep, &["w_h"]),
        (Kind::RawScores, &all),
        (Kind::TimesTheLoss, &with_inputs),
        (Kind::DiagonalOfTheJacobian, &with_inputs),
    ] {
        let found = patients::check(kind).unwrap().comparison;
        assert_eq!(wrong(&found), expected, "{kind:?}");
    }
}

/// A mistake fails, and says neither what nor where it is; its explanation shows the line, and succeeds.
#[test]
fn every_mistake_has_a_report_and_an_explanation() {
    let list = gradcheck(&["--list"]);
    let list = text(&list.stdout).lines().collect::<Vec<_>>();
    assert_eq!(list.len(), 12);
    for (i, line) in list.iter().enumerate() {
        let number = (i + 1).to_string();
        assert_eq!(line.split_whitespace().next(), Some(&number[..]));
        let output = gradcheck(&["--mistake", &number]);
        assert_eq!(output.status.code(), Some(1), "mistake {number}");
        let complaint = text(&output.stderr);
        assert!(complaint.starts_with("gradcheck: ") && complaint.contains("are wrong"));
        assert!(text(&output.stdout).ends_with(&format!("The answer: --explain {number}\n")));

        let output = gradcheck(&["--explain", &number]);
        assert_eq!(output.status.code(), Some(0), "mistake {number}");
        let explanation = text(&output.stdout);
        for part in ["\nsrc/", "\n  before  ", "\n  after   ", "\nHow the report"] {
            assert!(explanation.contains(part), "{part} in: {explanation}");
        }
    }
}

#[test]
fn misuse_ends_with_2() {
    for (args, words) in [
        (
            &["--mistake", "13"][..],
            &["--mistake", "1 to 12", "found 13"][..],
        ),
        (&["--explain", "0"], &["--explain", "found 0"]),
        (
            &["--full", "--list"],
            &["one of --full", "found --full and --list"],
        ),
        (&["--spoil", "w2[3,7]"], &["--spoil", "--full"]),
        (&["--full", "--spoil", "w2[3]"], &["--spoil", "found w2[3]"]),
        (
            &["--full", "--spoil", "b3[10]"],
            &["--spoil", "found b3[10]"],
        ),
        (&["--sppoil", "w2"], &["did you mean --spoil"]),
    ] {
        assert_refused("gradcheck", &gradcheck(args), 2, words);
    }
}

/// The page shows what the program prints, line by line, but for lines left out where it says `…`, and lines that are folded
/// before their `analytic`.
#[test]
fn the_page_find_the_mistake_shows_the_programs_own_reports() {
    let page = include_str!("../../src/gradcheck/find_the_mistake.rs");
    let lines = page.lines().map(|line| {
        let text = line.strip_prefix("//!").expect("a line of the page");
        text.strip_prefix(' ').unwrap_or(text)
    });
    let text_of_page = lines.collect::<Vec<_>>().join("\n");
    let unfolded = text_of_page.replace(":\n    analytic ", ": analytic ");
    let lines: Vec<&str> = unfolded.lines().collect();
    let blocks = lines
        .split(|line| line.starts_with("```"))
        .skip(1)
        .step_by(2);
    let mut shown = 0;
    for block in blocks {
        let args = block[0].strip_prefix("$ cargo run --release --example gradcheck -- ");
        let args: Vec<&str> = args.expect("a command").split(' ').collect();
        let output = gradcheck(&args);
        let mut printed = text(&output.stdout).lines();
        let mut may_skip = false;
        for line in &block[1..] {
            if *line == "…" {
                may_skip = true;
                continue;
            }
            let found = if may_skip {
                printed.find(|printed| printed == line)
            } else {
                printed.next()
            };
            assert_eq!(found, Some(*line), "{args:?}");
            may_skip = false;
        }
        assert_eq!(printed.next(), None, "{args:?}");
        shown += 1;
    }
    assert_eq!(shown, 3);
}
