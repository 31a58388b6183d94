//! The page: its sections in order.

use super::chart::{Chart, Line};
use super::confusion::{Cells, worst_mistakes};
use super::loss::loss;
use super::pictures::{picture, weights};
use super::record::{Activity, Norms, Record};
use super::verdict::verdict;
use super::words::{percent, time};
use crate::data::Dataset;
use crate::view::{Markup, page};

const STYLE: &str = include_str!("report.css");

/// Bytes of a page; pictures of samples take what the rest leaves.
const MOST_BYTES: usize = 1_000_000;
/// What the frame of the page takes, and what is not counted exactly.
const FRAME_BYTES: usize = 40_000;

/// The page about a training, `test` being the data set of [`Record::answers`]: at most 1 MB, without script or anything from outside.
///
/// ```
/// use fromzero::keep::Taken;
/// use fromzero::view::report::{Record, report};
/// let steps = [2.3, 1.1, 0.7].map(|loss| Taken { lr: 0.1, loss, accuracy: 0.5 });
/// let (program, steps) = ("train".into(), steps.to_vec());
/// let record = Record { program, batches: 3, steps, ..Record::default() };
/// assert!(report(&record, None).starts_with("<!DOCTYPE html>"));
/// ```
///
/// # Panics
/// If `test` has fewer samples than there are answers.
#[track_caller]
pub fn report(record: &Record, test: Option<&Dataset>) -> String {
    let (answers, samples) = (record.answers.len(), test.map(Dataset::len));
    assert!(
        samples.is_none_or(|samples| samples >= answers),
        "report: expected a sample for each of {answers} answers, found {}",
        samples.unwrap_or(0)
    );
    let mut top = Markup::new();
    heading(record, &mut top);
    course(record, &mut top);
    let mut bottom = Markup::new();
    if !record.answers.is_empty() {
        bottom.leaf("h2", &[], "The worst mistakes");
        worst_mistakes(record, test, &mut bottom);
    }
    inside(record, test, &mut bottom);
    step_time(record, &mut bottom);
    facts(record, &mut bottom);

    let mut body = top;
    if !record.answers.is_empty() {
        let cells = Cells::of(record);
        let mut scores = Markup::new();
        cells.scores(&mut scores);
        let taken = [&body, &bottom, &scores].map(|part| part.source().len());
        let table = 75 * record.classes.len() * record.classes.len();
        let taken = taken.iter().sum::<usize>() + table + FRAME_BYTES;
        let room = MOST_BYTES.saturating_sub(taken);
        let shown = test.map_or_else(Vec::new, |test| cells.choose(test, room));
        body.leaf(
            "h2",
            &[("id", &"confusion")],
            "Which class is taken for which",
        );
        if test.is_some() {
            cells.table(&shown, &mut body);
            cells.open(&shown, &mut body);
        }
        body.append(&scores);
    }
    body.append(&bottom);
    page("en", &title(record), STYLE, &body)
}

fn title(record: &Record) -> String {
    let right = record.test_accuracy().map(percent);
    let right = right.map_or(String::new(), |right| {
        format!(": {right} of the test set are right")
    });
    format!("{}{right}", record.program)
}

fn heading(record: &Record, out: &mut Markup) {
    out.leaf("h1", &[], title(record));
    let found = verdict(record);
    out.element("section", &[("class", &"verdict")], |out| {
        if found.is_empty() {
            out.leaf(
                "p",
                &[("class", &"fine")],
                "Nothing is wrong with this training that its numbers would show. Looked for: inputs not scaled, a learning rate too high or too \
                 low, saturated or dead units, vanishing gradients, shuffled labels, overfitting.",
            );
        }
        for finding in &found {
            out.leaf("p", &[("class", &"ill")], &finding.words);
        }
    });
    if let Some(why) = &record.stopped {
        out.leaf("p", &[], format_args!("The training ended early: {why}"));
    }
    if record.resumed > 0 {
        out.leaf(
            "p",
            &[],
            format_args!(
                "The first {} steps were taken before the training was stopped and taken up again: of them only the losses, the accuracies of \
                 batches and the learning rates are known.",
                record.resumed
            ),
        );
    }
}

