//! The rows of a PNG file: the passes of an interlaced picture, and the filters that make rows easier to pack.

use crate::io::{Error, Result};

/// Pixels of a picture that are kept together: those at (x + i·dx, y + j·dy).
pub(super) struct Pass {
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) dx: usize,
    pub(super) dy: usize,
    /// Pixels in a row, and rows.
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Pass {
    /// The bytes of a row; the last may be in part unused.
    pub(super) fn row_size(&self, bits_per_pixel: usize) -> usize {
        (self.width * bits_per_pixel).div_ceil(8)
    }
}

/// The passes that hold pixels: one, or the seven of Adam7 (8.2).
pub(super) fn passes(width: usize, height: usize, interlaced: bool) -> Vec<Pass> {
    const WHOLE: [(usize, usize, usize, usize); 1] = [(0, 0, 1, 1)];
    const ADAM_7: [(usize, usize, usize, usize); 7] = [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ];
    let places: &[_] = if interlaced { &ADAM_7 } else { &WHOLE };
    let pass = |&(x, y, dx, dy): &(usize, usize, usize, usize)| Pass {
        x,
        y,
        dx,
        dy,
        width: width.saturating_sub(x).div_ceil(dx),
        height: height.saturating_sub(y).div_ceil(dy),
    };
    let passes = places.iter().map(pass);
    // Of one without rows nothing is kept; but where there are no columns, there are no filters of rows either.
    passes.filter(|pass| pass.width > 0).collect()
}

/// Takes the filters back (9.2): each byte was written as its difference from what bytes to the left (a), above (b) and above to the
/// left (c) make likely. Each row begins with its filter's number; `pixel` is the distance to the left, in bytes.
pub(super) fn unfilter(rows: &mut [u8], row_size: usize, pixel: usize) -> Result<()> {
    let mut above = vec![0; row_size];
    for row in rows.chunks_exact_mut(1 + row_size) {
        let (filter, row) = row.split_first_mut().expect("a row begins with its filter");
        match filter {
            0 => {}
            1 => from_left(row, &above, pixel, |a, _, _| a),
            2 => from_left(row, &above, pixel, |_, b, _| b),
            3 => from_left(row, &above, pixel, |a, b, _| a.midpoint(b)),
            4 => from_left(row, &above, pixel, paeth),
            _ => {
                let message =
                    format!("a row of the picture has the filter {filter}, expected 0 to 4");
                return Err(Error::content(message));
            }
        }
        above.copy_from_slice(row);
    }
    Ok(())
}

fn from_left(row: &mut [u8], above: &[u8], pixel: usize, likely: impl Fn(u8, u8, u8) -> u8) {
    for i in 0..row.len() {
        let left = i.checked_sub(pixel);
        let (a, c) = left.map_or((0, 0), |left| (row[left], above[left]));
        row[i] = row[i].wrapping_add(likely(a, above[i], c));
    }
}

/// Whichever of the three is closest to a + b − c, the first of them if several are (9.4).
fn paeth(a: u8, b: u8, c: u8) -> u8 {
    let p = i16::from(a) + i16::from(b) - i16::from(c);
    [a, b, c]
        .into_iter()
        .min_by_key(|&x| (p - i16::from(x)).abs())
        .expect("one of three")
}
