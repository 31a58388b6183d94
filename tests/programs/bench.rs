//! The program `bench`: every workload that trains or reads prints a rate, and what cannot be measured is refused.

use crate::start::{example, text};

#[test]
fn help_lists_every_workload() {
    let output = example("bench").arg("--help").output().expect("it starts");
    assert!(output.status.success());
    let help = text(&output.stdout);
    let workloads = "peak gemm ladder section37 rnn relu_adam tanh_nll small_sq evaluate functions load files scale";
    for name in workloads.split(' ') {
        let is_its_line = |line: &str| line.trim_start().split(' ').next() == Some(name);
        assert!(help.lines().any(is_its_line), "{name} in:\n{help}");
    }
}

#[cfg(debug_assertions)]
#[test]
fn without_release_nothing_is_measured() {
    let output = example("bench").arg("rnn").output().expect("it starts");
    crate::start::assert_refused("bench", &output, 1, &["--release"]);
}

#[cfg(not(debug_assertions))]
mod release {
    use std::process::Output;

    use crate::start::{Folder, assert_refused, example, idx, text};

    /// One thread, one round, on data in `folder`.
    fn bench(folder: &Folder, args: &[&str]) -> Output {
        let data = ["--data", folder.path(), "--threads", "1", "--rounds", "1"];
        let mut command = example("bench");
        command.args(args).args(data).output().expect("it starts")
    }

    /// The last line of a run that must succeed: a rate above 0 in `unit`.
    #[track_caller]
    fn assert_rate(output: &Output, unit: &str) {
        assert!(output.status.success(), "{}", text(&output.stderr));
        let last = text(&output.stdout).lines().last().expect("a line");
        let (line, found) = last.rsplit_once(' ').expect(last);
        assert_eq!(found, unit, "{last}");
        let rate = line.rsplit(' ').next().expect("a figure");
        assert!(
            rate.parse::<f64>()
                .is_ok_and(|rate| rate > 0.0 && rate.is_finite()),
            "{last}"
        );
    }

    /// `folder` with other images in place of its own, so many for training and for testing.
    fn with_images(folder: &Folder, counts: [u32; 2], (rows, cols): (u32, u32)) {
        for (part, count) in ["train", "t10k"].into_iter().zip(counts) {
            let pixels = vec![7; (count * rows * cols) as usize];
            let (images, labels) = (
                format!("{part}-images-idx3-ubyte"),
                format!("{part}-labels-idx1-ubyte"),
            );
            folder.write(&images, &idx(&[2051, count, rows, cols], &pixels));
            folder.write(&labels, &idx(&[2049, count], &vec![3; count as usize]));
        }
    }

    #[test]
    fn every_workload_that_trains_or_reads_prints_its_rate() {
        let folder = Folder::new("bench-rates");
        for workload in ["section37", "rnn", "relu_adam", "tanh_nll", "small_sq"] {
            assert_rate(&bench(&folder, &[workload, "--steps", "5"]), "steps/s");
        }
        assert_rate(
            &bench(&folder, &["small_sq", "--steps", "5", "--f64"]),
            "steps/s",
        );
        assert_rate(&bench(&folder, &["evaluate"]), "images/s");
        assert_rate(&bench(&folder, &["load"]), "loads/s");
    }

    #[test]
    fn every_rung_of_the_ladder_has_the_bits_of_the_product() {
        let folder = Folder::new("bench-ladder");
        let picture = format!("{}/ladder.svg", folder.path());
        let output = bench(&folder, &["ladder", "--svg", &picture]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let lines = text(&output.stdout).lines();
        let rungs = [
            "triple loop",
            "reordered",
            "blocked",
            "micro-kernel",
            "packed",
            "the product",
        ];
        for (line, rung) in lines.skip(1).zip(rungs) {
            assert!(
                line.trim_start().starts_with(rung) && line.contains(" GFLOP/s "),
                "{line}"
            );
        }
        let drawn = std::fs::read_to_string(picture).expect("a picture");
        assert_eq!(drawn.matches("<rect ").count(), rungs.len());
    }

    #[test]
    fn images_of_any_size_are_measured() {
        let folder = Folder::new("bench-size");
        with_images(&folder, [130; 2], (5, 3));
        for (workload, unit) in [
            ("evaluate", "images/s"),
            ("section37", "steps/s"),
            ("relu_adam", "steps/s"),
        ] {
            assert_rate(&bench(&folder, &[workload, "--steps", "1"]), unit);
        }
    }

    #[test]
    fn more_steps_than_anybody_waits_for_are_refused() {
        let folder = Folder::new("bench-steps");
        for workload in ["section37", "rnn", "relu_adam", "scale"] {
            for steps in ["10000001", "18446744073709551615"] {
                let output = bench(&folder, &[workload, "--steps", steps]);
                assert_refused("bench", &output, 2, &["--steps", "at most 10000000", steps]);
            }
        }
    }

    #[test]
    fn data_without_images_or_with_too_few_is_refused() {
        let folder = Folder::new("bench-empty");
        let refused = |words: &[&str]| {
            for workload in ["section37", "relu_adam"] {
                assert_refused(
                    "bench",
                    &bench(&folder, &[workload, "--steps", "1"]),
                    1,
                    words,
                );
            }
        };
        with_images(&folder, [0; 2], (28, 28));
        refused(&["at least 1 training image", "found 0"]);
        with_images(&folder, [130, 0], (28, 28));
        let output = bench(&folder, &["evaluate"]);
        assert_refused("bench", &output, 1, &["at least 1 test image", "found 0"]);
        with_images(&folder, [50; 2], (28, 28));
        refused(&["batch", "50"]);
    }
}
