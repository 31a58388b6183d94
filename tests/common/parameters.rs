//! A layer's parameters, read and written one after another.

use fromzero::nn::Layer;
use fromzero::{Matrix, Real};

/// Copies of a layer's parameters.
pub fn parameters_of<T: Real>(layer: &dyn Layer<T>) -> Vec<Matrix<T>> {
    let parameters = layer.parameters();
    parameters.iter().map(|p| p.value.clone()).collect()
}

/// The values of a layer's parameters, one after another.
pub fn values_of<T: Real>(layer: &dyn Layer<T>) -> Vec<T> {
    let mut values = Vec::new();
    for parameter in layer.parameters() {
        values.extend(parameter.value.iter());
    }
    values
}

/// The gradients of a layer's parameters, one after another.
pub fn gradients_of<T: Real>(layer: &dyn Layer<T>) -> Vec<T> {
    let mut gradients = Vec::new();
    for parameter in layer.parameters() {
        gradients.extend(parameter.grad.iter());
    }
    gradients
}

/// Gives a layer's parameters the values that follow one another in `values`.
pub fn set_values<T: Real>(layer: &mut dyn Layer<T>, values: &[T]) {
    let mut rest = values;
    layer.visit(&mut |parameter| {
        let (rows, cols) = parameter.value.shape();
        let (these, others) = rest.split_at(rows * cols);
        parameter.value = Matrix::from_slice(rows, cols, these);
        rest = others;
    });
}
