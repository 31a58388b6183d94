//! What the programs do with paths, messages and files when the outside is unkind.

use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::process::{Command, Output, Stdio};

use crate::start::{Folder, assert_refused, example, idx, text};

/// A quick run over the data in `folder`.
fn quick(folder: &Folder) -> Vec<OsString> {
    let args = ["--data", folder.path(), "--hidden", "8", "--limit", "2"];
    args.map(OsString::from).to_vec()
}

fn train(args: impl IntoIterator<Item = OsString>) -> Output {
    example("train").args(args).output().expect("train starts")
}

/// What is said on standard error, but for the word about debug builds.
fn said(output: &Output) -> String {
    let stderr = text(&output.stderr);
    let lines = stderr.lines().filter(|line| !line.contains("--release"));
    lines.map(|line| format!("{line}\n")).collect()
}

/// Whether these are the results of a run, whatever their figures.
#[track_caller]
fn assert_results(stdout: &[u8]) {
    let stdout = text(stdout);
    for line in [
        "train accuracy 0.",
        "test accuracy 0.",
        "weights 0x",
        "predicted ",
    ] {
        assert!(stdout.contains(line), "{line} in:\n{stdout}");
    }
}

/// Files in the folder, but for the data.
fn others(folder: &Folder) -> Vec<String> {
    let names = fs::read_dir(&folder.0).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| !name.ends_with("-ubyte")).collect();
    names.sort();
    names
}

#[test]
fn control_characters_from_outside_do_not_reach_the_terminal() {
    let folder = Folder::new("io-control");
    const ODD: &str = "\x1b[2J\x07\r\u{9b}1m";
    let in_data = folder.0.join(format!("digits{ODD}"));
    fs::create_dir(&in_data).unwrap();
    let words: Vec<OsString> = [
        ODD,
        "--",
        "--data=",
        "--lr=",
        "--batch=",
        "--init=",
        "--plot=/nonexistent/",
        "-",
    ]
    .map(|start| format!("{start}{ODD}").into())
    .to_vec();
    let runs = words.into_iter().map(|word| train([word]));
    let variables = ["FROMZERO_DATA", "FROMZERO_ISA", "FROMZERO_THREADS"].map(|name| {
        let mut train = example("train");
        train.env(name, ODD).output().expect("train starts")
    });
    for output in runs
        .chain(variables)
        .chain([train(["--data".into(), in_data.clone().into()])])
    {
        let said = said(&output);
        assert!(!output.status.success(), "{said}");
        assert!(said.contains(r"\u{1b}[2J\u{7}\r\u{9b}1m"), "{said}");
        assert!(
            !said.trim_end_matches('\n').contains(char::is_control),
            "{said:?}"
        );
    }
    // The folder's name is said when all is well, too.
    for name in [
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    ] {
        fs::rename(folder.0.join(name), in_data.join(name)).unwrap();
    }
    let output = train([
        "--data".into(),
        in_data.into(),
        "--hidden=8".into(),
        "--limit=1".into(),
    ]);
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    assert!(said.contains(r"digits\u{1b}[2J"), "{said}");
    assert!(
        !said.replace('\n', "").contains(char::is_control),
        "{said:?}"
    );
}

#[test]
fn a_folder_that_looks_like_an_option_is_no_misuse() {
    let output = train(["--data=--odd".into()]);
    assert_refused("train", &output, 1, &["--odd: no such file or folder"]);
}

#[test]
fn a_folder_in_the_place_of_a_file_is_named() {
    let folder = Folder::new("io-folder");
    let images = "train-images-idx3-ubyte";
    fs::remove_file(folder.0.join(images)).unwrap();
    fs::create_dir(folder.0.join(images)).unwrap();
    let output = train(quick(&folder));
    assert_refused("train", &output, 1, &[images, "is a folder"]);
}

#[test]
fn a_plot_s_place_is_checked_before_the_training() {
    let folder = Folder::new("io-place");
    for place in [".", "new/", "new/loss.svg", "train-labels-idx1-ubyte/x"] {
        let plot = format!("--plot={}/{place}", folder.path());
        let output = train([quick(&folder), vec![plot.into()]].concat());
        assert_refused("train", &output, 1, &[folder.path()]);
        assert!(!text(&output.stderr).contains("network"), "it has begun");
    }
    assert!(others(&folder).is_empty());
}

/// `script` run by the shell, with `train` as its first argument and the arguments for a quick run behind it.
#[cfg(unix)]
fn shell(script: &str, folder: &Folder, more: &[&str]) -> Command {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", script])
        .arg(example("train").get_program())
        .args(quick(folder))
        .args(more)
        .current_dir(&folder.0)
        .env_remove("FROMZERO_DATA");
    shell
}

