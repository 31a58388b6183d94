//! Random numbers: known values, and the properties that each distribution promises.

use fromzero::elementary::ln;
use fromzero::rng::Rng;

const TWO_TO_53: f64 = (1_u64 << 53) as f64;

/// Σ (found − expected)² / expected: for n − 1 degrees of freedom about n − 1 ± √(2n).
fn chi_square(counts: &[u32]) -> f64 {
    let expected = f64::from(counts.iter().sum::<u32>()) / counts.len() as f64;
    counts
        .iter()
        .map(|&c| {
            let d = f64::from(c) - expected;
            d * d / expected
        })
        .sum()
}

/// Far beyond any luck, and far below what a biased generator shows.
fn assert_even(counts: &[u32]) {
    let freedom = counts.len() as f64 - 1.0;
    let distance = (chi_square(counts) - freedom).abs();
    assert!(distance <= 5.0 * (2.0 * freedom).sqrt(), "{counts:?}");
}

#[test]
fn a_seed_has_one_stream_and_two_seeds_have_two() {
    let stream = |seed| {
        let mut rng = Rng::new(seed);
        [(); 100].map(|()| rng.next_u64())
    };
    assert_eq!(stream(1), stream(1));
    for (a, b) in [(0, 1), (1, 2), (1, 1 << 63)] {
        let equal = stream(a)
            .iter()
            .zip(stream(b))
            .filter(|&(&x, y)| x == y)
            .count();
        assert_eq!(equal, 0, "seeds {a} and {b}");
    }
}

/// Computed by a separate program, in Python.
#[test]
fn the_first_numbers_of_seed_1_are_known() {
    let mut rng = Rng::new(1);
    assert_eq!(rng.next_u64(), 14_971_601_782_005_023_387);
    assert_eq!(rng.next_u64(), 13_781_649_495_232_077_965);
    assert_eq!(rng.uniform(), 0.10015090353378375);
    assert_eq!(rng.normal(), 0.581244039546994);
    assert_eq!([rng.below(10), rng.below(1000)], [5, 986]);
}

#[test]
fn a_clone_continues_the_stream() {
    let mut rng = Rng::new(5);
    rng.normal();
    let mut copy = rng.clone();
    assert_eq!(rng.next_u64(), copy.next_u64());
}

#[test]
fn a_stream_goes_on_from_its_state() {
    let mut rng = Rng::new(5);
    rng.normal();
    let mut other = Rng::from_state(rng.state()).unwrap();
    assert_eq!(rng.next_u64(), other.next_u64());
    assert!(Rng::from_state([0; 4]).is_none());
}

#[test]
fn uniform_fills_the_unit_interval_evenly() {
    let mut rng = Rng::new(2);
    let mut counts = [0; 100];
    for _ in 0..100_000 {
        let x = rng.uniform();
        assert!((0.0..1.0).contains(&x));
        assert_eq!((x * TWO_TO_53).fract(), 0.0, "more than 53 bits in {x:e}");
        counts[(x * 100.0) as usize] += 1;
    }
    assert_even(&counts);
}

#[test]
fn uniform_uses_all_53_bits() {
    let mut rng = Rng::new(3);
    let last_bit_set = (0..1000)
        .filter(|_| (rng.uniform() * TWO_TO_53) % 2.0 == 1.0)
        .count();
    assert!((400..600).contains(&last_bit_set), "{last_bit_set} of 1000");
}

#[test]
fn range_stays_inside_and_is_centred() {
    let mut rng = Rng::new(4);
    let xs: Vec<f64> = (0..100_000).map(|_| rng.range(-3.0, 5.0)).collect();
    assert!(xs.iter().all(|x| (-3.0..=5.0).contains(x)));
    let mean = xs.iter().sum::<f64>() / 1e5;
    let error = (mean - 1.0).abs(); // The standard deviation of the mean is 8/√12/√100,000 = 0.0073.
    assert!(error <= 0.04, "{mean}");
}

