//! One vocabulary on both floors: the same words for initial values, schedules and accuracy in section 3.7 and for layers.

use std::any::TypeId;
use std::fmt::Debug;

use crate::common::*;
use fromzero::nn::*;
use fromzero::rng::Rng;
use fromzero::section37::{self, Params, Sizes};
use fromzero::{Matrix, init, metrics, schedule};

#[test]
fn both_floors_have_the_same_words() {
    let init = TypeId::of::<init::Init>();
    assert_eq!(init, TypeId::of::<section37::Init>());
    assert_eq!(init, TypeId::of::<Init>());
    let schedule = TypeId::of::<schedule::Schedule>();
    assert_eq!(schedule, TypeId::of::<section37::Schedule>());
    assert_eq!(schedule, TypeId::of::<Schedule>());
}

/// From the same seed a layer draws what section 3.7 draws, whichever way it is told to.
#[test]
fn both_floors_draw_the_same_weights() {
    let sizes = Sizes {
        inputs: 20,
        hidden: 30,
        classes: 10,
    };
    for init in [Init::Uniform(0.3), Init::Xavier(4.0), Init::Normal(0.1)] {
        let p = Params::<f32>::new(sizes, init, &mut Rng::new(3)).unwrap();
        let mut net = Sequential::new(3)
            .then(Dense::new(30).weights(init))
            .then(Dense::new(30).weights(init))
            .then(Dense::linear(30, 10).weights(init));
        net.build(20);
        let weights: Vec<_> = net.parameters().iter().map(|p| &p.value).collect();
        assert_same_bits("w1", weights[0], &p.w1);
        assert_same_bits("w2", weights[2], &p.w2);
        assert_same_bits("w3", weights[4], &p.w3);
    }
}

#[test]
fn accuracy_is_for_every_kind_of_answer() {
    let probabilities = Matrix::from_rows(&[[0.2_f32, 0.8], [0.9, 0.1], [0.5, 0.5]]);
    let logits = Matrix::from_rows(&[[-4.0_f64, 3.0], [0.0, -1e300], [7.0, 7.0]]);
    assert_eq!(metrics::predictions(&probabilities).unwrap(), [1, 0, 0]);
    assert_eq!(metrics::predictions(&logits).unwrap(), [1, 0, 0]);
    assert_eq!(metrics::correct(&logits, &[1, 1, 0]).unwrap(), 2);
    assert_eq!(
        metrics::accuracy(&probabilities, &[1, 1, 0]).unwrap(),
        2.0 / 3.0
    );
}

/// One way to describe a layer, for those that are written elsewhere too.
#[test]
fn every_layer_describes_itself() {
    let x = Matrix::<f32>::zeros(2, 3);
    let described = |layer: &mut dyn Layer<f32>| {
        layer.forward(&x);
        layer.describe()
    };
    for (line, expected) in [
        (
            described(&mut Dense::new(4)),
            "layer: Dense  shape: {w: [3, 4], b: [4]}",
        ),
        (
            described(&mut Dense::linear(3, 4).without_bias()),
            "layer: Linear  shape: {w: [3, 4]}",
        ),
        (described(&mut Relu::new()), "layer: ReLU  shape: None"),
        (
            described(&mut Softmax::new()),
            "layer: Softmax  shape: None",
        ),
        (
            described(&mut Rnn::new(5, 2)),
            "layer: Rnn  shape: {w_x: [3, 5], w_h: [5, 5], b: [5]}",
        ),
        (
            described(&mut Sequential::new(1).then(Tanh::new()).then(Dense::new(1))),
            "layer: Sequential  shape: {w: [3, 1], b: [1]}",
        ),
    ] {
        assert_eq!(line, expected);
    }
}

#[test]
fn networks_print_themselves() {
    let mut net = Sequential::<f32>::new(0)
        .then(Dense::new(1024))
        .then(Sigmoid::new())
        .then(Dense::new(1024))
        .then(Sigmoid::new())
        .then(Dense::new(10));
    assert!(format!("{net:?}").starts_with("layer: Dense  shape: {w: [?, 1024], b: [1024]}\n"));
    net.build(784);
    let lines = format!("{net:?}");
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[0], "layer: Dense  shape: {w: [784, 1024], b: [1024]}");
    assert_eq!(lines[1], "layer: Sigmoid  shape: None");
    let table = net.to_string();
    assert!(
        table.contains("803,840  w: [784, 1024], b: [1024]"),
        "{table}"
    );
    assert!(table.ends_with("1,863,690 parameters to train"), "{table}");
    assert!(!table.contains("others"), "{table}");
    let mut normed = Sequential::<f32>::new(1)
        .then(BatchNorm::new())
        .then(Dense::new(2));
    normed.build(3);
    let lines = [
        "inputs 3",
        "layer                parameters  shapes",
        "    0  BatchNorm             12  gamma: [3], beta: [3], running_mean: [3], running_var: [3]",
        "    1  Dense                  8  w: [3, 2], b: [2]",
        "14 parameters to train, 6 others",
    ];
    assert_eq!(normed.to_string(), lines.join("\n"));
}

#[test]
fn public_types_can_be_debugged() {
    fn shown(thing: &dyn Debug) -> bool {
        !format!("{thing:?}").is_empty()
    }
    assert!(shown(&Activation::<f32, SigmoidFunction>::new()));
    assert!(shown(&LogSoftmax::<f64>::new()));
    assert!(shown(&BatchNorm::<f64>::new()) && shown(&Rnn::<f32>::new(2, 3)));
    assert!(shown(&fromzero::data::Waves::<f32>::new(2, 3)));
    assert!(shown(&Model::new(
        Sequential::<f32>::new(1),
        Mse,
        Sgd::new(0.1)
    )));
}
