//! The hand: how one digit departs from its form, in shape, slant, size and pressure.

use super::glyphs::Form;
use super::stroke::{Dot, Stroke};
use crate::elementary::{cos, exp, sin};
use crate::rng::Rng;

/// What all strokes of one digit have in common.
pub(super) struct Hand {
    /// Rows of the matrix that slants, turns and stretches.
    linear: [[f32; 2]; 2],
    /// Low waves that bend the paper, across and down.
    waves: [Wave; 2],
    /// How much wider the digit is at its foot than at its head.
    taper: f32,
    /// How far its middle is moved down.
    sag: f32,
    /// Size of the independent departures of each point.
    unsteadiness: f32,
    /// The pen's mean radius in pixels.
    radius: f32,
    /// The width in pixels over which ink fades into paper.
    pub edge: f32,
}

/// One displacement `height · sin(along · position + phase)`.
struct Wave {
    height: f32,
    along: [f32; 2],
    phase: f32,
}

impl Hand {
    /// A hand for one digit.
    pub fn random(rng: &mut Rng) -> Self {
        let slant = 0.16 + 0.23 * bell(rng);
        let angle = 0.03 * bell(rng);
        let aspect: f32 = exp(0.13 * bell(rng));
        let (sin, cos) = (sin(angle), cos(angle));
        Hand {
            // turn · slant · stretch; the slant leans the top, where y is negative, to the right
            linear: [
                [cos * aspect, -cos * slant - sin],
                [sin * aspect, -sin * slant + cos],
            ],
            waves: [Wave::random(rng), Wave::random(rng)],
            taper: 0.25 * bell(rng),
            sag: 0.08 * bell(rng),
            unsteadiness: 0.03 + 0.01 * bell(rng),
            radius: 1.2 * exp::<f32>(0.26 * bell(rng)),
            edge: 1.15 + 0.15 * bell(rng),
        }
    }

    /// Writes a form: its strokes as this hand moves.
    pub fn write(&self, form: &Form, rng: &mut Rng) -> Vec<Stroke> {
        let mut strokes = form.between(rng);
        for stroke in &mut strokes {
            self.reach(stroke, rng);
            self.stray(stroke, rng);
            for dot in stroke {
                *dot = self.bend(*dot);
            }
        }
        strokes
    }

    /// Begins and ends a stroke a little early or late.
    fn reach(&self, stroke: &mut [Dot], rng: &mut Rng) {
        let last = stroke.len() - 1;
        for (end, next) in [(0, 1), (last, last - 1)] {
            let by = 0.12 * bell(rng);
            stroke[end].x += by * (stroke[end].x - stroke[next].x);
            stroke[end].y += by * (stroke[end].y - stroke[next].y);
        }
    }

    /// Misses every point a little and presses now more, now less. Both copies of a corner move together.
    fn stray(&self, stroke: &mut [Dot], rng: &mut Rng) {
        let mut before: Option<(Dot, Dot)> = None;
        for dot in stroke {
            let meant = *dot;
            *dot = match before {
                Some((same, moved)) if same == meant => moved,
                _ => Dot {
                    x: meant.x + self.unsteadiness * bell(rng),
                    y: meant.y + self.unsteadiness * bell(rng),
                    r: self.radius * (1.0 + 0.08 * bell(rng)),
                },
            };
            before = Some((meant, *dot));
        }
    }

    /// The point on the bent, slanted, turned and stretched paper.
    fn bend(&self, Dot { x, y, r }: Dot) -> Dot {
        let (x, y) = (x * (1.0 + self.taper * y), y + self.sag * (0.25 - y * y));
        let (x, y) = (x + self.waves[0].at(x, y), y + self.waves[1].at(x, y));
        let [across, down] = self.linear;
        Dot {
            x: across[0] * x + across[1] * y,
            y: down[0] * x + down[1] * y,
            r,
        }
    }
}

impl Wave {
    /// About half a wave over the height of a digit.
    fn random(rng: &mut Rng) -> Self {
        Wave {
            height: 0.045 * bell(rng),
            along: [3.0 * bell(rng), 3.0 * bell(rng)],
            phase: rng.range(0.0, std::f64::consts::TAU) as f32,
        }
    }

    fn at(&self, x: f32, y: f32) -> f32 {
        self.height * sin(self.along[0] * x + self.along[1] * y + self.phase)
    }
}

/// A random number of mean 0 and variance 1 that never leaves -3 ... 3: a bell curve without the tails that would make a digit
/// illegible. It is the sum of three uniform numbers.
fn bell(rng: &mut Rng) -> f32 {
    (2.0 * (rng.uniform() + rng.uniform() + rng.uniform()) - 3.0) as f32
}
