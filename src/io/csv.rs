//! Comma-separated values (RFC 4180): the records of a text, one after the other.

use std::borrow::Cow;

use super::error::{Error, Result};

/// What some programs put before a UTF-8 text.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The most fields of a record: those of an image of 1024×1024 pixels. A field needs more room in memory than the comma that makes it.
const MOST_FIELDS: usize = 1 << 20;

/// The records of a text. Lines may end with CRLF, with LF or with CR; empty ones are passed over.
///
/// A field that begins with `"` ends with `"`, may hold commas and line breaks, and has `""` for each `"` in it.
///
/// ```
/// use fromzero::io::Records;
/// let mut records = Records::new("name,size\r\n\"Smith, \"\"J.\"\"\",7\n");
/// let mut fields = Vec::new();
/// assert_eq!(records.next_record(&mut fields)?, Some(1));
/// assert_eq!(records.next_record(&mut fields)?, Some(2));
/// assert_eq!(fields, ["Smith, \"J.\"", "7"]);
/// assert_eq!(records.next_record(&mut fields)?, None);
/// # Ok::<(), fromzero::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Records<'a> {
    /// What has not been read.
    rest: &'a str,
    /// The line where it begins, counted from 1.
    line: usize,
}

impl<'a> Records<'a> {
    /// The records of `text`, which may begin with a byte order mark.
    pub fn new(text: &'a str) -> Self {
        Records {
            rest: text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text),
            line: 1,
        }
    }

    /// Puts the fields of the next record into `fields`, in place of what was there, and returns the line, counted from 1,
    /// in which the record begins; `None` behind the last.
    ///
    /// # Errors
    /// If a `"` stands where it must not, or one is missing, or if a record has more than 1,048,576 fields; with line and
    /// column.
    pub fn next_record(&mut self, fields: &mut Vec<Cow<'a, str>>) -> Result<Option<usize>> {
        fields.clear();
        while self.end_line() {}
        if self.rest.is_empty() {
            return Ok(None);
        }
        let line = self.line;
        loop {
            let field = match self.rest.strip_prefix('"') {
                Some(quoted) => self.quoted(quoted, fields.len() + 1)?,
                None => Cow::Borrowed(self.plain(fields.len() + 1)?),
            };
            if fields.len() == MOST_FIELDS {
                let message = format!("expected at most {MOST_FIELDS} columns, found more");
                return Err(Error::content(message).cell(self.line, MOST_FIELDS + 1));
            }
            fields.push(field);
            match self.rest.strip_prefix(',') {
                Some(rest) => self.rest = rest,
                None => break,
            }
        }
        self.end_line();
        Ok(Some(line))
    }

    /// Passes over the end of a line, if one is here.
    fn end_line(&mut self) -> bool {
        let mut ends = ["\r\n", "\n", "\r"].into_iter();
        let rest = ends.find_map(|end| self.rest.strip_prefix(end));
        self.line += usize::from(rest.is_some());
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// A field without quotes, up to what ends it.
    fn plain(&mut self, column: usize) -> Result<&'a str> {
        let ends = |byte: &u8| matches!(byte, b',' | b'\n' | b'\r' | b'"');
        let end = self.rest.bytes().position(|byte| ends(&byte));
        let (field, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        if rest.starts_with('"') {
            return Err(
                Error::content("a quote inside a field that is not in quotes")
                    .cell(self.line, column)
                    .hint("put the whole field into quotes, and write each quote in it twice"),
            );
        }
        self.rest = rest;
        Ok(field)
    }

    /// A field in quotes; `quoted` is what follows the first of them.
    fn quoted(&mut self, quoted: &'a str, column: usize) -> Result<Cow<'a, str>> {
        let first_line = self.line;
        let mut field = Cow::Borrowed("");
        let mut rest = quoted;
        loop {
            let Some((part, after)) = rest.split_once('"') else {
                return Err(
                    Error::content("the quote that opens this field is never closed")
                        .cell(first_line, column),
                );
            };
            self.line += part.bytes().filter(|&byte| byte == b'\n').count();
            if field.is_empty() {
                field = Cow::Borrowed(part);
            } else {
                field.to_mut().push_str(part);
            }
            match after.strip_prefix('"') {
                Some(after) => {
                    field.to_mut().push('"');
                    rest = after;
                }
                None => {
                    self.rest = after;
                    break;
                }
            }
        }
        if self.rest.is_empty() || self.rest.starts_with([',', '\n', '\r']) {
            return Ok(field);
        }
        let error = Error::content("something follows the quote that closes this field");
        Err(error.cell(self.line, column).hint(
            "a quote inside a field in quotes is written twice, and nothing stands before the next comma",
        ))
    }
}