fn course(record: &Record, out: &mut Markup) {
    out.leaf("h2", &[], "The course of the training");
    if record.steps.is_empty() {
        return out.leaf("p", &[], "No step was taken.");
    }
    loss(record, out);
    out.element("div", &[("class", &"charts")], |out| {
        accuracy(record, out);
        let rates = record
            .steps
            .iter()
            .enumerate()
            .map(|(i, step)| (i as f64, step.lr));
        let points = thinned(rates.collect());
        draw(
            out,
            "Learning rate",
            "of each step.",
            false,
            vec![("learning rate".into(), points)],
        );
    });
}

fn accuracy(record: &Record, out: &mut Markup) {
    let epochs = record.epoch_accuracies();
    if epochs.iter().all(|epoch| epoch.1.is_nan()) {
        return;
    }
    let float = |&(step, share): &(usize, f64)| (step as f64, share);
    let end = record.steps.len() as f64;
    let mut lines = vec![(
        "training set, batch by batch".to_string(),
        epochs.iter().map(float).collect::<Vec<_>>(),
    )];
    if !record.tests.is_empty() {
        let name = format!("{} samples of the test set", record.tested);
        lines.push((name, record.tests.iter().map(float).collect()));
    }
    for (name, share) in [
        ("training", record.train_accuracy),
        ("test", record.test_accuracy()),
    ] {
        lines.extend(share.map(|share| {
            (
                format!("{name} set in the end: {}", percent(share)),
                vec![(end, share)],
            )
        }));
    }
    let about = "after each epoch: on the training set the mean of its batches, each before its step; in the end on all samples.";
    draw(out, "Share that is right", about, false, lines);
}

fn inside(record: &Record, test: Option<&Dataset>, out: &mut Markup) {
    out.leaf("h2", &[], "Inside the network");
    first_weights(record, test, out);
    if record.sights.is_empty() {
        return out.leaf("p", &[], "No step was looked at from inside.");
    }
    let words = format!(
        "Looked at in {} of {} steps. Norms are Euclidean; of large matrices they are taken of evenly spread rows and scaled up.",
        record.sights.len(),
        record.steps.len()
    );
    out.leaf("p", &[], words);
    out.element("div", &[("class", &"charts")], |out| {
        let norms = |what: fn(&Norms) -> f64| {
            let layers = record.layers.iter().enumerate();
            let line = |(i, name): (usize, &String)| {
                let points = record.sights.iter();
                let points = points.filter_map(|s| Some((s.step as f64, what(s.layers.get(i)?))));
                (name.clone(), points.collect())
            };
            layers.map(line).collect::<Vec<_>>()
        };
        draw(out, "Gradients", "‖∂J/∂w‖ of each layer.", true, norms(|n| n.gradient));
        draw(
            out,
            "Steps",
            "‖Δw‖/‖w‖: by what share of its size a step changes each layer. About a thousandth is usual.",
            true,
            norms(|n| n.update / n.weights),
        );
        if record.units.is_empty() {
            return;
        }
        let units = |what: fn(&Activity) -> Option<f64>| {
            let layers = record.units.iter().enumerate();
            let line = |(i, (name, _)): (usize, &(String, _))| {
                let points = record.sights.iter();
                let points = points.filter_map(|s| Some((s.step as f64, what(s.units.get(i)?)?)));
                (name.clone(), points.collect())
            };
            layers.map(line).collect::<Vec<_>>()
        };
        let about = "the share of outputs where f′ is below 4 % of its maximum: sigmoid below 0.01 or above 0.99, tanh beyond ±0.98, ReLU at 0, \
                     where half of them usually are.";
        draw(out, "Saturated outputs:", about, false, units(|a| Some(a.flat)));
        let about = "the share of units that were so for each of the last 256 samples looked at, or more.";
        draw(out, "Dead units:", about, false, units(|a| a.dead));
    });
}

