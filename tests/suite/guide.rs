//! The documentation as a guide: its figures fit the page, every module names the test that guards it, and whatever the guide
//! names is there.

use std::fs;
use std::path::{Path, PathBuf};

/// What fits beside rustdoc's sidebar in a window of 1200 pixels.
const WIDEST: usize = 96;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The Rust files of a folder and of the folders in it.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of sources");
    let mut files = Vec::new();
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    files
}

/// The text of a line of documentation.
fn documentation<'a>(line: &'a str, marker: &str) -> Option<&'a str> {
    let text = line.trim_start().strip_prefix(marker)?;
    Some(text.strip_prefix(' ').unwrap_or(text))
}

/// The lines of text blocks and examples that a reader sees and that do not fit.
fn too_wide(source: &str) -> Vec<&str> {
    let (mut is_block, mut wide) = (false, Vec::new());
    for line in source.lines() {
        let text = documentation(line, "//!").or(documentation(line, "///"));
        let Some(text) = text else { continue };
        if text.trim_start().starts_with("```") {
            is_block = !is_block;
        } else if is_block && !text.starts_with("# ") && text.chars().count() > WIDEST {
            wide.push(text);
        }
    }
    wide
}

#[test]
fn no_block_of_text_is_wider_than_the_page() {
    for file in sources(&root().join("src")) {
        let source = fs::read_to_string(&file).expect("a source");
        assert_eq!(too_wide(&source), [""; 0], "{}", file.display());
    }
    let line = "x".repeat(WIDEST + 1);
    let source =
        format!("    /// ```\n    /// {line}\n    /// # {line}\n    /// ```\n    /// {line}");
    assert_eq!(too_wide(&source), [&line]);
}
