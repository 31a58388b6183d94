//! What README says of the library. Each line of its table "From NumPy" stands below, the Rust under the NumPy, and computes
//! what it should; and whatever file README or the front door names is there.

use std::mem::swap;
use std::path::Path;

use fromzero::data::one_hot;
use fromzero::elementary::{exp, ln, sigmoid};
use fromzero::metrics::{accuracy, predictions};
use fromzero::ops::{column_sums, cross_entropy, softmax};
use fromzero::prelude::*;

const README: &str = include_str!("../../README.md");
const FRONT_DOOR: &str = include_str!("../../src/lib.rs");
const DATA: &str = include_str!("../../data/README.md");

type Checked = Result<(), Error>;

/// The plain sum of the product, without any care for rounding: entries here are small integers or halves.
fn product(a: &Matrix<f64>, b: &Matrix<f64>) -> Matrix<f64> {
    let entry = |i, j| (0..a.cols()).map(|k| a[(i, k)] * b[(k, j)]).sum();
    Matrix::from_fn(a.rows(), b.cols(), entry)
}

#[test]
fn matrices_as_in_numpy() -> Checked {
    // x = np.array([[1., 2.], [3., 4.]])
    let x = Matrix::from_rows(&[[1., 2.], [3., 4.]]);
    // x = flat.reshape(-1, 2)
    let flat = [1., 2., 3., 4.];
    assert_eq!(Matrix::from_slice(flat.len() / 2, 2, &flat), x);
    // z = np.zeros((m, n))
    let (m, n) = (2, 3);
    let z: Matrix<f64> = Matrix::zeros(m, n);
    // x.shape
    assert_eq!(x.shape(), (2, 2));
    // len(z)
    assert_eq!(z.rows(), 2);
    // x[i, j]
    let (i, j) = (1, 0);
    assert_eq!(x[(i, j)], 3.);
    // x[s:e]
    let (s, e) = (1, 2);
    let rows = x.view().block(s..e, 0..x.cols());
    assert_eq!(rows.to_matrix(), Matrix::from_rows(&[[3., 4.]]));
    // x.T
    assert_eq!(x.t().to_matrix(), Matrix::from_rows(&[[1., 3.], [2., 4.]]));
    // np.sum(x)
    assert_eq!(x.iter().sum::<f64>(), 10.);
    // w = np.random.uniform(-0.3, 0.3, (784, 10))
    let (mut w, mut rng) = (Matrix::<f32>::zeros(784, 10), Rng::new(1));
    Init::Uniform(0.3).fill(&mut w, &mut rng);
    assert!(w.iter().all(|x| x != 0. && x.abs() < 0.3));
    Ok(())
}

#[test]
fn a_forward_pass_as_in_numpy() -> Checked {
    let x = Matrix::from_rows(&[[1., 2.], [3., 4.]]);
    let w = Matrix::from_rows(&[[1., 0., -1.], [0.5, 1., 2.]]);
    let b = [1., 2., 3.];
    let (mut z, mut a) = (Matrix::zeros(2, 3), Matrix::zeros(2, 3));
    // z = np.matmul(x, w)
    matmul(&x, &w).into(&mut z);
    assert_eq!(z, product(&x, &w));
    // z = np.matmul(x, w) + b
    matmul(&x, &w).add_bias(&b).into(&mut z);
    let xw = product(&x, &w);
    assert_eq!(z, Matrix::from_fn(2, 3, |i, j| xw[(i, j)] + b[j]));
    // a = sigmoid(np.matmul(x, w) + b)
    matmul(&x, &w).add_bias(&b).sigmoid().into(&mut a);
    assert_eq!(a, Matrix::from_fn(2, 3, |i, j| sigmoid(z[(i, j)])));
    // a = np.exp(a)
    a.copy_from(&z);
    a.map(exp);
    assert_eq!(a[(1, 2)], exp(z[(1, 2)]));
    // a = np.log(a)
    a.map(ln);
    assert!((a[(1, 2)] - z[(1, 2)]).abs() < 1e-14);
    // a = softmax(z)
    softmax(&z, &mut a);
    let sum: f64 = z.row(0).iter().map(|&z| exp(z)).sum();
    assert!((a[(0, 1)] - exp(z[(0, 1)]) / sum).abs() < 1e-15);
    // y = np.eye(3)[labels]
    let (labels, mut y) = ([2, 0], Matrix::zeros(2, 3));
    one_hot(&labels, 3, &mut y);
    assert_eq!(y, Matrix::from_rows(&[[0., 0., 1.], [1., 0., 0.]]));
    // loss = -np.sum(y * np.log(softmax(z))) / len(y)
    let loss = cross_entropy(&z, &y);
    assert!((loss + (ln(a[(0, 2)]) + ln(a[(1, 0)])) / 2.).abs() < 1e-14);
    // np.argmax(a, axis=1)
    assert_eq!(predictions(&a)?, [2, 2]);
    // accuracy(labels, a)
    assert_eq!(accuracy(&a, &labels)?, 0.5);
    Ok(())
}

