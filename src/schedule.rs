//! [`Schedule`]: how a learning rate changes while a network is trained.
//!
//! A long step finds the way quickly and then overshoots for ever; a short one never gets there. So the rate falls: from lr to
//! lr·(1 − step/steps), or by a factor at every so many steps. Both floors use the same schedules.
//!
//! What always holds: a rate depends on the step's number alone, and so a training that goes on from a checkpoint takes the same
//! steps.
//!
//! Guarded by `tests/suite/nn/settings.rs`: `schedules_that_cannot_be_right_are_refused`; by `tests/suite/nn/torch.rs`:
//! `ten_steps_of_every_optimizer_and_schedule`; and by `tests/suite/section37/training.rs`:
//! `training_stops_at_the_limit_and_decays_to_it`.

use crate::io::Error;
use crate::setting::{Range, at_least_one, require};

/// How the learning rate changes from step to step.
///
/// ```
/// use fromzero::schedule::Schedule;
/// let linear = Schedule::Linear { steps: 100 };
/// assert_eq!([0, 50, 100].map(|step| linear.rate(0.5, step)), [0.5, 0.25, 0.0]);
/// let drop = Schedule::Drop { every: 10, factor: 0.5 };
/// assert_eq!([9, 10, 20].map(|step| drop.rate(1.0, step)), [1.0, 0.5, 0.25]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Schedule {
    /// Not at all.
    #[default]
    Constant,
    /// It falls in a straight line, and would be 0 at the step after the last of so many.
    ///
    /// A training that is stopped before, by a limit, stops on the way down; one that goes on learns nothing more.
    Linear {
        /// Number of steps.
        steps: usize,
    },
    /// It is multiplied by a factor every so many steps.
    Drop {
        /// Number of steps between two drops.
        every: usize,
        /// What the rate is multiplied by, above 0 and at most 1.
        factor: f64,
    },
}

impl Schedule {
    /// Whether a learning rate can change so.
    ///
    /// # Errors
    /// If it is to fall within 0 steps, to drop every 0 steps, or by a factor that is not above 0 and at most 1.
    pub fn check(self) -> Result<(), Error> {
        match self {
            Schedule::Constant => Ok(()),
            Schedule::Linear { steps } => at_least_one("Schedule::Linear", "step", steps),
            Schedule::Drop { every, factor } => {
                at_least_one("Schedule::Drop", "step between drops", every)?;
                Range::Factor.check::<f64>("Schedule::Drop", "a factor", factor)
            }
        }
    }

    /// The learning rate for step number `step`, counted from 0, where `lr` is the rate to begin with.
    ///
    /// # Panics
    /// If [`Schedule::check`] refuses it.
    #[track_caller]
    pub fn rate(self, lr: f64, step: usize) -> f64 {
        require(self.check());
        match self {
            Schedule::Constant => lr,
            Schedule::Linear { steps } if step >= steps => 0.0,
            Schedule::Linear { steps } => lr * (1.0 - step as f64 / steps as f64),
            Schedule::Drop { every, factor } => dropped(lr, factor, step / every),
        }
    }
}

/// `lr` multiplied by `factor` so many times, or until that changes nothing.
fn dropped(mut lr: f64, factor: f64, times: usize) -> f64 {
    for _ in 0..times {
        let next = lr * factor;
        if next == lr {
            break;
        }
        lr = next;
    }
    lr
}

/// Why a training ends that has taken so many steps.
#[cold]
pub(crate) fn diverged(what: &str, steps: usize, lr: f64) -> Error {
    match steps {
        0 => Error::new(format!("{what} before the first step"))
            .hint("the initial weights are too wide for these inputs: try narrower ones"),
        _ => Error::new(format!(
            "{what} after step {steps}, with learning rate {lr:?}"
        ))
        .hint("the steps were too long: try a learning rate ten times smaller"),
    }
}
