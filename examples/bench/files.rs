//! Files of arrays: how fast they are written and read.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use fromzero::io::tensor::{Named, Tensor, npy, npz, safetensors};
use fromzero::io::{Error, Result};

use crate::larger;
use crate::support::out;

/// The numbers of section 3.7's network, of an array that memory keeps where it was, and of one that it does not.
const COUNTS: [usize; 3] = [1_863_690, 7 << 20, 16 << 20];
/// As many bytes may an npz file unpack to.
const LIMIT: usize = 1 << 28;

/// Gigabytes a second that every format is written and read with, in the system's folder for temporary files.
pub fn table() -> Result<()> {
    let folder = Folder::new()?;
    let folder = folder.0.as_path();
    out!("files in {}, best of several", folder.display());
    for count in COUNTS {
        let values: Vec<f32> = (0..count).map(|i| i as f32).collect();
        let tensor = Tensor::from_floats(&[count], &values);
        let tensors: Named = vec![("w".to_string(), tensor)];
        let tensor = &tensors[0].1;
        rates(
            count,
            &folder.join("w.npy"),
            |path| npy::save(path, tensor),
            |path| npy::load(path).map(drop),
        )?;
        rates(
            count,
            &folder.join("w.npz"),
            |path| npz::save(path, &tensors),
            |path| npz::load(path, LIMIT).map(drop),
        )?;
        rates(
            count,
            &folder.join("w.safetensors"),
            |path| safetensors::save(path, &tensors),
            |path| safetensors::load(path).map(drop),
        )?;
    }
    Ok(())
}

/// Prints how fast a file of so many numbers is written and read.
fn rates(
    count: usize,
    path: &Path,
    write: impl Fn(&Path) -> Result<()>,
    read: impl Fn(&Path) -> Result<()>,
) -> Result<()> {
    let bytes = (4 * count) as f64;
    let rate = |f: &dyn Fn(&Path) -> Result<()>| Ok::<_, Error>(bytes / 1e9 / best_time(path, f)?);
    let (write, read) = (rate(&write)?, rate(&read)?);
    let format = path.extension().unwrap_or_default().display().to_string();
    out!(
        "{format:12} {:>5.1} MB: written with {write:>5.2} GB/s, read with {read:>5.2} GB/s",
        bytes / 1e6
    );
    Ok(())
}

/// The seconds of the fastest of several times.
fn best_time(path: &Path, f: &dyn Fn(&Path) -> Result<()>) -> Result<f64> {
    const TIMES: usize = 20;
    f(path)?;
    let mut best = f64::INFINITY;
    for _ in 0..TIMES {
        let start = Instant::now();
        f(path)?;
        best = -larger(-best, -start.elapsed().as_secs_f64());
    }
    Ok(best)
}

/// A folder of this run, which is removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("fromzero-bench-{}", std::process::id()));
        fs::create_dir_all(&path).map_err(|cause| Error::io("cannot be made", cause).at(&path))?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
