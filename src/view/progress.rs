//! Progress on standard error: a bar that redraws itself on a terminal, plain lines elsewhere.

use super::sparkline::Sparkline;
use super::terminal::{Colours, Terminal};
use std::env;
use std::ffi::OsString;
use std::fmt::{self, Display};
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// Between two drawings of the bar: often enough for the eye, seldom enough to cost nothing.
const REDRAW: Duration = Duration::from_millis(100);

// A terminal may have fewer columns than it is said to have. What does not fit is cut off there, and would otherwise leave a
// line behind with every drawing (DECAWM, VT100). Both stand in one write, so that nothing else is ever cut off.
const CUT_LINES: &str = "\x1b[?7l";
const WRAP_LINES: &str = "\x1b[?7h";

/// Beyond these, a longer bar and sparkline tell nothing more; below the least they tell nothing at all, and are left out.
const LONGEST_BAR: usize = 30;
const SHORTEST_BAR: usize = 4;
const LONGEST_SPARKLINE: usize = 24;
const SHORTEST_SPARKLINE: usize = 8;

/// Around the bar: a frame on both sides, and a blank.
const FRAME: usize = 3;

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Style {
    /// A bar in the last line of a terminal, and lines above it.
    Bar(Terminal),
    /// Lines only.
    Lines,
    /// Nothing.
    Quiet,
}

impl Style {
    /// The style for an output that is a `terminal` or not, as the environment has it: `TERM=dumb` gets lines, others what
    /// [`Terminal::detect`] finds.
    pub fn detect(terminal: bool, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        if !terminal || variable("TERM").is_some_and(|term| term == "dumb") {
            return Style::Lines;
        }
        Style::Bar(Terminal::detect(variable))
    }
}

/// The progress of a long piece of work: how much is done, how fast it goes, how long it will still take.
///
/// ```
/// use fromzero::view::Progress;
/// let mut progress = Progress::stderr(true); // true: quiet
/// progress.start(938);
/// for batch in 0..938 {
///     let loss = 2.3 / (1.0 + batch as f64);
///     progress.trace(loss);
///     progress.update(batch + 1, || format!("epoch 1/1  loss {loss:.4}"));
/// }
/// progress.line("epoch 1/1: mean loss 0.0183");
/// ```
///
/// A write that fails (the terminal was closed) is no reason to stop computing, and is ignored. Dropping clears the bar.
pub struct Progress<'a> {
    style: Style,
    out: Box<dyn Write + 'a>,
    clock: Box<dyn Fn() -> Duration + 'a>,
    total: usize,
    traced: Sparkline,
    started: Duration,
    /// When the bar that is on the screen was drawn.
    drawn: Option<Duration>,
}

impl Progress<'static> {
    /// Progress on standard error, or none at all if `quiet`.
    pub fn stderr(quiet: bool) -> Self {
        let style = if quiet {
            Style::Quiet
        } else {
            Style::detect(io::stderr().is_terminal(), |name| env::var_os(name))
        };
        let begin = Instant::now();
        Self::new(style, io::stderr(), move || begin.elapsed())
    }
}

impl<'a> Progress<'a> {
    /// Progress written to `out`, with the time since any fixed moment from `clock`.
    pub fn new(style: Style, out: impl Write + 'a, clock: impl Fn() -> Duration + 'a) -> Self {
        let started = clock();
        Progress {
            style,
            out: Box::new(out),
            clock: Box::new(clock),
            total: 0,
            traced: Sparkline::new(),
            started,
            drawn: None,
        }
    }

    /// Begins a stretch of `total` steps. The clock starts here.
    pub fn start(&mut self, total: usize) {
        self.clear();
        self.total = total;
        self.started = (self.clock)();
    }

    /// The next value of what the sparkline shows, beside the bar: the loss, from the first one on.
    pub fn trace(&mut self, value: f64) {
        if matches!(self.style, Style::Bar(_)) {
            self.traced.push(value);
        }
    }

    /// Says that `done` steps of the stretch are finished. `text` is asked only when the bar is drawn, at most ten times a
    /// second. Its parts stand two blanks apart; where the line is too short the last ones are left out.
    pub fn update(&mut self, done: usize, text: impl FnOnce() -> String) {
        let now = (self.clock)();
        if self.is_due(now) {
            self.draw(done, &text(), now);
        }
    }

    fn is_due(&self, now: Duration) -> bool {
        matches!(self.style, Style::Bar(_)) && self.drawn.is_none_or(|drawn| now >= drawn + REDRAW)
    }

    fn draw(&mut self, done: usize, text: &str, now: Duration) {
        let Style::Bar(terminal) = self.style else {
            return;
        };
        self.drawn = Some(now);
        let line = self.compose(&terminal, done, text, now);
        self.write(&format!("\r{CUT_LINES}{line}\x1b[K{WRAP_LINES}"));
    }

