//! The rules of the verdict. Each looks for the trace that one mistake leaves, and for what tells it from the traces of others; the words
//! that it returns say what is seen, what that means, and what to try.
//!
//! The thresholds lie between what healthy trainings show and what the mistake does; none is a law.

use super::record::{Activity, Norms, Record, Sight};
use super::words::{number, percent};
use crate::nn::Unit;

/// The first weights are drawn for inputs of about 1: pixels over 255 have 0.1 to 0.7, standardised columns 1.
const LARGE_INPUTS: f64 = 8.0;
const SMALL_INPUTS: f64 = 0.01;
/// Healthy layers begin with less than 0.4 of their outputs flat. Later many may be so because the network is sure of itself.
const FLAT_AT_FIRST: f64 = 0.6;
const FLAT_AT_LAST: f64 = 0.8;
/// Of the units of a healthy ReLU layer up to a quarter are dead.
const DEAD: f64 = 0.5;
/// With two or three layers of sigmoids the first one still gets a third of the last one's gradient, with five 0.003, with eight 10⁻⁴.
const VANISHED: f64 = 3e-3;
/// Losses rise at times, but not to a multiple of the first one, which nothing has been learnt for.
const ROSE: f64 = 3.0;
/// All steps together, one behind the other, move weights that learn by at least their own size.
const SHORT_WAY: f64 = 0.15;
/// As long as such a share of the first loss is left, little has been learnt.
const LITTLE_LEARNT: f64 = 0.7;
/// The training set is read so much better than the test set: in points, and in mistakes.
const GAP: f64 = 0.08;
const TIMES_MORE: f64 = 2.0;
/// Standard deviations within which chance is believed.
const SIGMAS: f64 = 3.0;

/// The course of the loss in a few numbers.
pub(super) struct Losses {
    first: f64,
    /// Means over a twentieth of the steps: the largest, the smallest, those in the middle and at the end.
    highest: f64,
    lowest: f64,
    middle: f64,
    last: f64,
    all_finite: bool,
}

impl Losses {
    pub fn of(record: &Record) -> Self {
        let losses = record.steps.iter().map(|step| step.loss);
        let finite: Vec<f64> = losses.filter(|loss| loss.is_finite()).collect();
        let width = (finite.len() / 20)
            .clamp(1, 1000)
            .max(5.min(finite.len().max(1)));
        let means: Vec<f64> = finite
            .windows(width)
            .step_by(width.div_ceil(4))
            .map(mean)
            .collect();
        let largest = |a: f64, &b: &f64| if b > a { b } else { a };
        let smallest = |a: f64, &b: &f64| if b < a { b } else { a };
        Losses {
            first: finite.first().copied().unwrap_or(f64::NAN),
            highest: means.iter().fold(f64::NEG_INFINITY, largest),
            lowest: means.iter().fold(f64::INFINITY, smallest),
            middle: means.get(means.len() / 2).copied().unwrap_or(f64::NAN),
            last: means.last().copied().unwrap_or(f64::NAN),
            all_finite: finite.len() == record.steps.len(),
        }
    }
}

pub(super) fn inputs_not_scaled(record: &Record) -> Option<String> {
    let inputs = record.inputs?;
    let (size, largest) = (inputs.size, inputs.largest);
    if (SMALL_INPUTS..=LARGE_INPUTS).contains(&size) {
        return None;
    }
    let (size, largest) = (number(size), number(largest));
    Some(format!(
        "The inputs are not scaled: their root mean square is {size}, the largest is {largest}, where the first weights are \
         drawn for inputs of about 1. Divide pixels by 255, or subtract from each column its mean and divide by its deviation. What \
         else looks odd on this page may follow from it."
    ))
}

