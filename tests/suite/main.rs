//! Tests of the library, in modules named after its rooms.

#[path = "../common/mod.rs"]
mod common;

mod comparator;
mod elementary;
mod init;
mod matrix;
mod ops;
mod rng;

mod data {
    mod dataset;
    mod mnist;
    mod relatives;
    mod split;
    mod synthetic;
    mod table;
}

mod io {
    mod csv;
    mod deflate;
    mod idx_gzip;
    mod inflate;
    mod write;
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
}
