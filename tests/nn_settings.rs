//! Kinds of fault, each with its right value: state that depends on the order of calls, settings that cannot be right, NaN as an
//! answer, counts without end, degenerate data.

mod common;
#[path = "common/panics.rs"]
mod panics;

use std::panic::{AssertUnwindSafe, catch_unwind};

use common::*;
use fromzero::data::{Dataset, Waves, synthetic};
use fromzero::nn::*;
use fromzero::rng::Rng;
use fromzero::section37::{self, Activations, Deltas, Gradients, Params, Recipe, Sizes};
use fromzero::view::digit;
use fromzero::{Matrix, Real, init, metrics};
use panics::assert_blames_caller;

fn values<T: Real>(net: &dyn Layer<T>) -> Vec<Matrix<T>> {
    net.parameters().iter().map(|p| p.value.clone()).collect()
}

#[track_caller]
fn assert_same_values<T: Real>(what: &str, actual: &dyn Layer<T>, expected: &dyn Layer<T>) {
    for (a, e) in values(actual).iter().zip(&values(expected)) {
        assert_same_bits(what, a, e);
    }
}

// State that depends on the order of calls

/// Three steps, with or without one before the first forward pass, when the parameters have no shapes.
fn steps<O: Optimizer<f64>>(mut optimizer: O, too_early: bool) -> Sequential<f64> {
    let rng = &mut SplitMix64::new(1);
    let (x, y) = (random_matrix(rng, 4, 3), random_matrix(rng, 4, 2));
    let mut net = Sequential::new(1)
        .then(Dense::new(5))
        .then(BatchNorm::new())
        .then(Dense::new(2));
    if too_early {
        optimizer.step(&mut net);
    }
    let mut mse = Criterion::new(Mse);
    for _ in 0..3 {
        mse.of(net.forward(&x), &y).backward(&mut net);
        optimizer.step(&mut net);
    }
    net
}

#[test]
fn a_step_before_the_first_forward_pass_changes_nothing() {
    let both = |make: &dyn Fn(bool) -> Sequential<f64>| {
        let (early, plain) = (make(true), make(false));
        assert_same_values("a step too early", &early, &plain);
    };
    both(&|early| steps(Sgd::new(0.1), early));
    both(&|early| steps(Sgd::new(0.1).momentum(0.9), early));
    let decay = WeightDecay::Decoupled(0.1);
    both(&|early| steps(Adam::new(0.1).weight_decay(decay), early));
}

/// A layer that is appended later has a t of its own: its first step is about lr, as any parameter's.
#[test]
fn adam_counts_the_steps_of_each_parameter() {
    let x = Matrix::from_rows(&[[1.0_f64, -2.0]]);
    let mut net = Sequential::new(1).then(Dense::new(2).without_bias());
    let mut adam = Adam::new(0.01);
    let mut mse = Criterion::new(Mse);
    let mut step = |net: &mut Sequential<f64>| {
        let y = Matrix::from_fn(1, 2, |_, j| 10.0 + j as f64);
        mse.of(net.forward(&x), &y).backward(net);
        adam.step(net);
    };
    for _ in 0..50 {
        step(&mut net);
    }
    let mut net = net.then(Dense::new(2).without_bias());
    net.build(2);
    let before = values(&net);
    step(&mut net);
    for (before, after) in before[1].iter().zip(values(&net)[1].iter()) {
        assert!(
            ((before - after).abs() - 0.01).abs() < 1e-6,
            "{before} {after}"
        );
    }
}

#[test]
fn the_seed_of_a_network_inside_another_decides() {
    let inner = |seed| Sequential::<f32>::new(seed).then(Dense::new(4));
    let weights = |outer, seed| {
        let mut net = Sequential::new(outer).then(inner(seed));
        net.build(3);
        values(&net)[0].clone()
    };
    let mut alone = inner(7);
    alone.build(3);
    assert_same_bits("inside", &weights(1, 7), &values(&alone)[0]);
    assert_same_bits("whatever the other's", &weights(2, 7), &weights(1, 7));
    assert_ne!(weights(1, 8), weights(1, 7));
}

