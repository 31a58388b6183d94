//! A first program: the exclusive or.

use fromzero::prelude::*;

#[test]
fn exclusive_or() -> Result<(), Error> {
    let x = Matrix::from(vec![
        vec![0.0_f32, 0.0],
        vec![0.0, 1.0],
        vec![1.0, 0.0],
        vec![1.0, 1.0],
    ]);
    let labels = [0, 1, 1, 0];

    let net = Sequential::new(1)
        .then(Dense::new(8))
        .then(Tanh::new())
        .then(Dense::new(2));
    let mut model = Model::new(net, SoftmaxCrossEntropy, Adam::default());
    model.optimizer.set_learning_rate(0.05);
    let losses = model.fit((&x, &labels), 200, None, |_, step| {
        if step.number % 50 == 0 {
            println!("step {}: loss {:.4}", step.number, step.loss);
        }
    })?;
    assert!(losses[199] < 0.01, "{}", losses[199]);

    let answers = model.predict(&x);
    assert_eq!(metrics::predictions(answers)?, [0, 1, 1, 0]);

    // The same with one output, its numbers as targets, and a loop of my own.
    let mut net = Sequential::new(2)
        .then(Dense::new(8))
        .then(Tanh::new())
        .then(Dense::new(1));
    let y = Matrix::from_vec(4, 1, vec![0.0_f32, 1.0, 1.0, 0.0]);
    let (mut mse, mut adam) = (Criterion::new(Mse), Adam::new(0.05));
    for _ in 0..300 {
        let loss = mse.of(net.forward(&x), &y);
        loss.backward(&mut net);
        adam.step(&mut net);
    }
    assert!(metrics::mean_squared_error(net.forward(&x), &y) < 0.01);
    Ok(())
}
