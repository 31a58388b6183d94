//! PGM, *Portable Graymap*: P2, numbers as text, and P5, as bytes.

use super::grey::{Image, check_sizes, shade, wrong};
use crate::io::Result;

/// Takes a PGM file apart. One picture is read; nothing but space may follow it.
pub(super) fn parse(file: &[u8]) -> Result<Image> {
    let mut text = Text { file, at: 2 };
    let width = text.number("the width")?;
    let height = text.number("the height")?;
    check_sizes(width, height, 2)?;
    let begins = text.at;
    let most = text.number("the largest value")?;
    let most = u16::try_from(most).ok().filter(|&most| most > 0);
    let most = most.ok_or_else(|| wrong("the largest value is not within 1 to 65535", begins))?;
    // Of a pixel there is at least a byte in the file, so that the memory is no more than it has bytes.
    if file.len() - text.at < width * height {
        let message = format!("the file ends too early: it cannot hold {width}×{height} pixels");
        return Err(wrong(message, file.len()));
    }
    match file[1] {
        b'2' => written(text, width, height, most),
        _ => packed(text, width, height, most),
    }
}

fn written(mut text: Text, width: usize, height: usize, most: u16) -> Result<Image> {
    let mut image = Image::new(width, height)?;
    for pixel in &mut image.pixels {
        let begins = text.at;
        let value = text.number("a pixel")?;
        let value = u16::try_from(value).ok().filter(|&value| value <= most);
        let value = value.ok_or_else(|| wrong("a pixel is above the largest value", begins))?;
        *pixel = shade(value, most);
    }
    text.end()?;
    Ok(image)
}

fn packed(mut text: Text, width: usize, height: usize, most: u16) -> Result<Image> {
    // One space, and then bytes that may look like more of them.
    text.at += 1;
    let size = if most < 256 { 1 } else { 2 };
    let held = &text.file[text.at..];
    let Some(numbers) = held.get(..size * width * height) else {
        let message = format!(
            "the file ends too early: {width}×{height} pixels need {} bytes, {} are there",
            size * width * height,
            held.len()
        );
        return Err(wrong(message, text.file.len()));
    };
    let mut image = Image::new(width, height)?;
    for (i, (pixel, number)) in image
        .pixels
        .iter_mut()
        .zip(numbers.chunks_exact(size))
        .enumerate()
    {
        let value = number
            .iter()
            .fold(0, |value, &byte| value << 8 | u16::from(byte));
        if value > most {
            return Err(wrong(
                "a pixel is above the largest value",
                text.at + size * i,
            ));
        }
        *pixel = shade(value, most);
    }
    text.at += numbers.len();
    text.end()?;
    Ok(image)
}

/// The words of a file.
struct Text<'a> {
    file: &'a [u8],
    at: usize,
}

impl Text<'_> {
    fn next_byte(&self) -> Option<u8> {
        self.file.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while self.next_byte().is_some_and(is_space) {
            self.at += 1;
        }
    }

    /// A number behind space and comments, which reach from `#` to the end of the line.
    fn number(&mut self, what: &str) -> Result<usize> {
        let before = self.at;
        self.skip_space();
        while self.next_byte() == Some(b'#') {
            let rest = &self.file[self.at..];
            self.at += rest.iter().position(|&c| c == b'\n').unwrap_or(rest.len());
            self.skip_space();
        }
        let start = self.at;
        let mut number = 0_usize;
        while let Some(digit @ b'0'..=b'9') = self.next_byte() {
            number = number
                .saturating_mul(10)
                .saturating_add(usize::from(digit - b'0'));
            self.at += 1;
        }
        let is_word = self.at > start && start > before;
        match self.next_byte() {
            Some(c) if is_word && (is_space(c) || c == b'#') => Ok(number),
            // What ends with the file may have been longer.
            None if is_word => Err(wrong(format!("{what} may be cut off"), self.at)
                .hint("end the file with a new line, if it is whole")),
            _ => Err(wrong(format!("expected {what}, a whole number"), start)),
        }
    }

    /// Checks that nothing but space follows.
    fn end(&mut self) -> Result<()> {
        self.skip_space();
        match self.next_byte() {
            None => Ok(()),
            Some(_) => Err(wrong("something follows behind the last pixel", self.at)),
        }
    }
}

fn is_space(c: u8) -> bool {
    matches!(c, b' ' | b'\t'..=b'\r')
}
