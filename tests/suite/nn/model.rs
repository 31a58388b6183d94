//! `Model::fit`, `predict` and `evaluate`: thin over the loop that a program writes itself.

use crate::common::*;
use fromzero::data::{Batches, Dataset};
use fromzero::nn::*;
use fromzero::rng::Rng;
use fromzero::{Matrix, metrics, ops};

/// 50 images of 6 pixels, in 3 classes that can be told apart.
fn images() -> Dataset {
    let rng = &mut Rng::new(5);
    let pixel = |i: usize| if i / 6 % 3 == i % 3 { 180 } else { 20 };
    let pixels = (0..300).map(|i| pixel(i) + rng.below(60) as u8).collect();
    Dataset::new(pixels, (0..50).map(|i| i % 3).collect(), (2, 3), 3).unwrap()
}

fn model() -> Model<f32, Sequential<f32>, SoftmaxCrossEntropy, Adam<f32>> {
    let net = Sequential::new(1)
        .then(Dense::new(8))
        .then(Dropout::new(0.1))
        .then(Relu::new())
        .then(Dense::new(3));
    Model::new(net, SoftmaxCrossEntropy, Adam::new(0.02))
}

fn assert_same_parameters(a: &impl Layer<f32>, b: &impl Layer<f32>) {
    for (a, b) in a.parameters().into_iter().zip(b.parameters()) {
        assert_same_bits(a.name, &a.value, &b.value);
    }
}

#[test]
fn fit_is_the_loop_that_a_program_writes() {
    let data = images();
    let mut batches = Batches::new(&data, 16).unwrap();
    let (mut by_hand, mut losses) = (model(), Vec::new());
    let mut rng = Rng::new(9);
    for _ in 0..3 {
        batches.shuffle(&mut rng);
        while let Some(batch) = batches.next_batch() {
            by_hand.forward(&batch.x);
            losses.push(by_hand.backward(&batch.labels));
            by_hand.apply_grad();
        }
    }

    let (mut fitted, mut steps) = (model(), Vec::new());
    let mut batches = Batches::new(&data, 16).unwrap();
    let returned = fitted.fit(&mut batches, 3, Some(&mut Rng::new(9)), |model, step| {
        let output = model.net.output();
        assert_eq!(output.rows(), step.samples);
        steps.push(*step);
    });
    assert_eq!(returned.unwrap(), losses);
    assert_same_parameters(&fitted.net, &by_hand.net);

    assert_eq!(steps.len(), 12);
    for (n, step) in steps.iter().enumerate() {
        assert_eq!((step.number, step.epoch, step.batch), (n, n / 4, n % 4));
        assert_eq!((step.batches, step.is_last_of_epoch()), (4, n % 4 == 3));
        assert_eq!(
            (step.samples, step.loss),
            ([16, 16, 16, 2][n % 4], losses[n])
        );
        assert!((0.0..=1.0).contains(&step.accuracy.unwrap()));
    }
}

#[test]
fn without_a_generator_every_epoch_is_in_the_same_order() {
    let data = images();
    let mut seen = Vec::new();
    let mut each = |m: &mut Model<_, Sequential<f32>, _, Adam<f32>>, _: &Step| {
        seen.push(m.net.layers_of::<Dense<f32>>().next().unwrap().output()[(0, 0)]);
    };
    let mut model = model();
    // A rate of 0 leaves the network as it is, so that an output says which samples came in.
    model.optimizer.set_learning_rate(0.0);
    let mut batches = Batches::new(&data, 16).unwrap();
    model.fit(&mut batches, 2, None, &mut each).unwrap();
    model
        .fit(&mut batches, 1, Some(&mut Rng::new(1)), &mut each)
        .unwrap();
    assert_eq!(seen[..4], seen[4..8]);
    assert_ne!(seen[..4], seen[8..]);
}

#[test]
fn a_prediction_is_made_in_evaluation_and_leaves_the_mode() {
    let data = images();
    let mut batches = Batches::new(&data, 50).unwrap();
    let x = batches.next_batch().unwrap().x.clone();
    let mut model = model();
    model.forward(&x);
    let predicted = model.predict(&x).clone();
    assert!(model.net.is_training());
    assert_ne!(*model.forward(&x), predicted, "nothing was dropped");
    model.net.set_training(false);
    assert_same_bits("evaluation", model.forward(&x), &predicted);
    model.predict(&x);
    assert!(!model.net.is_training());
}

