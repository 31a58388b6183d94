//! PNG (W3C, *Portable Network Graphics*, third edition): chunks with check sums, in which the rows of the picture are one
//! zlib stream.

use super::grey::{Image, check_sizes, luma, on_paper, shade, wrong};
use super::png_rows::{Pass, passes, unfilter};
use crate::io::fields::Fields;
use crate::io::zlib::unzlib;
use crate::io::{Error, Result, crc32};

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// What a pixel is made of (11.2.1).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Colour {
    Grey,
    Rgb,
    Palette,
    GreyAlpha,
    RgbAlpha,
}

/// The header chunk.
struct Header {
    width: usize,
    height: usize,
    /// Bits of a sample.
    depth: usize,
    colour: Colour,
    interlaced: bool,
}

impl Header {
    fn samples(&self) -> usize {
        match self.colour {
            Colour::Grey | Colour::Palette => 1,
            Colour::GreyAlpha => 2,
            Colour::Rgb => 3,
            Colour::RgbAlpha => 4,
        }
    }

    fn bits_per_pixel(&self) -> usize {
        self.samples() * self.depth
    }
}

/// What the chunks hold that matters here.
#[derive(Default)]
struct Chunks {
    /// The zlib stream, put together.
    data: Vec<u8>,
    palette: Option<Vec<[u8; 3]>>,
    transparency: Option<Vec<u8>>,
}

/// Takes a PNG file apart.
pub(super) fn parse(file: &[u8]) -> Result<Image> {
    let mut fields = Fields::new(file, 0, "the PNG file");
    if fields.array()? != SIGNATURE {
        let hint = "it may have been copied as text; fetch it again";
        return Err(wrong("the signature of the PNG file is damaged", 0).hint(hint));
    }
    let (kind, content, at) = chunk(&mut fields)?;
    if kind != *b"IHDR" {
        return Err(wrong("the PNG file does not begin with its header", at));
    }
    let header = header(content, at)?;
    let chunks = chunks(&mut fields, &header)?;
    let rows = unpacked(&header, &chunks.data)?;
    picture(&header, &chunks, rows)
}

/// The next chunk: its kind, its content, and where that begins (5.3).
fn chunk<'a>(fields: &mut Fields<'a>) -> Result<([u8; 4], &'a [u8], usize)> {
    let length = fields.u32_be()? as usize;
    let mut checked = fields.clone();
    let kind = fields.array()?;
    let at = fields.at();
    let content = fields.bytes(length)?;
    let crc = crc32(checked.bytes(4 + length)?);
    let expected = fields.u32_be()?;
    if crc != expected {
        let message = format!(
            "the chunk {:?} is damaged: its CRC-32 is {crc:08x}, the file says {expected:08x}",
            String::from_utf8_lossy(&kind)
        );
        return Err(wrong(message, at));
    }
    Ok((kind, content, at))
}

/// 11.2.1.
fn header(content: &[u8], at: usize) -> Result<Header> {
    let Ok(content): std::result::Result<[u8; 13], _> = content.try_into() else {
        return Err(wrong("the header of the PNG file is not 13 bytes long", at));
    };
    let [
        w0,
        w1,
        w2,
        w3,
        h0,
        h1,
        h2,
        h3,
        depth,
        colour,
        compression,
        filter,
        interlace,
    ] = content;
    let width = u32::from_be_bytes([w0, w1, w2, w3]) as usize;
    let height = u32::from_be_bytes([h0, h1, h2, h3]) as usize;
    check_sizes(width, height, at)?;
    let colour = match (colour, depth) {
        (0, 1 | 2 | 4 | 8 | 16) => Colour::Grey,
        (2, 8 | 16) => Colour::Rgb,
        (3, 1 | 2 | 4 | 8) => Colour::Palette,
        (4, 8 | 16) => Colour::GreyAlpha,
        (6, 8 | 16) => Colour::RgbAlpha,
        _ => {
            let message =
                format!("the colour type {colour} with {depth} bits does not exist in PNG");
            return Err(wrong(message, at + 8));
        }
    };
    if (compression, filter) != (0, 0) || interlace > 1 {
        return Err(wrong(
            "the PNG file is packed by an unknown method",
            at + 10,
        ));
    }
    Ok(Header {
        width,
        height,
        depth: depth.into(),
        colour,
        interlaced: interlace == 1,
    })
}

