//! The help text, from a program's table.

use super::options::Program;

/// Columns of the help text.
const COLUMNS: usize = 88;

/// Environment variables: the name, the option without which a program does not read it, what it says.
const VARIABLES: [(&str, &str, &str); 4] = [
    (
        "FROMZERO_DATA",
        "data",
        "the folder or the table, where --data names none",
    ),
    (
        "FROMZERO_THREADS",
        "threads",
        "the number of threads, where --threads gives none",
    ),
    (
        "FROMZERO_ISA",
        "",
        "the instruction set: portable, avx2 or avx512",
    ),
    (
        "NO_COLOR",
        "quiet",
        "if set, the progress bar has no colour",
    ),
];

/// The help text of `program`.
pub fn help(program: &Program) -> String {
    let mut text = String::new();
    push_wrapped(&mut text, "", program.about);
    text.push_str(&usage(program));
    push_table(&mut text, "Workloads", &workloads(program));
    push_table(&mut text, "Options", &options(program));
    push_table(&mut text, "Environment", &variables(program));
    text
}

fn usage(program: &Program) -> String {
    let workload = if program.workloads.is_empty() {
        ""
    } else {
        "[WORKLOAD] "
    };
    let name = program.name;
    format!("\nUsage: cargo run --release --example {name} -- {workload}[OPTIONS]\n")
}

/// What a table of the help has: names, and what each of them means.
type Rows = Vec<(String, String)>;

fn workloads(program: &Program) -> Rows {
    let mut rows = Rows::new();
    for &(word, help) in program.workloads {
        rows.push((word.into(), help.into()));
    }
    rows
}

fn options(program: &Program) -> Rows {
    let mut rows = Rows::new();
    for option in program.options {
        let value = match option.placeholder {
            Some(placeholder) if option.alone.is_some() => format!(" [{placeholder}]"),
            Some(placeholder) if option.many => format!(" {placeholder} …"),
            Some(placeholder) => format!(" {placeholder}"),
            None => String::new(),
        };
        let help = match option.default {
            Some(default) => format!("{} [default: {default}]", option.help),
            None => option.help.into(),
        };
        rows.push((format!("--{}{value}", option.name), help));
    }
    rows.push(("-h, --help".into(), "print this help".into()));
    rows
}

fn variables(program: &Program) -> Rows {
    let mut rows = Rows::new();
    for (name, option, help) in VARIABLES {
        if option.is_empty() || program.options.iter().any(|o| o.name == option) {
            rows.push((name.into(), help.into()));
        }
    }
    rows
}

/// Two columns under a heading; nothing at all without rows.
fn push_table(text: &mut String, heading: &str, rows: &[(String, String)]) {
    let Some(widest) = rows.iter().map(|(name, _)| name.chars().count()).max() else {
        return;
    };
    text.push_str(&format!("\n{heading}:\n"));
    for (name, help) in rows {
        push_wrapped(text, &format!("  {name:widest$}  "), help);
    }
}

/// A text, broken into lines that are as long as those of the help.
pub fn wrapped(words: &str) -> String {
    let mut text = String::new();
    push_wrapped(&mut text, "", words);
    text.trim_end().into()
}

/// `words` after `first`, broken into lines that begin under each other.
fn push_wrapped(text: &mut String, first: &str, words: &str) {
    let indent = first.chars().count();
    let mut line = first.to_string();
    let mut column = indent;
    for word in words.split_whitespace() {
        let length = word.chars().count();
        if column > indent && column + 1 + length > COLUMNS {
            text.push_str(&line);
            text.push('\n');
            line = format!("{:indent$}", "");
            column = indent;
        }
        if column > indent {
            line.push(' ');
            column += 1;
        }
        line.push_str(word);
        column += length;
    }
    text.push_str(line.trim_end());
    text.push('\n');
}
