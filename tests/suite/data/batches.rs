//! Batches: their sizes, their order, and going on within an epoch.

use crate::common::panics::assert_blames_caller;
use fromzero::data::{Batches, one_hot};
use fromzero::rng::Rng;
use fromzero::{Matrix, Real};

use super::dataset::counting;

#[test]
fn a_batch_has_a_size() {
    let data = counting(5);
    let refused = |size| Batches::<f32>::new(&data, size).err().unwrap().to_string();
    assert!(refused(0).contains("a batch of 0 samples"));
    assert!(refused(6).contains("a batch of 6 samples: the data set has only 5"));
    assert!(refused(usize::MAX).contains("the data set has only 5"));
    assert_eq!(Batches::<f32>::new(&data, 5).unwrap().count(), 1);
}

fn in_order<T: Real>() {
    let data = counting(50);
    let mut batches = Batches::<T>::new(&data, 16).unwrap();
    assert_eq!(batches.count(), 4);
    for _ in 0..2 {
        let mut sample = 0;
        while let Some(batch) = batches.next_batch() {
            let m = if sample == 48 { 2 } else { 16 };
            assert_eq!((batch.x.shape(), batch.y.shape()), ((m, 6), (m, 10)));
            assert_eq!(batch.labels.len(), m);
            for i in 0..m {
                let label = data.label(sample + i);
                assert_eq!(batch.labels[i], label);
                for (&x, &pixel) in batch.x.row(i).iter().zip(data.image(sample + i)) {
                    // Exactly the quotient, not a product with 1/255.
                    assert_eq!(x, T::from_f64(pixel.into()) / T::from_f64(255.0));
                }
                for (k, &y) in batch.y.row(i).iter().enumerate() {
                    assert_eq!(y, if k == label { T::ONE } else { T::ZERO });
                }
            }
            sample += m;
        }
        assert_eq!(sample, 50);
        assert!(batches.next_batch().is_none());
        batches.rewind();
    }
}

#[test]
fn batches_in_order_have_every_sample_once() {
    in_order::<f32>();
    in_order::<f64>();
}

/// The first pixel and the label of each sample of an epoch, in the order in which they come.
fn epoch(batches: &mut Batches<f64>) -> Vec<(u8, usize)> {
    let mut samples = Vec::new();
    while let Some(batch) = batches.next_batch() {
        for i in 0..batch.labels.len() {
            samples.push(((batch.x[(i, 0)] * 255.0).round() as u8, batch.labels[i]));
        }
    }
    samples
}

#[test]
fn shuffled_batches_have_every_sample_once() {
    let data = counting(41);
    let mut batches = Batches::new(&data, 8).unwrap();
    let ordered = epoch(&mut batches);
    let mut rng = Rng::new(5);
    batches.shuffle(&mut rng);
    let first = epoch(&mut batches);
    batches.rewind();
    assert_eq!(epoch(&mut batches), first);
    batches.shuffle(&mut rng);
    let second = epoch(&mut batches);
    assert!(first != ordered && second != ordered && first != second);
    for samples in [&first, &second] {
        assert_eq!(samples.len(), ordered.len());
        for sample in &ordered {
            assert!(samples.contains(sample), "{sample:?}");
        }
    }

    let mut again = Batches::new(&data, 8).unwrap();
    again.shuffle(&mut Rng::new(5));
    assert_eq!(epoch(&mut again), first);
}

#[test]
fn one_hot_rows() {
    let mut y = Matrix::from_fn(4, 3, |_, _| f32::NAN);
    one_hot(&[1, 0], 3, &mut y);
    assert_eq!(y, Matrix::from_rows(&[[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]));
}

#[test]
fn one_hot_needs_a_column_for_each_class() {
    let mut y = Matrix::<f32>::zeros(1, 3);
    assert_blames_caller("one_hot: 10 classes in a 1×3 matrix", || {
        one_hot(&[0], 10, &mut y)
    });
    for label in [3, 7, -1] {
        let stray = format!("one_hot: expected labels of 0 to 2, found {label} (label 1,");
        assert_blames_caller(&stray, || one_hot(&[0, label], 3, &mut y));
    }
}

#[test]
fn the_last_batch_of_an_epoch_may_be_shorter() {
    let data = counting(41);
    let batches = Batches::<f32>::new(&data, 8).unwrap();
    let sizes: Vec<usize> = (0..8).map(|batch| batches.samples_in(batch)).collect();
    assert_eq!(sizes, [8, 8, 8, 8, 8, 1, 0, 0]);
    assert_eq!(batches.samples_in(usize::MAX), 0);
}

#[test]
fn an_epoch_goes_on_where_it_was_left() {
    let data = counting(20);
    let new = || Batches::new(&data, 8).unwrap();
    let mut whole = new();
    whole.shuffle(&mut Rng::new(5));
    let order = whole.order().to_vec();
    let samples = epoch(&mut whole);
    // Of three batches an epoch; after the third there is nothing left of it.
    for (steps, taken) in [(0, 0), (1, 8), (2, 16), (3, 20), (4, 8), (6, 20), (8, 16)] {
        let mut again = new();
        again.go_on(order.clone(), steps).unwrap();
        assert_eq!(epoch(&mut again), samples[taken..], "{steps}");
    }
}

#[test]
fn an_order_has_every_sample_once() {
    let data = counting(4);
    let mut batches = Batches::<f32>::new(&data, 2).unwrap();
    for order in [
        vec![0, 1, 2],
        vec![0, 1, 2, 2],
        vec![0, 1, 2, 4],
        vec![3, 2, 1, 0, 0],
    ] {
        let error = batches.go_on(order, 0).unwrap_err().to_string();
        assert!(error.starts_with("expected an order of the data set's 4 samples"));
    }
    assert_eq!(batches.order(), [0, 1, 2, 3]);
}
