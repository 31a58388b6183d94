//! The first digits of the test set, and what the network takes them for.

use std::fmt::Write;

use fromzero::data::{Batches, Dataset};
use fromzero::io::Result;
use fromzero::metrics::predictions;
use fromzero::section37::{Activations, Params, forward};
use fromzero::view::{Attributes, Markup};

use super::words;

/// Digits in the picture, and how far they are from one another, in pixels.
const COUNT: usize = 12;
const BETWEEN: f64 = 68.5;
const LEFT: f64 = 30.0;
const TOP: f64 = 308.0;
/// The side of a digit of 28 pixels.
const SIDE: f64 = 56.0;

/// Shades of ink, the lightest of which is left out.
const SHADES: u8 = 4;

/// A digit, what it is taken for, and with which probability.
pub struct Read {
    image: Vec<u8>,
    cols: usize,
    predicted: usize,
    probability: f32,
    is_right: bool,
}

/// What the network reads in the first images of a data set.
pub fn read(params: &Params<f32>, data: &Dataset) -> Result<Vec<Read>> {
    let count = COUNT.min(data.len());
    let mut batches = Batches::<f32>::new(data, count)?;
    let batch = batches.next_batch().expect("as many images as asked for");
    let mut act = Activations::new(params.sizes(), count)?;
    forward(params, &batch.x, &mut act);
    let predicted = predictions(&act.a4)?;
    let read = predicted
        .into_iter()
        .enumerate()
        .map(|(i, predicted)| Read {
            image: data.image(i).to_vec(),
            cols: data.cols(),
            predicted,
            probability: act.a4[(i, predicted)],
            is_right: predicted == batch.labels[i],
        });
    Ok(read.collect())
}

pub fn draw(svg: &mut Markup, read: &[Read]) {
    for (i, digit) in read.iter().enumerate() {
        let x = LEFT + BETWEEN * i as f64;
        let scale = SIDE / digit.cols as f64;
        let place = format!("translate({x:.1} {TOP}) scale({scale})");
        svg.element("g", &[("class", &"ink"), ("transform", &place)], |g| {
            for shade in 1..SHADES {
                let ink: Attributes<'_> = &[
                    ("d", &pixels(digit, shade)),
                    (
                        "opacity",
                        &format_args!("{:.2}", f64::from(shade) / f64::from(SHADES - 1)),
                    ),
                ];
                g.empty("path", ink);
            }
        });
        let class = if digit.is_right { "read" } else { "wrong" };
        let says = format!("{} · {:.0} %", digit.predicted, 100.0 * digit.probability);
        words(
            svg,
            class,
            "middle",
            (x + SIDE / 2.0, TOP + SIDE + 22.0),
            &says,
        );
    }
}

/// The pixels of a shade, neighbours in a row together.
fn pixels(digit: &Read, shade: u8) -> String {
    let of_shade = |ink: &u8| ink / (u8::MAX / SHADES + 1) == shade;
    let mut path = String::new();
    for (row, inks) in digit.image.chunks_exact(digit.cols).enumerate() {
        let mut col = 0;
        for run in inks.chunk_by(|a, b| of_shade(a) == of_shade(b)) {
            if of_shade(&run[0]) {
                let length = run.len();
                write!(path, "M{col} {row}h{length}v1h-{length}z")
                    .expect("a String accepts everything");
            }
            col += run.len();
        }
    }
    path
}
