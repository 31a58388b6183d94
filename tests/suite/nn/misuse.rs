//! What the second floor says when it is used wrongly: the layer, what it expected, and what it found, at the caller's line.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::common::panics::assert_blames_caller;
use crate::common::parameters_of;
use fromzero::Matrix;
use fromzero::io::Error;
use fromzero::nn::*;
use fromzero::ops;

fn zeros(rows: usize, cols: usize) -> Matrix<f32> {
    Matrix::zeros(rows, cols)
}

#[test]
fn backward_before_forward() {
    let says = |name: &str| {
        format!(
            "{name}: backward before forward: expected a forward pass, found only a gradient of 2×3"
        )
    };
    let g = zeros(2, 3);
    assert_blames_caller(&says("Dense"), || {
        Dense::new(3).backward(&g);
    });
    assert_blames_caller(&says("Dense"), || Dense::new(3).backward_parameters(&g));
    assert_blames_caller(&says("ReLU"), || {
        Relu::new().backward(&g);
    });
    assert_blames_caller(&says("Log"), || {
        Log::new().backward(&g);
    });
    assert_blames_caller(&says("Softmax"), || {
        Softmax::new().backward(&g);
    });
    assert_blames_caller(&says("Dropout"), || {
        Dropout::new(0.5).backward(&g);
    });
    assert_blames_caller(&says("BatchNorm"), || {
        BatchNorm::new().backward(&g);
    });
    assert_blames_caller(&says("Sequential"), || {
        Sequential::new(0).then(Relu::new()).backward(&g);
    });
    let mut model = Model::new(Dense::<f32>::new(3), Mse, Sgd::new(0.1));
    assert_blames_caller("Model: backward before forward", || model.backward(&g));
}

#[test]
fn the_wrong_number_of_features() {
    let mut dense = Dense::new(3);
    dense.forward(&zeros(2, 784));
    let says = "Dense: expected samples of 784 features, found 100";
    assert_blames_caller(says, || {
        dense.forward(&zeros(2, 100));
    });
    let says = "Linear: expected samples of 784 features, found 100";
    assert_blames_caller(says, || {
        Dense::linear(784, 3).forward(&zeros(2, 100));
    });
    let mut norm = BatchNorm::new();
    norm.forward(&zeros(2, 4));
    assert_blames_caller("BatchNorm: expected samples of 4 features, found 5", || {
        norm.forward(&zeros(2, 5));
    });
    let mut net = Sequential::new(0).then(Dense::new(3)).then(Relu::new());
    net.forward(&zeros(2, 7));
    assert_blames_caller(
        "Sequential: expected samples of 7 features, found 8",
        || {
            net.forward(&zeros(2, 8));
        },
    );
}

/// A layer inside of a network is called through a pointer, which does not pass on who called.
#[test]
fn layers_that_do_not_fit_to_each_other() {
    let message = |call: &mut dyn FnMut()| {
        let panic = catch_unwind(AssertUnwindSafe(call)).expect_err("a panic");
        panic.downcast_ref::<String>().expect("a message").clone()
    };
    let wrong = || {
        Sequential::<f32>::new(0)
            .then(Dense::new(3))
            .then(Dense::linear(4, 2))
    };
    let says = "Linear: expected samples of 4 features, found 3";
    assert_eq!(message(&mut || wrong().build(7)), says);
    let forward = &mut || {
        wrong().forward(&zeros(1, 7));
    };
    assert_eq!(message(forward), says);
}

#[test]
fn a_gradient_of_another_shape_than_the_output() {
    let mut net = Sequential::new(0).then(Dense::new(3));
    net.forward(&zeros(2, 7));
    let says = "Sequential: expected a gradient of 2×3, found 2×4";
    assert_blames_caller(says, || {
        net.backward(&zeros(2, 4));
    });
    let mut tanh = Tanh::new();
    tanh.forward(&zeros(2, 7));
    assert_blames_caller("Tanh: expected a gradient of 2×7, found 1×7", || {
        tanh.backward(&zeros(1, 7));
    });
}

#[test]
fn empty_batches() {
    let says = |name: &str| format!("{name}: expected at least 1 sample, found an empty batch");
    let x = zeros(0, 3);
    assert_blames_caller(&says("Dense"), || {
        Dense::new(3).forward(&x);
    });
    assert_blames_caller(&says("Sigmoid"), || {
        Sigmoid::new().forward(&x);
    });
    assert_blames_caller(&says("LogSoftmax"), || {
        LogSoftmax::new().forward(&x);
    });
    assert_blames_caller(&says("Sequential"), || {
        Sequential::new(0).then(Dense::new(3)).forward(&x);
    });
    assert_blames_caller(&says("Mse"), || Criterion::new(Mse).of(&x, &x).value);
    assert_blames_caller(
        "BatchNorm: expected at least 2 samples in training, found 1",
        || {
            BatchNorm::new().forward(&zeros(1, 3));
        },
    );
}