/// All at once, or layer by layer with forward passes between.
#[test]
fn a_network_is_drawn_alike_however_it_was_put_together() {
    let x = Matrix::from_fn(2, 3, |i, j| (i + j) as f32);
    let mut at_once = Sequential::new(1)
        .then(Dense::new(4))
        .then(Dropout::new(0.5))
        .then(Dense::new(2));
    at_once.forward(&x);
    let mut first = Sequential::new(1)
        .then(Dense::new(4))
        .then(Dropout::new(0.5));
    first.build(3);
    let mut by_layers = first.then(Dense::new(2));
    by_layers.forward(&x);
    assert_same_values("weights", &by_layers, &at_once);
    assert_same_bits("masks", by_layers.forward(&x), at_once.forward(&x));
}

#[test]
fn a_layer_appended_in_evaluation_is_in_evaluation() {
    let x = Matrix::from_fn(20, 30, |i, j| (i * 30 + j) as f32);
    let mut net = Sequential::new(1);
    net.set_training(false);
    let inner = Sequential::new(2).then(Dropout::new(0.5));
    let mut net = net.then(Dropout::new(0.5)).then(inner);
    assert_same_bits("nothing dropped", net.forward(&x), &x);
    net.set_training(true);
    assert_ne!(*net.forward(&x), x);
    // A layer that was put into evaluation by itself stays there in a network in training.
    let mut frozen = Dropout::new(0.5);
    frozen.set_training(false);
    let mut net = Sequential::new(1).then(frozen);
    assert_same_bits("frozen", net.forward(&x), &x);
}

#[test]
fn dropouts_used_alone_draw_masks_of_their_own() {
    let x = Matrix::from_fn(10, 10, |_, _| 1.0_f32);
    assert_blames_caller("Dropout: expected a seed, found none", || {
        Dropout::new(0.5).forward(&x);
    });
    let mask = |seed| Dropout::new(0.5).seed(seed).forward(&x).clone();
    assert_same_bits("one seed", &mask(1), &mask(1));
    assert_ne!(mask(1), mask(2));
    let mut net = Sequential::new(9).then(Dropout::new(0.5).seed(1));
    assert_same_bits("in a network", net.forward(&x), &mask(1));
    // Two in a network differ without being told to.
    let mut first = Sequential::new(9).then(Dropout::new(0.5));
    let mut both = Sequential::new(9)
        .then(Dropout::new(0.0))
        .then(Dropout::new(0.5));
    assert_ne!(first.forward(&x), both.forward(&x));
}

// Settings that cannot be right

