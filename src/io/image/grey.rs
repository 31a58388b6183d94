//! [`Image`], and how colours become shades of grey.

use crate::io::{Error, ErrorKind, Result};

/// As many pixels as a picture may have: 8192×8192.
pub const MOST_PIXELS: usize = 1 << 26;

/// A picture in shades of grey, from 0, black, to 255, white.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// The pixels, row by row from the top, each row from the left.
    pub pixels: Vec<u8>,
}

impl Image {
    /// A black picture, of sizes that have been checked.
    pub(super) fn new(width: usize, height: usize) -> Result<Self> {
        let mut pixels = Vec::new();
        pixels.try_reserve_exact(width * height).map_err(|_| {
            let message = format!("{width}×{height} pixels do not fit into memory");
            Error::of_kind(ErrorKind::Memory, message)
        })?;
        pixels.resize(width * height, 0);
        Ok(Image {
            width,
            height,
            pixels,
        })
    }
}

/// What is wrong with a picture, at byte `at` of its file.
pub(super) fn wrong(message: impl Into<String>, at: usize) -> Error {
    Error::content(message).offset(at as u64)
}

/// Checks the sizes of a picture, which stand at byte `offset` of the file.
pub(super) fn check_sizes(width: usize, height: usize, offset: usize) -> Result<()> {
    let pixels = width.checked_mul(height);
    match pixels {
        Some(1..=MOST_PIXELS) => Ok(()),
        Some(0) => Err(Error::content(format!(
            "the picture has {width}×{height} pixels, expected at least one"
        ))
        .offset(offset as u64)),
        _ => Err(Error::content(format!(
            "the picture claims {width}×{height} pixels, {MOST_PIXELS} are the most"
        ))
        .offset(offset as u64)
        .hint("make it smaller")),
    }
}

/// The shade of a colour, each part from 0 to 255: ITU-R BT.601, in 65536ths, rounded.
pub(super) fn luma([red, green, blue]: [u8; 3]) -> u8 {
    let [red, green, blue] = [red, green, blue].map(u32::from);
    ((19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16) as u8
}

/// The shade of `value` where white is `most`, rounded.
pub(super) fn shade(value: u16, most: u16) -> u8 {
    let (value, most) = (u32::from(value), u32::from(most));
    ((255 * value + most / 2) / most) as u8
}

/// What is seen of a shade over white paper, if its opacity is `alpha` of 255; rounded.
pub(super) fn on_paper(shade: u8, alpha: u8) -> u8 {
    let (shade, alpha) = (u32::from(shade), u32::from(alpha));
    ((shade * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}
