//! Settings that cannot be right are refused where they are given, with their name and range.

use crate::common::panics::assert_blames_caller;
use crate::common::*;
use fromzero::data::Waves;
use fromzero::nn::*;
use fromzero::rng::Rng;
use fromzero::section37::{Params, Sizes};
use fromzero::{Matrix, init};

const RATES: [f64; 5] = [0.0, -0.1, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
const SHARES: [f64; 4] = [1.0, -0.1, f64::NAN, f64::INFINITY];

#[test]
fn rates_that_cannot_be_right_are_refused() {
    for lr in RATES {
        let says = |name| {
            format!("{name}: expected a learning rate above 0 and finite in f64, found {lr:?}")
        };
        assert_blames_caller(&says("Sgd"), || Sgd::<f64>::new(lr));
        assert_blames_caller(&says("Adam"), || Adam::<f64>::new(lr));
    }
    // What is a number in f64 may be none in f32.
    for lr in [1e-50, 1e300] {
        let says = format!("expected a learning rate above 0 and finite in f32, found {lr:?}");
        assert_blames_caller(&says, || Sgd::<f32>::new(lr));
        assert_blames_caller(&says, || Adam::<f32>::new(lr));
        Adam::<f64>::new(lr);
    }
    let (mut sgd, mut adam) = (Sgd::<f32>::new(0.1), Adam::<f32>::new(0.1));
    for lr in RATES[1..].iter().copied().chain([1e300]) {
        let says = "expected a learning rate of at least 0 and finite in f32, found";
        assert_blames_caller(says, || sgd.set_learning_rate(lr));
        assert_blames_caller(says, || adam.set_learning_rate(lr));
    }
    // A schedule ends at 0.
    sgd.set_learning_rate(0.0);
    assert_eq!((sgd.learning_rate(), adam.learning_rate()), (0.0, 0.1));
}

#[test]
fn shares_and_decays_that_cannot_be_right_are_refused() {
    for share in SHARES {
        let range = format!("of at least 0 and less than 1, found {share:?}");
        let says = |name: &str| format!("{name} {range}");
        let adam = || Adam::<f32>::new(0.1);
        assert_blames_caller(&says("Adam: expected β₁"), || adam().betas(share, 0.9));
        assert_blames_caller(&says("Adam: expected β₂"), || adam().betas(0.9, share));
        assert_blames_caller(&says("Sgd: expected a momentum"), || {
            Sgd::<f32>::new(0.1).momentum(share)
        });
        assert_blames_caller(&says("Dropout: expected a probability"), || {
            Dropout::<f32>::new(share)
        });
    }
    for epsilon in RATES {
        let says = "Adam: expected ε above 0 and finite in f32";
        assert_blames_caller(says, || Adam::<f32>::new(0.1).epsilon(epsilon));
    }
    for lambda in [-1e-4, f64::NAN, f64::INFINITY] {
        let says = format!("expected λ of at least 0 and finite in f32, found {lambda:?}");
        for decay in [WeightDecay::L2(lambda), WeightDecay::Decoupled(lambda)] {
            assert_blames_caller(&says, || Sgd::<f32>::new(0.1).weight_decay(decay));
            assert_blames_caller(&says, || Adam::<f32>::new(0.1).weight_decay(decay));
        }
    }
    for max in [0.0, -1.0, f64::NAN] {
        let mut net = Dense::<f32>::new(2);
        let says = format!("clip_by_norm: expected a norm above 0, found {max:?}");
        assert_blames_caller(&says, || clip_by_norm(&mut net, max));
    }
    assert_blames_caller("Waves: expected a share to vary by", || {
        Waves::<f32>::new(3, 2).draw(f64::NAN, &mut Rng::new(1))
    });
    assert_blames_caller("Waves: expected at least 1 sequence, found 0", || {
        Waves::<f32>::new(3, 0)
    });
}

#[test]
fn initial_values_that_cannot_be_right_are_refused() {
    let rng = &mut Rng::new(1);
    for x in [-0.1, f64::NAN, f64::INFINITY, 1e300] {
        for (init, name) in [
            (Init::Uniform(x), "Init::Uniform: expected a bound"),
            (Init::Xavier(x), "Init::Xavier: expected a gain"),
            (
                Init::Normal(x),
                "Init::Normal: expected a standard deviation",
            ),
        ] {
            let says = format!("{name} of at least 0 and finite in f32, found {x:?}");
            assert_blames_caller(&says, || Dense::<f32>::new(3).weights(init));
            assert_blames_caller(&says, || Dense::<f32>::new(3).bias(init));
            assert_blames_caller(&says, || Parameter::<f32>::vector("c", init));
            assert_blames_caller(&says, || init.fill(&mut Matrix::<f32>::zeros(2, 2), rng));
            let error = Params::<f32>::new(Sizes::default(), init, rng).unwrap_err();
            assert_eq!(error.to_string(), says);
        }
        assert_blames_caller("Init::Xavier: expected a gain", || {
            Dense::<f32>::new(3).scale(x)
        });
        assert_blames_caller("Init::Uniform: expected a bound", || {
            init::uniform(&mut Matrix::<f32>::zeros(2, 2), x, rng)
        });
    }
    assert!(Init::Uniform(1e300).check::<f64>().is_ok());
}

#[test]
fn schedules_that_cannot_be_right_are_refused() {
    let drop = |every, factor| Schedule::Drop { every, factor };
    for (schedule, says) in [
        (
            Schedule::Linear { steps: 0 },
            "Schedule::Linear: expected at least 1 step, found 0",
        ),
        (
            drop(0, 0.5),
            "Schedule::Drop: expected at least 1 step between drops, found 0",
        ),
        (
            drop(1, 0.0),
            "Schedule::Drop: expected a factor above 0 and of at most 1, found 0.0",
        ),
        (drop(1, 1.5), "of at most 1, found 1.5"),
        (drop(1, f64::NAN), "of at most 1, found NaN"),
    ] {
        assert!(schedule.check().unwrap_err().to_string().contains(says));
        assert_blames_caller(says, || schedule.rate(0.1, 0));
    }
    // However many drops there were, the answer comes at once.
    assert_eq!(drop(1, 0.5).rate(1.0, usize::MAX), 0.0);
    assert_eq!(drop(1, 1.0).rate(0.1, usize::MAX), 0.1);
    assert_eq!(drop(usize::MAX, 0.5).rate(0.1, usize::MAX), 0.05);
}

/// Of the 2⁵³ numbers that a generator draws from 0..1, those below p drop an entry, and p itself does not.
#[test]
fn an_entry_is_dropped_with_exactly_its_probability() {
    let p = 0.375;
    let x = Matrix::from_rows(&[[1.0_f64]]);
    for (steps_from_p, expected) in [(-1, 0.0), (0, 1.6), (1, 1.6)] {
        let drawn = (p * (1_u64 << 53) as f64) as u64;
        let bits = drawn.wrapping_add_signed(steps_from_p) << 11;
        let draws_it = Rng::from_state([0, 1, 2, bits.rotate_right(23)]).unwrap();
        assert_eq!(draws_it.clone().next_u64(), bits);
        let mut dropout = Dropout::new(p).seed(1);
        dropout.visit_generators(&mut |rng| *rng = draws_it.clone());
        assert_eq!(dropout.forward(&x)[(0, 0)], expected);
    }
}

/// The norm of a gradient whose squares overflow is finite, and clipping keeps its direction.
#[test]
fn a_long_gradient_is_shortened_not_lost() {
    let mut dense = Dense::<f64>::new(2).without_bias();
    dense.init(1, &mut Rng::new(1));
    // The second is near the end of f64.
    for unit in [1e200, 2e307] {
        let long = Matrix::from_rows(&[[3.0 * unit, 4.0 * unit]]);
        dense.visit(&mut |w| w.grad = long.clone());
        let norm = clip_by_norm(&mut dense, 1.0);
        assert_close("norm", &[norm / unit], &[5.0], 1e-15);
        let clipped = dense.parameters()[0].grad.row(0);
        assert_close("gradient", clipped, &[0.6, 0.8], 1e-15);
    }
    dense.visit(&mut |w| w.grad = Matrix::from_rows(&[[3.0, 4.0]]));
    assert_eq!(clip_by_norm(&mut dense, f64::INFINITY), 5.0);
    assert_eq!(dense.parameters()[0].grad.row(0), [3.0, 4.0]);
}
