//! Samples with labels.

use super::fields::MOST_CLASSES;
use crate::io::{Error, ErrorKind, Result, fnv1a};

/// Samples of equal size, each with the number of its class: grey images, or the rows of a table of numbers.
///
/// A pixel is a byte, 0 for the background and 255 for full ink, as in MNIST's files; [`Batches`](super::Batches) turns it into
/// a number from 0 to 1. A table's numbers stay as they are: see [`Standardizer`](super::Standardizer).
///
/// ```
/// use fromzero::data::{Dataset, Sample};
/// // Two images of one row and three columns, of the classes 1 and 0.
/// let data = Dataset::new(vec![0, 255, 0, 9, 9, 9], vec![1, 0], (1, 3), 2)?;
/// assert_eq!((data.len(), data.inputs()), (2, 3));
/// assert_eq!(data.sample(1), Sample::Image(&[9, 9, 9]));
/// assert_eq!(data.label(0), 1);
///
/// // Three flowers with two measurements each.
/// let flowers = Dataset::table(vec![5.1, 1.4, 6.3, 6.0, 4.9, 1.5], vec![0, 1, 0], 2, 2)?;
/// assert_eq!(flowers.sample(1), Sample::Row(&[6.3, 6.0]));
/// # Ok::<(), fromzero::io::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    values: Values,
    labels: Vec<u8>,
    rows: usize,
    cols: usize,
    classes: usize,
    /// The names of the classes; none if they have no names but their numbers.
    names: Vec<String>,
}

/// What the samples consist of, one behind the other.
#[derive(Clone, Debug, PartialEq)]
enum Values {
    Pixels(Vec<u8>),
    Numbers(Vec<f32>),
}

