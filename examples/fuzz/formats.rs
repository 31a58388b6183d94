//! The formats that are read: good files to begin with, the reader, and what must be true of all that it accepts.

use std::fs;
use std::path::Path;

use fromzero::data::table::Table;
use fromzero::io::tensor::{DType, Named, npy, npz, safetensors};
use fromzero::io::{Error, Idx, gunzip, image};

use super::repair::{repair_gzip, repair_npy, repair_png, repair_safetensors, repair_zip};

/// The most that is unpacked.
const LIMIT: usize = 1 << 20;
/// Deflate packs at best 258 bytes into two bits.
const BEST_RATIO: usize = 1032;
/// The tables of inflate, and what it clears ahead.
const INFLATE: usize = 40 << 10;
/// Messages, and what is kept about a file whatever its length.
const ALWAYS: usize = 2 << 10;

/// One format.
pub struct Format {
    pub name: &'static str,
    pub help: &'static str,
    /// The folder below `tests/fixtures` that has good files, and what their names end with.
    seeds: (&'static str, &'static str),
    /// What stands in its headers.
    pub words: &'static [&'static str],
    /// Reads a file. Panics if what it accepts is not what a reader may accept.
    pub read: fn(&[u8]) -> Result<(), Error>,
    /// Makes check sums and lengths right again, as far as they are found.
    pub repair: fn(&mut Vec<u8>),
    /// The most memory that a reader may take for a file of so many bytes.
    memory: fn(usize) -> usize,
}

impl Format {
    /// The good files, in the order of their names.
    pub fn seeds(&self) -> Vec<Vec<u8>> {
        let (folder, suffix) = self.seeds;
        let files = files(folder)
            .into_iter()
            .filter(|(name, _)| name.ends_with(suffix));
        files.map(|(_, file)| file).collect()
    }

    /// The most memory that may be taken at once for a file of `length` bytes.
    pub fn most_memory(&self, length: usize) -> usize {
        ALWAYS + (self.memory)(length)
    }
}

/// Files that other readers were attacked with, or that hold what is not read.
pub fn attacks() -> Vec<(String, Vec<u8>)> {
    files("formats/refused")
}

/// The files of a folder of the fixtures, in the order of their names.
fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let entries = fs::read_dir(fixtures.join(folder)).expect("the fixtures");
    let paths = entries.map(|entry| entry.expect("a file").path());
    let mut paths: Vec<_> = paths.filter(|path| path.is_file()).collect();
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let file = fs::read(path).expect("a file of the fixtures");
        (path.to_string_lossy().into_owned(), file)
    };
    paths.iter().map(read).collect()
}

pub const FORMATS: [Format; 9] = [
    Format {
        name: "idx",
        help: "IDX, MNIST's format: the bytes of the file",
        seeds: ("gzip", "images.idx"),
        words: &[],
        read: read_idx,
        repair: |_| {},
        memory: |length| 3 * length,
    },
    Format {
        name: "csv",
        help: "CSV: the text, and twice the fields of a line and the features of all",
        seeds: ("data", "small.csv"),
        words: &[
            ",", "\"", "\"\"", "\n", "\r\n", "\r", "\n\n", "-", "1e9", ".5", "nan", "label",
            "pixel1", "Id", ";",
        ],
        read: read_csv,
        repair: |_| {},
        memory: |length| 192 * length,
    },
    Format {
        name: "gzip",
        help: "gzip and inflate: what is unpacked, up to a limit",
        seeds: ("gzip", ".gz"),
        words: &[],
        read: read_gzip,
        repair: repair_gzip,
        memory: |length| INFLATE + LIMIT.min(BEST_RATIO * length),
    },
    Format {
        name: "npy",
        help: "npy: the bytes of the file, twice in Fortran's order",
        seeds: ("formats/npy", ".npy"),
        words: &[
            "'descr'",
            "'shape'",
            "'fortran_order'",
            "True",
            "False",
            "'<f4'",
            "'>i8'",
            "'|b1'",
            "'|O'",
            "(2,)",
            "()",
            "(",
            ")",
            "{",
            "}",
            ":",
            ",",
            " ",
            "L",
            "\\",
            "\"",
        ],
        read: read_npy,
        repair: repair_npy,
        // Writing and reading it again is part of the test.
        memory: |length| 5 * length,
    },
    Format {
        name: "npz",
        help: "npz and zip: what is unpacked, up to a limit, and the largest array again",
        seeds: ("formats/npz", ".npz"),
        words: &[
            "PK\x01\x02",
            "PK\x03\x04",
            "PK\x05\x06",
            "PK\x06\x06",
            "PK\x06\x07",
            ".npy",
            "../",
        ],
        read: read_npz,
        repair: repair_zip,
        memory: |length| INFLATE + 6 * LIMIT.min(BEST_RATIO * length) + 8 * length,
    },
    Format {
        name: "safetensors",
        help: "safetensors: the tensors, and 8 times the header",
        seeds: ("formats/safetensors", ".safetensors"),
        words: &[
            "\"dtype\"",
            "\"shape\"",
            "\"data_offsets\"",
            "\"__metadata__\"",
            "\"F32\"",
            "\"BOOL\"",
            "\"F16\"",
            "[",
            "]",
            "[0,8]",
            "[]",
            "{",
            "}",
            ":",
            ",",
            "\"",
            "\\u00e4",
            "\\ud800",
            "-",
            "1e9",
            "null",
        ],
        read: read_safetensors,
        repair: repair_safetensors,
        memory: |length| 16 * length,
    },
    Format {
        name: "png",
        help: "PNG: 1032 times the file, and the pixels",
        seeds: ("formats/image", ".png"),
        words: &["IHDR", "IDAT", "IEND", "PLTE", "tRNS", "gAMA"],
        read: read_image,
        repair: repair_png,
        // A bit may be a pixel.
        memory: |length| INFLATE + 9 * BEST_RATIO * length,
    },
    Format {
        name: "pgm",
        help: "PGM: a byte for each of the file's",
        seeds: ("formats/image", ".pgm"),
        words: &["P2", "P5", "#", "\n", " ", "255", "65535"],
        read: read_image,
        repair: |_| {},
        memory: |length| 2 * length,
    },
    Format {
        name: "bmp",
        help: "BMP: a byte for each of the file's bits",
        seeds: ("formats/image", ".bmp"),
        words: &[],
        read: read_image,
        repair: |_| {},
        memory: |length| 9 * length,
    },
];

