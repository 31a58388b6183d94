//! The walkthrough's stages, in the book's order: what each of them shows.

use super::ledger::{Grid, Ledger};
use super::source::{ACTIVATION, DIFFERENCES, File, LOSSES, OPS, Quote, SECTION37, SOFTMAX, STEP};

/// A stage: one equation, or two that belong together.
#[derive(Debug)]
pub struct Stage {
    /// The key of its title in `words.rs`.
    pub key: &'static str,
    /// The numbers of the book's equations.
    pub equations: &'static [&'static str],
    /// As `formula.rs` reads them.
    pub formulas: &'static [&'static str],
    pub quotes: &'static [Quote],
    /// Grids between signs, a transposed one with a `T`: `z2 = a1 · w1 + b1`.
    pub shapes: &'static [&'static str],
    /// The grids whose numbers it shows; `jac*` are all that begin so.
    pub grids: &'static [&'static str],
    /// The keys of what readers ask.
    pub asks: &'static [&'static str],
}

impl Stage {
    /// The numbers of the equations, as the book writes them.
    pub fn numbers(&self) -> String {
        let numbers = self.equations.iter().map(|number| format!("({number})"));
        numbers.collect::<Vec<_>>().join(", ")
    }

    /// The grids whose numbers it shows.
    pub fn grids<'a>(&self, ledger: &'a Ledger) -> Vec<&'a Grid> {
        let of = |name: &str| match name.strip_suffix('*') {
            Some(start) => ledger
                .0
                .iter()
                .filter(|grid| grid.id.starts_with(start))
                .collect(),
            None => vec![ledger.grid(name)],
        };
        self.grids.iter().flat_map(|name| of(name)).collect()
    }
}

const fn quote(file: &'static File, marker: &'static str) -> Quote {
    Quote { file, marker }
}

