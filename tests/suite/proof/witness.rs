//! A witness that shares nothing with the library: section 3.7 in C, `tests/witness/section37.c`, written from the equations and
//! the arithmetic contract, with the C library's `fmaf` and `exp`. From the same start it must come to the same weights, to the
//! last bit.
//!
//! Eight steps on drawn digits, unless `FROMZERO_WITNESS` says how many; then they go through all digits, those of MNIST
//! where `FROMZERO_DATA` names its folder. Two epochs of `train` with the book's settings:
//!
//! ```text
//! FROMZERO_DATA=DIR FROMZERO_WITNESS=1876 cargo test --release --test suite witness -- --nocapture
//! ```

use std::env;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::io::folder::Folder;
use fromzero::data::{Batches, Dataset, mnist, synthetic};
use fromzero::rng::Rng;
use fromzero::section37::*;

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/witness/section37.c");
const STEPS: usize = 8;
/// With it `train` comes to the weights that README shows.
const SEED: u64 = 2;

/// Whether the processor has a fused multiply-add. Without it, C computes one in software, and a step at full size takes half a
/// minute.
fn has_fma() -> bool {
    #[cfg(target_arch = "x86_64")]
    return is_x86_feature_detected!("fma");
    #[cfg(not(target_arch = "x86_64"))]
    return true;
}

/// The program, or nothing where there is no C compiler.
fn compile(folder: &Folder) -> Option<PathBuf> {
    let program = folder.file("section37");
    let mut cc = Command::new("cc");
    cc.args(["-std=c11", "-O3", "-ffp-contract=off"]);
    if cfg!(target_arch = "x86_64") && has_fma() {
        cc.arg("-mfma");
    }
    cc.arg("-o").arg(&program).args([SOURCE, "-lm"]);
    match cc.status() {
        Ok(status) => {
            assert!(status.success(), "cc cannot compile {SOURCE}");
            Some(program)
        }
        Err(_) => None,
    }
}

fn digits(steps: usize) -> Dataset {
    if steps == STEPS {
        let (images, labels) = synthetic::draw(0..(STEPS * 64) as u64, 1, 1).unwrap();
        return Dataset::new(images, labels, (28, 28), 10).unwrap();
    }
    match env::var_os("FROMZERO_DATA") {
        Some(folder) => {
            let folder = mnist::find(None, Some(&folder)).unwrap();
            mnist::load(&folder.expect("MNIST in FROMZERO_DATA"), 1)
                .unwrap()
                .train
        }
        None => synthetic::digits(1, 1).unwrap().0,
    }
}

/// What both begin with, in the form that the C program's first lines describe.
fn write_start(path: &Path, p: &Params<f32>, lr: f64, mut batches: Batches<'_, f32>) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    let mut write = |bytes: [u8; 4]| file.write_all(&bytes).unwrap();
    let Sizes {
        inputs,
        hidden,
        classes,
    } = p.sizes();
    for n in [inputs, hidden, classes, batches.count()] {
        write((n as u32).to_ne_bytes());
    }
    write((lr as f32).to_ne_bytes());
    for x in p.iter() {
        write(x.to_ne_bytes());
    }
    while let Some(batch) = batches.next_batch() {
        write((batch.x.rows() as u32).to_ne_bytes());
        for matrix in [&batch.x, &batch.y] {
            for x in matrix.iter() {
                write(x.to_ne_bytes());
            }
        }
    }
    file.flush().unwrap();
}

/// Trains in C, and returns what it printed.
fn testimony(program: &Path, start: &Path, steps: usize) -> String {
    let mut command = Command::new(program);
    let output = command.arg(start).arg(steps.to_string()).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the C program failed: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_program_in_c_comes_to_the_same_weights() {
    let folder = Folder::new("witness");
    let Some(program) = compile(&folder) else {
        // Past the test runner, which would keep it to itself.
        let skipped = "SKIPPED: there is no C compiler (cc), so the witness in C was not asked";
        writeln!(io::stderr(), "{skipped}").unwrap();
        return;
    };
    let steps = env::var("FROMZERO_WITNESS").map_or(STEPS, |steps| {
        steps
            .parse()
            .expect("FROMZERO_WITNESS is a number of steps")
    });
    let (data, rng) = (digits(steps), &mut Rng::new(SEED));
    let mut sizes = Sizes::default();
    if !has_fma() {
        sizes.hidden = 32;
    }
    let mut p = Params::new(sizes, Init::Uniform(0.3), rng).unwrap();
    let recipe = Recipe {
        epochs: usize::MAX,
        limit: Some(steps),
        ..Recipe::default()
    };
    let start = folder.file("start");
    write_start(
        &start,
        &p,
        recipe.lr,
        Batches::new(&data, recipe.batch).unwrap(),
    );

    let clock = Instant::now();
    let expected = testimony(&program, &start, steps);
    println!(
        "{steps} steps in C: {:.1} s, {expected}",
        clock.elapsed().as_secs_f64()
    );
    let before = p.checksum();
    train(&mut p, &data, &recipe, rng, |_| ()).unwrap();
    assert_eq!(format!("weights {:#018x}\n", p.checksum()), expected);
    assert_ne!(p.checksum(), before);
}
