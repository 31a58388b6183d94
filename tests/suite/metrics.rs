//! Metrics against counts and sums that are made another way, and what they refuse.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::common::panics::assert_blames_caller;
use crate::common::*;
use fromzero::io::ErrorKind;
use fromzero::metrics::{self, Confusion, Labels};
use fromzero::nn::{Loss, Mse};
use fromzero::rng::Rng;
use fromzero::{Matrix, ops};

const CLASSES: usize = 5;

/// Probabilities of many samples with labels of which about half are right.
fn samples() -> (Matrix<f64>, Vec<usize>) {
    let rng = &mut Rng::new(7);
    let labels: Vec<usize> = (0..60)
        .map(|_| rng.below(CLASSES as u64) as usize)
        .collect();
    let z = Matrix::from_fn(60, CLASSES, |i, j| {
        rng.normal() + if labels[i] == j { 1.0 } else { 0.0 }
    });
    let mut a = Matrix::zeros(60, CLASSES);
    ops::softmax(&z, &mut a);
    (a, labels)
}

#[test]
fn the_confusion_matrix_counts_every_sample_once() {
    let (a, labels) = samples();
    let mut confusion = Confusion::new(CLASSES);
    for half in [0..30, 30..60] {
        let part = a.view().block(half.clone(), 0..CLASSES).to_matrix();
        confusion.add(&part, &labels[half]).unwrap();
    }
    let predicted = metrics::predictions(&a).unwrap();
    for class in 0..CLASSES {
        for answer in 0..CLASSES {
            let pairs = labels.iter().zip(&predicted);
            let expected = pairs.filter(|&pair| pair == (&class, &answer)).count();
            assert_eq!(confusion.count(class, answer), expected);
        }
    }
    let accuracy = metrics::accuracy(&a, &labels).unwrap();
    assert_eq!(confusion.accuracy().unwrap(), accuracy);
    assert!((0.2..0.8).contains(&accuracy), "{accuracy}");
    assert_eq!(Confusion::new(3).recall(1), None);
    assert!(Confusion::new(3).accuracy().is_err());
    let mut two = Confusion::new(2);
    two.add(
        &Matrix::from_rows(&[[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]]),
        &[0, 0, 0],
    )
    .unwrap();
    let table = [
        " true  0  1  right",
        "    0  2  1  66.7%",
        "    1  0  0      -",
    ];
    assert_eq!(two.to_string(), table.join("\n"));
}

#[test]
fn counts_that_do_not_fit_into_memory_are_an_error() {
    for classes in [usize::MAX, 1 << 31] {
        let error = Confusion::try_new(classes).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Memory);
        assert!(error.to_string().contains(&classes.to_string()), "{error}");
    }
    assert_eq!(Confusion::try_new(3).unwrap(), Confusion::new(3));
}

#[test]
fn top_k_grows_from_the_accuracy_to_one() {
    let (a, labels) = samples();
    let shares: Vec<f64> = (0..=CLASSES)
        .map(|k| metrics::top_k(&a, &labels, k).unwrap())
        .collect();
    assert_eq!(shares[0], 0.0);
    assert_eq!(shares[1], metrics::accuracy(&a, &labels).unwrap());
    assert!(shares.is_sorted() && shares[2] > shares[1] && shares[4] < 1.0);
    assert_eq!(shares[CLASSES], 1.0);
    // Of equals the first counts as the more probable.
    let tie = Matrix::from_rows(&[[0.25_f32, 0.5, 0.25]]);
    assert_eq!(metrics::top_k(&tie, &[0], 2).unwrap(), 1.0);
    assert_eq!(metrics::top_k(&tie, &[2], 2).unwrap(), 0.0);
}

