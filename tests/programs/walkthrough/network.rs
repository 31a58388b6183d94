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
        let entry = |id: &str, i: usize, j: usize| {
            if place == format!("{id}.{}.{}", i + 1, j + 1) {
                value
            } else {
                self.values[id][i][j]
            }
        };
        let (m, inputs) = (self.y.len(), self.values["w1"].len());
        let hidden = self.values["w2"].len();
        let mut total = 0.0;
        for s in 0..m {
            let layer = |a: &[f64], w: &str, b: &str, cols: usize| -> Vec<f64> {
                let chain = |j| (0..a.len()).fold(0.0, |sum, k| a[k].mul_add(entry(w, k, j), sum));
                (0..cols).map(|j| chain(j) + entry(b, 0, j)).collect()
            };
            let activate = |z: Vec<f64>| -> Vec<f64> { z.into_iter().map(sigmoid).collect() };
            let x = &self.values["a1"][s][..inputs];
            let a2 = activate(layer(x, "w1", "b1", hidden));
            let a3 = activate(layer(&a2, "w2", "b2", hidden));
            let z4 = layer(&a3, "w3", "b3", self.y[s].len());
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

/// Row `i` of a table, counted from 1, if there is one.
fn row(numbers: &HashMap<String, String>, id: &str, i: usize) -> Result<Option<Vec<f64>>, String> {
    let mut row = Vec::new();
    while let Some(text) = numbers.get(&format!("{id}.{i}.{}", row.len() + 1)) {
        let number = text.parse();
        row.push(number.map_err(|_| format!("{id}: {text} is no number"))?);
    }
    Ok(Some(row).filter(|row| !row.is_empty()))
}
