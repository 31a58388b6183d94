//! The well-known exercise in backpropagation with two inputs, two hidden and two output neurons, sigmoid throughout, squared
//! error, w₁ … w₈ = 0.15 … 0.55, followed as a reader would: forward, backward, one step, forward.

use crate::common::*;
use fromzero::Matrix;
use fromzero::nn::*;

/// w₁ and w₂ lead to the first hidden neuron, w₃ and w₄ to the second; then w₅ to w₈ in the same way. Here a neuron is a column.
const W: [[[f64; 2]; 2]; 2] = [[[0.15, 0.25], [0.20, 0.30]], [[0.40, 0.50], [0.45, 0.55]]];
const B: [f64; 2] = [0.35, 0.60];
const INPUTS: [[f64; 2]; 1] = [[0.05, 0.10]];
const TARGETS: [[f64; 2]; 1] = [[0.01, 0.99]];

fn network() -> Sequential<f64> {
    let mut net = Sequential::new(1)
        .then(Dense::new(2))
        .then(Sigmoid::new())
        .then(Dense::new(2))
        .then(Sigmoid::new());
    net.build(2);
    let mut layers = [0, 0, 1, 1].into_iter();
    net.visit(&mut |parameter| {
        let layer = layers.next().expect("four parameters");
        let is_vector = parameter.is_vector();
        let value = &mut parameter.value;
        *value = Matrix::from_fn(value.rows(), value.cols(), |i, j| {
            if is_vector { B[layer] } else { W[layer][i][j] }
        });
    });
    net
}

/// `found` printed with as many decimals as `expected` has.
#[track_caller]
fn assert_prints(found: f64, expected: &str) {
    let decimals = expected.len() - expected.find('.').expect("decimals") - 1;
    assert_eq!(format!("{found:.decimals$}"), expected);
}

/// The text that made the exercise known prints 0.291027924 at the end; in double precision it is 0.291027774.
#[test]
fn a_step_of_the_exercise_has_its_published_figures() {
    let mut net = network();
    let x = Matrix::from_rows(&INPUTS);
    let y = Matrix::from_rows(&TARGETS);
    let (mut criterion, mut sgd) = (Criterion::new(Squared), Sgd::new(0.5));

    let outputs = net.forward(&x).clone();
    assert_prints(outputs[(0, 0)], "0.75136507");
    assert_prints(outputs[(0, 1)], "0.772928465");
    let loss = criterion.of(&outputs, &y);
    assert_prints(loss.value, "0.298371109");
    loss.backward(&mut net);

    // The exercise holds the biases fixed.
    net.visit(&mut |parameter| {
        if parameter.is_vector() {
            parameter.grad.map(|_| 0.0);
        }
    });
    sgd.step(&mut net);
    let parameters = net.parameters();
    for (found, expected) in [
        (
            0,
            ["0.149780716", "0.199561432", "0.249751144", "0.299502287"],
        ),
        (
            2,
            ["0.358916480", "0.408666186", "0.511301270", "0.561370121"],
        ),
    ] {
        let w = &parameters[found].value;
        for (index, expected) in expected.into_iter().enumerate() {
            assert_prints(w[(index % 2, index / 2)], expected);
        }
    }
    for (layer, found) in [1, 3].into_iter().enumerate() {
        assert_same_bits("fixed", parameters[found].value.row(0), &[B[layer]; 2]);
    }

    let outputs = net.forward(&x).clone();
    assert_prints(criterion.of(&outputs, &y).value, "0.291027774");
}
