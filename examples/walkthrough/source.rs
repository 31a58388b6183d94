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

/// A statement in a file, below the comment that begins with `marker`.
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
    /// The statement, or `None` if the file has not just one such marker with a statement below.
    pub fn find(&self) -> Option<Quoted> {
        let lines: Vec<&'static str> = self.file.text.lines().collect();
        let comment = format!("// {}", self.marker);
        let mut marked = (0..lines.len()).filter(|&i| lines[i].trim_start().starts_with(&comment));
        let (marker, None) = (marked.next()?, marked.next()) else {
            return None;
        };
        let first = marker + 1;
        let indent = lines[first].len() - lines[first].trim_start().len();
        let ends = |i: &usize| lines[*i].ends_with(';') || closes(lines.get(i + 1));
        let last = (first..lines.len()).find(ends)?;
        let lines: Option<Vec<_>> = lines[first..=last]
            .iter()
            .map(|line| line.get(indent..))
            .collect();
        let quoted = Quoted {
            line: first + 1,
            lines: lines?,
        };
        let is_code = |line: &&str| !line.is_empty() && !line.starts_with(['/', '}']);
        quoted.lines.first().is_some_and(is_code).then_some(quoted)
    }
}

/// Whether a block ends with this line.
fn closes(line: Option<&&str>) -> bool {
    line.is_none_or(|line| line.trim_start().starts_with('}'))
}
