//! [`Schedule`], how a learning rate changes, and [`clip_by_norm`], how a gradient is kept from being too long.

use super::Layer;
use crate::real::Real;

/// How the learning rate changes from step to step.
///
/// ```
/// use fromzero::nn::Schedule;
/// let schedule = Schedule::Linear { steps: 100 };
/// assert_eq!((schedule.rate(0.5, 0), schedule.rate(0.5, 50), schedule.rate(0.5, 100)), (0.5, 0.25, 0.0));
/// let schedule = Schedule::Drop { every: 10, factor: 0.5 };
/// assert_eq!((schedule.rate(1.0, 9), schedule.rate(1.0, 10), schedule.rate(1.0, 20)), (1.0, 0.5, 0.25));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Schedule {
    /// Not at all.
    #[default]
    Constant,
    /// It falls in a straight line, to 0 after so many steps.
    Linear {
        /// Number of steps.
        steps: usize,
    },
    /// It is multiplied by a factor every so many steps.
    Drop {
        /// Number of steps between two drops.
        every: usize,
        /// What the rate is multiplied by.
        factor: f64,
    },
}

impl Schedule {
    /// The learning rate for step number `step`, counted from 0, where `lr` is the rate to begin with.
    ///
    /// # Panics
    /// If the rate is to drop every 0 steps.
    #[track_caller]
    pub fn rate(self, lr: f64, step: usize) -> f64 {
        match self {
            Schedule::Constant => lr,
            Schedule::Linear { steps } if step >= steps => 0.0,
            Schedule::Linear { steps } => lr * (1.0 - step as f64 / steps as f64),
            Schedule::Drop { every, factor } => {
                assert!(
                    every > 0,
                    "Schedule: expected at least 1 step between drops, found 0"
                );
                (0..step / every).fold(lr, |lr, _| lr * factor)
            }
        }
    }
}

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
