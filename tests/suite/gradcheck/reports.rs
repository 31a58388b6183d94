//! What is said of a comparison: its text, its ratios, and the tally of each parameter.

use fromzero::gradcheck::{Comparison, Tally, check, compare};
use fromzero::section37::{Gradients, Sizes};

/// Where no entry is wrong, the report is of the one whose error may be the largest, and says how large that may be.
#[test]
fn what_is_right_may_be_wrong_by_so_much() {
    for small in [0, 1] {
        let slopes = [[1e-3, 1.0], [1.0, 1e-3]][small];
        let loss = |t: &[f64]| 0.3 + slopes[0] * t[0] + slopes[1] * t[1];
        let report = check(&[("w", 2)], &[0.4, 0.7], &slopes, loss);
        let worst = &report.worst;
        assert_eq!((worst.error, worst.index), (0.0, small), "{report}");
        let off = (worst.analytic - worst.numeric).abs() + worst.uncertainty;
        let may_be = off / worst.analytic.abs().max(worst.numeric.abs());
        assert!(1e-10 < may_be && may_be < 1e-7, "{may_be}");
        let says = format!("relative error at most {may_be:.1e}");
        assert!(report.to_string().ends_with(&says), "{report}");
    }
}

/// Of three entries: one moves the loss, one does not, and one by less than its last place.
fn three(analytic: [f64; 3]) -> Comparison {
    let loss = |t: &[f64]| 0.3 + t[0] + 1e-15 * t[2];
    compare(&[("w", (1, 3))], &[0.1, 0.2, 0.3], &analytic, loss)
}

/// Where the loss does not move at all and the gradient is 0, they agree.
#[test]
fn what_differences_cannot_tell_is_marked_and_counted_apart() {
    let comparison = three([1.0, 0.0, 1e-15]);
    let (right, unseen) = ("        ·", "        ?");
    let line = format!("{right}{right}{unseen}");
    assert_eq!(comparison.ratios("w", 1e-9), [line]);
    let tallies = Tally::of(&comparison, 1e-9);
    let [tally] = &tallies[..] else {
        panic!("{tallies:?}")
    };
    let counts = (tally.right, tally.wrong, tally.unseen, tally.count());
    assert_eq!(counts, (2, 0, 1, 3));
    let text = tally.to_string();
    let says = "w [3]           2 of 3 right, 1 beyond what differences can tell, median ";
    assert!(text.starts_with(says), "{text}");

    let comparison = three([3.0, 0.0, 1e-15]);
    let line = format!("    3.000{right}{unseen}");
    assert_eq!(comparison.ratios("w", 1e-9), [line]);
    let tally = &Tally::of(&comparison, 1e-9)[0];
    assert_eq!((tally.right, tally.wrong, tally.unseen), (1, 1, 1));
    let text = tally.to_string();
    assert!(text.contains(" at w[0]: analytic 3.000000e0, "), "{text}");
}

/// From a thousand on, the digits would not tell more than the power of ten.
#[test]
fn large_ratios_are_powers_of_ten() {
    // At 0 the differences of J(θ) = θ are exact.
    let ratio_of = |analytic| {
        let comparison = compare(&[("w", (1, 1))], &[0.0], &[analytic], |t| t[0]);
        comparison.ratios("w", 1e-9)
    };
    assert_eq!(ratio_of(999.0), ["  999.000"]);
    assert_eq!(ratio_of(1000.0), ["      1e3"]);
    assert_eq!(ratio_of(-1000.0), ["     -1e3"]);
}

/// The tallies of w¹ and b¹, for numeric derivatives of 1 but for one, and analytic ones that are spoiled.
fn tallies(hidden: usize, spoil: impl Fn(&mut Gradients<f64>)) -> [Tally; 2] {
    let sizes = Sizes {
        inputs: 2,
        hidden,
        classes: 1,
    };
    let mut numeric = Gradients::<f64>::zeros(sizes).unwrap();
    numeric.assign(&vec![1.0; numeric.count()]);
    numeric.b1[0] = 0.0;
    let mut analytic = numeric.clone();
    spoil(&mut analytic);
    let tallies = Tally::of_gradients(&analytic, &numeric);
    [tallies[0].clone(), tallies[1].clone()]
}

/// The histogram goes from the smallest error to the largest, and that of an entry which should be 0 is 1.
#[test]
fn a_histogram_has_the_lines_between_its_ends() {
    let [_, b1] = tallies(2, |g| g.b1 = vec![0.5, 1.0 + 3e-3]);
    let text = format!("{b1:#}");
    let mut lines = text.lines();
    assert!(
        lines
            .next()
            .is_some_and(|line| line.contains("0 of 2 right"))
    );
    let full = "█".repeat(40);
    let expected = [
        format!("     below 1e-2 {full} 1"),
        "     below 1e-1  0".to_string(),
        "      below 1e0  0".to_string(),
        format!("      1 or more {full} 1"),
    ];
    assert!(lines.eq(expected.iter().map(String::as_str)), "{text}");
}

/// One among many still has a bar.
#[test]
fn a_single_entry_is_seen_beside_a_thousand() {
    let [w1, _] = tallies(500, |g| g.w1[(1, 7)] = 2.0);
    let text = format!("{w1:#}");
    assert!(text.ends_with("\n      below 1e0 ▏ 1"), "{text}");
    assert_eq!(w1.worst.map(|worst| worst.error), Some(0.5));
}
