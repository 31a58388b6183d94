//! PyTorch's files, which are recognised and refused: they are pickles, programs that run when they are read.

use crate::io::{Error, first_in_zip};

/// The beginning of a pickle, protocols 2 to 5, as `torch.save` wrote them up to version 1.5 and Python writes them elsewhere.
const PICKLE: [[u8; 2]; 4] = [[0x80, 2], [0x80, 3], [0x80, 4], [0x80, 5]];

/// Whether a file begins as a pickle does.
pub(super) fn is_pickle(start: &[u8]) -> bool {
    PICKLE.iter().any(|magic| start.starts_with(magic))
}

/// Whether a file is a zip file whose first entry is the pickle that `torch.save` puts there, `archive/data.pkl` or so.
pub(super) fn is_zip(file: &[u8]) -> bool {
    first_in_zip(file).is_some_and(|name| name.ends_with(b"/data.pkl"))
}

/// The lines of Python that make a file of tensors out of PyTorch's.
pub(crate) const CONVERT: &str = "convert it where PyTorch is, by two lines: \
    `import torch; from safetensors.torch import save_file` and \
    `save_file(torch.load('model.pt', map_location='cpu', weights_only=True), 'model.safetensors')`; \
    if it is a whole module, whose program you trust, the second is \
    `save_file(torch.load('model.pt', map_location='cpu', weights_only=False).state_dict(), 'model.safetensors')`";

/// Why such a file is not read, and what to do.
pub(super) fn refused() -> Error {
    Error::content("is a PyTorch file, a pickle: reading it would run a program that is in it")
        .hint(CONVERT)
}
