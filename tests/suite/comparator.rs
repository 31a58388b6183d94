//! Tests of the tests: a comparator that cannot fail proves nothing, so every mistake that it is there for is made here.

use std::panic::catch_unwind;

use crate::common::*;
use fromzero::Matrix;

/// Numbers of mixed sign and size, none of them zero.
fn reference() -> Matrix<f64> {
    Matrix::from_rows(&[
        [0.5, -2.0, 0.125, 4.0],
        [-1.0, 3.0, -0.25, 0.75],
        [1.5, -0.5, 2.5, -3.5],
    ])
}

/// The reference with another value at (i, j).
fn with(i: usize, j: usize, value: f64) -> Matrix<f64> {
    let mut matrix = reference();
    matrix[(i, j)] = value;
    matrix
}

/// What a failing assertion says.
#[track_caller]
fn complaint(assertion: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let panic = catch_unwind(assertion).expect_err("the mistake was not noticed");
    *panic.downcast::<String>().expect("a message with values")
}

/// What the comparison of `actual` with the reference says, by all of its forms: each of them must fail.
#[track_caller]
fn rejected(actual: &Matrix<f64>) -> String {
    let _ = complaint(|| assert_same_bits("x", actual, &reference()));
    let _ = complaint(|| assert_entries_close("x", actual, &reference(), 1e-9, 1e-4));
    let _ = complaint(|| assert_close("x", &reference(), actual, 1e-9));
    complaint(|| assert_close("x", actual, &reference(), 1e-9))
}

#[test]
fn equal_tables_pass() {
    assert_close("x", &reference(), &reference(), 1e-15);
    assert_entries_close("x", &reference(), &reference(), 1e-15, 1e-6);
    assert_same_bits("x", &reference(), &reference());
    assert_close("x", &vec![1.0_f32, 2.0], &[1.0_f64, 2.0], 1e-15);
    assert_close("x", &[0.5][..], &Matrix::from_rows(&[[0.5]]), 1e-15);
}

#[test]
fn the_tolerance_is_a_boundary() {
    let off_by = |error: f64| with(1, 2, -0.25 + error);
    // The largest entry is 4, the changed one 0.25.
    assert_close("x", &off_by(3.9e-9), &reference(), 1e-9);
    let _ = complaint(|| assert_close("x", &off_by(4.1e-9), &reference(), 1e-9));
    assert_entries_close("x", &off_by(2.4e-10), &reference(), 1e-9, 1e-2);
    let _ = complaint(|| assert_entries_close("x", &off_by(2.6e-10), &reference(), 1e-9, 1e-2));
    assert_entries_close("x", &off_by(3.9e-10), &reference(), 1e-9, 1e-1);
}

#[test]
fn one_wrong_entry_is_named() {
    let message = rejected(&with(1, 2, -0.26));
    assert_eq!(
        message,
        "x, 3×4: 1 of 12 entries are off by more than 1e-9; the worst is (1, 2): \
         -2.6e-1, expected -2.5e-1, relative error 2.50e-3"
    );
}

#[test]
fn every_single_entry_counts() {
    for (i, j) in [(0, 0), (0, 3), (1, 1), (2, 0), (2, 3)] {
        let message = rejected(&with(i, j, reference()[(i, j)] + 1e-6));
        assert!(message.contains(&format!("({i}, {j})")), "{message}");
    }
}

#[test]
fn the_worst_entry_is_reported_among_several() {
    let mut matrix = with(0, 1, -2.1);
    matrix[(2, 1)] = 0.5;
    let message = rejected(&matrix);
    assert!(
        message.contains("2 of 12 entries") && message.contains("(2, 1): 5e-1, expected -5e-1"),
        "{message}"
    );
}

#[test]
fn nan_is_rejected_on_either_side() {
    let message = rejected(&with(2, 2, f64::NAN));
    assert!(message.contains("(2, 2): NaN, expected 2.5e0"), "{message}");
    let nan = Matrix::from_fn(3, 4, |_, _| f64::NAN);
    let _ = rejected(&nan);
    let _ = complaint(|| assert_close("x", &nan, &nan, 1e-9));
    let _ = complaint(|| assert_close("x", &[f32::NAN], &[f32::NAN], 1e-9));
}

#[test]
fn infinity_is_rejected_and_hides_nothing() {
    let infinite = with(0, 0, f64::INFINITY);
    let _ = rejected(&infinite);
    let _ = complaint(|| assert_close("x", &infinite, &infinite, 1e-9));
}

