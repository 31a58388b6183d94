//! All partial derivatives of section 3.7's network, each by itself, at any size.
//!
//! A changed weight reaches only a part of the network, and only that part is computed again. An entry of w³ moves one logit of
//! each sample; one of w² moves an entry of a³, and through a row of w³ the logits; one of w¹ moves an entry of a², through a
//! row of w² all of z³ and a³, and through all of w³ the logits.
//!
//! What is computed is how much each of them *changes*, so that nowhere two nearly equal numbers are subtracted from each
//! other:
//!
//! ```text
//!   Δz = a·s                                        the weight of the input a grows by s
//!   Δa = f(z + Δz) − f(z)
//!      = f(z)·f(−z)·ε/(1 + f(z)·ε)                  f the sigmoid function, ε = e^Δz − 1
//!   ΔJ = ln(1 + Σₖ aₖ·(e^Δzₖ − 1)) − Σₖ yₖ·Δzₖ      of (3-58), with a = softmax(z), Σₖ yₖ = 1
//! ```
//!
//! These are identities; no derivative is among them. The five-point formula makes one of four such changes:
//!
//! ```text
//!   ∂J/∂w ≈ (8·(ΔJ(h) − ΔJ(−h)) − (ΔJ(2h) − ΔJ(−2h))) / 12h
//! ```
//!
//! With losses in the place of their changes, h could not be below 10⁻³, and rounding would hide a millionth of a small entry.
//! Here h is so small that the formula's own error, of order h⁴, is below the last place.

use super::differences::larger;
use crate::elementary::sigmoid;
use crate::io::Error;
use crate::matmul::matmul;
use crate::matrix::{Matrix, check_same};
use crate::ops::{for_each_row, softmax};
use crate::section37::{Gradients, Params};

/// No weighted input and no logit changes by more than twice this.
const H: f64 = 1.0 / (1 << 12) as f64;

/// The steps of the five-point formula, in h, and the weights of the changes.
const STEPS: [(f64, f64); 4] = [(-2.0, 1.0), (-1.0, -8.0), (1.0, 8.0), (2.0, -1.0)];

/// So many entries of w¹ are tried at a time: their changes of a³ fit into the L2 cache, and are enough for several threads.
const ENTRIES: usize = 16;

/// The gradients of section 3.7's loss for the samples `a1` `[m, inputs]` and their labels `y` `[m, classes]`, whose rows sum
/// to 1, each entry by differences of its own. `progress` is told how many entries are done.
///
/// The entries are off by about 10⁻¹⁵ of the terms that they are sums of, as those of a backward pass in `f64` are.
///
/// ```
/// use fromzero::gradcheck::{Tally, each_derivative};
/// use fromzero::section37::*;
/// use fromzero::{Matrix, rng::Rng};
///
/// let sizes = Sizes { inputs: 2, hidden: 4, classes: 2 };
/// let p = Params::<f64>::new(sizes, Init::Xavier(1.0), &mut Rng::new(1))?;
/// let x = Matrix::from_rows(&[[0.5, 1.0], [1.0, 0.25]]);
/// let y = Matrix::from_rows(&[[1.0, 0.0], [0.0, 1.0]]);
/// let (mut act, mut deltas) = (Activations::new(sizes, 2)?, Deltas::new(sizes, 2)?);
/// let mut gradients = Gradients::zeros(sizes)?;
/// forward(&p, &x, &mut act);
/// backward(&p, &x, &y, &act, &mut deltas, &mut gradients);
///
/// let numeric = each_derivative(&p, &x, &y, |_| ())?;
/// for tally in Tally::of_gradients(&gradients, &numeric) {
///     assert_eq!(tally.right, tally.count(), "{tally}");
/// }
/// # Ok::<(), fromzero::io::Error>(())
/// ```
///
/// # Errors
/// If the memory cannot be had.
///
/// # Panics
/// If there are no samples, or the shapes do not belong together.
#[track_caller]
pub fn each_derivative(
    p: &Params<f64>,
    a1: &Matrix<f64>,
    y: &Matrix<f64>,
    mut progress: impl FnMut(usize),
) -> Result<Gradients<f64>, Error> {
    all_layers(p, a1, y, &mut progress)
}

/// [`each_derivative`], compiled once for all that may be told of its progress.
#[track_caller]
fn all_layers(
    p: &Params<f64>,
    a1: &Matrix<f64>,
    y: &Matrix<f64>,
    progress: &mut dyn FnMut(usize),
) -> Result<Gradients<f64>, Error> {
    let sizes = p.sizes();
    check_same("each_derivative", a1.shape(), (y.rows(), sizes.inputs));
    check_same("each_derivative", y.shape(), (a1.rows(), sizes.classes));
    let mut numeric = Params::zeros(sizes)?;
    let at = Point::new(p, a1, y)?;
    let mut done = 0;
    let mut advance = |entries: usize| {
        done += entries;
        progress(done);
    };
    at.first_layer(&mut numeric.w1, &mut numeric.b1, &mut advance)?;
    at.second_layer(&mut numeric.w2, &mut numeric.b2, &mut advance)?;
    at.third_layer(&mut numeric.w3, &mut numeric.b3, &mut advance)?;
    Ok(numeric)
}

