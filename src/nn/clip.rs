//! [`clip_by_norm`]: how a gradient is kept from being too long.

use super::Layer;
use crate::real::Real;

/// Shortens the gradient of all trainable parameters together to the Euclidean norm `max`, if it is longer, and returns the norm
/// that it had. The norm is computed in f64, parameter by parameter, row by row.
///
/// Pascanu, Mikolov and Bengio, *On the difficulty of training recurrent neural networks* (2013).
pub fn clip_by_norm<T: Real>(net: &mut dyn Layer<T>, max: f64) -> f64 {
    let mut squares = 0.0;
    net.visit(&mut |parameter| {
        for g in parameter.grad.iter().map(T::to_f64) {
            squares += g * g;
        }
    });
    let norm = f64::sqrt(squares);
    // So written that a NaN is passed on, rather than over.
    if norm <= max {
        return norm;
    }
    let factor = T::from_f64(max / norm);
    net.visit(&mut |parameter| parameter.grad.map(|g| g * factor));
    norm
}