pub(super) fn rate_too_high(record: &Record, losses: &Losses) -> Option<String> {
    let advice = "Try a learning rate ten times smaller.";
    let steps = record.steps.len();
    if steps > 0 && (!losses.all_finite || record.stopped.is_some()) {
        return Some(format!(
            "The learning rate is too high: after {steps} steps the numbers were no longer finite. {advice}"
        ));
    }
    let Losses {
        first,
        highest,
        lowest,
        last,
        ..
    } = *losses;
    if highest > ROSE * first {
        let [times, first, highest] = [highest / first, first, highest].map(number);
        return Some(format!(
            "The learning rate is too high: the loss rose from {first} to {highest}, {times} times as much. {advice}"
        ));
    }
    if last > 2.0 * lowest && last - lowest > 0.2 * first {
        let [lowest, last] = [lowest, last].map(number);
        return Some(format!(
            "The learning rate is too high: the loss had come down to {lowest} and has risen again to {last}. {advice} Or let it \
             fall over the training."
        ));
    }
    None
}

pub(super) fn dead_units(record: &Record) -> Option<String> {
    let last = record.sights.last()?;
    let dead = worst(record, last, |unit, activity| match unit {
        Unit::Relu => activity.dead,
        _ => None,
    });
    let (name, share) = dead.filter(|&(_, share)| share > DEAD)?;
    Some(format!(
        "Dead units: {} of layer {name} put out 0 for every sample that was looked at last, so no gradient reaches their weights \
         any more. Smaller steps, or first weights and biases that leave more units above 0, keep them alive.",
        percent(share)
    ))
}

pub(super) fn saturation(record: &Record) -> Option<String> {
    let flat = |sight| {
        worst(record, sight, |unit, activity| match unit {
            Unit::Relu => None,
            _ => Some(activity.flat),
        })
    };
    let words = |(name, share): (&str, f64), when: &str, advice: &str| {
        format!(
            "Saturation: {when} {} of the outputs of layer {name} lie where its function is flat, and hardly a gradient comes \
             through. {advice}",
            percent(share)
        )
    };
    let first = flat(record.sights.first()?).filter(|&(_, share)| share > FLAT_AT_FIRST);
    let last = flat(record.sights.last()?).filter(|&(_, share)| share > FLAT_AT_LAST);
    match (first, last) {
        (Some(worst), _) => Some(words(
            worst,
            "from the beginning",
            "Narrower first weights (Xavier's) help.",
        )),
        (_, Some(worst)) => Some(words(
            worst,
            "in the end",
            "Smaller steps keep the weights smaller.",
        )),
        _ => None,
    }
}

pub(super) fn vanishing_gradients(record: &Record) -> Option<String> {
    let ratio = median(&record.sights, |sight| match &sight.layers[..] {
        [first, _, .., last] if last.gradient > 0.0 => Some(first.gradient / last.gradient),
        _ => None,
    })?;
    (ratio < VANISHED).then(|| {
        format!(
            "Vanishing gradients: the first layer's gradient is {ratio:.1e} of the last one's, so the first layers hardly learn. Each \
             sigmoid takes three quarters of a gradient and more. Fewer layers, ReLU or tanh, or wider first weights help."
        )
    })
}

pub(super) fn labels_shuffled(record: &Record, losses: &Losses) -> Option<String> {
    let (test, chance) = (record.test_accuracy()?, chance(record)?);
    let train = record.train_accuracy?;
    if test > chance {
        return None;
    }
    let words = |seen: String| {
        format!(
            "The labels seem to be shuffled: {seen} The samples and labels of a set may not belong together, or be in another order; \
             look at some of them."
        )
    };
    if train > chance + GAP {
        return Some(words(format!(
            "the training set is learnt ({} are right), but of the test set {} are right, no more than guessing gives.",
            percent(train),
            percent(test)
        )));
    }
    // Nothing was learnt, though there were steps enough, they were long enough, and nothing else was found to stop them.
    let guessing = record.guessing?;
    (way(record)? > 2.0 * SHORT_WAY && losses.last > 0.9 * guessing).then(|| {
        words(format!(
            "the weights moved a long way, and still the loss is {}, where guessing has {}, and {} of the test set are right, no \
             more than guessing gives.",
            number(losses.last),
            number(guessing),
            percent(test)
        ))
    })
}

