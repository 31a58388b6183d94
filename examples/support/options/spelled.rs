//! Options written out again: to be compared with those of an earlier call, and as the command of this one.

use std::env;
use std::ffi::OsStr;

use super::Options;

impl Options {
    /// Every option but these, with its value in one spelling: two calls with the same settings ask for the same.
    pub fn settings(&self, but: &[&str]) -> Vec<(String, String)> {
        let mut settings = Vec::new();
        for option in self.program.options {
            if but.contains(&option.name) {
                continue;
            }
            let value = match (option.placeholder, self.given(option.name)) {
                (None, Some(_)) => "given".to_string(),
                (None, None) => "not given".to_string(),
                (Some(_), None) => one_spelling(option.default.unwrap_or("not given")),
                (Some(_), Some(given)) => one_spelling(&given.to_string_lossy()),
            };
            settings.push((format!("--{}", option.name), value));
        }
        settings
    }

    /// The command that asks for the same, but for these options, of a program that has data.
    pub fn command(&self, but: &[&str]) -> String {
        let data = match self.flag("data") {
            true => None,
            false => env::var_os("FROMZERO_DATA").filter(|path| !path.is_empty()),
        };
        let data = data.map_or(String::new(), |path| {
            format!("FROMZERO_DATA={} ", in_shell(&path))
        });
        let mut command = format!(
            "{data}cargo run --release --example {} --",
            self.program.name
        );
        command.extend(self.workload.map(|word| format!(" {word}")));
        for (name, value) in self.given.iter().filter(|(name, _)| !but.contains(name)) {
            command.push_str(&format!(" --{name}"));
            if !value.is_empty() {
                command.push_str(&format!("={}", in_shell(value)));
            }
        }
        command
    }
}

/// A word as a shell takes it.
fn in_shell(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./,:+=".contains(c);
    match word.chars().all(is_plain) {
        true => word.into_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

/// 0.03 for 3e-2, and words as they are.
fn one_spelling(text: &str) -> String {
    match (text.parse::<u64>(), text.parse::<f64>()) {
        (Ok(number), _) => number.to_string(),
        (_, Ok(number)) => format!("{number:?}"),
        _ => text.to_string(),
    }
}
