//! Small trainings, healthy and ill, as records for the tests of reports.

use fromzero::data::{Batches, Dataset};
use fromzero::elementary::ln;
use fromzero::keep::Taken;
use fromzero::metrics::accuracy;
use fromzero::nn::SoftmaxCrossEntropy;
use fromzero::nn::{Dense, Layer, Model, Optimizer, Relu, Sequential, Sigmoid};
use fromzero::ops::softmax;
use fromzero::prelude::{Init, Matrix, Rng};
use fromzero::section37::{Activations, Params, Recipe, Sizes, Training, evaluate, forward};
use fromzero::view::report::{
    Answer, Inputs, Inside, Record, Watch, names_of_net, names_of_section37,
};

pub const CLASSES: usize = 4;
pub const FEATURES: usize = 16;

/// Samples around a few centres of each class, and what may be done to them.
#[derive(Clone, Copy)]
pub struct Samples {
    pub seed: u64,
    pub count: usize,
    /// How far samples lie from their centre.
    pub spread: f64,
    /// What all inputs are multiplied by.
    pub scale: f64,
    /// Whether the labels of the training set are those of other samples.
    pub shuffled: bool,
}

pub const SAMPLES: Samples = Samples {
    seed: 1,
    count: 400,
    spread: 0.7,
    scale: 1.0,
    shuffled: false,
};

impl Samples {
    /// A training and a test set.
    pub fn draw(self) -> (Dataset, Dataset) {
        let mut rng = Rng::new(self.seed);
        let centres: Vec<f64> = (0..CLASSES * FEATURES).map(|_| rng.normal()).collect();
        let mut set = |count: usize, shuffled: bool| {
            let (mut numbers, mut labels) = (Vec::new(), Vec::new());
            for i in 0..count {
                let class = i % CLASSES;
                let centre = &centres[class * FEATURES..][..FEATURES];
                let sample = centre.iter().map(|c| c + self.spread * rng.normal());
                numbers.extend(sample.map(|x| (self.scale * x) as f32));
                labels.push(class as u8);
            }
            if shuffled {
                rng.shuffle(&mut labels);
            }
            Dataset::table(numbers, labels, FEATURES, CLASSES).unwrap()
        };
        (set(self.count, self.shuffled), set(400, false))
    }
}

/// What is known before a training.
fn record_of(train: &Dataset, batch: usize) -> Record {
    let mut batches = Batches::<f32>::new(train, train.len()).unwrap();
    let x = &batches.next_batch().unwrap().x;
    Record {
        program: "test".into(),
        classes: (0..CLASSES).map(|class| train.class_name(class)).collect(),
        batches: train.len().div_ceil(batch),
        guessing: Some(ln(CLASSES as f64)),
        inputs: Some(Inputs::of(x)),
        ..Record::default()
    }
}

/// Trains section 3.7's network.
pub fn section37(samples: Samples, hidden: usize, init: Init, recipe: Recipe) -> Record {
    let (train, test) = samples.draw();
    let mut record = record_of(&train, recipe.batch);
    let sizes = Sizes {
        inputs: FEATURES,
        hidden,
        classes: CLASSES,
    };
    let mut rng = Rng::new(samples.seed);
    let mut params = Params::<f32>::new(sizes, init, &mut rng).unwrap();
    let recipe = Recipe {
        shuffle: true,
        ..recipe
    };
    let mut training = Training::new(&mut params, &train, &recipe, &mut rng).unwrap();
    (record.layers, record.units) = names_of_section37(training.params());
    let mut watch = Watch::every(5);
    watch.begin(0, || Inside::training(&training));
    loop {
        match training.step() {
            Ok(Some(step)) => {
                watch.step(recipe.lr, || Inside::training(&training));
                record.steps.push(Taken {
                    lr: recipe.lr,
                    loss: step.loss,
                    accuracy: step.accuracy,
                });
            }
            Ok(None) => break,
            Err(error) => {
                record.stopped = Some(error.to_string());
                break;
            }
        }
    }
    record.sights = watch.sights().to_vec();
    if record.stopped.is_none() {
        record.train_accuracy = evaluate(&params, &train).ok();
        let mut act = Activations::new(sizes, test.len()).unwrap();
        let mut batches = Batches::new(&test, test.len()).unwrap();
        let batch = batches.next_batch().unwrap();
        forward(&params, &batch.x, &mut act);
        record.answers = answers(&act.a4, &batch.labels);
    }
    record
}

/// Trains a network of layers by `optimizer`.
pub fn layers(
    samples: Samples,
    mut net: Sequential<f32>,
    optimizer: impl Optimizer<f32>,
    epochs: usize,
) -> Record {
    let (train, test) = samples.draw();
    let mut record = record_of(&train, 20);
    net.build(FEATURES);
    (record.layers, record.units) = names_of_net(&net);
    let mut model = Model::new(net, SoftmaxCrossEntropy, optimizer);
    let mut batches = Batches::new(&train, 20).unwrap();
    let (mut watch, mut rng) = (Watch::every(5), Rng::new(samples.seed));
    watch.begin(0, || Inside::net(&model.net));
    let fitted = model.fit(&mut batches, epochs, Some(&mut rng), |model, step| {
        let lr = model.optimizer.learning_rate();
        watch.step(lr, || Inside::net(&model.net));
        record.steps.push(Taken {
            lr,
            loss: step.loss,
            accuracy: step.accuracy.unwrap(),
        });
    });
    record.stopped = fitted.err().map(|error| error.to_string());
    record.sights = watch.sights().to_vec();
    let mut answer = |data: &Dataset| {
        let mut batches = Batches::new(data, data.len()).unwrap();
        let batch = batches.next_batch().unwrap();
        let logits = model.predict(&batch.x);
        let mut probabilities = Matrix::zeros(logits.rows(), logits.cols());
        softmax(logits, &mut probabilities);
        (probabilities, batch.labels.clone())
    };
    let (probabilities, labels) = answer(&train);
    record.train_accuracy = accuracy(&probabilities, &labels).ok();
    let (probabilities, labels) = answer(&test);
    record.answers = answers(&probabilities, &labels);
    record
}

fn answers(probabilities: &Matrix<f32>, labels: &[usize]) -> Vec<Answer> {
    let mut answers = Vec::new();
    for (i, &label) in labels.iter().enumerate() {
        let row: Vec<f64> = probabilities.row(i).iter().map(|&p| p.into()).collect();
        answers.extend(Answer::new(label, &row));
    }
    answers
}

pub fn relu_net(seed: u64, bias: f64) -> Sequential<f32> {
    let hidden = || Dense::new(24).bias(Init::Uniform(bias));
    Sequential::new(seed)
        .then(hidden())
        .then(Relu::new())
        .then(hidden())
        .then(Relu::new())
        .then(Dense::new(CLASSES))
}

pub fn deep_sigmoid_net(seed: u64, depth: usize) -> Sequential<f32> {
    let mut net = Sequential::new(seed);
    for _ in 0..depth {
        net = net.then(Dense::new(16)).then(Sigmoid::new());
    }
    net.then(Dense::new(CLASSES))
}

/// With biases that hold all units below 0.
pub fn drowned_net(seed: u64) -> Sequential<f32> {
    let mut net = relu_net(seed, 0.01);
    net.build(FEATURES);
    net.visit(&mut |parameter| {
        if parameter.is_vector() {
            parameter.value.map(|_| -12.0);
        }
    });
    net
}
