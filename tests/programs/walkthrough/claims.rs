//! What a page claims: every number that it prints, with the numbers that it prints beside as where it comes from.

use std::collections::HashMap;

use super::arithmetic::{Arithmetic, Expr, full, rounded_like};
use super::network::Network;

/// A piece of a sum: a number that leads to its place, or signs between, numbers that stand nowhere else included.
#[derive(Clone, Debug)]
pub struct Piece {
    pub target: Option<String>,
    pub text: String,
}

/// A sum with what it comes to.
#[derive(Clone, Debug)]
pub struct Sum {
    pub pieces: Vec<Piece>,
    pub result: String,
}

/// The five-point difference beside a gradient.
#[derive(Clone, Debug)]
pub struct Beside {
    pub short: String,
    pub symbols: String,
    pub sum: Sum,
}

/// One number of a table.
#[derive(Clone, Debug)]
pub enum Claim {
    /// It is given: what is printed is the number, and others lead to it.
    Given { id: String, text: String },
    /// It is computed.
    Computed {
        id: String,
        short: String,
        symbols: String,
        sum: Sum,
        beside: Option<Beside>,
    },
    /// It stands elsewhere too, in a figure or a line, rounded or in full, perhaps behind its symbol.
    Quoted {
        target: String,
        symbol: Option<String>,
        text: String,
    },
    /// A number that labels a row, a column, a sample.
    Label { expected: usize, text: String },
    /// The shape of a grid, transposed or not.
    Shape {
        grid: String,
        transposed: bool,
        text: String,
    },
}

/// A table: its symbol, and how its entries are indexed.
#[derive(Clone, Debug)]
pub struct Table {
    pub symbol: String,
    pub rows: usize,
    pub cols: usize,
    pub has_row_heads: bool,
    pub has_col_heads: bool,
}

/// All claims of a page, and what they refer to.
pub struct Page {
    pub claims: Vec<Claim>,
    /// The digits of every number, by its id.
    numbers: HashMap<String, String>,
    tables: HashMap<String, Table>,
    network: Network,
}

impl Page {
    /// A page of these claims.
    pub fn new(claims: Vec<Claim>, tables: HashMap<String, Table>) -> Result<Self, String> {
        let numbers: HashMap<String, String> = claims.iter().filter_map(digits).collect();
        let network = Network::new(&numbers)?;
        Ok(Page {
            claims,
            numbers,
            tables,
            network,
        })
    }

    /// Whether a claim holds, of this page or one that is changed.
    pub fn check(&self, claim: &Claim) -> Result<(), String> {
        match claim {
            Claim::Given { id, text } => self.same(id, text),
            Claim::Computed {
                id,
                short,
                symbols,
                sum,
                beside,
            } => {
                self.same(id, &sum.result)?;
                self.check_sum(sum, short)?;
                self.check_symbols(id, symbols, sum)?;
                match beside {
                    Some(beside) => self.check_beside(id, beside),
                    None => Ok(()),
                }
            }
            Claim::Quoted {
                target,
                symbol,
                text,
            } => {
                if let Some(symbol) = symbol {
                    equal(symbol, &self.symbol(target)?)?;
                }
                let value = self.number(target)?;
                let rounded = rounded_like(text, parsed(value)?);
                equal(
                    text,
                    if text.len() < value.len() {
                        &rounded
                    } else {
                        value
                    },
                )
            }
            Claim::Label { expected, text } => equal(text, &expected.to_string()),
            Claim::Shape {
                grid,
                transposed,
                text,
            } => {
                let Table {
                    rows,
                    cols,
                    has_row_heads,
                    ..
                } = self.table(grid)?;
                let shape = match (has_row_heads, transposed) {
                    (false, _) => format!("[{cols}]"),
                    (true, false) => format!("[{rows},{cols}]"),
                    (true, true) => format!("[{cols},{rows}]"),
                };
                equal(text, &shape)
            }
        }
    }

    /// The sum from its operands, to the bit and correctly rounded.
    fn check_sum(&self, sum: &Sum, short: &str) -> Result<(), String> {
        for piece in &sum.pieces {
            if let Some(target) = &piece.target {
                equal(unbracketed(&piece.text), self.number(target)?)?;
            }
        }
        let expr = Expr::read(&sum.text())?;
        equal(&sum.result, &full(expr.value(Arithmetic::Contract)))?;
        equal(short, &rounded_like(short, parsed(&sum.result)?))?;
        equal(short, &rounded_like(short, expr.value(Arithmetic::Plain)))
    }

