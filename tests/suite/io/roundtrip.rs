//! Files to and from other programs: the half of `tests/fixtures/formats/roundtrip.py`, which calls this, that is ours.

use std::path::{Path, PathBuf};

use fromzero::Matrix;
use fromzero::io::tensor::onnx::{self, Network, Operator};
use fromzero::io::tensor::{DType, Named, Tensor, find, npy, npz, safetensors};
use fromzero::section37::{Params, Sizes, prediction};

const LIMIT: usize = 1 << 30;

/// Reads what the script wrote into the folder `FROMZERO_ROUNDTRIP`, and writes it again. Without the script there is no folder,
/// and nothing to do.
#[test]
fn what_others_wrote_is_written_again() {
    let Some(folder) = std::env::var_os("FROMZERO_ROUNDTRIP").map(PathBuf::from) else {
        return;
    };
    let arrays = npz::load(folder.join("python.npz"), LIMIT).unwrap();
    assert_eq!(
        npz::load(folder.join("python-packed.npz"), LIMIT).unwrap(),
        arrays
    );
    let mut sorted = safetensors::load(folder.join("python.safetensors")).unwrap();
    npz::save(folder.join("rust.npz"), &arrays).unwrap();
    safetensors::save(folder.join("rust.safetensors"), &sorted).unwrap();
    sorted.sort_by_key(|(name, _)| arrays.iter().position(|(other, _)| other == name));
    assert_eq!(sorted, arrays);
    for (name, array) in &arrays {
        assert_eq!(
            &npy::load(folder.join(format!("python-{name}.npy"))).unwrap(),
            array
        );
        npy::save(folder.join(format!("rust-{name}.npy")), array).unwrap();
    }
    predict::<f32>(&folder, "f4", DType::F32);
    predict::<f64>(&folder, "f8", DType::F64);
}

/// Section 3.7's network with the weights that the script made: its ONNX file, and what it takes the images for.
fn predict<T: fromzero::Real>(folder: &Path, kind: &str, dtype: DType) {
    let weights = npz::load(folder.join(format!("weights-{kind}.npz")), LIMIT).unwrap();
    let tensor = |name: &str| find(&weights, name).unwrap().clone();
    let w1 = tensor("w1");
    let sizes = Sizes {
        inputs: w1.shape()[0],
        hidden: w1.shape()[1],
        classes: 10,
    };
    let mut params = Params::<T>::zeros(sizes).unwrap();
    for (w, name) in [
        (&mut params.w1, "w1"),
        (&mut params.w2, "w2"),
        (&mut params.w3, "w3"),
    ] {
        *w = Matrix::from_tensor(name, &tensor(name)).unwrap();
    }
    for (b, name) in [
        (&mut params.b1, "b1"),
        (&mut params.b2, "b2"),
        (&mut params.b3, "b3"),
    ] {
        *b = tensor(name).to_floats();
    }
    let images = npy::load(folder.join(format!("images-{kind}.npy"))).unwrap();
    let digits = prediction(&params, &Matrix::from_tensor("images", &images).unwrap()).unwrap();
    let digits: Vec<u8> = digits.into_iter().map(|digit| digit as u8).collect();
    let digits = Tensor::from_bytes(DType::U8, vec![digits.len()], digits);
    npy::save(folder.join(format!("digits-{kind}.npy")), &digits).unwrap();

    let gemm = |n| Operator::Gemm {
        weight: tensor(&format!("w{n}")),
        bias: tensor(&format!("b{n}")),
    };
    let network = Network {
        name: "section 3.7".into(),
        dtype,
        inputs: sizes.inputs,
        operators: vec![
            gemm(1),
            Operator::Sigmoid,
            gemm(2),
            Operator::Sigmoid,
            gemm(3),
            Operator::Softmax,
        ],
    };
    onnx::save(folder.join(format!("section37-{kind}.onnx")), &network).unwrap();
    // What is written is what was read.
    let written: Named = [("w1", &params.w1), ("w2", &params.w2), ("w3", &params.w3)]
        .map(|(name, w)| (name.to_string(), w.to_tensor()))
        .into();
    for (name, tensor) in &written {
        assert_eq!(tensor, find(&weights, name).unwrap());
    }
}
