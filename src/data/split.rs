//! Splitting a data set into parts: what is trained on, and what is kept for validation and test.

use super::dataset::Dataset;
use crate::io::{Error, Result};
use crate::rng::Rng;

impl Dataset {
    /// Splits the data set into parts that have these shares of it, in random order. Every class has nearly the same share of
    /// each part (the split is *stratified*): a class's samples in a part differ from that by less than one, or, of more than
    /// two parts, by a little more.
    ///
    /// ```
    /// use fromzero::{data::Dataset, rng::Rng};
    /// let labels = (0..100).map(|i| u8::from(i < 20)).collect();
    /// let data = Dataset::table((0..100).map(|i| i as f32).collect(), labels, 1, 2)?;
    /// let [train, validation, test] = data.split([0.8, 0.1, 0.1], &mut Rng::new(1))?;
    /// let of_class_1 = |part: &Dataset| part.labels().iter().filter(|&&l| l == 1).count();
    /// assert_eq!((train.len(), validation.len(), test.len()), (80, 10, 10));
    /// assert_eq!((of_class_1(&train), of_class_1(&validation), of_class_1(&test)), (16, 2, 2));
    /// # Ok::<(), fromzero::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the shares are not above 0 or do not add up to 1, a part would have no samples, or the parts do not fit into memory.
    pub fn split<const N: usize>(&self, shares: [f64; N], rng: &mut Rng) -> Result<[Dataset; N]> {
        let parts = self.parts(&shares, rng)?;
        Ok(parts.try_into().expect("a data set for each share"))
    }

    fn parts(&self, shares: &[f64], rng: &mut Rng) -> Result<Vec<Dataset>> {
        check(shares)?;
        let mut parts = vec![Vec::new(); shares.len()];
        // All samples, one class after the other: whichever part lags most behind its share takes the next.
        for (taken, sample) in by_class(self, rng).into_iter().enumerate() {
            let lag = |part: usize| shares[part] * (taken + 1) as f64 - parts[part].len() as f64;
            let most = (1..shares.len()).fold(
                0,
                |most, part| {
                    if lag(part) > lag(most) { part } else { most }
                },
            );
            parts[most].push(sample);
        }
        if let Some(part) = parts.iter().position(Vec::is_empty) {
            return Err(Error::content(format!(
                "{} samples are too few for a part of {} of them",
                self.len(),
                shares[part]
            )));
        }
        for part in &mut parts {
            rng.shuffle(part);
        }
        parts.iter().map(|part| self.select(part)).collect()
    }
}

fn check(shares: &[f64]) -> Result<()> {
    const ROUNDING: f64 = 1e-9;
    let sum: f64 = shares.iter().sum();
    let all_above_0 = shares.iter().all(|&share| share > 0.0);
    if all_above_0 && (sum - 1.0).abs() <= ROUNDING {
        return Ok(());
    }
    Err(Error::new(format!(
        "expected shares above 0 that add up to 1, found {shares:?}"
    )))
}

/// The numbers of all samples, by class, and in random order within each.
fn by_class(data: &Dataset, rng: &mut Rng) -> Vec<usize> {
    let mut samples: Vec<usize> = (0..data.len()).collect();
    rng.shuffle(&mut samples);
    let mut by_class = vec![Vec::new(); data.classes()];
    for i in samples {
        by_class[data.label(i)].push(i);
    }
    by_class.concat()
}
