//! One step of training, all of its numbers, by the functions of the library.

use fromzero::elementary::exp;
use fromzero::gradcheck::five_points;
use fromzero::io::Result;
use fromzero::ops::{cross_entropy, log_prime, log_softmax, row_max, times_softmax_jacobian};
use fromzero::section37::{
    Activations, Deltas, Gradients, Params, backward, forward, gradient_descent, loss,
};
use fromzero::{Matrix, matmul};

use super::numbers::Numbers;

/// A forward pass with the numbers that training does not keep.
pub struct Forward {
    pub z2: Matrix<f64>,
    pub z3: Matrix<f64>,
    pub act: Activations<f64>,
    /// e^(z⁴ − max) `[m, classes]`
    pub e: Matrix<f64>,
    /// ln a⁴ `[m, classes]`
    pub ln_a: Matrix<f64>,
    /// J of each sample by itself `[m, 1]`
    pub losses: Matrix<f64>,
    pub loss: f64,
}

/// The derivation of δ⁴, (3-59) to (3-62): the long way, which training does not go.
pub struct Derivation {
    /// ∂J/∂a⁴ `[m, classes]`
    pub dj_da: Matrix<f64>,
    /// ∂a⁴/∂z⁴ of each sample: row k, column i has ∂a⁴ₖ/∂z⁴ᵢ
    pub jacobians: Vec<Matrix<f64>>,
    /// ∂J/∂z⁴ `[m, classes]`
    pub dj_dz: Matrix<f64>,
}

/// The losses around a parameter, and the slope they have.
pub struct Difference {
    pub h: f64,
    /// J at θ + h, θ − h, θ + 2h, θ − 2h
    pub losses: [f64; 4],
    pub value: f64,
}

/// All numbers of the step.
pub struct Step {
    pub numbers: Numbers,
    pub before: Forward,
    pub derivation: Derivation,
    pub deltas: Deltas<f64>,
    pub gradients: Gradients<f64>,
    /// A difference for each gradient, in the order of [`Params::iter`].
    pub differences: Vec<Difference>,
    pub updated: Params<f64>,
    pub after: Forward,
}

impl Step {
    pub fn of(numbers: &Numbers) -> Result<Self> {
        let Numbers { lr, x, y, params } = numbers;
        let sizes = params.sizes();
        let before = Forward::of(params, x, y)?;
        let mut deltas = Deltas::new(sizes, x.rows())?;
        let mut gradients = Gradients::zeros(sizes)?;
        backward(params, x, y, &before.act, &mut deltas, &mut gradients);
        let mut updated = params.clone();
        gradient_descent(&mut updated, &gradients, *lr);
        Ok(Step {
            derivation: Derivation::of(&before.act.a4, y),
            after: Forward::of(&updated, x, y)?,
            differences: differences(numbers)?,
            numbers: numbers.clone(),
            before,
            deltas,
            gradients,
            updated,
        })
    }
}

impl Forward {
    fn of(p: &Params<f64>, x: &Matrix<f64>, y: &Matrix<f64>) -> Result<Self> {
        let m = x.rows();
        let mut act = Activations::new(p.sizes(), m)?;
        forward(p, x, &mut act);
        let (mut z2, mut z3) = (act.a2.clone(), act.a3.clone());
        matmul(x, &p.w1).add_bias(&p.b1).into(&mut z2);
        matmul(&act.a2, &p.w2).add_bias(&p.b2).into(&mut z3);
        let z4 = &act.z4;
        let e = Matrix::from_fn(m, z4.cols(), |i, k| exp(z4[(i, k)] - row_max(z4.row(i))));
        let mut ln_a = z4.clone();
        log_softmax(z4, &mut ln_a);
        let of_sample = |i, _| cross_entropy(&row(z4, i), &row(y, i));
        Ok(Forward {
            e,
            ln_a,
            losses: Matrix::from_fn(m, 1, of_sample),
            loss: loss(&act, y),
            z2,
            z3,
            act,
        })
    }
}

impl Derivation {
    fn of(a4: &Matrix<f64>, y: &Matrix<f64>) -> Self {
        let (m, classes) = a4.shape();
        let dj_da = Matrix::from_fn(m, classes, |i, k| 0.0 - y[(i, k)] * log_prime(a4[(i, k)]));
        let jacobians: Vec<_> = (0..m).map(|i| jacobian(&row(a4, i))).collect();
        let mut dj_dz = Matrix::zeros(m, classes);
        for (i, da_dz) in jacobians.iter().enumerate() {
            let mut sample = Matrix::zeros(1, classes);
            // (3-59)  ∂J/∂z⁴ᵢ = Σₖ ∂J/∂a⁴ₖ·∂a⁴ₖ/∂z⁴ᵢ
            matmul(&row(&dj_da, i), da_dz).into(&mut sample);
            dj_dz.row_mut(i).copy_from_slice(sample.row(0));
        }
        Derivation {
            dj_da,
            jacobians,
            dj_dz,
        }
    }
}

/// ∂aₖ/∂zᵢ in row k: what the product with the Jacobian makes of ∂J/∂a = (0, …, 1, …, 0).
fn jacobian(a: &Matrix<f64>) -> Matrix<f64> {
    let n = a.cols();
    let all = Matrix::from_fn(n, n, |_, i| a[(0, i)]);
    let unit = Matrix::from_fn(n, n, |k, i| f64::from(u8::from(k == i)));
    let mut jacobian = Matrix::zeros(n, n);
    times_softmax_jacobian(&all, &unit, &mut jacobian);
    jacobian
}

fn row(matrix: &Matrix<f64>, i: usize) -> Matrix<f64> {
    Matrix::from_slice(1, matrix.cols(), matrix.row(i))
}

/// The five-point difference of the loss for every parameter, with the step with which the gradient check begins.
fn differences(numbers: &Numbers) -> Result<Vec<Difference>> {
    let Numbers { x, y, params, .. } = numbers;
    let theta: Vec<f64> = params.iter().collect();
    let mut moved = params.clone();
    let mut act = Activations::new(params.sizes(), x.rows())?;
    let mut loss_at = |index: usize, value: f64| {
        let mut values = theta.clone();
        values[index] = value;
        moved.assign(&values);
        forward(&moved, x, &mut act);
        loss(&act, y)
    };
    let difference = |(index, &theta): (usize, &f64)| {
        let h = 1e-3 * if theta.abs() > 1.0 { theta.abs() } else { 1.0 };
        let losses = [h, -h, 2.0 * h, -2.0 * h].map(|step| loss_at(index, theta + step));
        Difference {
            h,
            losses,
            value: five_points(losses, h),
        }
    };
    Ok(theta.iter().enumerate().map(difference).collect())
}
