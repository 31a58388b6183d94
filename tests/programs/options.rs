//! The example programs' option grammar, help and exit codes.

use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::support::{self, Options, Program, Request, flag, option};
use fromzero::io::{Error, Result};

static PROGRAM: Program = Program {
    name: "sample",
    about: "Does nothing, but with every kind of option that there is, and says so in a sentence \
            that is long enough to be broken into two lines.",
    workloads: &[("peak", "the limit"), ("gemm", "the product")],
    options: &[
        support::DATA,
        option("epochs", "N", "how often the training set is gone through").or("2"),
        option("lr", "RATE", "learning rate").or("0.03"),
        option("batch", "N", "images in a batch").or("64"),
        option("init", "uniform|xavier", "the first weights").or("uniform"),
        flag("shuffle", "take the images in a new order each epoch"),
        support::SEED,
        support::THREADS,
        option(
            "limit",
            "N",
            "stop after N batches, and evaluate on no more images than those hold",
        )
        .or("no limit"),
        support::QUIET,
    ],
};

static PLAIN: Program = Program {
    name: "plain",
    about: "Has no workloads.",
    workloads: &[],
    options: &[option("epochs", "N", "rounds").or("2")],
};

const INIT: [(&str, char); 2] = [("uniform", 'u'), ("xavier", 'x')];

fn parse(line: &str) -> Result<Request> {
    PROGRAM.parse(line.split_whitespace().map(OsString::from))
}

fn options(line: &str) -> Options {
    match parse(line) {
        Ok(Request::Run(options)) => options,
        Ok(Request::Help) => panic!("{line}: asked for help"),
        Err(error) => panic!("{line}: {error}"),
    }
}

/// The complaint of a getter, which is one about misuse.
fn complaint<T>(result: Result<T>) -> String {
    let error = result.err().expect("the value is wrong");
    assert_eq!(support::exit_code(&error), support::MISUSE, "{error}");
    error.to_string()
}

#[test]
fn defaults_come_from_the_table() {
    let options = options("");
    assert_eq!(options.count("epochs"), Ok(2));
    assert_eq!(options.positive("lr"), Ok(0.03));
    assert_eq!(options.seed("seed"), Ok(1));
    assert_eq!(options.choice("init", &INIT), Ok('u'));
    assert_eq!(options.given_count("threads"), Ok(None));
    assert_eq!(options.given_count("limit"), Ok(None));
    assert_eq!(options.path("data"), None);
    assert!(!options.flag("shuffle"));
    assert_eq!(options.workload(), None);
}

#[test]
fn values_follow_or_are_attached() {
    for line in [
        "--epochs 7 --lr 0.5 --init xavier --data a=b --seed 18446744073709551615 --shuffle gemm",
        "--epochs=7 gemm --lr=5e-1 --init=xavier --data=a=b --shuffle --seed=18446744073709551615",
    ] {
        let options = options(line);
        assert_eq!(options.count("epochs"), Ok(7));
        assert_eq!(options.given_count("epochs"), Ok(Some(7)));
        assert_eq!(options.positive("lr"), Ok(0.5));
        assert_eq!(options.choice("init", &INIT), Ok('x'));
        assert_eq!(options.path("data"), Some(Path::new("a=b")));
        assert_eq!(options.seed("seed"), Ok(u64::MAX));
        assert!(options.flag("shuffle"));
        assert_eq!(options.workload(), Some("gemm"));
    }
    assert_eq!(
        options("--data=--odd").path("data"),
        Some(Path::new("--odd"))
    );
}

#[test]
fn equal_settings_are_written_alike() {
    let but = ["data", "threads", "limit", "quiet"];
    let settings = |line| options(line).settings(&but);
    let default = [
        ("--epochs", "2"),
        ("--lr", "0.03"),
        ("--batch", "64"),
        ("--init", "uniform"),
        ("--shuffle", "not given"),
        ("--seed", "1"),
    ];
    let default = default.map(|(name, value)| (name.to_string(), value.to_string()));
    assert_eq!(settings(""), default);
    let same = "--lr 3e-2 --epochs 02 --batch=64 --threads 2 --quiet --seed 1";
    assert_eq!(settings(same), default);
    let most = settings("--shuffle --lr 1e-3 --seed 18446744073709551615");
    assert_eq!(most[1].1, "0.001");
    assert_eq!(most[4].1, "given");
    assert_eq!(most[5].1, "18446744073709551615");
}

