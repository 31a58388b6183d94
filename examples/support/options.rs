//! The option grammar that the example programs share: a program declares its options in a table, and from that come the
//! parser, the defaults, the help text and the complaints.

mod spelled;

use std::ffi::{OsStr, OsString};
use std::num::IntErrorKind;
use std::path::Path;

use fromzero::io::tensor::DType;
use fromzero::io::{Error, ErrorKind, Result};

use super::nearest::nearest;
use super::opt::Opt;

/// A program as its user sees it.
pub struct Program {
    /// The name of the example.
    pub name: &'static str,
    /// What it does, in a sentence or two.
    pub about: &'static str,
    /// The words of which one may stand among the options, each with its line of help; for most programs none.
    pub workloads: &'static [(&'static str, &'static str)],
    /// The options, in the order in which the help lists them.
    pub options: &'static [Opt],
}

/// What a command line asks for.
pub enum Request {
    /// `--help`
    Help,
    /// To run, with these options.
    Run(Options),
}

/// The options of one call, each read and checked by the getter for its kind.
pub struct Options {
    program: &'static Program,
    given: Vec<(&'static str, OsString)>,
    workload: Option<&'static str>,
}

impl Program {
    /// Reads a command line, without the program's own name.
    ///
    /// # Errors
    /// If it holds something that the table does not know, an option twice, a flag with a value, or another without.
    pub fn parse(&'static self, args: impl IntoIterator<Item = OsString>) -> Result<Request> {
        let mut options = Options {
            program: self,
            given: Vec::new(),
            workload: None,
        };
        let mut args = args.into_iter().peekable();
        while let Some(arg) = args.next() {
            let unexpected = || misuse(format!("unexpected argument {}", arg.display()));
            if !arg.as_encoded_bytes().starts_with(b"-") {
                match options.behind_workload() {
                    Some(option) => options.set(option, arg)?,
                    None => options.set_workload(arg.to_str().ok_or_else(unexpected)?)?,
                }
                continue;
            }
            let (name, attached) = match split_at_equals(&arg) {
                Some((name, value)) => (name, Some(value)),
                None => (arg.clone(), None),
            };
            let name = name.to_str().ok_or_else(unexpected)?;
            if matches!(name, "--help" | "-h") && attached.is_none() {
                return Ok(Request::Help);
            }
            let option = self.find(name)?;
            let value = match (option.placeholder, attached) {
                (None, None) => OsString::new(),
                (None, Some(value)) => {
                    return Err(complaint(option.name, "no value", &value));
                }
                (Some(_), Some(value)) => value,
                (Some(_), None) => args
                    .next_if(is_value)
                    .unwrap_or_else(|| option.alone.unwrap_or_default().into()),
            };
            options.set(option, value)?;
            while option.many
                && let Some(more) = args.next_if(is_value)
            {
                options.set(option, more)?;
            }
        }
        Ok(Request::Run(options))
    }

    fn find(&self, written: &str) -> Result<&'static Opt> {
        let name = written.strip_prefix("--").unwrap_or("");
        if let Some(option) = self.options.iter().find(|option| option.name == name) {
            return Ok(option);
        }
        let error = misuse(format!("unknown option {written}"));
        let mut names = self.option_names();
        names.push("help");
        Err(match nearest(written.trim_start_matches('-'), &names) {
            Some(meant) => error.hint(format!("did you mean --{meant}? See --help")),
            None => error,
        })
    }

    fn option_names(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        for option in self.options {
            names.push(option.name);
        }
        names
    }

    fn declared(&self, name: &str) -> &Opt {
        let option = self.options.iter().find(|option| option.name == name);
        option.unwrap_or_else(|| panic!("--{name} is not in the table of {}", self.name))
    }
}

