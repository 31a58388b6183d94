//! A gradient beside its differences, entry by entry.

use super::report::{Entry, Report, Sight, report};

/// Every entry of a gradient, computed both ways.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Names and shapes of the parameters, in order.
    parameters: Vec<(String, (usize, usize))>,
    entries: Vec<Entry>,
}

impl Comparison {
    /// The entries of parameters of these shapes, one after another.
    pub(super) fn new(parameters: &[(&str, (usize, usize))], entries: Vec<Entry>) -> Self {
        let named = |&(name, shape): &(&str, _)| (name.to_string(), shape);
        Comparison {
            parameters: parameters.iter().map(named).collect(),
            entries,
        }
    }

    /// Name, shape and entries of each parameter; the entries stand row by row, and a vector is one row.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, (usize, usize), &[Entry])> {
        let mut rest = &self.entries[..];
        self.parameters.iter().map(move |(name, shape)| {
            let (these, others) = rest.split_at(shape.0 * shape.1);
            rest = others;
            (&name[..], *shape, these)
        })
    }

    /// All of it in one: how many entries were compared, and the worst.
    pub fn report(&self) -> Report {
        report(self.entries.iter().cloned())
    }

    /// analytic ÷ numeric of each entry of the parameter of this name, row by row, with `·` where the two agree within
    /// `tolerance`, and `?` where differences cannot tell. Of a large parameter the first rows and columns are shown.
    ///
    /// Which entries are wrong, and whether by one and the same factor, says much about the mistake.
    pub fn ratios(&self, name: &str, tolerance: f64) -> Vec<String> {
        const SHOWN: usize = 8;
        let Some((_, (rows, cols), entries)) = self.parameters().find(|(n, ..)| *n == name) else {
            return Vec::new();
        };
        let line = |i: usize| {
            let row = &entries[i * cols..(i + 1) * cols];
            let texts = row.iter().take(SHOWN).map(|entry| ratio(entry, tolerance));
            let more = if cols > SHOWN { " …" } else { "" };
            texts.collect::<String>() + more
        };
        let mut lines: Vec<String> = (0..rows.min(SHOWN)).map(line).collect();
        if rows > SHOWN {
            lines.push(format!("{:>9}", "⋮"));
        }
        lines
    }
}

fn ratio(entry: &Entry, tolerance: f64) -> String {
    let ratio = entry.analytic / entry.numeric;
    if !is_seen(entry) {
        format!("{:>9}", "?")
    } else if entry.error <= tolerance {
        format!("{:>9}", "·")
    } else if ratio.abs() < 1000.0 {
        format!("{ratio:>9.3}")
    } else {
        format!("{ratio:>9.0e}")
    }
}

/// Whether differences can tell. Where both numbers are 0, the loss did not move at all, as behind a ReLU that is off.
pub(super) fn is_seen(entry: &Entry) -> bool {
    entry.sight == Sight::Clear || entry.analytic == entry.numeric
}
