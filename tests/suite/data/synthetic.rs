//! The synthetic digits: the same bits everywhere, balanced, and placed in their images as MNIST's are.

use std::collections::HashSet;
use std::ops::Range;

use fromzero::data::Dataset;
use fromzero::data::synthetic::{self, SIDE, TEST, TRAIN, digits};

const PIXELS: usize = SIDE * SIDE;

fn draw(numbers: Range<u64>, seed: u64, threads: usize) -> (Vec<u8>, Vec<u8>) {
    synthetic::draw(numbers, seed, threads).expect("room for a few digits")
}

/// FNV-1a, 64 bits (G. Fowler, L. Noll, K.-P. Vo).
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn images(data: &Dataset) -> impl Iterator<Item = &[u8]> {
    (0..data.len()).map(|i| data.image(i))
}

/// The rows and columns, counted from 0, of the pixels with ink, and their ink.
fn inked(image: &[u8]) -> Vec<(usize, usize, u8)> {
    let mut inked = Vec::new();
    for (i, &ink) in image.iter().enumerate() {
        if ink > 0 {
            inked.push((i / SIDE, i % SIDE, ink));
        }
    }
    inked
}

#[test]
fn the_checksums_are_those_of_every_machine() {
    let (images, labels) = draw(0..1000, 0, 2);
    let first: Vec<u64> = images.chunks(PIXELS).take(4).map(fnv).collect();
    let expected = [
        0xf8b9_78da_1e8f_bddd,
        0xd544_c4a9_22a1_b131,
        0x69b5_1c12_457d_1635,
        0x431d_862b_f00e_49d8,
    ];
    assert_eq!(labels[..10], [1, 0, 8, 4, 7, 6, 3, 2, 9, 5]);
    assert_eq!(fnv(&labels), 0xc537_e389_4db5_e769);
    assert_eq!(first, expected);
    assert_eq!(fnv(&images), 0x174f_46f3_a05a_ef62);
}

#[test]
fn any_number_of_threads_draws_the_same() {
    let one = draw(0..1001, 5, 1);
    assert!(one == draw(0..1001, 5, 3));
    assert!(draw(0..2, 5, 1) == draw(0..2, 5, 8));
}

#[test]
fn a_part_of_the_sequence_is_the_part_of_the_whole() {
    let (images, labels) = draw(0..300, 5, 2);
    let part = draw(117..242, 5, 2);
    assert!(part.0 == images[117 * PIXELS..242 * PIXELS]);
    assert_eq!(part.1, labels[117..242]);
    assert_eq!(draw(7..7, 5, 2), (vec![], vec![]));
}

#[test]
fn every_ten_digits_are_one_of_each_class_in_an_order_of_their_own() {
    let (_, labels) = draw(0..1000, 5, 2);
    let orders: HashSet<&[u8]> = labels.chunks(10).collect();
    assert!(orders.len() > 95, "only {} orders in 100", orders.len());
    for order in orders {
        let mut sorted = order.to_vec();
        sorted.sort_unstable();
        assert_eq!(sorted, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
}

#[test]
fn the_centre_of_mass_is_the_middle_of_the_image() {
    let (images, _) = draw(0..5000, 5, 2);
    for (number, image) in images.chunks(PIXELS).enumerate() {
        let (mut mass, mut down, mut across) = (0.0, 0.0, 0.0);
        for (row, column, ink) in inked(image) {
            mass += f64::from(ink);
            down += f64::from(ink) * (row as f64 + 0.5);
            across += f64::from(ink) * (column as f64 + 0.5);
        }
        // To the pixel: half a pixel away at most, and the rounding of ink to bytes.
        for centre in [down / mass, across / mass] {
            assert!((centre - 14.0).abs() <= 0.51, "digit {number}: {centre}");
        }
    }
}

#[test]
fn the_ink_fits_a_box_of_20_by_20_and_fills_it_one_way() {
    let (images, _) = draw(0..5000, 5, 2);
    for (number, image) in images.chunks(PIXELS).enumerate() {
        let span =
            |places: &[usize]| places.iter().max().unwrap() + 1 - places.iter().min().unwrap();
        let (mut rows, mut columns) = (Vec::new(), Vec::new());
        for (row, column, _) in inked(image) {
            rows.push(row);
            columns.push(column);
        }
        let (height, width) = (span(&rows), span(&columns));
        assert!(
            height <= 20 && width <= 20,
            "digit {number}: {height}×{width}"
        );
        assert!(
            height >= 19 || width >= 19,
            "digit {number}: {height}×{width}"
        );
    }
}

/// MNIST's mean pixel is 33.3; a pen far from that would be another task.
#[test]
fn there_is_as_much_ink_as_in_mnist() {
    let (images, labels) = draw(0..5000, 5, 2);
    let mean = |ink: &[u8]| ink.iter().map(|&ink| f64::from(ink)).sum::<f64>() / ink.len() as f64;
    let all = mean(&images);
    assert!((30.0..=36.0).contains(&all), "mean pixel {all}");
    for (image, label) in images.chunks(PIXELS).zip(labels) {
        assert!(
            (4.0..=110.0).contains(&mean(image)),
            "a {label} of mean {}",
            mean(image)
        );
        assert!(image.iter().any(|&ink| ink > 200), "a pale {label}");
    }
}

#[test]
fn seeds_draw_different_digits() {
    let (a, b) = (draw(0..200, 0, 1), draw(0..200, 1, 1));
    assert_ne!(a.1, b.1);
    let a: HashSet<&[u8]> = a.0.chunks(PIXELS).collect();
    assert!(b.0.chunks(PIXELS).all(|image| !a.contains(image)));
}

#[test]
fn no_image_comes_twice_in_training_and_test_set() {
    let (train, test) = digits(0, 2).unwrap();
    assert_eq!((train.len() as u64, test.len() as u64), (TRAIN, TEST));
    assert_eq!((train.rows(), train.cols(), train.classes()), (28, 28, 10));
    let different: HashSet<&[u8]> = images(&train).chain(images(&test)).collect();
    assert_eq!(different.len() as u64, TRAIN + TEST);
}

#[test]
#[should_panic(expected = "at least one thread")]
fn no_threads_draw_nothing() {
    draw(0..1, 0, 0);
}
