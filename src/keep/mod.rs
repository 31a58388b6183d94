//! What was trained can be kept, moved to other programs, and taken up again.
//!
//! | | |
//! |---|---|
//! | [`params`] | section 3.7's weights in a file, under the names `w1 b1 w2 b2 w3 b3` |
//! | [`net`] | the weights of any network of layers, under PyTorch's names, `0.weight`, `0.bias`, … |
//! | [`Checkpoints`] | all it takes to go on with a training that was stopped |
//! | [`Resumable`] | such a training: section 3.7's, or a [`NetTraining`] of any network of layers |
//!
//! The `checkpoint.npz` of a checkpoint holds its network's weights under the same names, and so is such a file, too.
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
//! Section 3.7's matrices are [in, out]; those of `torch.nn.Linear` are [out, in], hence the `t()`. Softmax is left to PyTorch's
//! cross-entropy.
//!
//! ```python
//! import torch
//! from safetensors.torch import load_file
//!
//! w = load_file("digits.safetensors")
//! inputs, hidden, classes = *w["w1"].shape, w["b3"].shape[0]
//! net = torch.nn.Sequential(
//!     torch.nn.Linear(inputs, hidden), torch.nn.Sigmoid(),
//!     torch.nn.Linear(hidden, hidden), torch.nn.Sigmoid(),
//!     torch.nn.Linear(hidden, classes))
//! names = "weight", "bias"
//! ours = {f"{2 * i}.{name}": f"{name[0]}{i + 1}" for i in range(3) for name in names}
//! net.load_state_dict({theirs: w[name].t() for theirs, name in ours.items()})
//! ```
//!
//! What [`net::save`] writes with [`Layout::OutIn`] needs no such line: `net.load_state_dict(load_file("net.safetensors"))`.
//!
//! # On several machines
//!
//! Who outgrows one machine goes on in PyTorch. These lines, behind those above in a file `more.py`, train for another epoch on as many
//! processes as are started, and bring the weights back as [`params::load`] takes them. Every process has the whole network and
//! computes its share of each batch; `DistributedDataParallel` gives all of them the mean of their gradients.
//!
//! ```python
//! import gzip
//! import torch.distributed as dist
//! from safetensors.torch import save_file
//!
//! def idx(name, header):
//!     with gzip.open(f"data/{name}.gz") as file:
//!         return torch.frombuffer(bytearray(file.read()[header:]), dtype=torch.uint8)
//!
//! x = idx("train-images-idx3-ubyte", 16).reshape(-1, inputs) / 255
//! labels = idx("train-labels-idx1-ubyte", 8).long()
//! dist.init_process_group("gloo")
//! rank, processes = dist.get_rank(), dist.get_world_size()
//! parallel = torch.nn.parallel.DistributedDataParallel(net)
//! optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
//! for batch in torch.arange(len(x)).split(64):
//!     share = batch[rank::processes]
//!     optimizer.zero_grad()
//!     torch.nn.functional.cross_entropy(parallel(x[share]), labels[share]).backward()
//!     optimizer.step()
//! if rank == 0:
//!     state = net.state_dict()
//!     state = {name: state[theirs].t().contiguous() for theirs, name in ours.items()}
//!     save_file(state, "more.safetensors")
//! dist.destroy_process_group()
//! ```
//!
//! ```text
//! $ torchrun --nproc-per-node=2 --master-addr=127.0.0.1 more.py      # two on one machine
//! $ torchrun --nnodes=2 --node-rank=0 --master-addr=ADDRESS more.py  # one here, at ADDRESS
//! $ torchrun --nnodes=2 --node-rank=1 --master-addr=ADDRESS more.py  # and one there
//! $ cargo run --release --example predict -- --load more.safetensors --image my.png
//! ```
//!
//! `tests/fixtures/formats/roundtrip` runs the Python of this page as it stands here, two processes with it, and compares what
//! comes out.
//!
//! Guarded by `tests/suite/keep/checkpoint.rs`: `what_goes_on_ends_with_the_same_bits_wherever_it_was_stopped`; and by
//! `tests/suite/keep/params.rs`: `weights_come_back_bit_for_bit_and_equal_weights_give_equal_files`.

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
