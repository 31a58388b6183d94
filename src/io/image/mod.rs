//! Pictures, as they come from a drawing program, a scanner or a telephone: PNG, PGM and BMP, read as shades of grey; and small
//! ones written as PNG.
//!
//! A digit of one's own comes as a picture. What always holds: no size that a header claims takes memory before its pixels are
//! there, and a picture whose check sum is wrong is no picture.
//!
//! Guarded by `tests/suite/io/image.rs`: `pictures_of_other_programs_are_read`, `no_changed_bit_changes_a_png`,
//! `pictures_that_claim_too_much_are_refused_at_once`.

mod bmp;
mod grey;
mod pgm;
mod png;
mod png_rows;
mod png_write;

use std::path::Path;

pub use grey::{Image, MOST_PIXELS};
pub use png_write::{SHADES, to_png};

use super::{Error, Result, read};

/// The longest file that is read.
const MOST_BYTES: usize = 1 << 28;

/// Reads the picture in `path`; see [`parse`].
///
/// # Errors
/// As [`parse`], and if the file cannot be read; with its path.
pub fn load(path: impl AsRef<Path>) -> Result<Image> {
    let path = path.as_ref();
    let file = read(path, MOST_BYTES)?;
    parse(&file).map_err(|error| error.at(path))
}

/// Takes a picture apart, whose format is told by its first bytes, not by its name:
///
/// - PNG: grey, RGB, palette, each with or without alpha, 1 to 16 bits, interlaced or not;
/// - PGM: text (P2) and binary (P5), up to 65,535 shades;
/// - BMP: 1, 4, 8, 24 and 32 bits without compression, bottom-up or top-down.
///
/// What is transparent in a PNG shows white paper. A picture has at most [`MOST_PIXELS`] pixels; reading takes at most what its
/// file can hold pixels for: 1,032 times its length for a PNG, before it becomes shades of grey.
///
/// ```
/// use fromzero::io::image;
/// let image = image::parse(b"P2 3 1 100  0 50 100\n").unwrap();
/// assert_eq!((image.width, image.height), (3, 1));
/// assert_eq!(image.pixels, [0, 128, 255]);
/// ```
///
/// # Errors
/// If the file is none of these, damaged, or larger than that; with the byte.
pub fn parse(file: &[u8]) -> Result<Image> {
    match file {
        [0x89, b'P', b'N', b'G', ..] => png::parse(file),
        [b'P', b'2' | b'5', ..] => pgm::parse(file),
        [b'B', b'M', ..] => bmp::parse(file),
        _ => Err(unknown(file)),
    }
}

fn unknown(file: &[u8]) -> Error {
    let found = match file {
        [] => "is empty",
        [0xff, 0xd8, 0xff, ..] => "is a JPEG file",
        [b'G', b'I', b'F', b'8', ..] => "is a GIF file",
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => "is a WebP file",
        [b'P', b'1' | b'3' | b'4' | b'6', ..] => "is a PBM or PPM file",
        _ => "is of no known format",
    };
    Error::content(format!("{found}, expected a picture in PNG, PGM or BMP"))
        .offset(0)
        .hint("save it as PNG")
}
