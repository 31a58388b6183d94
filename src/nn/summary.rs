//! The table that a network prints of itself.

use crate::io::grouped;
use std::fmt;

use super::Layer;
use crate::real::Real;

/// A line for each layer, and the number of parameters in all:
///
/// ```text
/// inputs 784
/// layer                parameters  shapes
///     0  Dense            803,840  w: [784, 1024], b: [1024]
///     1  Sigmoid                0
///     2  Dense             10,250  w: [1024, 10], b: [10]
/// 814,090 parameters to train
/// ```
pub(super) fn write<'a, T: Real>(
    layers: impl Iterator<Item = &'a dyn Layer<T>>,
    inputs: Option<usize>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let inputs = inputs.map_or("?".to_string(), |inputs| inputs.to_string());
    writeln!(f, "inputs {inputs}")?;
    writeln!(f, "{:>5}  {:<12}{:>12}  shapes", "layer", "", "parameters")?;
    let (mut trainable, mut fixed) = (0, 0);
    for (i, layer) in layers.enumerate() {
        let parameters = layer.parameters();
        let counts = |wanted| {
            let chosen = (parameters.iter()).filter(move |p| p.is_trainable() == wanted);
            chosen.map(|p| p.count()).sum::<usize>()
        };
        let shapes: Vec<String> = (parameters.iter())
            .map(|p| format!("{}: {}", p.name, p.shape()))
            .collect();
        let count = grouped(counts(true) + counts(false));
        let line = format!(
            "{i:>5}  {:<12}{count:>12}  {}",
            layer.name(),
            shapes.join(", ")
        );
        writeln!(f, "{}", line.trim_end())?;
        trainable += counts(true);
        fixed += counts(false);
    }
    write!(f, "{} parameters to train", grouped(trainable))?;
    if fixed > 0 {
        write!(f, ", {} others", grouped(fixed))?;
    }
    Ok(())
}
