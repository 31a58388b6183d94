//! What was trained can be kept, moved to other programs, and taken up again.
//!
//! | | |
//! |---|---|
//! | [`params`] | section 3.7's weights in a file, under the names `w1 b1 w2 b2 w3 b3` |
//! | [`net`] | the weights of any network of layers, under PyTorch's names, `0.weight`, `0.bias`, … |
//! | [`Checkpoints`] | all it takes to go on with a training that was stopped |
//! | [`Resumable`] | such a training: section 3.7's, or a [`NetTraining`] of any network of layers |
//!
//! Files hold no padding and no date: weights of equal bits give equal files.
//!
//! # In NumPy
//!
//! ```python
//! import numpy
//! w = numpy.load("digits.npz")
//! a2 = 1 / (1 + numpy.exp(-(x @ w["w1"] + w["b1"])))
//! ```
//!
//! # In PyTorch
//!
//! Section 3.7's matrices are [in, out]; those of `torch.nn.Linear` are [out, in], hence the `.T`.
//!
//! ```python
//! import torch
//! from safetensors.torch import load_file
//! w = load_file("digits.safetensors")
//! hidden, inputs, classes = w["w2"].shape[0], w["w1"].shape[0], w["w3"].shape[1]
//! net = torch.nn.Sequential(
//!     torch.nn.Linear(inputs, hidden), torch.nn.Sigmoid(),
//!     torch.nn.Linear(hidden, hidden), torch.nn.Sigmoid(),
//!     torch.nn.Linear(hidden, classes))
//! net.load_state_dict({f"{2 * i}.{name}": w[f"{name[0]}{i + 1}"].T.contiguous()
//!                      for i in range(3) for name in ("weight", "bias")})
//! ```
//!
//! What [`net::save`] writes with [`Layout::OutIn`] needs no such line: `net.load_state_dict(load_file("net.safetensors"))`.

mod checkpoint;
pub mod net;
mod net_training;
pub mod params;
mod resumable;
mod training;
mod weights;

pub use checkpoint::{Checkpoints, Settings};
pub use net::Layout;
pub use net_training::{NetTraining, Taken};
pub use resumable::Resumable;
