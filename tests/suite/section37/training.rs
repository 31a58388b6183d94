//! The training loop of section 3.7, and what is asked of a trained network: accuracy, predictions, evaluation.

use crate::common::panics::assert_blames_caller;
use crate::common::*;
use fromzero::data::{Batches, Dataset};
use fromzero::rng::Rng;
use fromzero::section37::*;
use fromzero::{Matrix, Real};

const TINY: Sizes = Sizes {
    inputs: 4,
    hidden: 3,
    classes: 10,
};

/// A network of random weights.
fn network<T: Real>() -> Params<T> {
    Params::new(TINY, Init::Uniform(0.3), &mut Rng::new(1)).unwrap()
}

#[test]
fn accuracy_is_the_share_of_rows_whose_largest_entry_is_the_label() {
    let a4 = Matrix::from_rows(&[[0.2, 0.8], [0.9, 0.1], [0.5, 0.5], [0.1, 0.9]]);
    assert_eq!(accuracy(&a4, &[1, 0, 0, 0]).unwrap(), 0.75);
    assert_eq!(accuracy(&a4, &[0, 1, 1, 0]).unwrap(), 0.0);
    assert_blames_caller("accuracy", || accuracy(&a4, &[1, 0, 1]));
}

/// `labels.len()` random images of 2×2 pixels with these labels.
fn dataset(labels: Vec<u8>, seed: u64) -> Dataset {
    let rng = &mut SplitMix64::new(seed);
    let images = (0..4 * labels.len())
        .map(|_| rng.next_u64() as u8)
        .collect();
    Dataset::new(images, labels, (2, 2), 10).unwrap()
}

/// The images of `data` from `first` on, 0…255 as 0…1, and their one-hot labels.
fn samples(
    data: &Dataset,
    labels: &[u8],
    first: usize,
    count: usize,
) -> (Matrix<f64>, Matrix<f64>) {
    let x = Matrix::from_fn(count, 4, |i, j| f64::from(data.image(first + i)[j]) / 255.0);
    let y = Matrix::from_fn(count, 10, |i, k| {
        f64::from(u8::from(usize::from(labels[first + i]) == k))
    });
    (x, y)
}

#[test]
fn prediction_is_the_most_probable_class_of_each_sample() {
    let p = network::<f64>();
    let x = random_matrix(&mut SplitMix64::new(11), 20, 4);
    let mut act = Activations::new(TINY, 20).unwrap();
    forward(&p, &x, &mut act);
    let predicted = prediction(&p, &x).unwrap();
    let labels: Vec<u8> = predicted.iter().map(|&k| k as u8).collect();
    assert_eq!(
        (predicted.len(), accuracy(&act.a4, &labels).unwrap()),
        (20, 1.0)
    );

    let mut certain = network::<f64>();
    certain.b3[7] = 100.0;
    assert_eq!(prediction(&certain, &x).unwrap(), [7; 20]);
}

/// The network answers 2 whatever it sees, and only the last three of 1203 samples are twos: they lie in a batch that is
/// shorter than the others, and count as much.
#[test]
fn evaluation_counts_every_sample_once() {
    let mut labels = vec![5; 1203];
    labels[1200..].fill(2);
    let mut p = network::<f32>();
    p.b3[2] = 100.0;
    assert_eq!(evaluate(&p, &dataset(labels, 13)).unwrap(), 3.0 / 1203.0);
}

/// Ten samples in batches of four: two full ones and a short one, whose mean is over two samples.
#[test]
fn training_takes_the_samples_in_order_and_the_short_last_batch_too() {
    let labels: Vec<u8> = (0..10).collect();
    let data = dataset(labels.clone(), 14);
    let recipe = Recipe {
        epochs: 2,
        batch: 4,
        lr: 0.5,
        ..Recipe::default()
    };
    let mut trained = network::<f64>();
    let mut reports = Vec::new();
    let losses = train(&mut trained, &data, &recipe, &mut Rng::new(0), |step| {
        reports.push((step.epoch, step.batch, step.batches, step.loss));
    })
    .unwrap();

    let mut p = network::<f64>();
    let mut act = Activations::new(TINY, 4).unwrap();
    let mut deltas = Deltas::new(TINY, 4).unwrap();
    let mut gradients = Params::zeros(TINY).unwrap();
    let mut expected = Vec::new();
    for epoch in 0..2 {
        for (number, (first, count)) in [(0, 4), (4, 4), (8, 2)].into_iter().enumerate() {
            let (x, y) = samples(&data, &labels, first, count);
            forward(&p, &x, &mut act);
            expected.push((epoch, number, 3, loss(&act, &y)));
            backward(&p, &x, &y, &act, &mut deltas, &mut gradients);
            gradient_descent(&mut p, &gradients, 0.5);
        }
    }
    assert_eq!(reports, expected);
    assert_eq!(
        losses,
        expected.iter().map(|step| step.3).collect::<Vec<_>>()
    );
    assert_eq!(trained.checksum(), p.checksum());
}

