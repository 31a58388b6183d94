//! Objects of numbers in JSON (RFC 8259).

use std::fmt::Write;

/// An object being written. Names are the program's own and need no escapes.
pub struct Json(String);

impl Json {
    pub fn object() -> Self {
        Json("{".into())
    }

    pub fn null(&mut self, name: &'static str) {
        self.name(name);
        self.0 += "null";
    }

    /// With so many decimals.
    pub fn number(&mut self, name: &'static str, value: f64, decimals: usize) {
        self.name(name);
        self.value(value, decimals);
    }

    /// A list, with so many decimals each.
    pub fn numbers(&mut self, name: &'static str, values: &[f32], decimals: usize) {
        self.name(name);
        self.0.push('[');
        for (i, &value) in values.iter().enumerate() {
            if i > 0 {
                self.0.push(',');
            }
            self.value(value.into(), decimals);
        }
        self.0.push(']');
    }

    pub fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }

    fn name(&mut self, name: &'static str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        write!(self.0, "\"{name}\":").expect("a String accepts everything");
    }

    /// JSON has no word for infinity and NaN.
    fn value(&mut self, value: f64, decimals: usize) {
        match value.is_finite() {
            true => write!(self.0, "{value:.decimals$}").expect("a String accepts everything"),
            false => self.0 += "null",
        }
    }
}
