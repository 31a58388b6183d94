//! The guide: pages to be read beside the code. There is no code in here.
//!
//! 1. [From the book's NumPy to this Rust](numpy): each operation of the listings beside the line that does the same.
//! 2. [How the product reaches the limit](limit): from three loops to the product, one idea at a time.
//! 3. [Find the mistake](crate::gradcheck::find_the_mistake): how to read the report of a gradient check.
//! 4. [Carrying on](carrying_on): how to add something, what to run, and which test guards which rule.
//!
//! # Where is …?
//!
//! | where is | there |
//! |---|---|
//! | an equation of section 3.7 | [the front page's table](crate#equations), and [`section37`](crate::section37) |
//! | the 1/m of the gradients | [`section37::backward`](crate::section37::backward) |
//! | the maximum that softmax subtracts | [`ops::softmax`](crate::ops::softmax) |
//! | the range of the first weights | [`Init`](crate::init::Init) |
//! | the order in which a product is summed | [what is computed, to the last bit](mod@crate::matmul#what-is-computed-to-the-last-bit) |
//! | the micro-kernel | [the tour](limit#the-micro-kernel), which leads to its source |
//! | what else can be chained onto a product | [`Epilogue`](crate::matmul::Epilogue) |
//! | MNIST looked for, and under which names | [`data::mnist`](crate::data::mnist) |
//! | a table of my own read | [`Table`](crate::data::table::Table) |
//! | a layer of my own described | [how to write one](crate::nn#a-layer-of-your-own) |
//! | Adam's bias correction | [`Adam`](crate::nn::Adam) |
//! | it proven that gradients are right | [`gradcheck`](crate::gradcheck), and [the rules' table](carrying_on#the-rules-and-what-guards-them) |
//! | the accuracy counted, and what NaN does there | [`metrics`](crate::metrics) |
//! | a learning rate that falls | [`Schedule`](crate::schedule::Schedule) |
//! | the form of a file of weights | [`keep`](crate::keep): [`params`](crate::keep::params) and [`net`](crate::keep::net) |
//! | a training taken up again | [`Checkpoints`](crate::keep::Checkpoints) |
//! | an array of NumPy's read | [`npy`](crate::io::tensor::npy) and [`npz`](crate::io::tensor::npz) |
//! | the reason why exp is not the standard library's | [`elementary`](crate::elementary) |
//!
//! Guarded by `tests/suite/guide.rs`: `what_is_named_in_the_guide_is_there`.

pub mod carrying_on;
pub mod limit;
pub mod numpy;
