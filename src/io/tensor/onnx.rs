//! ONNX, written: a network as other programs run it (*Open Neural Network Exchange*, `onnx.proto`, operators of version 17).
//!
//! A [`Network`] is a chain: each [`Operator`] takes what the one before it gives, a sample a row.
//!
//! What always holds: shapes fit from one operator to the next, or nothing is written.
//!
//! Guarded by `tests/suite/io/onnx.rs`: `networks_are_written_as_the_library_does`, `shapes_that_do_not_fit_are_named`.

use std::io::{self, Write};
use std::path::Path;

use super::protobuf::Message;
use super::value::{DType, Tensor};
use crate::io::{Result, write_atomic};

/// The format's version, of 2022, and that of the operators.
const IR_VERSION: u64 = 8;
const OPERATORS: u64 = 17;
/// What goes in and what comes out.
const INPUT: &str = "input";
const OUTPUT: &str = "output";
/// A message of Protocol Buffers has at most so many bytes.
const MOST_BYTES: usize = i32::MAX as usize;

/// One step of a network. All tensors have the network's type.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Operator {
    /// x·w + b with w in × out, and b a row of as many as come out.
    Gemm {
        /// w.
        weight: Tensor,
        /// b.
        bias: Tensor,
    },
    /// 1 / (1 + e⁻ˣ).
    Sigmoid,
    /// max(0, x).
    Relu,
    /// The hyperbolic tangent.
    Tanh,
    /// e^xᵢ / Σ e^xₖ, row by row.
    Softmax,
    /// The logarithm of that.
    LogSoftmax,
    /// x + b with b a row of as many as a sample has, or one number for all.
    Add(Tensor),
    /// The natural logarithm.
    Log,
    /// γ(x − mean)/√(variance + ε) + β, feature by feature, in evaluation.
    BatchNormalization {
        /// γ.
        scale: Tensor,
        /// β.
        shift: Tensor,
        /// The running mean.
        mean: Tensor,
        /// The running variance.
        variance: Tensor,
        /// ε, which ONNX has in single precision whatever the network's type.
        epsilon: f32,
    },
}

/// A chain of operators.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// What it is called.
    pub name: String,
    /// `f32` or `f64`.
    pub dtype: DType,
    /// Numbers in a sample.
    pub inputs: usize,
    /// From the input to the output, at least one.
    pub operators: Vec<Operator>,
}

/// Writes an ONNX file; the number of samples stays open.
///
/// # Errors
/// As [`write_atomic`], and for a network of 2 GiB, which the format cannot hold in one file.
///
/// # Panics
/// If there is no operator, or the shape or type of a tensor does not fit.
#[track_caller]
pub fn save(path: impl AsRef<Path>, network: &Network) -> Result<()> {
    let model = model(network);
    write_atomic(path, |file| put(&model, file))
}

/// Writes what an ONNX file holds.
///
/// # Errors
/// Those of `file`, and for a network of 2 GiB.
///
/// # Panics
/// As [`save`].
#[track_caller]
pub fn write(network: &Network, file: &mut dyn Write) -> io::Result<()> {
    put(&model(network), file)
}

