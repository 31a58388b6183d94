//! A second opinion on every gradient: a forward pass with dual numbers, written apart from the library.
//!
//! A dual number v + d·ε, with ε² = 0, carries a value and its derivative along a direction; what comes out beside the loss is
//! the derivative D of the loss along it, to rounding and without a step size. (W. Clifford 1873; R. Wengert, *A Simple
//! Automatic Derivative Evaluation Program*, Communications of the ACM 7, 1964.) D and g·v, for the gradient g that `backward`
//! computes, are both sums of as many terms as there are parameters; their difference is measured against Σ|gᵢvᵢ|.

use std::ops::{Add, Mul, Sub};

use crate::common::*;
use fromzero::Matrix;
use fromzero::nn::{Layer, Rnn};
use fromzero::section37::{Activations, Deltas, Gradients, Params, Sizes, backward, forward, loss};

/// v + d·ε.
#[derive(Clone, Copy)]
struct Dual {
    v: f64,
    d: f64,
}

impl Add for Dual {
    type Output = Dual;
    fn add(self, other: Dual) -> Dual {
        dual(self.v + other.v, self.d + other.d)
    }
}

impl Sub for Dual {
    type Output = Dual;
    fn sub(self, other: Dual) -> Dual {
        dual(self.v - other.v, self.d - other.d)
    }
}

impl Mul for Dual {
    type Output = Dual;
    fn mul(self, other: Dual) -> Dual {
        dual(self.v * other.v, self.v * other.d + self.d * other.v)
    }
}

impl Dual {
    fn exp(self) -> Dual {
        dual(self.v.exp(), self.v.exp() * self.d)
    }

    fn ln(self) -> Dual {
        dual(self.v.ln(), self.d / self.v)
    }

    /// 1/x
    fn inverse(self) -> Dual {
        dual(1.0 / self.v, -self.d / (self.v * self.v))
    }

    fn sigmoid(self) -> Dual {
        (dual(1.0, 0.0) + (dual(0.0, 0.0) - self).exp()).inverse()
    }

    fn tanh(self) -> Dual {
        let t = self.v.tanh();
        dual(t, (1.0 - t) * (1.0 + t) * self.d)
    }
}

fn dual(v: f64, d: f64) -> Dual {
    Dual { v, d }
}

/// Numbers with a direction, row by row.
struct Duals {
    cols: usize,
    entries: Vec<Dual>,
}

impl Duals {
    fn new(values: &Matrix<f64>, direction: &Matrix<f64>) -> Duals {
        assert_eq!(values.shape(), direction.shape());
        Duals {
            cols: values.cols(),
            entries: values
                .iter()
                .zip(direction.iter())
                .map(|(v, d)| dual(v, d))
                .collect(),
        }
    }

    /// Numbers that stay where they are.
    fn fixed(values: &Matrix<f64>) -> Duals {
        Duals {
            cols: values.cols(),
            entries: values.iter().map(|v| dual(v, 0.0)).collect(),
        }
    }

    fn row(&self, i: usize) -> &[Dual] {
        &self.entries[i * self.cols..(i + 1) * self.cols]
    }

    fn rows(&self) -> usize {
        self.entries.len() / self.cols
    }

    /// x·self + b for a row x.
    fn affine(&self, x: &[Dual], b: &[Dual]) -> Vec<Dual> {
        assert_eq!((x.len(), b.len()), (self.rows(), self.cols));
        let mut sums = b.to_vec();
        for (i, &x) in x.iter().enumerate() {
            for (sum, &w) in sums.iter_mut().zip(self.row(i)) {
                *sum = *sum + x * w;
            }
        }
        sums
    }
}

/// A sum of many terms in twice the precision, by Neumaier's compensation.
fn sum(terms: &[f64]) -> f64 {
    let (mut sum, mut lost) = (0.0, 0.0);
    for &x in terms {
        let next: f64 = sum + x;
        lost += if f64::abs(sum) >= f64::abs(x) {
            (sum - next) + x
        } else {
            (x - next) + sum
        };
        sum = next;
    }
    sum + lost
}

/// g·v and Σ|gᵢvᵢ|.
fn product_and_size(g: &[f64], v: &[f64]) -> (f64, f64) {
    assert_eq!(g.len(), v.len());
    let mut terms: Vec<f64> = g.iter().zip(v).map(|(g, v)| g * v).collect();
    let product = sum(&terms);
    for term in &mut terms {
        *term = term.abs();
    }
    (product, sum(&terms))
}

/// Requires |g·v − D| ≤ 10⁻¹⁴·Σ|gᵢvᵢ|, and that a millionth of a typical g·v would be seen.
#[track_caller]
fn assert_derivative(what: &str, g: &[f64], v: &[f64], d: f64) {
    let (product, size) = product_and_size(g, v);
    let difference = (product - d).abs();
    println!("{what}: {:.1e} of Σ|gᵢvᵢ|", difference / size);
    assert!(
        difference <= 1e-14 * size && size > 0.0,
        "{what}: {difference:e} beside {size:e}"
    );
}

