//! Numbers as words of a page.

/// A number with three decimals, or, if it is large or has none of them, with an exponent.
pub(super) fn number(x: f64) -> String {
    match x.abs() {
        0.0 => "0".to_string(),
        0.01..1e5 => format!("{x:.3}"),
        _ => format!("{x:.2e}"),
    }
}

/// A share of 1 in percent, with one decimal.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1}\u{a0}%", 100.0 * share)
}

/// `part` of `whole` in percent; a dash of nothing.
pub(super) fn share(part: usize, whole: usize) -> String {
    match whole {
        0 => "–".to_string(),
        _ => percent(part as f64 / whole as f64),
    }
}

/// A duration with three digits.
pub(super) fn time(seconds: f64) -> String {
    let (value, unit) = match seconds {
        s if s >= 1.0 => (s, "s"),
        s if s >= 1e-3 => (1e3 * s, "ms"),
        s => (1e6 * s, "µs"),
    };
    let decimals = match value {
        v if v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.decimals$} {unit}")
}