/// As one freezes a network whose normalisation has been learnt elsewhere.
#[test]
fn a_single_layer_in_evaluation_stays_there_after_a_prediction() {
    let x = random_matrix(&mut SplitMix64::new(4), 5, 3);
    let inner = Sequential::new(3)
        .then(Dense::new(4))
        .then(BatchNorm::new());
    let net = Sequential::new(1).then(inner).then(Dropout::new(0.3));
    let mut model = Model::new(net.then(Dense::new(2)), Mse, Sgd::new(0.1));
    model.net.build(3);
    let inner = model.net.layers_of_mut::<Sequential<f64>>().next().unwrap();
    for norm in inner.layers_of_mut::<BatchNorm<f64>>() {
        norm.set_training(false);
    }
    let modes = |net: &Sequential<f64>| {
        let inner = net.layers_of::<Sequential<f64>>().next().unwrap();
        let parts = inner.layers().chain(net.layers());
        parts.map(|layer| layer.is_training()).collect::<Vec<_>>()
    };
    let before = modes(&model.net);
    assert_eq!(before, [true, false, true, true, true]);
    let predicted = model.predict(&x).clone();
    assert_eq!(modes(&model.net), before);
    model.evaluate((&x, &Matrix::zeros(5, 2))).unwrap();
    assert_eq!(modes(&model.net), before);
    model.net.set_training(false);
    assert_same_bits("evaluation", model.forward(&x), &predicted);
}

#[test]
fn an_evaluation_is_the_mean_over_all_samples() {
    let data = images();
    let mut model = model();
    let mut at_once = Batches::new(&data, 50).unwrap();
    let whole = model.evaluate(&mut at_once).unwrap();
    let in_batches = model
        .evaluate(&mut Batches::new(&data, 16).unwrap())
        .unwrap();
    assert_eq!((whole.samples, in_batches.samples), (50, 50));
    assert_eq!(whole.accuracy, in_batches.accuracy);
    assert_close("loss", &[in_batches.loss], &[whole.loss], 1e-6);

    at_once.rewind();
    let batch = at_once.next_batch().unwrap();
    let answers = model.predict(&batch.x);
    assert_eq!(
        whole.accuracy,
        metrics::accuracy(answers, &batch.labels).ok()
    );
    let loss = ops::cross_entropy(answers, &batch.y);
    assert_close("loss", &[whole.loss], &[loss], 1e-6);
    // With rows as targets there is nothing to classify.
    let rows = model.evaluate((&batch.x, &batch.y)).unwrap();
    assert_eq!((rows.loss, rows.accuracy), (whole.loss, None));
}

#[test]
fn what_cannot_be_fitted_is_an_error() {
    let x = Matrix::from_rows(&[[1e30_f32], [-1e30]]);
    let dense = Dense::new(2).without_bias();
    let mut model = Model::new(dense, SoftmaxCrossEntropy, Sgd::new(1e30));
    let says = |result: Result<Vec<f64>, fromzero::io::Error>| result.unwrap_err().to_string();
    let error = says(model.fit((&x, &[0, 1]), 0, None, |_, _| {}));
    assert_eq!(error, "Model::fit: expected at least 1 epoch, found 0");
    let error = says(model.fit((&x, &[0, 0]), 5, None, |_, _| {}));
    assert!(error.contains(", with learning rate 1e30; "), "{error}");
}

/// What one step changes is what was said before that it would.
#[test]
fn compute_step_foretells_the_step_and_changes_nothing() {
    let x = Matrix::from_fn(4, 3, |i, j| (i as f64 - j as f64) * 0.5);
    let run = |mut model: Model<f64, Sequential<f64>, Mse, Adam<f64>>| {
        let y = Matrix::from_fn(4, 2, |i, j| (i + j) as f64);
        for _ in 0..3 {
            model.forward(&x);
            model.backward(&y);
            let before = parameters_of(&model.net);
            let foretold = model.optimizer.compute_step(&mut model.net);
            assert_eq!(parameters_of(&model.net), before);
            model.apply_grad();
            for (i, new) in parameters_of(&model.net).iter().enumerate() {
                assert_same_bits("step", &(new - &before[i]), &foretold[i]);
            }
            assert!(foretold[0].iter().any(|x| x != 0.0));
        }
    };
    let net = || {
        Sequential::new(1)
            .then(Dense::new(2))
            .then(BatchNorm::new())
    };
    run(Model::new(net(), Mse, Adam::default()));
    run(Model::new(
        net(),
        Mse,
        Adam::new(0.1).weight_decay(WeightDecay::L2(0.1)),
    ));
    assert_eq!(Adam::<f32>::default().learning_rate(), 1e-3);
}
