//! Section 3.7's weights in files.

use std::env;
use std::fs;
use std::path::PathBuf;

use fromzero::Real;
use fromzero::io::tensor::{DType, Format, Named, Tensor, npz, safetensors};
use fromzero::keep::params;
use fromzero::rng::Rng;
use fromzero::section37::{Init, Params, Sizes};

const SIZES: Sizes = Sizes {
    inputs: 5,
    hidden: 3,
    classes: 2,
};

fn some<T: Real>(seed: u64) -> Params<T> {
    let mut p = Params::new(SIZES, Init::Xavier(1.0), &mut Rng::new(seed)).unwrap();
    let mut rng = Rng::new(seed + 100);
    for b in [&mut p.b1, &mut p.b2, &mut p.b3] {
        b.fill_with(|| T::from_f64(rng.normal()));
    }
    p
}

/// A file that is removed when this is dropped.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        Place(env::temp_dir().join(format!("fromzero-keep-{}-{name}", std::process::id())))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn come_back<T: Real>(name: &str) {
    let place = Place::new(name);
    let p = some::<T>(1);
    params::save(&place.0, &p).unwrap();
    let back = params::load::<T>(&place.0).unwrap();
    assert_eq!(back.checksum(), p.checksum());
    assert_eq!(back.sizes(), SIZES);
    let first = fs::read(&place.0).unwrap();
    params::save(&place.0, &back).unwrap();
    assert!(first == fs::read(&place.0).unwrap(), "{name}");
}

#[test]
fn weights_come_back_bit_for_bit_and_equal_weights_give_equal_files() {
    come_back::<f32>("a.npz");
    come_back::<f32>("a.safetensors");
    come_back::<f64>("b.npz");
    come_back::<f64>("b.SafeTensors");
}

#[test]
fn files_have_the_names_and_shapes_of_the_book_without_padding() {
    let place = Place::new("names.npz");
    params::save(&place.0, &some::<f32>(2)).unwrap();
    let tensors = npz::load(&place.0, 1 << 20).unwrap();
    let found: Vec<_> = tensors
        .iter()
        .map(|(name, t)| (&name[..], t.dtype(), t.shape().to_vec()))
        .collect();
    let expected = [
        ("w1", vec![5, 3]),
        ("b1", vec![3]),
        ("w2", vec![3, 3]),
        ("b2", vec![3]),
        ("w3", vec![3, 2]),
        ("b3", vec![2]),
    ];
    let expected = expected.map(|(name, shape)| (name, DType::F32, shape));
    assert_eq!(found, expected);
}

#[test]
fn numbers_of_the_other_type_are_rounded_once() {
    let wide = some::<f64>(3);
    let narrow = params::from_tensors::<f32>(&params::to_tensors(&wide)).unwrap();
    assert!(wide.iter().zip(narrow.iter()).all(|(w, n)| w as f32 == n));
}

#[test]
fn extensions_are_refused_by_name() {
    for (name, words) in [
        ("w.pt", "found .pt; PyTorch's own files are pickles"),
        ("w", "found no extension"),
        (
            "w.bin",
            "expected a file called .npz, .safetensors or .onnx",
        ),
    ] {
        let error = Format::to_write(name).unwrap_err().to_string();
        assert!(error.contains(words) && error.contains(name), "{error}");
    }
    let error = Format::to_read("w.onnx").unwrap_err().to_string();
    assert!(error.contains("ONNX is only written"), "{error}");
}

#[test]
fn what_is_no_network_is_refused_with_its_name() {
    let good = params::to_tensors(&some::<f32>(4));
    let refused = |change: &dyn Fn(&mut Named)| {
        let mut tensors = good.clone();
        change(&mut tensors);
        params::from_tensors::<f32>(&tensors)
            .unwrap_err()
            .to_string()
    };
    let put = |index: usize, tensor: Tensor| {
        refused(&move |tensors: &mut Named| tensors[index].1 = tensor.clone())
    };
    for (error, words) in [
        (
            refused(&|t| drop(t.remove(2))),
            "holds no array \"w2\"; it has: w1, b1, b2, w3, b3",
        ),
        (
            put(2, Tensor::from_floats(&[3, 4], &[0.0_f32; 12])),
            "w2 has the shape [3, 4], expected [3, 3]",
        ),
        (
            put(1, Tensor::from_floats(&[1, 3], &[0.0_f32; 3])),
            "b1 has the shape [1, 3], expected [3]",
        ),
        (
            put(0, Tensor::from_floats(&[15], &[0.0_f32; 15])),
            "w1 is f32 [15], expected two dimensions",
        ),
        (
            put(5, Tensor::from_floats(&[2], &[0.0, f32::NAN])),
            "b3 holds NaN, expected numbers that are finite in f32",
        ),
        (
            put(5, Tensor::from_bytes(DType::I32, vec![2], vec![0; 8])),
            "b3 is i32 [2], expected f32 or f64",
        ),
        (
            put(0, Tensor::from_floats::<f32>(&[0, 3], &[])),
            "0-3-3-2, which has an empty layer",
        ),
    ] {
        assert!(error.contains(words), "'{words}' in: {error}");
    }
    let wider = Sizes { hidden: 4, ..SIZES };
    let error = params::expect_sizes(&some::<f32>(5), wider).unwrap_err();
    assert_eq!(
        error.to_string(),
        "holds a network 5-3-3-2, expected 5-4-4-2"
    );
}

#[test]
fn a_failed_write_leaves_the_earlier_file() {
    let place = Place::new("earlier.safetensors");
    params::save(&place.0, &some::<f32>(6)).unwrap();
    let earlier = fs::read(&place.0).unwrap();
    assert!(params::save(place.0.join("below.npz"), &some::<f32>(7)).is_err());
    assert!(earlier == fs::read(&place.0).unwrap());
    assert_eq!(safetensors::parse(&earlier).unwrap().len(), 6);
}
