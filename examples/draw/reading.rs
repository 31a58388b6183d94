//! What the network makes of a canvas.

use std::time::Duration;

use fromzero::Matrix;
use fromzero::data::{SIDE, normalized, one_hot};
use fromzero::io::Result;
use fromzero::io::image::Image;
use fromzero::metrics::predictions;
use fromzero::section37::{Activations, Deltas, Params, forward, logit_gradient};

use super::json::Json;
use super::support::reader;

/// Rows and columns of the canvas.
pub const CANVAS: usize = 280;

/// The network, and room for what it computes.
pub struct Reader {
    params: Params<f32>,
    act: Activations<f32>,
    deltas: Deltas<f32>,
    /// The class that has won, one-hot `[1, classes]`.
    winner: Matrix<f32>,
    /// Of its logit with respect to the input `[1, 784]`.
    gradient: Matrix<f32>,
}

impl Reader {
    /// # Errors
    /// If the memory cannot be had.
    pub fn new(params: Params<f32>) -> Result<Self> {
        let sizes = params.sizes();
        Ok(Reader {
            act: Activations::new(sizes, 1)?,
            deltas: Deltas::new(sizes, 1)?,
            winner: Matrix::try_zeros(1, sizes.classes)?,
            gradient: Matrix::try_zeros(1, sizes.inputs)?,
            params,
        })
    }

    /// Reads a canvas of [`CANVAS`]² pixels, 0 for paper and 255 for ink.
    ///
    /// # Errors
    /// If the network has no most probable answer, because its weights are no numbers.
    pub fn read(&mut self, pixels: Vec<u8>) -> Result<Reading<'_>> {
        let canvas = Image {
            width: CANVAS,
            height: CANVAS,
            pixels,
        };
        let Ok(seen) = normalized(&canvas) else {
            return Ok(Reading { found: None });
        };
        forward(&self.params, &reader::sample(&seen), &mut self.act);
        let digit = predictions(&self.act.a4)?[0];
        one_hot(&[digit], self.winner.cols(), &mut self.winner);
        let Reader {
            params,
            act,
            deltas,
            winner,
            gradient,
        } = self;
        logit_gradient(params, winner, act, deltas, gradient);
        let found = Found {
            digit,
            seen,
            act,
            spoke: gradient.row(0),
        };
        Ok(Reading { found: Some(found) })
    }
}

/// What was read on a canvas.
pub struct Reading<'a> {
    /// Nothing where nothing is written.
    found: Option<Found<'a>>,
}

struct Found<'a> {
    /// The most probable class.
    digit: usize,
    /// What the network saw.
    seen: [u8; SIDE * SIDE],
    act: &'a Activations<f32>,
    /// How much more ink in a pixel would raise the logit of `digit`.
    spoke: &'a [f32],
}

impl Reading<'_> {
    /// The reading as the script takes it: probabilities and activations from 0 to 1; what spoke in shares of the largest, from −1
    /// to 1. Computing it took so long.
    pub fn to_json(&self, time: Duration) -> String {
        let mut json = Json::object();
        json.number("microseconds", time.as_micros() as f64, 0);
        let Some(found) = &self.found else {
            json.null("digit");
            return json.finish();
        };
        let act = found.act;
        let magnitudes = found.spoke.iter().map(|g| g.abs());
        let largest = magnitudes.fold(f32::MIN_POSITIVE, |max, g| if g > max { g } else { max });
        json.number("digit", found.digit as f64, 0);
        json.numbers("probabilities", act.a4.row(0), 4);
        json.numbers("seen", &found.seen.map(f32::from), 0);
        json.numbers("hidden1", act.a2.row(0), 3);
        json.numbers("hidden2", act.a3.row(0), 3);
        let spoke: Vec<f32> = found.spoke.iter().map(|g| g / largest).collect();
        json.numbers("spoke", &spoke, 3);
        json.finish()
    }
}