#[cfg(unix)]
#[test]
fn a_plot_that_cannot_be_written_loses_no_results() {
    let folder = Folder::new("io-plot");
    let plot = folder.0.join("loss.svg");
    fs::write(&plot, "earlier").unwrap();
    // A block has 512 or 1024 bytes; a plot has more.
    let output = shell(
        "ulimit -f 1 && exec \"$0\" \"$@\"",
        &folder,
        &["--plot", "loss.svg"],
    )
    .output()
    .unwrap();
    assert_results(&output.stdout);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let complaint = said.lines().last().unwrap();
    assert!(
        complaint.starts_with("train: loss.svg: cannot be written: "),
        "{said}"
    );
    if cfg!(target_os = "linux") {
        assert!(complaint.contains("ulimit -f"), "{said}");
    }
    assert_eq!(fs::read(&plot).unwrap(), b"earlier");
    assert_eq!(others(&folder), ["loss.svg"]);

    if cfg!(target_os = "linux") {
        let full = train([quick(&folder), vec!["--plot=/dev/full".into()]].concat());
        assert_results(&full.stdout);
        assert_eq!(full.status.code(), Some(1));
        assert!(text(&full.stderr).contains("train: /dev/full: cannot be written: "));
    }
}

#[cfg(unix)]
#[test]
fn drafts_that_a_process_of_the_same_number_left_are_no_obstacle() {
    let folder = Folder::new("io-drafts");
    let script = "for n in 0 1 2 3; do echo left > .fromzero-$$-$n.tmp; done; exec \"$0\" \"$@\"";
    let output = shell(script, &folder, &["--plot", "loss.svg"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_results(&output.stdout);
    let names = others(&folder);
    assert_eq!(names.len(), 5, "{names:?}");
    assert!(
        fs::read_to_string(folder.0.join("loss.svg"))
            .unwrap()
            .starts_with("<svg ")
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_plot_to_standard_output_is_written_behind_the_log() {
    let folder = Folder::new("io-log");
    fs::write(folder.0.join("log"), "earlier\n").unwrap();
    for name in ["/dev/stdout", "/proc/self/fd/1"] {
        let script = "exec \"$0\" \"$@\" >> log";
        let output = shell(script, &folder, &["--plot", name]).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    let log = fs::read(folder.0.join("log")).unwrap();
    assert_results(&log);
    let log = text(&log);
    assert!(log.starts_with("earlier\ntrain accuracy 0."), "{log}");
    assert!(log.trim_end().ends_with("</svg>"), "{log}");
    assert_eq!(log.matches("<svg ").count(), 2);
    assert_eq!(log.matches("predicted ").count(), 2);
    assert_eq!(others(&folder), ["log"]);
}

#[test]
fn a_plot_is_written_though_standard_output_has_closed() {
    let folder = Folder::new("io-closed");
    let plot = folder.0.join("loss.svg");
    let mut child = example("train")
        .args(["--data", folder.path(), "--hidden=8", "--epochs=50"])
        .args(["--log=1", "--quiet", "--plot"])
        .arg(&plot)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("train starts");
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0]).expect("a first byte");
    drop(stdout);
    let output = child.wait_with_output().expect("train ends");
    assert_eq!(said(&output), "");
    assert_eq!(output.status.code(), Some(0));
    assert!(fs::read_to_string(&plot).unwrap().starts_with("<svg "));
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_for_the_results_is_a_failure_and_the_plot_is_written() {
    let folder = Folder::new("io-full");
    let script = "exec \"$0\" \"$@\" > /dev/full";
    let output = shell(script, &folder, &["--plot", "loss.svg", "--quiet"])
        .output()
        .unwrap();
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("standard output: "), "{said}");
    assert_eq!(others(&folder), ["loss.svg"]);
}

#[cfg(target_os = "linux")]
#[test]
fn folders_that_are_not_unicode_are_read() {
    use std::os::unix::ffi::OsStringExt;
    let folder = Folder::new("io-bytes");
    let odd = OsString::from_vec([folder.path().as_bytes(), b"/d\xff=="].concat());
    fs::create_dir(&odd).unwrap();
    for file in fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap()) {
        if file.file_type().unwrap().is_file() {
            fs::copy(
                file.path(),
                std::path::Path::new(&odd).join(file.file_name()),
            )
            .unwrap();
        }
    }
    let rest = ["--hidden=8".into(), "--limit=2".into()];
    let data = OsString::from_vec([&b"--data="[..], odd.as_encoded_bytes()].concat());
    let attached = train([&[data][..], &rest].concat());
    let apart = train([&["--data".into(), odd][..], &rest].concat());
    for output in [&attached, &apart] {
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    assert_eq!(attached.stdout, apart.stdout);
}

#[cfg(target_os = "linux")]
#[test]
fn memory_that_is_refused_is_no_reason_to_download_anything() {
    let folder = Folder::new("io-memory");
    let images = "train-images-idx3-ubyte";
    folder.write(images, &idx(&[2051, 318_000, 28, 28], &[]));
    // A file with a hole, of 249 MB.
    let file = fs::File::options()
        .write(true)
        .open(folder.0.join(images))
        .unwrap();
    file.set_len(16 + 318_000 * 784).unwrap();
    let script = "ulimit -v 200000 && exec \"$0\" \"$@\" --threads 1";
    let output = shell(script, &folder, &[]).output().unwrap();
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains(images) && said.contains("do not fit into memory"),
        "{said}"
    );
    assert!(!said.contains("download"), "{said}");
}
