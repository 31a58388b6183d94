//! Section 3.7 beyond its gradients: the step in its two forms, the same bits on every engine, and the parameters.

use crate::common::engines::{engines, name};
use crate::common::panics::assert_blames_caller;
use crate::common::*;
use fromzero::gradcheck::five_points;
use fromzero::rng::Rng;
use fromzero::section37::*;
use fromzero::{Matrix, Real};

/// No size is a whole number of vector registers, and the products of a batch of 64 are large enough to be shared out to
/// the threads.
const SIZES: Sizes = Sizes {
    inputs: 133,
    hidden: 131,
    classes: 10,
};

/// A network of random weights and biases.
fn network<T: Real>(sizes: Sizes, seed: u64) -> Params<T> {
    let rng = &mut SplitMix64::new(seed);
    let mut p = Params::zeros(sizes).unwrap();
    p.assign(&uniform_vector(rng, p.count(), -0.3, 0.3));
    p
}

/// Random images and the one-hot rows of random labels.
fn batch<T: Real>(sizes: Sizes, samples: usize, seed: u64) -> (Matrix<T>, Matrix<T>) {
    let rng = &mut SplitMix64::new(seed);
    let x = uniform_matrix(rng, samples, sizes.inputs, 0.0, 1.0);
    let mut y = Matrix::zeros(samples, sizes.classes);
    for i in 0..samples {
        y[(i, rng.below(sizes.classes as u64) as usize)] = T::ONE;
    }
    (x, y)
}

/// The way to take a step: gradients kept and then applied, or applied where they arise.
#[derive(Clone, Copy, Debug)]
enum Form {
    Plain,
    Fused,
}

/// Trains a few steps, the last on a shorter batch. Returns the losses and the network.
fn steps<T: Real>(form: Form) -> (Vec<f64>, Params<T>) {
    let mut p = network::<T>(SIZES, 1);
    let mut act = Activations::new(SIZES, 64).unwrap();
    let mut deltas = Deltas::new(SIZES, 64).unwrap();
    let mut gradients = Params::zeros(SIZES).unwrap();
    let lr = T::from_f64(0.3);
    let mut losses = Vec::new();
    for (seed, samples) in [(2, 64), (3, 64), (4, 37)] {
        let (x, y) = batch(SIZES, samples, seed);
        forward(&p, &x, &mut act);
        losses.push(loss(&act, &y));
        match form {
            Form::Plain => {
                backward(&p, &x, &y, &act, &mut deltas, &mut gradients);
                gradient_descent(&mut p, &gradients, lr);
            }
            Form::Fused => backward_and_descend(&mut p, &x, &y, &act, &mut deltas, lr),
        }
    }
    (losses, p)
}

/// In particular (3-66) and (3-67) see the weights from before the step in either form.
fn both_forms_agree_on_every_engine<T: Real>() {
    let (losses, p) = steps::<T>(Form::Plain);
    assert_ne!(p.checksum(), network::<T>(SIZES, 1).checksum());
    assert!(losses[2] < losses[0], "{losses:?}");
    for engine in engines() {
        for form in [Form::Plain, Form::Fused] {
            let what = format!("{form:?}, {}", name(&engine));
            let (its_losses, its) = engine.run(|| steps::<T>(form));
            assert_same_bits(&what, &its_losses, &losses);
            for (its, w) in [(&its.w1, &p.w1), (&its.w2, &p.w2), (&its.w3, &p.w3)] {
                assert_same_bits(&what, its, w);
            }
            for (its, b) in [(&its.b1, &p.b1), (&its.b2, &p.b2), (&its.b3, &p.b3)] {
                assert_same_bits(&what, its, b);
            }
            assert_eq!(its.checksum(), p.checksum(), "{what}");
        }
    }
}

#[test]
fn a_step_has_the_same_bits_in_both_forms_and_on_every_engine_in_f32() {
    both_forms_agree_on_every_engine::<f32>();
}

#[test]
fn a_step_has_the_same_bits_in_both_forms_and_on_every_engine_in_f64() {
    both_forms_agree_on_every_engine::<f64>();
}

