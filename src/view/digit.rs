//! A handwritten digit in the terminal.

use super::terminal::{Colours, Terminal};

/// The least ink that shows where there are no greys. Below the middle of 0…255, because pens leave grey edges that belong to
/// the stroke.
const INK: u8 = 96;

/// Little ink to much, where there are neither greys nor blocks.
const ASCII: [char; 8] = [' ', '.', ':', '-', '=', '+', '#', '@'];

/// An image of any size with `cols` columns, ink 255 on paper 0, as lines of text: 14 for the 28×28 pixels of a digit of MNIST's.
///
/// A character cell is about twice as high as wide, so it shows two pixels, one above the other, and the digit keeps its
/// proportions: in greys where the terminal has 256 colours or more, else in black and white. Where there are no colours,
/// blanks at the ends of lines are left out.
///
/// ```
/// use fromzero::view::{Terminal, digit};
/// let mut stroke = [0_u8; 784];
/// for row in 5..24 {
///     stroke[28 * row + 3] = 255;
/// }
/// let drawn = digit(&stroke, 28, &Terminal::PLAIN);
/// assert_eq!(drawn.lines().nth(2), Some("   ▄"));
/// assert_eq!(drawn.lines().nth(3), Some("   █"));
/// ```
///
/// # Panics
/// If the pixels are not whole rows of at least one column.
#[track_caller]
pub fn digit(pixels: &[u8], cols: usize, terminal: &Terminal) -> String {
    assert!(
        cols > 0 && pixels.len().is_multiple_of(cols),
        "digit: expected rows of {cols} pixels, found {} pixels",
        pixels.len()
    );
    let mut text = String::new();
    for pair in pixels.chunks(2 * cols) {
        // Of an odd number of rows the last has none below it.
        let (upper, lower) = pair.split_at(cols);
        let lower = lower.iter().copied().chain(std::iter::repeat(0));
        let cells = upper.iter().copied().zip(lower);
        let line: String = match terminal {
            Terminal { unicode: false, .. } => cells.map(shade).collect(),
            Terminal {
                colours: Colours::True,
                ..
            } => greys(cells, |ink| format!("2;{ink};{ink};{ink}")),
            Terminal {
                colours: Colours::Palette,
                ..
            } => greys(cells, |ink| format!("5;{}", grey(ink))),
            _ => cells.map(blocks).collect(),
        };
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Black and white.
fn blocks((upper, lower): (u8, u8)) -> char {
    match (upper >= INK, lower >= INK) {
        (false, false) => ' ',
        (true, false) => '▀',
        (false, true) => '▄',
        (true, true) => '█',
    }
}

/// The mean of two pixels.
fn shade((upper, lower): (u8, u8)) -> char {
    let ink = (usize::from(upper) + usize::from(lower)) / 2;
    ASCII[ink * ASCII.len() / 256]
}

/// The upper pixel is a half block's colour, the lower one that of what is behind it.
fn greys(cells: impl Iterator<Item = (u8, u8)>, colour: impl Fn(u8) -> String) -> String {
    let cell = |(upper, lower)| format!("\x1b[38;{};48;{}m▀", colour(upper), colour(lower));
    cells.map(cell).collect::<String>() + "\x1b[0m"
}

/// The nearest of the palette's greys: 24 from 8 to 238 in steps of 10, black and white.
fn grey(ink: u8) -> u8 {
    match ink {
        0..4 => 16,
        247.. => 231,
        _ => 232 + (ink.saturating_sub(3) / 10).min(23),
    }
}
