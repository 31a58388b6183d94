//! Where a gradient check asks for the loss, how often, and what it takes for rounding.

use super::check_one;
use fromzero::gradcheck::{Report, check, check_direction};

/// h for parameters of magnitude 1 or less.
const STEP: f64 = 1e-3;

type Loss<'l> = dyn FnMut(&[f64]) -> f64 + 'l;

/// A loss of many parameters with the gradient θ, and the distance of the farthest point at which it was asked for.
fn reach(theta: &[f64], check: &dyn Fn(&mut Loss<'_>) -> Report) -> f64 {
    let mut farthest = 0.0_f64;
    let report = check(&mut |t| {
        let (mut distance, mut loss) = (0.0_f64, 0.0);
        for (t, theta) in t.iter().zip(theta) {
            distance = distance.hypot(t - theta);
            loss += 0.5 * t * t;
        }
        farthest = farthest.max(distance);
        loss
    });
    assert!(
        report.passes(1e-8) && report.checked == theta.len(),
        "{report}"
    );
    farthest
}

/// A loss need not be smooth, or finite, further away than four steps, however many parameters there are.
#[test]
fn the_loss_is_asked_for_within_four_steps() {
    let theta: Vec<f64> = (0..400).map(|i| 0.5 + 0.001 * f64::from(i)).collect();
    let single = reach(&theta, &|loss| check(&[("w", 400)], &theta, &theta, loss));
    // Some entries of the direction are 0, and their lengths differ.
    let direction: Vec<f64> = (0..400).map(|i| f64::from(i % 5) * 1e5).collect();
    let along = reach(&theta, &|loss| {
        check_direction(&theta, &direction, &theta, loss)
    });
    for farthest in [single, along] {
        assert!((farthest - 4.0 * STEP).abs() < 1e-6, "{farthest}");
    }
}

/// A right entry of a smooth loss is told by three pairs of points around it, beside the twelve that measure rounding, the first of
/// which is among those.
#[test]
fn a_right_entry_takes_few_evaluations() {
    for theta in [0.3, -0.8, 0.0] {
        let mut points = Vec::new();
        let report = check(&[("w", 1)], &[theta], &[2.0 * theta + 3.0], |t| {
            points.push(t[0]);
            t[0] * t[0] + 3.0 * t[0] + 1.0
        });
        assert!(report.passes(0.0), "{report}");
        assert_eq!(points.len(), 12 + 1 + 3 * 2);
        points.sort_by(f64::total_cmp);
        points.dedup();
        assert_eq!(points.len(), 12 + 3 * 2);
    }
}

/// The derivative along a direction is that along a longer one, times its length, and so is what is uncertain of it.
#[test]
fn a_direction_may_have_any_length() {
    // J = θ₀² + 2θ₁θ₂ along (3, 4, 12), whose length is 13.
    let (theta, gradient) = ([1.0, 2.0, 0.5], [2.0, 1.0, 4.0]);
    let loss = |t: &[f64]| t[0] * t[0] + 2.0 * t[1] * t[2];
    let mut uncertainties = Vec::new();
    for unit in [1.0, 1e-9, 1e9] {
        let direction = [3.0, 4.0, 12.0].map(|v| v * unit);
        let report = check_direction(&theta, &direction, &gradient, loss);
        let along = report.worst.numeric / unit;
        assert!(report.passes(0.0) && report.checked == 3, "{report}");
        assert!((along - 58.0).abs() < 1e-8, "{along}");
        uncertainties.push(report.worst.uncertainty / unit);
    }
    let [own, short, long] = uncertainties[..] else {
        panic!("{uncertainties:?}")
    };
    assert!(1e-13 < own && own < 1e-8, "{own}");
    for other in [short, long] {
        assert!((0.1..10.0).contains(&(other / own)), "{uncertainties:?}");
    }
}

/// A slope that moves the loss by less than its last place cannot be called wrong.
#[test]
fn the_last_place_of_the_loss_hides_a_slope() {
    for size in [1e-3, 7.7, 1e9] {
        let slope = 0.1 * f64::EPSILON * size / STEP;
        for constant in [size, -size] {
            let report = check_one(0.2, slope, &|_| constant);
            assert!(report.passes(0.0) && report.below == 1, "{report}");
        }
    }
}

/// A loss that was rounded on its way is as uncertain at 0 as elsewhere.
#[test]
fn rounding_within_the_loss_is_seen_at_zero_too() {
    for i in 0..100 {
        let far = 1e6 + 7.3 * f64::from(i);
        let report = check_one(0.0, 1.0, &|t| (far + t) - far);
        assert!(report.passes(0.0) && report.below == 0, "{report}");
        assert!(report.worst.uncertainty > 3e-7, "{report}");
    }
}

/// Equally distributed noise of ±1, the same for the same number.
fn noise(t: f64) -> f64 {
    let mut z = t.to_bits().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

/// The bound is what five standard deviations of the noise do to the formula, and what halving the step changes besides.
#[test]
fn the_uncertainty_is_that_of_the_noise() {
    let (size, count) = (1e-6, 400);
    let total: f64 = (0..count)
        .map(|i| {
            let theta = 0.3 + 0.001 * f64::from(i);
            let report = check_one(theta, 0.0, &|t| size * noise(t));
            assert!(report.passes(0.0) && report.below == 1, "{report}");
            report.bound
        })
        .sum();
    let deviation = size / 3.0_f64.sqrt();
    let five = 1.5 * 5.0 * deviation / STEP;
    let mean = total / f64::from(count);
    println!("{:.3} times what five deviations do", mean / five);
    assert!((1.3..1.8).contains(&(mean / five)), "{}", mean / five);
}

/// However narrow a bump is, and wherever on it the point lies, its slope is seen to be right.
#[test]
fn bumps_of_any_width_are_seen() {
    for k in 0..300 {
        let width = 1e-2 * (-0.05 * f64::from(k)).exp();
        for c in [0.1_f64, 0.25, 0.5, 1.0, 1.5, 2.0] {
            let right = (-c * c).exp() * (1.0 - 2.0 * c * c);
            let bump = |t: f64| t * (-(t / width) * (t / width)).exp();
            let report = check_one(width * c, right, &bump);
            assert!(
                report.passes(0.0) && report.below == 0,
                "{width:e}: {report}"
            );
        }
    }
}
