//! Tiles read the entries they were made for, and nothing outside of what is stored.

use std::panic::catch_unwind;

use super::*;

/// How a test's A is stored: how far it is to the next row, to the next k, and to the next tile.
type Layout = (usize, usize, usize);

/// What tiles hand out: for each tile and each k the entries of A and the line of B.
type Seen<const MR: usize> = Vec<Vec<([f64; MR], Vec<f64>)>>;

/// Entries are their own offsets, so that a test sees where each was read.
fn offsets(length: usize) -> Vec<f64> {
    (0..length).map(|place| place as f64).collect()
}

/// Everything that tiles of `MR` rows hand out, `n` steps of k at a time.
fn seen<const MR: usize>(
    (row, k, tile): Layout,
    (length_of_a, rows, spare): (usize, usize, bool),
    (length_of_b, ldb, width): (usize, usize, usize),
    (steps, n): (usize, usize),
) -> Seen<MR> {
    let (a, b) = (offsets(length_of_a), offsets(length_of_b));
    let mut a = strided(&a, row, k, Some(tile));
    let b = strided(&b, 1, ldb, None);
    let mut tiles = Vec::new();
    for first in (0..rows).step_by(MR) {
        let height = if spare { MR } else { rows - first };
        let panels = MicroPanels::<f64, MR>::new(a, height, b, width, steps);
        let (mut lines, mut pauses) = (Vec::new(), 0);
        let pause = || pauses += 1;
        panels.each(n, pause, |a, b| lines.push((a.map(|a| *a), b.to_vec())));
        assert_eq!(pauses, steps / n);
        tiles.push(lines);
        a = a.next_tile(MR);
    }
    tiles
}

fn strided(data: &[f64], line: usize, k: usize, panel: Option<usize>) -> Strided<'_, f64> {
    Strided {
        data,
        line,
        k,
        panel,
    }
}

/// The entries that the tiles shall hand out. Where A has no rows to spare, the last row stands for those that are missing.
fn expected<const MR: usize>(
    (row, k, tile): Layout,
    (rows, spare): (usize, bool),
    (ldb, width): (usize, usize),
    steps: usize,
) -> Seen<MR> {
    let line = |t: usize, step: usize| {
        let last = if spare { MR } else { rows - t * MR } - 1;
        let a = from_fn(|i| (t * tile + i.min(last) * row + step * k) as f64);
        (a, (0..width).map(|j| (step * ldb + j) as f64).collect())
    };
    let tile = |t| (0..steps).map(|step| line(t, step)).collect();
    (0..rows.div_ceil(MR)).map(tile).collect()
}

/// By rows, by columns and packed, for tiles of 4 rows and 9 steps of k.
const LAYOUTS: [(Layout, bool); 3] = [((20, 1, 80), false), ((1, 20, 4), true), ((1, 4, 40), true)];

#[test]
fn tiles_hand_out_the_entries_asked_for() {
    for (layout, spare) in LAYOUTS {
        for rows in [1, 3, 4, 5, 8, 11] {
            for steps in [0, 1, 8, 9] {
                for n in [1, 2, 4, 8] {
                    let found = seen::<4>(layout, (400, rows, spare), (100, 10, 7), (steps, n));
                    let expected = expected::<4>(layout, (rows, spare), (10, 7), steps);
                    assert_eq!(found, expected, "{layout:?} {rows} rows {steps} steps");
                }
            }
        }
    }
    assert!(seen::<4>((20, 1, 80), (0, 0, false), (0, 0, 7), (9, 1)).is_empty());
}

#[test]
fn a_missing_row_or_line_is_refused_and_nothing_beyond_is_asked_for() {
    let b = (87, 10, 7);
    for (layout, spare) in LAYOUTS {
        for rows in [1, 3, 4, 5, 8, 11] {
            let expected = expected::<4>(layout, (rows, spare), (10, 7), 9);
            let entries = expected.iter().flatten().flat_map(|(a, _)| a);
            let last = entries.fold(
                0.0,
                |last: f64, &place| if place > last { place } else { last },
            );
            let length = last as usize + 1;
            let refused = |length, rows, b, steps| {
                catch_unwind(|| seen::<4>(layout, (length, rows, spare), b, (steps, 8))).is_err()
            };
            let case = format!("{layout:?} {rows} rows");
            assert!(!refused(length, rows, b, 9), "{case}");
            assert!(refused(length - 1, rows, b, 9), "{case}");
            assert!(refused(0, rows, b, 9), "{case}");
            assert!(refused(length, rows + 4, b, 9), "{case}");
            assert!(refused(length, rows, b, 10), "{case}");
            assert!(refused(length, rows, (86, 10, 7), 9), "{case}");
            assert!(refused(length, rows, (87, 10, 8), 9), "{case}");
            assert!(refused(length, rows, (87, 11, 7), 9), "{case}");
        }
    }
}

#[test]
fn numbers_that_wrap_are_refused() {
    let half = usize::MAX / 2 + 1;
    let data = offsets(50);
    let refused = |(line, k), height, (ldb, width), steps| {
        let (a, b) = (strided(&data, line, k, None), strided(&data, 1, ldb, None));
        let new = || {
            let _ = MicroPanels::<f64, 4>::new(a, height, b, width, steps);
        };
        catch_unwind(new).is_err()
    };
    assert!(!refused((1, 4), 4, (4, 4), 2));
    assert!(refused((1, 4), 0, (4, 4), 2));
    assert!(refused((1, 2), 4, (4, 4), half + 1));
    assert!(refused((1, 0), 4, (2, 4), half + 1));
    assert!(refused((half, 4), 3, (4, 4), 2));
    assert!(refused((1, 4), 4, (4, usize::MAX), 2));
}

#[test]
fn a_tile_in_place_lies_below_another() {
    let data = offsets(50);
    let next = strided(&data, 10, 1, None).next_tile(4);
    assert_eq!((next.data.len(), next.data[0]), (10, 40.0));
    assert!(next.next_tile(4).data.is_empty());
}