pub(super) fn rate_too_low(record: &Record, losses: &Losses) -> Option<String> {
    let Losses {
        first,
        middle,
        last,
        ..
    } = *losses;
    // Of first weights that do worse than guessing, guessing is the measure.
    let is_guessing = record
        .guessing
        .is_some_and(|guessing| last > 0.9 * guessing);
    if record.steps.len() < 20 || !(last > LITTLE_LEARNT * first || is_guessing) {
        return None;
    }
    let advice = "Try a learning rate ten times higher, or many more steps.";
    if let Some(way) = way(record).filter(|&way| way < SHORT_WAY) {
        let [first, last] = [first, last].map(number);
        return Some(format!(
            "The learning rate is too low: all {} steps together moved no layer's weights by more than {} of their size, and the loss \
             is {last} after {first}. {advice}",
            record.steps.len(),
            percent(way)
        ));
    }
    let fell = first - last;
    (fell > 0.05 * first && middle - last > 0.3 * fell).then(|| {
        let [first, middle, last] = [first, middle, last].map(number);
        format!(
            "The learning rate is too low for so many steps: the loss falls as steadily at the end as in the middle, from \
             {first} over {middle} to {last}. {advice}"
        )
    })
}

pub(super) fn overfitting(record: &Record) -> Option<String> {
    let (train, test) = (record.train_accuracy?, record.test_accuracy()?);
    let deviation = (test * (1.0 - test) / record.answers.len() as f64).sqrt();
    let is_wide = train - test > GAP && train - test > SIGMAS * deviation;
    (is_wide && 1.0 - test > TIMES_MORE * (1.0 - train)).then(|| {
        format!(
            "Overfitting: {} of the training set are right and {} of the test set. More samples, fewer units, dropout, weight decay, or \
             fewer epochs help.",
            percent(train),
            percent(test)
        )
    })
}

/// The most that who always guesses the most frequent class gets right, by luck.
fn chance(record: &Record) -> Option<f64> {
    let mut counts = vec![0_usize; record.classes.len()];
    for answer in &record.answers {
        *counts.get_mut(usize::from(answer.class))? += 1;
    }
    let samples = record.answers.len() as f64;
    let share = counts.into_iter().max()? as f64 / samples;
    Some(share + SIGMAS * (share * (1.0 - share) / samples).sqrt())
}

/// How far all steps together, one behind the other, move the layer that moves most, in units of its weights' size.
fn way(record: &Record) -> Option<f64> {
    let of_layer = |i: usize| {
        let moves = record.sights.iter().filter_map(|sight| sight.layers.get(i));
        let moves: Vec<f64> = moves
            .map(
                |&Norms {
                     weights, update, ..
                 }| update / weights,
            )
            .collect();
        mean(&moves) * record.steps.len() as f64
    };
    let ways = (0..record.layers.len())
        .map(of_layer)
        .filter(|way| !way.is_nan());
    ways.max_by(f64::total_cmp)
}

/// The layer of units of which `what` is the largest.
fn worst<'r>(
    record: &'r Record,
    sight: &Sight,
    what: impl Fn(Unit, &Activity) -> Option<f64>,
) -> Option<(&'r str, f64)> {
    let layers = record.units.iter().zip(&sight.units);
    let shares =
        layers.filter_map(|((name, unit), activity)| Some((&name[..], what(*unit, activity)?)));
    shares.max_by(|a, b| a.1.total_cmp(&b.1))
}

fn median(sights: &[Sight], what: impl Fn(&Sight) -> Option<f64>) -> Option<f64> {
    let mut values: Vec<f64> = sights
        .iter()
        .filter_map(what)
        .filter(|x| !x.is_nan())
        .collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
