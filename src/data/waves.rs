//! Sine waves, and the cosine waves that belong to them: the task of a recurrent network.
//!
//! x_t = sin(φ + ω·t), y_t = cos(φ + ω·t): whoever sees x_t alone cannot know y_t, whose sign it leaves open. So a network that
//! predicts it has learnt to remember.
//!
//! Guarded by `tests/programs/sin_to_cos.rs`: `it_learns_and_every_number_of_threads_prints_the_same`,
//! `the_waves_may_vary_and_the_prediction_is_drawn`.

use std::f64::consts::TAU;

use crate::elementary::{cos, sin};
use crate::matrix::Matrix;
use crate::real::Real;
use crate::rng::Rng;
use crate::setting::{Range, at_least_one, require};

/// The number of periods in a sequence, at the frequency 1.
const PERIODS: f64 = 2.0;

/// A batch of sequences: a sine wave to be seen, and the cosine wave to be predicted from it.
///
/// At a single time the sine leaves two values open for the cosine; the one before it tells them apart.
///
/// ```
/// use fromzero::{data::Waves, rng::Rng};
/// let mut waves = Waves::<f32>::new(50, 16);
/// waves.draw(0.0, &mut Rng::new(1));
/// assert_eq!(waves.sin.shape(), (50 * 16, 1));
/// for (s, c) in waves.sin.iter().zip(waves.cos.iter()) {
///     assert!((s * s + c * c - 1.0).abs() < 1e-6);
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Waves<T: Real> {
    /// The sine waves, `[steps·batch, 1]`, time step after time step: row t·batch + i is step t of sequence i.
    pub sin: Matrix<T>,
    /// The cosine waves, in the same order.
    pub cos: Matrix<T>,
    steps: usize,
    batch: usize,
}

impl<T: Real> Waves<T> {
    /// Room for `batch` sequences of `steps` time steps, which are evenly spread over two periods. All zeros as yet.
    ///
    /// # Panics
    /// If one of the numbers is 0, or the memory cannot be had.
    #[track_caller]
    pub fn new(steps: usize, batch: usize) -> Self {
        require(at_least_one("Waves", "time step", steps));
        require(at_least_one("Waves", "sequence", batch));
        let zeros = || Matrix::zeros(steps.saturating_mul(batch), 1);
        Waves {
            sin: zeros(),
            cos: zeros(),
            steps,
            batch,
        }
    }

    /// Draws new sequences, each with a phase of its own, from 0 to 2π, and with a frequency from 1 − `vary` to 1 + `vary`.
    ///
    /// # Panics
    /// If `vary` is not at least 0 and less than 1.
    #[track_caller]
    pub fn draw(&mut self, vary: f64, rng: &mut Rng) {
        require(Range::Share.check::<f64>("Waves", "a share to vary by", vary));
        let spaces = (self.steps - 1).max(1);
        for i in 0..self.batch {
            let phase = rng.range(0.0, TAU);
            let frequency = rng.range(1.0 - vary, 1.0 + vary);
            for t in 0..self.steps {
                let angle = phase + frequency * PERIODS * TAU * (t as f64 / spaces as f64);
                let row = t * self.batch + i;
                self.sin[(row, 0)] = T::from_f64(sin(angle));
                self.cos[(row, 0)] = T::from_f64(cos(angle));
            }
        }
    }
}
