//! [`Labels`]: the class of each sample, in whatever integers they come.

/// The class of each sample, counted from 0. Classes that come out of this library are `usize`; those that go in may be bytes,
/// as in MNIST's files, `i32`, as literals and many tables are, or `usize`, in a slice, an array or a vector.
///
/// ```
/// use fromzero::{Matrix, metrics};
/// let a = Matrix::from_rows(&[[0.2, 0.8], [0.9, 0.1]]);
/// assert_eq!(metrics::correct(&a, &[1, 0])?, 2);
/// assert_eq!(metrics::correct(&a, &vec![1_u8, 1])?, 1);
/// assert_eq!(metrics::correct(&a, &metrics::predictions(&a)?)?, 2);
/// # Ok::<(), fromzero::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Labels<'a> {
    /// Bytes.
    U8(&'a [u8]),
    /// Numbers that may be negative, and then are no class.
    I32(&'a [i32]),
    /// Classes as this library has them.
    Usize(&'a [usize]),
}

impl<'a> Labels<'a> {
    /// Number of samples.
    pub fn len(self) -> usize {
        match self {
            Labels::U8(labels) => labels.len(),
            Labels::I32(labels) => labels.len(),
            Labels::Usize(labels) => labels.len(),
        }
    }

    /// Whether there are no samples.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The class of sample `i`, or none if its label is negative.
    ///
    /// # Panics
    /// If there is no such sample.
    pub fn get(self, i: usize) -> Option<usize> {
        match self {
            Labels::U8(labels) => Some(labels[i].into()),
            Labels::I32(labels) => usize::try_from(labels[i]).ok(),
            Labels::Usize(labels) => Some(labels[i]),
        }
    }

    /// The class of each sample in order, or none where a label is negative.
    pub fn iter(self) -> impl Iterator<Item = Option<usize>> + use<'a> {
        (0..self.len()).map(move |i| self.get(i))
    }

    /// What is wrong with the first label that is none of `classes` classes, if there is one.
    pub(crate) fn stray(self, classes: usize) -> Option<String> {
        let is_class = |class: Option<usize>| class.is_some_and(|class| class < classes);
        let i = self.iter().position(|class| !is_class(class))?;
        let found = match self {
            Labels::U8(labels) => labels[i].to_string(),
            Labels::I32(labels) => labels[i].to_string(),
            Labels::Usize(labels) => labels[i].to_string(),
        };
        let last = classes.saturating_sub(1);
        Some(format!(
            "expected labels of 0 to {last}, found {found} (label {i}, counted from 0)"
        ))
    }
}

macro_rules! labels_from {
    ($($integer:ty => $kind:ident),*) => {$(
        impl<'a> From<&'a [$integer]> for Labels<'a> {
            fn from(labels: &'a [$integer]) -> Self {
                Labels::$kind(labels)
            }
        }

        impl<'a> From<&'a Vec<$integer>> for Labels<'a> {
            fn from(labels: &'a Vec<$integer>) -> Self {
                Labels::$kind(labels)
            }
        }

        impl<'a, const N: usize> From<&'a [$integer; N]> for Labels<'a> {
            fn from(labels: &'a [$integer; N]) -> Self {
                Labels::$kind(labels)
            }
        }
    )*};
}

labels_from!(u8 => U8, i32 => I32, usize => Usize);
