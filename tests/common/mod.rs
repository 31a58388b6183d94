//! What the integration tests share: the comparator, test matrices from a seed, and the reader of golden numbers.

// Every test program compiles this module for itself and uses only a part of it.
#![allow(dead_code, unused_imports)]

pub mod engines;
pub mod panics;
mod parameters;
mod random;

pub use parameters::*;
pub use random::*;

use std::collections::HashMap;

use approx::relative_eq;
use fromzero::{Matrix, Scalar};

/// Numbers in rows and columns, whatever holds them; a vector, a slice or an array is one row.
pub trait Table {
    /// The type of an entry.
    type Entry: Scalar;
    /// Rows and columns.
    fn shape(&self) -> (usize, usize);
    /// Entry (i, j).
    fn entry(&self, i: usize, j: usize) -> Self::Entry;
}

impl<T: Scalar> Table for Matrix<T> {
    type Entry = T;

    fn shape(&self) -> (usize, usize) {
        Matrix::shape(self)
    }

    fn entry(&self, i: usize, j: usize) -> T {
        self[(i, j)]
    }
}

impl<T: Scalar> Table for [T] {
    type Entry = T;

    fn shape(&self) -> (usize, usize) {
        (1, self.len())
    }

    fn entry(&self, _: usize, j: usize) -> T {
        self[j]
    }
}

impl<T: Scalar> Table for Vec<T> {
    type Entry = T;

    fn shape(&self) -> (usize, usize) {
        self.as_slice().shape()
    }

    fn entry(&self, i: usize, j: usize) -> T {
        self.as_slice().entry(i, j)
    }
}

impl<T: Scalar, const N: usize> Table for [T; N] {
    type Entry = T;

    fn shape(&self) -> (usize, usize) {
        self.as_slice().shape()
    }

    fn entry(&self, i: usize, j: usize) -> T {
        self.as_slice().entry(i, j)
    }
}

impl<A: Table + ?Sized> Table for &A {
    type Entry = A::Entry;

    fn shape(&self) -> (usize, usize) {
        (**self).shape()
    }

    fn entry(&self, i: usize, j: usize) -> A::Entry {
        (**self).entry(i, j)
    }
}

/// A [`Table`] of `f64`, whatever its entries are.
trait Numbers {
    fn shape(&self) -> (usize, usize);
    fn number(&self, i: usize, j: usize) -> f64;
}

impl<A: Table> Numbers for A {
    fn shape(&self) -> (usize, usize) {
        Table::shape(self)
    }

    fn number(&self, i: usize, j: usize) -> f64 {
        self.entry(i, j).to_f64()
    }
}

/// Requires every entry to be within `tolerance` of the expected one, relative to the largest expected entry: the right
/// measure for sums, whose rounding errors have the size of their terms.
///
/// # Panics
/// As [`assert_entries_close`], with a floor of 1.
#[track_caller]
pub fn assert_close(
    name: &str,
    actual: &(impl Table + ?Sized),
    expected: &(impl Table + ?Sized),
    tolerance: f64,
) {
    assert_entries_close(name, actual, expected, tolerance, 1.0);
}

/// Requires |a − e| ≤ `tolerance` · max(|a|, |e|, `floor` · max|e|) for every entry a and the expected e.
///
/// # Panics
/// With the name, the shape, the number of wrong entries and the worst of them: if the shapes differ, if an entry is off,
/// if an entry of either side is infinite or NaN, if nothing but zeros is expected (nearly every mistake would agree with
/// that; [`assert_same_bits`] is the way to require zeros), and if tolerance or floor are such that everything would pass.
#[track_caller]
pub fn assert_entries_close(
    name: &str,
    actual: &(impl Table + ?Sized),
    expected: &(impl Table + ?Sized),
    tolerance: f64,
    floor: f64,
) {
    require_close(name, &actual, &expected, tolerance, floor);
}

/// [`assert_entries_close`], compiled once for all tables.
#[track_caller]
fn require_close(
    name: &str,
    actual: &dyn Numbers,
    expected: &dyn Numbers,
    tolerance: f64,
    floor: f64,
) {
    assert!(
        tolerance > 0.0 && tolerance < 0.1 && floor > 0.0 && floor <= 1.0,
        "{name}: a tolerance of {tolerance:e} with a floor of {floor:e} tests nothing"
    );
    let shape = same_shape(name, actual.shape(), expected.shape());
    let (mut only_zeros, mut largest) = (true, 0.0);
    for (i, j) in indices(shape) {
        let e = expected.number(i, j);
        only_zeros &= e == 0.0;
        largest = larger(largest, e.abs());
    }
    assert!(
        !only_zeros,
        "{name}: the expected {}×{} entries are all zero, or none",
        shape.0, shape.1
    );

    let mut wrong = 0;
    let mut worst = ((0, 0), -1.0);
    for at in indices(shape) {
        let (a, e) = (actual.number(at.0, at.1), expected.number(at.0, at.1));
        let finite = a.is_finite() && e.is_finite();
        let epsilon = tolerance * floor * largest;
        if finite && relative_eq!(a, e, epsilon = epsilon, max_relative = tolerance) {
            continue;
        }
        wrong += 1;
        let error = if finite {
            (a - e).abs() / larger(larger(a.abs(), e.abs()), floor * largest)
        } else {
            f64::INFINITY
        };
        if error > worst.1 {
            worst = (at, error);
        }
    }
    let ((i, j), error) = worst;
    assert!(
        wrong == 0,
        "{name}, {}×{}: {wrong} of {} entries are off by more than {tolerance:e}; the worst is ({i}, {j}): \
         {:e}, expected {:e}, relative error {error:.2e}",
        shape.0,
        shape.1,
        shape.0 * shape.1,
        actual.number(i, j),
        expected.number(i, j),
    );
}

