//! The verdict names each mistake that is planted in a training, and nothing in healthy ones.

use fromzero::nn::{Adam, Sgd};
use fromzero::prelude::Init;
use fromzero::section37::Recipe;
use fromzero::view::report::{Ailment, Record, verdict};

use super::report_trainings::{
    SAMPLES, Samples, deep_sigmoid_net, drowned_net, layers, relu_net, section37,
};

const HIDDEN: usize = 24;
const EPOCHS: usize = 15;
/// Weights and steps of section 3.7's network that suit the samples.
const INIT: Init = Init::Xavier(2.0);
const RATE: f64 = 0.5;

fn recipe(lr: f64) -> Recipe {
    Recipe {
        epochs: EPOCHS,
        batch: 20,
        lr,
        ..Recipe::default()
    }
}

fn ailments(record: &Record) -> Vec<Ailment> {
    let found = verdict(record).into_iter();
    found.map(|finding| finding.ailment).collect()
}

#[test]
fn healthy_trainings_are_called_healthy() {
    for seed in 1..=20 {
        let samples = Samples { seed, ..SAMPLES };
        let net = || relu_net(seed, 0.01);
        for (name, record) in [
            (
                "section 3.7",
                section37(samples, HIDDEN, INIT, recipe(RATE)),
            ),
            ("Adam", layers(samples, net(), Adam::new(0.005), EPOCHS)),
            ("SGD", layers(samples, net(), Sgd::new(0.1), EPOCHS)),
        ] {
            let accuracy = record.test_accuracy().unwrap();
            assert!(accuracy > 0.95, "{name}, seed {seed}: {accuracy}");
            assert_eq!(verdict(&record), [], "{name}, seed {seed}");
        }
    }
}

/// A training that is ill, for a seed.
type Ill = fn(Samples) -> Record;

/// Every mistake, planted in one way or more, and what it is to be called first.
const PLANTED: [(&str, Ailment, Ill); 17] = [
    (
        "pixels of 0 to 255, section 3.7",
        Ailment::InputsNotScaled,
        |samples| {
            let samples = Samples {
                scale: 255.0,
                ..samples
            };
            section37(samples, HIDDEN, INIT, recipe(RATE))
        },
    ),
    (
        "pixels of 0 to 255, Adam",
        Ailment::InputsNotScaled,
        |samples| {
            let samples = Samples {
                scale: 255.0,
                ..samples
            };
            layers(
                samples,
                relu_net(samples.seed, 0.01),
                Adam::new(0.005),
                EPOCHS,
            )
        },
    ),
    (
        "divided by 255 twice",
        Ailment::InputsNotScaled,
        |samples| {
            let samples = Samples {
                scale: 1.0 / 255.0,
                ..samples
            };
            layers(
                samples,
                relu_net(samples.seed, 0.01),
                Adam::new(0.005),
                EPOCHS,
            )
        },
    ),
    ("rate 100, section 3.7", Ailment::RateTooHigh, |samples| {
        section37(samples, HIDDEN, INIT, recipe(100.0))
    }),
    ("rate 20, section 3.7", Ailment::RateTooHigh, |samples| {
        section37(samples, HIDDEN, INIT, recipe(20.0))
    }),
    ("rate 10, to NaN", Ailment::RateTooHigh, |samples| {
        layers(
            samples,
            relu_net(samples.seed, 0.01),
            Sgd::new(10.0),
            EPOCHS,
        )
    }),
    ("rate 1, Adam", Ailment::RateTooHigh, |samples| {
        layers(
            samples,
            relu_net(samples.seed, 0.01),
            Adam::new(1.0),
            EPOCHS,
        )
    }),
    ("rate 0.001, section 3.7", Ailment::RateTooLow, |samples| {
        section37(samples, HIDDEN, INIT, recipe(0.001))
    }),
    ("rate 10⁻⁵, Adam", Ailment::RateTooLow, |samples| {
        layers(
            samples,
            relu_net(samples.seed, 0.01),
            Adam::new(1e-5),
            EPOCHS,
        )
    }),
    ("wide weights", Ailment::Saturation, |samples| {
        section37(samples, HIDDEN, Init::Xavier(30.0), recipe(RATE))
    }),
    (
        "wide weights, short steps",
        Ailment::Saturation,
        |samples| section37(samples, HIDDEN, Init::Xavier(30.0), recipe(0.03)),
    ),
    ("six sigmoids", Ailment::VanishingGradients, |samples| {
        layers(
            samples,
            deep_sigmoid_net(samples.seed, 6),
            Sgd::new(RATE),
            EPOCHS,
        )
    }),
    ("eight sigmoids", Ailment::VanishingGradients, |samples| {
        layers(
            samples,
            deep_sigmoid_net(samples.seed, 8),
            Sgd::new(RATE),
            EPOCHS,
        )
    }),
    ("biases far below 0", Ailment::DeadUnits, |samples| {
        layers(samples, drowned_net(samples.seed), Sgd::new(0.1), EPOCHS)
    }),
    (
        "few samples that overlap",
        Ailment::Overfitting,
        |samples| {
            let samples = Samples {
                count: 40,
                spread: 2.0,
                ..samples
            };
            layers(
                samples,
                relu_net(samples.seed, 0.01),
                Adam::new(0.005),
                10 * EPOCHS,
            )
        },
    ),
    (
        "labels shuffled, not learnt",
        Ailment::LabelsShuffled,
        |samples| {
            let samples = Samples {
                shuffled: true,
                ..samples
            };
            section37(samples, HIDDEN, INIT, recipe(RATE))
        },
    ),
    (
        "labels shuffled, learnt by heart",
        Ailment::LabelsShuffled,
        |samples| {
            let samples = Samples {
                shuffled: true,
                ..samples
            };
            layers(
                samples,
                relu_net(samples.seed, 0.01),
                Adam::new(0.005),
                3 * EPOCHS,
            )
        },
    ),
];

#[test]
fn every_planted_mistake_is_named() {
    let mut wrong = Vec::new();
    for (what, ailment, ill) in PLANTED {
        for seed in 1..=5 {
            let record = ill(Samples { seed, ..SAMPLES });
            let found = ailments(&record);
            if found.first() != Some(&ailment) {
                wrong.push(format!("{what}, seed {seed}: {found:?}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn words_hold_the_numbers_that_are_seen() {
    let samples = Samples {
        scale: 255.0,
        ..SAMPLES
    };
    let record = section37(samples, HIDDEN, INIT, recipe(RATE));
    let words = &verdict(&record)[0].words;
    let size = record.inputs.unwrap().size;
    assert!(words.contains(&format!("{size:.3}")), "{words}");
    assert!(words.contains("Divide pixels by 255"), "{words}");
}
