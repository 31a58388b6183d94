//! What a terminal can show, as far as its environment tells.

use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal};

/// Columns of a terminal that does not tell.
const COLUMNS: usize = 80;

/// The colours that a terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Colours {
    /// None, or none are wanted.
    None,
    /// Eight, by name (ECMA-48, select graphic rendition 30 to 37).
    Eight,
    /// The palette of 256, of which 24 are greys (38;5).
    Palette,
    /// Red, green and blue of 256 steps each (38;2).
    True,
}

/// What a terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// Characters in a line.
    pub columns: usize,
    /// Colours of letters and of what is behind them.
    pub colours: Colours,
    /// Whether it has more than ASCII: blocks, here.
    pub unicode: bool,
}

impl Terminal {
    /// No terminal, but a file or another program: it has no colours, and is read in 80 columns.
    pub const PLAIN: Terminal = Terminal {
        columns: COLUMNS,
        colours: Colours::None,
        unicode: true,
    };

    /// What standard output shows: as [`Terminal::detect`] where it is a terminal.
    pub fn stdout() -> Self {
        if io::stdout().is_terminal() {
            Self::detect(|name| env::var_os(name))
        } else {
            Self::PLAIN
        }
    }

    /// The terminal that the environment describes: `COLUMNS` is its width, `NO_COLOR` (set, and not empty) takes its colours,
    /// `COLORTERM` and `TERM` say how many it has (one that is `dumb` none), `LC_ALL`, `LC_CTYPE` or `LANG`, the first of them that is set, names its
    /// character set. Where nothing does, it is UTF-8, as nearly everywhere now.
    pub fn detect(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let set = |name| {
            let value = variable(name)?.into_string().ok()?;
            (!value.is_empty()).then_some(value)
        };
        let columns = set("COLUMNS").and_then(|text| text.parse().ok());
        let term = set("TERM").unwrap_or_default();
        let colours = match set("COLORTERM").as_deref() {
            _ if set("NO_COLOR").is_some() || term == "dumb" => Colours::None,
            Some("truecolor" | "24bit") => Colours::True,
            _ if term.contains("256color") => Colours::Palette,
            _ => Colours::Eight,
        };
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
        Terminal {
            columns: columns
                .filter(|&columns| columns > 0)
                .unwrap_or(Self::PLAIN.columns),
            colours,
            unicode: locale.is_none_or(|name| {
                let name = name.to_ascii_lowercase();
                name.contains("utf-8") || name.contains("utf8")
            }),
        }
    }
}
