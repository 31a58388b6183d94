//! Section 3.7's network with a batch, to be checked.

use fromzero::Matrix;
use fromzero::gradcheck::{self, Comparison};
use fromzero::io::Result;
use fromzero::rng::Rng;
use fromzero::section37::{
    Activations, Deltas, Gradients, Init, Params, Sizes, backward, forward, loss,
};

/// Samples of the batch: with one, a mean that is forgotten would not show.
pub const SAMPLES: usize = 3;

/// A network as it is before training, but with biases, and a batch of random images.
pub struct Network {
    pub p: Params<f64>,
    pub x: Matrix<f64>,
    pub y: Matrix<f64>,
    pub act: Activations<f64>,
}

impl Network {
    pub fn new(sizes: Sizes, rng: &mut Rng) -> Result<Self> {
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

    /// Forward and backward.
    pub fn gradients(&mut self) -> Result<Gradients<f64>> {
        let mut deltas = Deltas::new(self.p.sizes(), SAMPLES)?;
        let mut gradients = Gradients::zeros(self.p.sizes())?;
        let Network { p, x, y, act } = self;
        forward(p, x, act);
        backward(p, x, y, act, &mut deltas, &mut gradients);
        Ok(gradients)
    }

    /// Holds a gradient of the loss that the program reports against differences.
    pub fn compare(&self, gradients: &Gradients<f64>) -> Comparison {
        let Network { p, x, y, act } = self;
        let parameters = [
            ("w1", p.w1.shape()),
            ("b1", (1, p.b1.len())),
            ("w2", p.w2.shape()),
            ("b2", (1, p.b2.len())),
            ("w3", p.w3.shape()),
            ("b3", (1, p.b3.len())),
        ];
        let (theta, analytic): (Vec<f64>, Vec<f64>) = p.iter().zip(gradients.iter()).unzip();
        let (mut p, mut act) = (p.clone(), act.clone());
        gradcheck::compare(&parameters, &theta, &analytic, |theta| {
            p.assign(theta);
            forward(&p, x, &mut act);
            loss(&act, y)
        })
    }

    /// The loss as the program reports it, when the entry at `index` of the parameters is `value`.
    pub fn loss_with(&mut self, index: usize, value: f64) -> f64 {
        let Network { p, x, y, act } = self;
        let former = std::mem::replace(entry(p, index), value);
        forward(p, x, act);
        *entry(p, index) = former;
        loss(act, y)
    }
}

/// The entry at `index` in the order of [`Params::iter`].
pub fn entry(p: &mut Params<f64>, index: usize) -> &mut f64 {
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
