//! Strokes: what a form asks for, a hand writes and a pen draws.

/// A point of a stroke, and the pen's radius there. `x` runs right and `y` down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Dot {
    pub x: f32,
    pub y: f32,
    /// In pixels of the finished image, whatever the unit of `x` and `y`.
    pub r: f32,
}

/// One continuous stroke of the pen: a curve through its points. A point given twice in succession is a corner.
pub(super) type Stroke = Vec<Dot>;