/// What a sample consists of.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Sample<'a> {
    /// The pixels of an image, row by row.
    Image(&'a [u8]),
    /// The numbers of a row of a table.
    Row(&'a [f32]),
}

impl Dataset {
    /// The data set of these images, `size = (rows, columns)` each, which stand one behind the other, row by row, and of
    /// their labels, 0 to `classes − 1`.
    ///
    /// # Errors
    /// If there is not one image a label, images have no pixels, a label is not a class, or there are more than 256 classes.
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
        Self::of(Values::Pixels(images), labels, size, classes)
    }

    /// The data set of the rows of a table, `inputs` numbers each, which stand one behind the other, and of their labels, 0 to
    /// `classes − 1`.
    ///
    /// # Errors
    /// If there is not one row a label, rows have no numbers, a number is not finite, a label is not a class, or there are more
    /// than 256 classes.
    pub fn table(
        numbers: Vec<f32>,
        labels: Vec<u8>,
        inputs: usize,
        classes: usize,
    ) -> Result<Self> {
        if inputs == 0 {
            return Err(Error::content("rows of 0 numbers have nothing in them"));
        }
        if !numbers.len().is_multiple_of(inputs) || numbers.len() / inputs != labels.len() {
            return Err(Error::content(format!(
                "{} labels for {} rows ({} numbers, {inputs} a row)",
                labels.len(),
                numbers.len() / inputs,
                numbers.len()
            )));
        }
        if let Some(i) = numbers.iter().position(|x| !x.is_finite()) {
            return Err(Error::content(format!(
                "expected finite numbers, found {} in row {} (counted from 0)",
                numbers[i],
                i / inputs
            )));
        }
        Self::of(Values::Numbers(numbers), labels, (1, inputs), classes)
    }

    fn of(values: Values, labels: Vec<u8>, size: (usize, usize), classes: usize) -> Result<Self> {
        let mut data = Dataset {
            values,
            labels,
            rows: size.0,
            cols: size.1,
            classes,
            names: Vec::new(),
        };
        data.set_classes(classes)?;
        Ok(data)
    }

    /// Changes the number of classes, and takes their names away.
    ///
    /// # Errors
    /// If a label is not one of them, or they are more than the 256 that a label, a byte, can tell apart.
    pub fn set_classes(&mut self, classes: usize) -> Result<()> {
        if classes > MOST_CLASSES {
            return Err(Error::content(format!(
                "expected at most {MOST_CLASSES} classes, since a label is a byte, found {classes}"
            )));
        }
        let beyond = |&label: &u8| usize::from(label) >= classes;
        if let Some(i) = self.labels.iter().position(beyond) {
            return Err(Error::content(format!(
                "label {i} (counted from 0) is {}, but there are only the classes 0 to {}",
                self.labels[i],
                classes.saturating_sub(1)
            )));
        }
        self.classes = classes;
        self.names.clear();
        Ok(())
    }

    /// Gives the classes names, in their order; there are as many classes as names.
    ///
    /// # Errors
    /// If a label has no name, or there are more than 256 names.
    pub fn set_names(&mut self, names: Vec<String>) -> Result<()> {
        self.set_classes(names.len())?;
        self.names = names;
        Ok(())
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Rows of an image; 1 for a table.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns of an image, or of a table.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Numbers of a sample, an image's pixels or the columns of a table: the network's number of inputs.
    pub fn inputs(&self) -> usize {
        self.rows * self.cols
    }

    /// Number of classes: the network's number of outputs.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The name of a class, which is its number if it has no other.
    ///
    /// ```
    /// use fromzero::data::Dataset;
    /// let mut data = Dataset::new(vec![0, 255], vec![1, 0], (1, 1), 2)?;
    /// assert_eq!(data.class_name(1), "1");
    /// data.set_names(vec!["white".into(), "black".into()])?;
    /// assert_eq!(data.class_name(1), "black");
    /// # Ok::<(), fromzero::io::Error>(())
    /// ```
    pub fn class_name(&self, class: usize) -> String {
        let name = self.names.get(class);
        name.cloned().unwrap_or_else(|| class.to_string())
    }

    /// The names of all classes, if they have names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether the samples are images, and not rows of a table.
    pub fn has_images(&self) -> bool {
        matches!(self.values, Values::Pixels(_))
    }

    /// Sample `i`.
    ///
    /// # Panics
    /// If there is no such sample.
    #[track_caller]
    pub fn sample(&self, i: usize) -> Sample<'_> {
        assert!(i < self.len(), "sample {i} of {}", self.len());
        let range = i * self.inputs()..(i + 1) * self.inputs();
        match &self.values {
            Values::Pixels(pixels) => Sample::Image(&pixels[range]),
            Values::Numbers(numbers) => Sample::Row(&numbers[range]),
        }
    }

    /// The pixels of image `i`, row by row.
    ///
    /// # Panics
    /// If there is no such image.
    #[track_caller]
    pub fn image(&self, i: usize) -> &[u8] {
        match self.sample(i) {
            Sample::Image(pixels) => pixels,
            Sample::Row(_) => panic!("image {i} of a table"),
        }
    }

    /// The numbers of a table, row by row, to be changed; `None` for images.
    pub(super) fn numbers_mut(&mut self) -> Option<&mut [f32]> {
        match &mut self.values {
            Values::Pixels(_) => None,
            Values::Numbers(numbers) => Some(numbers),
        }
    }

    /// Turns images that are stored column by column upright; rows of a table stay as they are.
    pub(super) fn transpose(&mut self) {
        let Values::Pixels(pixels) = &mut self.values else {
            return;
        };
        let (rows, cols) = (self.rows, self.cols);
        let mut stored = Vec::new();
        for image in pixels.chunks_mut(rows * cols) {
            stored.clear();
            stored.extend_from_slice(image);
            for (i, row) in stored.chunks(cols).enumerate() {
                for (j, &pixel) in row.iter().enumerate() {
                    image[j * rows + i] = pixel;
                }
            }
        }
        (self.rows, self.cols) = (cols, rows);
    }

    /// The class of sample `i`.
    ///
    /// # Panics
    /// If there is no such sample.
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
        match &self.values {
            Values::Pixels(pixels) => pixels.iter().copied().max().unwrap_or(0),
            Values::Numbers(_) => 0,
        }
    }

    /// A checksum of every sample and label: FNV-1a over pixels, or over numbers in little-endian order, and over the labels.
    pub fn checksum(&self) -> u64 {
        let labels = self.labels.iter().copied();
        match &self.values {
            Values::Pixels(pixels) => fnv1a(pixels.iter().copied().chain(labels)),
            Values::Numbers(numbers) => {
                fnv1a(numbers.iter().flat_map(|x| x.to_le_bytes()).chain(labels))
            }
        }
    }

    /// Keeps the first `n` samples, or all if there are no more than that.
    pub fn truncate(&mut self, n: usize) {
        self.labels.truncate(n);
        let kept = self.labels.len() * self.inputs();
        match &mut self.values {
            Values::Pixels(pixels) => pixels.truncate(kept),
            Values::Numbers(numbers) => numbers.truncate(kept),
        }
    }

    /// The data set of these samples, in this order; a sample may come more than once.
    ///
    /// # Errors
    /// If they do not fit into memory.
    ///
    /// # Panics
    /// If there is no such sample.
    #[track_caller]
    pub fn select(&self, samples: &[usize]) -> Result<Self> {
        let inputs = self.inputs();
        let values = match &self.values {
            Values::Pixels(pixels) => Values::Pixels(gather(pixels, inputs, samples)?),
            Values::Numbers(numbers) => Values::Numbers(gather(numbers, inputs, samples)?),
        };
        Ok(Dataset {
            values,
            labels: gather(&self.labels, 1, samples)?,
            names: self.names.clone(),
            ..*self
        })
    }
}

/// The pieces of this length that have these numbers, one behind the other.
#[track_caller]
fn gather<X: Copy>(values: &[X], length: usize, pieces: &[usize]) -> Result<Vec<X>> {
    let mut gathered = Vec::new();
    let room = pieces.len().checked_mul(length);
    room.and_then(|room| gathered.try_reserve_exact(room).ok())
        .ok_or_else(|| {
            let message = format!("{} samples do not fit into memory", pieces.len());
            Error::of_kind(ErrorKind::Memory, message)
        })?;
    for &i in pieces {
        gathered.extend_from_slice(&values[i * length..(i + 1) * length]);
    }
    Ok(gathered)
}
