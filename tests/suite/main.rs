//! Tests of the library, in modules named after its rooms.

#[path = "../common/mod.rs"]
mod common;

mod column_sums;
mod comparator;
mod elementary;
mod fma;
mod gradcheck;
mod guide;
mod init;
mod masked_logits;
mod matrix;
mod metrics;
mod ops;
mod readme;
mod rng;
mod rooms;

mod data {
    mod arrays;
    mod batches;
    mod dataset;
    mod mnist;
    mod normalize;
    mod relatives;
    mod split;
    mod synthetic;
    mod table;
    mod waves;
}

mod io {
    mod appender;
    mod csv;
    mod deflate;
    mod errors;
    mod fixtures;
    pub mod folder;
    mod fuzz;
    mod gzip;
    mod idx;
    mod image;
    mod image_write;
    mod inflate;
    mod inflate_bombs;
    mod inflate_codes;
    mod npy;
    mod npz;
    mod onnx;
    pub mod roundtrip;
    mod safetensors;
    mod ulimit;
    mod write;
    mod write_hard;
    mod zip;
}

mod keep {
    mod checkpoint;
    mod net;
    mod params;
    mod roundtrip;
}

mod matmul {
    mod again;
    mod choice;
    mod engine;
    mod meeting;
    mod panics;
    mod product;
    mod values;
}

mod nn {
    mod bare;
    mod exercise;
    mod golden;
    mod gradients;
    mod layers;
    mod misuse;
    mod model;
    mod order_of_calls;
    mod parts;
    mod rnn;
    mod settings;
    mod torch;
    mod vocabulary;
}

mod proof {
    mod bits;
    mod dual;
    mod each_derivative;
    mod exact_sums;
    mod invariants;
    mod mistakes;
    mod witness;
}

mod section37 {
    mod golden;
    mod limits;
    mod logit_gradient;
    mod steps;
    mod training;
}

/// Small programs as a user of the library writes them: with `fromzero::…` alone, and nothing of these tests.
mod user {
    mod flowers;
    mod own_layer;
    mod sequence;
    mod xor;
}

mod view {
    mod confused;
    mod markup;
    mod page;
    mod plot;
    mod progress;
    mod progress_terminal;
    mod report;
    mod report_trainings;
    mod report_verdict;
    mod report_watch;
}
