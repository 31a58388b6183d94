//! Texts as people read them.

use std::fmt::{self, Display, Write};

/// A number with a comma before every three digits.
///
/// ```
/// assert_eq!(fromzero::io::grouped(1_863_690), "1,863,690");
/// ```
pub fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `text`, which may come from outside (a path, an argument, a variable), as one line that does nothing to a terminal but
/// stand there: control characters, line breaks and whatever reverses the direction of writing are escaped.
///
/// ```
/// use fromzero::io::printable;
/// let name = "digits\x1b[2J\nfromzero: all is well";
/// assert_eq!(printable(name).to_string(), r"digits\u{1b}[2J\nfromzero: all is well");
/// assert_eq!(printable("C:\\Ziffern, größer").to_string(), "C:\\Ziffern, größer");
/// ```
pub fn printable(text: impl Display) -> impl Display {
    Printable(text)
}

struct Printable<T>(T);

impl<T: Display> Display for Printable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaping(f), "{}", self.0)
    }
}

/// Passes on what is written, escaped.
struct Escaping<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|c| {
            if acts(c) {
                write!(self.0, "{}", c.escape_debug())
            } else {
                self.0.write_char(c)
            }
        })
    }
}

/// Whether a terminal does something with a character other than to show it in its place: C0, DEL and C1 controls, line
/// and paragraph separators, and the marks that change the direction of writing (Unicode Annex 9, sections 2.1 to 2.6).
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}')
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
