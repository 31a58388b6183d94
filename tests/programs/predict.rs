//! The program `predict` and the network that comes with it.

use std::fs;
use std::path::Path;
use std::process::Output;

use fromzero::data::{SIDE, normalized, synthetic};
use fromzero::io::image::Image;
use fromzero::io::tensor::{DType, Tensor, npy};
use fromzero::keep::params;

use crate::start::{self, Folder, example, text};

fn predict(args: &[&str]) -> Output {
    example("predict").args(args).output().expect("it starts")
}

fn digits(output: &Output) -> Vec<usize> {
    assert!(output.status.success(), "{}", text(&output.stderr));
    let lines = text(&output.stdout).lines();
    lines
        .filter_map(|line| line.strip_prefix("digit "))
        .map(|line| {
            let (digit, probability) = line.split_once(' ').unwrap();
            assert!(
                probability.len() == 6
                    && (0.0..=1.0).contains(&probability.parse::<f64>().unwrap())
            );
            digit.parse().unwrap()
        })
        .collect()
}

/// A seven, strokes of full ink on nothing, twice as large as MNIST's.
fn seven() -> Image {
    let (width, height) = (90, 70);
    let mut pixels = vec![0_u8; width * height];
    for i in 0..40 {
        for thick in 0..5 {
            let slant = 50 - i / 2;
            pixels[(12 + i) * width + slant + thick] = 255;
            if i < 26 {
                pixels[(12 + thick) * width + 28 + i] = 255;
            }
        }
    }
    Image {
        width,
        height,
        pixels,
    }
}

fn pgm(image: &Image) -> Vec<u8> {
    let head = format!("P5 {} {} 255\n", image.width, image.height);
    [head.as_bytes(), &image.pixels].concat()
}

#[test]
fn a_drawn_digit_is_read_whatever_its_ink_and_place() {
    let folder = Folder::new("predict");
    let seven = seven();
    let negative = Image {
        pixels: seven.pixels.iter().map(|&x| 230 - x / 2).collect(),
        ..seven.clone()
    };
    folder.write("seven.pgm", &pgm(&seven));
    folder.write("negative.pgm", &pgm(&negative));
    let path = |name: &str| folder.0.join(name).to_str().unwrap().to_string();
    let (seven_path, negative_path) = (path("seven.pgm"), path("negative.pgm"));
    let one = predict(&["--image", &seven_path]);
    assert_eq!(digits(&one).len(), 3);
    assert_eq!(digits(&one)[0], 7);
    let both = predict(&["--image", &seven_path, &negative_path]);
    let read = digits(&both);
    assert_eq!((read.len(), read[0], read[3]), (6, 7, 7));
    assert!(text(&both.stdout).contains("negative.pgm"));
    let (light, dark) = (normalized(&seven).unwrap(), normalized(&negative).unwrap());
    assert_eq!(light, dark);

    // The digit that the program saw, as images in other formats.
    let tensor = |shape: &[usize]| Tensor::from_bytes(DType::U8, shape.to_vec(), light.to_vec());
    npy::save(path("one.npy"), &tensor(&[28, 28])).unwrap();
    npy::save(path("many.npy"), &tensor(&[1, 28, 28])).unwrap();
    folder.write("images-idx3", &start::idx(&[2051, 1, 28, 28], &light));
    for name in ["one.npy", "many.npy", "images-idx3"] {
        let output = predict(&["--image", &path(name)]);
        assert_eq!(output.stdout, one.stdout, "{name}");
    }
    let beyond = predict(&["--image", &path("many.npy"), "--index", "1"]);
    start::assert_refused("predict", &beyond, 2, &["--index", "1 images", "found 1"]);
}

#[test]
fn what_cannot_be_read_is_refused() {
    let folder = Folder::new("predict-refused");
    let path = |name: &str| folder.0.join(name).to_str().unwrap().to_string();
    folder.write("empty.pgm", b"P2 2 2 9 5 5 5 5\n");
    folder.write("text", b"seven");
    for (args, code, words) in [
        (vec![], 2, &["--image"][..]),
        (
            vec!["--image".into(), path("empty.pgm")],
            1,
            &["empty.pgm", "no digit"],
        ),
        (
            vec!["--image".into(), path("text")],
            1,
            &["text", "expected a picture"],
        ),
        (vec!["--image".into(), path("none.png")], 1, &["none.png"]),
        (
            vec![
                "--image".into(),
                path("text"),
                "--load".into(),
                "w.pt".into(),
            ],
            2,
            &["w.pt"],
        ),
    ] {
        let args: Vec<&str> = args.iter().map(|arg: &String| &arg[..]).collect();
        start::assert_refused("predict", &predict(&args), code, words);
    }
}

#[test]
fn normalized_digits_fill_a_box_of_20_around_their_centre_of_mass() {
    let (images, _) = synthetic::draw(0..40, 1, 1).unwrap();
    for image in images.chunks(SIDE * SIDE) {
        let picture = Image {
            width: SIDE,
            height: SIDE,
            pixels: image.to_vec(),
        };
        let normal = normalized(&picture).unwrap();
        let (mut mass, mut down, mut right) = (0.0, 0.0, 0.0);
        for (at, &x) in normal.iter().enumerate() {
            mass += f64::from(x);
            down += f64::from(x) * ((at / SIDE) as f64 + 0.5);
            right += f64::from(x) * ((at % SIDE) as f64 + 0.5);
        }
        if normal[..] != *image {
            // Rounding the shrunken pixels moves it by a hundredth at most.
            let middle = 13.99..15.01;
            assert!(middle.contains(&(down / mass)) && middle.contains(&(right / mass)));
        }
        let inky = |i: usize, j: usize| normal[SIDE * i + j] > 0;
        let rows = (0..SIDE).filter(|&i| (0..SIDE).any(|j| inky(i, j))).count();
        let cols = (0..SIDE).filter(|&j| (0..SIDE).any(|i| inky(i, j))).count();
        assert!((19..=20).contains(&rows.max(cols)), "{rows}×{cols}");
    }
}

#[test]
fn the_network_that_comes_with_the_package_is_the_one_described() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let file = folder.join("digits.safetensors");
    assert!(fs::metadata(&file).unwrap().len() <= 225_000);
    let checksum = params::load::<f32>(&file).unwrap().checksum();
    let described = fs::read_to_string(folder.join("README.md")).unwrap();
    assert!(described.contains(&format!("weights 0x{checksum:016x}")));
}
