//! Means of neighbouring values, which show the course of values that scatter.

/// The mean over the `radius` neighbours on each side; near an end over as many as there are on both sides, so that the mean
/// of a straight line is that line.
pub(super) fn running_mean(values: &[f64], radius: usize) -> Vec<f64> {
    let mut sums = Vec::with_capacity(values.len() + 1);
    sums.push(0.0);
    for &value in values {
        sums.push(sums[sums.len() - 1] + value);
    }
    let mean = |i: usize| {
        let reach = radius.min(i).min(values.len() - 1 - i);
        (sums[i + reach + 1] - sums[i - reach]) / (2 * reach + 1) as f64
    };
    (0..values.len()).map(mean).collect()
}
