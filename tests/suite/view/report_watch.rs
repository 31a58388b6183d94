//! What a watch sees is what is there.

use fromzero::Matrix;
use fromzero::data::Batches;
use fromzero::nn::{Adam, Dense, Function, Layer, LogFunction, Model, Relu, ReluFunction, Rnn};
use fromzero::nn::{Sequential, Sigmoid, SigmoidFunction, SoftmaxCrossEntropy, TanhFunction, Unit};
use fromzero::prelude::{Init, Rng};
use fromzero::section37::{Activations, Deltas, Gradients, Params, Recipe, Sizes, Training};
use fromzero::section37::{backward, forward};
use fromzero::view::report::{Inside, Watch, names_of_net};

use super::report_trainings::{CLASSES, FEATURES, SAMPLES, deep_sigmoid_net};

fn norm(values: impl Iterator<Item = f64>) -> f64 {
    values.map(|x| x * x).sum::<f64>().sqrt()
}

fn assert_near(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() <= 1e-6 * expected,
        "{found} instead of {expected}"
    );
}

#[test]
fn norms_of_section37_are_those_of_its_gradients() {
    let (train, _) = SAMPLES.draw();
    let sizes = Sizes {
        inputs: FEATURES,
        hidden: 8,
        classes: CLASSES,
    };
    let mut rng = Rng::new(1);
    let mut params = Params::<f64>::new(sizes, Init::Xavier(2.0), &mut rng).unwrap();
    let recipe = Recipe {
        epochs: 1,
        batch: 20,
        lr: 0.25,
        ..Recipe::default()
    };
    let first = params.clone();
    let mut training = Training::new(&mut params, &train, &recipe, &mut rng).unwrap();
    let mut watch = Watch::every(1);
    watch.begin(0, || Inside::training(&training));
    training.step().unwrap();
    watch.step(recipe.lr, || Inside::training(&training));

    let mut batches = Batches::<f64>::new(&train, 20).unwrap();
    let batch = batches.next_batch().unwrap();
    let mut act = Activations::new(sizes, 20).unwrap();
    let mut deltas = Deltas::new(sizes, 20).unwrap();
    let mut g = Gradients::zeros(sizes).unwrap();
    forward(&first, &batch.x, &mut act);
    backward(&first, &batch.x, &batch.y, &act, &mut deltas, &mut g);
    let sight = &watch.sights()[0];
    let layers = [(&first.w1, &g.w1), (&first.w2, &g.w2), (&first.w3, &g.w3)];
    for (seen, (w, g)) in sight.layers.iter().zip(layers) {
        assert_near(seen.weights, norm(w.iter()));
        assert_near(seen.gradient, norm(g.iter()));
        assert_near(seen.update, 0.25 * norm(g.iter()));
    }
    let flat = |a: &Matrix<f64>| a.iter().filter(|a| a * (1.0 - a) < 0.01).count();
    for (seen, a) in sight.units.iter().zip([&act.a2, &act.a3]) {
        assert_eq!(seen.flat, flat(a) as f64 / 160.0);
        assert_eq!(seen.dead, None, "20 samples are too few to tell");
    }
}

#[test]
fn norms_of_a_net_are_those_of_its_gradients_and_of_its_optimizers_steps() {
    // More rows than are looked at.
    let (rows, cols) = (300, 512);
    let net = Sequential::<f64>::new(1)
        .then(Dense::new(cols))
        .then(Sigmoid::new())
        .then(Dense::new(2));
    let mut model = Model::new(net, SoftmaxCrossEntropy, Adam::new(0.01));
    model.net.build(rows);
    let mut rng = Rng::new(2);
    let x = Matrix::from_fn(4, rows, |_, _| rng.normal());
    let mut watch = Watch::every(2);
    watch.begin(0, || Inside::net(&model.net));
    let weights = |net: &Sequential<f64>| [0, 2].map(|i| net.parameters()[i].value.clone());
    for step in 0..3 {
        let before = weights(&model.net);
        model.forward(&x);
        model.backward(&[0, 1, 0, 1]);
        model.apply_grad();
        watch.step(0.01, || Inside::net(&model.net));
        if step % 2 == 1 {
            continue;
        }
        let seen = watch.sights().last().unwrap();
        assert_eq!(seen.step, step);
        let after = weights(&model.net);
        for (i, layer) in seen.layers.iter().enumerate() {
            let grad = &model.net.parameters()[2 * i].grad;
            // Whole layers, or rows that stand for all: in a layer of equal units as good as that.
            let tolerance = if i == 0 { 0.1 } else { 1e-9 };
            for (found, exact) in [
                (layer.gradient, norm(grad.iter())),
                (layer.update, norm((&after[i] - &before[i]).iter())),
                (layer.weights, norm(before[i].iter())),
            ] {
                assert!(
                    (found / exact - 1.0).abs() < tolerance,
                    "{i}: {found} instead of {exact}"
                );
            }
        }
    }
    assert_eq!(watch.sights().len(), 2);
}

