//! A layer of one's own, from its formula to its check: y = x ⊙ (x·w), so that the network behind it sees products of features.

use fromzero::nn::{Parameter, check};
use fromzero::prelude::*;

#[derive(Clone)]
struct Products {
    w: Parameter<f64>,
    x: Matrix<f64>,
    y: Matrix<f64>,
    grad_x: Matrix<f64>,
}

impl Layer<f64> for Products {
    fn name(&self) -> &'static str {
        "Products"
    }
    fn init(&mut self, inputs: usize, rng: &mut Rng) -> usize {
        self.w.init(inputs, inputs, rng);
        inputs
    }
    fn forward(&mut self, x: &Matrix<f64>) -> &Matrix<f64> {
        self.x = x.clone();
        self.y = matmul(x, &self.w.value).to_matrix();
        self.y.zip(x, |z, x| z * x);
        &self.y
    }
    fn output(&self) -> &Matrix<f64> {
        &self.y
    }
    fn backward(&mut self, grad: &Matrix<f64>) -> &Matrix<f64> {
        let mut through = grad.clone();
        through.zip(&self.x, |g, x| g * x);
        matmul(self.x.t(), &through).into(&mut self.w.grad);
        self.grad_x = matmul(&self.x, &self.w.value).to_matrix();
        self.grad_x.zip(grad, |z, g| z * g);
        self.grad_x = &self.grad_x + &matmul(&through, self.w.value.t()).to_matrix();
        &self.grad_x
    }
    fn parameters(&self) -> Vec<&Parameter<f64>> {
        vec![&self.w]
    }
    fn visit(&mut self, f: &mut dyn FnMut(&mut Parameter<f64>)) {
        f(&mut self.w);
    }
}

#[test]
fn products_have_the_right_gradient() {
    let [x, y, grad_x] = Default::default();
    let w = Parameter::matrix("w", Init::Xavier(1.0));
    let products = Products { w, x, y, grad_x };
    let x = Matrix::from_fn(3, 4, |i, j| i as f64 - 0.3 * j as f64);
    let report = check(|| products.clone(), &x).report();
    assert!(report.passes(1e-8), "{report}");
}