#[test]
fn help_is_asked_for_anywhere() {
    for line in ["--help", "-h", "--epochs 3 --help", "gemm -h --unknown"] {
        assert!(matches!(parse(line), Ok(Request::Help)), "{line}");
    }
}

#[test]
fn the_parser_refuses_what_the_table_does_not_have() {
    for (line, sentence) in [
        (
            "--epoch 3",
            "unknown option --epoch; did you mean --epochs? See --help",
        ),
        (
            "--batch-size=3",
            "unknown option --batch-size; did you mean --batch? See --help",
        ),
        (
            "--shufle",
            "unknown option --shufle; did you mean --shuffle? See --help",
        ),
        (
            "-epochs 3",
            "unknown option -epochs; did you mean --epochs? See --help",
        ),
        ("--frobnicate", "unknown option --frobnicate"),
        ("-x", "unknown option -x"),
        ("--", "unknown option --"),
        (
            "epochs",
            "unknown workload epochs; did you mean --epochs? See --help",
        ),
        ("gem", "unknown workload gem; did you mean gemm? See --help"),
        ("frobnicate", "unknown workload frobnicate"),
        ("gemm peak", "expected one workload, found gemm and peak"),
        ("--lr", "--lr: expected a value (RATE), found none"),
        (
            "--lr --batch 3",
            "--lr: expected a value (RATE), found none",
        ),
        ("--lr=", "--lr: expected a value (RATE), found none"),
        ("--shuffle=yes", "--shuffle: expected no value, found yes"),
        ("--lr 1 --lr=1", "--lr: given twice"),
        ("--quiet --quiet", "--quiet: given twice"),
        ("--\u{1b}[2J", "unknown option --\\u{1b}[2J"),
    ] {
        let error = parse(line).err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some(sentence), "{line}");
    }
    let plain = PLAIN.parse([OsString::from("gemm")]).err();
    let plain = plain.map(|error| error.to_string());
    assert_eq!(plain.as_deref(), Some("unexpected argument gemm"));
}

#[test]
fn counts_are_whole_and_at_least_one() {
    for wrong in ["0", "-1", "1.5", "abc", "1e3", "0x10", "-0"] {
        let found = complaint(options(&format!("--batch {wrong}")).count("batch"));
        let sentence = format!("--batch: expected a whole number of at least 1, found {wrong}");
        assert_eq!(found, sentence);
        complaint(options(&format!("--limit {wrong}")).given_count("limit"));
    }
    let found = complaint(options("--batch 99999999999999999999").count("batch"));
    assert!(found.contains("at most"), "{found}");
}

#[test]
fn rates_are_finite_and_positive() {
    for wrong in ["nan", "abc", "0", "-0.1", "-0", "inf", "1e999", "1e-999"] {
        let found = complaint(options(&format!("--lr {wrong}")).positive("lr"));
        let sentence = format!("--lr: expected a finite number above 0, found {wrong}");
        assert_eq!(found, sentence);
    }
}

#[test]
fn seeds_and_choices_are_checked() {
    for wrong in ["-1", "abc", "18446744073709551616"] {
        let found = complaint(options(&format!("--seed {wrong}")).seed("seed"));
        assert!(
            found.starts_with("--seed: expected a whole number from 0 to"),
            "{found}"
        );
        assert!(found.ends_with(&format!("found {wrong}")), "{found}");
    }
    let found = complaint(options("--init Xavier").choice("init", &INIT));
    assert_eq!(found, "--init: expected uniform or xavier, found Xavier");
}

