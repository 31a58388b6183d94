//! [`Unit`]: the functions whose units may saturate or die.

/// The function of a layer whose units may saturate or die.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unit {
    /// f(z) = 1 / (1 + e⁻ᶻ)
    Sigmoid,
    /// tanh
    Tanh,
    /// max(z, 0)
    Relu,
}

impl Unit {
    /// Whether f′ is below 4 % of its maximum where f has this value: sigmoid below 0.0101 or above 0.9899, where a(1 − a) < 0.01;
    /// tanh beyond ±0.98, where 1 − a² < 0.04; ReLU at 0.
    pub fn is_flat(self, a: f64) -> bool {
        match self {
            Unit::Sigmoid => a * (1.0 - a) < 0.01,
            Unit::Tanh => 1.0 - a * a < 0.04,
            Unit::Relu => a == 0.0,
        }
    }
}
