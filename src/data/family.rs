//! MNIST's family: the data sets that come as four IDX files, what these are called, and what is known of their classes.

use std::path::Path;

/// A data set, or those that share the names of their files.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Family {
    pub name: &'static str,
    /// What the names of its files begin with.
    prefix: &'static str,
    /// What stands for "test" there.
    test: &'static str,
    /// The form of the labels, as the end of their files' names.
    labels: &'static str,
    /// The names of the classes, if they are known.
    pub classes: Option<Classes>,
    /// The label of the first class.
    pub first_label: u8,
    /// Whether the images are stored column by column.
    pub is_transposed: bool,
}

/// The names of classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Classes {
    /// A character for each.
    Characters(&'static str),
    Words(&'static [&'static str]),
}

impl Classes {
    pub(super) fn names(self) -> Vec<String> {
        match self {
            Classes::Characters(names) => names.chars().map(String::from).collect(),
            Classes::Words(names) => names.iter().map(|&name| name.into()).collect(),
        }
    }
}

/// What images are called of which nothing is known.
pub(super) const UNKNOWN: &str = "images in MNIST's format";
const DIGITS: Classes = Classes::Characters("0123456789");
/// Where capital and small letter look alike, they are one class.
const MERGED: Classes = Classes::Characters("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt");

/// MNIST's own names come first: where a folder has files of several families, it is these that are read.
pub(super) static FAMILIES: [Family; 8] = [
    Family {
        name: UNKNOWN,
        prefix: "",
        test: "t10k",
        labels: "idx1-ubyte",
        classes: None,
        first_label: 0,
        is_transposed: false,
    },
    Family {
        name: "QMNIST",
        prefix: "qmnist-",
        test: "test",
        labels: QMNIST_LABELS,
        classes: Some(DIGITS),
        first_label: 0,
        is_transposed: false,
    },
    emnist(
        "EMNIST ByClass",
        "emnist-byclass-",
        Classes::Characters("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
    ),
    emnist("EMNIST ByMerge", "emnist-bymerge-", MERGED),
    emnist("EMNIST Balanced", "emnist-balanced-", MERGED),
    Family {
        first_label: 1,
        ..emnist(
            "EMNIST Letters",
            "emnist-letters-",
            Classes::Characters("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        )
    },
    emnist("EMNIST Digits", "emnist-digits-", DIGITS),
    emnist("EMNIST MNIST", "emnist-mnist-", DIGITS),
];

/// Integers, several for each image, of which the first is its class.
const QMNIST_LABELS: &str = "idx2-int";

const fn emnist(name: &'static str, prefix: &'static str, classes: Classes) -> Family {
    Family {
        name,
        prefix,
        test: "test",
        labels: "idx1-ubyte",
        classes: Some(classes),
        first_label: 0,
        is_transposed: true,
    }
}

impl Family {
    /// The four files, in this order: training images and labels, test images and labels.
    pub(super) fn files(&self) -> [String; 4] {
        let Family {
            prefix,
            test,
            labels,
            ..
        } = self;
        [
            format!("{prefix}train-images-idx3-ubyte"),
            format!("{prefix}train-labels-{labels}"),
            format!("{prefix}{test}-images-idx3-ubyte"),
            format!("{prefix}{test}-labels-{labels}"),
        ]
    }

    /// Whether a label is a row of integers.
    pub(super) fn has_integer_labels(&self) -> bool {
        self.labels == QMNIST_LABELS
    }

    /// Whether files of this name are those of the first family.
    pub(super) fn has_mnist_s_names(&self) -> bool {
        self.prefix.is_empty()
    }
}

/// Which of the data sets with MNIST's names this is: its first training labels tell, or else the folder's name.
pub(super) fn with_mnist_s_names(labels: &[u8], folder: &Path) -> Option<(&'static str, Classes)> {
    const FASHION: Classes = Classes::Words(&[
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ]);
    const HIRAGANA: Classes = Classes::Characters("おきすつなはまやれを");
    let path = folder.to_string_lossy().to_lowercase();
    if labels.starts_with(&[5, 0, 4, 1, 9, 2, 1, 3, 1, 4]) {
        Some(("MNIST", DIGITS))
    } else if labels.starts_with(&[9, 0, 0, 3, 0, 2, 7, 2, 5, 5]) || path.contains("fashion") {
        Some(("Fashion-MNIST", FASHION))
    } else if path.contains("kmnist") || path.contains("kuzushiji") {
        Some(("KMNIST", HIRAGANA))
    } else {
        None
    }
}
