//! Entries of a gradient, computed both ways, and what a report says of them.

use std::cmp::Ordering;
use std::fmt;

use super::differences::{Estimate, larger};

/// One entry of a gradient, computed both ways.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Name of the parameter.
    pub name: String,
    /// Index into the parameter's entries, row by row.
    pub index: usize,
    /// What the backward pass says.
    pub analytic: f64,
    /// What differences of the loss say.
    pub numeric: f64,
    /// How far `numeric` may be from the derivative.
    pub uncertainty: f64,
    /// Relative error beyond the uncertainty; NaN if one of the numbers is.
    pub error: f64,
    /// Whether the two could be compared.
    pub sight: Sight,
}

/// What differences can say of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Sight {
    /// Nothing, since the loss has a kink there: the slopes on its two sides differ, so that there is no derivative. `numeric`
    /// is their mean.
    Kink,
    /// Too little, since the entry is too small: it agrees, but the uncertainty is more than a hundredth of it.
    Below,
    /// Whether it is right.
    Clear,
}

/// The result of a gradient check.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Number of entries that were compared.
    pub checked: usize,
    /// How many of them are below what differences can show. They may be right or wrong.
    pub below: usize,
    /// The largest uncertainty of those: so large a mistake may hide in one of them.
    pub bound: f64,
    /// How many are at a kink of the loss. They may be right or wrong: move the point.
    pub kinks: usize,
    /// The entry with the largest relative error. If none has any, the one in clear sight for which the largest cannot be
    /// excluded.
    pub worst: Entry,
}

impl Report {
    /// Whether every entry is within `tolerance`, as far as differences can show; never when one is NaN.
    pub fn passes(&self, tolerance: f64) -> bool {
        self.worst.error <= tolerance
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Report {
            checked,
            below,
            bound,
            kinks,
            ref worst,
        } = self;
        let entries = if checked == 1 { "entry" } else { "entries" };
        write!(f, "{checked} {entries} compared")?;
        if worst.sight == Sight::Clear {
            let (name, index) = (&worst.name, worst.index);
            let (analytic, numeric) = (worst.analytic, worst.numeric);
            write!(
                f,
                "; the worst is {name}[{index}]: analytic {analytic:e}, numeric {numeric:e}, relative error "
            )?;
            if worst.error == 0.0 {
                write!(f, "at most {:.1e}", worst.possible_error())?;
            } else {
                write!(f, "{:.1e}", worst.error)?;
            }
        }
        if below > 0 {
            write!(f, "; {below} below what differences can show, {bound:.1e}")?;
        }
        if kinks > 0 {
            write!(f, "; {kinks} at a kink, where there is no derivative")?;
        }
        Ok(())
    }
}

impl Entry {
    pub(super) fn new(name: &str, index: usize, analytic: f64, numeric: &Estimate) -> Entry {
        let mut entry = Entry {
            name: name.into(),
            index,
            analytic,
            numeric: numeric.value,
            uncertainty: numeric.uncertainty,
            error: 0.0,
            sight: Sight::Clear,
        };
        let (difference, size) = (entry.difference(), entry.size());
        // What is not a number agrees with nothing.
        if difference <= entry.uncertainty {
            if !(entry.uncertainty <= 0.01 * size) {
                entry.sight = Sight::Below;
            }
        } else if difference <= 8.0 * numeric.jump {
            // The mean of the slopes is half a jump from either, and further if there are several kinks that partly cancel.
            entry.sight = Sight::Kink;
        } else {
            entry.error = (difference - entry.uncertainty) / size;
        }
        entry
    }

    fn difference(&self) -> f64 {
        (self.analytic - self.numeric).abs()
    }

    fn size(&self) -> f64 {
        larger(self.analytic.abs(), self.numeric.abs())
    }

    /// The largest relative error that the differences do not exclude.
    fn possible_error(&self) -> f64 {
        (self.difference() + self.uncertainty) / self.size()
    }

    /// Which of two entries is to be reported: by its error, NaN being worse than any number, and else by what cannot be
    /// excluded.
    fn severity(&self, other: &Entry) -> Ordering {
        let error = self.error.abs().total_cmp(&other.error.abs());
        let sight = self.sight.cmp(&other.sight);
        let possible = self.possible_error().total_cmp(&other.possible_error());
        error.then(sight).then(possible)
    }
}

/// The report on these entries.
pub(super) fn report(entries: impl Iterator<Item = Entry>) -> Report {
    let (mut checked, mut below, mut bound, mut kinks) = (0, 0, 0.0, 0);
    let counted = entries.inspect(|entry| {
        checked += 1;
        match entry.sight {
            Sight::Clear => {}
            Sight::Kink => kinks += 1,
            Sight::Below => {
                below += 1;
                bound = larger(bound, entry.uncertainty);
            }
        }
    });
    let worst = counted.reduce(|worst, entry| match entry.severity(&worst) {
        Ordering::Greater => entry,
        _ => worst,
    });
    Report {
        worst: worst.expect("at least one entry"),
        checked,
        below,
        bound,
        kinks,
    }
}
