//! Lines of Rust, taken from the library's source when this program is compiled.

/// A file of the source, under the name by which it is cited.
#[derive(Debug)]
pub struct File {
    pub name: &'static str,
    text: &'static str,
}

macro_rules! file {
    ($name:literal) => {
        File {
            name: $name,
            text: include_str!(concat!("../../", $name)),
        }
    };
}

pub const SECTION37: File = file!("src/section37.rs");
pub const SOFTMAX: File = file!("src/ops/softmax.rs");
pub const LOSSES: File = file!("src/ops/losses.rs");
pub const ACTIVATION: File = file!("src/ops/activation.rs");
pub const OPS: File = file!("src/ops.rs");
pub const DIFFERENCES: File = file!("src/gradcheck/differences.rs");
pub const STEP: File = file!("examples/walkthrough/step.rs");

/// The statements in a file below the comment that begins with `marker`, up to the next comment or the end of their block.
#[derive(Clone, Copy, Debug)]
pub struct Quote {
    pub file: &'static File,
    pub marker: &'static str,
}

/// A quote as it stands in its file: the number of its first line, counted from 1, and its lines, moved to the left.
#[derive(Debug, PartialEq, Eq)]
pub struct Quoted {
    pub line: usize,
    pub lines: Vec<&'static str>,
}

impl Quote {
    /// The statements, or `None` if the file has not just one such marker with a statement below.
    pub fn find(&self) -> Option<Quoted> {
        let lines: Vec<&'static str> = self.file.text.lines().collect();
        let comment = format!("// {}", self.marker);
        let mut marked = (0..lines.len()).filter(|&i| lines[i].trim_start().starts_with(&comment));
        let (Some(marker), None) = (marked.next(), marked.next()) else {
            return None;
        };
        let below = &lines[marker + 1..];
        let indent = below.first()?.len() - below.first()?.trim_start().len();
        // What ends a block is further to the left, where a statement's lines have only blanks.
        let goes_on = |line: &&str| {
            let (left, code) = line.split_at(indent.min(line.len()));
            left.trim().is_empty() && !code.is_empty() && !code.starts_with("//")
        };
        let lines = below.iter().take_while(|line| goes_on(line));
        let lines: Vec<&str> = lines.map(|line| &line[indent..]).collect();
        (!lines.is_empty()).then_some(Quoted {
            line: marker + 2,
            lines,
        })
    }
}