#[test]
fn units_that_never_answer_are_dead() {
    let mut net = Sequential::<f64>::new(1)
        .then(Dense::new(8).bias(Init::Zeros))
        .then(Relu::new())
        .then(Relu::new());
    net.build(2);
    // Half of the units get weights that are above 0 for inputs above 0, the other half below.
    let w = Matrix::from_fn(2, 8, |_, j| if j % 2 == 0 { 1.0 } else { -1.0 });
    net.set_parameters(&[w, Matrix::zeros(1, 8)]).unwrap();
    let x = Matrix::from_fn(64, 2, |i, j| 1.0 + (i + j) as f64);
    let mut watch = Watch::every(1);
    watch.begin(0, || Inside::net(&net));
    net.forward(&x);
    net.backward(&Matrix::zeros(64, 8));
    for _ in 0..5 {
        watch.step(0.1, || Inside::net(&net));
    }
    let dead: Vec<Option<f64>> = watch.sights().iter().map(|s| s.units[0].dead).collect();
    assert_eq!(dead, [None, None, None, Some(0.5), Some(0.5)]);
    assert_eq!(watch.sights()[0].units[0].flat, 0.5);
    // The last layer's outputs are the network's answers, which may be flat.
    assert_eq!(watch.sights()[0].units.len(), 1);
    assert_eq!(names_of_net(&net).1.len(), 1);
}

/// tanh of 0 is at its steepest, where a ReLU's unit puts out 0 and learns nothing.
#[test]
fn a_recurrent_layer_is_judged_by_its_own_function() {
    fn seen<F: Function<f64> + 'static>() -> (Option<Unit>, Option<f64>) {
        let mut net = Sequential::<f64>::new(1)
            .then(Rnn::new(3, 1).activation::<F>())
            .then(Dense::new(2));
        net.build(2);
        let mut watch = Watch::every(1);
        watch.begin(0, || Inside::net(&net));
        net.forward(&Matrix::zeros(4, 2));
        net.backward(&Matrix::zeros(4, 2));
        watch.step(0.1, || Inside::net(&net));
        let unit = names_of_net(&net).1.first().map(|named| named.1);
        let activity = watch.sights()[0].units.first();
        (unit, activity.map(|activity| activity.flat))
    }
    assert_eq!(seen::<TanhFunction>(), (Some(Unit::Tanh), Some(0.0)));
    assert_eq!(seen::<ReluFunction>(), (Some(Unit::Relu), Some(1.0)));
    assert_eq!(seen::<SigmoidFunction>(), (Some(Unit::Sigmoid), Some(0.0)));
    assert_eq!(seen::<LogFunction>(), (None, None));
}

#[test]
fn a_long_training_is_looked_at_fifty_times() {
    let mut net = deep_sigmoid_net(1, 1);
    net.build(FEATURES);
    net.forward(&Matrix::zeros(2, FEATURES));
    net.backward(&Matrix::zeros(2, CLASSES));
    for (steps, looks) in [(10_000, 50), (1000, 34), (31, 2), (1, 1)] {
        let mut watch = Watch::new(steps);
        watch.begin(0, || Inside::net(&net));
        for _ in 0..steps {
            watch.step(0.1, || Inside::net(&net));
        }
        assert_eq!(watch.sights().len(), looks, "{steps} steps");
    }
}
