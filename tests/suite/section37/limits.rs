//! What section 3.7 does at its limits: NaN is no answer, nothing is allocated for epochs that may never come, and there is no mean
//! over no samples.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::common::panics::assert_blames_caller;
use crate::common::*;
use fromzero::data::{Dataset, synthetic};
use fromzero::rng::Rng;
use fromzero::section37::*;
use fromzero::view::{Terminal, digit};
use fromzero::{Matrix, metrics};

const TINY: Sizes = Sizes {
    inputs: 4,
    hidden: 3,
    classes: 10,
};

fn network() -> Params<f32> {
    Params::new(TINY, Init::Uniform(0.3), &mut Rng::new(1)).unwrap()
}

/// So many random images of 2×2 pixels.
fn data(images: usize) -> Dataset {
    let rng = &mut SplitMix64::new(2);
    let pixels = (0..4 * images).map(|_| rng.next_u64() as u8).collect();
    let labels = (0..images).map(|i| (i % 10) as u8).collect();
    Dataset::new(pixels, labels, (2, 2), 10).unwrap()
}

#[test]
fn recipes_that_cannot_be_right_are_refused() {
    let refused = |change: &dyn Fn(&mut Recipe)| {
        let mut recipe = Recipe {
            batch: 2,
            ..Recipe::default()
        };
        change(&mut recipe);
        let mut p = network();
        let before = p.checksum();
        let error = train(&mut p, &data(4), &recipe, &mut Rng::new(1), |_| ()).unwrap_err();
        assert_eq!(p.checksum(), before);
        error.to_string()
    };
    for lr in [0.0, -0.1, f64::NAN, f64::INFINITY, 1e-50, 1e300] {
        let expected =
            format!("Recipe: expected a learning rate above 0 and finite in f32, found {lr:?}");
        assert_eq!(refused(&|recipe| recipe.lr = lr), expected);
    }
    assert_eq!(
        refused(&|recipe| recipe.epochs = 0),
        "Recipe: expected at least 1 epoch, found 0"
    );
    assert_eq!(
        refused(&|recipe| recipe.batch = 0),
        "Recipe: expected at least 1 sample in a batch, found 0"
    );
    assert_eq!(
        refused(&|recipe| recipe.limit = Some(0)),
        "Recipe: expected at least 1 step to stop after, found 0"
    );
    assert_eq!(
        refused(&|recipe| recipe.schedule = Schedule::Linear { steps: 0 }),
        "Schedule::Linear: expected at least 1 step, found 0"
    );
}

#[test]
fn a_row_that_holds_nan_has_no_most_probable_class() {
    for row in [[f32::NAN, 0.0, 1.0], [1.0, 0.0, f32::NAN]] {
        let a = Matrix::from_rows(&[[0.0, 1.0, 0.0], row]);
        for label in 0..3 {
            let error = metrics::accuracy(&a, &[1, label]).unwrap_err().to_string();
            assert!(error.contains("sample 1 of the batch"), "{error}");
            assert!(metrics::correct(&a, &[1, label]).is_err());
        }
        assert!(metrics::predictions(&a).is_err());
    }
    let none = Matrix::<f32>::zeros(0, 3);
    let error = metrics::accuracy(&none, &[0; 0]).unwrap_err().to_string();
    assert!(error.contains("0 samples"), "{error}");
}

#[test]
fn evaluation_and_prediction_do_not_answer_for_a_network_of_nan() {
    let mut p = network();
    p.w3[(0, 5)] = f32::NAN;
    let error = evaluate(&p, &data(7)).unwrap_err().to_string();
    assert!(error.contains("not a number"), "{error}");
    let x = Matrix::from_rows(&[[0.0, 0.5, 1.0, 0.25]]);
    assert!(prediction(&p, &x).is_err());
    assert!(!p.is_finite() && network().is_finite());
}