#[test]
fn targets_that_do_not_fit() {
    let z = zeros(3, 10);
    let mut loss = Criterion::new(SoftmaxCrossEntropy);
    let says = "SoftmaxCrossEntropy: expected labels of 0 to 9, found 10 (label 1, counted from 0)";
    assert_blames_caller(says, || loss.of(&z, &[9_u8, 10, 0][..]).value);
    let says = "SoftmaxCrossEntropy: expected 3 labels, found 2";
    assert_blames_caller(says, || loss.of(&z, &[9_u8, 0][..]).value);
    let says = "Nll: expected targets of 3×10, found 10×3";
    assert_blames_caller(says, || Criterion::new(Nll).of(&z, &zeros(10, 3)).value);
}

/// Without samples a mean is no number, and nobody would know where the NaN comes from.
#[test]
fn losses_of_no_samples() {
    let none = zeros(0, 3);
    for (name, loss) in [
        ("cross_entropy", &SoftmaxCrossEntropy as &dyn Loss<f32>),
        ("negative_log_likelihood", &Nll),
        ("Squared", &Squared),
        ("mean_squared_error", &Mse),
    ] {
        let panic = catch_unwind(AssertUnwindSafe(|| loss.loss(&none, &none)));
        let panic = panic.expect_err(name);
        let said = panic.downcast_ref::<String>().expect("a message");
        let expected = format!("{name}: expected at least 1 sample, found an empty batch");
        assert_eq!(*said, expected);
    }
    let says = "cross_entropy: expected at least 1 sample";
    assert_blames_caller(says, || ops::cross_entropy(&none, &none));
    let says = "negative_log_likelihood: expected at least 1 sample";
    assert_blames_caller(says, || ops::negative_log_likelihood(&none, &none));
}

#[test]
fn derivatives_of_losses_whose_shapes_differ() {
    let (a, b) = (zeros(2, 3), zeros(2, 4));
    let says = |name: &str| format!("{name}: shapes 2×3 and 2×4 do not fit");
    assert_blames_caller(&says("Nll"), || Nll.grad(&a, &b, &mut b.clone()));
    assert_blames_caller(&says("cross_entropy_prime"), || {
        ops::cross_entropy_prime(&a, &a, &mut b.clone())
    });
    assert_blames_caller(&says("negative_log_likelihood_prime"), || {
        ops::negative_log_likelihood_prime(&a, &mut b.clone())
    });
    for (y, out) in [(&b, &a), (&a, &b)] {
        assert_blames_caller(&says("scaled_difference"), || {
            ops::scaled_difference(1.0, &a, y, &mut out.clone())
        });
    }
}

#[test]
fn parameters_that_do_not_fit() {
    let mut net = Sequential::new(0)
        .then(Dense::new(3))
        .then(Relu::new())
        .then(Dense::new(2));
    let values = [zeros(5, 3), zeros(1, 3), zeros(3, 2), zeros(1, 2)];
    let says = |net: &mut Sequential<f32>, values: &[Matrix<f32>]| {
        net.set_parameters(values).unwrap_err().to_string()
    };
    // What is wrong and what to do stay apart, as whoever prints them otherwise needs them.
    assert_eq!(
        net.set_parameters(&values).unwrap_err(),
        Error::new("in layer 0: Dense: the shape of w is not known yet")
            .hint("tell the network its number of inputs first, with `init` or `build`")
    );
    net.build(5);
    let before = parameters_of(&net);
    assert_eq!(
        says(
            &mut net,
            &[zeros(5, 3), zeros(1, 3), zeros(2, 3), zeros(1, 2)]
        ),
        "in layer 2: Dense: expected w of shape 3×2, found 2×3"
    );
    assert_eq!(
        says(&mut net, &values[..3]),
        "in layer 2: Dense: expected 2 parameters, found 1"
    );
    let mut more = values.to_vec();
    more.push(zeros(1, 1));
    assert_eq!(
        says(&mut net, &more),
        "Sequential: expected 4 parameters, found 5"
    );
    let after = parameters_of(&net);
    assert_eq!(after, before, "after an error nothing has changed");
    net.set_parameters(&values).expect("these fit");
}

#[test]
fn sizes_and_rates_that_make_no_sense() {
    assert_blames_caller("Dense: expected at least 1 output, found 0", || {
        Dense::<f32>::new(0)
    });
    assert_blames_caller("Linear: expected at least 1 input, found 0", || {
        Dense::<f32>::linear(0, 3)
    });
    let says = "Dropout: expected a probability of at least 0 and less than 1, found 1";
    assert_blames_caller(says, || Dropout::<f32>::new(1.0));
    assert_blames_caller("Dropout: expected a probability", || {
        Dropout::<f32>::new(f64::NAN)
    });
    assert_blames_caller("Sequential: expected at least 1 layer, found none", || {
        Sequential::new(0).forward(&zeros(2, 3));
    });
    let mut adam = Adam::new(0.1);
    let (mut one, mut other) = (Dense::new(3), Dense::new(4));
    one.forward(&zeros(2, 5));
    other.forward(&zeros(2, 5));
    adam.step(&mut one);
    assert_blames_caller(
        "optimizer: expected parameter 0 of shape 5×3 as in the step before, found w of 5×4",
        || adam.step(&mut other),
    );
}