#[test]
fn below_is_even_where_the_remainder_would_not_be() {
    let mut rng = Rng::new(6);
    for n in [1, 2, 3, 7, 10, 64, 100] {
        let mut counts = vec![0; n as usize];
        for _ in 0..1000 * n {
            counts[rng.below(n) as usize] += 1;
        }
        assert!(n == 1 || counts.iter().all(|&c| c > 0));
        if n > 1 {
            assert_even(&counts);
        }
    }
    // Of n = ¾·2⁶⁴ a remainder, or a product without rejection, would give one third of the numbers twice as often.
    let n = 3 << 62;
    let mut thirds = [0; 3];
    let mut residues = [0; 3];
    for _ in 0..30_000 {
        let x = rng.below(n);
        assert!(x < n);
        thirds[(x >> 62) as usize] += 1;
        residues[(x % 3) as usize] += 1;
    }
    assert_even(&thirds);
    assert_even(&residues);
}

#[test]
#[should_panic(expected = "n = 0")]
fn below_zero_panics() {
    Rng::new(1).below(0);
}

#[test]
fn all_orders_of_four_are_equally_likely() {
    let mut rng = Rng::new(8);
    let mut counts = [0; 256];
    for _ in 0..24_000 {
        let mut items = [0, 1, 2, 3];
        rng.shuffle(&mut items);
        counts[items.iter().fold(0, |code, &i| 4 * code + i)] += 1;
    }
    let orders: Vec<u32> = counts.into_iter().filter(|&c| c > 0).collect();
    assert_eq!(orders.len(), 24);
    assert_even(&orders);
}

#[test]
fn shuffle_keeps_the_items_and_takes_any_type() {
    let mut numbers: Vec<u32> = (0..1000).collect();
    let mut words: Vec<String> = numbers.iter().map(u32::to_string).collect();
    Rng::new(9).shuffle(&mut numbers);
    Rng::new(9).shuffle(&mut words);
    assert!(
        words
            .iter()
            .zip(&numbers)
            .all(|(word, number)| *word == number.to_string())
    );
    let in_place = numbers.iter().zip(0..).filter(|&(&x, i)| x == i).count();
    assert!(in_place < 10, "{in_place} items in their places");
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(0..1000));
    Rng::new(9).shuffle::<u8>(&mut []);
}

/// A generator whose first two outputs are these: the equations of xoshiro256++ solved for its state.
fn drawing(first: u64, second: u64) -> Rng {
    let s0 = second.rotate_right(23 + 45);
    let s3 = first.wrapping_sub(s0).rotate_right(23).wrapping_sub(s0);
    let rng = Rng::from_state([s0, s3 ^ s0, 1, s3]).unwrap();
    let mut outputs = rng.clone();
    assert_eq!([(); 2].map(|()| outputs.next_u64()), [first, second]);
    rng
}

/// The polar method takes points within the unit circle, but not its centre, where there is no logarithm of the distance.
#[test]
fn normal_draws_again_at_the_centre_and_on_the_circle() {
    // Of the interval -1..1 the left end, the middle, and what is three quarters of the way.
    let (left, middle, right) = (0, 1 << 63, 7 << 61);
    for (u, v) in [
        (middle, middle),
        (left, middle),
        (middle, left),
        (left, right),
    ] {
        let mut rng = drawing(u, v);
        let mut after = rng.clone();
        after.next_u64();
        after.next_u64();
        assert_eq!(rng.normal(), after.normal());
    }
    let s: f64 = 0.75 * 0.75;
    let inside = 0.75 * (-2.0 * ln(s) / s).sqrt();
    assert_eq!(drawing(right, middle).normal(), inside);
}

#[test]
fn normal_has_the_moments_and_the_shares_of_its_distribution() {
    let mut rng = Rng::new(10);
    let n = 200_000;
    let xs: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
    let power = |x: f64, p| (0..p).fold(1.0, |product, _| product * x);
    let moment = |p| xs.iter().map(|&x| power(x, p)).sum::<f64>() / f64::from(n);
    for (p, expected, tolerance) in [
        (1, 0.0, 0.01),
        (2, 1.0, 0.02),
        (3, 0.0, 0.05),
        (4, 3.0, 0.15),
    ] {
        let error = (moment(p) - expected).abs();
        assert!(error <= tolerance, "moment {p} is {}", moment(p));
    }
    for (limit, expected) in [(1.0, 0.682_689), (2.0, 0.954_500), (3.0, 0.997_300)] {
        let share = xs.iter().filter(|x| x.abs() < limit).count() as f64 / f64::from(n);
        let error = (share - expected).abs();
        assert!(error <= 0.005, "{share} within {limit}");
    }
}
