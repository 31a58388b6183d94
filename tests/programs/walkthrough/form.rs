//! The page and the terminal: what they consist of, what they quote, and in which words.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use super::xml::Element;
use super::{page_of, walkthrough};
use crate::start::{Folder, example, text};
use words::TABLE;

// What the program itself is made of, as far as it can be asked without starting it.
#[allow(dead_code)]
#[path = "../../../examples/walkthrough/source.rs"]
mod source;
#[allow(dead_code)]
#[path = "../../../examples/walkthrough/words.rs"]
mod words;

#[test]
fn the_page_stands_by_itself() {
    let folder = Folder::new("walkthrough-page");
    for lang in ["en", "zh"] {
        let page = page_of(&folder, &["--lang", lang]);
        assert!(page.len() <= 300_000, "{} bytes", page.len());
        let root = Element::read(&page).unwrap();
        assert_eq!(root.attribute("lang"), Some(lang));
        let ids: Vec<_> = all_elements(&root)
            .into_iter()
            .filter_map(|e| e.attribute("id"))
            .collect();
        let places: HashSet<_> = ids.iter().copied().collect();
        assert_eq!(places.len(), ids.len(), "an id stands twice");
        for element in all_elements(&root) {
            assert!(
                !["script", "link", "img", "iframe", "object"].contains(&element.name.as_str())
            );
            for (name, value) in &element.attributes {
                assert!(
                    !name.starts_with("on") && name != "src" && name != "style",
                    "{name}"
                );
                let inside = value
                    .strip_prefix('#')
                    .is_some_and(|place| places.contains(place));
                assert!(name != "href" || inside, "{value} leads nowhere");
            }
        }
        for style in root.all("style") {
            assert!(
                !style.text().contains("url(") && !style.text().contains('@')
                    || !style.text().contains("@import")
            );
        }
        for equation in 53..=67 {
            let number = format!("(3-{equation})");
            let mut headings = root.all("h2");
            headings.retain(|h2| h2.text().contains(&number));
            assert_eq!(headings.len(), 1, "{number}");
        }
        assert!(
            root.all("table")
                .iter()
                .all(|table| table.first("caption").is_some())
        );
        assert!(
            root.all("th")
                .iter()
                .all(|th| th.attribute("scope").is_some())
        );
        assert!(
            root.all("svg")
                .iter()
                .all(|svg| svg.attribute("aria-label").is_some())
        );
    }
}

fn all_elements(root: &Element) -> Vec<&Element> {
    let mut elements = vec![root];
    for child in root.elements() {
        elements.extend(all_elements(child));
    }
    elements
}

/// Every stage of an equation has a formula, lines of Rust that are in the named file at the named line, and questions.
#[test]
fn every_equation_has_its_formula_its_lines_and_its_questions() {
    let folder = Folder::new("walkthrough-stages");
    let root = Element::read(&page_of(&folder, &[])).unwrap();
    let mut quotations = 0;
    for section in root.all("section") {
        let title = section.first("h2").expect("a title").text();
        let is_equation = title.starts_with("(3-");
        assert_eq!(
            !section.all("math").is_empty(),
            is_equation || title == "The update",
            "{title}"
        );
        let asks = section.of_class("asks")[0];
        assert!(
            asks.first("details").is_some(),
            "{title} leaves readers alone"
        );
        let (places, quoted) = (section.of_class("source"), section.named("pre"));
        assert!(
            !is_equation || !(places.is_empty() || quoted.is_empty()),
            "{title} has no line of Rust"
        );
        for (place, pre) in places.into_iter().zip(quoted) {
            assert_quoted(&place.text(), &pre.text());
            quotations += 1;
        }
    }
    assert!(quotations >= 20, "{quotations} quotations");
}

/// `place` ends with file and line; `lines` are there, but for their indentation.
fn assert_quoted(place: &str, lines: &str) {
    let (file, line) = place.rsplit_once(':').expect("file:line");
    let file = file.rsplit(' ').next().expect("a file");
    let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect(file);
    let first: usize = line.parse().expect("a line");
    let there = source.lines().skip(first - 1);
    for (quoted, line) in lines.lines().zip(there) {
        assert!(
            line.ends_with(quoted) && line.trim_start().starts_with(quoted.trim_start()),
            "{place}: {quoted} is not {line}"
        );
    }
    let above = source.lines().nth(first - 2).expect("a line above");
    assert!(
        above.trim_start().starts_with("// "),
        "{place}: no marker in {above}"
    );
}

