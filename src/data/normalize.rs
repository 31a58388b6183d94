//! A digit from a picture of any kind, centred and scaled as those of MNIST are.

use crate::io::image::Image;
use crate::io::{Error, Result};

/// Rows and columns of an image of MNIST.
pub const SIDE: usize = 28;
/// Rows and columns of the box into which a digit is scaled.
const BOX: usize = 20;
/// The share of the deepest ink below which a pixel is paper: noise and shadows of a scan.
const FAINT: u32 = 4;

/// The digit in a picture as MNIST has its digits: white on black, scaled to fit into 20×20 pixels with its proportions kept, and
/// placed with its centre of mass in the middle of 28×28 pixels (Y. LeCun and others, *Gradient-Based Learning Applied to Document
/// Recognition*, 1998). The middle is the pixel in row 14 and column 14, counted from 0: in it all but two of MNIST's own
/// 70,000 digits have their centres of mass.
///
/// Ink is what the edge of the picture is not: dark on light is inverted. Ink of less than a quarter of the deepest counts as
/// paper, and the deepest becomes 255. A picture that has MNIST's form already, 28×28 pixels with a digit of 20 on a black edge,
/// stays as it is.
///
/// ```
/// use fromzero::{data::normalized, io::image::Image};
/// // A dark bar, 10 wide and 40 high, in a corner of a light page.
/// let is_ink = |i| (5..15).contains(&(i % 100)) && (50..90).contains(&(i / 100));
/// let pixels = (0..100 * 100).map(|i| if is_ink(i) { 20 } else { 240 });
/// let digit = normalized(&Image { width: 100, height: 100, pixels: pixels.collect() })?;
/// // It is 20 pixels high and stands in the middle.
/// let [above, first, last, below] = [3, 4, 23, 24].map(|row| digit[28 * row + 13]);
/// assert_eq!((above, first, last, below), (0, 255, 255, 0));
/// # Ok::<(), fromzero::io::Error>(())
/// ```
///
/// # Errors
/// If there is no ink: all pixels are the same. If the picture has no pixels, or not as many as its width and height say.
pub fn normalized(picture: &Image) -> Result<[u8; SIDE * SIDE]> {
    check_size(picture)?;
    if let Some(image) = already_normal(picture) {
        return Ok(image);
    }
    let ink = ink(picture)?;
    let found = Extent::of(&ink, picture.width);
    let longest = found.rows.max(found.cols);
    let scaled = |n: usize| ((n * BOX + longest / 2) / longest).max(1);
    let (rows, cols) = (scaled(found.rows), scaled(found.cols));
    let small = Small {
        rows,
        cols,
        pixels: shrunk(&ink, picture.width, &found, (rows, cols)),
    };
    Ok(small.in_the_middle())
}

/// Checks that a picture has pixels, as many as it says.
fn check_size(picture: &Image) -> Result<()> {
    let (width, height, found) = (picture.width, picture.height, picture.pixels.len());
    if found > 0 && width.checked_mul(height) == Some(found) {
        return Ok(());
    }
    Err(Error::content(format!(
        "expected a picture of at least 1 pixel, found {width}×{height} with {found} pixels"
    )))
}

/// The pixels of a picture that has MNIST's form. A digit that reaches the picture's edge has it if it could stand nowhere else.
fn already_normal(picture: &Image) -> Option<[u8; SIDE * SIDE]> {
    let image = <[u8; SIDE * SIDE]>::try_from(&picture.pixels[..]).ok()?;
    let found = Extent::of(&image, picture.width);
    if picture.width != SIDE || found.rows.max(found.cols) != BOX {
        return None;
    }
    let inside = 1..SIDE;
    let has_black_edge = inside.contains(&found.top)
        && inside.contains(&found.left)
        && inside.contains(&(found.top + found.rows))
        && inside.contains(&(found.left + found.cols));
    let mut pixels = Vec::with_capacity(found.rows * found.cols);
    for row in image.chunks(SIDE).skip(found.top).take(found.rows) {
        pixels.extend_from_slice(&row[found.left..][..found.cols]);
    }
    let digit = Small {
        rows: found.rows,
        cols: found.cols,
        pixels,
    };
    (has_black_edge || digit.middle() == (found.top, found.left)).then_some(image)
}

/// The rectangle that holds all ink.
struct Extent {
    top: usize,
    left: usize,
    rows: usize,
    cols: usize,
}

