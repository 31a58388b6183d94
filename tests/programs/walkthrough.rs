//! The walkthrough: its page is read back and recomputed, its words have no gap, its quotations are in the source.

mod arithmetic;
mod claims;
mod network;
pub mod xml;

// What the program itself is made of, as far as it can be asked without starting it.
#[allow(dead_code)]
#[path = "../../examples/walkthrough/source.rs"]
mod source;
#[allow(dead_code)]
#[path = "../../examples/walkthrough/words.rs"]
mod words;

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::process::Output;

use crate::start::{Folder, assert_refused, example, text};
use claims::{Claim, Page};
use words::TABLE;
use xml::Element;

fn walkthrough(args: &[&str]) -> Output {
    let mut program = example("walkthrough");
    program.env_remove("COLUMNS");
    program.args(args).output().expect("it starts")
}

/// The page that the program writes.
fn page_of(folder: &Folder, args: &[&str]) -> String {
    let file = folder.0.join("step.html");
    let file = file.to_str().expect("UTF-8");
    let output = walkthrough(&[&["--html", file], args].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    fs::read_to_string(file).expect("the page")
}

/// Numbers of a reader: one sample, large and small and negative ones, a saturated neuron.
const ONE_SAMPLE: &str = "\u{feff}lr 2 # bold
x 1e-3 -700 12.5
y 0 1 0
w1 0.1 1\n-0.02 2\n1e-8 -0.5
b1 0 0
w2 3 -2\n-1 0.123456789
b2 0.5 -1e2
w3 1 2 3\n-4 5 -6
b3 0 0 1e3
";

#[test]
fn every_number_follows_from_those_it_is_printed_with() {
    let folder = Folder::new("walkthrough-numbers");
    folder.write("one.txt", ONE_SAMPLE.as_bytes());
    let one = folder.0.join("one.txt");
    let one = one.to_str().expect("UTF-8");
    for args in [&[][..], &["--lang", "zh"], &["--numbers", one]] {
        let page = page_of(&folder, args);
        let page = Page::read(&Element::read(&page).unwrap()).unwrap();
        let computed = |claim: &&Claim| matches!(claim, Claim::Computed { .. });
        let computed = page.claims.iter().filter(computed).count();
        assert!(computed > 100, "{computed} numbers");
        for claim in &page.claims {
            if let Err(error) = page.check(claim) {
                panic!("{error} in {claim:?} of {args:?}");
            }
        }
    }
}

/// Whether a character is a digit, in whatever size.
fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉".contains(c)
}

/// `text` with each of its digits replaced by each other one of its size.
fn mutants(text: &str) -> impl Iterator<Item = String> {
    let sizes = ["0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉"];
    let digits = text.char_indices().filter(|&(_, c)| is_digit(c));
    digits.flat_map(move |(at, c)| {
        let size = sizes
            .into_iter()
            .find(|size| size.contains(c))
            .unwrap_or_default();
        let others = size.chars().filter(move |&other| other != c);
        others.map(move |other| format!("{}{other}{}", &text[..at], &text[at + c.len_utf8()..]))
    })
}

/// No digit can be changed unnoticed: neither in a sum nor in what it comes to, neither in a table nor in a figure.
#[test]
fn every_digit_counts() {
    let folder = Folder::new("walkthrough-digits");
    let page = page_of(&folder, &[]);
    let page = Page::read(&Element::read(&page).unwrap()).unwrap();
    let mut tried = 0;
    for claim in &page.claims {
        let count = claim.clone().texts().len();
        for i in 0..count {
            let original = claim.clone().texts()[i].clone();
            for mutant in mutants(&original) {
                let mut changed = claim.clone();
                *changed.texts()[i] = mutant.clone();
                assert!(
                    page.check(&changed).is_err(),
                    "{original} as {mutant} goes unnoticed in {claim:?}"
                );
                tried += 1;
            }
        }
    }
    assert!(tried > 100_000, "{tried} digits");
}

/// The same from the page's source on: a digit in a cell is changed, and the page read anew.
#[test]
fn a_page_with_a_changed_digit_is_refused() {
    let folder = Folder::new("walkthrough-changed");
    let page = page_of(&folder, &[]);
    let holds = |page: &str| -> Result<(), String> {
        let page = Page::read(&Element::read(page)?)?;
        page.claims.iter().try_for_each(|claim| page.check(claim))
    };
    assert_eq!(holds(&page), Ok(()));
    let mut is_in_text = false;
    let cells = page.find("<td id").expect("a cell")..page.rfind("</td>").expect("its end");
    let digits = page.char_indices().filter(|&(i, c)| {
        match c {
            '<' => is_in_text = false,
            '>' => {
                is_in_text = page[..i]
                    .rfind('<')
                    .is_some_and(|tag| is_number(&page[tag..]))
            }
            _ => {}
        }
        is_in_text && c.is_ascii_digit() && cells.contains(&i)
    });
    let digits: Vec<usize> = digits.map(|(i, _)| i).collect();
    assert!(digits.len() > 10_000, "{} digits", digits.len());
    for &at in digits.iter().step_by(digits.len() / 100) {
        let other = if &page[at..=at] == "7" { "2" } else { "7" };
        let changed = format!("{}{other}{}", &page[..at], &page[at + 1..]);
        assert!(
            holds(&changed).is_err(),
            "{} unnoticed",
            &page[at - 60..at + 20]
        );
    }
}

