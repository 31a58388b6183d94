//! What the second floor promises beyond its derivatives: values at the edges, training and evaluation, parameters, the same
//! bits as section 3.7.

use crate::common::*;
use fromzero::nn::*;
use fromzero::rng::Rng;
use fromzero::section37::{self, Activations, Deltas, Gradients, Params, Sizes};
use fromzero::{Engine, Isa, Matrix, Real};

/// At its kink ReLU is 0 and its derivative is taken to be 0; a NaN is passed on.
#[test]
fn relu_at_its_kink() {
    let mut relu = Relu::new();
    let x = Matrix::from_rows(&[[0.0_f32, -0.0, 1e-30, -1e-30, f32::NAN]]);
    let y = relu.forward(&x).clone();
    assert_same_bits("value", y.row(0), &[0.0, 0.0, 1e-30, 0.0, f32::NAN]);
    let g = relu.backward(&Matrix::from_rows(&[[3.0, 3.0, 3.0, 3.0, f32::NAN]]));
    assert_same_bits("gradient", g.row(0), &[0.0, 0.0, 3.0, 0.0, f32::NAN]);
}

/// 10⁻¹⁰ keeps the logarithm of 0 finite, and its derivative too.
#[test]
fn log_is_finite_at_zero() {
    let mut log = Log::new();
    let y = log.forward(&Matrix::from_rows(&[[0.0_f64, 1.0]])).clone();
    assert_close("value", y.row(0), &[-23.025850929940457, 1e-10], 1e-15);
    let g = log.backward(&Matrix::from_rows(&[[2.0, 0.0]])).clone();
    assert_close("gradient", g.row(0), &[2e10, 0.0], 1e-15);
}

#[test]
fn log_softmax_backward_takes_the_sum_of_the_gradient() {
    let mut layer = LogSoftmax::new();
    layer.forward(&Matrix::from_rows(&[[0.1_f64, 0.9]]));
    let g = layer.backward(&Matrix::from_rows(&[[1.0, 1.0]])).clone();
    assert_close(
        "gradient",
        g.row(0),
        &[0.3799489622552249, -0.3799489622552249],
        1e-15,
    );
}

/// Logits of ±10⁴: probabilities of 0 and 1, a loss of exactly their distance, no infinity and no NaN.
#[test]
fn the_loss_of_a_probability_that_rounds_to_zero() {
    let z = Matrix::from_rows(&[[1e4_f32, -1e4, 0.0], [-1e4, -1e4, -3e4]]);
    let mut criterion = Criterion::new(SoftmaxCrossEntropy);
    let loss = criterion.of(&z, &[1_u8, 2][..]);
    assert_close(
        "loss",
        &[loss.value],
        &[0.5 * (2e4 + 2e4 + f64::ln(2.0))],
        1e-7,
    );
    let expected = [[0.5, -0.5, 0.0], [0.25, 0.25, -0.5]];
    assert_same_bits("gradient", loss.gradient, &Matrix::from_rows(&expected));
}

#[test]
fn dropout_drops_a_share_in_training_and_nothing_in_evaluation() {
    let x = Matrix::from_fn(100, 100, |i, j| 1.0 + (i * 100 + j) as f64);
    let mut net = Sequential::new(5).then(Dropout::new(0.25));
    let first = net.forward(&x).clone();
    let dropped = first.iter().filter(|&y| y == 0.0).count();
    // Six standard deviations of the binomial distribution.
    assert!((2240..=2760).contains(&dropped), "{dropped} of 10000");
    for (y, x) in first.iter().zip(x.iter()) {
        assert!(y == 0.0 || (y - x / 0.75).abs() <= 1e-12 * x, "{y} of {x}");
    }
    let g = net.backward(&x).clone();
    assert_same_bits("the gradient passes where the value passed", &g, &first);
    assert_ne!(*net.forward(&x), first, "another choice in each pass");
    let mut same = Sequential::new(5).then(Dropout::new(0.25));
    assert_same_bits("the seed decides", same.forward(&x), &first);
    net.set_training(false);
    assert_same_bits("evaluation", net.forward(&x), &x);
    assert_same_bits("its gradient", net.backward(&x), &x);
}