/// w − lr·g with three roundings: none of them may be left out, for weights and for biases.
#[test]
fn gradient_descent_subtracts_the_learning_rate_times_the_gradient() {
    let mut p = network::<f32>(SIZES, 5);
    let gradients = network::<f32>(SIZES, 6);
    let lr = 0.03;
    let expected: Vec<f32> = (p.iter().zip(gradients.iter()))
        .map(|(w, g)| {
            let step = lr * g;
            w - step
        })
        .collect();
    gradient_descent(&mut p, &gradients, lr);
    assert_same_bits("w − lr·g", &p.iter().collect::<Vec<_>>(), &expected);
}

/// Of each sample another class's, in buffers with room for more samples.
#[test]
fn the_gradient_of_a_logit_is_its_derivative_by_each_input() {
    let sizes = Sizes {
        inputs: 5,
        hidden: 4,
        classes: 3,
    };
    let p = network::<f64>(sizes, 7);
    let (x, _) = batch::<f64>(sizes, 3, 8);
    let classes = Matrix::from_fn(3, 3, |i, k| f64::from(u8::from(i == k)));
    let mut act = Activations::new(sizes, 4).unwrap();
    let mut deltas = Deltas::new(sizes, 4).unwrap();
    let mut gradient = Matrix::zeros(3, sizes.inputs);
    forward(&p, &x, &mut act);
    logit_gradient(&p, &classes, &act, &mut deltas, &mut gradient);

    let mut logit = |i: usize, j: usize, step: f64| {
        let mut x = x.clone();
        x[(i, j)] += step;
        forward(&p, &x, &mut act);
        act.z4[(i, i)]
    };
    let h = 1e-3;
    let expected = Matrix::from_fn(3, sizes.inputs, |i, j| {
        five_points([h, -h, 2.0 * h, -2.0 * h].map(|step| logit(i, j, step)), h)
    });
    assert_close("∂z⁴ₖ/∂a¹", &gradient, &expected, 1e-9);
}

#[test]
fn arguments_that_do_not_belong_together_are_refused_at_the_callers_line() {
    let p = network::<f64>(SIZES, 7);
    let (x, y) = batch(SIZES, 4, 8);
    let mut act = Activations::new(SIZES, 4).unwrap();
    let mut deltas = Deltas::new(SIZES, 4).unwrap();
    let mut gradients = Params::zeros(SIZES).unwrap();
    assert_blames_caller("matmul: shapes 4×10 and 133×131", || {
        forward(&p, &y, &mut act)
    });
    forward(&p, &x, &mut act);
    let short = batch(SIZES, 3, 9);
    assert_blames_caller("shapes 4×10 and 3×10", || loss(&act, &short.1));
    assert_blames_caller("shapes 3×10 and 4×10", || {
        backward(&p, &short.0, &short.1, &act, &mut deltas, &mut gradients)
    });
    assert_blames_caller("shapes 3×10 and 4×10", || {
        backward(&p, &x, &short.1, &act, &mut deltas, &mut gradients)
    });
    assert_blames_caller("matmul: shapes 133×3 and 4×131", || {
        backward(&p, &short.0, &y, &act, &mut deltas, &mut gradients)
    });
}

/// A network for images of another size, beside gradients and passes for [`SIZES`].
#[test]
fn gradients_of_another_network_are_refused_at_the_callers_line() {
    let p = network::<f64>(SIZES, 7);
    let (x, y) = batch(SIZES, 4, 8);
    let mut act = Activations::new(SIZES, 4).unwrap();
    let mut deltas = Deltas::new(SIZES, 4).unwrap();
    let gradients = Params::zeros(SIZES).unwrap();
    forward(&p, &x, &mut act);
    let mut other = network(Sizes { inputs: 5, ..SIZES }, 7);
    assert_blames_caller("shapes 133×131 and 5×131", || {
        backward(&p, &x, &y, &act, &mut deltas, &mut other)
    });
    assert_blames_caller("shapes 5×131 and 133×131", || {
        gradient_descent(&mut other, &gradients, 0.1)
    });
}

const TINY: Sizes = Sizes {
    inputs: 4,
    hidden: 3,
    classes: 10,
};

