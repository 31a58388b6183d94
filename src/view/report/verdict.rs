//! What is wrong with a training, in words: [`verdict`] asks the rules one after another.

use super::record::Record;
use super::rules::{
    Losses, dead_units, inputs_not_scaled, labels_shuffled, overfitting, rate_too_high,
    rate_too_low, saturation, vanishing_gradients,
};

/// Something that can be wrong with a training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ailment {
    /// The inputs are far larger or smaller than what the first weights are drawn for.
    InputsNotScaled,
    /// Steps jump over what they look for.
    RateTooHigh,
    /// Steps do not get anywhere.
    RateTooLow,
    /// Units stand where their function is flat.
    Saturation,
    /// Units put out 0 whatever comes in.
    DeadUnits,
    /// The first layers get no gradient.
    VanishingGradients,
    /// The labels have nothing to do with the samples.
    LabelsShuffled,
    /// The training set is learnt by heart.
    Overfitting,
}

/// An ailment, and what shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub ailment: Ailment,
    /// What is seen, what it means, and what to try.
    pub words: String,
}

/// What is wrong with a training, causes before what follows from them; nothing, if nothing is found.
///
/// ```
/// use fromzero::keep::Taken;
/// use fromzero::view::report::{Ailment, Record, verdict};
/// let steps = [0.7, 5.0, f64::NAN].map(|loss| Taken { lr: 30.0, loss, accuracy: 0.5 });
/// let record = Record { steps: steps.to_vec(), ..Record::default() };
/// assert_eq!(verdict(&record)[0].ailment, Ailment::RateTooHigh);
/// ```
pub fn verdict(record: &Record) -> Vec<Finding> {
    let losses = Losses::of(record);
    let mut found = Vec::new();
    let mut add = |ailment, words: Option<String>| {
        found.extend(words.map(|words| Finding { ailment, words }));
        !found.is_empty()
    };
    // What one of these rules finds may leave the traces that the rules after it look for, so those are not asked.
    let is_explained = add(Ailment::InputsNotScaled, inputs_not_scaled(record));
    if !is_explained {
        let is_high = add(Ailment::RateTooHigh, rate_too_high(record, &losses));
        add(Ailment::DeadUnits, dead_units(record));
        let is_explained = is_high || add(Ailment::Saturation, saturation(record));
        let is_explained =
            is_explained || add(Ailment::VanishingGradients, vanishing_gradients(record));
        if !is_explained {
            let is_explained = add(Ailment::LabelsShuffled, labels_shuffled(record, &losses));
            if !is_explained {
                add(Ailment::RateTooLow, rate_too_low(record, &losses));
            }
        }
    }
    let labels_fit = found.iter().all(|f| f.ailment != Ailment::LabelsShuffled);
    if labels_fit && let Some(words) = overfitting(record) {
        let ailment = Ailment::Overfitting;
        found.push(Finding { ailment, words });
    }
    found
}
