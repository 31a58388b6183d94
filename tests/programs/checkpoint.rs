//! Trainings that are killed and go on.

use std::env;
use std::fs;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::Instant;

use fromzero::io::tensor::npz;
use fromzero::rng::Rng;

use crate::start::{self, Folder, example, text};

/// Kills of the test; more for a longer one.
const KILLS: u64 = 30;

fn train(folder: &Folder, args: &[&str]) -> Command {
    let mut command = example("train");
    command.args(["--data", folder.path(), "--threads", "1", "--hidden", "24"]);
    command.args(["--batch", "8", "--shuffle", "--decay", "linear"]);
    command.args(args);
    command
}

fn run(folder: &Folder, args: &[&str]) -> Output {
    train(folder, args).output().expect("it starts")
}

/// What it prints on standard output, which must be all.
fn results(output: &Output) -> String {
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).to_string()
}

#[test]
fn a_training_that_is_killed_at_random_moments_ends_with_the_same_bits() {
    let folder = Folder::new("killed");
    let kept = folder.0.join("kept");
    fs::create_dir(&kept).unwrap();
    let kept = kept.to_str().unwrap();
    let begin = Instant::now();
    let expected = results(&run(&folder, &["--epochs", "40"]));
    let whole = begin.elapsed();

    let often = ["--every", "5", "--checkpoint", kept, "--resume", kept];
    let args = [&["--epochs", "40"], &often[..]].concat();
    let start = || -> Child {
        let mut command = train(&folder, &args);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("it starts")
    };
    let kills = env::var("FROMZERO_KILLS").ok();
    let kills = kills.and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    let mut rng = Rng::new(1);
    let file = folder.0.join("kept/checkpoint.npz");
    let mut sizes = 0;
    for _ in 0..kills {
        let mut child = start();
        // A finished training starts once more, so that there is always something to kill.
        sleep(whole.mul_f64(0.2 * rng.uniform()));
        child.kill().unwrap();
        if child.wait().unwrap().success() {
            fs::remove_file(&file).unwrap();
        }
        if file.exists() {
            sizes += npz::load(&file, 1 << 30).expect("a whole checkpoint").len();
        }
    }
    assert!(sizes > 0, "no checkpoint was ever there");
    assert_eq!(results(&run(&folder, &args)), expected);
    // And once more, from the end.
    assert_eq!(results(&run(&folder, &args)), expected);
    let left: Vec<_> = fs::read_dir(kept)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["checkpoint.npz"]);
}

#[test]
fn a_checkpoint_of_another_training_is_refused_with_the_difference() {
    let folder = Folder::new("other-training");
    let kept = folder.0.join("kept");
    let kept = kept.to_str().unwrap();
    results(&run(&folder, &["--epochs", "1", "--checkpoint", kept]));
    let file = folder.0.join("kept/checkpoint.npz");
    let before = fs::read(&file).unwrap();
    for (args, words) in [
        (&["--epochs", "2"][..], &["--epochs 1", "--epochs 2"][..]),
        (
            &["--epochs", "1", "--lr", "0.5"],
            &["--lr 0.03", "--lr 0.5"],
        ),
        (&["--epochs", "1", "--seed", "7"], &["--seed 1", "--seed 7"]),
        (&["--epochs", "1", "--gain", "2"], &["--init"]),
        (&["--epochs", "1", "--f64"], &["type f32", "type f64"]),
    ] {
        let output = run(&folder, &[args, &["--resume", kept]].concat());
        start::assert_refused(
            "train",
            &output,
            1,
            &[words, &["checkpoint.npz", "another training"]].concat(),
        );
        assert!(before == fs::read(&file).unwrap());
    }
    let labels = folder.0.join("train-labels-idx1-ubyte");
    let mut changed = fs::read(&labels).unwrap();
    changed[8] = (changed[8] + 1) % 10;
    fs::write(&labels, changed).unwrap();
    let output = run(&folder, &["--epochs", "1", "--resume", kept]);
    start::assert_refused("train", &output, 1, &["training set 0x"]);
}

#[test]
fn what_cannot_be_resumed_or_kept_is_refused_before_the_training() {
    let folder = Folder::new("no-checkpoint");
    let file = folder.0.join("train-labels-idx1-ubyte");
    let file = file.to_str().unwrap();
    for (args, code, words) in [
        (&["--resume", "/nonexistent"][..], 1, &["/nonexistent"][..]),
        (&["--checkpoint", file], 1, &[file]),
        (&["--every", "5"], 2, &["--every", "--checkpoint"]),
        (
            &["--checkpoint", "/nonexistent/x", "--every", "0"],
            2,
            &["--every"],
        ),
    ] {
        start::assert_refused("train", &run(&folder, args), code, words);
    }
    let kept = folder.0.join("kept");
    fs::create_dir(&kept).unwrap();
    fs::write(kept.join("checkpoint.npz"), b"PK\x03\x04 and no more").unwrap();
    let output = run(&folder, &["--resume", kept.to_str().unwrap()]);
    start::assert_refused("train", &output, 1, &["checkpoint.npz"]);
}
