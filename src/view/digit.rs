//! A handwritten digit in the terminal.

/// Rows, and columns, of MNIST's images.
const SIDE: usize = 28;

/// The least ink that shows. Below the middle of 0…255, because pens leave grey edges that belong to the stroke.
const INK: u8 = 96;

/// A 28 × 28 image, ink 255 on paper 0, as 14 lines of text.
///
/// A character cell is about twice as high as wide, so it shows two pixels, one above the other, and the digit keeps its
/// proportions. Blanks at the ends of lines are left out.
///
/// ```
/// let mut stroke = [0_u8; 784];
/// for row in 5..24 {
///     stroke[28 * row + 3] = 255;
/// }
/// let drawn = fromzero::view::digit(&stroke);
/// assert_eq!(drawn.lines().nth(2), Some("   ▄"));
/// assert_eq!(drawn.lines().nth(3), Some("   █"));
/// ```
///
/// # Panics
/// If there are not 784 pixels.
#[track_caller]
pub fn digit(pixels: &[u8]) -> String {
    assert!(
        pixels.len() == SIDE * SIDE,
        "digit: expected {SIDE}×{SIDE} pixels, found {}",
        pixels.len()
    );
    let mut text = String::new();
    for pair in pixels.chunks(2 * SIDE) {
        let (upper, lower) = pair.split_at(SIDE);
        let cells =
            upper
                .iter()
                .zip(lower)
                .map(|(&upper, &lower)| match (upper >= INK, lower >= INK) {
                    (false, false) => ' ',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (true, true) => '█',
                });
        let line: String = cells.collect();
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
