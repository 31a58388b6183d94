//! The walkthrough in the terminal.

use super::formula::Formula;
use super::ledger::{Grid, Ledger, Piece, Sum, full, short};
use super::source::Quote;
use super::stages::{STAGES, Stage};
use super::wording::{Shaped, axes, axis, caption, shaped};
use super::words::{Lang, words};

/// Columns of the numbers that head the rows.
const HEADS: usize = 3;

/// What is printed, and in how many columns.
pub struct Terminal {
    pub columns: usize,
    pub lang: Lang,
    /// The sum of every number, not only of the first of each matrix.
    pub every: bool,
}

impl Terminal {
    /// All lines.
    pub fn lines(&self, ledger: &Ledger) -> Vec<String> {
        let mut lines = Vec::new();
        self.push_wrapped("", words(self.lang, "title"), &mut lines);
        lines.push(String::new());
        self.push_wrapped("", words(self.lang, "intro"), &mut lines);
        for stage in STAGES {
            self.push_stage(stage, ledger, &mut lines);
        }
        lines
    }

    fn push_stage(&self, stage: &Stage, ledger: &Ledger, lines: &mut Vec<String>) {
        lines.push(String::new());
        let heading = format!("{} {}", stage.numbers(), words(self.lang, stage.key));
        self.push_wrapped("", heading.trim(), lines);
        for formula in stage.formulas {
            self.push_wrapped("  ", &Formula::new(formula).plain(), lines);
        }
        for quote in stage.quotes {
            self.push_quote(quote, lines);
        }
        for shapes in stage.shapes {
            let shapes = shapes.split(' ').map(|word| match shaped(word, ledger) {
                Some(Shaped { symbol, shape, .. }) => format!("{symbol} {shape}"),
                None => word.into(),
            });
            let shapes = shapes.collect::<Vec<_>>().join(" ");
            let shapes = shapes.replace("( ", "(").replace(" )", ")");
            self.push_wrapped(
                "  ",
                &format!(
                    "{}{}{shapes}",
                    words(self.lang, "shapes"),
                    words(self.lang, "colon")
                ),
                lines,
            );
        }
        for grid in stage.grids(ledger) {
            self.push_grid(grid, ledger, lines);
        }
        if stage.key == "after" {
            let [before, after] = ["J", "Jn"].map(|id| full(ledger.grid(id).values[(0, 0)]));
            lines.push(String::new());
            self.push_wrapped(
                "  ",
                &format!("{} {before} → {after}", words(self.lang, "fell")),
                lines,
            );
        }
        for ask in stage.asks {
            lines.push(String::new());
            self.push_wrapped("  ", words(self.lang, &format!("{ask}?")), lines);
            self.push_wrapped("    ", words(self.lang, ask), lines);
        }
    }

    fn push_quote(&self, quote: &Quote, lines: &mut Vec<String>) {
        let quoted = quote
            .find()
            .unwrap_or_else(|| panic!("{} has no line for {}", quote.file.name, quote.marker));
        self.push_wrapped("  ", &format!("{}:{}", quote.file.name, quoted.line), lines);
        lines.extend(quoted.lines.iter().map(|line| format!("    {line}")));
    }

    fn push_grid(&self, grid: &Grid, ledger: &Ledger, lines: &mut Vec<String>) {
        lines.push(String::new());
        let title = format!(
            "{} {}{}",
            grid.name(),
            grid.shape(),
            caption(grid, self.lang)
        );
        self.push_wrapped("  ", &title, lines);
        let axes = axes(grid.axes, self.lang);
        if !axes.is_empty() {
            self.push_wrapped("  ", &axes, lines);
        }
        let is_given = grid.sums.is_empty();
        let shown = |i, j| {
            let value = grid.values[(i, j)];
            if is_given { full(value) } else { short(value) }
        };
        lines.extend(self.table(grid, shown));
        if !grid.beside.is_empty() {
            self.push_wrapped("  ", words(self.lang, "differences"), lines);
            let differences = |i, j| short(grid.beside[grid.index(i, j)].value);
            lines.extend(self.table(grid, differences));
        }
        let shown = if self.every { grid.sums.len() } else { 1 };
        for (index, sum) in grid.sums.iter().enumerate().take(shown) {
            let (i, j) = (index / grid.values.cols(), index % grid.values.cols());
            let symbols = format!("{} = {}", grid.name_of(i, j), ledger.symbolic(sum));
            self.push_wrapped("  ", &symbols, lines);
            self.push_wrapped("    = ", &numeric(sum, ledger), lines);
            self.push_wrapped("    = ", &full(grid.values[(i, j)]), lines);
        }
    }

