//! Between tensors and the floating-point numbers that networks are made of.

use super::value::{DType, Tensor, byte_count};
use crate::scalar::Scalar;

impl DType {
    /// The type of a network's numbers: `F32` for `f32`, `F64` for `f64`.
    pub fn of<T: Scalar>() -> Self {
        match size_of::<T>() {
            4 => DType::F32,
            _ => DType::F64,
        }
    }
}

impl Tensor {
    /// The tensor with these numbers, of the type `f32` or `f64` as they are.
    ///
    /// # Panics
    /// If there are not as many numbers as the shape needs.
    #[track_caller]
    pub fn from_floats<T: Scalar>(shape: &[usize], values: &[T]) -> Self {
        let dtype = DType::of::<T>();
        let mut bytes = Vec::with_capacity(size_of_val(values));
        for x in values {
            bytes.extend_from_slice(&x.to_bits64().to_le_bytes()[..size_of::<T>()]);
        }
        assert!(
            byte_count(dtype, shape) == Some(bytes.len()),
            "Tensor::from_floats: the shape {shape:?} cannot be made from {} numbers",
            values.len()
        );
        Tensor::from_bytes(dtype, shape.to_vec(), bytes)
    }

    /// The numbers as floating-point numbers, each the nearest of its type. `f32` and `f64` come back as they went in.
    pub fn to_floats<T: Scalar>(&self) -> Vec<T> {
        let mut floats = Vec::with_capacity(self.count());
        let mut decoded = [0.0; AT_ONCE];
        for bytes in self.bytes().chunks(AT_ONCE * self.dtype().size()) {
            let count = decode(self.dtype(), bytes, DType::of::<T>(), &mut decoded);
            for &x in &decoded[..count] {
                floats.push(T::from_f64(x));
            }
        }
        floats
    }
}

/// Numbers that are decoded before they take the type that is asked for.
const AT_ONCE: usize = 256;

/// Decodes numbers, each as it is or, an integer that `f64` may not hold, rounded once: straight to the type that it `becomes`.
/// Returns how many they are.
fn decode(dtype: DType, bytes: &[u8], becomes: DType, to: &mut [f64]) -> usize {
    let once = |n: i128| match becomes {
        DType::F32 => f64::from(n as f32),
        _ => n as f64,
    };
    match dtype {
        DType::Bool | DType::U8 => each(bytes, to, |b| u8::from_le_bytes(b).into()),
        DType::I8 => each(bytes, to, |b| i8::from_le_bytes(b).into()),
        DType::I16 => each(bytes, to, |b| i16::from_le_bytes(b).into()),
        DType::U16 => each(bytes, to, |b| u16::from_le_bytes(b).into()),
        DType::I32 => each(bytes, to, |b| i32::from_le_bytes(b).into()),
        DType::U32 => each(bytes, to, |b| u32::from_le_bytes(b).into()),
        DType::F32 => each(bytes, to, |b| f32::from_le_bytes(b).into()),
        DType::F64 => each(bytes, to, f64::from_le_bytes),
        DType::I64 => each(bytes, to, |b| once(i64::from_le_bytes(b).into())),
        DType::U64 => each(bytes, to, |b| once(u64::from_le_bytes(b).into())),
    }
}

fn each<const N: usize>(bytes: &[u8], to: &mut [f64], number: impl Fn([u8; N]) -> f64) -> usize {
    let numbers = bytes.as_chunks().0;
    for (&bytes, x) in numbers.iter().zip(to) {
        *x = number(bytes);
    }
    numbers.len()
}
