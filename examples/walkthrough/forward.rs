//! The account of a forward pass, (3-54) to (3-58).

use fromzero::Matrix;

use super::ledger::Axis::{Neurons, One, Samples};
use super::ledger::{Axis, Grid, Place, Sum, at};
use super::step::Forward;

/// The names of one forward pass: before the update, or after it, when the changed numbers have a prime.
pub struct Pass {
    /// What the names of grids end with.
    suffix: &'static str,
    /// z², a², z³, a³, z⁴, e, a⁴, ln a⁴, J of a sample, J
    symbols: [&'static str; 10],
}

pub const BEFORE: Pass = Pass {
    suffix: "",
    symbols: [
        "z²{ij}",
        "a²{ij}",
        "z³{ij}",
        "a³{ij}",
        "z⁴{ij}",
        "e{ij}",
        "a⁴{ij}",
        "ln a⁴{ij}",
        "J{i}",
        "J",
    ],
};
pub const AFTER: Pass = Pass {
    suffix: "n",
    symbols: [
        "z²′{ij}",
        "a²′{ij}",
        "z³′{ij}",
        "a³′{ij}",
        "z⁴′{ij}",
        "e′{ij}",
        "a⁴′{ij}",
        "ln a⁴′{ij}",
        "J′{i}",
        "J′",
    ],
};

impl Pass {
    /// The grids of a pass through a network with so many inputs.
    pub fn grids(&self, values: &Forward, inputs: usize) -> Vec<Grid> {
        let mut grids = Vec::from(self.layers(values, inputs));
        grids.extend(self.output(values));
        grids
    }

    /// (3-54) to (3-56).
    fn layers(&self, values: &Forward, inputs: usize) -> [Grid; 5] {
        let [z2, a2, z3, a3, z4, ..] = self.symbols;
        let shape = |layer| (Samples, Neurons(layer));
        let (act, n) = (&values.act, values.z2.cols());
        let (id_a2, id_a3) = (self.id("a2"), self.id("a3"));
        let first = self.weighted("a1", "w1", "b1", inputs);
        let second = self.weighted(&id_a2, "w2", "b2", n);
        let third = self.weighted(&id_a3, "w3", "b3", n);
        [
            self.grid("z2", z2, shape(2), &values.z2, first),
            self.grid("a2", a2, shape(2), &act.a2, self.sigmoid("z2")),
            self.grid("z3", z3, shape(3), &values.z3, second),
            self.grid("a3", a3, shape(3), &act.a3, self.sigmoid("z3")),
            self.grid("z4", z4, shape(4), &act.z4, third),
        ]
    }

    /// (3-57), (3-58) and (3-53).
    fn output(&self, values: &Forward) -> [Grid; 5] {
        let [.., e, a4, ln_a, loss_of, loss] = self.symbols;
        let (m, classes) = values.e.shape();
        let row = |name: &str, i| {
            let id = self.id(name);
            (0..classes).map(move |k| at(&id, i, k))
        };
        let below_max = |sum: Sum, i, k| {
            let sum = sum.at(self.place("z4", i, k)).sign(" − max(");
            sum.joined(", ", row("z4", i)).sign(")")
        };
        let exponential = |i, k| below_max(Sum::default().sign("e^("), i, k).sign(")");
        let softmax = |i, k| {
            let sum = Sum::default().at(self.place("e", i, k)).sign("/(");
            sum.joined(" + ", row("e", i)).sign(")")
        };
        let logarithm = |i, k| {
            let sum = below_max(Sum::default(), i, k).sign(" − ln(");
            sum.joined(" + ", row("e", i)).sign(")")
        };
        let of_sample = |i, _| {
            let y = (0..classes).map(|k| at("y", i, k));
            let sum = Sum::default().sign("−(");
            sum.products(y.zip(row("lna", i))).sign(")")
        };
        let mean = |_, _| {
            let losses = (0..m).map(|i| self.place("Js", i, 0));
            let sum = Sum::default().sign("(").joined(" + ", losses);
            sum.sign(")/").at(at("m", 0, 0))
        };
        let shape = (Samples, Neurons(4));
        let all = Matrix::from_slice(1, 1, &[values.loss]);
        [
            self.grid("e", e, shape, &values.e, exponential),
            self.grid("a4", a4, shape, &values.act.a4, softmax),
            self.grid("lna", ln_a, shape, &values.ln_a, logarithm),
            self.grid("Js", loss_of, (Samples, One), &values.losses, of_sample),
            self.grid("J", loss, (One, One), &all, mean),
        ]
    }

    /// A sum of `n` products and a bias.
    fn weighted(&self, a: &str, w: &str, b: &str, n: usize) -> impl Fn(usize, usize) -> Sum {
        let (a, w, b) = (a.to_string(), self.id(w), self.id(b));
        move |i, j| {
            let products = (0..n).map(|k| (at(&a, i, k), at(&w, k, j)));
            let sum = Sum::default().products(products).sign(" + ");
            sum.at(at(&b, 0, j))
        }
    }

    fn sigmoid(&self, z: &str) -> impl Fn(usize, usize) -> Sum {
        let z = self.id(z);
        move |i, j| {
            let sum = Sum::default().sign("1/(1 + e^(−");
            sum.at(at(&z, i, j)).sign("))")
        }
    }

    fn grid(
        &self,
        name: &str,
        symbol: &'static str,
        axes: (Axis, Axis),
        values: &Matrix<f64>,
        sum: impl Fn(usize, usize) -> Sum,
    ) -> Grid {
        Grid::computed(&self.id(name), symbol, axes, values, sum)
    }

    fn id(&self, name: &str) -> String {
        format!("{name}{}", self.suffix)
    }

    fn place(&self, name: &str, row: usize, col: usize) -> Place {
        at(&self.id(name), row, col)
    }
}
