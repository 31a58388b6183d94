//! Blocks fit into the caches and the scratch block, and are as few as there can be.

use super::*;

fn check<T>() {
    for depth in 1..=3 * KC {
        let size = kc::<T>(depth);
        assert!((1..=KC).contains(&size), "{size} of {depth}");
        assert_eq!(size * size_of::<T>() % LINE, 0, "{size} of {depth}");
        let (blocks, fewest) = (depth.div_ceil(size), depth.div_ceil(KC));
        assert_eq!(blocks, fewest, "{size} of {depth}");
    }
}

#[test]
fn blocks_of_k_are_few_and_whole_cache_lines() {
    check::<f32>();
    check::<f64>();
}

#[test]
fn blocks_of_c_are_whole_tiles_of_every_kind() {
    assert_eq!(MC % NARROW_MR, 0);
    for tile in [PORTABLE, AVX2, AVX512] {
        assert_eq!(MC % tile.mr, 0);
        assert_eq!(NC % tile.nr::<f32>(), 0);
        assert_eq!(NC % tile.nr::<f64>(), 0);
    }
}

#[test]
fn blocks_of_c_have_room_in_the_scratch_block() {
    for mr in [PORTABLE.mr, AVX2.mr, AVX512.mr, NARROW_MR] {
        for rows in 1..300 {
            for most in [NC, MC] {
                let height = even(rows, most, mr);
                let case = format!("{rows} rows in tiles of {mr}: blocks of {height}");
                assert!(
                    (mr..=MC).contains(&height) && height.is_multiple_of(mr),
                    "{case}"
                );
            }
        }
    }
}