#[cfg(unix)]
#[test]
fn words_that_are_not_unicode_are_paths_or_refused() {
    use std::os::unix::ffi::OsStringExt;
    let odd = || OsString::from_vec(vec![b'd', 0xff]);
    let Ok(Request::Run(options)) =
        PROGRAM.parse(["--data".into(), odd(), "--batch".into(), odd()])
    else {
        panic!("any bytes may be a value");
    };
    assert_eq!(options.path("data"), Some(Path::new(&odd())));
    complaint(options.count("batch"));
    assert!(PROGRAM.parse([odd()]).is_err());

    let attached = |name: &str| OsString::from_vec([name.as_bytes(), b"=", b"d\xff=="].concat());
    let Ok(Request::Run(options)) = PROGRAM.parse([attached("--data"), attached("--lr")]) else {
        panic!("any bytes may be a value that is attached");
    };
    let value = OsString::from_vec(b"d\xff==".to_vec());
    assert_eq!(options.path("data"), Some(Path::new(&value)));
    complaint(options.positive("lr"));
    for wrong in [
        b"--d\xff=1".to_vec(),
        b"--\xff".to_vec(),
        b"--quiet=\xff".to_vec(),
    ] {
        let error = PROGRAM.parse([OsString::from_vec(wrong)]).err();
        assert_eq!(support::exit_code(&error.unwrap()), support::MISUSE);
    }
}

#[test]
#[should_panic(expected = "--epoch is not in the table of sample")]
fn a_program_asks_only_for_its_own_options() {
    options("").flag("epoch");
}

#[test]
fn the_help_lists_the_table() {
    let help = support::help(&PROGRAM);
    for line in [
        "Usage: cargo run --release --example sample -- [WORKLOAD] [OPTIONS]",
        "  peak  the limit",
        "  --data PATH            the folder of MNIST or a relative, or a table (CSV)",
        "  --lr RATE              learning rate [default: 0.03]",
        "  --shuffle              take the images in a new order each epoch",
        "  -h, --help             print this help",
        "  NO_COLOR          if set, the progress bar has no colour",
    ] {
        assert!(
            help.lines().any(|found| found == line),
            "no line {line:?} in\n{help}"
        );
    }
    for line in help.lines() {
        assert!(line.chars().count() <= 88, "too long: {line}");
        assert_eq!(line, line.trim_end());
    }
    let mut after_limit = help.lines().skip_while(|line| !line.contains("--limit"));
    let continued = after_limit
        .nth(1)
        .expect("the help of --limit has two lines");
    assert_eq!(
        continued.len() - continued.trim_start().len(),
        25,
        "{continued:?}"
    );
}

#[test]
fn the_help_leaves_out_what_a_program_does_not_have() {
    let help = support::help(&PLAIN);
    assert!(help.contains("--example plain -- [OPTIONS]"));
    assert!(!help.contains("Workloads") && !help.contains("FROMZERO_DATA"));
    assert!(help.contains("FROMZERO_ISA"));
}

#[test]
fn misuse_and_failure_have_their_own_exit_codes() {
    for misuse in [
        Error::new("70000 is more than the training set has").setting("--batch"),
        Error::new("expected portable, avx2 or avx512").setting("FROMZERO_ISA"),
        parse("--epoch 3").err().expect("there is no such option"),
        parse("frobnicate")
            .err()
            .expect("there is no such workload"),
    ] {
        assert_eq!(support::exit_code(&misuse), 2, "{misuse}");
    }
    // The kind counts, whatever the text is.
    for failure in [
        Error::new("there is no such folder").at("/data/mnist"),
        Error::new("there is no such folder").at("--odd"),
        Error::new("FROMZERO_DATA is what this sentence begins with"),
    ] {
        assert_eq!(support::exit_code(&failure), 1, "{failure}");
    }
}

/// Standard output after its reader has gone, or on a full disk.
struct Broken(ErrorKind);

impl io::Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_is_no_failure_and_a_full_disk_is_one() {
    let code = |kind| {
        let written = support::write_line(&mut Broken(kind), format_args!("0.9115"));
        support::code_after(&written.expect_err("nothing can be written"))
    };
    assert_eq!(code(ErrorKind::BrokenPipe), 0);
    assert_eq!(code(ErrorKind::StorageFull), 1);
}

#[test]
fn lines_are_written_whole() {
    let mut text = Vec::new();
    support::write_line(&mut text, format_args!("test accuracy {:.4}", 0.9145)).unwrap();
    assert_eq!(text, b"test accuracy 0.9145\n");
}
