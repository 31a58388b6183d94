//! State that depends on the order of calls: whatever is called early, late, inside of another network or alone, the outcome is the
//! one that is documented.

use crate::common::panics::assert_blames_caller;
use crate::common::*;
use fromzero::nn::*;
use fromzero::{Matrix, Real};

#[track_caller]
fn assert_same_values<T: Real>(what: &str, actual: &dyn Layer<T>, expected: &dyn Layer<T>) {
    for (a, e) in parameters_of(actual).iter().zip(&parameters_of(expected)) {
        assert_same_bits(what, a, e);
    }
}

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
    let before = parameters_of(&net);
    step(&mut net);
    for (before, after) in before[1].iter().zip(parameters_of(&net)[1].iter()) {
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
        parameters_of(&net)[0].clone()
    };
    let mut alone = inner(7);
    alone.build(3);
    assert_same_bits("inside", &weights(1, 7), &parameters_of(&alone)[0]);
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
