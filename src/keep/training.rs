//! The training of section 3.7's network as a [`Resumable`] one: `w1 b1 w2 b2 w3 b3`, `rng`, `order`, `losses`, `accuracies`.

use super::params;
use super::resumable::{
    Resumable, generator, generators_to_tensor, named, numbers, numbers_to_tensor, order,
    order_to_tensor,
};
use crate::io::Result;
use crate::io::tensor::{Named, Tensor};
use crate::real::Real;
use crate::section37::{Params, Training};

impl<T: Real> Resumable for Training<'_, T> {
    fn steps(&self) -> usize {
        self.losses().len()
    }

    fn to_tensors(&self) -> Named {
        let mut tensors = params::to_tensors(self.params());
        tensors.extend(named(vec![
            ("rng", generators_to_tensor(&[self.rng()])),
            ("order", order_to_tensor(self.order())),
            ("losses", numbers_to_tensor(self.losses())),
            ("accuracies", numbers_to_tensor(self.accuracies())),
        ]));
        tensors
    }

    fn restore(&mut self, tensors: &[(String, Tensor)]) -> Result<()> {
        let weights: Params<T> = params::from_tensors(tensors)?;
        params::expect_sizes(&weights, self.params().sizes())?;
        let rng = generator(tensors, "rng")?;
        let order = order(tensors, "order")?;
        let (losses, accuracies) = (numbers(tensors, "losses")?, numbers(tensors, "accuracies")?);
        self.restore(weights, rng, order, losses, accuracies)
    }
}