fn put(model: &Message, file: &mut dyn Write) -> io::Result<()> {
    if model.bytes.len() > MOST_BYTES {
        let message = "the network has more than 2 GiB, which an ONNX file cannot hold";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    file.write_all(&model.bytes)
}

/// `ModelProto`.
#[track_caller]
fn model(network: &Network) -> Message {
    let operators = Message::default().text(1, "").number(2, OPERATORS);
    Message::default()
        .number(1, IR_VERSION)
        .text(2, "fromzero")
        .message(7, &graph(network))
        .message(8, &operators)
}

/// `GraphProto`.
#[track_caller]
fn graph(network: &Network) -> Message {
    assert!(
        !network.operators.is_empty(),
        "onnx: expected at least one operator, found none"
    );
    let (mut graph, mut width) = (Message::default(), network.inputs);
    let mut before = INPUT.to_string();
    let last = network.operators.len() - 1;
    for (i, operator) in network.operators.iter().enumerate() {
        width = operator.check(i, width, network.dtype);
        let after = if i == last {
            OUTPUT.into()
        } else {
            format!("{i}.output")
        };
        graph = graph.message(1, &node(operator, i, &before, &after));
        before = after;
    }
    let initializers = (network.operators.iter().enumerate()).flat_map(|(i, operator)| {
        let named = operator.tensors().into_iter();
        named.map(move |(name, tensor)| initializer(&format!("{i}.{name}"), tensor))
    });
    graph
        .text(2, &network.name)
        .each(initializers, |graph, tensor| graph.message(5, &tensor))
        .message(11, &value(INPUT, network.dtype, network.inputs))
        .message(12, &value(OUTPUT, network.dtype, width))
}

/// `NodeProto`.
fn node(operator: &Operator, i: usize, before: &str, after: &str) -> Message {
    let kind = operator.kind();
    let tensors = operator.tensors().into_iter();
    let node = Message::default()
        .text(1, before)
        .each(tensors, |node, (name, _)| {
            node.text(1, &format!("{i}.{name}"))
        })
        .text(2, after)
        .text(3, &format!("{i}.{kind}"))
        .text(4, kind);
    match operator {
        // `AttributeProto`, of type 1, a floating-point number.
        Operator::BatchNormalization { epsilon, .. } => {
            let attribute = Message::default().text(1, "epsilon").float(2, *epsilon);
            node.message(5, &attribute.number(20, 1))
        }
        _ => node,
    }
}

/// `TensorProto`.
fn initializer(name: &str, tensor: &Tensor) -> Message {
    Message::default()
        .each(tensor.shape(), |message, &size| {
            message.number(1, size as u64)
        })
        .number(2, type_number(tensor.dtype()))
        .text(8, name)
        .raw(9, tensor.bytes())
}

/// `ValueInfoProto`: rows of `width` numbers, as many as there are samples.
fn value(name: &str, dtype: DType, width: usize) -> Message {
    let samples = Message::default().text(2, "samples");
    let width = Message::default().number(1, width as u64);
    let shape = Message::default().message(1, &samples).message(1, &width);
    let tensor = Message::default()
        .number(1, type_number(dtype))
        .message(2, &shape);
    Message::default()
        .text(1, name)
        .message(2, &Message::default().message(1, &tensor))
}

/// `TensorProto.DataType`.
fn type_number(dtype: DType) -> u64 {
    match dtype {
        DType::F32 => 1,
        DType::U8 => 2,
        DType::I8 => 3,
        DType::U16 => 4,
        DType::I16 => 5,
        DType::I32 => 6,
        DType::I64 => 7,
        DType::Bool => 9,
        DType::F64 => 11,
        DType::U32 => 12,
        DType::U64 => 13,
    }
}

impl Operator {
    /// The operator's name in ONNX.
    fn kind(&self) -> &'static str {
        match self {
            Operator::Gemm { .. } => "Gemm",
            Operator::Sigmoid => "Sigmoid",
            Operator::Relu => "Relu",
            Operator::Tanh => "Tanh",
            Operator::Softmax => "Softmax",
            Operator::LogSoftmax => "LogSoftmax",
            Operator::Add(_) => "Add",
            Operator::Log => "Log",
            Operator::BatchNormalization { .. } => "BatchNormalization",
        }
    }

    /// Its tensors, in ONNX's order, as PyTorch calls them.
    fn tensors(&self) -> Vec<(&'static str, &Tensor)> {
        match self {
            Operator::Gemm { weight, bias } => vec![("weight", weight), ("bias", bias)],
            Operator::Add(bias) => vec![("bias", bias)],
            Operator::BatchNormalization {
                scale,
                shift,
                mean,
                variance,
                ..
            } => vec![
                ("weight", scale),
                ("bias", shift),
                ("running_mean", mean),
                ("running_var", variance),
            ],
            _ => Vec::new(),
        }
    }

    /// Checks the tensors of operator `i` for rows of `width` numbers, and returns how many come out.
    #[track_caller]
    fn check(&self, i: usize, width: usize, dtype: DType) -> usize {
        let out = match self {
            Operator::Gemm { weight, .. } => weight.shape().last().copied().unwrap_or(0),
            _ => width,
        };
        for (name, tensor) in self.tensors() {
            let expected: &[usize] = match (self, name) {
                (Operator::Gemm { .. }, "weight") => &[width, out],
                (Operator::Add(_), _) if tensor.shape().is_empty() => &[],
                _ => &[out],
            };
            assert!(
                tensor.shape() == expected && tensor.dtype() == dtype,
                "onnx: {i}.{name} of {} is {}, expected {} {expected:?}",
                self.kind(),
                tensor.described(),
                dtype.name()
            );
        }
        out
    }
}
