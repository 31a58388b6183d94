//! The documentation as a guide: its figures fit the page, every module names the test that guards it, and whatever the guide
//! names is there.

use std::fs;
use std::path::{Path, PathBuf};

/// What fits beside rustdoc's sidebar in a window of 1200 pixels.
const WIDEST: usize = 91;

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

/// A public module of the crate: its path, and the lines of documentation that it opens with.
struct Module {
    path: String,
    opening: String,
}

/// The public modules that `source` declares, and those in them. `folder` is where their files lie.
fn public_modules(source: &str, folder: &str, parent: &str, found: &mut Vec<Module>) {
    let lines: Vec<&str> = source.lines().collect();
    for (i, line) in lines.iter().enumerate() {
        let Some(declared) = line.strip_prefix("pub mod ") else {
            continue;
        };
        let name = declared.trim_end_matches([';', ' ', '{']);
        let path = format!("{parent}::{name}");
        if declared.ends_with('{') {
            let above = lines[..i].iter().rev();
            let mut opening: Vec<_> = above.map_while(|line| documentation(line, "///")).collect();
            opening.reverse();
            let opening = opening.join("\n");
            found.push(Module { path, opening });
            continue;
        }
        let file = [
            format!("{folder}/{name}.rs"),
            format!("{folder}/{name}/mod.rs"),
        ];
        let file = file.iter().find(|file| root().join(file).exists());
        let source = read(file.unwrap_or_else(|| panic!("{path} has no file")));
        let opening = source.lines().map_while(|line| documentation(line, "//!"));
        let opening = opening.collect::<Vec<_>>().join("\n");
        public_modules(&source, &format!("{folder}/{name}"), &path, found);
        found.push(Module { path, opening });
    }
}

/// Whether `name` is a test in `file`.
pub fn is_test(file: &str, name: &str) -> bool {
    let source = fs::read_to_string(root().join(file)).unwrap_or_default();
    let Some((before, _)) = source.split_once(&format!("fn {name}()")) else {
        return false;
    };
    let attributes = before.trim_end().lines().rev().map(str::trim);
    let mut attributes = attributes.take_while(|line| line.starts_with(['#', '/']));
    attributes.any(|line| line == "#[test]")
}

/// What is wrong with a text that names files with tests and, behind each, tests in it: all in code, and nothing else.
fn wrong_guard(text: &str) -> Option<String> {
    let (mut file, mut missing) = (None, None);
    for code in text.split('`').skip(1).step_by(2) {
        let is_there = if code.starts_with("tests/") {
            file = Some(code);
            root().join(code).is_file()
        } else {
            file.is_some_and(|file| is_test(file, code))
        };
        if !is_there {
            missing.get_or_insert(format!("{code} is named and missing"));
        }
    }
    file.map_or(Some("it names no file of tests".into()), |_| missing)
}

/// What is wrong with how a module opens, if something is.
fn wrong_opening(module: &Module) -> Option<String> {
    let mut paragraphs = module.opening.split("\n\n");
    match paragraphs.find(|paragraph| paragraph.starts_with("Guarded by ")) {
        Some(guard) => wrong_guard(guard),
        None => Some("no paragraph says by what it is guarded".into()),
    }
}

#[test]
fn every_public_module_names_the_tests_that_guard_it() {
    let mut modules = Vec::new();
    public_modules(&read("src/lib.rs"), "src", "fromzero", &mut modules);
    assert!(modules.len() > 30, "{} modules", modules.len());
    let wrong = modules
        .iter()
        .filter_map(|module| Some((&module.path, wrong_opening(module)?)));
    assert_eq!(wrong.collect::<Vec<_>>(), []);

    let opening = |guard: &str| {
        let (path, opening) = ("m".to_string(), format!("Why.\n\n{guard}"));
        wrong_opening(&Module { path, opening })
    };
    let here = "every_public_module_names_the_tests_that_guard_it";
    let good = format!("Guarded by `tests/suite/guide.rs`: `{here}`.");
    assert_eq!(opening(&good), None);
    for guard in [
        "It is good.".to_string(),
        "Guarded by prayer.".to_string(),
        good.replace("guide", "guise"),
        good.replace("every", "any"),
        good.replace(here, "is_test"),
        format!("Guarded by `{here}`."),
    ] {
        assert!(opening(&guard).is_some(), "{guard}");
    }
}

