//! Errors: their kind, their cause, and a text that is safe to print; and numbers as people read them.

use std::error::Error as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use fromzero::data::mnist;
use fromzero::io::{
    Error, ErrorKind, check_writable, grouped, gunzip, printable, read, write_atomic,
};
use fromzero::{Engine, Isa, Matrix};

/// A folder for one test, which goes when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("fromzero-errors-{}-{test}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The system's reason, as a program finds it.
fn cause(error: &Error) -> Option<io::ErrorKind> {
    let source = error.source()?.downcast_ref::<io::Error>();
    Some(source.expect("an error of the system").kind())
}

#[test]
fn the_system_s_refusals_keep_their_cause() {
    let folder = Folder::new("cause");
    let gone = folder.0.join("gone");
    let full = |_: &mut dyn io::Write| Err(io::ErrorKind::StorageFull.into());
    for (error, expected) in [
        (read(&gone, 100).unwrap_err(), io::ErrorKind::NotFound),
        (mnist::load(&gone, 1).unwrap_err(), io::ErrorKind::NotFound),
        (
            check_writable(gone.join("file")).unwrap_err(),
            io::ErrorKind::NotFound,
        ),
        (
            write_atomic(&gone, full).unwrap_err(),
            io::ErrorKind::StorageFull,
        ),
    ] {
        assert_eq!(error.kind(), ErrorKind::Io, "{error}");
        assert_eq!(cause(&error), Some(expected), "{error}");
        assert_eq!(cause(&error.clone()), Some(expected), "{error}");
        let reason = error.source().unwrap().to_string();
        assert!(error.to_string().contains(&reason), "{error}");
    }
}

#[test]
fn the_kind_says_what_the_text_says() {
    let folder = Folder::new("kind");
    let packed = folder.0.join("packed");
    fs::write(&packed, [0x1f, 0x8b, 9]).unwrap();
    let huge = || Matrix::<f64>::try_zeros(1 << 60, 1).unwrap_err();
    for (error, kind) in [
        (gunzip(b"junk", 100).unwrap_err(), ErrorKind::Content),
        (read(&packed, 100).unwrap_err(), ErrorKind::Content),
        (read(&packed, 2).unwrap_err(), ErrorKind::Content),
        (mnist::load(&folder.0, 1).unwrap_err(), ErrorKind::Content),
        (huge(), ErrorKind::Memory),
        (Engine::new(Isa::best(), 0).err().unwrap(), ErrorKind::Other),
        (huge().setting("--hidden"), ErrorKind::Usage),
        (Error::new("negative"), ErrorKind::Other),
    ] {
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(cause(&error), None, "{error}");
    }
}

#[test]
fn a_place_that_is_named_stays() {
    let error = Error::new("found 3").at("labels").at("images");
    assert_eq!(error.path(), Some(Path::new("labels")));
    let of_option = Error::new("found 3").setting("--batch").at("images");
    assert_eq!(of_option.path(), None);
    assert_eq!(of_option.to_string(), "--batch: found 3");
    let memory = Error::io("cannot be read", io::ErrorKind::OutOfMemory.into());
    assert_eq!(memory.kind(), ErrorKind::Memory);
    assert!(error != of_option);
    assert_eq!(error, error.clone());
}

#[test]
fn errors_that_say_or_are_anything_else_are_not_equal() {
    let error = || Error::new("found 3").offset(7).hint("count again");
    let labels = || error().at("labels");
    assert_eq!(labels(), labels());
    for other in [
        labels().setting("--labels"),
        error().at("images"),
        Error::new("found 3")
            .offset(8)
            .hint("count again")
            .at("labels"),
        Error::new("found 4")
            .offset(7)
            .hint("count again")
            .at("labels"),
        Error::new("found 3")
            .offset(7)
            .hint("count once")
            .at("labels"),
    ] {
        assert_ne!(labels(), other);
    }
}

#[test]
fn numbers_have_a_comma_before_every_three_digits() {
    for (number, text) in [
        (0, "0"),
        (999, "999"),
        (1000, "1,000"),
        (12_345, "12,345"),
        (234_567, "234,567"),
        (1_000_000, "1,000,000"),
    ] {
        assert_eq!(grouped(number), text);
    }
}

/// What moves the cursor, clears the screen, rings the bell, breaks the line or turns the writing round.
const ACTING: [char; 16] = [
    '\0', '\x07', '\x08', '\t', '\n', '\r', '\x1b', '\x7f', '\u{85}', '\u{9b}', '\u{200f}',
    '\u{2028}', '\u{202e}', '\u{2066}', '\u{2069}', '\u{61c}',
];

#[test]
fn control_characters_are_escaped() {
    let shown = |text: &str| printable(text).to_string();
    for c in ACTING {
        assert_eq!(shown(&format!("a{c}b")), format!("a{}b", c.escape_debug()));
    }
    for plain in [
        "",
        "Größe 28×28 …",
        r"C:\data\new",
        "it's \"so\"",
        "数字 e\u{301} 👍🏽",
    ] {
        assert_eq!(shown(plain), plain);
    }
    let outside: String = ACTING.iter().collect();
    let inside = shown(&outside);
    let error = Error::new(format!("found {outside}")).at(format!("/data/{outside}"));
    assert_eq!(
        error.hint(format!("not {outside}")).to_string(),
        format!("/data/{inside}: found {inside}; not {inside}")
    );
    assert_eq!(
        Error::new("").setting(outside.as_str()).to_string(),
        format!("{inside}: ")
    );
    assert_eq!(
        Error::io(&outside, io::Error::other(outside.clone())).to_string(),
        format!("{inside}: {inside}")
    );
}

#[test]
fn control_characters_in_paths_and_variables_are_escaped() {
    let folder = Folder::new("control");
    let odd = folder.0.join("digits\x1b[2J\r");
    for error in [
        read(&odd, 100).unwrap_err(),
        mnist::load(&odd, 1).unwrap_err(),
        check_writable(odd.join("x.svg")).unwrap_err(),
        Isa::from_name("avx\x1b[2J\r").unwrap_err(),
    ] {
        let text = error.to_string();
        assert!(!text.contains(char::is_control), "{text:?}");
        assert!(text.contains(r"\u{1b}[2J\r"), "{text:?}");
    }
}
