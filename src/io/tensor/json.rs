//! As much of JSON (RFC 8259) as the header of a safetensors file needs: objects and lists that are taken as they come, texts,
//! and whole numbers. Nothing is kept that is not asked for, and nothing nests deeper than its reader does.

use crate::io::Result;
use crate::io::scanner::Scanner;

/// Reads an object: `member` is called with each key, and reads its value.
pub(super) fn object(
    scanner: &mut Scanner,
    mut member: impl FnMut(&mut Scanner, String) -> Result<()>,
) -> Result<()> {
    scanner.expect(b'{')?;
    if scanner.accept(b'}') {
        return Ok(());
    }
    loop {
        let key = text(scanner)?;
        scanner.expect(b':')?;
        member(scanner, key)?;
        if !scanner.accept(b',') {
            return scanner.expect(b'}');
        }
    }
}

/// Reads a list of at most `most` whole numbers.
pub(super) fn numbers(scanner: &mut Scanner, most: usize) -> Result<Vec<usize>> {
    let mut list = Vec::new();
    scanner.expect(b'[')?;
    if scanner.accept(b']') {
        return Ok(list);
    }
    loop {
        if list.len() == most {
            return Err(scanner.error(format!("the list has more than {most} numbers")));
        }
        list.push(scanner.number()?);
        if !scanner.accept(b',') {
            scanner.expect(b']')?;
            return Ok(list);
        }
    }
}

/// Reads a text.
pub(super) fn text(scanner: &mut Scanner) -> Result<String> {
    scanner.expect(b'"')?;
    let mut text = Vec::new();
    loop {
        text.extend(scanner.until(|c| matches!(c, b'"' | b'\\' | 0..0x20)));
        match scanner.byte()? {
            b'"' => break,
            b'\\' => {
                let c = escaped(scanner)?;
                text.extend(c.encode_utf8(&mut [0; 4]).bytes());
            }
            _ => return Err(scanner.error("a control character stands in a text")),
        }
    }
    String::from_utf8(text).map_err(|_| scanner.error("a text is not UTF-8"))
}

/// The character that an escape stands for, behind its backslash.
fn escaped(scanner: &mut Scanner) -> Result<char> {
    Ok(match scanner.byte()? {
        c @ (b'"' | b'\\' | b'/') => c.into(),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let mut units = vec![hexadecimal(scanner)?];
            // The first half of a pair, for a character beyond 16 bits.
            if (0xd800..0xdc00).contains(&units[0])
                && scanner.byte()? == b'\\'
                && scanner.byte()? == b'u'
            {
                units.push(hexadecimal(scanner)?);
            }
            let mut characters = char::decode_utf16(units);
            match (characters.next(), characters.next()) {
                (Some(Ok(c)), None) => c,
                _ => return Err(scanner.error("half of a surrogate pair stands in a text")),
            }
        }
        _ => return Err(scanner.error("a text has an escape that does not exist")),
    })
}

/// Four hexadecimal digits.
fn hexadecimal(scanner: &mut Scanner) -> Result<u16> {
    let mut unit = 0;
    for _ in 0..4 {
        let digit = char::from(scanner.byte()?).to_digit(16);
        let digit = digit.ok_or_else(|| scanner.error("expected four hexadecimal digits"))?;
        unit = unit << 4 | digit as u16;
    }
    Ok(unit)
}

/// A text in quotes, escaped as Rust's `serde_json` does it.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\0'..' ' => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
