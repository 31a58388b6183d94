//! Weights that programs keep and load.

use std::fs;
use std::process::Output;

use crate::start::{self, Folder, example, text};

fn run(program: &str, folder: &Folder, args: &[&str]) -> Output {
    let mut command = example(program);
    command.args(["--data", folder.path(), "--threads", "1"]);
    command.args(args).output().expect("it starts")
}

fn weights_line(output: &Output) -> String {
    assert!(output.status.success(), "{}", text(&output.stderr));
    let line = text(&output.stdout)
        .lines()
        .find(|line| line.starts_with("weights"));
    line.expect("the checksum").to_string()
}

#[test]
fn a_training_begins_with_the_weights_that_another_kept() {
    let folder = Folder::new("save-and-load");
    let file = |name: &str| folder.0.join(name).to_str().unwrap().to_string();
    for extension in ["npz", "safetensors"] {
        let (one, two) = (
            file(&format!("one.{extension}")),
            file(&format!("two.{extension}")),
        );
        let narrow = ["--hidden", "16", "--init", "xavier"];
        let save = |path: &str| {
            run(
                "train",
                &folder,
                &[&narrow[..], &["--epochs", "1", "--save", path]].concat(),
            )
        };
        let kept = weights_line(&save(&one));
        assert_eq!(weights_line(&save(&two)), kept);
        assert!(fs::read(&one).unwrap() == fs::read(&two).unwrap());

        // Nothing is shuffled: the second epoch goes on where the first ended.
        let whole = weights_line(&run(
            "train",
            &folder,
            &[&narrow[..], &["--epochs", "2"]].concat(),
        ));
        let parts = run("train", &folder, &["--epochs", "1", "--load", &one]);
        assert_eq!(weights_line(&parts), whole);

        let wider = run("train", &folder, &["--hidden", "20", "--load", &one]);
        start::assert_refused("train", &wider, 1, &[&one, "784-16-16-10", "784-20-20-10"]);
        let other = run("train", &folder, &["--gain", "2", "--load", &one]);
        start::assert_refused("train", &other, 2, &["--gain", "--load"]);
    }
}

#[test]
fn what_cannot_be_kept_or_loaded_is_refused_before_the_training() {
    let folder = Folder::new("refused-weights");
    for (args, code, words) in [
        (&["--save", "w.pt"][..], 2, &["w.pt", "safetensors"][..]),
        (
            &["--save", "/nonexistent/w.npz"],
            1,
            &["/nonexistent/w.npz"],
        ),
        (&["--load", "w.onnx"], 2, &["w.onnx", "only written"]),
        (
            &["--load", "/nonexistent/w.npz"],
            1,
            &["/nonexistent/w.npz"],
        ),
    ] {
        for program in [
            "train",
            "section37_net",
            "dense_adam",
            "digits_squared",
            "tanh_nll",
        ] {
            start::assert_refused(program, &run(program, &folder, args), code, words);
        }
    }
    let cut = folder.0.join("cut.npz");
    fs::write(&cut, b"PK\x03\x04 and no more").unwrap();
    let output = run("train", &folder, &["--load", cut.to_str().unwrap()]);
    start::assert_refused("train", &output, 1, &["cut.npz"]);
}

#[test]
fn results_are_printed_whatever_happens_to_the_file() {
    let folder = Folder::new("lost-weights");
    // A device that is always full takes the name of the file.
    let full = folder.0.join("w.npz");
    #[cfg(unix)]
    std::os::unix::fs::symlink("/dev/full", &full).unwrap();
    if !fs::exists("/dev/full").unwrap_or(false) {
        return;
    }
    let args = ["--hidden", "8", "--limit", "1", "--quiet", "--save"];
    let output = run(
        "train",
        &folder,
        &[&args[..], &[full.to_str().unwrap()]].concat(),
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("weights 0x"));
    assert!(text(&output.stderr).contains("w.npz: cannot be written"));
}

#[test]
fn programs_of_layers_keep_and_load_under_pytorch_s_names() {
    let folder = Folder::new("net-weights");
    let file = |name: &str| folder.0.join(name).to_str().unwrap().to_string();
    for program in ["dense_adam", "digits_squared", "tanh_nll"] {
        let (first, second) = (file("first.npz"), file("second.safetensors"));
        let kept = run(program, &folder, &["--epochs", "1", "--save", &first]);
        assert!(kept.status.success(), "{}", text(&kept.stderr));
        let tensors = fromzero::io::tensor::npz::load(&first, 1 << 30).unwrap();
        assert!(tensors[0].0 == "0.weight" && tensors[1].0 == "0.bias");
        let loaded = run(
            program,
            &folder,
            &["--epochs", "1", "--load", &first, "--save", &second],
        );
        assert!(loaded.status.success(), "{}", text(&loaded.stderr));
        assert!(fs::read(&second).unwrap().len() > 10_000);
        let onnx = file("net.onnx");
        let written = run(program, &folder, &["--epochs", "1", "--save", &onnx]);
        assert!(written.status.success(), "{}", text(&written.stderr));
    }
    // What lies between the layers is not in the file.
    let mut predict = example("predict");
    predict.args(["--image", "none.png", "--load", &file("second.safetensors")]);
    let words = ["second.safetensors", "0.weight", "w1 b1 w2 b2 w3 b3"];
    start::assert_refused("predict", &predict.output().unwrap(), 1, &words);

    let other = run(
        "tanh_nll",
        &folder,
        &["--load", &file("first.npz").replace("first", "none")],
    );
    start::assert_refused("tanh_nll", &other, 1, &["none.npz"]);
}

#[test]
fn programs_of_layers_keep_matrices_as_pytorch_has_them() {
    let folder = Folder::new("layout");
    let file = |name: &str| folder.0.join(name).to_str().unwrap().to_string();
    let (here, there) = (file("here.npz"), file("there.safetensors"));
    let narrow = ["--hidden", "8", "--limit", "2", "--batch", "64"];
    let program = |args: &[&str]| run("section37_net", &folder, &[&narrow[..], args].concat());
    let kept = weights_line(&program(&["--save", &here]));
    let turned = ["--layout", "out-in"];
    assert_eq!(
        weights_line(&program(&[&turned[..], &["--save", &there]].concat())),
        kept
    );
    let again = weights_line(&program(&["--load", &here]));
    assert_ne!(again, kept);
    let loaded = program(&[&turned[..], &["--load", &there]].concat());
    assert_eq!(weights_line(&loaded), again);
    let wrong = program(&["--load", &there]);
    let words = ["0.weight", "[8, 784]", "[784, 8]"];
    start::assert_refused("section37_net", &wrong, 1, &words);
}

#[test]
fn both_floors_keep_the_same_numbers() {
    let folder = Folder::new("both-floors-kept");
    let file = |name: &str| folder.0.join(name).to_str().unwrap().to_string();
    let (first, second) = (file("first.npz"), file("second.npz"));
    let args = ["--hidden", "8", "--limit", "2", "--batch", "64", "--save"];
    for (program, path) in [("train", &first), ("section37_net", &second)] {
        weights_line(&run(program, &folder, &[&args[..], &[path]].concat()));
    }
    let [a, b] =
        [first, second].map(|path| fromzero::io::tensor::npz::load(path, 1 << 30).unwrap());
    assert_eq!(a.len(), b.len());
    for ((_, a), (_, b)) in a.iter().zip(&b) {
        assert_eq!(a, b);
    }
}