fn read_idx(file: &[u8]) -> Result<(), Error> {
    let labels = Idx::<1>::parse(file.to_vec());
    let images = Idx::<3>::parse(file.to_vec());
    assert!(labels.is_err() || images.is_err());
    if let Ok(labels) = labels {
        assert_eq!(labels.shape[0], labels.values.len());
        return Ok(());
    }
    let images = images?;
    assert_eq!(images.shape.iter().product::<usize>(), images.values.len());
    Ok(())
}

fn read_csv(file: &[u8]) -> Result<(), Error> {
    let data = Table::parse(&String::from_utf8_lossy(file), None)?.data;
    assert!(2 * data.len() * data.inputs() < file.len());
    assert!(
        data.labels()
            .iter()
            .all(|&label| usize::from(label) < data.classes())
    );
    Ok(())
}

fn read_gzip(file: &[u8]) -> Result<(), Error> {
    let unpacked = gunzip(file, LIMIT)?;
    assert!(unpacked.len() <= LIMIT.min(BEST_RATIO * file.len()));
    Ok(())
}

fn read_npy(file: &[u8]) -> Result<(), Error> {
    let tensor = npy::parse(file)?;
    assert!(tensor.bytes().len() <= file.len());
    let mut written = Vec::new();
    npy::write(&tensor, &mut written).expect("memory");
    assert!(npy::parse(&written)? == tensor);
    Ok(())
}

fn read_npz(file: &[u8]) -> Result<(), Error> {
    let tensors = npz::parse(file, LIMIT)?;
    assert!(bytes(&tensors) <= LIMIT);
    let mut written = Vec::new();
    npz::write(&tensors, &mut written).expect("memory");
    // Headers that NumPy writes may be longer.
    assert!(npz::parse(&written, 2 * LIMIT)? == tensors);
    Ok(())
}

fn read_safetensors(file: &[u8]) -> Result<(), Error> {
    let mut tensors = safetensors::parse(file)?;
    assert!(bytes(&tensors) < file.len());
    let mut written = Vec::new();
    safetensors::write(&tensors, &mut written).expect("memory");
    let mut again = safetensors::parse(&written)?;
    for tensors in [&mut tensors, &mut again] {
        tensors.sort_by(|a, b| a.0.cmp(&b.0));
    }
    assert!(again == tensors);
    Ok(())
}

fn bytes(tensors: &Named) -> usize {
    for (_, tensor) in tensors {
        let truths = tensor.dtype() == DType::Bool;
        assert!(!truths || tensor.bytes().iter().all(|&byte| byte < 2));
    }
    tensors.iter().map(|(_, tensor)| tensor.bytes().len()).sum()
}

fn read_image(file: &[u8]) -> Result<(), Error> {
    let image = image::parse(file)?;
    assert!(!image.pixels.is_empty());
    assert_eq!(image.pixels.len(), image.width * image.height);
    Ok(())
}
