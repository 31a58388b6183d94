//! Trainings that are killed and go on.

use std::env;
use std::fs;
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::Instant;

use fromzero::io::tensor::{find, npz};
use fromzero::rng::Rng;

use crate::start::{self, Folder, example, text};

/// Kills of each test, where the variable `FROMZERO_KILLS` gives no other number.
const KILLS: u64 = 20;

/// A quick run of a program on the data in the folder.
fn program(name: &str, folder: &Folder, args: &[&str]) -> Command {
    let mut command = example(name);
    command.args(["--data", folder.path(), "--threads", "1"]);
    command.args(args);
    command
}

const NARROW: [&str; 7] = [
    "--hidden",
    "24",
    "--batch",
    "8",
    "--shuffle",
    "--decay",
    "linear",
];

fn run(folder: &Folder, args: &[&str]) -> Output {
    let mut command = program("train", folder, &NARROW);
    command.args(args).output().expect("it starts")
}

/// What it prints on standard output, which must be all.
fn results(output: &Output) -> String {
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).to_string()
}

/// Runs a program with these options once to its end; then kills it at random moments, starting it again each time, and lets it end: it
/// must print the same results, and write the same weights and the same table.
fn killed(name: &str, args: &[&str], kills: u64) {
    let folder = Folder::new(&format!("killed-{name}"));
    let path = |name: &str| folder.0.join(name).to_str().unwrap().to_string();
    let files = |part: &str| [".npz", ".csv"].map(|ending| path(&format!("{part}{ending}")));
    let (whole, parts) = (files("whole"), files("parts"));
    let command = |[weights, table]: &[String; 2], kept: &str| {
        let mut command = program(name, &folder, args);
        command.args(["--save", weights, "--history", table]);
        command.args(["--checkpoint", kept, "--resume", kept]);
        command
    };
    let begin = Instant::now();
    let expected = results(&command(&whole, &path("whole")).output().unwrap());
    let took = begin.elapsed();

    let kept = path("kept");
    let file = folder.0.join("kept/checkpoint.npz");
    let mut rng = Rng::new(1);
    let (mut taken, mut advances) = (0, 0);
    // Kills come within this share of the time that the whole run took: later on a machine that has become slower, and earlier on one
    // that has become faster.
    let mut share = 0.4;
    let mut count = 0;
    while count < kills || advances < kills.div_ceil(4) {
        count += 1;
        assert!(
            count <= 20 * kills,
            "{name}: {advances} kills of {count} came between two checkpoints"
        );
        let mut command = command(&parts, &kept);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("it starts");
        sleep(took.mul_f64(share * rng.uniform()));
        child.kill().unwrap();
        if child.wait().unwrap().success() {
            // It had ended, and the next one begins at the beginning, so that there is always something to kill.
            fs::remove_file(&file).unwrap();
            (taken, share) = (0, 0.8 * share);
        } else if file.exists() {
            let tensors = npz::load(&file, 1 << 30).expect("a whole checkpoint");
            let now = find(&tensors, "losses").unwrap().count();
            if now > taken {
                advances += 1;
            } else {
                share *= 1.1;
            }
            taken = now;
        } else {
            share *= 1.1;
        }
    }
    // The second begins where the first has ended.
    for _ in 0..2 {
        assert_eq!(results(&command(&parts, &kept).output().unwrap()), expected);
        for (whole, part) in whole.iter().zip(&parts) {
            assert!(fs::read(whole).unwrap() == fs::read(part).unwrap());
        }
    }
    let left: Vec<_> = fs::read_dir(kept)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["checkpoint.npz"]);
}

fn kills() -> u64 {
    let kills = env::var("FROMZERO_KILLS").ok();
    kills.and_then(|kills| kills.parse().ok()).unwrap_or(KILLS)
}

#[test]
fn a_training_that_is_killed_at_random_moments_ends_with_the_same_bits() {
    let args = [&NARROW[..], &["--epochs", "60", "--every", "5"]].concat();
    killed("train", &args, kills());
}

#[test]
fn so_does_one_of_layers_by_adam() {
    let args = ["--epochs", "20", "--batch", "8", "--decay", "linear"];
    killed(
        "dense_adam",
        &[&args[..], &["--every", "10"]].concat(),
        kills(),
    );
}

#[test]
fn so_do_the_others() {
    for (name, args) in [
        ("digits_squared", &["--epochs", "120", "--every", "10"][..]),
        ("tanh_nll", &["--epochs", "8", "--every", "4"]),
        ("sin_to_cos", &["--epochs", "3", "--every", "30"]),
        (
            "section37_net",
            &["--hidden", "100", "--epochs", "40", "--every", "4"],
        ),
    ] {
        killed(name, args, kills() / 4);
    }
}

#[test]
fn the_history_has_every_step_once_whatever_was_killed() {
    let folder = Folder::new("history");
    let path = |name: &str| folder.0.join(name).to_str().unwrap().to_string();
    let (whole, parts, kept) = (path("whole.csv"), path("parts.csv"), path("kept"));
    results(&run(&folder, &["--epochs", "2", "--history", &whole]));
    let rest = ["--epochs", "2", "--history", &parts];
    let limited = ["--limit", "30", "--every", "7", "--checkpoint", &kept];
    results(&run(&folder, &[&rest[..], &limited].concat()));
    // What a killed training has written behind its last checkpoint.
    let mut longer = fs::read(&parts).unwrap();
    longer.extend(b"31,2,6,0.0");
    fs::write(&parts, longer).unwrap();
    results(&run(&folder, &[&rest[..], &["--resume", &kept]].concat()));
    let whole = fs::read_to_string(&whole).unwrap();
    assert_eq!(whole, fs::read_to_string(&parts).unwrap());
    assert_eq!(whole.lines().count(), 1 + 2 * 25);
    assert!(whole.starts_with("step,epoch,batch,lr,loss,accuracy\n1,1,1,0.03,"));
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
        (&["--epochs", "1", "--gain", "2"], &["--gain 1", "--gain 2"]),
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
fn so_is_one_of_layers() {
    let folder = Folder::new("other-layers");
    let kept = folder.0.join("kept");
    let kept = kept.to_str().unwrap();
    let run = |name, args: &[&str]| {
        let mut command = program(name, &folder, &["--epochs", "1"]);
        command.args(args).output().expect("it starts")
    };
    results(&run("dense_adam", &["--checkpoint", kept, "--lr", "2e-4"]));
    // The same number in another spelling is no difference.
    results(&run("dense_adam", &["--resume", kept, "--lr", "0.0002"]));
    let weights = folder.0.join("w.npz");
    let weights = weights.to_str().unwrap();
    results(&run("dense_adam", &["--save", weights]));
    for (name, args, words) in [
        (
            "dense_adam",
            &["--lr", "0.5"][..],
            &["--lr 0.0002", "--lr 0.5"][..],
        ),
        (
            "dense_adam",
            &["--no-shuffle"],
            &["--no-shuffle not given", "--no-shuffle given"],
        ),
        ("dense_adam", &["--load", weights], &["first weights 0x"]),
        (
            "digits_squared",
            &[],
            &["layer 0", "[784, 200]", "[784, 16]"],
        ),
    ] {
        let output = run(name, &[args, &["--resume", kept]].concat());
        let words = [words, &["checkpoint.npz", "another training"]].concat();
        start::assert_refused(name, &output, 1, &words);
    }
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