/// In evaluation a sample's output does not depend on the others of its batch, and the running values stay.
#[test]
fn batch_normalisation_in_evaluation() {
    let rng = &mut SplitMix64::new(1);
    let x = random_matrix::<f64>(rng, 6, 3);
    let mut norm = BatchNorm::new();
    norm.forward(&x);
    norm.set_training(false);
    let before = parameters_of(&norm);
    let whole = norm.forward(&x).clone();
    let alone = x.view().block(2..3, 0..3).to_matrix();
    assert_same_bits("one sample", norm.forward(&alone).row(0), whole.row(2));
    assert_eq!(parameters_of(&norm), before);
    let trainable: Vec<bool> = norm.parameters().iter().map(|p| p.is_trainable()).collect();
    assert_eq!(trainable, [true, true, false, false]);
    // Optimizers and clipping leave the running values alone.
    norm.set_training(true);
    norm.forward(&x);
    norm.backward(&x);
    let before = parameters_of(&norm);
    Adam::new(0.1).step(&mut norm);
    Sgd::new(0.1).step(&mut norm);
    let after = parameters_of(&norm);
    assert_ne!(after[0], before[0]);
    assert_eq!(after[2..], before[2..]);
}

#[test]
fn parameters_are_set_layer_by_layer() {
    let build = |seed| {
        let inner = Sequential::<f32>::new(0)
            .then(Relu::new())
            .then(Dense::new(4));
        let mut net = Sequential::new(seed)
            .then(Dense::new(3))
            .then(inner)
            .then(BatchNorm::new());
        net.build(5);
        net
    };
    let (one, mut other) = (build(1), build(2));
    let names: Vec<&str> = one.parameters().iter().map(|p| p.name).collect();
    assert_eq!(names[..4], ["w", "b", "w", "b"]);
    assert_ne!(parameters_of(&one), parameters_of(&other));
    other
        .set_parameters(&parameters_of(&one))
        .expect("equal shapes");
    assert_eq!(parameters_of(&one), parameters_of(&other));
    let mut visited = Vec::new();
    other.visit(&mut |parameter| visited.push(parameter.value.clone()));
    assert_eq!(
        visited,
        parameters_of(&one),
        "visited in the order of `parameters`"
    );
}

#[test]
fn the_seed_decides_and_every_initialiser_draws_what_it_says() {
    let weights = |seed| {
        let mut net = Sequential::<f32>::new(seed)
            .then(Dense::new(40))
            .then(Dense::new(40));
        net.build(40);
        let parameters = net.parameters();
        (parameters[0].value.clone(), parameters[2].value.clone())
    };
    let (first, second) = weights(1);
    assert_eq!((first.clone(), second.clone()), weights(1));
    assert_ne!(first, weights(2).0);
    assert_ne!(
        first, second,
        "layers of the same shape are drawn one after the other"
    );
    let drawn = |initializer| -> Vec<f64> {
        let mut dense = Dense::new(50).bias(initializer).weights(initializer);
        dense.init(50, &mut Rng::new(3));
        assert_eq!(
            dense.parameters()[1].value.row(0)[0] == 0.0,
            initializer == Init::Zeros
        );
        dense.parameters()[0].value.iter().collect()
    };
    let deviation = |x: &[f64]| (x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64).sqrt();
    let largest = |x: &[f64]| {
        x.iter()
            .fold(0.0, |max, x| if x.abs() > max { x.abs() } else { max })
    };
    let xavier = 2.0 * (6.0_f64 / 100.0).sqrt();
    let draws = drawn(Init::Xavier(2.0));
    assert!(largest(&draws) <= xavier && largest(&draws) > 0.98 * xavier);
    let draws = drawn(Init::Uniform(0.3));
    assert!(largest(&draws) <= 0.3 && largest(&draws) > 0.29);
    let draws = drawn(Init::Normal(0.5));
    assert!((deviation(&draws) - 0.5).abs() < 0.04 && largest(&draws) > 1.0);
    assert!(drawn(Init::Ones).iter().all(|&x| x == 1.0));
    assert!(drawn(Init::Zeros).iter().all(|&x| x == 0.0));
}

/// The batch may become smaller and larger again; outputs are those of a fresh network.
#[test]
fn batches_of_any_size() {
    let rng = &mut SplitMix64::new(4);
    let net = || {
        let net = Sequential::new(9).then(Dense::new(7)).then(Tanh::new());
        net.then(Dense::new(3)).then(Softmax::new())
    };
    let mut used = net();
    for rows in [5, 2, 9, 1] {
        let x = random_matrix::<f32>(rng, rows, 6);
        let g = random_matrix::<f32>(rng, rows, 3);
        let mut fresh = net();
        assert_same_bits("output", used.forward(&x), fresh.forward(&x));
        assert_same_bits("gradient", used.backward(&g), fresh.backward(&g));
        for (used, fresh) in used.parameters().into_iter().zip(fresh.parameters()) {
            assert_same_bits(used.name, &used.grad, &fresh.grad);
        }
    }
}

