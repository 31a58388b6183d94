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
    mod synthetic;
}

mod io {
    mod deflate;
    mod fixtures;
    mod fuzz;
    mod idx_gzip;
    mod image;
    mod inflate;
    mod npy;
    mod npz;
    mod onnx;
    mod roundtrip;
    mod safetensors;
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
