//! Reads handwritten digits: in pictures that a person has drawn, or in files of images.
//!
//! `cargo run --release --example predict -- --help` lists the options.

mod support;

use std::path::Path;
use std::process::ExitCode;

use fromzero::data::{SIDE, normalized};
use fromzero::io::image::{self, Image};
use fromzero::io::tensor::npy;
use fromzero::io::{Error, ErrorKind, Idx, Result, peek, printable};
use fromzero::section37::{Activations, Params, forward};
use fromzero::view::{Terminal, digit};
use support::{LOAD, Opt, Options, Program, THREADS, option, out, reader};

const IMAGE: Opt = option(
    "image",
    "FILE",
    "pictures (PNG, PGM, BMP), or files of images (IDX, npy)",
)
.many();

const PROGRAM: Program = Program {
    name: "predict",
    about: "Reads a handwritten digit: finds it in the picture, centres and scales it as MNIST's are, draws what the \
            network sees, and prints the three most probable digits. Without --load the network is data/digits.safetensors.",
    workloads: &[],
    options: &[
        IMAGE,
        option(
            "index",
            "N",
            "which image of an IDX or npy file, counted from 0",
        )
        .or("0"),
        LOAD,
        THREADS,
    ],
};

/// The digits that are printed.
const SHOWN: usize = 3;

fn main() -> ExitCode {
    support::run(&PROGRAM, predict)
}

fn predict(options: &Options) -> Result<()> {
    let (pictures, index) = (options.paths("image"), options.index("index")?);
    if pictures.is_empty() {
        return Err(Error::new("expected a picture to read, found none").setting("--image"));
    }
    let (_, params) = reader::network(options)?;
    let terminal = Terminal::stdout();
    for &path in &pictures {
        let picture = picture(path, index)?;
        let seen = normalized(&picture).map_err(|error| error.at(path))?;
        if pictures.len() > 1 {
            out!("{}", printable(path.display()));
        }
        out!("{}", digit(&seen, SIDE, &terminal).trim_end_matches('\n'));
        for (class, probability) in most_probable(&params, &seen)? {
            out!("digit {class} {probability:.4}");
        }
    }
    Ok(())
}

/// The picture in a file, or image number `index` of one with many; what the file is, its first bytes tell.
fn picture(path: &Path, index: usize) -> Result<Image> {
    let start = peek(path)?;
    let (shape, pixels) = if start.starts_with(npy::MAGIC) {
        let tensor = npy::load(path)?;
        let shape = tensor.shape().to_vec();
        (shape, tensor.into_u8().map_err(|error| error.at(path))?)
    } else if start.starts_with(&[0, 0, 8, 3]) {
        let idx = Idx::<3>::read(path)?;
        (idx.shape.to_vec(), idx.values)
    } else {
        return image::load(path);
    };
    let (count, height, width) = match shape[..] {
        [height, width] => (1, height, width),
        [count, height, width] => (count, height, width),
        _ => (0, 0, 0),
    };
    if width * height == 0 {
        let message = format!(
            "holds an array {shape:?}, expected images, [rows, columns] or [n, rows, columns]"
        );
        return Err(Error::of_kind(ErrorKind::Content, message).at(path));
    }
    if index >= count {
        let message = format!(
            "expected less than the {count} images of {}, found {index}",
            printable(path.display())
        );
        return Err(Error::new(message).setting("--index"));
    }
    let pixels = pixels[index * width * height..][..width * height].to_vec();
    Ok(Image {
        width,
        height,
        pixels,
    })
}

/// The most probable classes of a digit, the first one first, each with its probability.
fn most_probable(params: &Params<f32>, digit: &[u8; SIDE * SIDE]) -> Result<Vec<(usize, f32)>> {
    let x = reader::sample(digit);
    let mut act = Activations::new(params.sizes(), 1)?;
    forward(params, &x, &mut act);
    let mut classes: Vec<(usize, f32)> = act.a4.row(0).iter().copied().enumerate().collect();
    classes.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    classes.truncate(SHOWN);
    Ok(classes)
}