fn second_floor<T: Real>(p: &Params<T>) -> Sequential<T> {
    let sizes = p.sizes();
    let mut net = Net::new(0)
        .then(Dense::new(sizes.hidden))
        .then(Sigmoid::new())
        .then(Dense::new(sizes.hidden))
        .then(Sigmoid::new())
        .then(Dense::new(sizes.classes));
    net.build(sizes.inputs);
    let row = |b: &Vec<T>| Matrix::from_rows(&[b]);
    let (w1, w2, w3) = (p.w1.clone(), p.w2.clone(), p.w3.clone());
    net.set_parameters(&[w1, row(&p.b1), w2, row(&p.b2), w3, row(&p.b3)])
        .expect("the shapes of section 3.7");
    net
}

/// Section 3.7 on both floors: 20 steps of batches of 64, with the losses of both.
fn both_floors(sizes: Sizes) {
    let (steps, m, lr) = (20, 64, 0.03_f32);
    let mut p = Params::<f32>::new(sizes, Init::Uniform(0.3), &mut Rng::new(1)).unwrap();
    let mut model = Model::new(
        second_floor(&p),
        SoftmaxCrossEntropy,
        Sgd::new(f64::from(lr)),
    );
    let mut act = Activations::new(sizes, m).unwrap();
    let mut deltas = Deltas::new(sizes, m).unwrap();
    let mut gradients = Gradients::zeros(sizes).unwrap();
    let rng = &mut SplitMix64::new(2);
    for step in 0..steps {
        let x = uniform_matrix(rng, m, sizes.inputs, 0.0, 1.0);
        let labels: Vec<u8> = (0..m)
            .map(|_| rng.below(sizes.classes as u64) as u8)
            .collect();
        let mut y = Matrix::zeros(m, sizes.classes);
        fromzero::data::one_hot(&labels, sizes.classes, &mut y);
        section37::forward(&p, &x, &mut act);
        let first = section37::loss(&act, &y);
        section37::backward(&p, &x, &y, &act, &mut deltas, &mut gradients);
        section37::gradient_descent(&mut p, &gradients, lr);
        model.forward(&x);
        let second = if step % 2 == 0 {
            model.backward(&y)
        } else {
            model.backward(&labels)
        };
        model.apply_grad();
        assert_eq!(first.to_bits(), second.to_bits(), "the loss of step {step}");
    }
    let parameters = model.net.parameters();
    let row = |b: &Vec<f32>| Matrix::from_rows(&[b]);
    let expected = [
        p.w1.clone(),
        row(&p.b1),
        p.w2.clone(),
        row(&p.b2),
        p.w3.clone(),
        row(&p.b3),
    ];
    for (parameter, expected) in parameters.into_iter().zip(&expected) {
        assert_same_bits(parameter.name, &parameter.value, expected);
    }
}

#[test]
fn section_37_has_the_same_bits_on_both_floors() {
    both_floors(Sizes::default());
}

/// Layers and optimizers that share their rows out to threads give the bits of one thread, on every instruction set. The
/// activations and the weights of the first layer are large enough to be shared out, and the products of both layers.
#[test]
fn every_engine_gives_the_same_bits() {
    let rng = &mut SplitMix64::new(6);
    let (samples, inputs, hidden) = (37, 36, 3700);
    let x = random_matrix::<f32>(rng, samples, inputs);
    let labels: Vec<u8> = (0..samples).map(|_| rng.below(10) as u8).collect();
    let run = |isa, threads| {
        Engine::new(isa, threads).unwrap().run(|| {
            let net = Sequential::new(1)
                .then(Dense::new(hidden))
                .then(Relu::new());
            let net = net
                .then(BatchNorm::new())
                .then(Tanh::new())
                .then(Dropout::new(0.2));
            let net = net
                .then(Dense::new(10))
                .then(Softmax::new())
                .then(Log::new());
            let mut model = Model::new(net, Nll, Adam::new(1e-3));
            for _ in 0..2 {
                model.forward(&x);
                model.backward(&labels);
                clip_by_norm(&mut model.net, 0.5);
                model.apply_grad();
            }
            let parameters = model.net.parameters();
            parameters
                .iter()
                .map(|p| p.value.clone())
                .collect::<Vec<_>>()
        })
    };
    let expected = run(Isa::Portable, 1);
    for isa in Isa::available() {
        for threads in [1, 2, 3] {
            for (actual, expected) in run(isa, threads).iter().zip(&expected) {
                assert_same_bits(&format!("{isa}, {threads} threads"), actual, expected);
            }
        }
    }
}

/// A network or a model asks its layers, to put them back after a prediction.
#[test]
fn layers_say_whether_they_are_in_training() {
    let layers: [Box<dyn Layer<f32>>; 2] =
        [Box::new(BatchNorm::new()), Box::new(Dropout::new(0.5))];
    for mut layer in layers {
        assert!(layer.is_training());
        layer.set_training(false);
        assert!(!layer.is_training(), "{}", layer.name());
    }
}
