//! What the training programs do with data and settings that are not as they should be, and what their means are of.

use std::process::Output;

use crate::start::{Folder, assert_refused, example, idx, text};
use crate::support;
use fromzero::data::synthetic;
use fromzero::rng::Rng;
use fromzero::section37::{Init, Sizes};

const TRAINING: [&str; 5] = [
    "train",
    "section37_net",
    "dense_adam",
    "digits_squared",
    "tanh_nll",
];

fn run(program: &str, args: &[&str]) -> Output {
    example(program).args(args).output().expect("it starts")
}

/// Images of other sizes or counts in MNIST's files; their pixels are those of synthetic digits, cut off.
fn write_images(folder: &Folder, part: &str, count: usize, side: usize, pixel: fn(u8) -> u8) {
    let (images, labels) = synthetic::draw(0..count as u64, 1, 1).unwrap();
    let mut pixels = Vec::new();
    for (i, row) in images.chunks(28).enumerate() {
        if i % 28 < side {
            pixels.extend(row[..side].iter().map(|&ink| pixel(ink)));
        }
    }
    let (n, side) = (count as u32, side as u32);
    folder.write(
        &format!("{part}-images-idx3-ubyte"),
        &idx(&[2051, n, side, side], &pixels),
    );
    folder.write(
        &format!("{part}-labels-idx1-ubyte"),
        &idx(&[2049, n], &labels),
    );
}

/// Before anything is trained, so that no bar or line of an epoch has come.
#[test]
fn a_test_set_without_images_is_noticed_before_the_training() {
    let folder = Folder::new("degenerate-empty");
    write_images(&folder, "t10k", 0, 28, |ink| ink);
    for program in TRAINING {
        let output = run(program, &["--data", folder.path()]);
        let words = [folder.path(), "at least 1 test image", "found 0"];
        assert_refused(program, &output, 1, &words);
        assert!(!text(&output.stderr).contains("epoch"));
    }
    write_images(&folder, "t10k", 10, 28, |ink| ink);
    write_images(&folder, "train", 0, 28, |ink| ink);
    let output = run("train", &["--data", folder.path()]);
    assert_refused(
        "train",
        &output,
        1,
        &["at least 1 training image", "found 0"],
    );
}