/// Whether a tag is one between which numbers of cells stand.
fn is_number(tag: &str) -> bool {
    ["<td id", "<summary>", "<a href=\"#", "<b>", "<small>"]
        .iter()
        .any(|start| tag.starts_with(start))
}

/// All digits of tables, figures and shapes belong to claims, so that the test above tries them.
#[test]
fn no_digit_stands_outside_of_the_claims() {
    let folder = Folder::new("walkthrough-claims");
    let root = Element::read(&page_of(&folder, &[])).unwrap();
    let mut claims = Page::read(&root).unwrap().claims;
    let count = |text: &str| text.chars().filter(|&c| is_digit(c)).count();
    let mut claimed = |is_one: fn(&Claim) -> bool| -> usize {
        let claims = claims.iter_mut().filter(|claim| is_one(claim));
        let texts = claims.flat_map(|claim| claim.texts());
        texts.map(|text| count(text)).sum()
    };
    let printed = |elements: Vec<&Element>| -> usize {
        elements
            .into_iter()
            .map(|element| count(&element.text()))
            .sum()
    };
    let within = |outer: &str, class: &str, inner: &str| -> Vec<&Element> {
        let outer = root
            .all(outer)
            .into_iter()
            .filter(|outer| outer.has_class(class));
        outer.flat_map(|outer| outer.all(inner)).collect()
    };

    let numbers = claimed(|claim| matches!(claim, Claim::Given { .. } | Claim::Computed { .. }));
    assert_eq!(numbers, printed(root.all("td")));

    let quoted = claimed(|claim| matches!(claim, Claim::Quoted { .. }));
    let links = printed(within("figure", "net", "a")) + printed(within("p", "fell", "a"));
    assert_eq!(quoted, links);
    // A figure's other words are the symbols of its layers.
    let texts = within("figure", "net", "text").into_iter();
    let heads = texts.filter(|text| text.has_class("head")).collect();
    assert_eq!(
        printed(within("figure", "net", "text")),
        links + printed(heads) - printed(within("p", "fell", "a"))
    );

    let captions = || {
        root.all("caption")
            .into_iter()
            .map(|caption| caption.text())
    };
    let samples =
        captions().filter_map(|caption| Some(caption.split_once("of sample ")?.1.to_string()));
    let samples: usize = samples
        .map(|rest| count(rest.split("rows:").next().unwrap_or_default()))
        .sum();
    let labels = claimed(|claim| matches!(claim, Claim::Label { .. }));
    assert_eq!(labels, printed(root.all("th")) + samples);

    let shapes = captions()
        .filter_map(|caption| Some(count(&caption[..caption.find(']')?][caption.find('[')?..])));
    let shapes: usize = shapes.sum();
    let shaped = claimed(|claim| matches!(claim, Claim::Shape { .. }));
    assert_eq!(shaped, shapes + printed(within("p", "shapes", "a")));
}

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
            let headings = root
                .all("h2")
                .into_iter()
                .filter(|h2| h2.text().contains(&number));
            assert_eq!(headings.count(), 1, "{number}");
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
    let below = root.elements().flat_map(all_elements);
    [root].into_iter().chain(below).collect()
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
        let asks = section
            .elements()
            .find(|element| element.has_class("asks"))
            .expect("questions");
        assert!(
            asks.first("details").is_some(),
            "{title} leaves readers alone"
        );
        let places = section.elements().filter(|p| p.has_class("source"));
        let quoted: Vec<_> = places
            .zip(section.elements().filter(|pre| pre.name == "pre"))
            .collect();
        assert!(
            !is_equation || !quoted.is_empty(),
            "{title} has no line of Rust"
        );
        for (place, pre) in quoted {
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

#[test]
fn numbers_that_do_not_fit_are_refused_with_their_place() {
    let folder = Folder::new("walkthrough-errors");
    let good = include_str!("../../examples/walkthrough/numbers.txt");
    let line_of = |word: &str| {
        1 + good
            .lines()
            .position(|line| line.starts_with(word))
            .expect(word)
    };
    let bad = |name: &str, from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        folder.write(name, good.replacen(from, to, 1).as_bytes());
        let path = folder.0.join(name);
        walkthrough(&["--numbers", path.to_str().expect("UTF-8")])
    };
    let place = |word: &str, below: usize, column: usize| {
        format!("line {}, column {column}", line_of(word) + below)
    };
    for (from, to, words) in [
        (
            "lr 0.5",
            "lr 0,5",
            &[&*place("lr", 0, 2), "a finite number, found 0,5"][..],
        ),
        (
            "lr 0.5",
            "lr -1",
            &[&place("lr", 0, 1), "a learning rate above 0, found -1"],
        ),
        (
            "lr 0.5",
            "lr NaN",
            &[&place("lr", 0, 2), "a finite number, found NaN"],
        ),
        (
            "lr 0.5",
            "rate 0.5",
            &["line 5, column 1", "found rate", "lr, x, y"],
        ),
        (
            "lr 0.5",
            "x 1\nlr 0.5",
            &["line 8, column 1", "x stands here and in line 5"],
        ),
        ("lr 0.5", "0.5", &["line 5, column 1", "a name"]),
        (
            "  0.5    1      0.25",
            "  0.5    1",
            &[&place("x", 2, 3), "expected 2 numbers", "found 3"],
        ),
        (
            "  1      0\n",
            "  1      1\n",
            &[&place("y", 1, 1), "a label, which is one 1 among zeros"],
        ),
        ("b1 ", "b2 ", &["b2 stands here"]),
        ("b1  ", "w1 1 # ", &["w1 stands here"]),
        (
            "  0.25  -0.25   0.5   -0.5\n",
            "\n",
            &[&place("b1", 0, 1), "numbers after b1, found none"],
        ),
        (
            "  0.25  -0.25   0.5   -0.5\n",
            "1 2 3\n",
            &[&place("b1", 0, 1), "b1 of 1×4", "found 1×3"],
        ),
        (
            "  0.25  -0.5    0.75   1\n",
            "",
            &[&place("w1", 0, 1), "w1 of 3×4", "found 2×4"],
        ),
        (
            "  0.5    1      0.25\n",
            &"0.5 1 0.25\n".repeat(9),
            &[&place("x", 0, 1), "at most 8 samples", "found 10"],
        ),
    ] {
        let output = bad("bad.txt", from, to);
        assert_refused("walkthrough", &output, 1, &[&["bad.txt"], words].concat());
    }
    let missing = good.split("b3 ").next().expect("a beginning");
    folder.write("short.txt", missing.as_bytes());
    folder.write("long.txt", &[b'#'; 70_000]);
    folder.write("bytes.txt", b"lr 0.5\n\xff\xfe");
    for (file, words) in [
        ("short.txt", "found no b3"),
        ("long.txt", "more than 65536 bytes"),
        ("bytes.txt", "byte 7: expected a text in UTF-8"),
        ("none.txt", "cannot be read"),
    ] {
        let path = folder.0.join(file);
        let output = walkthrough(&["--numbers", path.to_str().expect("UTF-8")]);
        assert_refused("walkthrough", &output, 1, &[file, words]);
    }
}

