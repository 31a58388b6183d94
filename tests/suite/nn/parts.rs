//! Layers in a network: how they are reached, copied, and sent to other threads.

use crate::common::panics::assert_blames_caller;
use crate::common::*;
use fromzero::io::tensor::onnx::Operator;
use fromzero::nn::*;
use fromzero::{Matrix, Real, data, gradcheck, init, io, metrics, rng, section37, view};

/// f(x) = x², whose derivative needs x. It is neither `Clone` nor anything else.
struct Square;

impl<T: Real> Function<T> for Square {
    const NAME: &'static str = "Square";
    const KEEPS: Keeps = Keeps::Input;
    fn value(x: T) -> T {
        x * x
    }
    fn derivative(x: T) -> T {
        x + x
    }
}

#[test]
fn public_types_can_be_cloned_and_sent() {
    fn both<T: Clone + Send + Sync + 'static>() {}
    both::<Matrix<f32>>();
    both::<rng::Rng>();
    both::<init::Init>();
    both::<Schedule>();
    both::<io::Error>();
    both::<(data::Dataset, data::Batch<f32>, data::Batches<'static, f32>)>();
    both::<(data::Waves<f32>, data::Standardizer, data::table::Table)>();
    both::<(section37::Params<f32>, section37::Activations<f32>)>();
    both::<(section37::Deltas<f32>, section37::Recipe, section37::Step)>();
    both::<(metrics::Confusion, metrics::Labels<'static>)>();
    both::<(gradcheck::Report, gradcheck::Entry)>();
    both::<(Dense<f64>, Rnn<f64, Square>, Dropout<f64>, BatchNorm<f64>)>();
    both::<(
        Activation<f64, Square>,
        Relu<f32>,
        Softmax<f32>,
        LogSoftmax<f32>,
    )>();
    both::<(Parameter<f32>, WeightDecay, Sgd<f32>, Adam<f32>)>();
    both::<(Target<'static, f32>, Criterion<f32, Mse>, Step, Evaluation)>();
    both::<Sequential<f32>>();
    both::<Model<f32, Net<f32>, SoftmaxCrossEntropy, Adam<f32>>>();
    both::<(view::Plot, fromzero::Isa, fromzero::Engine)>();
}

/// Also with functions that have nothing but what the traits ask for.
#[test]
fn layers_can_be_shown_whatever_their_functions_are() {
    struct Halved;
    impl RowFunction<f64> for Halved {
        const NAME: &'static str = "Halved";
        fn value(z: &Matrix<f64>, output: &mut Matrix<f64>) {
            output.copy_from(z);
            output.map(|x| x / 2.0);
        }
        fn times_jacobian(_: &Matrix<f64>, g: &Matrix<f64>, grad_z: &mut Matrix<f64>) {
            Self::value(g, grad_z);
        }
    }
    let x = Matrix::from_rows(&[[3.0], [5.0]]);
    let mut square = Activation::<f64, Square>::new();
    let mut halved = RowLayer::<f64, Halved>::new();
    let mut rnn = Rnn::<f64>::new(1, 2).activation::<Square>();
    square.forward(&x);
    halved.forward(&x);
    rnn.forward(&x);
    for (shown, words) in [
        (format!("{square:?}"), ["Activation", "9"]),
        (format!("{halved:?}"), ["RowLayer", "2.5"]),
        (format!("{rnn:?}"), ["steps: 2", "w_h"]),
    ] {
        assert!(words.iter().all(|word| shown.contains(word)), "{shown}");
    }
}

fn every_kind() -> Sequential<f64> {
    let inner = Sequential::new(3)
        .then(Dense::new(4))
        .then(Dropout::new(0.3));
    Sequential::new(1)
        .then(Rnn::new(5, 2).activation::<Square>())
        .then(BatchNorm::new())
        .then(Activation::<f64, Square>::new())
        .then(inner)
        .then(Dense::new(3))
        .then(LogSoftmax::new())
}

/// A clone in the middle of a training goes on as the network itself, and neither changes the other.
#[test]
fn a_clone_goes_on_by_itself() {
    let rng = &mut SplitMix64::new(4);
    let (x, grad) = (random_matrix(rng, 6, 2), random_matrix(rng, 6, 3));
    let mut net = every_kind();
    net.forward(&x);
    let mut clone = net.clone();
    assert_same_bits("backward", clone.backward(&grad), net.backward(&grad));
    let (mut sgd, kept) = (Sgd::new(0.1), clone.clone());
    sgd.step(&mut net);
    for (a, b) in clone.parameters().iter().zip(kept.parameters()) {
        assert_same_bits(a.name, &a.value, &b.value);
    }
    assert_ne!(net.parameters()[0].value, clone.parameters()[0].value);
    sgd.step(&mut clone);
    assert_same_bits("same masks", clone.forward(&x), net.forward(&x));
    let there = std::thread::spawn(move || {
        clone
            .forward(&random_matrix(&mut SplitMix64::new(4), 6, 2))
            .clone()
    });
    assert_same_bits("on another thread", &there.join().unwrap(), net.forward(&x));
}

#[test]
fn layers_are_found_by_type_and_name() {
    let mut net = every_kind();
    let names: Vec<_> = net.layers_mut().map(|layer| layer.name()).collect();
    assert_eq!(
        names,
        [
            "Rnn",
            "BatchNorm",
            "Square",
            "Sequential",
            "Dense",
            "LogSoftmax"
        ]
    );
    assert_eq!(net.layers_of::<Dense<f64>>().count(), 1);
    assert_eq!(
        net.layers_of::<Rnn<f64>>().count(),
        0,
        "its cell is not tanh"
    );
    let inner = net.layers_of_mut::<Sequential<f64>>().next().unwrap();
    assert_eq!(inner.layers_of::<Dropout<f64>>().count(), 1);
    inner
        .layers_mut()
        .find(|layer| layer.name() == "Dropout")
        .unwrap()
        .set_training(false);
    assert!(
        !inner
            .layers_of::<Dropout<f64>>()
            .next()
            .unwrap()
            .is_training()
    );
    net.set_training(false);
    assert!(
        !net.is_training()
            && !net
                .layers_of::<BatchNorm<f64>>()
                .next()
                .unwrap()
                .is_training()
    );
}

#[test]
fn gradients_are_a_list_of_layers() {
    let rng = &mut SplitMix64::new(4);
    let mut net = every_kind();
    net.forward(&random_matrix(rng, 6, 2));
    net.backward(&random_matrix(rng, 6, 3));
    let counts: Vec<_> = net.gradients().iter().map(Vec::len).collect();
    assert_eq!(counts, [3, 4, 0, 2, 2, 0]);
    let flat = net.gradients().into_iter().flatten();
    for (grad, parameter) in flat.zip(net.parameters()) {
        assert_same_bits(parameter.name, grad, &parameter.grad);
    }
}

#[test]
fn a_recurrent_cell_with_any_function_passes_the_gradient_check() {
    fn passes<F: Function<f64> + 'static>() {
        let x = random_matrix(&mut SplitMix64::new(2), 8, 2);
        let h0 = random_matrix(&mut SplitMix64::new(3), 2, 3);
        let make = || {
            let mut rnn = Rnn::new(3, 4).activation::<F>();
            rnn.set_h0(Some(h0.clone()));
            Sequential::new(1).then(rnn).then(Dense::new(2))
        };
        let report = check(make, &x).report();
        assert!(report.passes(1e-8), "{}: {report}", F::NAME);
    }
    passes::<SigmoidFunction>();
    passes::<Square>();
    passes::<TanhFunction>();
}

#[test]
fn first_states_stay_until_they_are_taken_back() {
    let rng = &mut SplitMix64::new(6);
    let (x, h0) = (random_matrix(rng, 6, 2), random_matrix(rng, 3, 4));
    let mut rnn = Rnn::<f64>::new(4, 2);
    let from_zeros = rnn.forward(&x).clone();
    let from_h0 = rnn.forward_from(&h0, &x).clone();
    assert_same_bits("only once", rnn.forward(&x), &from_zeros);
    rnn.set_h0(Some(h0));
    let mut net = Sequential::new(0).then(rnn);
    for _ in 0..2 {
        assert_same_bits("in a network", net.forward(&x), &from_h0);
    }
    let mut rnn = net.layers_of_mut::<Rnn<f64>>().next().unwrap().clone();
    let says = "Rnn: expected first states h0 of 1×4, found 3×4";
    assert_blames_caller(says, || {
        rnn.forward(&random_matrix(&mut SplitMix64::new(1), 2, 2))
            .rows()
    });
    rnn.set_h0(None);
    assert_same_bits("zeros again", rnn.forward(&x), &from_zeros);
}

#[test]
fn functions_say_what_they_are_to_onnx_or_that_they_cannot() {
    let of = |layer: &dyn Layer<f64>| layer.operators();
    assert_eq!(of(&Relu::new()), Ok(vec![Operator::Relu]));
    assert_eq!(of(&Sigmoid::new()), Ok(vec![Operator::Sigmoid]));
    assert_eq!(of(&Tanh::new()), Ok(vec![Operator::Tanh]));
    assert_eq!(of(&Softmax::new()), Ok(vec![Operator::Softmax]));
    assert_eq!(of(&LogSoftmax::new()), Ok(vec![Operator::LogSoftmax]));
    let log = of(&Log::new()).expect("two operators");
    assert!(
        matches!(log[..], [Operator::Add(_), Operator::Log]),
        "{log:?}"
    );
    let error = of(&Activation::<f64, Square>::new())
        .unwrap_err()
        .to_string();
    assert!(error.contains("Square"), "{error}");
    assert_eq!(Loss::<f64>::name(&Squared), "Squared");
}