    /// The line in symbols from the line in numbers: the same, with each number's symbol in its place.
    fn check_symbols(&self, id: &str, symbols: &str, sum: &Sum) -> Result<(), String> {
        let mut expected = format!("{} = ", self.symbol(id)?);
        for piece in &sum.pieces {
            match &piece.target {
                Some(target) => expected.push_str(&self.symbol(target)?),
                None => expected.push_str(&piece.text),
            }
        }
        equal(symbols, &expected)
    }

    fn check_beside(&self, id: &str, beside: &Beside) -> Result<(), String> {
        let parameter = id
            .strip_prefix('g')
            .ok_or("a difference beside no gradient")?;
        let theta = parsed(self.number(parameter)?)?;
        let h = 1e-3 * if theta.abs() > 1.0 { theta.abs() } else { 1.0 };
        let symbols = format!(
            "{}: (8·(J(+h) − J(−h)) − (J(+2h) − J(−2h)))/(12·h)",
            full(h)
        );
        if !beside.symbols.ends_with(&symbols) {
            return Err(format!("expected {symbols}, found {}", beside.symbols));
        }
        let losses = [h, -h, 2.0 * h, -2.0 * h]
            .map(|step| full(self.network.loss_with(parameter, theta + step)));
        let [a, b, c, d] = losses;
        let expected = format!("(8·({a} − {b}) − ({c} − {d}))/(12·{h})", h = full(h));
        equal(&beside.sum.text(), &expected)?;
        self.check_sum(&beside.sum, &beside.short)
    }

    fn same(&self, id: &str, digits: &str) -> Result<(), String> {
        equal(digits, self.number(id)?)
    }

    fn number(&self, id: &str) -> Result<&str, String> {
        let number = self.numbers.get(id);
        Ok(number.ok_or_else(|| format!("there is no number {id}"))?)
    }

    fn table(&self, id: &str) -> Result<&Table, String> {
        self.tables
            .get(id)
            .ok_or_else(|| format!("there is no table {id}"))
    }

    /// The symbol of a number: that of its table, with its indices.
    fn symbol(&self, id: &str) -> Result<String, String> {
        let mut parts = id.split('.');
        let mut part = || parts.next().ok_or_else(|| format!("{id} is no place"));
        let (table, row, col) = (self.table(part()?)?, subscript(part()?), subscript(part()?));
        let symbol = &table.symbol;
        Ok(match (table.has_row_heads, table.has_col_heads) {
            (true, true) => match symbol
                .split_once('/')
                .filter(|(above, _)| !above.ends_with('J'))
            {
                Some((above, below)) => format!("{above}{row}/{below}{col}"),
                None => format!("{symbol}{row}{col}"),
            },
            (true, false) => format!("{symbol}{row}"),
            (false, true) => format!("{symbol}{col}"),
            (false, false) => symbol.clone(),
        })
    }
}

/// The id and the digits of a number in a table.
fn digits(claim: &Claim) -> Option<(String, String)> {
    match claim {
        Claim::Given { id, text } => Some((id.clone(), text.clone())),
        Claim::Computed { id, sum, .. } => Some((id.clone(), sum.result.clone())),
        _ => None,
    }
}

/// A number without the brackets that it has behind a sign if it is negative.
fn unbracketed(text: &str) -> &str {
    let inner = text.strip_prefix("(-").and(text.strip_suffix(')'));
    inner.map_or(text, |inner| &inner[1..])
}

fn parsed(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| format!("{text} is no number"))
}

fn equal(found: &str, expected: &str) -> Result<(), String> {
    if found == expected {
        return Ok(());
    }
    Err(format!("expected {expected}, found {found}"))
}

/// A number in subscript digits.
fn subscript(number: &str) -> String {
    let small = |c: char| char::from_u32(u32::from('₀') + u32::from(c) - u32::from('0'));
    number.chars().filter_map(small).collect()
}

impl Claim {
    /// All that it prints.
    pub fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Claim::Given { text, .. } | Claim::Label { text, .. } | Claim::Shape { text, .. } => {
                vec![text]
            }
            Claim::Quoted { symbol, text, .. } => symbol.iter_mut().chain([text]).collect(),
            Claim::Computed {
                short,
                symbols,
                sum,
                beside,
                ..
            } => {
                let mut texts = vec![short, symbols];
                texts.extend(sum.texts());
                if let Some(beside) = beside {
                    texts.extend([&mut beside.short, &mut beside.symbols]);
                    texts.extend(beside.sum.texts());
                }
                texts
            }
        }
    }
}

impl Sum {
    /// The sum in numbers.
    fn text(&self) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            text.push_str(&piece.text);
        }
        text
    }

    fn texts(&mut self) -> Vec<&mut String> {
        let mut texts = vec![&mut self.result];
        for piece in &mut self.pieces {
            texts.push(&mut piece.text);
        }
        texts
    }
}
