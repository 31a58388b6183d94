//! Section 3.7 at full size: every partial derivative by itself.

use std::time::Instant;

use fromzero::gradcheck::{self, RIGHT, Tally, each_derivative};
use fromzero::io::{Error, Result};
use fromzero::rng::Rng;
use fromzero::section37::{Gradients, Sizes};
use fromzero::view::Progress;

use crate::network::{Network, SAMPLES, entry};
use crate::support::out;

/// Makes one entry of the gradient wrong by a millionth.
const SPOILED: f64 = 1.0 + 1e-6;

/// Checks every entry, and prints the report. `spoil` names an entry of the gradient that is to be wrong.
pub fn check(sizes: Sizes, seed: u64, spoil: Option<&str>, say: &mut Progress<'_>) -> Result<()> {
    let clock = Instant::now();
    let mut network = Network::new(sizes, &mut Rng::new(seed))?;
    let mut gradients = network.gradients()?;
    let right = gradients.clone();
    let count = gradients.count();
    if let Some(name) = spoil {
        let index = index_of(name, sizes)?;
        *entry(&mut gradients, index) *= SPOILED;
        out!("the backward pass is right, but {name} is made wrong by a millionth");
    }
    out!(
        "section 3.7, {}-{}-{}-{}, {SAMPLES} samples: {count} partial derivatives, each by itself",
        sizes.inputs,
        sizes.hidden,
        sizes.hidden,
        sizes.classes
    );
    say.start(count);
    let numeric = each_derivative(&network.p, &network.x, &network.y, |done| {
        say.update(done, || format!("{done} of {count}"));
    })?;
    say.clear();
    let tallies = Tally::of_gradients(&gradients, &numeric);
    for tally in &tallies {
        out!("{tally:#}");
    }
    check_reported_loss(&mut network, &right)?;
    conclude(&tallies, clock.elapsed().as_secs_f64())
}

/// The changes of the loss that the check computes are those of the loss that the program reports: the first entry of each
/// parameter once more, from nothing but `forward` and `loss`.
fn check_reported_loss(network: &mut Network, gradients: &Gradients<f64>) -> Result<()> {
    let Sizes {
        inputs,
        hidden,
        classes,
    } = network.p.sizes();
    let lengths = [
        inputs * hidden,
        hidden,
        hidden * hidden,
        hidden,
        hidden * classes,
    ];
    let firsts = lengths.iter().scan(0, |sum, len| {
        *sum += len;
        Some(*sum)
    });
    for index in std::iter::once(0).chain(firsts) {
        let value = *entry(&mut network.p, index);
        let analytic = gradients
            .iter()
            .nth(index)
            .expect("an entry of each parameter");
        let report = gradcheck::check(&[("entry", 1)], &[value], &[analytic], |theta| {
            network.loss_with(index, theta[0])
        });
        if !report.passes(RIGHT) {
            let message = format!("entry {index} of the reported loss: {report}");
            return Err(Error::new(message));
        }
    }
    out!("the first entry of each, from `forward` and `loss` alone: right");
    Ok(())
}

fn conclude(tallies: &[Tally], seconds: f64) -> Result<()> {
    let count: usize = tallies.iter().map(Tally::count).sum();
    let right: usize = tallies.iter().map(|tally| tally.right).sum();
    let worst = tallies
        .iter()
        .filter_map(|tally| Some((tally, tally.worst?)))
        .max_by(|(_, a), (_, b)| a.error.total_cmp(&b.error));
    let (tally, worst) = worst.expect("a network has parameters");
    let name = tally.name_of(worst.index);
    out!(
        "{right} of {count} right, worst {:.1e} at {name}, {seconds:.1} s",
        worst.error
    );
    match count - right {
        0 => Ok(()),
        wrong => Err(Error::new(format!(
            "{wrong} of {count} derivatives are wrong"
        ))),
    }
}

/// The index of an entry such as `w2[3, 7]` or `b1[5]` in the order of [`Params::iter`].
fn index_of(name: &str, sizes: Sizes) -> Result<usize> {
    let Sizes {
        inputs,
        hidden,
        classes,
    } = sizes;
    let mut first = 0;
    for (parameter, rows, cols) in [
        ("w1", inputs, hidden),
        ("b1", 1, hidden),
        ("w2", hidden, hidden),
        ("b2", 1, hidden),
        ("w3", hidden, classes),
        ("b3", 1, classes),
    ] {
        if let Some(rest) = name.strip_prefix(parameter) {
            let inner = rest
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'));
            let numbers: Option<Vec<usize>> =
                inner.and_then(|text| text.split(',').map(|n| n.trim().parse().ok()).collect());
            let place = match numbers.as_deref() {
                Some(&[i, j]) if rows > 1 => Some((i, j)),
                Some(&[j]) if rows == 1 => Some((0, j)),
                _ => None,
            };
            if let Some((i, j)) = place.filter(|&(i, j)| i < rows && j < cols) {
                return Ok(first + i * cols + j);
            }
        }
        first += rows * cols;
    }
    let message = format!("expected an entry such as w2[3,7] or b1[5] that there is, found {name}");
    Err(Error::new(message).setting("--spoil"))
}
