//! Settings that are numbers, such as a learning rate: the range in which each may lie, and what is said of one outside it.

use crate::io::Error;
use crate::scalar::Scalar;

/// Where a setting may lie. NaN lies nowhere.
#[derive(Clone, Copy)]
pub(crate) enum Range {
    /// Above 0 and finite, in the type that computes with it: 1e-50 is 0 in `f32`, and 1e300 is infinite.
    Positive,
    /// At least 0, and finite in the type that computes with it.
    NotNegative,
    /// A share of something that is never taken whole: at least 0 and less than 1.
    Share,
    /// A factor that makes smaller: above 0 and at most 1.
    Factor,
}

impl Range {
    /// Checks the setting `name` of `owner`.
    ///
    /// # Errors
    /// If the value lies outside, with both names, the range and the value.
    pub(crate) fn check<T: Scalar>(self, owner: &str, name: &str, value: f64) -> Result<(), Error> {
        self.check_rounded(owner, name, value, T::from_f64(value).to_f64(), T::NAME)
    }

    /// `rounded` is the value as it is computed with, in the type `of`.
    fn check_rounded(
        self,
        owner: &str,
        name: &str,
        value: f64,
        rounded: f64,
        of: &str,
    ) -> Result<(), Error> {
        let lies_within = match self {
            Range::Positive => rounded > 0.0 && rounded.is_finite(),
            Range::NotNegative => value >= 0.0 && rounded.is_finite(),
            Range::Share => (0.0..1.0).contains(&value),
            Range::Factor => value > 0.0 && value <= 1.0,
        };
        if lies_within {
            return Ok(());
        }
        let range = match self {
            Range::Positive => format!("above 0 and finite in {of}"),
            Range::NotNegative => format!("of at least 0 and finite in {of}"),
            Range::Share => "of at least 0 and less than 1".to_string(),
            Range::Factor => "above 0 and of at most 1".to_string(),
        };
        let message = format!("{owner}: expected {name} {range}, found {value:?}");
        Err(Error::new(message))
    }
}

/// Checks a number of things of which there must be one.
///
/// # Errors
/// If there is none.
pub(crate) fn at_least_one(owner: &str, things: &str, count: usize) -> Result<(), Error> {
    match count {
        0 => Err(Error::new(format!(
            "{owner}: expected at least 1 {things}, found 0"
        ))),
        _ => Ok(()),
    }
}

/// For settings that the program itself gives: what a check refuses is a mistake in the program.
///
/// # Panics
/// With what the check says.
#[track_caller]
pub(crate) fn require(checked: Result<(), Error>) {
    if let Err(error) = checked {
        panic!("{error}");
    }
}
