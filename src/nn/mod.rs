//! The second floor: layers, losses and optimizers to build networks from.
//!
//! [Section 3.7](crate::section37) writes one network out in full. Here the same operations are parts that can be put together:
//! a [`Layer`] knows its value and its derivative, [`Sequential`] puts layers one behind the other, a [`Loss`] says how
//! good the output is, an [`Optimizer`] changes the parameters, and [`Model`] holds the three.
//!
//! ```text
//!      forward                                  backward
//!   x ─────→ layer ─→ layer ─→ predicted ─→ loss ─→ ∂J/∂predicted ─→ layer ─→ layer ─→ ∂J/∂x
//!                                                                      │        │
//!                                        optimizer:  θ ← θ − lr·g  ←── g ←───── g
//! ```
//!
//! Functions, derivatives and losses are those of [`ops`](crate::ops), products are [the one](crate::matmul()). Computed here is
//! what a layer or an optimizer has for itself: the rules of the optimizers, what [`Dropout`] keeps, and [`BatchNorm`]'s running
//! moments, scale and shift.
//!
//! | layers | |
//! |---|---|
//! | [`Dense`] | x·w + b |
//! | [`Relu`], [`Sigmoid`], [`Tanh`], [`Log`] | one function for every entry; [`Activation`] makes a layer of any other |
//! | [`Softmax`], [`LogSoftmax`] | functions of a row |
//! | [`Dropout`], [`BatchNorm`] | different in training and in evaluation |
//! | [`Rnn`] | recurrent: each output goes into the next one, by tanh or any other function |
//! | [`Sequential`] = [`Net`] = [`Module`] | layers one behind the other |
//!
//! # A layer
//!
//! Ten images of 28×28 pixels and one channel, unfolded, through a dense layer of 512 neurons:
//!
//! ```
//! use fromzero::nn::{Dense, Layer};
//! use fromzero::{Matrix, rng::Rng};
//!
//! let mut rng = Rng::new(1);
//! let tensor = Matrix::from_fn(10, 28 * 28 * 1, |_, _| rng.uniform());
//! let mut dense = Dense::new(512);
//! let res = dense.forward(&tensor);
//! assert_eq!(res.shape(), (10, 512));
//! println!("{res}");
//! ```
//!
//! # A network in training
//!
//! ```
//! use fromzero::nn::{Adam, Dense, Model, Relu, Sequential, SoftmaxCrossEntropy};
//! use fromzero::{Matrix, rng::Rng};
//!
//! let net = Sequential::new(1)
//!     .then(Dense::new(30))
//!     .then(Relu::new())
//!     .then(Dense::new(10));
//! let mut model = Model::new(net, SoftmaxCrossEntropy, Adam::new(1e-2));
//!
//! let mut rng = Rng::new(2);
//! let inputs = Matrix::from_fn(64, 20, |_, _| rng.uniform() as f32);
//! let targets: Vec<u8> = (0..64).map(|_| rng.below(10) as u8).collect();
//! let mut losses = Vec::new();
//! for _ in 0..100 {
//!     model.forward(&inputs);
//!     losses.push(model.backward(&targets));
//!     model.apply_grad();
//! }
//! assert!(losses[99] < 0.5 * losses[0]);
//! ```
//!
//! [`Model::fit`] is this loop over batches and epochs, with a callback for each step; [`Model::predict`] and [`Model::evaluate`]
//! ask the trained network. [`Criterion`] shows the loop without a model.
//!
//! In some texts a layer's `backward` takes the learning rate too and changes the parameters itself. Here it only leaves
//! the gradients beside them: the step is the optimizer's, so that every layer works with every optimizer, and all
//! gradients are of the same parameters.
//!
//! # A layer of your own
//!
//! A function of single entries needs no more than an [`Activation`]. For everything else, implement [`Layer`]. What belongs to it:
//!
//! - a [`Parameter`] for each thing to learn, initialised in `init`;
//! - a matrix for the output, one for ∂J/∂x, and a copy of whatever `backward` will need;
//! - `forward`, `backward`, and `parameters` and `visit`, which name the same parameters in the same order.
//!
//! Here is one that multiplies each feature by a number: yⱼ = cⱼ·xⱼ, so that ∂J/∂xⱼ = cⱼ·gⱼ and ∂J/∂cⱼ = Σ xⱼ·gⱼ over the
//! samples.
//!
//! ```
//! use fromzero::nn::{Init, Layer, Parameter, check_grad, check_input};
//! use fromzero::{Matrix, rng::Rng};
//!
//! #[derive(Clone)]
//! struct Scale {
//!     c: Parameter<f64>,
//!     x: Matrix<f64>,
//!     output: Matrix<f64>,
//!     grad_x: Matrix<f64>,
//! }
//!
//! impl Scale {
//!     fn new() -> Self {
//!         let empty = || Matrix::zeros(0, 0);
//!         let c = Parameter::vector("c", Init::Uniform(1.0));
//!         Scale { c, x: empty(), output: empty(), grad_x: empty() }
//!     }
//! }
//!
//! impl Layer<f64> for Scale {
//!     fn name(&self) -> &'static str {
//!         "Scale"
//!     }
//!
//!     fn init(&mut self, inputs: usize, rng: &mut Rng) -> usize {
//!         if self.c.count() == 0 {
//!             self.c.init(1, inputs, rng);
//!             for matrix in [&mut self.x, &mut self.output, &mut self.grad_x] {
//!                 *matrix = Matrix::zeros(0, inputs);
//!             }
//!         }
//!         inputs
//!     }
//!
//!     fn forward(&mut self, x: &Matrix<f64>) -> &Matrix<f64> {
//!         if self.c.count() == 0 {
//!             self.init(x.cols(), &mut Rng::new(0));
//!         }
//!         check_input(self.name(), self.c.count(), x);
//!         // Takes memory only if there never were that many samples before.
//!         self.x.set_rows(x.rows());
//!         self.x.copy_from(x);
//!         self.output.set_rows(x.rows());
//!         for i in 0..x.rows() {
//!             for j in 0..x.cols() {
//!                 self.output[(i, j)] = self.c.value[(0, j)] * x[(i, j)];
//!             }
//!         }
//!         &self.output
//!     }
//!
//!     fn output(&self) -> &Matrix<f64> {
//!         &self.output
//!     }
//!
//!     fn backward(&mut self, grad: &Matrix<f64>) -> &Matrix<f64> {
//!         check_grad(self.name(), &self.output, grad);
//!         self.grad_x.set_rows(grad.rows());
//!         self.c.grad.map(|_| 0.0);
//!         for i in 0..grad.rows() {
//!             for j in 0..grad.cols() {
//!                 self.grad_x[(i, j)] = self.c.value[(0, j)] * grad[(i, j)];
//!                 self.c.grad[(0, j)] += self.x[(i, j)] * grad[(i, j)];
//!             }
//!         }
//!         &self.grad_x
//!     }
//!
//!     fn parameters(&self) -> Vec<&Parameter<f64>> {
//!         vec![&self.c]
//!     }
//!
//!     fn visit(&mut self, f: &mut dyn FnMut(&mut Parameter<f64>)) {
//!         f(&mut self.c);
//!     }
//! }
//!
//! // It fits among the others. Before it is trusted: are its gradients right?
//! use fromzero::nn::{Dense, Sequential, Tanh, check};
//! let make = || Sequential::new(1).then(Scale::new()).then(Dense::new(2)).then(Tanh::new());
//! let x = Matrix::from_rows(&[[0.5, -1.0, 0.25], [1.5, 0.5, -0.75]]);
//! let report = check(make, &x).report();
//! assert!(report.passes(1e-8), "{report}");
//! ```
//!
//! What always holds: section 3.7's network has the same bits on both floors; `backward` overwrites gradients, so that calling
//! it twice changes nothing; an optimizer has one state for each parameter.
//!
//! Guarded by `tests/suite/nn/gradients.rs`: every layer and loss against differences; by `tests/suite/nn/golden.rs` and
//! `tests/suite/nn/torch.rs`: their values are NumPy's and PyTorch's; and by `tests/suite/nn/layers.rs`:
//! `section_37_has_the_same_bits_on_both_floors`.