#[test]
fn zeros_are_rejected() {
    let zeros = Matrix::zeros(3, 4);
    let _ = rejected(&zeros);
    let message = complaint(|| assert_close("x", &zeros, &zeros, 1e-9));
    assert_eq!(message, "x: the expected 3×4 entries are all zero, or none");
    let empty = Matrix::<f64>::zeros(0, 4);
    let _ = complaint(|| assert_close("x", &empty, &empty, 1e-9));
    assert_same_bits("x", &zeros, &zeros);
    assert_same_bits("x", &empty, &empty);
}

#[test]
fn signs_are_seen() {
    let mut negated = reference();
    negated.map(|x| -x);
    assert!(rejected(&negated).contains("12 of 12 entries"));
    let _ = rejected(&with(0, 2, -0.125));
}

#[test]
fn shapes_are_seen() {
    let message = rejected(&reference().t().to_matrix());
    assert_eq!(message, "x: the shape is 4×3, expected 3×4");
    let _ = rejected(&Matrix::from_fn(2, 4, |i, j| reference()[(i, j)]));
    let _ = rejected(&Matrix::zeros(0, 0));
    let _ = complaint(|| assert_close("x", &[1.0, 2.0], &[1.0], 1e-9));
}

#[test]
fn a_tolerance_that_accepts_everything_is_refused() {
    for tolerance in [1.0, f64::INFINITY, f64::NAN, 0.0, -1e-9] {
        let _ = complaint(|| assert_close("x", &reference(), &reference(), tolerance));
    }
    for floor in [1e9, f64::NAN, 0.0] {
        let _ = complaint(|| assert_entries_close("x", &reference(), &reference(), 1e-9, floor));
    }
}

#[test]
fn bits_are_compared_exactly() {
    let next = f64::from_bits(0.5_f64.to_bits() + 1);
    let message = complaint(|| assert_same_bits("x", &with(0, 0, next), &reference()));
    assert!(message.contains("1 of 12 entries"), "{message}");
    assert!(
        message.contains("(0, 0): 0.5000000000000001 = 0x3fe0000000000001"),
        "{message}"
    );
    let _ = complaint(|| assert_same_bits("x", &[0.0_f32], &[-0.0]));
    let _ = complaint(|| assert_same_bits("x", &[f32::NAN], &[0.0]));
    let _ = complaint(|| assert_same_bits("x", &[0.0], &[f32::NAN]));
    assert_same_bits("x", &[f32::NAN], &[f32::from_bits(0xffc0_0001)]);
    assert_same_bits("x", &[f64::INFINITY, -0.0], &[f64::INFINITY, -0.0]);
}

#[test]
fn splitmix64_draws_its_reference_numbers() {
    let mut rng = SplitMix64::new(1_234_567);
    let drawn: Vec<u64> = (0..5).map(|_| rng.next_u64()).collect();
    assert_eq!(
        drawn,
        [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ]
    );
}

#[test]
fn matrices_are_random_within_their_range() {
    let mut rng = SplitMix64::new(1);
    let random: Matrix<f64> = random_matrix(&mut rng, 30, 40);
    assert!(random.iter().all(|x| (-1.0..1.0).contains(&x)));
    assert!(random.iter().any(|x| x < -0.99) && random.iter().any(|x| x > 0.99));
    let whole: Matrix<f32> = integer_matrix(&mut rng, 30, 40, 3);
    for n in -3..=3 {
        assert!(whole.iter().any(|x| x == n as f32), "{n} was never drawn");
    }
    assert!(whole.iter().all(|x| x.abs() <= 3.0 && x.floor() == x));
}

#[test]
fn fnv1a_gives_its_published_hashes() {
    assert_eq!(fnv1a([]), 0xcbf2_9ce4_8422_2325);
    assert_eq!(fnv1a(*b"a"), 0xaf63_dc4c_8601_ec8c);
    assert_eq!(fnv1a(*b"foobar"), 0x8594_4171_f739_67e8);
}

#[test]
fn a_fixture_is_read_to_the_last_digit() {
    let fixture = Fixture::parse("# a comment\nw 2 3\n1 -2.5 3\n0.1 1e-300 -0.0\nb 1 1\n7\n");
    let w = Matrix::from_rows(&[[1.0, -2.5, 3.0], [0.1, 1e-300, -0.0]]);
    assert_same_bits("w", fixture.get("w"), &w);
    assert_same_bits("b", fixture.get("b"), &[7.0]);
    let _ = complaint(|| drop(fixture.get("nothing").clone()));
    for broken in [
        "w 2 3\n1 2 3\n",
        "w 1 2\n1 x\n",
        "w 1\n",
        "w 1 1\n1\nw 1 1\n1\n",
    ] {
        assert!(
            catch_unwind(|| Fixture::parse(broken)).is_err(),
            "{broken:?}"
        );
    }
}
