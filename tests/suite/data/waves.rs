//! Sine and cosine waves: what belongs together, how they are spread, and how they vary.

use std::f64::consts::TAU;

use fromzero::data::Waves;
use fromzero::rng::Rng;

const STEPS: usize = 33;
const BATCH: usize = 7;

/// The phases that sequence `i` goes on by, from each time step to the next.
fn advances(waves: &Waves<f64>, i: usize) -> Vec<f64> {
    let angle = |t: usize| {
        let row = t * BATCH + i;
        waves.sin[(row, 0)].atan2(waves.cos[(row, 0)])
    };
    (1..STEPS)
        .map(|t| (angle(t) - angle(t - 1)).rem_euclid(TAU))
        .collect()
}

fn drawn(vary: f64) -> Waves<f64> {
    let mut waves = Waves::new(STEPS, BATCH);
    waves.draw(vary, &mut Rng::new(4));
    waves
}

#[test]
fn the_steps_are_spread_over_two_periods() {
    let waves = drawn(0.0);
    assert_eq!(waves.sin.shape(), (STEPS * BATCH, 1));
    assert_eq!(waves.cos.shape(), (STEPS * BATCH, 1));
    for (s, c) in waves.sin.iter().zip(waves.cos.iter()) {
        assert!((s * s + c * c - 1.0).abs() < 1e-12);
    }
    for i in 0..BATCH {
        for advance in advances(&waves, i) {
            let expected = 2.0 * TAU / (STEPS - 1) as f64;
            assert!((advance - expected).abs() < 1e-12, "{advance}");
        }
    }
}

#[test]
fn sequences_begin_anywhere() {
    let waves = drawn(0.0);
    let first = |i: usize| waves.sin[(i, 0)].atan2(waves.cos[(i, 0)]).rem_euclid(TAU);
    let mut phases: Vec<f64> = (0..BATCH).map(first).collect();
    phases.sort_by(f64::total_cmp);
    assert!(phases.windows(2).all(|pair| pair[1] - pair[0] > 1e-3));
    assert!(phases[0] < 0.5 * TAU && phases[BATCH - 1] > 0.5 * TAU);
}

#[test]
fn frequencies_vary_as_far_as_they_may() {
    let waves = drawn(0.5);
    let usual = 2.0 * TAU / (STEPS - 1) as f64;
    let mut frequencies = Vec::new();
    for i in 0..BATCH {
        let advances = advances(&waves, i);
        assert!(advances.iter().all(|a| (a - advances[0]).abs() < 1e-12));
        frequencies.push(advances[0] / usual);
    }
    assert!(frequencies.iter().all(|f| (0.5..1.5).contains(f)));
    assert!(frequencies.iter().any(|&f| f < 0.9) && frequencies.iter().any(|&f| f > 1.1));
}

#[test]
fn a_single_step_is_the_beginning_of_a_wave() {
    let mut waves = Waves::<f32>::new(1, 2);
    waves.draw(0.5, &mut Rng::new(4));
    for (s, c) in waves.sin.iter().zip(waves.cos.iter()) {
        assert!((s * s + c * c - 1.0).abs() < 1e-6);
    }
}