/// Reads all chunks behind the header (5.6): the data in one run, the palette before them.
fn chunks(fields: &mut Fields, header: &Header) -> Result<Chunks> {
    let mut chunks = Chunks::default();
    let (mut before, mut begun) = (*b"IHDR", false);
    loop {
        let (kind, content, at) = chunk(fields)?;
        match &kind {
            b"IDAT" if begun && before != kind => {
                return Err(wrong(
                    "the picture's data are interrupted by another chunk",
                    at,
                ));
            }
            b"IDAT" => {
                begun = true;
                chunks.data.extend(content);
            }
            b"PLTE" => {
                let (colours, rest) = content.as_chunks();
                let fits = matches!(colours.len(), 1..=256) && rest.is_empty();
                if begun || !fits || chunks.palette.replace(colours.to_vec()).is_some() {
                    return Err(wrong("the palette has a wrong length or place", at));
                }
            }
            b"tRNS" => {
                let fits = match header.colour {
                    Colour::Grey => content.len() == 2,
                    Colour::Rgb => content.len() == 6,
                    Colour::Palette => content.len() <= chunks.palette.as_ref().map_or(0, Vec::len),
                    Colour::GreyAlpha | Colour::RgbAlpha => false,
                };
                if begun || !fits || chunks.transparency.replace(content.to_vec()).is_some() {
                    return Err(wrong("the transparency has a wrong length or place", at));
                }
            }
            b"IEND" => break,
            // A chunk whose name begins with a small letter may be passed over (5.4).
            [b'a'..=b'z', ..] => {}
            _ => {
                let kind = String::from_utf8_lossy(&kind);
                return Err(wrong(format!("the chunk {kind:?} is unknown"), at));
            }
        }
        before = kind;
    }
    if fields.left() > 0 {
        return Err(wrong(
            "something follows behind the end of the PNG file",
            fields.at(),
        ));
    }
    if header.colour == Colour::Palette && chunks.palette.is_none() {
        return Err(wrong("the PNG file has no palette", fields.at()));
    }
    Ok(chunks)
}

/// The rows, each behind the number of its filter.
fn unpacked(header: &Header, data: &[u8]) -> Result<Vec<u8>> {
    let bits = header.bits_per_pixel();
    let size = passes(header.width, header.height, header.interlaced)
        .iter()
        .map(|pass| pass.height * (1 + pass.row_size(bits)))
        .sum();
    unzlib(data, size).map_err(|error| error.of_part("the picture's data"))
}

/// The shades of all pixels.
fn picture(header: &Header, chunks: &Chunks, mut rows: Vec<u8>) -> Result<Image> {
    let mut image = Image::new(header.width, header.height)?;
    let bits = header.bits_per_pixel();
    let mut rest = &mut rows[..];
    for pass in passes(header.width, header.height, header.interlaced) {
        let (rows, after) = rest.split_at_mut(pass.height * (1 + pass.row_size(bits)));
        rest = after;
        unfilter(rows, pass.row_size(bits), bits.div_ceil(8))?;
        draw(&mut image, header, chunks, &pass, rows)?;
    }
    Ok(image)
}

/// Puts the pixels of a pass where they belong.
fn draw(
    image: &mut Image,
    header: &Header,
    chunks: &Chunks,
    pass: &Pass,
    rows: &[u8],
) -> Result<()> {
    let (samples, depth) = (header.samples(), header.depth);
    for (j, row) in rows
        .chunks_exact(1 + pass.row_size(samples * depth))
        .enumerate()
    {
        let line = (pass.y + j * pass.dy) * header.width;
        for i in 0..pass.width {
            let mut pixel = [0; 4];
            for (k, value) in pixel[..samples].iter_mut().enumerate() {
                *value = sample(&row[1..], i * samples + k, depth);
            }
            image.pixels[line + pass.x + i * pass.dx] = seen(header, chunks, &pixel[..samples])?;
        }
    }
    Ok(())
}

/// Sample number `index` of a row (7.2).
fn sample(row: &[u8], index: usize, depth: usize) -> u16 {
    match depth {
        16 => u16::from_be_bytes([row[2 * index], row[2 * index + 1]]),
        _ => {
            let first = index * depth;
            (row[first / 8] >> (8 - depth - first % 8) & (0xff >> (8 - depth))).into()
        }
    }
}

/// The shade of a pixel, on white paper.
fn seen(header: &Header, chunks: &Chunks, pixel: &[u16]) -> Result<u8> {
    let most = u16::MAX >> (16 - header.depth);
    let part = |value| shade(value, most);
    let transparent = chunks.transparency.as_deref();
    // Of grey and RGB, one colour is transparent; a sample is the lowest bits of two bytes (11.3.1).
    let is_hidden = transparent.is_some_and(|colour| {
        let colour = colour
            .as_chunks()
            .0
            .iter()
            .map(|&value| u16::from_be_bytes(value) & most);
        colour.eq(pixel.iter().copied())
    });
    let hidden = if is_hidden { 0 } else { 255 };
    let (colour, alpha) = match (header.colour, pixel) {
        (Colour::Grey, &[grey]) => (part(grey), hidden),
        (Colour::GreyAlpha, &[grey, alpha]) => (part(grey), part(alpha)),
        (Colour::Rgb, &[red, green, blue]) => (luma([red, green, blue].map(part)), hidden),
        (Colour::RgbAlpha, &[red, green, blue, alpha]) => {
            (luma([red, green, blue].map(part)), part(alpha))
        }
        (Colour::Palette, &[index]) => {
            let index = usize::from(index);
            let colour = chunks
                .palette
                .as_ref()
                .and_then(|palette| palette.get(index));
            let colour = colour.ok_or_else(|| {
                Error::content(format!(
                    "a pixel has the colour {index}, which is not in the palette"
                ))
            })?;
            let alpha = transparent.and_then(|alphas| alphas.get(index));
            (luma(*colour), alpha.copied().unwrap_or(255))
        }
        _ => unreachable!("a pixel has as many samples as its colour type"),
    };
    Ok(on_paper(colour, alpha))
}
