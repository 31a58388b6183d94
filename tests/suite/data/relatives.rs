//! MNIST's relatives in their exact layout, from `tests/fixtures/data`, whose `make.py` says what their images are.

use std::fs;
use std::path::{Path, PathBuf};

use fromzero::data::mnist::{self, Mnist};
use fromzero::data::{Dataset, Sample};

fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/data")
        .join(path)
}

fn load(path: &str) -> Mnist {
    let [one, two] = [1, 2].map(|threads| mnist::load(&fixture(path), threads).unwrap());
    assert_eq!(one, two);
    one
}

/// Every image bears its class in its first pixel, has ink beside it and none below.
#[track_caller]
fn assert_upright(data: &Dataset) {
    for i in 0..data.len() {
        let Sample::Image(image) = data.sample(i) else {
            panic!("rows of a table");
        };
        assert_eq!(image[..4], [data.labels()[i], 255, 255, 255], "image {i}");
        assert!((1..28).all(|row| image[28 * row] == 0), "image {i}");
        assert!(image[4 * 28..].iter().any(|&ink| ink >= 200), "image {i}");
    }
}

#[test]
fn fashion_mnist_is_known_by_its_labels_and_kmnist_by_its_folder() {
    let fashion = load("fashion");
    assert_eq!((fashion.name, fashion.train.len()), ("Fashion-MNIST", 30));
    assert_eq!(fashion.train.labels()[..10], [9, 0, 0, 3, 0, 2, 7, 2, 5, 5]);
    assert_eq!(fashion.train.class_name(9), "Ankle boot");
    let kmnist = load("kmnist");
    assert_eq!((kmnist.name, kmnist.test.len()), ("KMNIST", 10));
    assert_eq!(kmnist.test.names().concat(), "おきすつなはまやれを");
    for data in [&fashion.train, &fashion.test, &kmnist.train, &kmnist.test] {
        assert_eq!((data.rows(), data.cols(), data.classes()), (28, 28, 10));
        assert_upright(data);
    }
}

