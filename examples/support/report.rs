//! `--report`: what is gathered while a program trains, for a page that shows how it went and says what is wrong.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use fromzero::data::{Batches, Dataset};
use fromzero::elementary::ln;
use fromzero::io::{Error, Result, write_atomic};
use fromzero::keep::Taken;
use fromzero::view::report::{Answer, Inputs, Inside, Names, Record, Watch, report};
use fromzero::{Engine, Matrix, Real};

use super::{Opt, Options, file_to_write, option, warning};

pub const REPORT: Opt = option(
    "report",
    "FILE.html",
    "write a page that shows how the training went, and says what is wrong with it",
);

/// Options that change nothing of the training, and are not needed to do it again.
const NOT_REPEATED: [&str; 6] = [
    "report",
    "quiet",
    "checkpoint",
    "every",
    "resume",
    "history",
];

/// Of the test set at most so many samples are tested after an epoch, and at least so many.
const TESTED: [usize; 2] = [1000, 100];
/// What tests may cost, in parts of the training: each of its samples goes forward, and back twice.
const PARTS: usize = 400;
/// Training samples that the accuracy in the end is taken of.
const TRAIN_SAMPLES: usize = 10_000;
/// Samples that go through the network at once.
const AT_ONCE: usize = 500;
/// Times that a part of a step is measured, and steps that are timed during the training.
const REPEATED: usize = 7;
const TIMED: usize = 1000;

/// A report in the making; nothing, if none is asked for.
pub struct Report(Option<Open>);

struct Open {
    path: PathBuf,
    record: Record,
    watch: Watch,
    began: Instant,
    /// When the last step ended, if nothing else was done since then, and how long some of them took, in order.
    stepped: Option<Instant>,
    durations: Vec<Duration>,
    /// When the last step of all ended.
    last: Instant,
    /// A part of the test set, for how many samples tests may cost by now, and how many more with each epoch.
    sample: Option<Dataset>,
    credit: usize,
    credit_of_epoch: usize,
    /// How long these tests took.
    testing: Duration,
}

impl Report {
    /// Reads `--report`.
    pub fn read(options: &Options) -> Result<Self> {
        let Some(path) = file_to_write(options, "report")? else {
            return Ok(Report(None));
        };

        Ok(Report(Some(Open {
            path: path.into(),
            record: Record {
                program: options.program().into(),
                command: options.command(&NOT_REPEATED),
                facts: settings(options),
                ..Record::default()
            },
            watch: Watch::new(0),
            began: Instant::now(),
            stepped: None,
            durations: Vec::new(),
            last: Instant::now(),
            sample: None,
            credit: 0,
            credit_of_epoch: 0,
            testing: Duration::ZERO,
        })))
    }

    /// Whether a report is asked for.
    pub fn is_asked_for(&self) -> bool {
        self.0.is_some()
    }

    /// What is trained on, and what is tested on.
    pub fn data(&mut self, train: &Dataset, test: &Dataset) -> Result<()> {
        let Some(open) = &mut self.0 else {
            return Ok(());
        };
        let record = &mut open.record;
        record.classes = (0..train.classes())
            .map(|class| train.class_name(class))
            .collect();
        record.inputs = Some(inputs(train)?);
        for (name, data) in [("training set", train), ("test set", test)] {
            let words = format!(
                "{} samples, checksum 0x{:016x}",
                data.len(),
                data.checksum()
            );
            record.facts.push((name.into(), words));
        }
        let [most, least] = TESTED;
        open.credit_of_epoch = 3 * train.len() / PARTS;
        let samples = open.credit_of_epoch.clamp(least, most);
        open.sample = Some(spread(test, samples)?);
        Ok(())
    }

    /// The loss is the cross-entropy, or the negative logarithm of probabilities: so it can be said what guessing gives.
    pub fn loss_is_cross_entropy(&mut self, train: &Dataset) {
        if let Some(open) = &mut self.0 {
            open.record.guessing = Some(entropy(train));
        }
    }

    /// Something else that is to be known.
    pub fn fact(&mut self, name: &str, value: String) {
        if let Some(open) = &mut self.0 {
            open.record.facts.push((name.into(), value));
        }
    }

    /// A training of so many `steps`, of which an epoch has so many `batches`, is about to begin; these were taken before.
    pub fn begin(
        &mut self,
        (steps, batches): (usize, usize),
        taken: &[Taken],
        names: &dyn Fn() -> Names,
        inside: &dyn Fn() -> Inside,
    ) {
        let Some(open) = &mut self.0 else { return };
        let record = &mut open.record;
        record.steps = taken.to_vec();
        record.resumed = record.steps.len();
        record.batches = batches;
        (record.layers, record.units) = names();
        let engine = Engine::current();
        let words = format!("{} threads, {}", engine.threads(), engine.isa());
        record.facts.push(("computed by".into(), words));
        open.watch = Watch::new(steps);
        open.watch.begin(record.resumed, inside);
        open.began = Instant::now();
        open.last = open.began;
    }

    /// A step was taken.
    pub fn step(&mut self, taken: Taken, inside: &dyn Fn() -> Inside) {
        let Some(open) = &mut self.0 else { return };
        if let Some(before) = open.stepped
            && open.durations.len() < TIMED
        {
            insert(before.elapsed(), &mut open.durations);
        }
        open.record.steps.push(taken);
        open.watch.step(taken.lr, inside);
        open.last = Instant::now();
        open.stepped = Some(open.last);
    }