    /// The numbers in as many columns as there is room for, the others below.
    fn table(&self, grid: &Grid, text: impl Fn(usize, usize) -> String) -> Vec<String> {
        let (rows, cols) = grid.values.shape();
        let places = (0..rows).flat_map(|i| (0..cols).map(move |j| (i, j)));
        let width = places.map(|(i, j)| text(i, j).len()).max().unwrap_or(0);
        let all_fit = |gap: usize| HEADS + cols * (gap + width) < self.columns;
        let gap = if all_fit(2) { 2 } else { 1 };
        let fitting = (self.columns.saturating_sub(HEADS + 1) / (width + gap)).max(1);
        let aligned = |text: String| format!("{text:>0$}", width + gap);
        let mut lines = Vec::new();
        for first in (0..cols).step_by(fitting) {
            let columns = first..cols.min(first + fitting);
            let heads = columns.clone().map(|j| aligned(axis(grid.axes.1, j)));
            let heads: String = heads.collect();
            if !heads.trim().is_empty() {
                lines.push(format!("{:HEADS$}{heads}", ""));
            }
            for i in 0..rows {
                let numbers: String = columns.clone().map(|j| aligned(text(i, j))).collect();
                lines.push(format!("{:>HEADS$}{numbers}", axis(grid.axes.0, i)));
            }
        }
        lines
    }

    /// `text` behind `first`, broken into lines that begin under each other. Chinese characters take two columns, and a line
    /// may end behind each of them.
    fn push_wrapped(&self, first: &str, text: &str, lines: &mut Vec<String>) {
        let indent = first.chars().count();
        let mut line = first.to_string();
        let mut column = indent;
        let room = self.columns.saturating_sub(indent + 1);
        let words = pieces(text)
            .into_iter()
            .flat_map(|word| factors(word, room));
        for word in words {
            let (solid, all) = (columns_of(word.trim_end()), columns_of(word));
            if column > indent && column + solid >= self.columns {
                lines.push(
                    std::mem::replace(&mut line, " ".repeat(indent))
                        .trim_end()
                        .into(),
                );
                column = indent;
            }
            line.push_str(word);
            column += all;
        }
        lines.push(line.trim_end().into());
    }
}

/// A sum with the numbers put in.
fn numeric(sum: &Sum, ledger: &Ledger) -> String {
    let mut text = String::new();
    for piece in &sum.0 {
        let value = match piece {
            Piece::Sign(sign) => {
                text.push_str(sign);
                continue;
            }
            Piece::At(place) => ledger.value(place),
            Piece::Value(value) => *value,
        };
        let is_apart = text.is_empty() || text.ends_with(['(']) || text.ends_with(", ");
        if value < 0.0 && !is_apart {
            text.push_str(&format!("({})", full(value)));
        } else {
            text.push_str(&full(value));
        }
    }
    text
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}')
}

fn columns_of(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

/// A word that is wider than `room`, broken behind the signs of its products.
fn factors(word: &str, room: usize) -> Vec<&str> {
    if columns_of(word) <= room {
        vec![word]
    } else {
        word.split_inclusive(['·', '/', '=']).collect()
    }
}

/// The pieces behind which a line may end: words with the blanks after them, and single wide characters, which keep the
/// punctuation that follows.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let end = i + c.len_utf8();
        let next = chars.peek().map(|&(_, next)| next);
        let follows_blank = c == ' ' && next != Some(' ');
        let is_closing = |c: char| "，。、；：？！）”".contains(c);
        let at_wide = next
            .is_some_and(|next| !is_closing(next) && next != ' ' && (is_wide(c) || is_wide(next)))
            && !"（“".contains(c);
        if follows_blank || at_wide || next.is_none() {
            pieces.push(&text[start..end]);
            start = end;
        }
    }
    pieces
}
