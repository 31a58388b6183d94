//! [`NetTraining`]: the training of a network of layers as a [`Resumable`] one.

use std::fmt;

use super::net::{self, Layout};
use super::resumable::{
    Resumable, generator, generators, generators_to_tensor, named, numbers, numbers_to_tensor,
    order, order_to_tensor,
};
use crate::data::Batches;
use crate::io::tensor::{Named, Tensor};
use crate::io::{Error, Result};
use crate::nn::{Layer, Optimizer};
use crate::real::Real;
use crate::rng::Rng;

/// What is known of a step that was taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Taken {
    /// The learning rate.
    pub lr: f64,
    /// The loss of the batch, before the step.
    pub loss: f64,
    /// The share of the batch that was classified right, before the step; NaN where nothing is classified.
    pub accuracy: f64,
}

/// The parts of a training whose loop is the program's: what its steps change, borrowed for as long as a checkpoint is written or taken
/// up.
///
/// A checkpoint of it holds the network's parameters, under the names of [`net::to_tensors`]; `optimizer.…`, what
/// [`Optimizer::state`] names; `generators`, those of the layers, and `rng`; `order`, that of the samples, where there are batches; and
/// `rates`, `losses` and `accuracies`, a number each for every step.
///
/// ```
/// use fromzero::keep::{Checkpoints, NetTraining, Taken};
/// use fromzero::nn::{Adam, Criterion, Dense, Layer, Mse, Optimizer, Sequential};
/// use fromzero::{Matrix, rng::Rng};
/// # let folder = std::env::temp_dir().join(format!("fromzero-doc-keep-{}", std::process::id()));
///
/// /// Learns to double numbers: to its end, or until it is stopped after some steps.
/// fn train(kept: &Checkpoints, stop: usize) -> Result<Matrix<f32>, fromzero::io::Error> {
///     let mut rng = Rng::new(1);
///     let mut net = Sequential::new(rng.next_u64()).then(Dense::new(1));
///     net.build(1);
///     let (mut optimizer, mut criterion) = (Adam::new(0.1), Criterion::new(Mse));
///     let mut taken = Vec::new();
///     let settings = [("--lr".to_string(), "0.1".to_string())];
///     let mut training = NetTraining::new(&mut net, &mut optimizer, &mut rng, &mut taken);
///     kept.restore(&mut training, &settings)?;
///     while taken.len() < stop {
///         let x = Matrix::from_fn(4, 1, |_, _| rng.uniform() as f32);
///         let loss = criterion.of(net.forward(&x), &(&x + &x));
///         loss.backward(&mut net);
///         taken.push(Taken { lr: 0.1, loss: loss.value, accuracy: f64::NAN });
///         optimizer.step(&mut net);
///     }
///     let training = NetTraining::new(&mut net, &mut optimizer, &mut rng, &mut taken);
///     kept.write(&training, &settings)?;
///     Ok(net.parameters()[0].value.clone())
/// }
///
/// let whole = train(&Checkpoints::in_folder(folder.join("whole"))?, 20)?;
/// let kept = Checkpoints::in_folder(folder.join("parts"))?;
/// train(&kept, 7)?;
/// assert_eq!(train(&kept, 20)?, whole);
/// # std::fs::remove_dir_all(folder).unwrap();
/// # Ok::<(), fromzero::io::Error>(())
/// ```
pub struct NetTraining<'a, 'd, T: Real> {
    net: &'a mut dyn Layer<T>,
    optimizer: &'a mut dyn Optimizer<T>,
    rng: &'a mut Rng,
    taken: &'a mut Vec<Taken>,
    batches: Option<&'a mut Batches<'d, T>>,
}

impl<'a, 'd, T: Real> NetTraining<'a, 'd, T> {
    /// The network, which knows its number of inputs; its optimizer; the random numbers that the program draws from; the steps that were
    /// taken.
    pub fn new(
        net: &'a mut dyn Layer<T>,
        optimizer: &'a mut dyn Optimizer<T>,
        rng: &'a mut Rng,
        taken: &'a mut Vec<Taken>,
    ) -> Self {
        NetTraining {
            net,
            optimizer,
            rng,
            taken,
            batches: None,
        }
    }

