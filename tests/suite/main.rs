//! Tests of the library, in modules named after its rooms.

#[path = "../common/mod.rs"]
mod common;

mod column_sums;
mod comparator;
mod elementary;
mod fma;
mod gradcheck;
mod init;
mod masked_logits;
mod matrix;
mod metrics;
mod ops;
mod rng;
mod rooms;

mod data {
    mod dataset;
    mod mnist;
    mod synthetic;
}

mod io {
    mod deflate;
    mod errors;
    mod idx_gzip;
    mod inflate;
    mod inflate_bombs;
    mod write;
    mod write_hard;
}

mod matmul {
    mod again;
    mod choice;
    mod engine;
    mod product;
}

mod nn {
    mod golden;
    mod gradients;
    mod layers;
    mod misuse;
    mod order_of_calls;
    mod rnn;
    mod settings;
    mod vocabulary;
}

mod section37 {
    mod golden;
    mod limits;
    mod steps;
    mod training;
}

mod view {
    mod plot;
    mod progress;
    mod progress_terminal;
}
