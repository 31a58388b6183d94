//! Flowers from a table: train, validate, keep the best network, test.

use std::path::Path;
use std::thread;

use fromzero::data::{Standardizer, table::Table};
use fromzero::metrics::Confusion;
use fromzero::prelude::*;

#[test]
fn flowers_from_a_table() -> Result<(), Error> {
    let rng = &mut Rng::new(1);
    let table = Table::read(Path::new("tests/fixtures/data/flowers.csv"), None)?;
    let mut parts = table.data.split([0.6, 0.2, 0.2], rng)?;
    let standardizer = Standardizer::fit(&parts[0])?;
    for part in &mut parts {
        standardizer.apply(part)?;
    }
    let [train, validation, test] = parts;

    let net = Sequential::<f32>::new(2)
        .then(Dense::new(16))
        .then(Relu::new())
        .then(Dense::new(train.classes()));
    let mut model = Model::new(net, SoftmaxCrossEntropy, Adam::new(0.01));
    let mut batches = Batches::new(&train, 16)?;
    let mut held_back = Batches::new(&validation, validation.len())?;

    let (mut best, mut least) = (model.clone(), f64::INFINITY);
    for epoch in 0..30 {
        model.fit(&mut batches, 1, Some(rng), |_, _| {})?;
        let found = model.evaluate(&mut held_back)?;
        println!("epoch {epoch}: {found:?}");
        if found.loss < least {
            (best, least) = (model.clone(), found.loss);
        }
    }

    // The test runs on a thread of its own, with the best network.
    let confusion = thread::spawn(move || -> Result<Confusion, Error> {
        let mut confusion = Confusion::new(test.classes());
        let mut batches = Batches::new(&test, 8)?;
        while let Some(batch) = batches.next_batch() {
            confusion.add(best.predict(&batch.x), &batch.labels)?;
        }
        Ok(confusion)
    });
    let confusion = confusion.join().expect("no panic")?;
    println!("{confusion}");
    assert!(confusion.accuracy()? > 0.9, "{confusion}");
    Ok(())
}