#[test]
fn images_of_other_sizes_are_trained_on_and_drawn() {
    let folder = Folder::new("degenerate-sizes");
    write_images(&folder, "train", 150, 21, |ink| ink);
    write_images(&folder, "t10k", 20, 21, |ink| ink);
    for program in TRAINING {
        let args = ["--data", folder.path(), "--epochs", "1", "--quiet"];
        let output = run(program, &args);
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    let args = ["--data", folder.path(), "--limit", "1", "--hidden", "8"];
    let output = run("train", &args);
    let lines: Vec<&str> = text(&output.stdout).lines().collect();
    // Behind the matrix, which has a line for each class, and before what is said of the picture.
    let matrix = lines.iter().position(|line| line.ends_with("right"));
    let picture = &lines[matrix.expect("a matrix") + 12..lines.len() - 1];
    assert!(picture.len() <= 11 && picture.iter().any(|line| line.contains('█')));
    // Beside synthetic digits they cannot be tested.
    let args = ["--synthetic", "--data", folder.path(), "--limit", "1"];
    let words = [folder.path(), "28×28", "21×21"];
    assert_refused("train", &run("train", &args), 1, &words);
}

#[test]
fn digits_that_are_drawn_are_of_ten_classes() {
    for program in TRAINING
        .iter()
        .filter(|&&program| program != "section37_net")
    {
        let args = ["--synthetic", "--classes", "12", "--epochs", "1"];
        let words = ["--classes", "synthetic digits are of 10 classes"];
        assert_refused(program, &run(program, &args), 2, &words);
    }
}

/// A table may have so many columns that a network for it does not fit into memory; no option is wrong then.
#[test]
fn only_hidden_layers_that_are_the_widest_are_blamed_for_the_memory() {
    let code = |inputs, hidden| {
        let sizes = Sizes {
            inputs,
            hidden,
            classes: 10,
        };
        let params = support::new_params::<f32>(sizes, Init::Uniform(0.3), &mut Rng::new(1));
        let error = params.expect_err("too large");
        (
            support::exit_code(&error),
            error.to_string().contains("--hidden"),
        )
    };
    assert_eq!(code(784, usize::MAX / 8), (support::MISUSE, true));
    assert_eq!(code(usize::MAX / 8, 8), (support::FAILURE, false));
}

#[test]
fn pixels_of_0_and_1_only_are_warned_of() {
    let folder = Folder::new("degenerate-pale");
    write_images(&folder, "train", 150, 28, |ink| u8::from(ink > 127));
    let args = ["--data", folder.path(), "--epochs", "1"];
    for program in TRAINING {
        let output = run(program, &args);
        assert!(output.status.success());
        let said = text(&output.stderr);
        let words = "warning: no pixel of the training images is above 1, where full ink is 255";
        assert!(said.contains(words), "{said}");
        assert!(!said.contains("test images is above"), "{said}");
    }
}

/// 200 images are three batches of 64 and one of 8.
#[test]
fn the_mean_of_an_epoch_is_over_its_images() {
    let folder = Folder::new("means");
    let args = ["--data", folder.path(), "--hidden", "8", "--log", "1"];
    let output = run("train", &args);
    let batches: Vec<(f64, f64)> = (text(&output.stdout).lines())
        .filter_map(|line| line.strip_prefix("Epochs[2/2]--")?.split_once("--Acc: "))
        .map(|(_, figures)| {
            let (accuracy, loss) = figures.split_once("--loss: ").expect("a loss");
            (loss.parse().expect(loss), accuracy.parse().expect(accuracy))
        })
        .collect();
    assert_eq!(batches.len(), 4);
    let images = [64.0, 64.0, 64.0, 8.0];
    let mean = |of: fn(&(f64, f64)) -> f64| {
        let sum: f64 = images.iter().zip(&batches).map(|(n, b)| n * of(b)).sum();
        sum / 200.0
    };
    let said = text(&output.stderr);
    let line = said.lines().find(|line| line.starts_with("epoch 2/2: "));
    let figures = line.expect(said).strip_prefix("epoch 2/2: mean loss ");
    let (loss, accuracy) = figures
        .expect(said)
        .split_once(", mean accuracy ")
        .expect(said);
    let (loss, accuracy): (f64, f64) = (loss.parse().unwrap(), accuracy.parse().unwrap());
    assert!(
        (loss - mean(|batch| batch.0)).abs() < 2e-4,
        "{loss} of {batches:?}"
    );
    assert!(
        (accuracy - mean(|batch| batch.1)).abs() < 2e-4,
        "{accuracy}"
    );
    // The short batch differs, or this would show nothing.
    let plain = batches.iter().map(|batch| batch.0).sum::<f64>() / 4.0;
    assert!((loss - plain).abs() > 1e-3, "{loss} {plain}");
}

#[test]
fn a_network_that_is_not_finite_is_an_error_also_after_the_last_step() {
    let folder = Folder::new("nan-last-step");
    let run = |program, args: &[&str]| {
        let data = ["--data", folder.path(), "--quiet"];
        run(program, &[&data[..], args].concat())
    };
    for program in ["train", "section37_net"] {
        // The loss of the last step is finite, and the answers of the network that it leaves are not.
        let args = ["--hidden", "32", "--lr", "3e38", "--limit", "2"];
        let output = run(program, &args);
        assert_refused(program, &output, 1, &[]);
        let said = text(&output.stderr);
        assert!(
            said.contains("finite") || said.contains("not a number"),
            "{said}"
        );
    }
    let refused = |program, option, value| {
        let words = [option, "above 0 and finite in f32", value];
        assert_refused(program, &run(program, &[option, value]), 2, &words);
    };
    for program in ["train", "section37_net", "dense_adam"] {
        refused(program, "--lr", "1e300");
        refused(program, "--lr", "1e-50");
    }
    refused("train", "--gain", "1e300");
    let output = run("train", &["--gain", "1e38"]);
    assert_refused(
        "train",
        &output,
        1,
        &["before the first step", "initial weights"],
    );
    assert!(!text(&output.stderr).contains("learning rate"));
}

#[test]
fn any_number_of_epochs_begins() {
    let folder = Folder::new("epochs");
    let most = usize::MAX.to_string();
    for (program, decay) in [
        ("train", &["--decay", "linear"][..]),
        ("section37_net", &[]),
    ] {
        let args = ["--data", folder.path(), "--hidden", "8", "--limit", "2"];
        for epochs in ["10000000000", &most] {
            let args = [&args[..], &["--epochs", epochs], decay].concat();
            let output = run(program, &args);
            assert!(output.status.success(), "{}", text(&output.stderr));
        }
    }
}
