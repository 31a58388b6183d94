//! ONNX: what is written is, byte for byte, what the format's own library makes of the same network.

use fromzero::io::tensor::onnx::{self, Network, Operator};
use fromzero::io::tensor::{DType, Tensor};

use super::fixtures::{fixture, tensor};
use super::folder::Folder;

/// Every operator once, on rows of 3, then 2 numbers.
fn chain(dtype: DType) -> Network {
    let vector = || tensor(dtype, &[2]);
    Network {
        name: "chain".into(),
        dtype,
        inputs: 3,
        operators: vec![
            Operator::Sigmoid,
            Operator::Gemm {
                weight: tensor(dtype, &[3, 2]),
                bias: vector(),
            },
            Operator::BatchNormalization {
                scale: vector(),
                shift: vector(),
                mean: vector(),
                variance: vector(),
                epsilon: 1e-5,
            },
            Operator::Tanh,
            Operator::Relu,
            Operator::Softmax,
            Operator::Add(tensor(dtype, &[])),
            Operator::Add(vector()),
            Operator::Log,
            Operator::LogSoftmax,
        ],
    }
}

#[test]
fn networks_are_written_as_the_library_does() {
    for (dtype, name) in [(DType::F32, "f4"), (DType::F64, "f8")] {
        let mut file = Vec::new();
        onnx::write(&chain(dtype), &mut file).unwrap();
        assert!(
            file == fixture(&format!("onnx/chain-{name}.onnx")),
            "{name}"
        );
    }
}

#[test]
fn a_file_on_disk_is_what_is_written() {
    let folder = Folder::new("onnx-save");
    let path = folder.file("chain.onnx");
    onnx::save(&path, &chain(DType::F32)).unwrap();
    assert!(std::fs::read(&path).unwrap() == fixture("onnx/chain-f4.onnx"));
}

#[test]
#[should_panic(expected = "onnx: 0.bias of Gemm is f32 [3], expected f32 [2]")]
fn shapes_that_do_not_fit_are_named() {
    let gemm = Operator::Gemm {
        weight: tensor(DType::F32, &[4, 2]),
        bias: Tensor::from_floats(&[3], &[0.0_f32; 3]),
    };
    let network = Network {
        name: "short".into(),
        dtype: DType::F32,
        inputs: 4,
        operators: vec![gemm],
    };
    onnx::write(&network, &mut Vec::new()).unwrap();
}
