//! MNIST as NumPy's arrays.

use std::env;
use std::fs;
use std::path::PathBuf;

use fromzero::data::{mnist, synthetic};
use fromzero::io::tensor::{DType, Tensor, npy, npz};

/// A folder that is removed when this is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("fromzero-arrays-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    fn error(&self) -> String {
        mnist::load(&self.0, 1).unwrap_err().to_string()
    }

    fn save(&self, name: &str, tensor: &Tensor) {
        npy::save(self.0.join(name), tensor).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const TRAIN: usize = 20;
const TEST: usize = 6;

/// The bytes of images and labels, for training and test.
fn parts() -> [(Vec<u8>, Vec<u8>); 2] {
    [0..TRAIN as u64, 100..100 + TEST as u64].map(|numbers| synthetic::draw(numbers, 1, 1).unwrap())
}

fn bytes(shape: &[usize], bytes: &[u8]) -> Tensor {
    Tensor::from_bytes(DType::U8, shape.to_vec(), bytes.to_vec())
}

fn keras() -> Vec<(String, Tensor)> {
    let [train, test] = parts();
    let named = [
        ("x_test", bytes(&[TEST, 28, 28], &test.0)),
        ("x_train", bytes(&[TRAIN, 28, 28], &train.0)),
        ("y_train", bytes(&[TRAIN], &train.1)),
        ("y_test", bytes(&[TEST], &test.1)),
    ];
    named.map(|(name, tensor)| (name.into(), tensor)).into()
}

#[track_caller]
fn check(path: PathBuf) {
    let [train, test] = parts();
    let found = mnist::find(Some(&path), None).unwrap().unwrap();
    for path in [path, found] {
        let mnist = mnist::load(&path, 2).unwrap();
        let folder = if path.is_dir() {
            &path
        } else {
            path.parent().unwrap()
        };
        assert_eq!(mnist.folder, folder);
        for (data, part) in [(&mnist.train, &train), (&mnist.test, &test)] {
            assert_eq!((data.rows(), data.cols(), data.classes()), (28, 28, 10));
            assert_eq!(data.labels(), part.1);
            assert!((0..data.len()).all(|i| *data.image(i) == part.0[784 * i..784 * (i + 1)]));
        }
    }
}

#[test]
fn one_file_is_read_under_any_name_or_from_its_folder() {
    let folder = Folder::new("npz");
    npz::save(folder.0.join("mnist.npz"), &keras()).unwrap();
    npz::save(folder.0.join("other.dat"), &keras()).unwrap();
    check(folder.0.clone());
    check(folder.0.join("mnist.npz"));
    check(folder.0.join("other.dat"));
    assert!(mnist::is_file_of(&folder.0.join("other.dat")));
}

#[test]
fn four_files_are_read_in_the_types_and_shapes_that_people_have() {
    let folder = Folder::new("npy");
    let [train, test] = parts();
    let unit: Vec<f32> = train.0.iter().map(|&x| f32::from(x) / 255.0).collect();
    let whole: Vec<f64> = test.0.iter().map(|&x| x.into()).collect();
    let mut wide = Vec::new();
    for &y in &train.1 {
        wide.extend_from_slice(&i64::from(y).to_le_bytes());
    }
    folder.save("x_train.npy", &Tensor::from_floats(&[TRAIN, 784], &unit));
    folder.save(
        "y_train_label.npy",
        &Tensor::from_bytes(DType::I64, vec![TRAIN, 1], wide),
    );
    folder.save(
        "x_test.npy",
        &Tensor::from_floats(&[TEST, 28, 28, 1], &whole),
    );
    let error = folder.error();
    assert!(
        error.ends_with("missing: y_test_label.npy or y_test.npy"),
        "{error}"
    );
    folder.save("y_test.npy", &bytes(&[TEST], &test.1));
    check(folder.0.clone());
    check(folder.0.join("y_train_label.npy"));
}

#[test]
fn what_is_no_image_and_no_label_is_refused_with_its_name() {
    let folder = Folder::new("refused");
    let refused = |index: usize, tensor: Tensor| {
        let mut arrays = keras();
        arrays[index].1 = tensor;
        npz::save(folder.0.join("mnist.npz"), &arrays).unwrap();
        folder.error()
    };
    for (error, words) in [
        (
            refused(1, bytes(&[10], &[0; 10])),
            "in x_train: is u8 [10], expected images",
        ),
        (
            refused(1, bytes(&[2, 10], &[0; 20])),
            "in x_train: is u8 [2, 10], expected images",
        ),
        (
            refused(1, bytes(&[3, 28, 28], &[0; 3 * 784])),
            "in y_train: 20 labels for 3 images",
        ),
        (
            refused(1, Tensor::from_floats(&[1, 4], &[0.3_f32; 4])),
            "no pixels",
        ),
        (
            refused(1, Tensor::from_floats(&[1, 4], &[f32::NAN; 4])),
            "no pixels",
        ),
        (
            refused(1, Tensor::from_bytes(DType::I16, vec![1, 1], vec![0, 1])),
            "outside of 0 to 255",
        ),
        (
            refused(2, Tensor::from_floats(&[1], &[1.0_f32])),
            "expected integers",
        ),
        (
            refused(2, Tensor::from_bytes(DType::I8, vec![1], vec![255])),
            "is -1, which is no class",
        ),
        (
            refused(3, bytes(&[3, 2], &[0; 6])),
            "in y_test: is u8 [3, 2], expected labels",
        ),
    ] {
        assert!(
            error.contains(words) && error.contains("mnist.npz"),
            "{error}"
        );
    }
    npz::save(folder.0.join("mnist.npz"), &keras()[1..]).unwrap();
    assert!(folder.error().contains("holds no array \"x_test\""));
}

#[test]
fn there_are_as_many_classes_as_the_labels_say() {
    let folder = Folder::new("classes");
    let mut arrays = keras();
    for (labels, classes) in [
        (vec![9; TRAIN], 10),
        (vec![10; TRAIN], 11),
        (vec![255; TRAIN], 256),
    ] {
        arrays[2].1 = bytes(&[TRAIN], &labels);
        npz::save(folder.0.join("mnist.npz"), &arrays).unwrap();
        let mnist = mnist::load(&folder.0, 1).unwrap();
        assert_eq!(
            (mnist.train.classes(), mnist.test.classes()),
            (classes, classes)
        );
    }
}
