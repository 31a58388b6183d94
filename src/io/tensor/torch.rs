//! PyTorch's files, which are recognised and refused: they are pickles, programs that run when they are read.

use crate::io::Error;

/// The beginning of a pickle, protocols 2 to 5, as `torch.save` wrote them up to version 1.5 and Python writes them elsewhere.
const PICKLE: [[u8; 2]; 4] = [[0x80, 2], [0x80, 3], [0x80, 4], [0x80, 5]];

/// Whether a file begins as a pickle does.
pub(super) fn is_pickle(start: &[u8]) -> bool {
    PICKLE.iter().any(|magic| start.starts_with(magic))
}

/// Whether a zip file with an entry of this name is one that `torch.save` wrote.
pub(super) fn is_torch_entry(name: &str) -> bool {
    name == "data.pkl" || name.ends_with("/data.pkl")
}

/// Why such a file is not read, and what to do.
pub(super) fn refused() -> Error {
    Error::content("is a PyTorch file, a pickle: reading it would run a program that is in it").hint(
        "convert it where PyTorch is: \
         `import torch; from safetensors.torch import save_file` and \
         `save_file(torch.load('model.pt', map_location='cpu', weights_only=True), 'model.safetensors')`",
    )
}