/// The loss of section 3.7 along a direction, sample by sample.
fn section37(p: &Params<f64>, v: &Params<f64>, x: &Matrix<f64>, labels: &[usize]) -> Dual {
    let vector =
        |b: &[f64], v: &[f64]| Duals::new(&Matrix::from_rows(&[b]), &Matrix::from_rows(&[v]));
    let (w1, b1) = (Duals::new(&p.w1, &v.w1), vector(&p.b1, &v.b1));
    let (w2, b2) = (Duals::new(&p.w2, &v.w2), vector(&p.b2, &v.b2));
    let (w3, b3) = (Duals::new(&p.w3, &v.w3), vector(&p.b3, &v.b3));
    let x = Duals::fixed(x);
    let f = |z: Vec<Dual>| -> Vec<Dual> { z.into_iter().map(Dual::sigmoid).collect() };
    let mut total = dual(0.0, 0.0);
    for (i, &label) in labels.iter().enumerate() {
        let a2 = f(w1.affine(x.row(i), b1.row(0)));
        let a3 = f(w2.affine(&a2, b2.row(0)));
        let z4 = w3.affine(&a3, b3.row(0));
        let exponentials = z4.iter().map(|z| z.exp());
        let sum = exponentials.fold(dual(0.0, 0.0), |sum, e| sum + e);
        total = total + sum.ln() - z4[label];
    }
    total * dual(1.0 / labels.len() as f64, 0.0)
}

/// All 1,863,690 parameters at once, in three random directions, and a direction of each parameter alone.
#[test]
fn the_whole_of_section_37_along_random_directions() {
    let sizes = Sizes::default();
    let rng = &mut SplitMix64::new(41);
    let mut p = Params::<f64>::zeros(sizes).unwrap();
    p.assign(&uniform_vector(rng, p.count(), -0.1, 0.1));
    let x = uniform_matrix(rng, 3, sizes.inputs, 0.0, 1.0);
    let labels = [4, 9, 0];
    let y = Matrix::from_fn(3, 10, |i, k| f64::from(u8::from(labels[i] == k)));
    let mut act = Activations::new(sizes, 3).unwrap();
    let mut deltas = Deltas::new(sizes, 3).unwrap();
    let mut gradients = Gradients::zeros(sizes).unwrap();
    forward(&p, &x, &mut act);
    backward(&p, &x, &y, &act, &mut deltas, &mut gradients);
    let g: Vec<f64> = gradients.iter().collect();
    let mut v = p.clone();
    for n in 0..3 {
        let direction = uniform_vector(rng, g.len(), -1.0, 1.0);
        v.assign(&direction);
        let along = section37(&p, &v, &x, &labels);
        assert!((along.v - loss(&act, &y)).abs() < 1e-13);
        assert_derivative(&format!("direction {n}"), &g, &direction, along.d);
        // One gradient that is wrong by a thousandth shows, whichever it is.
        let mut wrong = g.clone();
        let largest = (0..g.len()).max_by(|&i, &j| g[i].abs().total_cmp(&g[j].abs()));
        wrong[largest.unwrap()] *= 1.001;
        let (_, size) = product_and_size(&g, &direction);
        let (product, _) = product_and_size(&wrong, &direction);
        assert!((product - along.d).abs() > 1e-13 * size);
    }
}

/// Through time: w_x, w_h, b, all inputs and h₀ move at once.
#[test]
fn the_recurrent_layer_along_random_directions() {
    let (steps, batch, inputs, hidden) = (17, 3, 4, 9);
    for seed in 0..3 {
        let rng = &mut SplitMix64::new(50 + seed);
        let mut draw = |rows, cols| random_matrix::<f64>(rng, rows, cols);
        let mut pair = |rows, cols| (draw(rows, cols), draw(rows, cols));
        let (w_x, w_h, b) = (pair(inputs, hidden), pair(hidden, hidden), pair(1, hidden));
        let (x, h0) = (pair(steps * batch, inputs), pair(batch, hidden));
        let (c, _) = pair(steps * batch, hidden);

        let mut rnn = Rnn::new(hidden, steps);
        rnn.init(inputs, &mut fromzero::rng::Rng::new(1));
        rnn.set_parameters(&[w_x.0.clone(), w_h.0.clone(), b.0.clone()])
            .unwrap();
        rnn.forward_from(&h0.0, &x.0);
        let grad_x = rnn.backward(&c).clone();
        let mut g = gradients_of(&rnn);
        g.extend(grad_x.iter());
        g.extend(rnn.h0_gradient().iter());
        let mut v = Vec::new();
        for (_, direction) in [&w_x, &w_h, &b, &x, &h0] {
            v.extend(direction.iter());
        }

        let [w_x, w_h, b, x, h0] = [w_x, w_h, b, x, h0].map(|(values, v)| Duals::new(&values, &v));
        let mut j = dual(0.0, 0.0);
        for sequence in 0..batch {
            let mut h = h0.row(sequence).to_vec();
            for t in 0..steps {
                let row = t * batch + sequence;
                let z = w_h.affine(&h, &w_x.affine(x.row(row), b.row(0)));
                h = z.into_iter().map(Dual::tanh).collect();
                for (&h, &c) in h.iter().zip(c.row(row)) {
                    j = j + h * dual(c, 0.0);
                }
            }
        }
        assert_derivative(&format!("recurrent, {seed}"), &g, &v, j.d);
    }
}
