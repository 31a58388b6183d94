//! Section 3.7 at full size: every partial derivative by itself.

use std::time::Instant;

use fromzero::gradcheck::{self, RIGHT, Tally, each_derivative};
use fromzero::io::{Error, Result};
use fromzero::section37::{
    Activations, Deltas, Gradients, Init, Params, Sizes, backward, forward, loss,
};
use fromzero::view::Progress;
use fromzero::{Matrix, rng::Rng};

use crate::support::out;

/// Samples of the batch: with one, a mean that is forgotten would not show.
const SAMPLES: usize = 3;

/// Makes one entry of the gradient wrong by a millionth.
const SPOILED: f64 = 1.0 + 1e-6;

/// A network as it is before training, but with biases, and a batch of random images.
struct Network {
    p: Params<f64>,
    x: Matrix<f64>,
    y: Matrix<f64>,
    act: Activations<f64>,
}

impl Network {
    fn new(sizes: Sizes, rng: &mut Rng) -> Result<Self> {
        let mut p = Params::new(sizes, Init::Uniform(0.3), rng)?;
        for b in [&mut p.b1, &mut p.b2, &mut p.b3] {
            b.fill_with(|| rng.range(-0.3, 0.3));
        }
        let x = Matrix::from_fn(SAMPLES, sizes.inputs, |_, _| rng.uniform());
        let mut y = Matrix::zeros(SAMPLES, sizes.classes);
        for i in 0..SAMPLES {
            y[(i, rng.below(sizes.classes as u64) as usize)] = 1.0;
        }
        let act = Activations::new(sizes, SAMPLES)?;
        Ok(Network { p, x, y, act })
    }

    fn gradients(&mut self) -> Result<Gradients<f64>> {
        let mut deltas = Deltas::new(self.p.sizes(), SAMPLES)?;
        let mut gradients = Gradients::zeros(self.p.sizes())?;
        let Network { p, x, y, act } = self;
        forward(p, x, act);
        backward(p, x, y, act, &mut deltas, &mut gradients);
        Ok(gradients)
    }

    /// The loss as the program reports it, when the entry at `index` of the parameters is `value`.
    fn loss_with(&mut self, index: usize, value: f64) -> f64 {
        let Network { p, x, y, act } = self;
        let former = std::mem::replace(entry(p, index), value);
        forward(p, x, act);
        *entry(p, index) = former;
        loss(act, y)
    }
}

/// The entry at `index` in the order of [`Params::iter`].
fn entry(p: &mut Params<f64>, index: usize) -> &mut f64 {
    let mut left = index;
    for (w, b) in [
        (&mut p.w1, &mut p.b1),
        (&mut p.w2, &mut p.b2),
        (&mut p.w3, &mut p.b3),
    ] {
        let (rows, cols) = w.shape();
        if left < rows * cols {
            return &mut w.row_mut(left / cols)[left % cols];
        }
        left -= rows * cols;
        if left < cols {
            return &mut b[left];
        }
        left -= cols;
    }
    panic!("there is no entry {index}");
}

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
    say.start(count, "derivatives");
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
        let analytic = *entry(&mut gradients.clone(), index);
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
