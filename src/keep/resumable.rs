//! [`Resumable`]: a training that can be stopped and gone on with; and the parts that every such training has.

use crate::io::tensor::{DType, Named, Tensor, find};
use crate::io::{Error, Result};
use crate::rng::Rng;

/// A training that can be stopped and gone on with: it knows all that its further steps depend on.
pub trait Resumable {
    /// The number of steps that it has taken.
    fn steps(&self) -> usize;

    /// All that its steps have changed, by names.
    fn to_tensors(&self) -> Named;

    /// Takes the training, which has taken no step yet, to where another one like it stood; other tensors may be among these.
    ///
    /// # Errors
    /// If they are not those of such a training: one is missing, or has another type or shape. Then parts may have been replaced.
    fn restore(&mut self, tensors: &[(String, Tensor)]) -> Result<()>;
}

/// The states of generators, u64 [n, 4].
pub(super) fn generators_to_tensor(generators: &[&Rng]) -> Tensor {
    let mut bytes = Vec::new();
    for generator in generators {
        for word in generator.state() {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
    }
    Tensor::from_bytes(DType::U64, vec![generators.len(), 4], bytes)
}

/// As many generators as are expected, in the states that a tensor has.
pub(super) fn generators(
    tensors: &[(String, Tensor)],
    name: &str,
    expected: usize,
) -> Result<Vec<Rng>> {
    let tensor = find(tensors, name)?;
    tensor.expect_shape(name, &[expected, 4])?;
    if tensor.dtype() != DType::U64 {
        let message = format!("{name} is {}, expected u64", tensor.described());
        return Err(Error::content(message));
    }
    let mut generators = Vec::new();
    for words in tensor.bytes().as_chunks::<8>().0.as_chunks().0 {
        let generator = Rng::from_state(words.map(u64::from_le_bytes));
        let zero = || Error::content(format!("{name} holds a state that is 0"));
        generators.push(generator.ok_or_else(zero)?);
    }
    Ok(generators)
}

/// The one generator of this name.
pub(super) fn generator(tensors: &[(String, Tensor)], name: &str) -> Result<Rng> {
    let mut one = generators(tensors, name, 1)?;
    Ok(one.remove(0))
}

/// An order of samples, u32 [samples].
pub(super) fn order_to_tensor(order: &[u32]) -> Tensor {
    let mut bytes = Vec::with_capacity(size_of_val(order));
    for i in order {
        bytes.extend_from_slice(&i.to_le_bytes());
    }
    Tensor::from_bytes(DType::U32, vec![order.len()], bytes)
}

/// The order of samples that a tensor has.
pub(super) fn order(tensors: &[(String, Tensor)], name: &str) -> Result<Vec<u32>> {
    let numbers = find(tensors, name)?.to_integers()?;
    let order: std::result::Result<Vec<u32>, _> = numbers.into_iter().map(u32::try_from).collect();
    order.map_err(|_| Error::content(format!("{name} holds numbers that are no samples")))
}

/// A number for each step, f64 [steps].
pub(super) fn numbers_to_tensor(numbers: &[f64]) -> Tensor {
    Tensor::from_floats(&[numbers.len()], numbers)
}

/// The number that a tensor has for each step.
pub(super) fn numbers(tensors: &[(String, Tensor)], name: &str) -> Result<Vec<f64>> {
    let tensor = find(tensors, name)?;
    tensor.expect_shape(name, &[tensor.count()])?;
    Ok(tensor.to_floats())
}

/// Tensors of these names.
pub(super) fn named(parts: Vec<(&str, Tensor)>) -> Named {
    let parts = parts.into_iter();
    parts.map(|(name, tensor)| (name.into(), tensor)).collect()
}
