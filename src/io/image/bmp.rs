//! BMP, the bitmaps of Windows, without compression: 1, 4 and 8 bits with a palette, 24 and 32 bits.

use super::grey::{Image, check_sizes, luma, wrong};
use crate::io::Result;
use crate::io::fields::Fields;

/// The bytes of the header that comes first.
const FILE_HEADER: usize = 14;
/// The bytes of the oldest and of the usual second header; later ones append to it.
const CORE_HEADER: u32 = 12;
const INFO_HEADER: u32 = 40;

/// How the pixels are kept.
struct Layout {
    width: usize,
    height: usize,
    top_down: bool,
    bits: usize,
}

/// Takes a BMP file apart.
pub(super) fn parse(file: &[u8]) -> Result<Image> {
    let mut fields = Fields::new(file, 10, "the BMP header");
    let pixels_at = fields.u32_le()? as usize;
    let size = fields.u32_le()?;
    let (layout, palette_entry, colours) = match size {
        CORE_HEADER => core_header(&mut fields)?,
        INFO_HEADER..=1024 => info_header(&mut fields)?,
        _ => return Err(wrong("the BMP header is of an unknown kind", FILE_HEADER)),
    };
    let palette_at = FILE_HEADER + size as usize;
    let palette = match layout.bits {
        1 | 4 | 8 => palette(file, palette_at, palette_entry, colours)?,
        24 | 32 => Vec::new(),
        bits => {
            return Err(wrong(
                format!("has pixels of {bits} bits, expected 1, 4, 8, 24 or 32"),
                FILE_HEADER,
            ));
        }
    };
    if pixels_at < palette_at {
        return Err(wrong("the pixels begin within the BMP header", 10));
    }
    pixels(file, pixels_at, &layout, &palette)
}

/// The header of OS/2: sizes of 16 bits, and palettes with three bytes a colour.
fn core_header(fields: &mut Fields) -> Result<(Layout, usize, usize)> {
    let (width, height) = (fields.u16_le()?.into(), fields.u16_le()?.into());
    check_sizes(width, height, FILE_HEADER + 4)?;
    fields.u16_le()?;
    let bits = usize::from(fields.u16_le()?);
    let layout = Layout {
        width,
        height,
        top_down: false,
        bits,
    };
    Ok((layout, 3, 1 << bits.min(8)))
}

/// The header of Windows: a negative height says that the first row comes first.
fn info_header(fields: &mut Fields) -> Result<(Layout, usize, usize)> {
    let (width, height) = (fields.u32_le()? as i32, fields.u32_le()? as i32);
    let top_down = height < 0;
    let width = usize::try_from(width).unwrap_or(0);
    let height = height.unsigned_abs() as usize;
    check_sizes(width, height, FILE_HEADER + 4)?;
    fields.u16_le()?;
    let bits = usize::from(fields.u16_le()?);
    let compression = fields.u32_le()?;
    // Three masks, one for each colour, follow the header; they can only say the usual in what is read here.
    const MASKS: u32 = 3;
    if compression != 0 && !(compression == MASKS && bits == 32) {
        let message = "the pixels of the BMP file are compressed, expected them as they are";
        return Err(wrong(message, FILE_HEADER + 16).hint("save it as PNG"));
    }
    // The size of the pixels, and how many make a metre.
    fields.bytes(12)?;
    let colours = fields.u32_le()? as usize;
    fields.u32_le()?;
    if compression == MASKS {
        let masks = [fields.u32_le()?, fields.u32_le()?, fields.u32_le()?];
        if masks != [0xff_0000, 0xff00, 0xff] {
            return Err(wrong(
                "the colours of the BMP file are in an unusual order",
                fields.at(),
            ));
        }
    }
    let colours = if colours == 0 {
        1 << bits.min(8)
    } else {
        colours
    };
    let layout = Layout {
        width,
        height,
        top_down,
        bits,
    };
    Ok((layout, 4, colours))
}

/// The shades of the palette's colours.
fn palette(file: &[u8], at: usize, entry: usize, colours: usize) -> Result<Vec<u8>> {
    if colours > 256 {
        return Err(wrong("the palette has more than 256 colours", at));
    }
    let mut fields = Fields::new(file, at, "the palette");
    let colour = |entry: &[u8]| luma([entry[2], entry[1], entry[0]]);
    Ok(fields
        .bytes(entry * colours)?
        .chunks_exact(entry)
        .map(colour)
        .collect())
}

fn pixels(file: &[u8], at: usize, layout: &Layout, palette: &[u8]) -> Result<Image> {
    let Layout {
        width,
        height,
        bits,
        ..
    } = *layout;
    // Rows are whole groups of four bytes.
    let row_size = (width * bits).div_ceil(32) * 4;
    let mut fields = Fields::new(file, at, "the picture");
    let rows = fields.bytes(row_size * height)?;
    let mut image = Image::new(width, height)?;
    for (i, row) in rows.chunks_exact(row_size).enumerate() {
        let y = if layout.top_down { i } else { height - 1 - i };
        let line = &mut image.pixels[y * width..(y + 1) * width];
        match bits {
            24 | 32 => {
                for (pixel, colour) in line.iter_mut().zip(row.chunks_exact(bits / 8)) {
                    *pixel = luma([colour[2], colour[1], colour[0]]);
                }
            }
            _ => {
                for (x, pixel) in line.iter_mut().enumerate() {
                    let first = x * bits;
                    let index = row[first / 8] >> (8 - bits - first % 8) & (0xff >> (8 - bits));
                    let shade = palette.get(usize::from(index));
                    let place = at + i * row_size + first / 8;
                    *pixel = *shade
                        .ok_or_else(|| wrong("a pixel's colour is not in the palette", place))?;
                }
            }
        }
    }
    Ok(image)
}
