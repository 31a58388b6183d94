//! Initialisers: bounds, moments, and that both types start from the same numbers.

use fromzero::rng::Rng;
use fromzero::{Matrix, Real, init};

type Fill<T> = fn(&mut Matrix<T>, f64, &mut Rng);

fn filled<T: Real>(
    rows: usize,
    cols: usize,
    fill: Fill<T>,
    parameter: f64,
    seed: u64,
) -> Matrix<T> {
    // NaN shows every entry that is left out.
    let mut matrix = Matrix::from_fn(rows, cols, |_, _| T::NAN);
    fill(&mut matrix, parameter, &mut Rng::new(seed));
    matrix
}

fn mean_and_deviation(matrix: &Matrix<f64>) -> (f64, f64) {
    let n = matrix.iter().count() as f64;
    let mean = matrix.iter().sum::<f64>() / n;
    let variance = matrix.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
    (mean, variance.sqrt())
}

/// The standard deviation of U(−a, a) is a/√3.
fn assert_uniform(matrix: &Matrix<f64>, bound: f64) {
    assert!(matrix.iter().all(|x| x.abs() <= bound));
    let largest = matrix
        .iter()
        .fold(0.0, |m: f64, x| if x.abs() > m { x.abs() } else { m });
    assert!(largest >= 0.999 * bound, "{largest} of {bound}");
    let (mean, deviation) = mean_and_deviation(matrix);
    assert!(mean.abs() <= 0.01 * bound, "mean {mean}");
    assert!(
        (deviation * 3.0_f64.sqrt() / bound - 1.0).abs() <= 0.01,
        "deviation {deviation}"
    );
}

#[test]
fn uniform_fills_its_interval() {
    assert_uniform(&filled(300, 200, init::uniform, 0.3, 1), 0.3);
}

#[test]
fn xavier_has_the_bound_of_glorot_and_bengio() {
    // √(6 / (100 + 500)) = 0.1
    assert_uniform(&filled(100, 500, init::xavier_uniform, 1.0, 2), 0.1);
    assert_uniform(&filled(500, 100, init::xavier_uniform, 4.0, 3), 0.4);
}

#[test]
fn normal_has_its_standard_deviation() {
    let (mean, deviation) = mean_and_deviation(&filled(300, 200, init::normal, 0.05, 4));
    assert!(mean.abs() <= 0.001, "mean {mean}");
    assert!(
        (deviation / 0.05 - 1.0).abs() <= 0.02,
        "deviation {deviation}"
    );
}

#[test]
fn zeros_clears_what_was_there() {
    let mut matrix = Matrix::from_fn(3, 5, |_, _| f32::NAN);
    init::zeros(&mut matrix);
    assert!(matrix.iter().all(|x| x.to_bits() == 0));
}

#[test]
fn entries_are_drawn_in_row_order_one_number_each() {
    let matrix = filled::<f64>(3, 17, init::uniform, 1.0, 5);
    let mut rng = Rng::new(5);
    assert!(matrix.iter().all(|x| x == rng.range(-1.0, 1.0)));

    let mut rng = Rng::new(5);
    init::xavier_uniform(&mut Matrix::<f32>::zeros(3, 17), 1.0, &mut rng);
    let mut same = Rng::new(5);
    for _ in 0..3 * 17 {
        same.next_u64();
    }
    assert_eq!(rng.next_u64(), same.next_u64());
}

#[test]
fn both_types_start_from_the_same_numbers() {
    let fills: [(Fill<f32>, Fill<f64>); 3] = [
        (init::uniform, init::uniform),
        (init::xavier_uniform, init::xavier_uniform),
        (init::normal, init::normal),
    ];
    for (single, double) in fills {
        let single = filled(20, 30, single, 0.7, 6);
        let double = filled(20, 30, double, 0.7, 6);
        assert!(single.iter().zip(double.iter()).all(|(x, y)| x == y as f32));
    }
}

#[test]
fn empty_matrices_draw_nothing() {
    for (rows, cols) in [(0, 0), (0, 4), (4, 0)] {
        let mut rng = Rng::new(7);
        init::xavier_uniform(&mut Matrix::<f32>::zeros(rows, cols), 1.0, &mut rng);
        assert_eq!(rng.next_u64(), Rng::new(7).next_u64());
    }
}