    /// An epoch is over. `accuracy` tests the network on a part of the test set, unless it has cost too much already.
    pub fn epoch(&mut self, accuracy: impl FnOnce(&Dataset) -> Result<f64>) -> Result<()> {
        let Some(open) = &mut self.0 else {
            return Ok(());
        };
        open.stepped = None;
        open.credit += open.credit_of_epoch;
        if let Some(sample) = &open.sample
            && open.credit >= sample.len()
        {
            open.credit -= sample.len();
            let began = Instant::now();
            let share = accuracy(sample)?;
            open.testing += began.elapsed();
            let samples = sample.len();
            self.tested(share, samples);
        }
        Ok(())
    }

    /// The share of so many samples of the test set that is right after the last step.
    pub fn tested(&mut self, share: f64, samples: usize) {
        let Some(open) = &mut self.0 else { return };
        open.stepped = None;
        open.record.tests.push((open.record.steps.len(), share));
        open.record.tested = samples;
    }

    /// The training ends early: the page says why, and all that is known.
    pub fn failed(&mut self, error: Error) -> Error {
        if let Some(mut open) = self.0.take() {
            open.record.stopped = Some(error.to_string());
            if let Err(error) = open.write(None) {
                warning!("{error}");
            }
        }
        error
    }

    /// Writes the page, with what `end` adds about the trained network, of which the test set is `test`.
    pub fn write(
        mut self,
        test: Option<&Dataset>,
        end: impl FnOnce(&mut Record, &Timing) -> Result<()>,
    ) -> Result<()> {
        let Some(mut open) = self.0.take() else {
            return Ok(());
        };
        let step = open.durations.get(open.durations.len() / 2);
        let timing = Timing {
            step: step.map(Duration::as_secs_f64),
        };
        let added = end(&mut open.record, &timing);
        added.map_err(|error| error.at(&open.path))?;
        open.write(test)
    }
}

impl Open {
    fn write(mut self, test: Option<&Dataset>) -> Result<()> {
        let took = self.last.duration_since(self.began);
        let looked = self.watch.spent() + self.testing;
        self.record.seconds = (took.as_secs_f64(), looked.as_secs_f64());
        self.record.sights = self.watch.sights().to_vec();
        let page = report(&self.record, test);
        write_atomic(&self.path, |file| file.write_all(page.as_bytes()))
    }
}

/// How long a step takes as a whole, in seconds, if that was measured.
pub struct Timing {
    step: Option<f64>,
}

impl Timing {
    /// The parts of a step that were measured, and what is left of the whole.
    pub fn with_rest(&self, mut parts: Vec<(String, f64)>) -> Vec<(String, f64)> {
        let sum: f64 = parts.iter().map(|part| part.1).sum();
        if let Some(rest) = self.step.map(|step| step - sum).filter(|&rest| rest > 0.0) {
            parts.push(("the rest".into(), rest));
        }
        parts
    }
}

/// How long something takes: the middle one of several times, in seconds.
pub fn measured(what: &mut dyn FnMut()) -> f64 {
    let mut times = Vec::new();
    for _ in 0..REPEATED {
        let began = Instant::now();
        what();
        insert(began.elapsed(), &mut times);
    }
    times[REPEATED / 2].as_secs_f64()
}

/// Adds a time to others, in order.
fn insert(time: Duration, times: &mut Vec<Duration>) {
    let place = times.partition_point(|&other| other < time);
    times.insert(place, time);
}

/// The network's answer to each sample; `probabilities` makes those of a batch. None, if one is not a number.
pub fn answers<T: Real>(
    data: &Dataset,
    probabilities: &mut dyn FnMut(&Matrix<T>) -> Result<Matrix<T>>,
) -> Result<Vec<Answer>> {
    let mut batches = Batches::<T>::new(data, AT_ONCE.min(data.len()))?;
    let (mut answers, mut row) = (Vec::with_capacity(data.len()), Vec::new());
    while let Some(batch) = batches.next_batch() {
        let rows = probabilities(&batch.x)?;
        for (i, &label) in batch.labels.iter().enumerate() {
            row.clear();
            for p in rows.row(i) {
                row.push(p.to_f64());
            }
            match Answer::new(label, &row) {
                Some(answer) => answers.push(answer),
                None => return Ok(Vec::new()),
            }
        }
    }
    Ok(answers)
}

/// Samples of a training set, enough for its accuracy.
pub fn train_sample(data: &Dataset) -> Result<Dataset> {
    spread(data, TRAIN_SAMPLES)
}

/// The options that are given or have a value.
fn settings(options: &Options) -> Vec<(String, String)> {
    let mut given = Vec::new();
    for (name, value) in options.settings(&NOT_REPEATED) {
        if value != "not given" {
            given.push((name, value));
        }
    }
    given
}

/// So many samples, evenly spread, or all.
fn spread(data: &Dataset, samples: usize) -> Result<Dataset> {
    let samples = samples.min(data.len());
    let chosen: Vec<usize> = (0..samples).map(|i| i * data.len() / samples).collect();
    data.select(&chosen)
}

fn inputs(data: &Dataset) -> Result<Inputs> {
    let sample = spread(data, AT_ONCE)?;
    let mut batches = Batches::<f32>::new(&sample, sample.len())?;
    let batch = batches.next_batch().expect("a training set has samples");
    Ok(Inputs::of(&batch.x))
}

/// The entropy of the labels, the mean of −ln of the share of a sample's class: what (3-58) is for who knows no more than these shares.
fn entropy(data: &Dataset) -> f64 {
    let mut counts = vec![0.0; data.classes()];
    for &label in data.labels() {
        counts[usize::from(label)] += 1.0;
    }
    let samples = data.len() as f64;
    let shares = counts.into_iter().map(|count| count / samples);
    shares.filter(|&p| p > 0.0).map(|p| -p * ln(p)).sum()
}
