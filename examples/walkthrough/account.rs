//! The account of a step: which number is which sum of which others.

use fromzero::Matrix;
use fromzero::section37::Params;

use super::forward::{AFTER, BEFORE};
use super::ledger::Axis::{Inputs, Neurons, One, Samples};
use super::ledger::{Axis, Beside, Grid, Ledger, Sum, at};
use super::numbers::Numbers;
use super::step::{Difference, Step};

/// The parameters: grid, symbol before and after the update, gradient's grid and symbol, rows and columns.
type Parameter = (&'static str, [&'static str; 3], (Axis, Axis));
const PARAMETERS: [Parameter; 6] = [
    (
        "w1",
        ["w¹{ij}", "w¹′{ij}", "∂J/∂w¹{ij}"],
        (Inputs, Neurons(2)),
    ),
    ("b1", ["b¹{j}", "b¹′{j}", "∂J/∂b¹{j}"], (One, Neurons(2))),
    (
        "w2",
        ["w²{ij}", "w²′{ij}", "∂J/∂w²{ij}"],
        (Neurons(2), Neurons(3)),
    ),
    ("b2", ["b²{j}", "b²′{j}", "∂J/∂b²{j}"], (One, Neurons(3))),
    (
        "w3",
        ["w³{ij}", "w³′{ij}", "∂J/∂w³{ij}"],
        (Neurons(3), Neurons(4)),
    ),
    ("b3", ["b³{j}", "b³′{j}", "∂J/∂b³{j}"], (One, Neurons(4))),
];

/// The ledger of a step.
pub fn ledger(step: &Step) -> Ledger {
    let Numbers { lr, x, y, params } = &step.numbers;
    let m = x.rows();
    let one = |value| Matrix::from_slice(1, 1, &[value]);
    let mut grids = vec![
        Grid::given("lr", "lr", (One, One), &one(*lr)),
        Grid::given("m", "m", (One, One), &one(m as f64)),
        Grid::given("a1", "a¹{ij}", (Samples, Inputs), x),
        Grid::given("y", "y{ij}", (Samples, Neurons(4)), y),
    ];
    for ((id, [symbol, ..], axes), values) in PARAMETERS.iter().zip(matrices(params)) {
        grids.push(Grid::given(id, symbol, *axes, &values));
    }
    grids.extend(BEFORE.grids(&step.before, x.cols()));
    grids.extend(derivation(step));
    grids.extend(deltas(step));
    grids.extend(gradients(step));
    for ((id, [_, symbol, _], axes), values) in PARAMETERS.iter().zip(matrices(&step.updated)) {
        let descend = |i, j| {
            let (w, gradient) = (at(id, i, j), at(&format!("g{id}"), i, j));
            let step = Sum::default().at(w).sign(" − ").at(at("lr", 0, 0));
            step.sign("·").at(gradient)
        };
        grids.push(Grid::computed(
            &format!("{id}n"),
            symbol,
            *axes,
            &values,
            descend,
        ));
    }
    grids.extend(AFTER.grids(&step.after, x.cols()));
    Ledger(grids)
}

/// w¹ b¹ w² b² w³ b³, vectors as matrices of one row.
fn matrices(p: &Params<f64>) -> [Matrix<f64>; 6] {
    let row = |b: &[f64]| Matrix::from_slice(1, b.len(), b);
    [
        p.w1.clone(),
        row(&p.b1),
        p.w2.clone(),
        row(&p.b2),
        p.w3.clone(),
        row(&p.b3),
    ]
}

