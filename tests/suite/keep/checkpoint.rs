//! Checkpoints of trainings of networks of layers: a training that goes on ends with the bits of one that was never stopped.

use std::fs;

use fromzero::Matrix;
use fromzero::data::{Batches, Dataset};
use fromzero::io::Result;
use fromzero::io::tensor::{DType, Named, Tensor, npz};
use fromzero::keep::{Checkpoints, Layout, NetTraining, Resumable, Taken, net};
use fromzero::nn::{
    Adam, BatchNorm, Criterion, Dense, Dropout, Layer, Optimizer, Relu, Sequential, Sgd,
    SoftmaxCrossEntropy, WeightDecay,
};
use fromzero::rng::Rng;

use crate::io::folder::Folder;

/// Steps of a whole training: three epochs of 7 batches, the last of which is short.
const STEPS: usize = 21;

fn samples() -> Dataset {
    let mut rng = Rng::new(3);
    let pixels: Vec<u8> = (0..6 * 26).map(|_| rng.below(256) as u8).collect();
    let labels = (0..26).map(|i| i % 3).collect();
    Dataset::new(pixels, labels, (2, 3), 3).unwrap()
}

/// With all that a network can have: running statistics, masks drawn from two generators, one of them in a network within it.
fn network(seed: u64) -> Sequential<f32> {
    let inner = Sequential::new(seed)
        .then(Dense::new(5).without_bias())
        .then(BatchNorm::new())
        .then(Dropout::new(0.25));
    let mut net = Sequential::new(seed)
        .then(Dense::new(8))
        .then(Dropout::new(0.5))
        .then(inner)
        .then(Relu::new())
        .then(Dense::new(3));
    net.build(6);
    net
}

type Optimizers = Vec<fn() -> Box<dyn Optimizer<f32>>>;

fn optimizers() -> Optimizers {
    vec![
        || Box::new(Adam::new(0.02).weight_decay(WeightDecay::Decoupled(0.1))),
        || Box::new(Sgd::new(0.1).momentum(0.9)),
        || Box::new(Sgd::new(0.1)),
    ]
}

/// A training in its parts.
struct Parts<'d> {
    net: Sequential<f32>,
    optimizer: Box<dyn Optimizer<f32>>,
    rng: Rng,
    taken: Vec<Taken>,
    batches: Batches<'d, f32>,
}

impl<'d> Parts<'d> {
    fn new(seed: u64, optimizer: fn() -> Box<dyn Optimizer<f32>>, data: &'d Dataset) -> Self {
        Parts {
            net: network(seed),
            optimizer: optimizer(),
            rng: Rng::new(seed),
            taken: Vec::new(),
            batches: Batches::new(data, 4).unwrap(),
        }
    }

    fn training(&mut self) -> NetTraining<'_, 'd, f32> {
        let (net, optimizer) = (&mut self.net, &mut *self.optimizer);
        NetTraining::new(net, optimizer, &mut self.rng, &mut self.taken)
            .of_batches(&mut self.batches)
    }

    /// Takes steps until there are so many.
    fn train(&mut self, steps: usize) {
        let mut criterion = Criterion::new(SoftmaxCrossEntropy);
        for step in self.taken.len()..steps {
            if step.is_multiple_of(self.batches.count()) {
                self.batches.shuffle(&mut self.rng);
            }
            let batch = self.batches.next_batch().unwrap();
            self.optimizer.set_learning_rate(0.1 / (step + 1) as f64);
            let loss = criterion.of(self.net.forward(&batch.x), &batch.labels);
            loss.backward(&mut self.net);
            let (lr, loss, accuracy) = (self.optimizer.learning_rate(), loss.value, f64::NAN);
            self.optimizer.step(&mut self.net);
            self.taken.push(Taken { lr, loss, accuracy });
        }
    }

    /// All that it has come to, but for the accuracies, which are no numbers here.
    fn end(&mut self) -> (Named, Vec<f64>, f64) {
        let losses = self.taken.iter().map(|step| step.loss).collect();
        let lr = self.optimizer.learning_rate();
        (net::to_tensors(&self.net, Layout::InOut), losses, lr)
    }
}

fn settings() -> Vec<(String, String)> {
    vec![("--lr".into(), "0.1".into())]
}

#[test]
fn what_goes_on_ends_with_the_same_bits_wherever_it_was_stopped() {
    let data = samples();
    for (i, optimizer) in optimizers().into_iter().enumerate() {
        let mut whole = Parts::new(1, optimizer, &data);
        whole.train(STEPS);
        let expected = whole.end();
        for stop in [0, 1, 6, 7, 8, STEPS] {
            let folder = Folder::new(&format!("keep-{i}-{stop}"));
            let kept = Checkpoints::in_folder(&folder.0).unwrap();
            let mut first = Parts::new(1, optimizer, &data);
            first.train(stop);
            kept.write(&first.training(), &settings()).unwrap();
            // Another seed: what is not taken up would show.
            let mut second = Parts::new(2, optimizer, &data);
            assert!(kept.restore(&mut second.training(), &settings()).unwrap());
            assert_eq!(second.training().steps(), stop);
            second.train(STEPS);
            assert!(second.end() == expected, "stopped after {stop} steps");
        }
    }
}

