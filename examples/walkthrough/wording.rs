//! What page and terminal say of a grid: captions, axes, shapes.

use super::ledger::{Axis, Grid, Ledger};
use super::words::{Lang, words};

/// What a grid holds.
pub fn caption(grid: &Grid, lang: Lang) -> String {
    let key = match grid.id.as_str() {
        "w1n" | "w2n" | "w3n" => "cap.wn",
        "b1n" | "b2n" | "b3n" => "cap.bn",
        id => match id.trim_end_matches('n') {
            "lr" => "cap.lr",
            "m" => "cap.m",
            "a1" => "cap.a1",
            "y" => "cap.y",
            "z4" => "cap.z4",
            "a4" => "cap.a4",
            "e" => "cap.e",
            "lna" => "cap.lna",
            "Js" => "cap.Js",
            "J" => "cap.J",
            "dJdz" => "cap.dJdz",
            "dJda" => "cap.dJda",
            "w1" | "w2" | "w3" => "cap.w",
            "b1" | "b2" | "b3" => "cap.b",
            "z2" | "z3" => "cap.z",
            "a2" | "a3" => "cap.a",
            "d2" | "d3" | "d4" => "cap.d",
            id if id.starts_with('g') => "cap.g",
            _ => "cap.jac",
        },
    };
    match grid.sample {
        Some(sample) => format!("{} {sample}", words(lang, key)),
        None => words(lang, key).into(),
    }
}

/// The key of what an axis counts.
fn counted(axis: Axis) -> Option<&'static str> {
    match axis {
        Axis::Samples => Some("sample"),
        Axis::Inputs => Some("input"),
        Axis::Neurons(2) => Some("neuron2"),
        Axis::Neurons(3) => Some("neuron3"),
        Axis::Neurons(_) => Some("neuron4"),
        Axis::One => None,
    }
}

/// The short head of the row or column `i`: its number.
pub fn axis(axis: Axis, i: usize) -> String {
    counted(axis).map_or(String::new(), |_| (i + 1).to_string())
}

/// The head of the row or column `i` in full: "sample 1".
pub fn header(axis: Axis, i: usize, lang: Lang) -> String {
    counted(axis).map_or(String::new(), |key| {
        format!("{} {}", words(lang, key), i + 1)
    })
}

/// What rows and columns count: "rows: sample, columns: input".
pub fn axes((down, across): (Axis, Axis), lang: Lang) -> String {
    let side = |key, axis| {
        counted(axis).map(|what| [key, "colon", what].map(|key| words(lang, key)).concat())
    };
    let sides = [side("down", down), side("across", across)];
    let sides: Vec<_> = sides.into_iter().flatten().collect();
    sides.join(words(lang, "comma"))
}

/// A grid between the signs of a stage's shapes.
pub struct Shaped {
    pub symbol: String,
    pub shape: String,
    pub id: String,
}

/// The grid that a word of a stage's shapes names, `w3T` transposed; `None` for signs.
pub fn shaped(word: &str, ledger: &Ledger) -> Option<Shaped> {
    let (id, is_transposed) = match word.strip_suffix('T') {
        Some(id) => (id, true),
        None => (word, false),
    };
    let grid = ledger.0.iter().find(|grid| grid.id == id)?;
    let (symbol, shape) = if is_transposed {
        let (rows, cols) = grid.values.shape();
        (format!("({})ᵀ", grid.name()), format!("[{cols},{rows}]"))
    } else {
        (grid.name(), grid.shape().trim_end().into())
    };
    let id = id.into();
    Some(Shaped { symbol, shape, id })
}