/// (3-59) to (3-62).
fn derivation(step: &Step) -> Vec<Grid> {
    let values = &step.derivation;
    let (m, classes) = values.dj_da.shape();
    let shape = (Samples, Neurons(4));
    let square = (Neurons(4), Neurons(4));
    let jacobian = |s: usize| {
        let sum = move |k, i| {
            let a = |k| at("a4", s, k);
            if k == i {
                let sum = Sum::default().at(a(i)).sign("·(1 − ");
                sum.at(a(i)).sign(")")
            } else {
                Sum::default().sign("−").at(a(i)).sign("·").at(a(k))
            }
        };
        let id = format!("jac{}", s + 1);
        let grid = Grid::computed(&id, "∂a⁴{i}/∂z⁴{j}", square, &values.jacobians[s], sum);
        Grid {
            sample: Some(s + 1),
            ..grid
        }
    };
    let quotient = |i, k| {
        let sum = Sum::default().sign("−").at(at("y", i, k));
        sum.sign("/").at(at("a4", i, k))
    };
    let chain = |s: usize, i| {
        let jacobian = format!("jac{}", s + 1);
        let terms = (0..classes).map(|k| (at("dJda", s, k), at(&jacobian, k, i)));
        Sum::default().products(terms)
    };
    let mut grids = vec![
        Grid::computed("dJdz", "∂J/∂z⁴{ij}", shape, &values.dj_dz, chain),
        Grid::computed("dJda", "∂J/∂a⁴{ij}", shape, &values.dj_da, quotient),
    ];
    grids.extend((0..m).map(jacobian));
    grids
}

/// (3-63), (3-64), and the left halves of (3-66) and (3-67).
fn deltas(step: &Step) -> [Grid; 3] {
    let d = &step.deltas;
    let shape = |layer| (Samples, Neurons(layer));
    let back = |delta: &'static str, w: &'static str, a: &'static str, n: usize| {
        move |i, j| {
            let terms = (0..n).map(|k| (at(delta, i, k), at(w, j, k)));
            let sum = Sum::default().sign("(").products(terms).sign(")·(");
            let a = || at(a, i, j);
            sum.at(a()).sign("·(1 − ").at(a()).sign("))")
        }
    };
    let difference = |i, k| {
        Sum::default()
            .at(at("a4", i, k))
            .sign(" − ")
            .at(at("y", i, k))
    };
    let (hidden, classes) = (d.delta2.cols(), d.delta4.cols());
    [
        Grid::computed("d4", "δ⁴{ij}", shape(4), &d.delta4, difference),
        Grid::computed(
            "d3",
            "δ³{ij}",
            shape(3),
            &d.delta3,
            back("d4", "w3", "a3", classes),
        ),
        Grid::computed(
            "d2",
            "δ²{ij}",
            shape(2),
            &d.delta2,
            back("d3", "w2", "a2", hidden),
        ),
    ]
}

/// (3-65), and the right halves of (3-66) and (3-67), with the differences beside.
fn gradients(step: &Step) -> Vec<Grid> {
    let m = step.numbers.x.rows();
    let layers = [("a1", "d2"), ("a2", "d3"), ("a3", "d4")];
    let mut differences = step.differences.iter();
    let mut grids = Vec::new();
    for (index, values) in matrices(&step.gradients).iter().enumerate() {
        let (id, [.., symbol], axes) = PARAMETERS[index];
        let (a, delta) = layers[index / 2];
        let is_weight = index % 2 == 0;
        let mean = |i, j| {
            let sum = Sum::default().sign("(1/").at(at("m", 0, 0)).sign(")·(");
            let delta = |s| at(delta, s, j);
            let sum = if is_weight {
                sum.products((0..m).map(|s| (at(a, s, i), delta(s))))
            } else {
                sum.joined(" + ", (0..m).map(delta))
            };
            sum.sign(")")
        };
        let mut grid = Grid::computed(&format!("g{id}"), symbol, axes, values, mean);
        let count = grid.sums.len();
        grid.beside = differences.by_ref().take(count).map(beside).collect();
        grids.push(grid);
    }
    grids
}

/// (8·(J(θ+h) − J(θ−h)) − (J(θ+2h) − J(θ−2h))) / 12h, with the losses put in.
fn beside(difference: &Difference) -> Beside {
    let [above, below, far_above, far_below] = difference.losses;
    let sum = Sum::default().sign("(8·(").value(above).sign(" − ");
    let sum = sum.value(below).sign(") − (").value(far_above).sign(" − ");
    let sum = sum.value(far_below).sign("))/(12·").value(difference.h);
    Beside {
        h: difference.h,
        value: difference.value,
        sum: sum.sign(")"),
    }
}
