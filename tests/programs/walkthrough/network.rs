//! Section 3.7's forward pass and loss once more, on numbers that were read from a page: what the losses around a parameter
//! must be, to the bit, by the arithmetic contract.

use std::collections::HashMap;

use fromzero::elementary::{exp, ln, sigmoid};

type Rows = Vec<Vec<f64>>;

pub struct Network {
    /// x, w1, b1, w2, b2, w3, b3, by their ids on the page.
    values: HashMap<&'static str, Rows>,
    y: Rows,
}

const IDS: [&str; 7] = ["a1", "w1", "b1", "w2", "b2", "w3", "b3"];

impl Network {
    /// From the digits of every number, by its id.
    pub fn new(numbers: &HashMap<String, String>) -> Result<Self, String> {
        let rows = |id: &str| -> Result<Rows, String> {
            let mut rows = Rows::new();
            while let Some(row) = row(numbers, id, rows.len() + 1)? {
                rows.push(row);
            }
            Ok(rows)
        };
        let mut values = HashMap::new();
        for id in IDS {
            values.insert(id, rows(id)?);
        }
        Ok(Network {
            values,
            y: rows("y")?,
        })
    }

    /// The loss if the parameter at `place` is `value`.
    pub fn loss_with(&self, place: &str, value: f64) -> f64 {
        let (table, row, col) = of_place(place).expect("a place");
        let parameter = |id: &str| {
            let mut values = self.values[id].clone();
            if id == table {
                values[row][col] = value;
            }
            values
        };
        let [w1, b1, w2, b2, w3, b3] = ["w1", "b1", "w2", "b2", "w3", "b3"].map(parameter);
        let (m, inputs) = (self.y.len(), w1.len());
        let mut total = 0.0;
        for s in 0..m {
            let layer = |a: &[f64], w: &Rows, b: &Rows| -> Vec<f64> {
                let chain = |j: usize| (0..a.len()).fold(0.0, |sum, k| a[k].mul_add(w[k][j], sum));
                (0..b[0].len()).map(|j| chain(j) + b[0][j]).collect()
            };
            let activate = |z: Vec<f64>| -> Vec<f64> { z.into_iter().map(sigmoid).collect() };
            let x = &self.values["a1"][s][..inputs];
            let a2 = activate(layer(x, &w1, &b1));
            let a3 = activate(layer(&a2, &w2, &b2));
            let z4 = layer(&a3, &w3, &b3);
            let max = z4
                .iter()
                .fold(f64::NEG_INFINITY, |max, &z| if z > max { z } else { max });
            let log_sum = ln(z4.iter().fold(0.0, |sum, &z| sum + exp(z - max)));
            for (&z, &y) in z4.iter().zip(&self.y[s]) {
                total -= y * (z - max - log_sum);
            }
        }
        total / m as f64
    }
}

/// The table, row and column of an id, counted from 0.
fn of_place(id: &str) -> Option<(&str, usize, usize)> {
    let [table, row, col] = id.split('.').collect::<Vec<_>>()[..] else {
        return None;
    };
    let index = |number: &str| number.parse::<usize>().ok()?.checked_sub(1);
    Some((table, index(row)?, index(col)?))
}

/// Row `i` of a table, counted from 1, if there is one.
fn row(numbers: &HashMap<String, String>, id: &str, i: usize) -> Result<Option<Vec<f64>>, String> {
    let mut row = Vec::new();
    while let Some(text) = numbers.get(&format!("{id}.{i}.{}", row.len() + 1)) {
        let number = text.parse();
        row.push(number.map_err(|_| format!("{id}: {text} is no number"))?);
    }
    Ok(Some(row).filter(|row| !row.is_empty()))
}
