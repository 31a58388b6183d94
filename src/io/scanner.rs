//! A place in a text that is taken apart, character by character: for the small languages that headers are written in.

use super::error::{Error, Result};

/// A text and how far it has been read.
pub(super) struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    /// The byte of the file at which the text begins.
    start: u64,
}

impl<'a> Scanner<'a> {
    /// The text that begins at byte `start` of a file.
    pub(super) fn new(text: &'a [u8], start: u64) -> Self {
        Scanner { text, at: 0, start }
    }

    /// The next character that is no space, which stays.
    pub(super) fn peek(&mut self) -> Option<u8> {
        while self
            .next_byte()
            .is_some_and(|c| matches!(c, b' ' | b'\t' | b'\n' | b'\r'))
        {
            self.at += 1;
        }
        self.next_byte()
    }

    fn next_byte(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// The next byte, whatever it is.
    pub(super) fn byte(&mut self) -> Result<u8> {
        let byte = self.next_byte();
        let byte = byte.ok_or_else(|| self.error("the header ends in the middle of a text"))?;
        self.at += 1;
        Ok(byte)
    }

    /// Takes this character, behind spaces, if it comes next, and says whether it did.
    pub(super) fn accept(&mut self, c: u8) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    /// Takes this character, behind spaces.
    pub(super) fn expect(&mut self, c: u8) -> Result<()> {
        if self.accept(c) {
            return Ok(());
        }
        let found = self.found();
        Err(self.error(format!("expected {:?}, found {found}", char::from(c))))
    }

    /// Takes this word, behind spaces, if it comes next, and says whether it did.
    pub(super) fn accept_word(&mut self, word: &str) -> bool {
        self.peek();
        let found = self.text[self.at..].starts_with(word.as_bytes());
        self.at += if found { word.len() } else { 0 };
        found
    }

    /// The bytes up to the next one that `ends` says yes to, which stays, or to the end.
    pub(super) fn until(&mut self, ends: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = &self.text[self.at..];
        let length = rest.iter().position(|&c| ends(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// A whole number without a sign.
    pub(super) fn number(&mut self) -> Result<usize> {
        self.peek();
        let before = self.at;
        let digits = self.until(|c| !c.is_ascii_digit());
        let number = digits.iter().try_fold(0_usize, |number, digit| {
            let digit = usize::from(digit - b'0');
            number.checked_mul(10)?.checked_add(digit)
        });
        match number {
            Some(number) if !digits.is_empty() => Ok(number),
            Some(_) => {
                let found = self.found();
                Err(self.error(format!("expected a whole number, found {found}")))
            }
            None => {
                self.at = before;
                Err(self.error("the number is too large"))
            }
        }
    }

    /// Checks that nothing but spaces is left.
    pub(super) fn end(&mut self) -> Result<()> {
        match self.peek() {
            None => Ok(()),
            Some(_) => {
                let found = self.found();
                Err(self.error(format!("expected the end of the header, found {found}")))
            }
        }
    }

    /// An error at this place.
    pub(super) fn error(&self, message: impl Into<String>) -> Error {
        Error::content(message).offset(self.start + self.at as u64)
    }

    /// What comes next, for a message.
    fn found(&mut self) -> String {
        match self.peek() {
            Some(c) if c.is_ascii_graphic() => format!("{:?}", char::from(c)),
            Some(c) => format!("the byte {c:#04x}"),
            None => "the end of the header".into(),
        }
    }
}