const RATES: [f64; 5] = [0.0, -0.1, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
const SHARES: [f64; 4] = [1.0, -0.1, f64::NAN, f64::INFINITY];

#[test]
fn rates_that_cannot_be_right_are_refused() {
    for lr in RATES {
        let says = |name| {
            format!("{name}: expected a learning rate above 0 and finite in f64, found {lr:?}")
        };
        assert_blames_caller(&says("Sgd"), || Sgd::<f64>::new(lr));
        assert_blames_caller(&says("Adam"), || Adam::<f64>::new(lr));
    }
    // What is a number in f64 may be none in f32.
    for lr in [1e-50, 1e300] {
        let says = format!("expected a learning rate above 0 and finite in f32, found {lr:?}");
        assert_blames_caller(&says, || Sgd::<f32>::new(lr));
        assert_blames_caller(&says, || Adam::<f32>::new(lr));
        Adam::<f64>::new(lr);
    }
    let (mut sgd, mut adam) = (Sgd::<f32>::new(0.1), Adam::<f32>::new(0.1));
    for lr in RATES[1..].iter().copied().chain([1e300]) {
        let says = "expected a learning rate of at least 0 and finite in f32, found";
        assert_blames_caller(says, || sgd.set_learning_rate(lr));
        assert_blames_caller(says, || adam.set_learning_rate(lr));
    }
    // A schedule ends at 0.
    sgd.set_learning_rate(0.0);
    assert_eq!((sgd.learning_rate(), adam.learning_rate()), (0.0, 0.1));
}

#[test]
fn shares_and_decays_that_cannot_be_right_are_refused() {
    for share in SHARES {
        let range = format!("of at least 0 and less than 1, found {share:?}");
        let says = |name: &str| format!("{name} {range}");
        let adam = || Adam::<f32>::new(0.1);
        assert_blames_caller(&says("Adam: expected β₁"), || adam().betas(share, 0.9));
        assert_blames_caller(&says("Adam: expected β₂"), || adam().betas(0.9, share));
        assert_blames_caller(&says("Sgd: expected a momentum"), || {
            Sgd::<f32>::new(0.1).momentum(share)
        });
        assert_blames_caller(&says("Dropout: expected a probability"), || {
            Dropout::<f32>::new(share)
        });
    }
    for epsilon in RATES {
        let says = "Adam: expected ε above 0 and finite in f32";
        assert_blames_caller(says, || Adam::<f32>::new(0.1).epsilon(epsilon));
    }
    for lambda in [-1e-4, f64::NAN, f64::INFINITY] {
        let says = format!("expected λ of at least 0 and finite in f32, found {lambda:?}");
        for decay in [WeightDecay::L2(lambda), WeightDecay::Decoupled(lambda)] {
            assert_blames_caller(&says, || Sgd::<f32>::new(0.1).weight_decay(decay));
            assert_blames_caller(&says, || Adam::<f32>::new(0.1).weight_decay(decay));
        }
    }
    for max in [0.0, -1.0, f64::NAN] {
        let mut net = Dense::<f32>::new(2);
        let says = format!("clip_by_norm: expected a norm above 0, found {max:?}");
        assert_blames_caller(&says, || clip_by_norm(&mut net, max));
    }
    assert_blames_caller("Waves: expected a share to vary by", || {
        Waves::<f32>::new(3, 2).draw(f64::NAN, &mut Rng::new(1))
    });
    assert_blames_caller("Waves: expected at least 1 sequence, found 0", || {
        Waves::<f32>::new(3, 0)
    });
}

#[test]
fn initial_values_that_cannot_be_right_are_refused() {
    let rng = &mut Rng::new(1);
    for x in [-0.1, f64::NAN, f64::INFINITY, 1e300] {
        for (init, name) in [
            (Init::Uniform(x), "Init::Uniform: expected a bound"),
            (Init::Xavier(x), "Init::Xavier: expected a gain"),
            (
                Init::Normal(x),
                "Init::Normal: expected a standard deviation",
            ),
        ] {
            let says = format!("{name} of at least 0 and finite in f32, found {x:?}");
            assert_blames_caller(&says, || Dense::<f32>::new(3).weights(init));
            assert_blames_caller(&says, || Dense::<f32>::new(3).bias(init));
            assert_blames_caller(&says, || Parameter::<f32>::vector("c", init));
            assert_blames_caller(&says, || init.fill(&mut Matrix::<f32>::zeros(2, 2), rng));
            let error = Params::<f32>::new(Sizes::default(), init, rng).unwrap_err();
            assert_eq!(error.to_string(), says);
        }
        assert_blames_caller("Init::Xavier: expected a gain", || {
            Dense::<f32>::new(3).scale(x)
        });
        assert_blames_caller("Init::Uniform: expected a bound", || {
            init::uniform(&mut Matrix::<f32>::zeros(2, 2), x, rng)
        });
    }
    assert!(Init::Uniform(1e300).check::<f64>().is_ok());
}

#[test]
fn schedules_that_cannot_be_right_are_refused() {
    let drop = |every, factor| Schedule::Drop { every, factor };
    for (schedule, says) in [
        (
            Schedule::Linear { steps: 0 },
            "Schedule::Linear: expected at least 1 step, found 0",
        ),
        (
            drop(0, 0.5),
            "Schedule::Drop: expected at least 1 step between drops, found 0",
        ),
        (
            drop(1, 0.0),
            "Schedule::Drop: expected a factor above 0 and of at most 1, found 0.0",
        ),
        (drop(1, 1.5), "of at most 1, found 1.5"),
        (drop(1, f64::NAN), "of at most 1, found NaN"),
    ] {
        assert!(schedule.check().unwrap_err().to_string().contains(says));
        assert_blames_caller(says, || schedule.rate(0.1, 0));
    }
    // However many drops there were, the answer comes at once.
    assert_eq!(drop(1, 0.5).rate(1.0, usize::MAX), 0.0);
    assert_eq!(drop(1, 1.0).rate(0.1, usize::MAX), 0.1);
    assert_eq!(drop(usize::MAX, 0.5).rate(0.1, usize::MAX), 0.05);
}

#[test]
fn recipes_that_cannot_be_right_are_refused() {
    let refused = |change: &dyn Fn(&mut Recipe)| {
        let mut recipe = Recipe {
            batch: 2,
            ..Recipe::default()
        };
        change(&mut recipe);
        let mut p = network();
        let before = p.checksum();
        let error =
            section37::train(&mut p, &data(4), &recipe, &mut Rng::new(1), |_| ()).unwrap_err();
        assert_eq!(p.checksum(), before);
        error.to_string()
    };
    for lr in RATES.into_iter().chain([1e-50, 1e300]) {
        let expected =
            format!("Recipe: expected a learning rate above 0 and finite in f32, found {lr:?}");
        assert_eq!(refused(&|recipe| recipe.lr = lr), expected);
    }
    assert_eq!(
        refused(&|recipe| recipe.epochs = 0),
        "Recipe: expected at least 1 epoch, found 0"
    );
    assert_eq!(
        refused(&|recipe| recipe.batch = 0),
        "Recipe: expected at least 1 sample in a batch, found 0"
    );
    assert_eq!(
        refused(&|recipe| recipe.limit = Some(0)),
        "Recipe: expected at least 1 step to stop after, found 0"
    );
    assert_eq!(
        refused(&|recipe| recipe.schedule = Schedule::Linear { steps: 0 }),
        "Schedule::Linear: expected at least 1 step, found 0"
    );
}

/// The norm of a gradient whose squares overflow is finite, and clipping keeps its direction.
#[test]
fn a_long_gradient_is_shortened_not_lost() {
    let mut dense = Dense::<f64>::new(2).without_bias();
    dense.init(1, &mut Rng::new(1));
    dense.visit(&mut |w| w.grad = Matrix::from_rows(&[[3e200, 4e200]]));
    let norm = clip_by_norm(&mut dense, 1.0);
    assert_close("norm", &[norm], &[5e200], 1e-15);
    let clipped = dense.parameters()[0].grad.row(0);
    assert_close("gradient", clipped, &[0.6, 0.8], 1e-15);
    dense.visit(&mut |w| w.grad = Matrix::from_rows(&[[3.0, 4.0]]));
    assert_eq!(clip_by_norm(&mut dense, f64::INFINITY), 5.0);
    assert_eq!(dense.parameters()[0].grad.row(0), [3.0, 4.0]);
}

// NaN as an answer

#[test]
fn a_row_that_holds_nan_has_no_most_probable_class() {
    for row in [[f32::NAN, 0.0, 1.0], [1.0, 0.0, f32::NAN]] {
        let a = Matrix::from_rows(&[[0.0, 1.0, 0.0], row]);
        for label in 0..3 {
            let error = metrics::accuracy(&a, &[1, label]).unwrap_err().to_string();
            assert!(error.contains("sample 1 of the batch"), "{error}");
            assert!(metrics::correct(&a, &[1, label]).is_err());
        }
        assert!(metrics::predictions(&a).is_err());
    }
    let none = Matrix::<f32>::zeros(0, 3);
    let error = metrics::accuracy(&none, &[]).unwrap_err().to_string();
    assert!(error.contains("0 samples"), "{error}");
}

const TINY: Sizes = Sizes {
    inputs: 4,
    hidden: 3,
    classes: 10,
};

fn network() -> Params<f32> {
    Params::new(TINY, Init::Uniform(0.3), &mut Rng::new(1)).unwrap()
}

/// So many random images of 2×2 pixels.
fn data(images: usize) -> Dataset {
    let rng = &mut SplitMix64::new(2);
    let pixels = (0..4 * images).map(|_| rng.next_u64() as u8).collect();
    let labels = (0..images).map(|i| (i % 10) as u8).collect();
    Dataset::new(pixels, labels, (2, 2), 10).unwrap()
}

#[test]
fn evaluation_and_prediction_do_not_answer_for_a_network_of_nan() {
    let mut p = network();
    p.w3[(0, 5)] = f32::NAN;
    let error = section37::evaluate(&p, &data(7)).unwrap_err().to_string();
    assert!(error.contains("not a number"), "{error}");
    let x = Matrix::from_rows(&[[0.0, 0.5, 1.0, 0.25]]);
    assert!(section37::prediction(&p, &x).is_err());
    assert!(!p.is_finite() && network().is_finite());
}

/// The last step, after which no loss is computed.
#[test]
fn a_training_whose_last_step_makes_a_weight_infinite_is_an_error() {
    // Classes 0 and 1 are equally likely, at the end of f32, and 1 is right: its bias grows by half of the learning rate.
    let mut p = network();
    (p.b3[0], p.b3[1]) = (3e38, 3e38);
    let ones = Dataset::new(vec![0; 40], vec![1; 10], (2, 2), 10).unwrap();
    let recipe = Recipe {
        batch: 10,
        lr: 3e38,
        limit: Some(1),
        ..Recipe::default()
    };
    let mut losses = Vec::new();
    let result = section37::train(&mut p, &ones, &recipe, &mut Rng::new(1), |step| {
        losses.push(step.loss);
    });
    assert!(losses.len() == 1 && losses[0].is_finite(), "{losses:?}");
    assert!(!p.is_finite());
    let error = result.unwrap_err().to_string();
    for words in ["a weight is not finite", "after step 1", "3e38"] {
        assert!(error.contains(words), "{error}");
    }
}

// Counts without end

#[test]
fn nothing_is_allocated_for_epochs_that_may_never_come() {
    let data = data(500);
    for (epochs, batch) in [(10_000_000_000, 1), (usize::MAX, 1), (usize::MAX, 500)] {
        let recipe = Recipe {
            epochs,
            batch,
            schedule: Schedule::Linear { steps: usize::MAX },
            ..Recipe::default()
        };
        let mut steps = 0;
        let run = catch_unwind(AssertUnwindSafe(|| {
            section37::train(&mut network(), &data, &recipe, &mut Rng::new(1), |_| {
                steps += 1;
                if steps == 3 {
                    // The only way out of a training before its end.
                    std::panic::resume_unwind(Box::new("enough"));
                }
            })
        }));
        assert!(run.is_err_and(|panic| panic.is::<&str>()));
        assert_eq!(steps, 3);
        let limited = Recipe {
            limit: Some(2),
            ..recipe
        };
        let losses =
            section37::train(&mut network(), &data, &limited, &mut Rng::new(1), |_| ()).unwrap();
        assert_eq!((losses.len(), losses.capacity()), (2, 2));
    }
}

#[test]
fn synthetic_digits_that_do_not_fit_into_memory_are_an_error() {
    for count in [1 << 50, 1 << 62, u64::MAX] {
        let error = synthetic::draw(0..count, 1, 2).unwrap_err();
        let expected = format!("{count} synthetic digits do not fit into memory");
        assert_eq!(error.to_string(), expected);
    }
}

// Degenerate data

#[test]
fn a_batch_of_no_samples_is_refused() {
    let p = Params::<f64>::new(TINY, Init::Uniform(0.3), &mut Rng::new(1)).unwrap();
    let (x, y) = (Matrix::zeros(0, 4), Matrix::zeros(0, 10));
    let mut act = Activations::new(TINY, 1).unwrap();
    let mut deltas = Deltas::new(TINY, 1).unwrap();
    let mut gradients = Gradients::zeros(TINY).unwrap();
    let says = |name| format!("{name}: expected at least 1 sample, found an empty batch");
    assert_blames_caller(&says("forward"), || section37::forward(&p, &x, &mut act));
    assert_blames_caller(&says("forward"), || section37::prediction(&p, &x));
    assert_blames_caller(&says("loss"), || section37::loss(&act, &y));
    assert_blames_caller(&says("backward"), || {
        section37::backward(&p, &x, &y, &act, &mut deltas, &mut gradients)
    });
    let mut q = p.clone();
    assert_blames_caller(&says("backward"), || {
        section37::backward_and_descend(&mut q, &x, &y, &act, &mut deltas, 0.1)
    });
    assert_eq!(q, p);
    let empty = Dataset::new(vec![], vec![], (2, 2), 10).unwrap();
    let error = section37::evaluate(&p, &empty).unwrap_err().to_string();
    assert!(error.contains("a data set of 0 images"), "{error}");
}

#[test]
fn images_of_any_size_are_drawn() {
    // Five rows of three: of the last pair of rows there is only the upper one.
    let ink = [255, 0, 0, 0, 255, 0, 255, 255, 255, 0, 0, 0, 0, 255, 0];
    assert_eq!(digit(&ink, 3), "▀▄\n▀▀▀\n ▀\n");
    assert_eq!(digit(&[200; 4], 4), "▀▀▀▀\n");
    assert_eq!(digit(&[], 7), "");
    assert_blames_caller("digit: expected rows of 0 pixels", || digit(&[1], 0));
}

#[test]
fn the_darkest_pixel_tells_thresholded_files() {
    let of = |images: Vec<u8>| {
        let labels = vec![0; images.len()];
        Dataset::new(images, labels, (1, 1), 10).unwrap().darkest()
    };
    assert_eq!(
        (of(vec![0, 1, 1]), of(vec![7, 255, 0]), of(vec![])),
        (1, 255, 0)
    );
}
