//! A recurrent network on a sequence of one's own: did an odd number of ones come so far?

use fromzero::nn::{Rnn, SigmoidFunction, clip_by_norm};
use fromzero::prelude::*;

/// Bits of `m` sequences and their running parity: row t·m + i is step t of sequence i.
fn parity(steps: usize, m: usize, rng: &mut Rng) -> (Matrix<f32>, Vec<usize>) {
    let x = Matrix::from_fn(steps * m, 1, |_, _| rng.below(2) as f32);
    let mut parity = vec![0; steps * m];
    for row in 0..steps * m {
        let before = if row < m { 0 } else { parity[row - m] };
        parity[row] = before ^ x[(row, 0)] as usize;
    }
    (x, parity)
}

#[test]
fn running_parity() -> Result<(), Error> {
    let rng = &mut Rng::new(3);
    let mut net = Sequential::<f32>::new(1)
        .then(Rnn::new(16, 8))
        .then(Dense::new(2));
    let (mut loss_func, mut adam) = (Criterion::new(SoftmaxCrossEntropy), Adam::new(0.01));
    for _ in 0..1500 {
        let (x, y) = parity(8, 32, rng);
        let loss = loss_func.of(net.forward(&x), &y);
        loss.backward(&mut net);
        clip_by_norm(&mut net, 1.0);
        adam.step(&mut net);
    }

    // Longer sequences than it was trained on.
    let (x, y) = parity(10, 100, rng);
    for rnn in net.layers_of_mut::<Rnn<f32>>() {
        rnn.set_steps(10);
    }
    let accuracy = metrics::accuracy(net.forward(&x), &y)?;
    assert!(accuracy > 0.97, "{accuracy}");

    // What matters of the state to begin with? And another function in the cell.
    net.layers_mut()
        .for_each(|layer| println!("{}", layer.describe()));
    loss_func.of(net.output(), &y).backward(&mut net);
    let rnn = net.layers_of::<Rnn<f32>>().next().expect("the first layer");
    assert_eq!(rnn.h0_gradient().shape(), (100, 16));
    let mut other = Rnn::new(4, 10).activation::<SigmoidFunction>();
    other.set_h0(Some(Matrix::from_fn(100, 4, |_, _| 0.5)));
    assert!(other.forward(&x).iter().all(|h| 0.0 < h && h < 1.0));
    Ok(())
}
