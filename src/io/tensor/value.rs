//! [`Tensor`]: numbers of one type with a shape.

use crate::io::{Error, Result};

/// As many dimensions as a tensor may have; NumPy has the same limit.
pub const MOST_DIMENSIONS: usize = 64;

/// The type of a tensor's numbers. The order is that in which safetensors files keep tensors, the last first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DType {
    /// A truth value in a byte, 0 or 1.
    Bool,
    /// Unsigned, 8 bits.
    U8,
    /// Signed, 8 bits.
    I8,
    /// Signed, 16 bits.
    I16,
    /// Unsigned, 16 bits.
    U16,
    /// Signed, 32 bits.
    I32,
    /// Unsigned, 32 bits.
    U32,
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary64.
    F64,
    /// Signed, 64 bits.
    I64,
    /// Unsigned, 64 bits.
    U64,
}

impl DType {
    /// All types.
    pub const ALL: [DType; 11] = [
        DType::Bool,
        DType::U8,
        DType::I8,
        DType::I16,
        DType::U16,
        DType::I32,
        DType::U32,
        DType::F32,
        DType::F64,
        DType::I64,
        DType::U64,
    ];

    /// The bytes of one number.
    pub fn size(self) -> usize {
        match self {
            DType::Bool | DType::U8 | DType::I8 => 1,
            DType::I16 | DType::U16 => 2,
            DType::I32 | DType::U32 | DType::F32 => 4,
            DType::F64 | DType::I64 | DType::U64 => 8,
        }
    }

    /// Its name as Rust has it, `"f32"`.
    pub fn name(self) -> &'static str {
        match self {
            DType::Bool => "bool",
            DType::U8 => "u8",
            DType::I8 => "i8",
            DType::I16 => "i16",
            DType::U16 => "u16",
            DType::I32 => "i32",
            DType::U32 => "u32",
            DType::F32 => "f32",
            DType::F64 => "f64",
            DType::I64 => "i64",
            DType::U64 => "u64",
        }
    }
}

/// An array of numbers with any number of dimensions, in row-major order.
///
/// It keeps the numbers as bytes, the lowest of each first, as most files do: reading and writing them is copying.
///
/// ```
/// use fromzero::io::tensor::{DType, Tensor};
/// let tensor = Tensor::from_floats(&[2, 3], &[1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0]);
/// assert_eq!((tensor.dtype(), tensor.shape()), (DType::F32, &[2, 3][..]));
/// assert_eq!(tensor.to_floats::<f64>()[5], 6.0);
/// assert_eq!(tensor.described(), "f32 [2, 3]");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    dtype: DType,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

/// Tensors with their names, in a file's order.
pub type Named = Vec<(String, Tensor)>;

impl Tensor {
    /// The tensor with these little-endian numbers.
    ///
    /// # Panics
    /// If there are not as many bytes as the shape and the type need, or more than [`MOST_DIMENSIONS`] dimensions.
    #[track_caller]
    pub fn from_bytes(dtype: DType, shape: Vec<usize>, bytes: Vec<u8>) -> Self {
        assert!(
            shape.len() <= MOST_DIMENSIONS,
            "Tensor::from_bytes: {} dimensions, {MOST_DIMENSIONS} are the most",
            shape.len()
        );
        assert!(
            byte_count(dtype, &shape) == Some(bytes.len()),
            "Tensor::from_bytes: {} {shape:?} cannot be made from {} bytes",
            dtype.name(),
            bytes.len()
        );
        Tensor {
            dtype,
            shape,
            bytes,
        }
    }

    /// The type of the numbers.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// The size of each dimension; none for a single number.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// How many numbers there are.
    pub fn count(&self) -> usize {
        self.bytes.len() / self.dtype.size()
    }