mod activation;
mod adam;
mod batch_norm;
mod check;
mod clip;
mod dense;
mod dropout;
mod layer;
mod loss;
mod model;
mod optimizer;
mod parameter;
mod part;
mod rnn;
mod samples;
mod sequential;
mod softmax;
mod state;
mod summary;
mod unit;

pub use crate::init::Init;
pub use crate::schedule::Schedule;
pub use activation::{Activation, Function, Keeps, Log, Relu, Sigmoid, Tanh};
pub use activation::{LogFunction, ReluFunction, SigmoidFunction, TanhFunction};
pub use adam::Adam;
pub use batch_norm::BatchNorm;
pub use check::{check, check_loss};
pub use clip::clip_by_norm;
pub use dense::Dense;
pub use dropout::Dropout;
pub use layer::{Layer, check_grad, check_input, check_samples};
pub use loss::{Criterion, Loss, LossValue, Mse, Nll, SoftmaxCrossEntropy, Squared, Target};
pub use model::{Evaluation, Model, Step};
pub use optimizer::{Optimizer, Sgd, WeightDecay};
pub use parameter::Parameter;
pub use rnn::Rnn;
pub use samples::{OfBatch, Samples};
pub use sequential::{Module, Net, Sequential};
pub use softmax::{LogProbabilities, LogSoftmax, Probabilities, RowFunction, RowLayer, Softmax};
pub use unit::Unit;