#[test]
fn log_loss_of_probabilities_is_the_cross_entropy_of_their_logits() {
    let rng = &mut Rng::new(3);
    let z = Matrix::from_fn(20, CLASSES, |_, _| rng.normal());
    let labels: Vec<i32> = (0..20).map(|i| i % CLASSES as i32).collect();
    let (mut a, mut y) = (Matrix::zeros(20, CLASSES), Matrix::zeros(0, CLASSES));
    ops::softmax(&z, &mut a);
    fromzero::data::one_hot(&labels, CLASSES, &mut y);
    let loss = metrics::log_loss(&a, &labels).unwrap();
    assert_close("log loss", &[loss], &[ops::cross_entropy(&z, &y)], 1e-14);
    let sure = Matrix::from_rows(&[[1.0, 0.0]]);
    assert_eq!(metrics::log_loss(&sure, &[0]).unwrap(), 0.0);
    assert_eq!(metrics::log_loss(&sure, &[1]).unwrap(), f64::INFINITY);
}

#[test]
fn the_mean_squared_error_is_that_of_the_loss() {
    let (o, y) = (
        Matrix::from_rows(&[[1.0, 2.0], [3.0, 5.0]]),
        Matrix::from_rows(&[[1.0, 0.0], [0.0, 1.0]]),
    );
    assert_eq!(metrics::mean_squared_error(&o, &y), 29.0 / 4.0);
    assert_eq!(Mse.loss(&o, &y), 29.0 / 4.0);
    let empty = Matrix::<f64>::zeros(0, 2);
    let mean = || metrics::mean_squared_error(&empty, &empty);
    assert!(catch_unwind(mean).is_err());
    let narrow = Matrix::<f64>::zeros(2, 0);
    let says = "mean_squared_error: expected at least 1 column, found 0";
    assert_blames_caller(says, || metrics::mean_squared_error(&narrow, &narrow));
}

#[test]
fn labels_come_in_any_integers_and_containers() {
    let a = Matrix::from_rows(&[[0.2, 0.8], [0.9, 0.1]]);
    let right = |labels: Labels<'_>| metrics::correct(&a, labels).unwrap();
    assert_eq!(right((&[1, 0]).into()), 2);
    assert_eq!(right((&[1_u8, 0]).into()), 2);
    assert_eq!(right((&vec![1_usize, 1]).into()), 1);
    assert_eq!(right((&vec![0_u8, 1]).into()), 0);
    assert_eq!(right(vec![1_i32, 0].as_slice().into()), 2);
    // A negative label is no class.
    assert_eq!(right((&[-1, 0]).into()), 1);
    assert_eq!(
        Labels::from(&[-1, 3]).iter().collect::<Vec<_>>(),
        [None, Some(3)]
    );
}

#[test]
fn labels_that_are_no_class_are_refused() {
    let a = Matrix::from_rows(&[[0.2, 0.8], [0.9, 0.1]]);
    let nan = Matrix::from_rows(&[[f64::NAN, 0.8], [0.9, 0.1]]);
    let mut confusion = Confusion::new(2);
    for (wrong, found) in [([0, 2], "found 2 (label 1"), ([-1, 0], "found -1 (label 0")] {
        for error in [
            confusion.add(&a, &wrong).unwrap_err(),
            metrics::top_k(&a, &wrong, 1).unwrap_err(),
            metrics::log_loss(&a, &wrong).unwrap_err(),
        ] {
            let error = error.to_string();
            assert!(error.contains(": expected labels of 0 to 1, "), "{error}");
            assert!(error.contains(found), "{error}");
        }
    }
    assert!(confusion.add(&nan, &[1, 1]).is_err());
    assert!(metrics::top_k(&nan, &[1, 1], 1).is_err());
    assert!(metrics::log_loss(&nan, &[0, 0]).unwrap().is_nan());
    assert_eq!(confusion, Confusion::new(2));
    let none = Matrix::<f64>::zeros(0, 2);
    let labels: [u8; 0] = [];
    assert!(
        metrics::top_k(&none, &labels, 1).is_err() && metrics::log_loss(&none, &labels).is_err()
    );
    let add = AssertUnwindSafe(|| confusion.add(&Matrix::from_rows(&[[1.0; 3]]), &[0]));
    assert!(catch_unwind(add).is_err());
}
