//! The weights of networks of layers in files.

use fromzero::Matrix;
use fromzero::io::tensor::DType;
use fromzero::io::tensor::onnx::Operator;
use fromzero::keep::{Layout, net};
use fromzero::nn::{
    Activation, BatchNorm, Dense, Dropout, Function, Keeps, Layer, Log, Relu, Rnn, Sequential,
    Softmax,
};
use fromzero::rng::Rng;

fn network(seed: u64) -> Sequential<f32> {
    let inner = Sequential::new(0)
        .then(Dense::new(4).without_bias())
        .then(BatchNorm::new());
    let mut net = Sequential::new(seed)
        .then(Dense::new(3))
        .then(Relu::new())
        .then(inner)
        .then(Dropout::new(0.5))
        .then(Dense::new(2))
        .then(Softmax::new())
        .then(Log::new());
    net.build(5);
    net
}

fn samples() -> Matrix<f32> {
    let mut rng = Rng::new(9);
    Matrix::from_fn(6, 5, |_, _| rng.normal() as f32)
}

#[test]
fn names_and_shapes_are_pytorch_s() {
    let found: Vec<_> = net::to_tensors(&network(1), Layout::OutIn)
        .into_iter()
        .map(|(name, tensor)| (name, tensor.shape().to_vec()))
        .collect();
    let expected = [
        ("0.weight", vec![3, 5]),
        ("0.bias", vec![3]),
        ("2.0.weight", vec![4, 3]),
        ("2.1.weight", vec![4]),
        ("2.1.bias", vec![4]),
        ("2.1.running_mean", vec![4]),
        ("2.1.running_var", vec![4]),
        ("4.weight", vec![2, 4]),
        ("4.bias", vec![2]),
    ];
    assert_eq!(found, expected.map(|(name, shape)| (name.into(), shape)));
    let ours = net::to_tensors(&network(1), Layout::InOut);
    assert_eq!(ours[0].1.shape(), [5, 3]);
}

#[test]
fn a_network_comes_back_with_its_running_statistics() {
    for layout in [Layout::InOut, Layout::OutIn] {
        let (mut trained, mut fresh) = (network(1), network(2));
        trained.forward(&samples());
        for net in [&mut trained, &mut fresh] {
            net.set_training(false);
        }
        let expected = trained.forward(&samples()).clone();
        assert_ne!(*fresh.forward(&samples()), expected);
        let mut tensors = net::to_tensors(&trained, layout);
        tensors.reverse();
        net::assign(&mut fresh, &tensors, layout).unwrap();
        assert_eq!(*fresh.forward(&samples()), expected);
    }
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let tensors = net::to_tensors(&network(1), Layout::OutIn);
    let mut other = network(2);
    let before = net::to_tensors(&other, Layout::InOut);
    let error = net::assign(&mut other, &tensors, Layout::InOut).unwrap_err();
    assert_eq!(
        error.to_string(),
        "0.weight has the shape [3, 5], expected [5, 3]"
    );
    let error = net::assign(&mut other, &tensors[1..], Layout::OutIn).unwrap_err();
    assert!(error.to_string().contains("no array \"0.weight\""));
    assert_eq!(net::to_tensors(&other, Layout::InOut), before);

    let mut unbuilt = Sequential::<f32>::new(1).then(Dense::new(3));
    let error = net::assign(&mut unbuilt, &tensors, Layout::OutIn).unwrap_err();
    assert!(error.to_string().contains("not known yet"), "{error}");
}

#[test]
fn a_network_in_evaluation_becomes_operators() {
    let network = net::to_onnx(&network(1)).unwrap();
    assert_eq!((network.dtype, network.inputs), (DType::F32, 5));
    let kinds: Vec<_> = network
        .operators
        .iter()
        .map(|operator| match operator {
            Operator::Gemm { weight, bias } => {
                assert_eq!(weight.shape()[1..], *bias.shape());
                "Gemm"
            }
            Operator::Relu => "Relu",
            Operator::BatchNormalization { .. } => "BatchNormalization",
            Operator::Softmax => "Softmax",
            Operator::Add(_) => "Add",
            Operator::Log => "Log",
            _ => "another",
        })
        .collect();
    let expected = "Gemm Relu Gemm BatchNormalization Gemm Softmax Add Log";
    assert_eq!(kinds.join(" "), expected);
}

struct Cube;

impl Function<f32> for Cube {
    const NAME: &'static str = "Cube";
    const KEEPS: Keeps = Keeps::Input;
    fn value(x: f32) -> f32 {
        x * x * x
    }
    fn derivative(x: f32) -> f32 {
        3.0 * x * x
    }
}

#[test]
fn layers_without_operators_are_named() {
    let cube = Activation::<f32, Cube>::new();
    for (layer, name) in [
        (&cube as &dyn Layer<f32>, "Cube"),
        (&Rnn::<f32>::new(5, 3), "Rnn"),
    ] {
        let error = net::to_onnx(layer).unwrap_err().to_string();
        assert!(error.contains(name) && error.contains("ONNX"), "{error}");
    }
    let net = Sequential::<f32>::new(1)
        .then(Dense::new(2))
        .then(Activation::<f32, Cube>::new());
    let error = net::to_onnx(&net).unwrap_err().to_string();
    assert!(error.starts_with("in layer 1: Cube"), "{error}");
}
