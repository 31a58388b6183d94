//! The ledger of a step: every number in its place, with the sum that it is.

use fromzero::Matrix;

/// Where a number stands: in which grid, row and column (counted from 0).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub grid: String,
    pub row: usize,
    pub col: usize,
}

/// The place `(row, col)` of a grid.
pub fn at(grid: &str, row: usize, col: usize) -> Place {
    Place {
        grid: grid.into(),
        row,
        col,
    }
}

impl Place {
    /// Its name on the page, where rows and columns count from 1.
    pub fn id(&self) -> String {
        format!("{}.{}.{}", self.grid, self.row + 1, self.col + 1)
    }
}

/// A part of a sum as it is written out.
#[derive(Clone, Debug)]
pub enum Piece {
    /// Signs, brackets, names of functions.
    Sign(&'static str),
    /// The number that stands at a place.
    At(Place),
    /// A number that stands nowhere else.
    Value(f64),
}

/// How a number comes about, written out from left to right.
#[derive(Clone, Debug, Default)]
pub struct Sum(pub Vec<Piece>);

impl Sum {
    pub fn sign(mut self, sign: &'static str) -> Self {
        self.0.push(Piece::Sign(sign));
        self
    }

    pub fn at(mut self, place: Place) -> Self {
        self.0.push(Piece::At(place));
        self
    }

    pub fn value(mut self, value: f64) -> Self {
        self.0.push(Piece::Value(value));
        self
    }

    /// Places with signs between them.
    pub fn joined(mut self, sign: &'static str, places: impl Iterator<Item = Place>) -> Self {
        for (i, place) in places.enumerate() {
            if i > 0 {
                self = self.sign(sign);
            }
            self = self.at(place);
        }
        self
    }

    /// Products of two, added up.
    pub fn products(mut self, pairs: impl Iterator<Item = (Place, Place)>) -> Self {
        for (i, (a, b)) in pairs.enumerate() {
            if i > 0 {
                self = self.sign(" + ");
            }
            self = self.at(a).sign("·").at(b);
        }
        self
    }
}

/// What the rows or the columns of a grid are; its name is one of `words.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    Samples,
    Inputs,
    /// Neurons of this layer, counted as the book does: the inputs are layer 1.
    Neurons(usize),
    /// A single one, which needs no name.
    One,
}

/// A gradient's five-point difference, and the sum that it is.
#[derive(Clone, Debug)]
pub struct Beside {
    pub h: f64,
    pub value: f64,
    pub sum: Sum,
}

/// A matrix of numbers on the page.
#[derive(Clone, Debug)]
pub struct Grid {
    pub id: String,
    /// The symbol of an entry, in which `{ij}`, `{i}` and `{j}` stand for its indices: `z²{ij}`.
    pub symbol: &'static str,
    /// Names the grid where its symbol does not: the sample of a Jacobian, counted from 1.
    pub sample: Option<usize>,
    pub axes: (Axis, Axis),
    pub values: Matrix<f64>,
    /// The sum for each entry, row by row; of what is given there is none.
    pub sums: Vec<Sum>,
    /// For each entry of a gradient.
    pub beside: Vec<Beside>,
}

impl Grid {
    /// Numbers that are given.
    pub fn given(id: &str, symbol: &'static str, axes: (Axis, Axis), values: &Matrix<f64>) -> Self {
        Grid {
            id: id.into(),
            symbol,
            sample: None,
            axes,
            values: values.clone(),
            sums: Vec::new(),
            beside: Vec::new(),
        }
    }

    /// Numbers that come about: `sum` writes out the one at (row, column).
    pub fn computed(
        id: &str,
        symbol: &'static str,
        axes: (Axis, Axis),
        values: &Matrix<f64>,
        sum: impl Fn(usize, usize) -> Sum,
    ) -> Self {
        let (rows, cols) = values.shape();
        let places = (0..rows).flat_map(|i| (0..cols).map(move |j| (i, j)));
        Grid {
            sums: places.map(|(i, j)| sum(i, j)).collect(),
            ..Self::given(id, symbol, axes, values)
        }
    }

    /// The symbol of the whole.
    pub fn name(&self) -> String {
        ["{ij}", "{i}", "{j}"]
            .iter()
            .fold(self.symbol.to_string(), |name, index| {
                name.replace(index, "")
            })
    }

    /// The symbol of the entry in row `i` and column `j`.
    pub fn name_of(&self, i: usize, j: usize) -> String {
        let (i, j) = (i + 1, j + 1);
        let comma = if i > 9 || j > 9 { "," } else { "" };
        self.symbol
            .replace("{ij}", &(subscript(i) + comma + &subscript(j)))
            .replace("{i}", &subscript(i))
            .replace("{j}", &subscript(j))
    }

    /// The index of an entry in `sums` and `beside`.
    pub fn index(&self, i: usize, j: usize) -> usize {
        i * self.values.cols() + j
    }

    /// Its shape as the book writes it, with a blank behind it; a single number has none.
    pub fn shape(&self) -> String {
        let (rows, cols) = self.values.shape();
        match self.axes {
            (Axis::One, Axis::One) => String::new(),
            (Axis::One, _) => format!("[{cols}] "),
            _ => format!("[{rows},{cols}] "),
        }
    }
}

/// A number in subscript digits.
fn subscript(n: usize) -> String {
    let digit = |c: char| char::from_u32('₀' as u32 + c as u32 - '0' as u32);
    n.to_string().chars().filter_map(digit).collect()
}

/// All grids of the walkthrough.
#[derive(Clone, Debug)]
pub struct Ledger(pub Vec<Grid>);

impl Ledger {
    pub fn grid(&self, id: &str) -> &Grid {
        let grid = self.0.iter().find(|grid| grid.id == id);
        grid.unwrap_or_else(|| panic!("there is no grid {id}"))
    }

    pub fn value(&self, place: &Place) -> f64 {
        self.grid(&place.grid).values[(place.row, place.col)]
    }

    pub fn name(&self, place: &Place) -> String {
        self.grid(&place.grid).name_of(place.row, place.col)
    }

    /// A sum in symbols.
    pub fn symbolic(&self, sum: &Sum) -> String {
        let pieces = sum.0.iter().map(|piece| match piece {
            Piece::Sign(sign) => (*sign).into(),
            Piece::At(place) => self.name(place),
            Piece::Value(value) => full(*value),
        });
        pieces.collect()
    }
}

/// A number in all its digits: the fewest that no other `f64` has.
pub fn full(x: f64) -> String {
    if x == 0.0 {
        return "0".into();
    }
    let digits = format!("{x:?}");
    digits.strip_suffix(".0").unwrap_or(&digits).into()
}

/// A number at a glance, correctly rounded: five decimals where that shows enough of it; whole ones as they are.
pub fn short(x: f64) -> String {
    let size = x.abs();
    if (0.001..10_000.0).contains(&size) && x.fract() != 0.0 {
        format!("{x:.5}")
    } else if size < 10_000.0 && x.fract() == 0.0 || !size.is_finite() {
        full(x)
    } else {
        format!("{x:.3e}")
    }
}