    /// With the batches that the samples come from.
    #[must_use]
    pub fn of_batches(self, batches: &'a mut Batches<'d, T>) -> Self {
        NetTraining {
            batches: Some(batches),
            ..self
        }
    }
}

impl<T: Real> fmt::Debug for NetTraining<'_, '_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (net, steps) = (self.net.describe(), self.steps());
        f.debug_struct("NetTraining")
            .field("net", &net)
            .field("steps", &steps)
            .finish_non_exhaustive()
    }
}

/// What the names of an optimizer's state begin with.
const OPTIMIZER: &str = "optimizer.";

impl<T: Real> Resumable for NetTraining<'_, '_, T> {
    fn steps(&self) -> usize {
        self.taken.len()
    }

    fn to_tensors(&self) -> Named {
        let mut tensors = net::to_tensors(self.net, Layout::InOut);
        for (name, tensor) in self.optimizer.state() {
            tensors.push((format!("{OPTIMIZER}{name}"), tensor));
        }
        tensors.append(&mut named(vec![
            ("generators", generators_to_tensor(&self.net.generators())),
            ("rng", generators_to_tensor(&[&*self.rng])),
        ]));
        tensors.append(&mut steps_to_tensors(self.taken));
        if let Some(batches) = &self.batches {
            tensors.append(&mut named(vec![(
                "order",
                order_to_tensor(batches.order()),
            )]));
        }
        tensors
    }

    fn restore(&mut self, tensors: &[(String, Tensor)]) -> Result<()> {
        let taken = steps(tensors)?;
        let of_layers = generators(tensors, "generators", self.net.generators().len())?;
        let rng = generator(tensors, "rng")?;
        let state = optimizer_s(tensors);
        if let Some(batches) = &mut self.batches {
            batches.go_on(order(tensors, "order")?, taken.len())?;
        }
        net::assign(self.net, tensors, Layout::InOut)?;
        self.optimizer.set_state(self.net, &state)?;
        let mut of_layers = of_layers.into_iter();
        self.net.visit_generators(&mut |generator| {
            *generator = of_layers.next().expect("as many as there are");
        });
        *self.rng = rng;
        *self.taken = taken;
        Ok(())
    }
}

/// What belongs to the optimizer, under its own names.
fn optimizer_s(tensors: &[(String, Tensor)]) -> Named {
    let mut state = Named::new();
    for (name, tensor) in tensors {
        if let Some(name) = name.strip_prefix(OPTIMIZER) {
            state.push((name.to_string(), tensor.clone()));
        }
    }
    state
}

fn steps_to_tensors(taken: &[Taken]) -> Named {
    let numbers = |of: fn(&Taken) -> f64| {
        let numbers: Vec<f64> = taken.iter().map(of).collect();
        numbers_to_tensor(&numbers)
    };
    named(vec![
        ("rates", numbers(|step| step.lr)),
        ("losses", numbers(|step| step.loss)),
        ("accuracies", numbers(|step| step.accuracy)),
    ])
}

/// The steps that were taken.
fn steps(tensors: &[(String, Tensor)]) -> Result<Vec<Taken>> {
    let [rates, losses, accuracies] =
        ["rates", "losses", "accuracies"].map(|name| numbers(tensors, name));
    let (rates, losses, accuracies) = (rates?, losses?, accuracies?);
    if rates.len() != losses.len() || losses.len() != accuracies.len() {
        let message = format!(
            "has {} rates, {} losses and {} accuracies, expected as many of each",
            rates.len(),
            losses.len(),
            accuracies.len()
        );
        return Err(Error::content(message));
    }
    let steps = rates.into_iter().zip(losses).zip(accuracies);
    let taken = |((lr, loss), accuracy)| Taken { lr, loss, accuracy };
    Ok(steps.map(taken).collect())
}