impl Extent {
    fn of(ink: &[u8], width: usize) -> Self {
        let rows = || ink.chunks(width).enumerate();
        let mut inky_rows = rows().filter(|(_, row)| row.iter().any(|&x| x > 0));
        let top = inky_rows.next().map_or(0, |(i, _)| i);
        let bottom = inky_rows.next_back().map_or(top, |(i, _)| i);
        let first = |row: &[u8]| row.iter().position(|&x| x > 0);
        let last = |row: &[u8]| row.iter().rposition(|&x| x > 0);
        let left = rows().filter_map(|(_, row)| first(row)).min().unwrap_or(0);
        let right = rows().filter_map(|(_, row)| last(row)).max().unwrap_or(0);
        Extent {
            top,
            left,
            rows: bottom + 1 - top,
            cols: right + 1 - left,
        }
    }
}

/// How much ink each pixel has, from 0 to 255.
fn ink(picture: &Image) -> Result<Vec<u8>> {
    let Image {
        width,
        height,
        pixels,
    } = picture;
    let (mut sum, mut count) = (0_u64, 0_u64);
    for (i, row) in pixels.chunks(*width).enumerate() {
        let edge = match i == 0 || i + 1 == *height {
            true => row,
            false => &[row[0], row[row.len() - 1]][..],
        };
        sum += edge.iter().map(|&x| u64::from(x)).sum::<u64>();
        count += edge.len() as u64;
    }
    let paper = (sum / count) as u8;
    let is_light = paper >= 128;
    let depth = |&x: &u8| match is_light {
        true => paper.saturating_sub(x),
        false => x.saturating_sub(paper),
    };
    let deepest = u32::from(pixels.iter().map(depth).max().unwrap_or(0));
    if deepest == 0 {
        let error = Error::content("holds no digit: nothing stands out from the picture's edge");
        return Err(error.hint("draw dark on light or light on dark, with a margin"));
    }
    let stretched = |x: &u8| {
        let depth = u32::from(depth(x));
        match depth * FAINT < deepest {
            true => 0,
            false => (255 * depth / deepest) as u8,
        }
    };
    Ok(pixels.iter().map(stretched).collect())
}

/// The ink that was found, in another number of rows and columns: each pixel is the mean of the area that it covers.
fn shrunk(ink: &[u8], width: usize, found: &Extent, (rows, cols): (usize, usize)) -> Vec<u8> {
    let column_weights: Vec<_> = (0..cols).map(|j| cover(j, cols, found.cols)).collect();
    let mut pixels = Vec::with_capacity(rows * cols);
    for i in 0..rows {
        let row_weights = cover(i, rows, found.rows);
        for weights in &column_weights {
            let mut sum = 0.0;
            for &(row, high) in &row_weights {
                let row = &ink[(found.top + row) * width + found.left..];
                sum += high
                    * weights
                        .iter()
                        .map(|&(col, wide)| wide * f64::from(row[col]))
                        .sum::<f64>();
            }
            pixels.push(sum.round() as u8);
        }
    }
    pixels
}

/// The old pixels that new pixel `i` of `new` covers where there are `old`, each with its share.
fn cover(i: usize, new: usize, old: usize) -> Vec<(usize, f64)> {
    // In units of 1/new of an old pixel, the new one reaches from i·old to (i + 1)·old.
    let (start, end) = (i * old, (i + 1) * old);
    let pixels = start / new..end.div_ceil(new);
    let share = |pixel: usize| {
        let common = end.min((pixel + 1) * new) - start.max(pixel * new);
        common as f64 / old as f64
    };
    pixels.map(|pixel| (pixel, share(pixel))).collect()
}

/// A digit that fills its box.
struct Small {
    rows: usize,
    cols: usize,
    pixels: Vec<u8>,
}

impl Small {
    /// Where the digit begins in the large image, row and column, if its centre of mass is in pixel 14 of both, as far as it stays
    /// inside.
    fn middle(&self) -> (usize, usize) {
        let (mut mass, mut down, mut right) = (0.0, 0.0, 0.0);
        for (i, row) in self.pixels.chunks(self.cols).enumerate() {
            for (j, &x) in row.iter().enumerate() {
                let x = f64::from(x);
                mass += x;
                down += x * (i as f64 + 0.5);
                right += x * (j as f64 + 0.5);
            }
        }
        let place = |moment: f64, size: usize| {
            let start = (SIDE as f64 / 2.0 - moment / mass).ceil();
            start.clamp(0.0, (SIDE - size) as f64) as usize
        };
        (place(down, self.rows), place(right, self.cols))
    }

    /// The digit in the large image.
    fn in_the_middle(&self) -> [u8; SIDE * SIDE] {
        let (top, left) = self.middle();
        let mut image = [0; SIDE * SIDE];
        for (i, row) in self.pixels.chunks(self.cols).enumerate() {
            let at = (top + i) * SIDE + left;
            image[at..at + self.cols].copy_from_slice(row);
        }
        image
    }
}
