//! Writing PNG: small pictures of sixteen colours, two pixels a byte.

use crate::io::crc32;
use crate::io::zlib::zlib;

/// Colours of a picture: four bits for each pixel.
pub const SHADES: usize = 16;

/// A picture as a PNG file: pixels row by row, each the number of its colour below [`SHADES`]; with no `palette` they are greys from 0,
/// black, to 15, white.
///
/// ```
/// use fromzero::io::image::{parse, to_png};
/// let png = to_png((3, 2), &[0, 15, 0, 15, 0, 15], None);
/// assert_eq!(parse(&png)?.pixels, [0, 255, 0, 255, 0, 255]);
/// # Ok::<(), fromzero::io::Error>(())
/// ```
///
/// # Panics
/// If there are not as many pixels as `(width, height)` says, none at all, or one of a higher number.
#[track_caller]
pub fn to_png(
    (width, height): (usize, usize),
    pixels: &[u8],
    palette: Option<&[[u8; 3]; SHADES]>,
) -> Vec<u8> {
    assert!(
        width > 0 && pixels.len() == width * height && height > 0,
        "to_png: expected {width}×{height} pixels and at least 1, found {}",
        pixels.len()
    );
    assert!(
        pixels.iter().all(|&p| usize::from(p) < SHADES),
        "to_png: expected colours below {SHADES}"
    );
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = Vec::new();
    header.extend((width as u32).to_be_bytes());
    header.extend((height as u32).to_be_bytes());
    // 11.2.1: four bits; greys or a palette; deflate, the usual filters, not interlaced.
    header.extend([4, if palette.is_some() { 3 } else { 0 }, 0, 0, 0]);
    chunk(&mut file, b"IHDR", &header);
    if let Some(palette) = palette {
        chunk(&mut file, b"PLTE", palette.as_flattened());
    }
    let rows = packed_rows(width, pixels);
    let stride = rows.len() / height;
    chunk(&mut file, b"IDAT", &zlib(&rows, &[1, stride, 2 * stride]));
    chunk(&mut file, b"IEND", &[]);
    file
}

/// The rows as they are filtered: not at all, which a byte before each says (9.2), and two pixels a byte, the left one high (7.2).
fn packed_rows(width: usize, pixels: &[u8]) -> Vec<u8> {
    let mut rows = Vec::new();
    for row in pixels.chunks(width) {
        rows.push(0);
        rows.extend(row.chunks(2).map(|pair| match *pair {
            [left, right] => left << 4 | right,
            _ => pair[0] << 4,
        }));
    }
    rows
}

/// 5.3: length, type, data, and the check sum of the last two.
fn chunk(file: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    file.extend((data.len() as u32).to_be_bytes());
    let start = file.len();
    file.extend(kind);
    file.extend(data);
    let sum = crc32(&file[start..]);
    file.extend(sum.to_be_bytes());
}
