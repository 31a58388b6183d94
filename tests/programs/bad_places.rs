//! Places where nothing can be written: the programs say so in a sentence, before they train where it can be known, and leave nothing
//! behind. A disk that fills up needs one of its own: `tests/fixtures/full_disk.sh`.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::start::{Folder, assert_refused, example, text};

/// Programs of both floors, with options that make them train for 50 steps.
const PROGRAMS: [(&str, &[&str]); 2] = [
    ("train", &["--batch", "8", "--epochs", "2", "--hidden", "8"]),
    ("dense_adam", &["--batch", "8", "--epochs", "2"]),
];

fn run(program: &str, folder: &Folder, args: &[&str]) -> Output {
    let mut command = example(program);
    command.args(["--data", folder.path(), "--threads", "1"]);
    command.args(args).output().expect("it starts")
}

/// Refused without having begun.
#[track_caller]
fn assert_refused_at_once(program: &str, output: &Output, words: &[&str]) {
    assert_refused(program, output, 1, words);
    assert!(!text(&output.stderr).contains("data: "), "it has begun");
}

#[test]
fn a_folder_in_the_place_of_a_file_is_refused_before_the_training() {
    let folder = Folder::new("bad-folder");
    for name in ["w.npz", "h.csv", "loss.svg", "kept/checkpoint.npz"] {
        fs::create_dir_all(folder.0.join(name)).unwrap();
    }
    let path = |name: &str| folder.0.join(name).to_str().unwrap().to_string();
    for (program, _) in PROGRAMS {
        for (option, name, words) in [
            ("--save", "w.npz", &["w.npz", "found a folder"][..]),
            ("--history", "h.csv", &["h.csv", "found a folder"]),
            (
                "--checkpoint",
                "kept",
                &["checkpoint.npz", "found a folder"],
            ),
            ("--resume", "kept", &["checkpoint.npz", "found a folder"]),
        ] {
            let output = run(program, &folder, &[option, &path(name)]);
            assert_refused_at_once(program, &output, words);
        }
        let output = run(program, &folder, &["--load", &path("w.npz")]);
        assert_refused(program, &output, 1, &["w.npz", "folder"]);
    }
    let output = run("train", &folder, &["--plot", &path("loss.svg")]);
    assert_refused_at_once("train", &output, &["loss.svg", "found a folder"]);
}

/// A folder in which this process can make no file: one without that permission, or where nobody asks for permissions, one of the
/// kernel's.
fn read_only(folder: &Folder) -> Option<String> {
    let path = folder.0.join("read-only");
    fs::create_dir(&path).unwrap();
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let folders = [path, "/sys".into()].into_iter();
    let mut refusing =
        folders.filter(|path| path.is_dir() && fs::write(path.join("x"), "").is_err());
    refusing
        .next()
        .map(|path| path.to_str().unwrap().to_string())
}

#[test]
fn a_folder_that_is_read_only_is_refused_before_the_training() {
    let folder = Folder::new("bad-read-only");
    let Some(place) = read_only(&folder) else {
        return;
    };
    for (program, _) in PROGRAMS {
        for (option, name) in [
            ("--save", "w.npz"),
            ("--history", "h.csv"),
            ("--checkpoint", ""),
            ("--checkpoint", "new"),
        ] {
            let path = format!("{place}/{name}");
            let output = run(program, &folder, &[option, &path]);
            assert_refused_at_once(program, &output, &[&place]);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_device_that_is_full_takes_no_table() {
    let folder = Folder::new("bad-full");
    if !Path::new("/dev/full").exists() {
        return;
    }
    for (program, _) in PROGRAMS {
        let output = run(program, &folder, &["--history", "/dev/full"]);
        assert_refused(program, &output, 1, &["/dev/full: cannot be written"]);
    }
}

/// Runs a program where no file may have more than 512 or 1024 bytes.
#[cfg(target_os = "linux")]
fn run_limited(program: &str, folder: &Folder, args: &[&str]) -> Output {
    let mut shell = std::process::Command::new("sh");
    shell.args([
        "-c",
        "ulimit -f 1 && exec \"$0\" \"$@\" --threads 1 --data .",
    ]);
    shell.arg(example(program).get_program()).args(args);
    shell.current_dir(&folder.0).env_remove("FROMZERO_DATA");
    shell.output().expect("it starts")
}

#[cfg(target_os = "linux")]
#[test]
fn files_that_may_not_grow_are_left_as_they_were() {
    let folder = Folder::new("bad-limit");
    let at = |name: &str| folder.0.join(name);
    for (program, args) in PROGRAMS {
        let kept = at("kept");
        let first = ["--checkpoint", kept.to_str().unwrap()];
        let output = run(program, &folder, &[args, &first].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        let checkpoint = fs::read(at("kept/checkpoint.npz")).unwrap();
        fs::write(at("w.npz"), "earlier").unwrap();

        for (files, said, lines) in [
            (&["--save", "w.npz"][..], "w.npz: cannot be written: ", 0),
            (&["--history", "h.csv"], "h.csv: cannot be written: ", 3),
            (
                &["--checkpoint", "kept", "--every", "10"],
                "kept/checkpoint.npz: cannot be written: ",
                0,
            ),
        ] {
            let output = run_limited(program, &folder, &[args, files].concat());
            let stderr = text(&output.stderr);
            assert_eq!(
                output.status.code(),
                Some(1),
                "{program} {files:?}: {stderr}"
            );
            assert!(text(&output.stdout).contains("test accuracy 0."));
            let last = stderr.lines().last().unwrap();
            assert!(last.starts_with(&format!("{program}: {said}")), "{stderr}");
            assert!(last.contains("ulimit -f"), "{stderr}");
            // As many whole lines as fit.
            let table = fs::read_to_string(at("h.csv")).unwrap_or_default();
            assert!(table.is_empty() || table.ends_with('\n'), "{table}");
            assert!(
                table.lines().count() >= lines && table.len() <= 1024,
                "{table}"
            );
        }
        assert_eq!(fs::read(at("w.npz")).unwrap(), b"earlier");
        assert!(fs::read(at("kept/checkpoint.npz")).unwrap() == checkpoint);
        for place in [folder.0.clone(), kept.clone()] {
            let names = fs::read_dir(place).unwrap();
            let mut names = names.map(|entry| entry.unwrap().file_name());
            assert!(names.all(|name| !name.as_encoded_bytes().ends_with(b".tmp")));
        }
        fs::remove_dir_all(kept).unwrap();
        fs::remove_file(at("h.csv")).unwrap();
    }
}