    /// Writes a line that stays, above the bar.
    pub fn line(&mut self, text: impl Display) {
        if self.style != Style::Quiet {
            self.clear();
            self.write(&format!("{text}\n"));
        }
    }

    /// Takes the bar off the screen, so that something else can be printed; the next update draws it again.
    pub fn clear(&mut self) {
        if self.drawn.take().is_some() {
            self.write("\r\x1b[K");
        }
    }

    fn write(&mut self, text: &str) {
        let _ = self.out.write_all(text.as_bytes());
        let _ = self.out.flush();
    }

    fn fraction(&self, done: usize) -> f64 {
        done.min(self.total) as f64 / self.total.max(1) as f64
    }

    /// Bar, sparkline and words, in one line.
    fn compose(&self, terminal: &Terminal, done: usize, text: &str, now: Duration) -> String {
        // The last column stays free: a terminal may wrap when it is filled.
        let columns = terminal.columns.saturating_sub(1);
        let (rate, left) = self.rate_and_time_left(done, now);
        let words = fitting(columns, text, &rate, &left);
        let room = columns.saturating_sub(words.chars().count());
        let (eighths, levels) = signs(terminal.unicode);
        let spark = match room.saturating_sub(FRAME + SHORTEST_BAR + 1) {
            room if room < SHORTEST_SPARKLINE => String::new(),
            room => self.traced.drawn(room.min(LONGEST_SPARKLINE), levels),
        };
        let taken = match spark.chars().count() {
            0 => 0,
            cells => cells + 1,
        };
        let cells = room.saturating_sub(taken + FRAME).min(LONGEST_BAR);
        if cells < SHORTEST_BAR {
            return words;
        }
        let bar = bar(cells, self.fraction(done), eighths);
        let (open, close) = if terminal.unicode {
            ('▕', '▏')
        } else {
            ('[', ']')
        };
        let painted = |signs: &str| match terminal.colours {
            Colours::None => signs.to_string(),
            _ => format!("\x1b[36m{signs}\x1b[0m"),
        };
        let mut line = format!("{open}{}{close} ", painted(&bar));
        if !spark.is_empty() {
            line += &format!("{} ", painted(&spark));
        }
        line + &words
    }

    /// "705/s" and "0:07 left", by the mean speed since the start; nothing before there is one.
    fn rate_and_time_left(&self, done: usize, now: Duration) -> (String, String) {
        let elapsed = now.saturating_sub(self.started).as_secs_f64();
        if done == 0 || elapsed == 0.0 {
            return Default::default();
        }
        let rate = done as f64 / elapsed;
        let decimals = if rate < 10.0 { 1 } else { 0 };
        let left = self.total.saturating_sub(done) as f64 / rate;
        (
            format!("{rate:.decimals$}/s"),
            format!("{} left", hours_minutes_seconds(left)),
        )
    }
}

impl fmt::Debug for Progress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress")
            .field("style", &self.style)
            .field("total", &self.total)
            .finish_non_exhaustive()
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        self.clear();
    }
}

/// The parts of `text`, the rate and the time left, two blanks apart: of those before the time left only so many of the first
/// that a short bar with a sparkline has room, too, but always the first, and the second where it fits.
fn fitting(columns: usize, text: &str, rate: &str, left: &str) -> String {
    let around = FRAME + SHORTEST_BAR + 1 + SHORTEST_SPARKLINE;
    let parts: Vec<&str> = text.split("  ").chain([rate]).collect();
    let words = |n: usize| {
        let some = parts[..n].iter().chain([&left]).copied();
        let some: Vec<&str> = some.filter(|part| !part.is_empty()).collect();
        some.join("  ")
    };
    let fits = |n: &usize| words(*n).chars().count() + if *n > 2 { around } else { 0 } <= columns;
    let most = (1..=parts.len()).rev().find(fits).unwrap_or(1);
    words(most).chars().take(columns).collect()
}

/// From empty to full: for a cell of the bar, and from low to high for one of the sparkline.
fn signs(unicode: bool) -> (&'static [char], &'static [char]) {
    if unicode {
        (
            &[' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'],
            &['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
        )
    } else {
        (&[' ', '#'], &['_', '.', '-', '=', '*', '#'])
    }
}

/// A bar of `cells` characters, filled from the left to the nearest part of a cell that `signs` has.
fn bar(cells: usize, fraction: f64, signs: &[char]) -> String {
    let parts = signs.len() - 1;
    let filled = (fraction * (parts * cells) as f64).round() as usize;
    let cell = |i: usize| signs[filled.saturating_sub(parts * i).min(parts)];
    (0..cells).map(cell).collect()
}

/// "0:07", "12:34" or "1:02:03", rounded up: nothing is finished before it is.
fn hours_minutes_seconds(seconds: f64) -> String {
    let seconds = seconds.ceil() as u64;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}
