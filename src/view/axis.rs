//! An axis: the range of its values, the round ones among them that get a label, and where a value lies.

use crate::elementary::ln;

/// What a division may be wrong by, in steps: the end 0.3 has its tick although 0.3 / 0.1 is less than 3.
const HAIR: f64 = 1e-9;

/// A value with its label.
pub(super) struct Tick {
    pub value: f64,
    pub label: String,
}

/// A range of values along an edge of the plot.
pub(super) struct Axis {
    pub low: f64,
    pub high: f64,
    pub ticks: Vec<Tick>,
}

impl Axis {
    /// The axis from `low` to `high`, divided into at most `most` steps, not counting the broken ones at its ends.
    pub fn exact(low: f64, high: f64, most: usize) -> Self {
        let (low, high) = spread(low, high);
        let step = Step::for_span(high - low, most);
        let ticks = step.multiples(
            (low / step.size() - HAIR).ceil(),
            (high / step.size() + HAIR).floor(),
        );
        Axis { low, high, ticks }
    }

    /// The axis that begins and ends with a tick and has `low` and `high` in between.
    pub fn rounded(low: f64, high: f64, most: usize) -> Self {
        let (low, high) = spread(low, high);
        let step = Step::for_span(high - low, most);
        let ticks = step.multiples(
            (low / step.size() + HAIR).floor(),
            (high / step.size() - HAIR).ceil(),
        );
        Axis {
            low: ticks.first().map_or(low, |tick| tick.value),
            high: ticks.last().map_or(high, |tick| tick.value),
            ticks,
        }
    }

    /// Where `value` lies: 0 at the low end, 1 at the high end.
    pub fn position(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }
}

/// A range that can be divided: one (almost) without extent is widened around its value.
fn spread(low: f64, high: f64) -> (f64, f64) {
    let largest = if -low > high { -low } else { high };
    if high - low > 1e-9 * largest && high - low > 1e-290 {
        return (low, high);
    }
    let margin = if largest > 1e-280 { 0.1 * largest } else { 0.5 };
    (low - margin, high + margin)
}

/// The distance between two ticks, `digit · 10^exponent` with a digit of 1, 2 or 5: what people count in.
struct Step {
    digit: i64,
    exponent: i32,
}

impl Step {
    /// The smallest step that divides `span` into at most `most` parts.
    fn for_span(span: f64, most: usize) -> Self {
        let least = span / most as f64;
        let exponent = exponent_of(least);
        [
            (1, exponent),
            (2, exponent),
            (5, exponent),
            (1, exponent + 1),
        ]
        .map(|(digit, exponent)| Step { digit, exponent })
        .into_iter()
        .find(|step| step.size() >= least)
        .expect("10^(e + 1) exceeds every number whose exponent is e")
    }

    fn size(&self) -> f64 {
        self.times(1)
    }

    /// `count` steps. Read from decimal digits, so it is the number nearest to its label, with no rounding added up.
    fn times(&self, count: i64) -> f64 {
        let decimal = format!("{}e{}", count * self.digit, self.exponent);
        decimal.parse().expect("a decimal number")
    }

    fn multiples(&self, first: f64, last: f64) -> Vec<Tick> {
        (first as i64..=last as i64)
            .map(|count| self.times(count))
            .map(|value| Tick {
                value,
                label: self.label(value),
            })
            .collect()
    }

    /// The label has as many decimals as the step; outside everyday sizes it has an exponent.
    fn label(&self, value: f64) -> String {
        let digits = match self.exponent {
            0..6 => format!("{value:.0}"),
            -6..0 => format!("{value:.*}", self.exponent.unsigned_abs() as usize),
            _ if value == 0.0 => "0".into(),
            _ => format!("{value:e}"),
        };
        digits.replace('-', "\u{2212}")
    }
}

/// The decimal exponent of `x`, taken from its digits: the standard library's logarithm differs between platforms.
fn exponent_of(x: f64) -> i32 {
    let scientific = format!("{x:e}");
    let exponent = scientific
        .split_once('e')
        .and_then(|(_, exponent)| exponent.parse().ok());
    exponent.expect("a finite number")
}

/// The natural logarithms of the numbers from `low` to `high`, both above 0, with ticks at powers of ten, or also at twice and five times
/// these where there are few.
pub(super) fn logarithmic(low: f64, high: f64) -> Axis {
    let (low, high) = if high > 1.5 * low {
        (low, high)
    } else {
        (low / 1.3, high * 1.3)
    };
    let (first, last) = (exponent_of(low), exponent_of(high));
    let decimal = |digit: i64, exponent| Step { digit, exponent }.times(1);
    let mut all = Vec::new();
    for exponent in first..=last + 1 {
        all.extend_from_slice(&[(1, exponent), (2, exponent), (5, exponent)]);
    }
    let value = |&(digit, exponent): &(i64, i32)| decimal(digit, exponent);
    let begin = all.iter().rposition(|tick| value(tick) <= low).unwrap_or(0);
    let end = all
        .iter()
        .position(|tick| value(tick) >= high)
        .unwrap_or(all.len() - 1);
    let shown = &all[begin..=end];
    let decades = (last - first).unsigned_abs() as usize;
    let every = decades.div_ceil(5).max(1) as i32;
    let is_labelled =
        |&&(digit, exponent): &&(i64, i32)| decades < 2 || digit == 1 && exponent % every == 0;
    let tick = |tick: &(i64, i32)| Tick {
        value: ln(value(tick)),
        label: Step {
            digit: tick.0,
            exponent: tick.1,
        }
        .label(value(tick)),
    };
    Axis {
        low: ln(value(&shown[0])),
        high: ln(value(&shown[shown.len() - 1])),
        ticks: shown.iter().filter(is_labelled).map(tick).collect(),
    }
}