/// The network at the point where it is differentiated: what each layer puts out when no weight has changed.
struct Point<'a> {
    p: &'a Params<f64>,
    y: &'a Matrix<f64>,
    a1: &'a Matrix<f64>,
    a2: Hidden,
    a3: Hidden,
    /// Probabilities.
    a4: Matrix<f64>,
}

/// A layer of sigmoid functions.
struct Hidden {
    /// f(z)
    a: Matrix<f64>,
    /// f(z)·f(−z), where f(−z) = 1 − f(z)
    a_rest: Matrix<f64>,
}

impl Hidden {
    fn new(before: &Matrix<f64>, w: &Matrix<f64>, b: &[f64]) -> Result<Self, Error> {
        let mut z = Matrix::try_zeros(before.rows(), w.cols())?;
        matmul(before, w).add_bias(b).into(&mut z);
        let (mut a, mut a_rest) = (z.clone(), z);
        a.map(sigmoid);
        a_rest.map(|z| sigmoid(z) * sigmoid(-z));
        Ok(Hidden { a, a_rest })
    }

    /// Δa of neuron `j` for sample `r`.
    #[inline(always)]
    fn change(&self, r: usize, j: usize, dz: f64) -> f64 {
        sigmoid_change(self.a.row(r)[j], self.a_rest.row(r)[j], dz)
    }
}

/// f(z + Δz) − f(z) from f(z), f(z)·f(−z) and Δz.
#[inline(always)]
fn sigmoid_change(a: f64, a_rest: f64, dz: f64) -> f64 {
    let e = exp_less_one(dz);
    a_rest * e / (1.0 + a * e)
}

/// eˣ − 1 by Taylor's series; the first term that is left out is x⁶/6!, and |x| is at most 2H.
#[inline(always)]
fn exp_less_one(x: f64) -> f64 {
    let tail = x * (1.0 / 6.0 + x * (1.0 / 24.0 + x * (1.0 / 120.0)));
    x + x * x * (0.5 + tail)
}

/// ln(1 + x) = 2·artanh(x/(2 + x)) by its series; the first term that is left out is t⁷/7, and |t| is about H at most.
#[inline(always)]
fn ln_one_more(x: f64) -> f64 {
    let t = x / (2.0 + x);
    let t2 = t * t;
    2.0 * (t + t * t2 * (1.0 / 3.0 + t2 * (1.0 / 5.0)))
}

/// Which change a row of a matrix of changes holds: entry by entry, step by step, sample by sample.
struct Row {
    entry: usize,
    step: f64,
    sample: usize,
}

impl<'a> Point<'a> {
    fn new(p: &'a Params<f64>, a1: &'a Matrix<f64>, y: &'a Matrix<f64>) -> Result<Self, Error> {
        let a2 = Hidden::new(a1, &p.w1, &p.b1)?;
        let a3 = Hidden::new(&a2.a, &p.w2, &p.b2)?;
        let mut z4 = Matrix::try_zeros(a1.rows(), p.w3.cols())?;
        matmul(&a3.a, &p.w3).add_bias(&p.b3).into(&mut z4);
        let mut a4 = z4.clone();
        softmax(&z4, &mut a4);
        Ok(Point {
            p,
            y,
            a1,
            a2,
            a3,
            a4,
        })
    }

    fn row(&self, t: usize) -> Row {
        let m = self.y.rows();
        Row {
            entry: t / (STEPS.len() * m),
            step: STEPS[t / m % STEPS.len()].0,
            sample: t % m,
        }
    }

    /// How many rows the changes of so many entries take.
    fn rows(&self, entries: usize) -> usize {
        entries * STEPS.len() * self.y.rows()
    }

    /// ∂J/∂w¹ and ∂J/∂b¹.
    fn first_layer(
        &self,
        w: &mut Matrix<f64>,
        b: &mut [f64],
        advance: &mut dyn FnMut(usize),
    ) -> Result<(), Error> {
        // Δz² is at most |a¹|·2h, Δz³ a quarter of that times |w²|, since f′ is at most ¼, and so on.
        let (a1, w2, w3) = (largest(self.a1), largest(&self.p.w2), &self.p.w3);
        let column = |k| (0..w3.rows()).map(|i| w3[(i, k)].abs()).sum();
        let w3: f64 = (0..w3.cols()).map(column).fold(0.0, larger);
        let third = 0.25 * w2 * larger(1.0, 0.25 * w3);
        let h = H / (larger(a1, 1.0) * larger(1.0, third));
        let (inputs, hidden) = w.shape();
        let mut da3 = Matrix::try_zeros(self.rows(ENTRIES), hidden)?;
        let mut dz4 = Matrix::try_zeros(self.rows(ENTRIES), self.y.cols())?;
        for j in 0..hidden {
            let w2 = self.p.w2.row(j);
            for first in (0..=inputs).step_by(ENTRIES) {
                let entries = ENTRIES.min(inputs + 1 - first);
                da3.set_rows(self.rows(entries));
                dz4.set_rows(self.rows(entries));
                for_each_row(
                    [&mut da3],
                    #[inline(always)]
                    |t, [da3]| {
                        let Row {
                            entry,
                            step,
                            sample,
                        } = self.row(t);
                        let dz2 = input(self.a1, sample, first + entry) * (step * h);
                        let da2 = self.a2.change(sample, j, dz2);
                        let a3 = self.a3.a.row(sample).iter().zip(self.a3.a_rest.row(sample));
                        for ((da3, &w2), (&a3, &a3_rest)) in da3.iter_mut().zip(w2).zip(a3) {
                            *da3 = sigmoid_change(a3, a3_rest, da2 * w2);
                        }
                    },
                );
                matmul(&da3, &self.p.w3).into(&mut dz4);
                self.derivatives(&dz4, h, &mut |entry, derivative| {
                    *place(w, b, first + entry, j) = derivative;
                });
                advance(entries);
            }
        }
        Ok(())
    }

