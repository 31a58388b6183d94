//! The measurement of the elementary functions as a program, on a sample of the arguments.

use std::process::Output;

use crate::start::{assert_refused, example, text};

fn ulp(args: &[&str]) -> Output {
    let sample = ["--step", "100003", "--samples", "4000", "--quiet"];
    let mut command = example("ulp");
    command.args(sample).args(args).output().expect("it starts")
}

#[test]
fn every_function_has_its_lines() {
    let output = ulp(&[]);
    let table = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{table}");
    assert_eq!(text(&output.stderr), "");
    for name in ["exp", "ln", "sigmoid", "tanh", "sin", "cos"] {
        for line in [
            format!("f32 {name}: 0 of 42949 wrong "),
            format!("f64 {name}: "),
        ] {
            assert!(
                table.lines().any(|shown| shown.starts_with(&line)),
                "{line} in {table}"
            );
        }
    }
    assert_eq!(table.lines().count(), 1 + 2 * 6, "{table}");
}

#[test]
fn one_function_alone_and_what_is_nearest_to_half_way() {
    let output = ulp(&["--only", "ln", "--nearest"]);
    let table = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{table}");
    assert!(!table.contains("exp"), "{table}");
    assert!(
        table.lines().any(|line| line.starts_with("  ln ")),
        "{table}"
    );
}

#[test]
fn a_wrong_rounding_ends_with_1_and_is_named() {
    // About 0.73; the bits are a multiple of the step.
    let bits = 10_608 * 100_003_u32;
    let x = format!("{:e}", f32::from_bits(bits));
    let output = ulp(&["--only", "sigmoid", "--spoil", &x]);
    assert_eq!(output.status.code(), Some(1));
    let table = text(&output.stdout);
    assert!(
        table.contains("\nf32 sigmoid: 1 of 42949 wrong "),
        "{table}"
    );
    let error = text(&output.stderr);
    assert!(error.contains(&format!("bits {bits:08x}")), "{error}");
}

#[test]
fn misuse_is_refused() {
    for args in [["--only", "sinh"], ["--step", "0"], ["--spoil", "one"]] {
        assert_refused("ulp", &ulp(&args), 2, &[args[0]]);
    }
}
