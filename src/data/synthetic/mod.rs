//! Synthetic digits: what the program trains on where there is no MNIST.
//!
//! Every digit is written afresh with a pen. The strokes of a form go through a hand, which bends, slants and
//! turns them; a pen traces the curve through their points and leaves ink; the image is fitted and centred as MNIST's are:
//!
//! ```text
//! seed, number → form → strokes → hand → path → ink in 20×20 → centred by mass in 28×28
//! ```
//!
//! The digits of a seed are one endless sequence. Digit `n` depends on the seed and `n` alone, so that any part of the
//! sequence can be drawn at any time, by any number of threads, with the same bits. Nothing in it is taken from MNIST's
//! pixels: the strokes are designed by hand.
//!
//! Guarded by `tests/suite/data/synthetic.rs`: `the_checksums_are_those_of_every_machine`,
//! `any_number_of_threads_draws_the_same`, `the_centre_of_mass_is_the_middle_of_the_image`,
//! `no_image_comes_twice_in_training_and_test_set`.

mod forms;
mod glyphs;
mod hand;
mod pen;
mod stroke;

pub use pen::SIDE;

use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::data::Dataset;
use crate::io::{Error, ErrorKind, Result};
use crate::rng::Rng;

/// Training images that [`digits`] draws: as many as MNIST has.
pub const TRAIN: u64 = 60_000;
/// Test images that [`digits`] draws: as many as MNIST has.
pub const TEST: u64 = 10_000;

const PIXELS: usize = SIDE * SIDE;
const CLASSES: u64 = 10;

/// The built-in training and test sets, in this order: the first 60,000 digits of the seed's sequence and the next 10,000.
///
/// # Errors
/// If the memory cannot be had: 55 million bytes.
///
/// # Panics
/// If `threads` is 0.
#[track_caller]
pub fn digits(seed: u64, threads: usize) -> Result<(Dataset, Dataset)> {
    let train = draw(0..TRAIN, seed, threads)?;
    let test = draw(TRAIN..TRAIN + TEST, seed, threads)?;
    Ok((set(train)?, set(test)?))
}

/// A data set of such digits.
fn set((images, labels): (Vec<u8>, Vec<u8>)) -> Result<Dataset> {
    Dataset::new(images, labels, (SIDE, SIDE), CLASSES as usize)
}

/// Draws the digits with these numbers of the seed's sequence: their images, 28×28 bytes each (row by row, 0 paper, 255 full
/// ink), and their labels, 0 to 9.
///
/// Digits `10k` to `10k + 9` are one of each class, in random order.
///
/// ```
/// use fromzero::data::synthetic::draw;
/// let (images, labels) = draw(0..100, 1, 2)?;
/// assert_eq!(images.len(), 100 * 28 * 28);
/// assert_eq!(labels.iter().filter(|&&label| label == 7).count(), 10);
/// assert_eq!(draw(40..50, 1, 1)?.1, labels[40..50]);
/// # Ok::<(), fromzero::io::Error>(())
/// ```
///
/// # Errors
/// If the memory for so many digits cannot be had.
///
/// # Panics
/// If `threads` is 0.
#[track_caller]
pub fn draw(numbers: Range<u64>, seed: u64, threads: usize) -> Result<(Vec<u8>, Vec<u8>)> {
    assert!(threads > 0, "draw: at least one thread is needed");
    let count = numbers.end.saturating_sub(numbers.start);
    let mut images = zeros(count, PIXELS)?;
    let mut labels = zeros(count, 1)?;
    let key = Rng::new(seed).next_u64();
    let share = labels.len().div_ceil(threads).max(1);
    let parts = labels.len().div_ceil(share);
    let left = Mutex::new(
        images
            .chunks_mut(share * PIXELS)
            .zip(labels.chunks_mut(share))
            .zip(numbers.step_by(share)),
    );
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
    let write_parts = || {
        while let Some(((images, labels), first)) = next() {
            let digits = images.chunks_exact_mut(PIXELS).zip(labels);
            for ((image, label), number) in digits.zip(first..) {
                *label = class(key, number);
                write(*label, &mut Rng::new(key ^ number), image);
            }
        }
    };
    thread::scope(|scope| {
        // Where the system has no more threads, those that there are do all the parts.
        for _ in 1..parts {
            if thread::Builder::new()
                .spawn_scoped(scope, write_parts)
                .is_err()
            {
                break;
            }
        }
        write_parts();
    });
    Ok((images, labels))
}

/// Room for `count` digits of `each` bytes.
fn zeros(count: u64, each: usize) -> Result<Vec<u8>> {
    let refused = || {
        let message = format!("{count} synthetic digits do not fit into memory");
        Error::of_kind(ErrorKind::Memory, message)
    };
    let bytes = usize::try_from(count)
        .ok()
        .and_then(|count| count.checked_mul(each));
    let bytes = bytes.ok_or_else(refused)?;
    let mut zeros = Vec::new();
    zeros.try_reserve_exact(bytes).map_err(|_| refused())?;
    zeros.resize(bytes, 0);
    Ok(zeros)
}

/// The class of digit `number`: its place in the permutation that belongs to its group of ten.
fn class(key: u64, number: u64) -> u8 {
    let mut classes: [u8; CLASSES as usize] = std::array::from_fn(|class| class as u8);
    // The complement of a group's number is no digit's number, so no stream is used twice.
    Rng::new(key ^ !(number / CLASSES)).shuffle(&mut classes);
    classes[(number % CLASSES) as usize]
}

/// Writes one digit of class `label` into `image`.
fn write(label: u8, rng: &mut Rng, image: &mut [u8]) {
    let hand = hand::Hand::random(rng);
    let form = glyphs::choose(forms::FORMS[usize::from(label)], rng);
    let strokes = hand.write(form, rng);
    let path = pen::fit(pen::trace(&strokes));
    pen::centre(&pen::ink(&path, hand.edge), image);
}