#[test]
fn a_backward_pass_as_in_numpy() -> Checked {
    let a2 = Matrix::from_rows(&[[0.5, 0.25], [1., 0.5]]);
    let a3 = Matrix::from_rows(&[[1., 2., 4.], [8., 0., -1.]]);
    let mut y = Matrix::from_rows(&[[0., 2., 0.], [1., 0., 0.]]);
    let mut w = Matrix::from_rows(&[[1., 0., -1.], [0.5, 1., 2.]]);
    let (lr, m) = (0.5, 2.);
    let mut delta = Matrix::zeros(2, 3);
    // delta = a3 - y
    delta.copy_from(&a3);
    delta.zip(&y, |a, y| a - y);
    assert_eq!(delta, Matrix::from_rows(&[[1., 0., 4.], [7., 0., -1.]]));
    // y = y * a3
    y.zip(&a3, |y, a| y * a);
    assert_eq!(y, Matrix::from_rows(&[[0., 4., 0.], [8., 0., 0.]]));
    // d = np.matmul(delta, w.T) * (a2 * (1 - a2))
    let mut d = Matrix::zeros(2, 2);
    matmul(&delta, w.t()).times_sigmoid_prime(&a2).into(&mut d);
    let back = product(&delta, &w.t().to_matrix());
    let prime = |i, j| back[(i, j)] * (a2[(i, j)] * (1. - a2[(i, j)]));
    assert_eq!(d, Matrix::from_fn(2, 2, prime));
    // g = 1 / m * np.matmul(a2.T, delta)
    let mut g = Matrix::zeros(2, 3);
    matmul(a2.t(), &delta).scale(1. / m).into(&mut g);
    let sums = product(&a2.t().to_matrix(), &delta);
    assert_eq!(g, Matrix::from_fn(2, 3, |i, j| sums[(i, j)] / 2.));
    // gb = 1 / m * np.sum(delta, axis=0)
    let mut gb = [0.; 3];
    column_sums(&delta, |j, sum| gb[j] = 1. / m * sum);
    assert_eq!(gb, [4., 0., 1.5]);
    // w = w - lr * g
    let (old, mut at_once) = (w.clone(), w.clone());
    w.descend(lr, &g);
    assert_eq!(
        w,
        Matrix::from_fn(2, 3, |i, j| old[(i, j)] - 0.5 * g[(i, j)])
    );
    // w = w - lr * (1 / m * np.matmul(a2.T, delta))
    swap(&mut w, &mut at_once);
    matmul(a2.t(), &delta)
        .scale(1. / m)
        .descend(lr)
        .into(&mut w);
    assert_eq!(w, at_once);
    Ok(())
}

#[test]
fn batches_as_in_the_book() -> Checked {
    let data = Dataset::new(vec![0, 51, 255], vec![2, 0, 1], (1, 1), 3)?;
    let mut seen = Vec::new();
    // for x, y in gen_batch(x, y, 2):
    let mut batches = Batches::<f64>::new(&data, 2)?;
    while let Some(batch) = batches.next_batch() {
        seen.extend(batch.x.iter().zip(batch.labels.iter().copied()));
    }
    assert_eq!(seen, [(0., 2), (0.2, 0), (1., 1)]);
    Ok(())
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The two sides of a line of a table, each of them code.
fn sides(line: &str) -> Option<(String, String)> {
    // A bar within code is written `\|` in a table.
    let line = line.replace("\\|", "\0");
    let cells: Vec<_> = line
        .split('|')
        .map(|cell| cell.trim().replace('\0', "|"))
        .collect();
    let [_, left, right, _] = &cells[..] else {
        return None;
    };
    let code = |cell: &str| Some(cell.strip_prefix('`')?.strip_suffix('`')?.to_string());
    Some((code(left)?, code(right)?))
}

#[test]
fn the_table_from_numpy_is_what_is_tested_here() {
    let start = README.find("\n## From NumPy\n").expect("the section");
    let section = &README[start + 4..];
    let section = &section[..section.find("\n## ").unwrap_or(section.len())];
    let rows: Vec<_> = section.lines().filter_map(sides).collect();
    assert!(rows.len() >= 24, "{} lines", rows.len());
    for (numpy, rust) in rows {
        let comment = format!("    // {numpy}\n");
        let below = include_str!("readme.rs").split(&comment).nth(1);
        let below = below.unwrap_or_else(|| panic!("{numpy} is not tested"));
        let below = &below[..below.find("    // ").unwrap_or(below.len())];
        assert!(
            without_spaces(below).contains(&without_spaces(&rust)),
            "{numpy}: {rust} is not what is tested"
        );
    }
}

#[test]
fn the_gradient_checks_are_those_that_it_lists() {
    let source = include_str!("../gradients.rs");
    let (mut checks, mut listed) = (Vec::new(), Vec::new());
    for rest in source.split("#[test]\nfn ").skip(1) {
        checks.extend(rest.split('(').next());
    }
    for line in README.lines() {
        let name = line.strip_prefix("test ");
        listed.extend(name.and_then(|name| name.strip_suffix(" ... ok")));
    }
    checks.sort();
    listed.sort();
    assert_eq!(listed, checks);
}

#[test]
fn files_that_are_named_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for text in [README, FRONT_DOOR, DATA] {
        // Every second piece is code.
        for name in text.split('`').skip(1).step_by(2) {
            let is_ours = ["src/", "tests/", "examples/", "data/", ".ci/"];
            if is_ours.iter().any(|folder| name.starts_with(folder)) {
                assert!(root.join(name).exists(), "{name} is named and missing");
            }
        }
    }
}
