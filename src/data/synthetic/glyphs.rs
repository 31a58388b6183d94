//! The forms of the digits, as people write them.
//!
//! A form is given by *poses*: the same strokes, point for point, each time placed as some writer would. A digit is written
//! somewhere between two of them, so a straight and a curled tail stand for all that lies between.
//!
//! Points are hundredths of a digit's height: `x` to the right, `y` down from its upper left corner. A stroke is a smooth curve
//! through its points, in the order of writing; a `!` makes a point a corner, and ` / ` lifts the pen.

use super::stroke::{Dot, Stroke};
use crate::rng::Rng;

/// One way to write a digit.
pub(super) struct Form {
    /// How often it is chosen, beside the shares of the digit's other forms.
    pub share: u64,
    pub poses: &'static [&'static str],
}

/// One of a digit's `forms`, chosen by their shares.
pub(super) fn choose<'a>(forms: &'a [Form], rng: &mut Rng) -> &'a Form {
    let mut ticket = rng.below(forms.iter().map(|form| form.share).sum());
    for form in forms {
        if ticket < form.share {
            return form;
        }
        ticket -= form.share;
    }
    unreachable!("a ticket is below the sum of the shares")
}

impl Form {
    /// The strokes between two random poses; centred about the origin, one unit high, still without ink.
    pub fn between(&self, rng: &mut Rng) -> Vec<Stroke> {
        let [from, to] = [(); 2].map(|()| self.poses[rng.below(self.poses.len() as u64) as usize]);
        let part = rng.uniform() as f32;
        let strokes = from.split(" / ").zip(to.split(" / "));
        strokes
            .map(|(from, to)| stroke_between(from, to, part))
            .collect()
    }
}

/// The stroke that lies this part of the way from one to the other. A corner's point is given twice.
fn stroke_between(from: &str, to: &str, part: f32) -> Stroke {
    let points = from.split(' ').zip(to.split(' '));
    points
        .flat_map(|(from, to)| {
            let ([x0, y0], [x1, y1]) = (position(from), position(to));
            let dot = Dot {
                x: x0 + part * (x1 - x0),
                y: y0 + part * (y1 - y0),
                r: 0.0,
            };
            std::iter::repeat_n(dot, if from.ends_with('!') { 2 } else { 1 })
        })
        .collect()
}

/// The position of a point such as `62,6!`, in heights from the digit's middle.
fn position(point: &str) -> [f32; 2] {
    let (x, y) = point.trim_end_matches('!').split_once(',').expect("x,y");
    [x, y].map(|hundredths| {
        let hundredths: u8 = hundredths.parse().expect("hundredths of a height");
        f32::from(hundredths) / 100.0 - 0.5
    })
}

#[cfg(test)]
mod tests {
    use super::super::forms::FORMS;
    use super::*;

    /// The strokes, points and corners of a pose, without their places.
    fn plan(pose: &str) -> Vec<Vec<bool>> {
        let corners = |stroke: &str| {
            stroke
                .split(' ')
                .map(|point| point.ends_with('!'))
                .collect()
        };
        pose.split(" / ").map(corners).collect()
    }

    #[test]
    fn the_poses_of_a_form_have_the_same_plan() {
        for form in FORMS.into_iter().flatten() {
            for pose in form.poses {
                assert_eq!(plan(pose), plan(form.poses[0]), "{pose}");
                assert!(plan(pose).iter().all(|stroke| stroke.len() > 1), "{pose}");
            }
        }
    }

    #[test]
    fn every_point_can_be_read() {
        for form in FORMS.into_iter().flatten() {
            let strokes = form.poses.iter().flat_map(|pose| pose.split(" / "));
            for [x, y] in strokes.flat_map(|stroke| stroke.split(' ')).map(position) {
                assert!((-0.5..=0.75).contains(&x) && (-0.5..=0.5).contains(&y));
            }
        }
    }
}
