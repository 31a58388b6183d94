//! What `--report` gathers of a training of section 3.7's network.

use fromzero::Real;
use fromzero::data::{Batches, Dataset};
use fromzero::io::Result;
use fromzero::keep::Taken;
use fromzero::section37::{
    Activations, Deltas, Params, Recipe, Step, Training, backward_and_descend, evaluate, forward,
    loss,
};
use fromzero::view::report::{Inside, names_of_section37, strongest_units};

use crate::support::report::{Report, answers, measured};

/// A training and a test set.
type Sets<'a> = (&'a Dataset, &'a Dataset);

/// The training is about to begin, or to go on.
pub fn begin<T: Real>(
    report: &mut Report,
    recipe: &Recipe,
    training: &Training<'_, T>,
    taken: &[Taken],
    (train, test): Sets<'_>,
) -> Result<()> {
    report.data(train, test)?;
    report.loss_is_cross_entropy(train);
    let network = format!("{}, {}", training.params().sizes(), T::NAME);
    report.fact("network", network);
    let batches = train.len().div_ceil(recipe.batch);
    let steps = recipe.epochs.saturating_mul(batches);
    let steps = recipe.limit.unwrap_or(steps).min(steps);
    let names = || names_of_section37(training.params());
    let inside = || Inside::training(training);
    report.begin((steps, batches), taken, &names, &inside);
    Ok(())
}

/// A step was taken.
pub fn step<T: Real>(
    report: &mut Report,
    step: &Step,
    taken: Taken,
    training: &Training<'_, T>,
) -> Result<()> {
    report.step(taken, &|| Inside::training(training));
    match step.batch + 1 == step.batches {
        true => report.epoch(|sample| evaluate(training.params(), sample)),
        false => Ok(()),
    }
}

/// Writes the page about the trained network, of which this share of the training set is right.
pub fn write<T: Real>(
    mut report: Report,
    recipe: &Recipe,
    params: &Params<T>,
    right: f64,
    (train, test): Sets<'_>,
) -> Result<()> {
    if report.is_asked_for() {
        report.fact("weights", format!("checksum 0x{:016x}", params.checksum()));
    }
    report.write(Some(test), |record, timing| {
        record.train_accuracy = Some(right);
        record.first_weights = strongest_units(&params.w1);
        record.phases = timing.with_rest(phases(params, train, recipe.batch.min(train.len()))?);
        let mut act = Activations::new(params.sizes(), 0)?;
        record.answers = answers(test, &mut |x| {
            if act.a2.rows() < x.rows() {
                act = Activations::new(params.sizes(), x.rows())?;
            }
            forward(params, x, &mut act);
            Ok(act.a4.clone())
        })?;
        Ok(())
    })
}

/// How long the parts of a step take, on a copy of the network.
fn phases<T: Real>(params: &Params<T>, train: &Dataset, m: usize) -> Result<Vec<(String, f64)>> {
    let sizes = params.sizes();
    let mut params = params.clone();
    let (mut act, mut deltas) = (Activations::new(sizes, m)?, Deltas::new(sizes, m)?);
    let mut batches = Batches::<T>::new(train, m)?;
    let gathering = measured(&mut || {
        batches.rewind();
        batches.next_batch();
    });
    batches.rewind();
    let batch = batches.next_batch().expect("a training set has samples");
    let (x, y) = (&batch.x, &batch.y);
    let forward_pass = measured(&mut || forward(&params, x, &mut act));
    let loss_of_batch = measured(&mut || _ = loss(&act, y));
    let lr = T::from_f64(1e-9);
    let backward_pass =
        measured(&mut || backward_and_descend(&mut params, x, y, &act, &mut deltas, lr));
    let parts = [
        ("gathering the batch", gathering),
        ("forward, (3-54) to (3-57)", forward_pass),
        ("loss, (3-58)", loss_of_batch),
        ("backward and descent, (3-63) to (3-67)", backward_pass),
    ];
    let mut phases = Vec::new();
    for (name, seconds) in parts {
        phases.push((name.to_string(), seconds));
    }
    Ok(phases)
}