/// The cells of a table's row, each without the quotes of its code; `None` for other lines.
fn cells(line: &str) -> Option<Vec<String>> {
    // A bar within code is written `\|` in a table.
    let line = documentation(line, "//!")?.replace("\\|", "\0");
    let inside = line.strip_prefix("| ")?.strip_suffix(" |")?;
    let cells = inside.split(" | ").map(|cell| cell.replace('\0', "|"));
    Some(cells.collect())
}

fn code(cell: &str) -> Option<&str> {
    cell.strip_prefix('`')?.strip_suffix('`')
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn every_line_beside_numpy_stands_where_it_is_said_to_stand() {
    let page = read("src/guide/numpy.rs");
    let rows: Vec<_> = page.lines().filter_map(cells).collect();
    let headers = rows.iter().filter(|row| row[2] == "in").count();
    assert!(rows.len() > 60 + headers, "{} lines", rows.len());
    for row in rows.iter().filter(|row| row[2] != "in") {
        let rust = code(&row[1]).expect("code");
        let file = match paths_in(&row[2]).first() {
            Some(file) => file.clone(),
            None => format!("examples/{}.rs", code(&row[2]).expect("a program")),
        };
        let source = without_spaces(&read(&file));
        let line = without_spaces(rust);
        assert!(source.contains(&line), "{rust} is not in {file}");
    }
}

#[test]
fn the_tour_has_the_rungs_of_the_ladder() {
    let (page, ladder) = (read("src/guide/limit.rs"), read("examples/bench/ladder.rs"));
    let text = |source: &str| source.split('"').nth(1).expect("a text").to_string();
    let mut rungs = Vec::new();
    for rung in ladder.split("    Rung {").skip(1) {
        let field = |name: &str| text(rung.split(name).nth(1).expect(name));
        rungs.push(vec![field("name: "), field("idea: ")]);
    }
    assert!(rungs.len() >= 5, "{rungs:?}");
    let mut told: Vec<_> = page.lines().filter_map(cells).collect();
    told.remove(0);
    for row in &mut told {
        row.truncate(2);
    }
    assert!(told.starts_with(&rungs), "{told:?}");
}

/// Paths of the project that a text names, in code or as links to sources in the generated documentation.
fn paths_in(text: &str) -> Vec<String> {
    let folders = ["src/", "tests/", "examples/", "data/", ".ci/"];
    let mut paths = Vec::new();
    for code in text.split('`').skip(1).step_by(2) {
        if folders.iter().any(|folder| code.starts_with(folder)) {
            paths.push(code.to_string());
        }
    }
    for link in text.split("](../../../src/fromzero/").skip(1) {
        if let Some((file, _)) = link.split_once(".html)") {
            paths.push(format!("src/{file}"));
        }
    }
    paths
}

/// The text of the lines of documentation.
fn text_of(source: &str) -> String {
    let lines = source.lines().filter_map(|line| documentation(line, "//!"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_named_in_the_guide_is_there() {
    let mut named = 0;
    for file in sources(&root().join("src")) {
        let text = text_of(&fs::read_to_string(&file).expect("a source"));
        for path in paths_in(&text) {
            let is_there = root().join(&path).exists();
            assert!(is_there, "{}: {path} is missing", file.display());
            named += 1;
        }
    }
    assert!(named > 150, "{named} paths");
    let page = text_of(&read("src/guide/carrying_on.rs"));
    let rules = page.split("\n# ").find(|part| part.contains("guards them"));
    let rules: Vec<_> = rules.expect("the rules").split("\n- ").skip(1).collect();
    assert!(rules.len() > 12, "{} rules", rules.len());
    for rule in rules {
        let guard = rule
            .split("\n\n")
            .next()
            .and_then(|rule| rule.split('→').nth(1));
        assert_eq!(wrong_guard(guard.unwrap_or_default()), None, "{rule}");
    }
    let text = "`src/a.rs`, [`b`](../../../src/fromzero/matmul/b.rs.html) and `c`";
    assert_eq!(paths_in(text), ["src/a.rs", "src/matmul/b.rs"]);
}
