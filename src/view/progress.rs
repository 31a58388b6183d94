//! Progress on standard error: a bar that redraws itself on a terminal, plain lines elsewhere.

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

/// Columns of a terminal that does not tell.
const COLUMNS: usize = 80;

/// Beyond this a longer bar tells nothing more; below the least it tells nothing at all, and is left out.
const LONGEST_BAR: usize = 30;
const SHORTEST_BAR: usize = 4;

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Style {
    /// A bar in the last line of a terminal that has so many columns, and lines above it.
    Bar {
        /// Columns of the terminal.
        columns: usize,
        /// Whether the bar may be coloured.
        colour: bool,
    },
    /// Lines only.
    Lines,
    /// Nothing.
    Quiet,
}

impl Style {
    /// The style for an output that is a `terminal` or not, as the environment has it: `TERM=dumb` gets lines, `NO_COLOR`
    /// (set, and not empty) takes the colour, `COLUMNS` is the width.
    pub fn detect(terminal: bool, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        if !terminal || variable("TERM").is_some_and(|term| term == "dumb") {
            return Style::Lines;
        }
        let columns = variable("COLUMNS").and_then(|text| text.to_str()?.parse().ok());
        Style::Bar {
            columns: columns.filter(|&columns| columns > 0).unwrap_or(COLUMNS),
            colour: variable("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }
}

/// The progress of a long piece of work: how much is done, how fast it goes, how long it will still take.
///
/// ```
/// use fromzero::view::Progress;
/// let mut progress = Progress::stderr(true); // true: quiet
/// progress.start(938, "batches");
/// for batch in 0..938 {
///     let loss = 2.3 / (1.0 + batch as f64);
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
    unit: &'static str,
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
            unit: "",
            started,
            drawn: None,
        }
    }

    /// Begins a stretch of `total` steps, whose `unit` ("batches") is named in the rate. The clock starts here.
    pub fn start(&mut self, total: usize, unit: &'static str) {
        self.clear();
        self.total = total;
        self.unit = unit;
        self.started = (self.clock)();
    }

    /// Says that `done` steps of the stretch are finished. `text` is asked only when the bar is drawn, at most ten times a
    /// second.
    pub fn update(&mut self, done: usize, text: impl FnOnce() -> String) {
        let now = (self.clock)();
        if self.is_due(now) {
            self.draw(done, &text(), now);
        }
    }

    fn is_due(&self, now: Duration) -> bool {
        matches!(self.style, Style::Bar { .. })
            && self.drawn.is_none_or(|drawn| now >= drawn + REDRAW)
    }

    fn draw(&mut self, done: usize, text: &str, now: Duration) {
        let Style::Bar { columns, colour } = self.style else {
            return;
        };
        self.drawn = Some(now);
        let text = format!("{text} {}", self.rate_and_time_left(done, now));
        // The last column stays free: a terminal may wrap when it is filled.
        let line = compose(
            columns.saturating_sub(1),
            colour,
            self.fraction(done),
            text.trim_end(),
        );
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

    /// "705 batches/s 0:07 left", by the mean speed since the start; nothing before there is one.
    fn rate_and_time_left(&self, done: usize, now: Duration) -> String {
        let elapsed = now.saturating_sub(self.started).as_secs_f64();
        if done == 0 || elapsed == 0.0 {
            return String::new();
        }
        let rate = done as f64 / elapsed;
        let decimals = if rate < 10.0 { 1 } else { 0 };
        let left = self.total.saturating_sub(done) as f64 / rate;
        format!(
            "{rate:.decimals$} {}/s {} left",
            self.unit,
            hours_minutes_seconds(left)
        )
    }
}

impl fmt::Debug for Progress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress")
            .field("style", &self.style)
            .field("total", &self.total)
            .field("unit", &self.unit)
            .finish_non_exhaustive()
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        self.clear();
    }
}

/// The bar, in what room the text leaves, and the text, cut to `columns`.
fn compose(columns: usize, colour: bool, fraction: f64, text: &str) -> String {
    let frame_and_space = 3;
    let room = columns.saturating_sub(text.chars().count() + frame_and_space);
    if room < SHORTEST_BAR {
        return text.chars().take(columns).collect();
    }
    let bar = bar(room.min(LONGEST_BAR), fraction);
    if colour {
        format!("▕\x1b[36m{bar}\x1b[0m▏ {text}")
    } else {
        format!("▕{bar}▏ {text}")
    }
}

/// A bar of `cells` characters, filled from the left to the nearest eighth of a cell.
fn bar(cells: usize, fraction: f64) -> String {
    const EIGHTHS: [char; 9] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
    let filled = (fraction * (8 * cells) as f64).round() as usize;
    let cell = |i: usize| EIGHTHS[filled.saturating_sub(8 * i).min(8)];
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