/// The last step, after which no loss is computed.
#[test]
fn a_training_whose_last_step_makes_a_weight_infinite_is_an_error() {
    // Classes 0 and 1 are equally likely, at the end of f32, and 1 is right: its bias grows by half of the learning rate.
    let mut p = network();
    (p.b3[0], p.b3[1]) = (3e38, 3e38);
    let ones = Dataset::new(vec![0; 40], vec![1; 10], (2, 2), 10).unwrap();
    let recipe = Recipe {
        batch: 10,
        lr: 3e38,
        // The rate that is named is that of the step, not of one that might have come.
        schedule: Schedule::Drop {
            every: 1,
            factor: 0.5,
        },
        limit: Some(1),
        ..Recipe::default()
    };
    let mut losses = Vec::new();
    let result = train(&mut p, &ones, &recipe, &mut Rng::new(1), |step| {
        losses.push(step.loss);
    });
    assert!(losses.len() == 1 && losses[0].is_finite(), "{losses:?}");
    assert!(!p.is_finite());
    let error = result.unwrap_err().to_string();
    for words in ["a weight is not finite", "after step 1", "3e38"] {
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn nothing_is_allocated_for_epochs_that_may_never_come() {
    let data = data(500);
    for (epochs, batch) in [(u32::MAX as usize, 1), (usize::MAX, 1), (usize::MAX, 500)] {
        let recipe = Recipe {
            epochs,
            batch,
            schedule: Schedule::Linear { steps: usize::MAX },
            ..Recipe::default()
        };
        let mut steps = 0;
        let run = catch_unwind(AssertUnwindSafe(|| {
            train(&mut network(), &data, &recipe, &mut Rng::new(1), |_| {
                steps += 1;
                if steps == 3 {
                    // The only way out of a training before its end.
                    std::panic::resume_unwind(Box::new("enough"));
                }
            })
        }));
        assert!(run.is_err_and(|panic| panic.is::<&str>()));
        assert_eq!(steps, 3);
        let limited = Recipe {
            limit: Some(2),
            ..recipe
        };
        let losses = train(&mut network(), &data, &limited, &mut Rng::new(1), |_| ()).unwrap();
        assert_eq!((losses.len(), losses.capacity()), (2, 2));
    }
}

#[test]
fn synthetic_digits_that_do_not_fit_into_memory_are_an_error() {
    for count in [1 << 50, 1 << 62, u64::MAX] {
        let error = synthetic::draw(0..count, 1, 2).unwrap_err();
        let expected = format!("{count} synthetic digits do not fit into memory");
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_batch_of_no_samples_is_refused() {
    let p = Params::<f64>::new(TINY, Init::Uniform(0.3), &mut Rng::new(1)).unwrap();
    let (x, y) = (Matrix::zeros(0, 4), Matrix::zeros(0, 10));
    let mut act = Activations::new(TINY, 1).unwrap();
    let mut deltas = Deltas::new(TINY, 1).unwrap();
    let mut gradients = Gradients::zeros(TINY).unwrap();
    let says = |name| format!("{name}: expected at least 1 sample, found an empty batch");
    assert_blames_caller(&says("forward"), || forward(&p, &x, &mut act));
    assert_blames_caller(&says("forward"), || prediction(&p, &x));
    assert_blames_caller(&says("loss"), || loss(&act, &y));
    assert_blames_caller(&says("backward"), || {
        backward(&p, &x, &y, &act, &mut deltas, &mut gradients)
    });
    let mut q = p.clone();
    assert_blames_caller(&says("backward"), || {
        backward_and_descend(&mut q, &x, &y, &act, &mut deltas, 0.1)
    });
    assert_eq!(q, p);
    let empty = Dataset::new(vec![], vec![], (2, 2), 10).unwrap();
    let error = evaluate(&p, &empty).unwrap_err().to_string();
    assert!(error.contains("a data set of 0 images"), "{error}");
}

#[test]
fn images_of_any_size_are_drawn() {
    // Five rows of three: of the last pair of rows there is only the upper one.
    let ink = [255, 0, 0, 0, 255, 0, 255, 255, 255, 0, 0, 0, 0, 255, 0];
    assert_eq!(digit(&ink, 3, &Terminal::PLAIN), "▀▄\n▀▀▀\n ▀\n");
    assert_eq!(digit(&[200; 4], 4, &Terminal::PLAIN), "▀▀▀▀\n");
    assert_eq!(digit(&[], 7, &Terminal::PLAIN), "");
    assert_blames_caller("digit: expected rows of 0 pixels", || {
        digit(&[1], 0, &Terminal::PLAIN)
    });
}

#[test]
fn the_darkest_pixel_tells_thresholded_files() {
    let of = |images: Vec<u8>| {
        let labels = vec![0; images.len()];
        Dataset::new(images, labels, (1, 1), 10).unwrap().darkest()
    };
    assert_eq!(
        (of(vec![0, 1, 1]), of(vec![7, 255, 0]), of(vec![])),
        (1, 255, 0)
    );
}