    /// The numbers, little-endian.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The numbers, if they are unsigned bytes, as images and labels mostly are.
    ///
    /// # Errors
    /// If they are of another type.
    pub fn into_u8(self) -> Result<Vec<u8>> {
        match self.dtype {
            DType::U8 => Ok(self.bytes),
            _ => Err(Error::content(format!(
                "holds {}, expected unsigned bytes (u8)",
                self.described()
            ))
            .hint("convert it with NumPy's astype('u1')")),
        }
    }

    /// The numbers, if they are integers or truth values, as labels are.
    ///
    /// # Errors
    /// If they are of another type, or one of them is not within the range of `i64`.
    pub fn to_integers(&self) -> Result<Vec<i64>> {
        let bytes = &self.bytes;
        Ok(match self.dtype {
            DType::Bool | DType::U8 => numbers(bytes, |b| u8::from_le_bytes(b).into()),
            DType::I8 => numbers(bytes, |b| i8::from_le_bytes(b).into()),
            DType::I16 => numbers(bytes, |b| i16::from_le_bytes(b).into()),
            DType::U16 => numbers(bytes, |b| u16::from_le_bytes(b).into()),
            DType::I32 => numbers(bytes, |b| i32::from_le_bytes(b).into()),
            DType::U32 => numbers(bytes, |b| u32::from_le_bytes(b).into()),
            DType::I64 => numbers(bytes, i64::from_le_bytes),
            DType::U64 => {
                let unsigned = numbers(bytes, u64::from_le_bytes);
                if unsigned.iter().any(|&number| number > i64::MAX as u64) {
                    return Err(Error::content("holds a number above 2⁶³ − 1"));
                }
                numbers(bytes, i64::from_le_bytes)
            }
            DType::F32 | DType::F64 => {
                let message = format!("holds {}, expected integers", self.described());
                return Err(Error::content(message));
            }
        })
    }

    /// Type and shape as people read them, `"f32 [784, 64]"`.
    pub fn described(&self) -> String {
        format!("{} {:?}", self.dtype.name(), self.shape)
    }

    /// Checks the shape; for a tensor that is called `name` in its file.
    ///
    /// # Errors
    /// If it is another one. The error names both.
    pub fn expect_shape(&self, name: &str, shape: &[usize]) -> Result<()> {
        if self.shape == shape {
            return Ok(());
        }
        Err(Error::content(format!(
            "{name} has the shape {:?}, expected {shape:?}",
            self.shape
        )))
    }
}

/// The tensor of this name.
///
/// # Errors
/// If there is none; with the names that there are.
pub fn find<'a>(tensors: &'a [(String, Tensor)], name: &str) -> Result<&'a Tensor> {
    /// As many names fit into a message.
    const SHOWN: usize = 12;
    if let Some((_, tensor)) = tensors.iter().find(|(other, _)| other == name) {
        return Ok(tensor);
    }
    let names: Vec<&str> = tensors.iter().map(|(name, _)| &name[..]).collect();
    let more = if names.len() > SHOWN { ", …" } else { "" };
    let names = names[..names.len().min(SHOWN)].join(", ");
    Err(Error::content(format!(
        "holds no array {name:?}; it has: {names}{more}"
    )))
}

/// The bytes that so many numbers take; `None` if no memory has so many.
pub(super) fn byte_count(dtype: DType, shape: &[usize]) -> Option<usize> {
    if shape.contains(&0) {
        return Some(0);
    }
    let product = shape
        .iter()
        .try_fold(dtype.size(), |n, &size| n.checked_mul(size));
    product.filter(|&bytes| isize::try_from(bytes).is_ok())
}

/// The numbers that stand in `bytes`, `N` bytes each.
pub(super) fn numbers<const N: usize, R>(bytes: &[u8], from: impl Fn([u8; N]) -> R) -> Vec<R> {
    let mut numbers = Vec::with_capacity(bytes.len() / N);
    for &bytes in bytes.as_chunks().0 {
        numbers.push(from(bytes));
    }
    numbers
}
