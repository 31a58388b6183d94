//! What the report of a training says of the trained network of layers.

use fromzero::Matrix;
use fromzero::data::{Batches, Dataset};
use fromzero::elementary::exp;
use fromzero::io::Result;
use fromzero::metrics::correct;
use fromzero::nn::{Layer, Sequential};
use fromzero::ops::softmax;
use fromzero::view::report::{Record, strongest_units};

use super::report::{Timing, answers, measured, train_sample};

/// Samples that are tested at once.
const AT_ONCE: usize = 500;

/// Adds what is to be known of a trained classifier. The network's outputs may change.
pub fn add_classifier(
    record: &mut Record,
    timing: &Timing,
    net: &mut Sequential<f32>,
    (train, test): (&Dataset, &Dataset),
) -> Result<()> {
    let batch = record.steps.len().min(1) * train.len().div_ceil(record.batches.max(1));
    let mut batches = Batches::<f32>::new(train, batch.clamp(1, train.len()))?;
    let x = &batches.next_batch().expect("a training set has samples").x;
    record.phases = timing.with_rest(phases(&mut net.clone(), x));
    add_first_weights(record, net);
    record.train_accuracy = Some(accuracy(net, &train_sample(train)?)?);
    net.set_training(false);
    let kind = Outputs::of(net);
    record.answers = answers(test, &mut |x| Ok(kind.probabilities(net.forward(x))))?;
    net.set_training(true);
    Ok(())
}

/// Adds what the first layer looks for.
pub fn add_first_weights(record: &mut Record, net: &Sequential<f32>) {
    let mut parameters = net.parameters().into_iter();
    let first = parameters.find(|p| !p.is_vector());
    record.first_weights = first.map_or_else(Vec::new, |w| strongest_units(&w.value));
}

/// The share of samples that are right, in evaluation.
pub fn accuracy(net: &mut Sequential<f32>, data: &Dataset) -> Result<f64> {
    let mut batches = Batches::<f32>::new(data, AT_ONCE.min(data.len()))?;
    let mut right = 0;
    net.set_training(false);
    while let Some(batch) = batches.next_batch() {
        right += correct(net.forward(&batch.x), &batch.labels)?;
    }
    net.set_training(true);
    Ok(right as f64 / data.len() as f64)
}

/// How long each layer takes for a batch, forward and back.
pub fn phases(net: &mut Sequential<f32>, x: &Matrix<f32>) -> Vec<(String, f64)> {
    let (mut forward, mut backward) = (Vec::new(), Vec::new());
    net.forward(x);
    let mut input = x.clone();
    for (i, layer) in net.layers_mut().enumerate() {
        let name = format!("{i} {}", layer.name());
        forward.push((
            format!("{name}, forward"),
            measured(&mut || _ = layer.forward(&input)),
        ));
        let grad = layer.output().clone();
        let seconds = match i {
            0 => measured(&mut || layer.backward_parameters(&grad)),
            _ => measured(&mut || _ = layer.backward(&grad)),
        };
        backward.push((format!("{name}, backward"), seconds));
        input = grad;
    }
    backward.reverse();
    forward.append(&mut backward);
    forward
}

/// What a network's outputs are.
pub enum Outputs {
    Logits,
    LogProbabilities,
    /// Probabilities, or scores from 0 to 1.
    Scores,
}

impl Outputs {
    /// As its last layer says.
    pub fn of(net: &Sequential<f32>) -> Self {
        match net.layers().last().map_or("", |layer| layer.name()) {
            "Log" | "LogSoftmax" => Outputs::LogProbabilities,
            "Softmax" | "Sigmoid" => Outputs::Scores,
            _ => Outputs::Logits,
        }
    }

    fn probabilities(&self, outputs: &Matrix<f32>) -> Matrix<f32> {
        let mut probabilities = outputs.clone();
        match self {
            Outputs::Logits => softmax(outputs, &mut probabilities),
            Outputs::LogProbabilities => probabilities.map(exp),
            Outputs::Scores => {}
        }
        probabilities
    }
}