/// What a training has come to is all that another one, begun otherwise, needs to end with the same bits.
#[test]
fn a_training_goes_on_where_another_stood() {
    let data = dataset((0..10).collect(), 14);
    let recipe = Recipe {
        epochs: 2,
        batch: 4,
        lr: 0.5,
        shuffle: true,
        ..Recipe::default()
    };
    for stop in 0..=6 {
        let (mut p, mut rng) = (network::<f64>(), Rng::new(3));
        let mut first = Training::new(&mut p, &data, &recipe, &mut rng).unwrap();
        for _ in 0..stop {
            first.step().unwrap();
        }
        let (mut q, mut other) = (Params::zeros(TINY).unwrap(), Rng::new(4));
        let mut second = Training::new(&mut q, &data, &recipe, &mut other).unwrap();
        // Steps that it took itself count no more.
        for _ in 0..stop % 3 {
            second.step().unwrap();
        }
        let mut restore = |p: &Params<f64>, accuracies: &[f64]| {
            let (rng, order) = (first.rng().clone(), first.order().to_vec());
            let losses = first.losses().to_vec();
            second.restore(p.clone(), rng, order, losses, accuracies.to_vec())
        };
        let wide = Sizes { hidden: 9, ..TINY };
        assert!(restore(&Params::zeros(wide).unwrap(), first.accuracies()).is_err());
        assert!(restore(first.params(), &[0.5; 7]).is_err());
        restore(first.params(), first.accuracies()).unwrap();

        for training in [&mut first, &mut second] {
            while training.step().unwrap().is_some() {}
        }
        assert_eq!(first.activations().a4.rows(), 2);
        assert_eq!(second.losses().len(), 6);
        assert_eq!(second.losses(), first.losses());
        assert_eq!(second.accuracies(), first.accuracies());
        assert_eq!(second.params(), first.params());
        assert_eq!(second.report(4).epoch, 1);
    }
}

/// Trains a tiny network on 21 samples in three batches and returns its losses.
fn train_tiny(seed: u64, change: &dyn Fn(&mut Recipe)) -> Vec<f64> {
    let labels = (0..21).map(|i| i % 10).collect();
    let mut recipe = Recipe {
        batch: 7,
        lr: 0.5,
        ..Recipe::default()
    };
    change(&mut recipe);
    let mut p = network::<f64>();
    let data = dataset(labels, 17);
    train(&mut p, &data, &recipe, &mut Rng::new(seed), |_| ()).unwrap()
}

/// A batch is what reaches the network.
#[test]
fn pixels_reach_the_network_as_0_to_1() {
    let images = vec![0, 51, 102, 255];
    let data = Dataset::new(images, vec![0], (2, 2), 10).unwrap();
    let mut batches = Batches::<f64>::new(&data, 1).unwrap();
    let x = &batches.next_batch().unwrap().x;
    assert_same_bits("x", x.row(0), &[0.0, 0.2, 0.4, 1.0]);
}

#[test]
fn shuffling_takes_other_samples_each_epoch_and_is_repeated_by_its_seed() {
    let still = |recipe: &mut Recipe| recipe.lr = 1e-300;
    let shuffled = |recipe: &mut Recipe| (recipe.lr, recipe.shuffle) = (1e-300, true);
    let (plain, mixed) = (train_tiny(1, &still), train_tiny(1, &shuffled));
    // Without learning, which so small a rate prevents, an epoch's losses depend on nothing but the order of the samples, and their sum not even on that.
    assert_same_bits("no order", &plain[..3], &plain[3..]);
    assert_ne!(mixed[..3], mixed[3..]);
    assert_ne!(mixed[..3], plain[..3]);
    let sum = |losses: &[f64]| losses.iter().sum::<f64>();
    let sums = [sum(&mixed[..3]), sum(&mixed[3..])];
    assert_close("sums", &sums, &[sum(&plain[..3]); 2], 1e-14);
    assert_same_bits("same seed", &train_tiny(1, &shuffled), &mixed);
    assert_ne!(train_tiny(2, &shuffled), mixed);
}

#[test]
fn training_stops_at_the_limit_and_decays_to_it() {
    let all = train_tiny(1, &|_| ());
    assert_eq!(train_tiny(1, &|recipe| recipe.limit = Some(4)), all[..4]);
    assert_eq!(train_tiny(1, &|recipe| recipe.limit = Some(100)), all);
    // The first step has the whole learning rate, the second 5/6 of it.
    let decay = Schedule::Linear { steps: 6 };
    let linear = train_tiny(1, &|recipe| recipe.schedule = decay);
    assert_eq!((linear.len(), &linear[..2]), (6, &all[..2]));
    assert_ne!(linear[2], all[2]);
}

/// Before the first step nothing has been too long but the weights.
#[test]
fn a_loss_that_is_not_finite_stops_the_training() {
    let data = dataset((0..16).map(|i| i % 10).collect(), 18);
    let stopped = |mut p: Params<f32>, lr| {
        let recipe = Recipe {
            epochs: 100,
            batch: 8,
            lr,
            ..Recipe::default()
        };
        let error = train(&mut p, &data, &recipe, &mut Rng::new(1), |_| ()).unwrap_err();
        error.to_string()
    };
    let mut p = network();
    p.b3[0] = f32::NAN;
    let text = stopped(p, 0.03);
    for words in ["NaN", "before the first step", "narrower"] {
        assert!(text.contains(words), "{text}");
    }
    assert!(!text.contains("learning rate"), "{text}");
    let text = stopped(network(), 3e38);
    for words in ["after step ", "3e38", "a learning rate ten times smaller"] {
        assert!(text.contains(words), "{text}");
    }
}