/// Requires the same bits in every entry, so that 0 differs from −0; any NaN equals any other.
///
/// # Panics
/// With the name, the shape, the number of differing entries and the first of them.
#[track_caller]
pub fn assert_same_bits<T: Scalar>(
    name: &str,
    actual: &(impl Table<Entry = T> + ?Sized),
    expected: &(impl Table<Entry = T> + ?Sized),
) {
    require_same_bits(name, &actual, &expected);
}

/// [`assert_same_bits`], compiled once for all tables.
#[track_caller]
fn require_same_bits<T: Scalar>(
    name: &str,
    actual: &dyn Table<Entry = T>,
    expected: &dyn Table<Entry = T>,
) {
    let shape = same_shape(name, actual.shape(), expected.shape());
    let mut differing = Vec::new();
    for (i, j) in indices(shape) {
        let (a, e) = (actual.entry(i, j), expected.entry(i, j));
        if a.to_bits64() != e.to_bits64() && !(a.is_nan() && e.is_nan()) {
            differing.push((i, j));
        }
    }
    if let Some(&(i, j)) = differing.first() {
        let (a, e) = (actual.entry(i, j), expected.entry(i, j));
        panic!(
            "{name}, {}×{}: {} of {} entries have other bits; the first is ({i}, {j}): \
             {a:?} = {:#x}, expected {e:?} = {:#x}",
            shape.0,
            shape.1,
            differing.len(),
            shape.0 * shape.1,
            a.to_bits64(),
            e.to_bits64(),
        );
    }
}

#[track_caller]
fn same_shape(name: &str, a: (usize, usize), e: (usize, usize)) -> (usize, usize) {
    assert!(
        a == e,
        "{name}: the shape is {}×{}, expected {}×{}",
        a.0,
        a.1,
        e.0,
        e.1
    );
    a
}

fn indices((rows, cols): (usize, usize)) -> impl Iterator<Item = (usize, usize)> {
    (0..rows * cols).map(move |at| (at / cols, at % cols))
}

/// The larger of two numbers. A NaN in y is passed over: its entry counts as wrong by itself.
fn larger(x: f64, y: f64) -> f64 {
    if y > x { y } else { x }
}

/// The matrix with its entries rounded to `T`.
pub fn rounded<T: Scalar>(exact: &Matrix<f64>) -> Matrix<T> {
    Matrix::from_fn(exact.rows(), exact.cols(), |i, j| {
        T::from_f64(exact[(i, j)])
    })
}

/// FNV-1a, 64 bits: draft-eastlake-fnv, section 2.
pub fn fnv1a(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Golden numbers: named matrices, as the scripts in `tests/fixtures` write them. A line `name rows cols`, then one line
/// a row; vectors are matrices of one row; lines that begin with `#` are comments.
pub struct Fixture(HashMap<&'static str, Matrix<f64>>);

impl Fixture {
    /// The matrices in `text`.
    pub fn parse(text: &'static str) -> Self {
        let mut lines = text.lines().filter(|line| !line.starts_with('#'));
        let mut matrices = HashMap::new();
        while let Some(header) = lines.next() {
            let [name, rows, cols] = header.split(' ').collect::<Vec<_>>()[..] else {
                panic!("not a line of name, rows and columns: {header:?}");
            };
            let rows: usize = rows.parse().expect("a number of rows");
            let mut entries = Vec::new();
            for row in lines.by_ref().take(rows) {
                for entry in row.split(' ') {
                    entries.push(entry.parse::<f64>().expect("a number"));
                }
            }
            let cols = cols.parse().expect("a number of columns");
            let matrix = Matrix::from_slice(rows, cols, &entries);
            let twice = matrices.insert(name, matrix).is_some();
            assert!(!twice, "{name} is there twice");
        }
        Fixture(matrices)
    }

    /// The matrix of this name.
    #[track_caller]
    pub fn get(&self, name: &str) -> &Matrix<f64> {
        match self.0.get(name) {
            Some(matrix) => matrix,
            None => panic!("there is no {name:?} in the fixture"),
        }
    }
}
