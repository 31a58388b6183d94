//! Between tensors and the floating-point numbers that networks are made of.

use super::value::{DType, Tensor, byte_count, numbers};
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
        let bytes = match dtype {
            DType::F32 => joined(values, |x| (x.to_bits64() as u32).to_le_bytes()),
            _ => joined(values, |x| x.to_bits64().to_le_bytes()),
        };
        assert!(
            byte_count(dtype, shape) == Some(bytes.len()),
            "Tensor::from_floats: the shape {shape:?} cannot be made from {} numbers",
            values.len()
        );
        Tensor::from_bytes(dtype, shape.to_vec(), bytes)
    }

    /// The numbers as floating-point numbers, each the nearest of its type. `f32` and `f64` come back as they went in.
    pub fn to_floats<T: Scalar>(&self) -> Vec<T> {
        let bytes = self.bytes();
        match self.dtype() {
            DType::Bool | DType::U8 => numbers(bytes, |b| nearest(u8::from_le_bytes(b))),
            DType::I8 => numbers(bytes, |b| nearest(i8::from_le_bytes(b))),
            DType::I16 => numbers(bytes, |b| nearest(i16::from_le_bytes(b))),
            DType::U16 => numbers(bytes, |b| nearest(u16::from_le_bytes(b))),
            DType::I32 => numbers(bytes, |b| nearest(i32::from_le_bytes(b))),
            DType::U32 => numbers(bytes, |b| nearest(u32::from_le_bytes(b))),
            DType::F32 => numbers(bytes, |b| nearest(f32::from_le_bytes(b))),
            DType::F64 => numbers(bytes, |b| nearest(f64::from_le_bytes(b))),
            DType::I64 => numbers(bytes, |b| once(i64::from_le_bytes(b).into())),
            DType::U64 => numbers(bytes, |b| once(u64::from_le_bytes(b).into())),
        }
    }
}

fn nearest<T: Scalar>(x: impl Into<f64>) -> T {
    T::from_f64(x.into())
}

/// An integer that `f64` may not hold, rounded once: straight to the type that it becomes.
fn once<T: Scalar>(n: i128) -> T {
    if size_of::<T>() == 4 {
        T::from_f64((n as f32).into())
    } else {
        T::from_f64(n as f64)
    }
}

fn joined<T, const N: usize>(values: &[T], bytes_of: impl Fn(&T) -> [u8; N]) -> Vec<u8> {
    let mut bytes = vec![0; values.len() * N];
    for (bytes, x) in bytes.as_chunks_mut().0.iter_mut().zip(values) {
        *bytes = bytes_of(x);
    }
    bytes
}
