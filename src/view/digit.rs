//! A handwritten digit in the terminal.

/// The least ink that shows. Below the middle of 0…255, because pens leave grey edges that belong to the stroke.
const INK: u8 = 96;

/// An image of any size with `cols` columns, ink 255 on paper 0, as lines of text: 14 for the 28×28 pixels of a digit of MNIST's.
///
/// A character cell is about twice as high as wide, so it shows two pixels, one above the other, and the digit keeps its
/// proportions. Blanks at the ends of lines are left out.
///
/// ```
/// let mut stroke = [0_u8; 784];
/// for row in 5..24 {
///     stroke[28 * row + 3] = 255;
/// }
/// let drawn = fromzero::view::digit(&stroke, 28);
/// assert_eq!(drawn.lines().nth(2), Some("   ▄"));
/// assert_eq!(drawn.lines().nth(3), Some("   █"));
/// ```
///
/// # Panics
/// If the pixels are not whole rows of at least one column.
#[track_caller]
pub fn digit(pixels: &[u8], cols: usize) -> String {
    assert!(
        cols > 0 && pixels.len().is_multiple_of(cols),
        "digit: expected rows of {cols} pixels, found {} pixels",
        pixels.len()
    );
    let has_ink = |row: &[u8], col| row.get(col).is_some_and(|&ink| ink >= INK);
    let mut text = String::new();
    for pair in pixels.chunks(2 * cols) {
        // Of an odd number of rows the last has none below it.
        let (upper, lower) = pair.split_at(cols);
        let cells = (0..cols).map(|col| match (has_ink(upper, col), has_ink(lower, col)) {
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