#[test]
fn a_checkpoint_of_another_network_or_optimizer_is_refused_by_name() {
    let data = samples();
    let [adam, momentum, plain] = optimizers()[..] else {
        panic!("three")
    };
    let kept = |optimizer| {
        let mut parts = Parts::new(1, optimizer, &data);
        parts.train(5);
        parts.training().to_tensors()
    };
    let refused = |net: Option<Sequential<f32>>, optimizer, tensors: &Named| {
        let mut parts = Parts::new(2, optimizer, &data);
        parts.net = net.unwrap_or(parts.net);
        let error = parts.training().restore(tensors).unwrap_err();
        error.to_string()
    };
    let built = |mut net: Sequential<f32>| {
        net.build(6);
        Some(net)
    };
    let dense = || Sequential::new(1).then(Dense::new(8));
    for (error, words) in [
        (refused(None, adam, &kept(plain)), "\"powers\""),
        (
            refused(None, momentum, &kept(adam)[..9].to_vec()),
            "\"rates\"",
        ),
        (
            refused(built(dense()), adam, &kept(adam)),
            "generators has the shape [2, 4], expected [0, 4]",
        ),
        (
            refused(
                built(
                    Sequential::new(1)
                        .then(Dense::new(7))
                        .then(Dropout::new(0.1))
                        .then(Dropout::new(0.1)),
                ),
                adam,
                &kept(adam),
            ),
            "0.weight has the shape [6, 8], expected [6, 7]",
        ),
        (
            refused(
                built(dense().then(Dropout::new(0.5)).then(Dropout::new(0.5))),
                adam,
                &kept(adam),
            ),
            "an optimizer's state of 7 parameters, expected 2",
        ),
    ] {
        assert!(error.contains(words), "'{words}' in: {error}");
    }
}

#[test]
fn parts_that_are_missing_or_of_another_kind_are_refused() {
    let data = samples();
    for optimizer in optimizers() {
        let mut parts = Parts::new(1, optimizer, &data);
        parts.train(5);
        let good = parts.training().to_tensors();
        for (i, (name, _)) in good.iter().enumerate() {
            let instead = [
                None,
                Some(Tensor::from_floats::<f64>(&[0], &[])),
                Some(Tensor::from_floats(&[3, 1], &[0.5_f32; 3])),
                Some(Tensor::from_bytes(DType::I8, vec![2], vec![255, 1])),
            ];
            for tensor in instead {
                let mut tensors = good.clone();
                match tensor {
                    Some(tensor) => tensors[i].1 = tensor,
                    None => drop(tensors.remove(i)),
                }
                let mut other = Parts::new(1, optimizer, &data);
                other.training().restore(&tensors).expect_err(name);
            }
        }
    }
}

/// The file is whole, but holds no settings.
#[test]
fn files_that_are_no_checkpoints_are_refused() -> Result<()> {
    let data = samples();
    let folder = Folder::new("keep-other-files");
    let kept = Checkpoints::in_folder(&folder.0)?;
    let mut parts = Parts::new(1, optimizers()[0], &data);
    for settings in [None, Some(Tensor::from_floats(&[1], &[0.5_f32]))] {
        let mut tensors = parts.training().to_tensors();
        tensors.extend(settings.map(|tensor| ("settings".to_string(), tensor)));
        npz::save(kept.file(), &tensors)?;
        let error = kept.restore(&mut parts.training(), &self::settings());
        assert_eq!(error.unwrap_err().path(), Some(&*kept.file()));
    }
    Ok(())
}

#[test]
fn other_settings_and_drafts_of_a_killed_process() -> Result<()> {
    let data = samples();
    let folder = Folder::new("keep-settings");
    let draft = folder.file(".fromzero-1-0.tmp");
    fs::write(&draft, "half").unwrap();
    let kept = Checkpoints::in_folder(&folder.0)?;
    assert!(!draft.exists());

    let mut parts = Parts::new(1, optimizers()[0], &data);
    assert!(!kept.restore(&mut parts.training(), &settings())?);
    kept.write(&parts.training(), &settings())?;
    let mut refused = |settings: &[(&str, &str)]| {
        let settings = settings
            .iter()
            .map(|&(a, b)| (a.to_string(), b.to_string()));
        let settings: Vec<_> = settings.collect();
        let restored = kept.restore(&mut parts.training(), &settings);
        restored.unwrap_err().to_string()
    };
    for (error, words) in [
        (
            refused(&[("--lr", "0.2")]),
            r#""--lr 0.1", expected "--lr 0.2""#,
        ),
        (refused(&[]), r#""--lr 0.1" too"#),
        (
            refused(&[("--lr", "0.1"), ("--seed", "1")]),
            r#"expected "--seed 1""#,
        ),
    ] {
        assert!(error.contains(words), "'{words}' in: {error}");
    }
    Ok(())
}

/// A layer on its own may be trained and kept too, and samples may come from nowhere.
#[test]
fn a_training_without_batches_is_kept() {
    let x = Matrix::from_rows(&[[1.0_f32, -1.0]]);
    let train = |dense: &mut Dense<f32>, adam: &mut Adam<f32>| {
        dense.forward(&x);
        dense.backward(&Matrix::from_rows(&[[1.0]]));
        adam.step(dense);
    };
    let (mut rng, mut taken) = (Rng::new(1), Vec::new());
    let (mut dense, mut adam) = (Dense::new(1), Adam::new(0.1));
    train(&mut dense, &mut adam);
    let tensors = NetTraining::new(&mut dense, &mut adam, &mut rng, &mut taken).to_tensors();
    train(&mut dense, &mut adam);
    let (mut other, mut fresh) = (Dense::new(1), Adam::new(0.1));
    other.init(2, &mut Rng::new(5));
    NetTraining::new(&mut other, &mut fresh, &mut rng, &mut taken)
        .restore(&tensors)
        .unwrap();
    train(&mut other, &mut fresh);
    assert_eq!(other.parameters()[0].value, dense.parameters()[0].value);
}