pub const STAGES: &[Stage] = &[
    Stage {
        key: "given",
        equations: &[],
        formulas: &[],
        quotes: &[],
        shapes: &[],
        grids: &["lr", "m", "a1", "y", "w1", "b1", "w2", "b2", "w3", "b3"],
        asks: &["layout"],
    },
    Stage {
        key: "3-53",
        equations: &["3-53"],
        formulas: &[r"J = −\frac{1}{m} \sum_s \sum_k y_{sk} \ln a^4_{sk} = \frac{1}{m} \sum_s J_s"],
        quotes: &[quote(&SECTION37, "(3-53)")],
        shapes: &[],
        grids: &["J"],
        asks: &["mean", "onehot"],
    },
    Stage {
        key: "3-54",
        equations: &["3-54"],
        formulas: &[
            "z^2 = a^1 w^1 + b^1",
            r"a^2 = f(z^2) , f(z) = \frac{1}{1 + e^{−z}}",
        ],
        quotes: &[quote(&SECTION37, "(3-54)")],
        shapes: &["z2 = a1 · w1 + b1", "a2 = f( z2 )"],
        grids: &["z2", "a2"],
        asks: &["bias", "sigmoid"],
    },
    Stage {
        key: "3-55",
        equations: &["3-55"],
        formulas: &["z^3 = a^2 w^2 + b^2", "a^3 = f(z^3)"],
        quotes: &[quote(&SECTION37, "(3-55)")],
        shapes: &["z3 = a2 · w2 + b2", "a3 = f( z3 )"],
        grids: &["z3", "a3"],
        asks: &["keep"],
    },
    Stage {
        key: "3-56",
        equations: &["3-56"],
        formulas: &["z^4 = a^3 w^3 + b^3", r"a^4 = \softmax(z^4)"],
        quotes: &[quote(&SECTION37, "(3-56)")],
        shapes: &["z4 = a3 · w3 + b3"],
        grids: &["z4"],
        asks: &["logits"],
    },
    Stage {
        key: "3-57",
        equations: &["3-57"],
        formulas: &[r"a^4_k = \frac{e^{z^4_k}}{\sum_i e^{z^4_i}}"],
        quotes: &[
            quote(&SECTION37, "(3-57)"),
            quote(&SOFTMAX, "(3-57)  the numerator"),
            quote(&SOFTMAX, "(3-57)  aₖ"),
        ],
        shapes: &["a4 = softmax( z4 )"],
        grids: &["e", "a4"],
        asks: &["max"],
    },
    Stage {
        key: "3-58",
        equations: &["3-58"],
        formulas: &[r"J_s = −\sum_k y_{sk} \ln a^4_{sk}"],
        quotes: &[quote(&SOFTMAX, "ln of (3-57)"), quote(&LOSSES, "(3-58)")],
        shapes: &["Js = − Σ( y ⊙ lna )"],
        grids: &["lna", "Js"],
        asks: &["log", "guess"],
    },
    Stage {
        key: "3-59",
        equations: &["3-59"],
        formulas: &[r"δ^4_i = \frac{∂J}{∂z^4_i} = \sum_k \frac{∂J}{∂a^4_k} \frac{∂a^4_k}{∂z^4_i}"],
        quotes: &[quote(&STEP, "(3-59)")],
        shapes: &[],
        grids: &["dJdz"],
        asks: &["path"],
    },
    Stage {
        key: "3-60",
        equations: &["3-60"],
        formulas: &[r"\frac{∂J}{∂a^4_i} = −\frac{y_i}{a^4_i}"],
        quotes: &[quote(&ACTIVATION, "(3-60)")],
        shapes: &["dJda = − y / a4"],
        grids: &["dJda"],
        asks: &["zeros"],
    },
    Stage {
        key: "3-61",
        equations: &["3-61", "3-62"],
        formulas: &[
            r"\frac{∂a^4_i}{∂z^4_j} = −a^4_i a^4_j , i ≠ j",
            r"\frac{∂a^4_i}{∂z^4_i} = a^4_i (1 − a^4_i)",
        ],
        quotes: &[quote(&SOFTMAX, "(3-61), (3-62)")],
        shapes: &[],
        grids: &["jac*"],
        asks: &["balance"],
    },
    Stage {
        key: "3-63",
        equations: &["3-63", "3-64"],
        formulas: &["δ^4_k = a^4_k − y_k", "δ^4 = a^4 − y"],
        quotes: &[quote(&SECTION37, "(3-63)")],
        shapes: &["d4 = a4 − y"],
        grids: &["d4"],
        asks: &["fractions", "nomean"],
    },
    Stage {
        key: "3-65",
        equations: &["3-65"],
        formulas: &[
            r"\frac{∂J}{∂w^3} = \frac{1}{m} {(a^3)}^T δ^4",
            r"\frac{∂J}{∂b^3} = \frac{1}{m} \sum_s δ^4_s",
        ],
        quotes: &[
            quote(&SECTION37, "(3-65)  ∂J/∂w³"),
            quote(&SECTION37, "(3-65)  ∂J/∂b³"),
            quote(&SECTION37, "(1/m)·aᵀδ"),
            quote(&SECTION37, "(1/m)·Σδ"),
            quote(&DIFFERENCES, "D(h)"),
        ],
        shapes: &["gw3 = (1/m) a3T · d4", "gb3 = (1/m) Σ d4"],
        grids: &["gw3", "gb3"],
        asks: &["transpose", "difference"],
    },
    Stage {
        key: "3-66",
        equations: &["3-66"],
        formulas: &[
            "δ^3 = δ^4 {(w^3)}^T ⊙ f′(z^3) , f′(z^3) = a^3 (1 − a^3)",
            r"\frac{∂J}{∂w^2} = \frac{1}{m} {(a^2)}^T δ^3",
            r"\frac{∂J}{∂b^2} = \frac{1}{m} \sum_s δ^3_s",
        ],
        quotes: &[
            quote(&SECTION37, "(3-66)  δ³"),
            quote(&SECTION37, "(3-66)  ∂J/∂w²"),
            quote(&SECTION37, "(3-66)  ∂J/∂b²"),
        ],
        shapes: &[
            "d3 = d4 · w3T ⊙ f′( z3 )",
            "gw2 = (1/m) a2T · d3",
            "gb2 = (1/m) Σ d3",
        ],
        grids: &["d3", "gw2", "gb2"],
        asks: &["updated", "prime"],
    },
    Stage {
        key: "3-67",
        equations: &["3-67"],
        formulas: &[
            "δ^2 = δ^3 {(w^2)}^T ⊙ f′(z^2) , f′(z^2) = a^2 (1 − a^2)",
            r"\frac{∂J}{∂w^1} = \frac{1}{m} {(a^1)}^T δ^2",
            r"\frac{∂J}{∂b^1} = \frac{1}{m} \sum_s δ^2_s",
        ],
        quotes: &[
            quote(&SECTION37, "(3-67)  δ²"),
            quote(&SECTION37, "(3-67)  ∂J/∂w¹"),
            quote(&SECTION37, "(3-67)  ∂J/∂b¹"),
        ],
        shapes: &[
            "d2 = d3 · w2T ⊙ f′( z2 )",
            "gw1 = (1/m) a1T · d2",
            "gb1 = (1/m) Σ d2",
        ],
        grids: &["d2", "gw1", "gb1"],
        asks: &["vanish", "inputs"],
    },
    Stage {
        key: "update",
        equations: &[],
        formulas: &[r"w ← w − \lr \frac{∂J}{∂w}", r"b ← b − \lr \frac{∂J}{∂b}"],
        quotes: &[quote(&OPS, "w ← w − lr·∂J/∂w")],
        shapes: &[],
        grids: &["w1n", "b1n", "w2n", "b2n", "w3n", "b3n"],
        asks: &["minus"],
    },
    Stage {
        key: "after",
        equations: &[],
        formulas: &[],
        quotes: &[],
        shapes: &[],
        grids: &[
            "z2n", "a2n", "z3n", "a3n", "z4n", "en", "a4n", "lnan", "Jsn", "Jn",
        ],
        asks: &["fall"],
    },
];
