//! The progress bar on terminals that are narrower than they are said to be.

use std::cell::Cell;
use std::time::Duration;

use fromzero::view::{Colours, Progress, Style, Terminal};

/// A terminal, as far as a progress bar needs one (VT100): lines of characters, a cursor, and a line break of its own
/// behind the last column, unless that is switched off.
struct Screen {
    columns: usize,
    lines: Vec<Vec<char>>,
    row: usize,
    column: usize,
    /// The last column has been filled: the next character goes to the next line.
    pending: bool,
    wraps: bool,
}

impl Screen {
    fn new(columns: usize) -> Self {
        Screen {
            columns,
            lines: vec![vec![' '; columns]],
            row: 0,
            column: 0,
            pending: false,
            wraps: true,
        }
    }

    fn show(&mut self, text: &str) {
        let mut rest = text.chars();
        while let Some(c) = rest.next() {
            match c {
                '\r' => (self.column, self.pending) = (0, false),
                '\n' => self.next_line(),
                '\x1b' => {
                    assert_eq!(rest.next(), Some('['), "{text:?}");
                    let mut code = String::new();
                    while !code.ends_with(|c: char| c.is_ascii_alphabetic()) {
                        code.push(rest.next().expect("the end of a sequence"));
                    }
                    self.control(&code);
                }
                c => self.put(c),
            }
        }
    }

    fn control(&mut self, code: &str) {
        match code {
            "K" => self.lines[self.row][self.column..].fill(' '),
            "?7l" => self.wraps = false,
            "?7h" => self.wraps = true,
            _ => assert!(code.ends_with('m'), "{code}"),
        }
    }

    fn put(&mut self, c: char) {
        if self.pending && self.wraps {
            self.next_line();
        }
        self.lines[self.row][self.column] = c;
        self.pending = self.column + 1 == self.columns && self.wraps;
        self.column = (self.column + 1).min(self.columns - 1);
    }

    fn next_line(&mut self) {
        self.row += 1;
        (self.column, self.pending) = (0, false);
        self.lines.resize(self.row + 1, vec![' '; self.columns]);
    }

    fn text(&self) -> Vec<String> {
        let line = |line: &Vec<char>| line.iter().collect::<String>().trim_end().to_string();
        self.lines.iter().map(line).collect()
    }
}

#[test]
fn narrow_terminals_keep_the_bar_in_its_line() {
    for colours in [Colours::None, Colours::Eight] {
        for columns in [1, 2, 10, 39, 40, 79, 80, 81, 200] {
            let clock = Cell::new(0);
            let mut written = Vec::new();
            let style = Style::Bar(Terminal {
                colours,
                ..Terminal::PLAIN
            });
            let mut progress =
                Progress::new(style, &mut written, || Duration::from_millis(clock.get()));
            progress.start(938);
            for batch in 0..20 {
                clock.set(clock.get() + 150);
                progress.trace(100.0 - batch as f64);
                progress.update(batch, || {
                    format!("epoch 1/2  loss 2.3026  batch {batch}/938")
                });
            }
            drop(progress);

            let mut screen = Screen::new(columns);
            let text = String::from_utf8(written).unwrap();
            for frame in text.split_inclusive("\x1b[?7h") {
                screen.show(frame);
                assert_eq!(screen.lines.len(), 1, "{columns}: {:?}", screen.text());
                assert!(screen.wraps, "{frame:?}");
            }
            assert_eq!(screen.text(), [""]);
        }
    }
}

#[test]
fn lines_that_stay_are_broken_and_not_cut() {
    let mut written = Vec::new();
    let style = Style::Bar(Terminal {
        colours: Colours::Eight,
        ..Terminal::PLAIN
    });
    let mut progress = Progress::new(style, &mut written, || Duration::ZERO);
    progress.start(2);
    progress.update(1, || "epoch 1/2 loss 2.3026".into());
    progress.line("epoch 1/2: mean loss 2.3026, mean accuracy 0.1124");
    progress.update(2, || "epoch 2/2 loss 2.3026".into());
    drop(progress);
    let mut screen = Screen::new(40);
    screen.show(std::str::from_utf8(&written).unwrap());
    let expected = ["epoch 1/2: mean loss 2.3026, mean accura", "cy 0.1124", ""];
    assert_eq!(screen.text(), expected);
    assert!(screen.wraps);
}
