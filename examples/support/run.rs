//! What the trainings of networks of layers share that come in and go out by files: weights, checkpoints, a table of the steps.

use std::path::PathBuf;

use fromzero::data::{Batches, Dataset};
use fromzero::io::{Error, Result, fnv1a};
use fromzero::keep::{Layout, NetTraining, Taken, net};
use fromzero::nn::{Layer, Optimizer, Sequential};
use fromzero::rng::Rng;
use fromzero::view::Progress;
use fromzero::view::report::{Inside, names_of_net};

use super::history::History;
use super::kept::Kept;
use super::report::Report;
use super::report_of_net::{Outputs, accuracy, add_classifier, add_first_weights};
use super::{Options, file_to_write, layout, weights_to_load, weights_to_save};

/// A run of a program that trains a network: the random numbers that it draws from, and the steps that it has taken.
pub struct Run {
    /// From `--seed`.
    pub rng: Rng,
    pub say: Progress<'static>,
    load: Option<PathBuf>,
    save: Option<PathBuf>,
    layout: Layout,
    table: Option<PathBuf>,
    kept: Kept,
    history: History,
    report: Report,
    taken: Vec<Taken>,
    /// Steps in all.
    steps: usize,
}

impl Run {
    /// Reads `--seed`, `--quiet`, `--load`, `--save`, `--layout`, `--history`, `--report`, and what [`Kept::read`] reads.
    pub fn new(options: &Options) -> Result<Self> {
        Ok(Run {
            rng: Rng::new(options.seed("seed")?),
            say: Progress::stderr(options.flag("quiet")),
            load: weights_to_load(options)?.map(PathBuf::from),
            save: weights_to_save(options)?.map(PathBuf::from),
            layout: layout(options)?,
            table: file_to_write(options, "history")?.map(PathBuf::from),
            kept: Kept::read(options)?,
            history: History::default(),
            report: Report::read(options)?,
            taken: Vec::new(),
            steps: 0,
        })
    }

    /// A training of so many `steps`, of which an epoch has so many `batches`, is about to begin: gives the network, which knows its
    /// number of inputs, the weights of `--load`, and takes all to where `--resume` says that it was stopped. Without `samples` they are
    /// drawn as they are needed.
    pub fn begin(
        &mut self,
        (steps, batches): (usize, usize),
        net: &mut Sequential<f32>,
        optimizer: &mut dyn Optimizer<f32>,
        mut samples: Option<&mut Batches<'_, f32>>,
    ) -> Result<()> {
        if let Some(path) = &self.load {
            net::load(path, net, self.layout)?;
        }
        self.steps = steps;
        let samples_of = samples.as_ref().map(|samples| samples.data().checksum());
        self.kept
            .describe(described(net, samples_of), checksum(net));
        let mut training = NetTraining::new(net, optimizer, &mut self.rng, &mut self.taken);
        if let Some(samples) = samples.take() {
            training = training.of_batches(samples);
        }
        self.kept.restore(&mut training, &mut self.say)?;
        self.history = History::begin(self.table.as_deref(), batches, &self.taken)?;
        let (names, inside) = (|| names_of_net(net), || Inside::net(net));
        (self.report).begin((steps, batches), &self.taken, &names, &inside);
        for (name, value) in described(net, None) {
            self.report.fact(&name, value);
        }
        Ok(())
    }

    /// What is known of the steps that were taken.
    pub fn taken(&self) -> &[Taken] {
        &self.taken
    }

    /// A step was taken: it comes into the table, and into a checkpoint, if one is due.
    pub fn keep(
        &mut self,
        (loss, accuracy): (f64, f64),
        net: &mut Sequential<f32>,
        optimizer: &mut dyn Optimizer<f32>,
        samples: Option<&mut Batches<'_, f32>>,
    ) {
        let lr = optimizer.learning_rate();
        let step = Taken { lr, loss, accuracy };
        self.history.add(&step);
        self.taken.push(step);
        self.report.step(step, &|| Inside::net(net));
        let is_last = self.taken.len() == self.steps;
        let mut training = NetTraining::new(net, optimizer, &mut self.rng, &mut self.taken);
        if let Some(samples) = samples {
            training = training.of_batches(samples);
        }
        self.kept.write_if_due(&training, is_last);
    }

    /// What the classifier `net` is trained on, and what it is tested on: for the report.
    pub fn report_data(
        &mut self,
        net: &Sequential<f32>,
        train: &Dataset,
        test: &Dataset,
    ) -> Result<()> {
        if !matches!(Outputs::of(net), Outputs::Scores) {
            self.report.loss_is_cross_entropy(train);
        }
        self.report.data(train, test)
    }

    /// The share of so many samples of the test set that is right by now: for the report.
    pub fn report_test(&mut self, share: f64, samples: usize) {
        self.report.tested(share, samples);
    }

    /// An epoch is over, whose test the report is to make itself.
    pub fn report_epoch(&mut self, net: &mut Sequential<f32>) -> Result<()> {
        self.report.epoch(|sample| accuracy(net, sample))
    }

    /// The training ends early, and so does its report.
    pub fn failed(&mut self, error: Error) -> Error {
        self.report.failed(error)
    }

    /// Writes the weights, if `--save` asks for it, and the report about them, where they are those of a classifier with what it was trained
    /// and is tested on; says what else could not be written.
    pub fn end(
        mut self,
        net: &mut Sequential<f32>,
        data: Option<(&Dataset, &Dataset)>,
    ) -> Result<()> {
        let saved = self.save.map(|path| net::save(path, net, self.layout));
        if self.report.is_asked_for() {
            self.report
                .fact("weights", format!("checksum 0x{:016x}", checksum(net)));
        }
        let reported = self
            .report
            .write(data.map(|data| data.1), |record, timing| match data {
                Some(data) => add_classifier(record, timing, net, data),
                None => {
                    add_first_weights(record, net);
                    Ok(())
                }
            });
        self.kept.end()?;
        self.history.end()?;
        saved.unwrap_or(Ok(()))?;
        reported
    }
}

/// What the bits of the training depend on, beside the options.
fn described(net: &Sequential<f32>, samples: Option<u64>) -> Vec<(String, String)> {
    let mut described = Vec::new();
    if let Some(checksum) = samples {
        described.push(("training set".into(), format!("0x{checksum:016x}")));
    }
    for (i, layer) in net.layers().enumerate() {
        described.push((format!("layer {i}"), layer.describe()));
    }
    described
}

/// As that of section 3.7's weights.
fn checksum(net: &Sequential<f32>) -> u64 {
    let mut bytes = Vec::new();
    for parameter in net.parameters() {
        bytes.extend_from_slice(parameter.to_tensor().bytes());
    }
    fnv1a(bytes)
}
