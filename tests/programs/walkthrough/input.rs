//! Numbers of a reader's own: what is refused, and with which words.

use std::fs;

use super::xml::Element;
use super::{page_of, walkthrough};
use crate::start::{Folder, assert_refused};

#[test]
fn numbers_that_do_not_fit_are_refused_with_their_place() {
    let folder = Folder::new("walkthrough-errors");
    let good = include_str!("../../../examples/walkthrough/numbers.txt");
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
