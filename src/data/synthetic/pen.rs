//! The pen: from the points of the strokes to a path, to ink, to an image as MNIST's are made.
//!
//! MNIST's digits were scaled, with their proportions kept, to a box of 20×20 pixels, where smoothing made grey levels, and
//! that box was placed in 28×28 pixels so that its centre of mass is the image's centre (Y. LeCun, C. Cortes, C. Burges, "The
//! MNIST database of handwritten digits").

use super::stroke::{Dot, Stroke};

/// Rows, and columns, of an image.
pub const SIDE: usize = 28;
/// Rows, and columns, of the box that a digit fills.
const BOX: usize = 20;
/// Straight pieces between two points of a stroke.
const PIECES: u8 = 5;

/// A straight piece of a path.
type Piece = [Dot; 2];

/// Ink in the box, row by row: 0 paper, 1 full.
type Ink = [[f32; BOX]; BOX];

/// The straight pieces of the smooth curves through the strokes' points.
pub(super) fn trace(strokes: &[Stroke]) -> Vec<Piece> {
    let mut path = Vec::new();
    for stroke in strokes {
        for points in stroke.chunk_by(|a, b| a != b) {
            add_curve(points, &mut path);
        }
    }
    path
}

/// The Catmull-Rom spline through `points`: a cubic between any two, whose direction at a point is that from its predecessor to
/// its successor.
fn add_curve(points: &[Dot], path: &mut Vec<Piece>) {
    let last = points.len() - 1;
    for i in 0..last {
        let p = [
            points[i.saturating_sub(1)],
            points[i],
            points[i + 1],
            points[last.min(i + 2)],
        ];
        let at = |step: u8| cubic(p, f32::from(step) / f32::from(PIECES));
        for piece in 0..PIECES {
            path.push([at(piece), at(piece + 1)]);
        }
    }
}

/// The Catmull-Rom cubic at `t`, from `p[1]` at 0 to `p[2]` at 1.
fn cubic(p: [Dot; 4], t: f32) -> Dot {
    let weights = [
        ((2.0 - t) * t - 1.0) * t,
        (3.0 * t - 5.0) * t * t + 2.0,
        ((4.0 - 3.0 * t) * t + 1.0) * t,
        (t - 1.0) * t * t,
    ]
    .map(|w| 0.5 * w);
    let sum = |of: fn(&Dot) -> f32| {
        weights[0] * of(&p[0])
            + weights[1] * of(&p[1])
            + weights[2] * of(&p[2])
            + weights[3] * of(&p[3])
    };
    Dot {
        x: sum(|d| d.x),
        y: sum(|d| d.y),
        r: sum(|d| d.r),
    }
}

/// Scales and moves a path, with its proportions kept, so that its ink just fits the box.
pub(super) fn fit(mut path: Vec<Piece>) -> Vec<Piece> {
    let all = |of: fn(&Dot) -> f32| path.as_flattened().iter().map(of);
    let (left, right) = range(all(|dot| dot.x));
    let (top, bottom) = range(all(|dot| dot.y));
    let (_, radius) = range(all(|dot| dot.r));
    let (width, height) = (right - left, bottom - top);

    let side = BOX as f32;
    let scale = (side - 2.0 * radius) / if width > height { width } else { height };
    let middle = 0.5 * side;
    for dot in path.as_flattened_mut() {
        dot.x = middle + scale * (dot.x - 0.5 * (left + right));
        dot.y = middle + scale * (dot.y - 0.5 * (top + bottom));
    }
    path
}

/// The least and the greatest of the values.
fn range(values: impl Iterator<Item = f32>) -> (f32, f32) {
    values.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), v| {
        (
            if v < low { v } else { low },
            if v > high { v } else { high },
        )
    })
}

/// The ink that a pen leaves along `path`, fading to paper over `edge` pixels at its sides.
pub(super) fn ink(path: &[Piece], edge: f32) -> Ink {
    let mut ink = [[0.0; BOX]; BOX];
    for piece in path {
        draw(piece, edge, &mut ink);
    }
    ink
}

/// Draws one piece: at every pixel near it, the ink by distance, where that is more than what is there.
fn draw(&[a, b]: &Piece, edge: f32, ink: &mut Ink) {
    let (dx, dy, dr) = (b.x - a.x, b.y - a.y, b.r - a.r);
    let length2 = dx * dx + dy * dy;
    let inverse = if length2 > 0.0 { 1.0 / length2 } else { 0.0 };
    let margin = 0.5 * edge + if a.r > b.r { a.r } else { b.r };
    let columns = pixels(a.x, b.x, margin);
    for y in pixels(a.y, b.y, margin) {
        let py = y as f32 + 0.5 - a.y;
        for (x, ink) in columns.clone().zip(&mut ink[y][columns.clone()]) {
            let px = x as f32 + 0.5 - a.x;
            // the piece's nearest point to the pixel, as the share of the way from a to b
            let t = ((px * dx + py * dy) * inverse).clamp(0.0, 1.0);
            let (ex, ey) = (px - t * dx, py - t * dy);
            let depth = a.r + t * dr - (ex * ex + ey * ey).sqrt();
            let dark = (depth / edge + 0.5).clamp(0.0, 1.0);
            if dark > *ink {
                *ink = dark;
            }
        }
    }
}

/// The rows, or columns, of the box whose pixels have their middle within `margin` of the span from `a` to `b`.
fn pixels(a: f32, b: f32, margin: f32) -> std::ops::Range<usize> {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    let inside = |v: f32| v.clamp(0.0, BOX as f32) as usize;
    inside(low - margin)..inside(high + margin + 1.0)
}

/// Copies the box into `image` (28×28 bytes) so that the ink's centre of mass is in the middle, to the pixel.
pub(super) fn centre(ink: &Ink, image: &mut [u8]) {
    let (mut mass, mut across, mut down) = (0.0, 0.0, 0.0);
    for (y, row) in ink.iter().enumerate() {
        for (x, &dark) in row.iter().enumerate() {
            mass += dark;
            across += dark * (x as f32 + 0.5);
            down += dark * (y as f32 + 0.5);
        }
    }
    let room = (SIDE - BOX) as f32;
    let offset = |moment: f32| (0.5 * SIDE as f32 - moment / mass + 0.5).clamp(0.0, room) as usize;
    let (left, top) = (offset(across), offset(down));
    for (row, image) in ink.iter().zip(image.chunks_exact_mut(SIDE).skip(top)) {
        for (dark, byte) in row.iter().zip(&mut image[left..]) {
            *byte = (255.0 * dark + 0.5) as u8;
        }
    }
}