#[test]
fn the_first_column_of_qmnist_s_labels_is_the_class() {
    let qmnist = load("qmnist");
    assert_eq!(qmnist.name, "QMNIST");
    assert_eq!(qmnist.train.labels()[..10], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    assert_eq!(qmnist.test.labels(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_upright(&qmnist.train);
    assert_upright(&qmnist.test);
}

#[test]
fn all_six_of_emnist_stand_upright_and_have_their_classes() {
    for (split, name, classes, last) in [
        ("byclass", "EMNIST ByClass", 62, "z"),
        ("bymerge", "EMNIST ByMerge", 47, "t"),
        ("balanced", "EMNIST Balanced", 47, "t"),
        ("letters", "EMNIST Letters", 26, "Z"),
        ("digits", "EMNIST Digits", 10, "9"),
        ("mnist", "EMNIST MNIST", 10, "9"),
    ] {
        // By any of the four files.
        for file in ["train-images-idx3", "test-labels-idx1"] {
            let emnist = load(&format!("emnist/gzip/emnist-{split}-{file}-ubyte.gz"));
            assert_eq!(emnist.name, name);
            assert_eq!(
                (emnist.train.len(), emnist.test.len()),
                (3 * classes, classes)
            );
            for data in [&emnist.train, &emnist.test] {
                assert_eq!(data.classes(), classes);
                assert_eq!(data.class_name(classes - 1), last);
                assert!(data.labels().contains(&0));
                assert_upright(data);
            }
        }
    }
}

#[test]
fn a_folder_with_several_data_sets_asks_for_one() {
    let error = mnist::load(&fixture("emnist"), 1).unwrap_err();
    assert_eq!(error.path(), Some(&*fixture("emnist/gzip")));
    let error = error.to_string();
    for words in [
        "holds EMNIST ByClass, EMNIST ByMerge, EMNIST Balanced, EMNIST Letters, EMNIST Digits, EMNIST MNIST; name",
        "emnist-byclass-train-images-idx3-ubyte.gz",
    ] {
        assert!(error.contains(words), "{error}");
    }
    // What `search` finds is what `load` reads.
    let file = fixture("emnist/gzip/emnist-mnist-train-labels-idx1-ubyte.gz");
    let found = mnist::search(Some(&file), &[]).unwrap();
    assert_eq!(found.as_deref(), Some(&*file));
    let found = mnist::search(Some(&fixture("qmnist")), &[]).unwrap();
    assert_eq!(found, Some(fixture("qmnist")));
}

/// A folder for one test, which goes when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("fromzero-kin-{}-{test}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn write(&self, name: &str, kind: u8, shape: &[u8], values: &[u8]) {
        let mut file = vec![0, 0, kind, shape.len() as u8];
        for &size in shape {
            file.extend_from_slice(&[0, 0, 0, size]);
        }
        file.extend_from_slice(values);
        fs::write(self.0.join(name), file).unwrap();
    }

    /// Two images of two rows and three columns, as the header has it, under these names.
    fn write_images(&self, prefix: &str, test: &str, labels: [u8; 2]) {
        for part in ["train", test] {
            let name = format!("{prefix}{part}-images-idx3-ubyte");
            self.write(
                &name,
                8,
                &[2, 2, 3],
                &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
            );
            self.write(
                &format!("{prefix}{part}-labels-idx1-ubyte"),
                8,
                &[2],
                &labels,
            );
        }
    }

    fn refused(&self) -> String {
        mnist::load(&self.0, 2).unwrap_err().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn images_that_are_not_square_are_turned_too() {
    let folder = Folder::new("turned");
    folder.write_images("emnist-digits-", "test", [0, 9]);
    let train = mnist::load(&folder.0, 1).unwrap().train;
    assert_eq!((train.rows(), train.cols()), (3, 2));
    assert_eq!(train.image(0), [1, 4, 2, 5, 3, 6]);
    assert_eq!(train.image(1), [7, 10, 8, 11, 9, 12]);
}

#[test]
fn labels_that_a_relative_does_not_have_are_refused() {
    let folder = Folder::new("letters");
    folder.write_images("emnist-letters-", "test", [26, 0]);
    let error = folder.refused();
    assert!(error.contains("train-labels-idx1-ubyte: label 1 (counted from 0) is 0, but those of EMNIST Letters begin with 1"), "{error}");
    folder.write_images("emnist-letters-", "test", [27, 1]);
    let error = folder.refused();
    assert!(
        error.contains("label 0 (counted from 0) is 26, but there are only the classes 0 to 25"),
        "{error}"
    );

    let folder = Folder::new("qmnist");
    for part in ["train", "test"] {
        let name = format!("qmnist-{part}-images-idx3-ubyte");
        folder.write(&name, 8, &[1, 1, 2], &[1, 2]);
        let labels = format!("qmnist-{part}-labels-idx2-int");
        folder.write(&labels, 12, &[1, 2], &[0, 0, 1, 4, 0, 0, 0, 0]);
    }
    let error = folder.refused();
    assert!(
        error.contains("train-labels-idx2-int: label 0 (counted from 0) is 260, which is no class"),
        "{error}"
    );
    folder.write("qmnist-train-labels-idx2-int", 12, &[1, 0], &[]);
    let error = folder.refused();
    assert!(error.contains("1 labels of 0 columns"), "{error}");
}

#[test]
fn mnist_s_own_files_come_before_a_relative_s() {
    let folder = Folder::new("both");
    folder.write_images("emnist-digits-", "test", [0, 9]);
    folder.write_images("", "t10k", [3, 4]);
    let mnist = mnist::load(&folder.0, 1).unwrap();
    assert_eq!(
        (mnist.name, mnist.train.labels()),
        ("images in MNIST's format", &[3, 4][..])
    );
    fs::remove_file(folder.0.join("t10k-labels-idx1-ubyte")).unwrap();
    let error = folder.refused();
    assert!(
        error.contains("only some of MNIST's files") && error.contains("fetch.sh"),
        "{error}"
    );
}

#[test]
fn fashion_mnist_is_known_by_its_folder_too() {
    let folder = Folder::new("Fashion");
    folder.write_images("", "t10k", [3, 4]);
    let fashion = mnist::load(&folder.0, 1).unwrap();
    assert_eq!(
        (fashion.name, &fashion.train.class_name(0)[..]),
        ("Fashion-MNIST", "T-shirt/top")
    );
    let folder = Folder::new("kuzushiji");
    folder.write_images("", "t10k", [3, 4]);
    assert_eq!(mnist::load(&folder.0, 1).unwrap().name, "KMNIST");
    // The labels of Fashion-MNIST, wherever they lie.
    let folder = Folder::new("labels");
    folder.write_images("", "t10k", [3, 4]);
    folder.write("train-images-idx3-ubyte", 8, &[10, 2, 3], &[0; 60]);
    let labels = [9, 0, 0, 3, 0, 2, 7, 2, 5, 5];
    folder.write("train-labels-idx1-ubyte", 8, &[10], &labels);
    assert_eq!(mnist::load(&folder.0, 1).unwrap().name, "Fashion-MNIST");
}

#[test]
fn classes_of_unknown_images_are_counted_in_both_sets() {
    let folder = Folder::new("counted");
    folder.write_images("", "t10k", [0, 4]);
    let few = mnist::load(&folder.0, 1).unwrap();
    assert_eq!(
        (few.name, few.train.classes()),
        ("images in MNIST's format", 10)
    );
    folder.write("t10k-labels-idx1-ubyte", 8, &[2], &[25, 0]);
    let letters = mnist::load(&folder.0, 1).unwrap();
    assert_eq!((letters.train.classes(), letters.test.classes()), (26, 26));
    assert_eq!(letters.test.class_name(25), "25");
}

#[test]
fn part_of_a_relative_and_what_lies_beside_it_is_named() {
    let folder = Folder::new("part");
    folder.write_images("emnist-digits-", "test", [0, 1]);
    fs::remove_file(folder.0.join("emnist-digits-test-labels-idx1-ubyte")).unwrap();
    let error = folder.refused();
    assert!(
        error.contains(
            "only some of EMNIST Digits's files; missing: emnist-digits-test-labels-idx1-ubyte"
        ),
        "{error}"
    );
    fs::write(folder.0.join("gzip.zip"), "PK").unwrap();
    let error = folder.refused();
    assert!(error.contains("(`unzip \"gzip.zip\"`)"), "{error}");

    let folder = Folder::new("beside");
    fs::write(folder.0.join("train.csv"), "1,2").unwrap();
    let error = folder.refused();
    assert!(
        error.contains("but a table; to train on a table, name it itself: "),
        "{error}"
    );
    fs::write(folder.0.join("archive.tar.gz"), "").unwrap();
    let error = folder.refused();
    assert!(
        error.contains("but an archive; unpack it where it lies (`tar -xf \"archive.tar.gz\"`)"),
        "{error}"
    );
    let archive = mnist::load(&fixture("archive.zip"), 1)
        .unwrap_err()
        .to_string();
    assert!(archive.contains("is a zip archive; unpack it"), "{archive}");
}
