//! Images with labels.

use crate::io::{Error, Result};

/// Grey images of equal size, each with the number of its class.
///
/// A pixel is a byte, 0 for the background and 255 for full ink, as in MNIST's files. [`Batches`](super::Batches) turns it into a number
/// from 0 to 1.
///
/// ```
/// use fromzero::data::Dataset;
/// // Two images of one row and three columns, of the classes 1 and 0.
/// let data = Dataset::new(vec![0, 255, 0, 9, 9, 9], vec![1, 0], (1, 3), 2).unwrap();
/// assert_eq!((data.len(), data.pixels()), (2, 3));
/// assert_eq!(data.image(1), [9, 9, 9]);
/// assert_eq!(data.label(0), 1);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataset {
    images: Vec<u8>,
    labels: Vec<u8>,
    rows: usize,
    cols: usize,
    classes: usize,
}

impl Dataset {
    /// The data set of these images, `size = (rows, columns)` each, which stand one behind the other, row by row, and of
    /// their labels, 0 to `classes − 1`.
    ///
    /// # Errors
    /// If there is not one image a label, images have no pixels, or a label is not a class.
    pub fn new(
        images: Vec<u8>,
        labels: Vec<u8>,
        size: (usize, usize),
        classes: usize,
    ) -> Result<Self> {
        let (rows, cols) = size;
        let pixels = rows.saturating_mul(cols);
        if pixels == 0 {
            return Err(Error::content(format!(
                "images of {rows}×{cols} have no pixels"
            )));
        }
        if !images.len().is_multiple_of(pixels) || images.len() / pixels != labels.len() {
            return Err(Error::content(format!(
                "{} labels for {} images ({} bytes of {rows}×{cols})",
                labels.len(),
                images.len() / pixels,
                images.len()
            )));
        }
        if let Some(i) = labels
            .iter()
            .position(|&label| usize::from(label) >= classes)
        {
            return Err(Error::content(format!(
                "label {i} (counted from 0) is {}, but there are only the classes 0 to {}",
                labels[i],
                classes.saturating_sub(1)
            )));
        }
        Ok(Dataset {
            images,
            labels,
            rows,
            cols,
            classes,
        })
    }

    /// Number of images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no image.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Rows of an image.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns of an image.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Pixels of an image: the network's number of inputs.
    pub fn pixels(&self) -> usize {
        self.rows * self.cols
    }

    /// Number of classes: the network's number of outputs.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The pixels of image `i`, row by row.
    ///
    /// # Panics
    /// If there is no such image.
    #[track_caller]
    pub fn image(&self, i: usize) -> &[u8] {
        assert!(i < self.len(), "image {i} of {}", self.len());
        let pixels = self.pixels();
        &self.images[i * pixels..(i + 1) * pixels]
    }

    /// The class of image `i`.
    ///
    /// # Panics
    /// If there is no such image.
    #[track_caller]
    pub fn label(&self, i: usize) -> usize {
        self.labels[i].into()
    }

    /// All labels, as they are stored.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// The largest pixel of all images; 0 if there is none. In MNIST's it is 255, full ink.
    pub fn darkest(&self) -> u8 {
        self.images.iter().copied().max().unwrap_or(0)
    }

    /// Keeps the first `n` images, or all if there are no more than that.
    pub fn truncate(&mut self, n: usize) {
        self.labels.truncate(n);
        self.images.truncate(self.labels.len() * self.pixels());
    }
}