impl Options {
    /// The option whose value may stand here by itself, if there is one.
    fn behind_workload(&self) -> Option<&'static Opt> {
        self.workload?;
        let mut options = self.program.options.iter();
        options.find(|option| option.behind_workload)
    }

    /// Whether the flag, or the option, was given.
    pub fn flag(&self, name: &str) -> bool {
        self.given(name).is_some()
    }

    /// A path, if it was given.
    pub fn path(&self, name: &str) -> Option<&Path> {
        self.given(name).map(Path::new)
    }

    /// All paths that were given.
    pub fn paths(&self, name: &str) -> Vec<&Path> {
        let name = self.program.declared(name).name;
        let mut paths = Vec::new();
        for (_, value) in self.given.iter().filter(|(given, _)| *given == name) {
            paths.push(Path::new(value));
        }
        paths
    }

    /// A text, if it was given.
    pub fn given_text(&self, name: &str) -> Result<Option<&str>> {
        let unreadable = |text| complaint(name, "a text in Unicode", text);
        let text = self.given(name);
        text.map(|text| text.to_str().ok_or_else(|| unreadable(text)))
            .transpose()
    }

    /// A whole number of at least 1: given, or by default.
    pub fn count(&self, name: &str) -> Result<usize> {
        count(name, self.text(name))
    }

    /// A whole number of at least 1, if it was given.
    pub fn given_count(&self, name: &str) -> Result<Option<usize>> {
        self.given(name).map(|text| count(name, text)).transpose()
    }

    /// A finite number above 0: given, or by default.
    pub fn positive(&self, name: &str) -> Result<f64> {
        let text = self.text(name);
        match parsed::<f64>(text) {
            Some(number) if number > 0.0 && number.is_finite() => Ok(number),
            _ => Err(complaint(name, "a finite number above 0", text)),
        }
    }

    /// A number that is above 0 and finite also in the type that computes with it: given, or by default.
    pub fn positive_in(&self, name: &str, dtype: DType) -> Result<f64> {
        let number = self.positive(name)?;
        let x = match dtype {
            DType::F32 => f64::from(number as f32),
            _ => number,
        };
        if x > 0.0 && x.is_finite() {
            return Ok(number);
        }
        let expected = format!("a number that is above 0 and finite in {}", dtype.name());
        Err(complaint(name, &expected, self.text(name)))
    }

    /// A number that counts from 0: given, or by default.
    pub fn index(&self, name: &str) -> Result<usize> {
        let text = self.text(name);
        parsed(text).ok_or_else(|| complaint(name, "a whole number, counted from 0", text))
    }

    /// A seed for random numbers: given, or by default.
    pub fn seed(&self, name: &str) -> Result<u64> {
        let text = self.text(name);
        let expected = "a whole number from 0 to 18446744073709551615";
        parsed(text).ok_or_else(|| complaint(name, expected, text))
    }

    /// What the word stands for that was given, or is the default.
    pub fn choice<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<T> {
        let text = self.text(name);
        let mut words = String::new();
        for &(word, meaning) in choices {
            if text == word {
                return Ok(meaning);
            }
            words.push_str(if words.is_empty() { "" } else { " or " });
            words.push_str(word);
        }
        Err(complaint(name, &words, text))
    }

    /// The program's name.
    pub fn program(&self) -> &'static str {
        self.program.name
    }

    /// The workload that was named, if one was.
    pub fn workload(&self) -> Option<&'static str> {
        self.workload
    }

    fn given(&self, name: &str) -> Option<&OsStr> {
        let name = self.program.declared(name).name;
        let found = self.given.iter().find(|(given, _)| *given == name);
        found.map(|(_, value)| value.as_os_str())
    }

    fn text(&self, name: &str) -> &OsStr {
        let default = self.program.declared(name).default;
        self.given(name)
            .or(default.map(OsStr::new))
            .unwrap_or_else(|| panic!("--{name} has no default"))
    }

    fn set(&mut self, option: &'static Opt, value: OsString) -> Result<()> {
        let name = option.name;
        if self.given(name).is_some() && !option.many {
            return Err(Error::new("given twice").setting(format!("--{name}")));
        }
        match option.placeholder {
            Some(placeholder) if value.is_empty() => {
                let expected = format!("a value ({placeholder})");
                Err(complaint(name, &expected, OsStr::new("none")))
            }
            _ => {
                self.given.push((name, value));
                Ok(())
            }
        }
    }

    fn set_workload(&mut self, word: &str) -> Result<()> {
        if let Some(first) = self.workload {
            let message = format!("expected one workload, found {first} and {word}");
            return Err(misuse(message));
        }
        let mut words = Vec::new();
        for &(known, _) in self.program.workloads {
            if known == word {
                self.workload = Some(known);
                return Ok(());
            }
            words.push(known);
        }
        let kind = if words.is_empty() {
            "unexpected argument"
        } else {
            "unknown workload"
        };
        let error = misuse(format!("{kind} {word}"));
        Err(if let Some(meant) = nearest(word, &words) {
            error.hint(format!("did you mean {meant}? See --help"))
        } else if let Some(meant) = nearest(word, &self.program.option_names()) {
            error.hint(format!("did you mean --{meant}? See --help"))
        } else {
            error
        })
    }
}

/// `--name=value` in its two parts. The value may be a path, and need not be Unicode.
#[cfg(unix)]
fn split_at_equals(arg: &OsStr) -> Option<(OsString, OsString)> {
    use std::os::unix::ffi::OsStrExt;
    let bytes = arg.as_bytes();
    let at = bytes.iter().position(|&byte| byte == b'=')?;
    let part = |bytes| OsStr::from_bytes(bytes).to_os_string();
    Some((part(&bytes[..at]), part(&bytes[at + 1..])))
}

/// `--name=value` in its two parts. The value may be a path, and need not be Unicode.
#[cfg(windows)]
fn split_at_equals(arg: &OsStr) -> Option<(OsString, OsString)> {
    use std::os::windows::ffi::{OsStrExt, OsStringExt};
    let wide: Vec<u16> = arg.encode_wide().collect();
    let at = wide.iter().position(|&unit| unit == u16::from(b'='))?;
    Some((
        OsString::from_wide(&wide[..at]),
        OsString::from_wide(&wide[at + 1..]),
    ))
}

/// `--name=value` in its two parts.
#[cfg(not(any(unix, windows)))]
fn split_at_equals(arg: &OsStr) -> Option<(OsString, OsString)> {
    let (name, value) = arg.to_str()?.split_once('=')?;
    Some((name.into(), value.into()))
}

/// Whether the next argument is a value, not an option: -1 is a value, and --data=--odd takes any.
fn is_value(arg: &OsString) -> bool {
    !arg.as_encoded_bytes().starts_with(b"--")
}

fn count(name: &str, text: &OsStr) -> Result<usize> {
    match text.to_str().map(str::parse::<usize>) {
        Some(Ok(number)) if number >= 1 => Ok(number),
        Some(Err(error)) if *error.kind() == IntErrorKind::PosOverflow => {
            let most = format!("a whole number of at most {}", usize::MAX);
            Err(complaint(name, &most, text))
        }
        _ => Err(complaint(name, "a whole number of at least 1", text)),
    }
}

fn parsed<T: std::str::FromStr>(text: &OsStr) -> Option<T> {
    text.to_str()?.parse().ok()
}

/// What is wrong with an option's value.
fn complaint(name: &str, expected: &str, found: &OsStr) -> Error {
    Error::new(format!("expected {expected}, found {}", found.display()))
        .setting(format!("--{name}"))
}

/// What is wrong with the command line.
fn misuse(message: String) -> Error {
    Error::of_kind(ErrorKind::Usage, message)
}
