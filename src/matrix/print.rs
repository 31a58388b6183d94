//! How matrices are printed: small ones whole, large ones by their corners, all with their shape.

use std::fmt;

use super::storage::Matrix;
use super::view::{View, ViewMut};

/// Most rows or columns that are printed whole; of larger matrices the first and last three are shown.
const SHOWN: usize = 8;

/// The indices of 0..n to print, with `None` for the ones left out.
fn abridged(n: usize) -> impl Iterator<Item = Option<usize>> {
    let (head, tail) = if n <= SHOWN { (n, n) } else { (3, n - 3) };
    (0..head)
        .map(Some)
        .chain((head < tail).then_some(None))
        .chain((tail..n).map(Some))
}

/// Prints a matrix of this shape, whose entry (i, j) is as text `entry(i, j)`. It is compiled once, for all types of entries.
fn print(
    (rows, cols): (usize, usize),
    f: &mut fmt::Formatter<'_>,
    entry: &dyn Fn(usize, usize) -> String,
) -> fmt::Result {
    let text = |i: Option<usize>, j: Option<usize>| match (i, j) {
        (Some(i), Some(j)) => entry(i, j),
        (Some(_), None) => "…".to_string(),
        (None, _) => "⋮".to_string(),
    };
    let lines: Vec<Vec<String>> = abridged(rows)
        .map(|i| abridged(cols).map(|j| text(i, j)).collect())
        .collect();
    let width = lines
        .iter()
        .flatten()
        .map(|s| s.chars().count())
        .max()
        .unwrap_or(0);
    write!(f, "{rows}×{cols} [")?;
    for line in &lines {
        write!(f, "\n  [")?;
        for (j, s) in line.iter().enumerate() {
            write!(f, "{}{s:>width$}", if j == 0 { "" } else { ", " })?;
        }
        write!(f, "]")?;
    }
    write!(f, "{}]", if lines.is_empty() { "" } else { "\n" })
}

/// The shape, then the entries in full precision; of a large view the corners.
impl<T: fmt::Debug> fmt::Debug for View<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print(self.shape(), f, &|i, j| format!("{:?}", self.entry(i, j)))
    }
}

/// The shape, then the entries with four digits, or as many as `{:.n}` asks for; of a large view the corners.
impl<T: fmt::Display> fmt::Display for View<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(4);
        print(self.shape(), f, &|i, j| {
            format!("{:.digits$}", self.entry(i, j))
        })
    }
}

macro_rules! print_as_view {
    ($($of:ty),*) => {$(
        /// As its [`View`].
        impl<T: fmt::Debug> fmt::Debug for $of {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.view(), f)
            }
        }

        /// As its [`View`].
        impl<T: fmt::Display> fmt::Display for $of {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.view(), f)
            }
        }
    )*};
}

print_as_view!(Matrix<T>, ViewMut<'_, T>);