#[test]
fn parameters_are_counted_listed_and_assigned_in_the_books_order() {
    assert_eq!(
        Params::<f32>::zeros(Sizes::default()).unwrap().count(),
        1_863_690
    );
    let mut p = Params::<f64>::zeros(TINY).unwrap();
    let values: Vec<f64> = (0..p.count()).map(|i| i as f64).collect();
    p.assign(&values);
    assert_eq!(p.iter().collect::<Vec<_>>(), values);
    assert_eq!(
        (p.sizes(), p.count()),
        (TINY, 4 * 3 + 3 + 3 * 3 + 3 + 3 * 10 + 10)
    );
    assert_eq!((p.w1[(3, 2)], p.b1[0], p.w2[(0, 1)]), (11.0, 12.0, 16.0));
    assert_eq!((p.b2[2], p.w3[(2, 9)], p.b3[9]), (26.0, 56.0, 66.0));
    assert_blames_caller("66 values for 67 parameters", || p.assign(&values[1..]));
}

/// Weights w¹ = (1, 2), b¹ = −3, w² = 0.5, b² = 4, w³ = (5, −6), b³ = (7, −0); the sums are from another program.
#[test]
fn the_checksum_is_that_of_the_little_endian_values_without_padding() {
    let values = [1.0, 2.0, -3.0, 0.5, 4.0, 5.0, -6.0, 7.0, -0.0];
    let sizes = Sizes {
        inputs: 2,
        hidden: 1,
        classes: 2,
    };
    let mut p = Params::<f64>::zeros(sizes).unwrap();
    p.assign(&values);
    assert_eq!(p.checksum(), 0xb340_411e_db28_fe9d);
    let mut p = Params::<f32>::zeros(sizes).unwrap();
    p.assign(&values.map(|x| x as f32));
    assert_eq!(p.checksum(), 0x11eb_b14b_3b93_2b85);
    p.b3[1] = 0.0;
    assert_ne!(p.checksum(), 0x11eb_b14b_3b93_2b85);
}

#[test]
fn weights_are_drawn_within_their_bounds_and_biases_are_zero() {
    let draw = |init, seed| Params::<f64>::new(SIZES, init, &mut Rng::new(seed)).unwrap();
    let bound = |w: &Matrix<f64>| (6.0 / (w.rows() + w.cols()) as f64).sqrt();
    let (uniform, xavier) = (draw(Init::Uniform(0.3), 1), draw(Init::Xavier(2.0), 1));
    let largest = |w: &Matrix<f64>| {
        w.iter()
            .map(f64::abs)
            .fold(0.0, |m, x| if x > m { x } else { m })
    };
    for (u, x) in [
        (&uniform.w1, &xavier.w1),
        (&uniform.w2, &xavier.w2),
        (&uniform.w3, &xavier.w3),
    ] {
        assert!((0.29..=0.3).contains(&largest(u)), "{}", largest(u));
        let share = largest(x) / (2.0 * bound(x));
        assert!((0.96..=1.0).contains(&share), "{share}");
    }
    assert!(
        [&xavier.b1, &xavier.b2, &xavier.b3]
            .iter()
            .all(|b| b.iter().all(|&b| b == 0.0))
    );
    assert_eq!(draw(Init::Uniform(0.3), 1).checksum(), uniform.checksum());
    assert_ne!(draw(Init::Uniform(0.3), 2).checksum(), uniform.checksum());
}

#[test]
fn empty_layers_and_sizes_beyond_memory_are_errors() {
    let refused = |sizes| {
        let error = Params::<f32>::new(sizes, Init::Uniform(0.3), &mut Rng::new(1)).unwrap_err();
        error.to_string()
    };
    for sizes in [
        Sizes { inputs: 0, ..SIZES },
        Sizes { hidden: 0, ..SIZES },
        Sizes {
            classes: 0,
            ..SIZES
        },
    ] {
        assert!(
            refused(sizes).contains("has an empty layer"),
            "{}",
            refused(sizes)
        );
    }
    let hidden = 1 << 40;
    assert!(refused(Sizes { hidden, ..SIZES }).contains("does not fit into memory"));
    assert!(Activations::<f32>::new(SIZES, 1 << 60).is_err());
    assert!(Deltas::<f32>::new(SIZES, 1 << 60).is_err());
}