/// What a page cannot hold is refused, and an earlier page stays.
#[test]
fn a_network_whose_page_would_be_too_large_is_refused() {
    let folder = Folder::new("walkthrough-large");
    let matrix = |rows: usize, cols: usize| format!("{}\n", "0.1 ".repeat(cols)).repeat(rows);
    let y = "1 0\n".repeat(8);
    let numbers = format!(
        "lr 1\nx {}y {y}w1 {}b1 {}w2 {}b2 {}w3 {}b3 0 0",
        matrix(8, 16),
        matrix(16, 16),
        matrix(1, 16),
        matrix(16, 16),
        matrix(1, 16),
        matrix(16, 2)
    );
    folder.write("large.txt", numbers.as_bytes());
    folder.write("step.html", b"earlier");
    let path = |name: &str| folder.0.join(name).to_str().expect("UTF-8").to_string();
    let output = walkthrough(&[
        "--numbers",
        &path("large.txt"),
        "--html",
        &path("step.html"),
    ]);
    assert_refused(
        "walkthrough",
        &output,
        1,
        &["at most 300 kB", "fewer neurons"],
    );
    assert_eq!(
        fs::read(path("step.html")).expect("the earlier page"),
        b"earlier"
    );
    let output = walkthrough(&["--numbers", &path("large.txt")]);
    assert_eq!(output.status.code(), Some(0));
}

/// Numbers that leave the range of doubles on the way are shown as what they become, on a page that can be read.
#[test]
fn a_step_that_overflows_still_has_its_page() {
    let folder = Folder::new("walkthrough-overflow");
    folder.write("wild.txt", b"lr 1e300\nx 1e200\ny 1 0\nw1 1e200\nb1 0\nw2 1e308\nb2 1e308\nw3 -1e308 1e308\nb3 -1e308 1e308\n");
    let path = folder.0.join("wild.txt");
    let page = page_of(&folder, &["--numbers", path.to_str().expect("UTF-8")]);
    let root = Element::read(&page).unwrap();
    let odd = root.all("td").into_iter().filter(|td| td.has_class("odd"));
    assert!(odd.count() > 0, "nothing overflows");
}

#[test]
fn misuse_is_refused() {
    let output = walkthrough(&["--lang", "fr"]);
    assert_refused(
        "walkthrough",
        &output,
        2,
        &["--lang", "en or zh", "found fr"],
    );
    let output = walkthrough(&["--html"]);
    assert_refused("walkthrough", &output, 2, &["--html"]);
}