#[test]
fn a_marker_that_is_missing_or_stands_twice_is_noticed() {
    use source::{Quote, SECTION37};
    let find = |marker| {
        Quote {
            file: &SECTION37,
            marker,
        }
        .find()
    };
    assert_eq!(find("(3-56)").expect("it is there").lines.len(), 1);
    let lines = find("(3-63)").expect("it is there").lines;
    assert_eq!(lines.len(), 2, "{lines:?}");
    let lines = find("(3-54)").expect("it is there").lines;
    assert_eq!(
        lines,
        [
            "matmul(a1, &p.w1)",
            "    .add_bias(&p.b1)",
            "    .sigmoid()",
            "    .into(&mut act.a2);"
        ]
    );
    assert_eq!(
        find("(3-53)").expect("it is there").lines,
        ["cross_entropy(&act.z4, y)"]
    );
    assert_eq!(find("(3-99)"), None);
    // δ³ and the gradients of w² and b².
    assert_eq!(find("(3-66)"), None);
}

/// Sentences of an answer: what ends with a full stop or a question mark.
fn sentences(text: &str) -> usize {
    let english =
        text.matches(". ").count() + text.matches("? ").count() + usize::from(text.ends_with('.'));
    english + text.matches('。').count() + text.matches('？').count()
}

#[test]
fn every_word_is_there_in_both_languages() {
    let is_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let mut keys = HashSet::new();
    let mut answers = 0;
    for words in TABLE {
        assert!(keys.insert(words.key), "{} stands twice", words.key);
        assert!(
            !words.en.trim().is_empty() && !words.zh.trim().is_empty() || words.key == "comma",
            "{}",
            words.key
        );
        assert!(!is_chinese(words.en), "{}: {}", words.key, words.en);
        let needs_none = ["3-57", "colon", "stop", "comma"].contains(&words.key);
        assert!(
            is_chinese(words.zh) || needs_none,
            "{}: {}",
            words.key,
            words.zh
        );
        let Some(key) = words.key.strip_suffix('?') else {
            continue;
        };
        assert!(words.en.ends_with('?') && words.zh.ends_with('？'), "{key}");
        let answer = TABLE.iter().find(|words| words.key == key);
        let answer = answer.unwrap_or_else(|| panic!("{key} has no answer"));
        for text in [answer.en, answer.zh] {
            assert!(
                (2..=3).contains(&sentences(text)),
                "{}: {text}",
                sentences(text)
            );
        }
        answers += 1;
    }
    assert!(answers >= 20, "{answers} questions");
}

/// Page and terminal say nothing but words of the table, in the language that is asked for: so no gap shows as another language.
#[test]
fn the_chinese_page_has_no_english_sentence_and_the_other_way_round() {
    let folder = Folder::new("walkthrough-languages");
    for (lang, other) in [("en", "zh"), ("zh", "en")] {
        let page = Element::read(&page_of(&folder, &["--lang", lang])).unwrap();
        let page = page.first("body").expect("a body").text();
        let output = walkthrough(&["--lang", lang]);
        let terminal = text(&output.stdout).to_string();
        for words in TABLE {
            let foreign = if other == "zh" { words.zh } else { words.en };
            let own = if other == "zh" { words.en } else { words.zh };
            let is_sentence = foreign.chars().count() > 12 && foreign != own;
            assert!(!is_sentence || !page.contains(foreign), "{lang}: {foreign}");
            assert!(
                !is_sentence || !terminal.contains(foreign),
                "{lang}: {foreign}"
            );
            if words.key.ends_with('?') {
                assert!(page.contains(own), "{lang}: {own}");
            }
        }
    }
}

/// Neither wider than it may be, but for lines of Rust, nor coloured.
#[test]
fn the_terminal_gets_plain_lines_that_fit() {
    let quoted = [
        "src/section37.rs",
        "src/ops.rs",
        "src/ops/softmax.rs",
        "src/ops/losses.rs",
        "src/gradcheck/differences.rs",
        "examples/walkthrough/step.rs",
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let quoted = quoted.map(|file| fs::read_to_string(root.join(file)).expect(file));
    let is_rust = |line: &str| quoted.iter().any(|source| source.contains(line.trim()));
    for (columns, lang) in [(40, "en"), (40, "zh"), (80, "en"), (80, "zh")] {
        let mut program = example("walkthrough");
        let program = program.env("COLUMNS", columns.to_string());
        let output = program.args(["--lang", lang, "--every"]).output();
        let output = output.expect("it starts");
        let lines = text(&output.stdout);
        assert!(!lines.contains('\u{1b}'));
        for line in lines.lines() {
            let columns_of = |c: char| if c >= '\u{2e80}' { 2 } else { 1 };
            let width: usize = line.chars().map(columns_of).sum();
            assert!(width <= columns || is_rust(line), "{width} columns: {line}");
        }
    }
}
