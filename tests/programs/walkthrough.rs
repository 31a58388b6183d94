//! The walkthrough: its page is read back and recomputed, its words have no gap, its quotations are in the source.

mod arithmetic;
mod claims;
mod form;
mod input;
mod network;
mod reading;

pub mod xml;

use std::fs;
use std::process::Output;

use crate::start::{Folder, example, text};
use claims::Claim;
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
        let page = reading::read(&page).unwrap();
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
fn mutants(text: &str) -> Vec<String> {
    let mut mutants = Vec::new();
    for (at, c) in text.char_indices() {
        let (before, after) = (&text[..at], &text[at + c.len_utf8()..]);
        for size in ["0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉"]
        {
            if size.contains(c) {
                let others = size.chars().filter(|&other| other != c);
                mutants.extend(others.map(|other| format!("{before}{other}{after}")));
            }
        }
    }
    mutants
}

/// No digit can be changed unnoticed: neither in a sum nor in what it comes to, neither in a table nor in a figure.
#[test]
fn every_digit_counts() {
    let folder = Folder::new("walkthrough-digits");
    let page = page_of(&folder, &[]);
    let page = reading::read(&page).unwrap();
    let mut tried = 0;
    for claim in &page.claims {
        let mut changed = claim.clone();
        for i in 0..changed.texts().len() {
            let original = changed.texts()[i].clone();
            for mutant in mutants(&original) {
                changed.texts()[i].clone_from(&mutant);
                assert!(
                    page.check(&changed).is_err(),
                    "{original} as {mutant} goes unnoticed in {claim:?}"
                );
                tried += 1;
            }
            *changed.texts()[i] = original;
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
        let page = reading::read(page)?;
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
    let page = page_of(&folder, &[]);
    let root = Element::read(&page).unwrap();
    let mut claims = reading::read(&page).unwrap().claims;
    let count = |text: &str| text.chars().filter(|&c| is_digit(c)).count();
    let mut claimed = |is_one: fn(&Claim) -> bool| -> usize {
        let mut digits = 0;
        for claim in claims.iter_mut().filter(|claim| is_one(claim)) {
            for text in claim.texts() {
                digits += count(text);
            }
        }
        digits
    };
    let printed = |elements: Vec<&Element>| -> usize {
        let digits = elements.iter().map(|element| count(&element.text()));
        digits.sum()
    };
    let within = |outer: &str, class: &str, inner: &str| -> Vec<&Element> {
        let mut found = Vec::new();
        for outer in root.all(outer) {
            if outer.has_class(class) {
                found.extend(outer.all(inner));
            }
        }
        found
    };

    let numbers = claimed(|claim| matches!(claim, Claim::Given { .. } | Claim::Computed { .. }));
    assert_eq!(numbers, printed(root.all("td")));

    let quoted = claimed(|claim| matches!(claim, Claim::Quoted { .. }));
    let links = printed(within("figure", "net", "a")) + printed(within("p", "fell", "a"));
    assert_eq!(quoted, links);
    // A figure's other words are the symbols of its layers.
    let mut heads = within("figure", "net", "text");
    heads.retain(|text| text.has_class("head"));
    assert_eq!(
        printed(within("figure", "net", "text")),
        links + printed(heads) - printed(within("p", "fell", "a"))
    );

    let (mut samples, mut shapes) = (0, 0);
    for caption in root.all("caption") {
        let caption = caption.text();
        if let Some((_, sample)) = caption.split_once("of sample ") {
            samples += count(sample.split("rows:").next().unwrap_or_default());
        }
        if let Some((_, shape)) = caption.split_once('[') {
            shapes += count(shape.split(']').next().unwrap_or_default());
        }
    }
    let labels = claimed(|claim| matches!(claim, Claim::Label { .. }));
    assert_eq!(labels, printed(root.all("th")) + samples);

    let shaped = claimed(|claim| matches!(claim, Claim::Shape { .. }));
    assert_eq!(shaped, shapes + printed(within("p", "shapes", "a")));
}
