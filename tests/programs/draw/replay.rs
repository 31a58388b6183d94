//! Digits painted on the canvas, at half to double size, anywhere: they are read as the network reads the digits themselves.

use std::env;
use std::path::Path;

use fromzero::Matrix;
use fromzero::data::{Dataset, mnist, synthetic};
use fromzero::keep::params;
use fromzero::rng::Rng;
use fromzero::section37::prediction;

use super::client::{CANVAS, Draw, field};

const SIDE: usize = 28;
/// Pixels of the canvas that a pixel of a digit has at its plain size, in which it takes half of the canvas.
const PLAIN: f64 = 5.0;

/// Paints a digit, each of its pixels as a square of this size; each pixel of the canvas gets the ink of the area that it covers.
fn painted(digit: &[u8], size: f64, top: f64, left: f64) -> Vec<u8> {
    let shares = |start: f64, i: usize| {
        let (from, to) = (start + size * i as f64, start + size * (i + 1) as f64);
        let mut x = from.max(0.0) as usize;
        let mut shares = Vec::new();
        while x < CANVAS && (x as f64) < to {
            shares.push((x, to.min(x as f64 + 1.0) - from.max(x as f64)));
            x += 1;
        }
        shares
    };
    let mut ink = vec![0.0; CANVAS * CANVAS];
    for (at, &depth) in digit.iter().enumerate() {
        if depth == 0 {
            continue;
        }
        for (y, high) in shares(top, at / SIDE) {
            for (x, wide) in shares(left, at % SIDE) {
                ink[y * CANVAS + x] += f64::from(depth) * high * wide;
            }
        }
    }
    ink.iter().map(|ink| ink.round() as u8).collect()
}

/// Where rows or columns of a digit may begin so that its ink, from the first to the last of `inky`, is on the canvas.
fn anywhere(inky: &[usize], size: f64, rng: &mut Rng) -> f64 {
    let first = *inky.iter().min().expect("ink") as f64 * size;
    let end = (inky.iter().max().expect("ink") + 1) as f64 * size;
    rng.range(-first, CANVAS as f64 - end)
}

/// The share of so many digits of a data set, each drawn at random, that are read on the canvas as the network reads them.
fn agreement(data: &Dataset, count: usize) -> f64 {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/digits.safetensors");
    let params = params::load::<f32>(file).expect("the network");
    let (draw, mut rng) = (Draw::start(&[]), Rng::new(1));
    let mut connection = draw.connect();
    let mut same = 0;
    for _ in 0..count {
        let digit = data.image(rng.below(data.len() as u64) as usize);
        // As likely half the plain size as double.
        let size = PLAIN * [rng.range(0.5, 1.0), rng.range(1.0, 2.0)][rng.below(2) as usize];
        let (mut rows, mut columns) = (Vec::new(), Vec::new());
        for (at, &depth) in digit.iter().enumerate() {
            if depth > 0 {
                rows.push(at / SIDE);
                columns.push(at % SIDE);
            }
        }
        let top = anywhere(&rows, size, &mut rng);
        let left = anywhere(&columns, size, &mut rng);
        let answer = connection.read(&painted(digit, size, top, left));
        let x = Matrix::from_fn(1, digit.len(), |_, j| f32::from(digit[j]) / 255.0);
        let evaluated = prediction(&params, &x).expect("an answer")[0];
        same += usize::from(field(&answer, "digit") == evaluated.to_string());
    }
    same as f64 / count as f64
}

#[test]
fn drawn_digits_are_read_at_any_size_and_place() {
    let (images, labels) = synthetic::draw(0..200, 1, 1).expect("digits");
    let data = Dataset::new(images, labels, (SIDE, SIDE), 10).expect("a data set");
    let share = agreement(&data, 200);
    println!("{share} of 200 synthetic digits");
    assert!(share >= 0.9, "{share}");
}

#[test]
#[ignore = "needs FROMZERO_DATA"]
fn mnist_is_read_at_any_size_and_place_as_evaluate_reads_it() {
    let folder = env::var_os("FROMZERO_DATA").expect("FROMZERO_DATA names the folder of MNIST");
    let folder = mnist::find(None, Some(&folder))
        .expect("a folder")
        .expect("MNIST");
    let data = mnist::load(&folder, 1).expect("MNIST").test;
    let share = agreement(&data, 10_000);
    println!("{share} of 10,000 digits of MNIST");
    assert!(share >= 0.97, "{share}");
}