    /// ∂J/∂w² and ∂J/∂b².
    fn second_layer(
        &self,
        w: &mut Matrix<f64>,
        b: &mut [f64],
        advance: &mut dyn FnMut(usize),
    ) -> Result<(), Error> {
        let h = H / larger(1.0, 0.25 * largest(&self.p.w3));
        let entries = w.rows() + 1;
        let mut dz4 = Matrix::try_zeros(self.rows(entries), self.y.cols())?;
        for j in 0..w.cols() {
            let w3 = self.p.w3.row(j);
            for_each_row(
                [&mut dz4],
                #[inline(always)]
                |t, [dz4]| {
                    let Row {
                        entry,
                        step,
                        sample,
                    } = self.row(t);
                    let dz3 = input(&self.a2.a, sample, entry) * (step * h);
                    let da3 = self.a3.change(sample, j, dz3);
                    for (dz4, &w3) in dz4.iter_mut().zip(w3) {
                        *dz4 = da3 * w3;
                    }
                },
            );
            self.derivatives(&dz4, h, &mut |i, derivative| {
                *place(w, b, i, j) = derivative
            });
            advance(entries);
        }
        Ok(())
    }

    /// ∂J/∂w³ and ∂J/∂b³.
    fn third_layer(
        &self,
        w: &mut Matrix<f64>,
        b: &mut [f64],
        advance: &mut dyn FnMut(usize),
    ) -> Result<(), Error> {
        let entries = w.rows() + 1;
        let mut dz4 = Matrix::try_zeros(self.rows(entries), w.cols())?;
        for k in 0..w.cols() {
            for_each_row([&mut dz4], |t, [dz4]| {
                let Row {
                    entry,
                    step,
                    sample,
                } = self.row(t);
                dz4.fill(0.0);
                dz4[k] = input(&self.a3.a, sample, entry) * (step * H);
            });
            self.derivatives(&dz4, H, &mut |i, derivative| {
                *place(w, b, i, k) = derivative
            });
            advance(entries);
        }
        Ok(())
    }

    /// The five-point formula for each entry, from the changes of the logits.
    fn derivatives(&self, dz4: &Matrix<f64>, h: f64, store: &mut dyn FnMut(usize, f64)) {
        let m = self.y.rows();
        for entry in 0..dz4.rows() / self.rows(1) {
            let mut sum = 0.0;
            for (step, (_, weight)) in STEPS.iter().enumerate() {
                let row = |sample| dz4.row((entry * STEPS.len() + step) * m + sample);
                let changes = (0..m).map(|sample| self.loss_change(sample, row(sample)));
                sum += weight * changes.sum::<f64>();
            }
            store(entry, sum / (12.0 * h * m as f64));
        }
    }

    /// ΔJ of a sample from the changes of its logits.
    #[inline(always)]
    fn loss_change(&self, sample: usize, dz4: &[f64]) -> f64 {
        let (mut grown, mut label) = (0.0, 0.0);
        for ((&dz, &a), &y) in dz4.iter().zip(self.a4.row(sample)).zip(self.y.row(sample)) {
            grown += a * exp_less_one(dz);
            label += y * dz;
        }
        ln_one_more(grown) - label
    }
}

/// Input `i` of a layer, for one sample. After the last one comes that of the bias, which is 1.
#[inline(always)]
fn input(a: &Matrix<f64>, sample: usize, i: usize) -> f64 {
    a.row(sample).get(i).copied().unwrap_or(1.0)
}

/// Where the derivative belongs that input `i` of neuron `j` has.
fn place<'a>(w: &'a mut Matrix<f64>, b: &'a mut [f64], i: usize, j: usize) -> &'a mut f64 {
    if i < w.rows() {
        &mut w.row_mut(i)[j]
    } else {
        &mut b[j]
    }
}

/// The largest entry, by its size.
fn largest(matrix: &Matrix<f64>) -> f64 {
    matrix.iter().map(f64::abs).fold(0.0, larger)
}

#[cfg(test)]
mod tests;