fn first_weights(record: &Record, test: Option<&Dataset>, out: &mut Markup) {
    let Some(first) = record.first_weights.first() else {
        return;
    };
    let images = test.filter(|test| test.has_images() && test.inputs() == first.len());
    let Some(images) = images else {
        return weights_of_table(record, out);
    };
    let words = format!(
        "What the first layer looks for: the weights of its {} units whose weights are largest, blue below 0, red above it, each in its own \
         scale.",
        record.first_weights.len()
    );
    out.leaf("p", &[], words);
    out.element("p", &[], |out| {
        for (i, unit) in record.first_weights.iter().enumerate() {
            if let Some(uri) = weights(images.cols(), unit) {
                picture(out, "weights", &uri, &format!("weights of unit {}", i + 1));
            }
        }
    });
}

/// The weights of a first layer whose inputs are no pixels, as one picture.
fn weights_of_table(record: &Record, out: &mut Markup) {
    let (units, inputs) = (record.first_weights.len(), record.first_weights[0].len());
    if let Some(uri) = weights(inputs, &record.first_weights.concat()) {
        let words = format!(
            "What the first layer looks for: a row for each of the {units} units whose weights are largest, a column for each of {inputs} \
             inputs, blue below 0, red above it."
        );
        out.leaf("p", &[], &words);
        picture(out, "table", &uri, &words);
    }
}

fn step_time(record: &Record, out: &mut Markup) {
    let (seconds, looked) = record.seconds;
    if record.phases.is_empty() || !(seconds > 0.0) {
        return;
    }
    out.leaf("h2", &[], "Where the time of a step goes");
    let sum: f64 = record.phases.iter().map(|phase| phase.1).sum();
    out.element("div", &[("class", &"wide")], |out| {
        out.element("table", &[("class", &"time")], |table| {
            table.leaf("caption", &[], "Measured after the training on a copy of the network: the middle one of several times.");
            for (name, seconds) in &record.phases {
                table.element("tr", &[], |row| {
                    row.leaf("th", &[("scope", &"row")], name);
                    row.leaf("td", &[], time(*seconds));
                    row.leaf("td", &[], percent(seconds / sum));
                    let style = format!("width:{:.1}%", 100.0 * seconds / sum);
                    row.element("td", &[("class", &"bar")], |cell| {
                        cell.empty("span", &[("style", &style)]);
                    });
                });
            }
        });
    });
    let steps = record.steps.len().saturating_sub(record.resumed);
    let words = format!(
        "The training took {} for {steps} steps; looking at it for this page took {} of that ({}).",
        time(seconds),
        time(looked),
        percent(looked / seconds)
    );
    out.leaf("p", &[], words);
}

fn facts(record: &Record, out: &mut Markup) {
    out.leaf("h2", &[], "What was trained, and how to do it again");
    out.element("pre", &[], |pre| pre.leaf("code", &[], &record.command));
    out.element("div", &[("class", &"wide")], |out| {
        out.element("table", &[("class", &"facts")], |table| {
            for (name, value) in &record.facts {
                table.element("tr", &[], |row| {
                    row.leaf("th", &[("scope", &"row")], name);
                    row.leaf("td", &[], value);
                });
            }
        });
    });
}

/// A line, by its name and its points.
type Named = (String, Vec<(f64, f64)>);

fn draw(out: &mut Markup, title: &str, about: &str, is_logarithmic: bool, lines: Vec<Named>) {
    let lines: Vec<Line> = lines
        .into_iter()
        .map(|(name, points)| Line { name, points })
        .collect();
    let chart = Chart {
        title,
        about,
        is_logarithmic,
        band: &[],
        lines: &lines,
    };
    chart.draw(out);
}

/// The points at which a line begins or ends to be level, and of others as many as there are pixels for.
fn thinned(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    const POINTS: usize = 400;
    let every = points.len().div_ceil(POINTS);
    let last = points.len() - 1;
    let is_kept = |&i: &usize| {
        let differs = |j: usize| points[i].1 != points[j].1;
        let turns = i > 0 && i < last && (differs(i - 1) != differs(i + 1));
        i == 0 || i == last || turns || (i > 0 && differs(i - 1) && i % every == 0)
    };
    (0..points.len())
        .filter(is_kept)
        .map(|i| points[i])
        .collect()
}
