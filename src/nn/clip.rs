//! [`clip_by_norm`]: how a gradient is kept from being too long.

use super::Layer;
use crate::real::Real;

/// Shortens the gradient of all trainable parameters together to the Euclidean norm `max`, if it is longer, and returns the norm
/// that it had. The norm is computed in f64, parameter by parameter, row by row. With `max` infinite it is only measured.
///
/// Pascanu, Mikolov and Bengio, *On the difficulty of training recurrent neural networks* (2013).
///
/// # Panics
/// If `max` is not above 0.
#[track_caller]
pub fn clip_by_norm<T: Real>(net: &mut dyn Layer<T>, max: f64) -> f64 {
    assert!(
        max > 0.0,
        "clip_by_norm: expected a norm above 0, found {max:?}"
    );
    let mut norm = scaled_norm(net, 1.0);
    if norm == f64::INFINITY {
        // The squares of an f64 overflow long before it does.
        const SMALL: f64 = 1.0 / (1_u128 << 127) as f64;
        let scale = SMALL * SMALL * SMALL * SMALL * SMALL;
        norm = scaled_norm(net, scale) / scale;
    }
    // So written that a NaN is passed on, rather than over.
    if norm <= max {
        return norm;
    }
    let factor = T::from_f64(max / norm);
    net.visit(&mut |parameter| parameter.grad.map(|g| g * factor));
    norm
}

/// The norm of `scale` times the gradient.
fn scaled_norm<T: Real>(net: &mut dyn Layer<T>, scale: f64) -> f64 {
    let mut squares = 0.0;
    net.visit(&mut |parameter| {
        for g in parameter.grad.iter().map(T::to_f64) {
            squares += (scale * g) * (scale * g);
        }
    });
    squares.sqrt()
}
