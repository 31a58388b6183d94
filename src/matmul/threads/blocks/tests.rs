//! Blocks hand out what belongs to them, and refuse what does not.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use super::*;
use crate::Matrix;
use crate::matmul::{Engine, Isa};

/// Calls `f` with the block of rows 2 to 6 and columns 3 to 8 of an 11×14 matrix of zeros, and returns the matrix.
fn with_block(f: impl Fn(Block<'_, f64>) + Sync) -> Matrix<f64> {
    let mut output = Matrix::zeros(11, 14);
    let mut part = output.block_mut(2..11, 3..14);
    for_each_block(None, &mut part, (5, 6), &|block| {
        if block.rows().start == 0 && block.columns().start == 0 {
            f(block);
        }
    });
    output
}

/// An 11×14 matrix with these numbers where they belong in that block, and zeros.
fn matrix_with(entry: impl Fn(usize, usize) -> f64) -> Matrix<f64> {
    Matrix::from_fn(11, 14, |i, j| {
        if (2..7).contains(&i) && (3..9).contains(&j) {
            entry(i - 2, j - 3)
        } else {
            0.0
        }
    })
}

fn is_refused<R>(call: impl FnOnce() -> R) -> bool {
    catch_unwind(AssertUnwindSafe(|| drop(call()))).is_err()
}

#[test]
fn rows_of_a_block_are_its_part_of_the_rows() {
    let output = with_block(|mut block| {
        assert_eq!((block.rows(), block.columns()), (0..5, 0..6));
        for i in 0..5 {
            assert_eq!(block.row_mut(i).len(), 6);
            block.row_mut(i).fill(1.0 + i as f64);
        }
        for i in [5, 6, usize::MAX] {
            assert!(is_refused(|| block.row_mut(i).len()), "{i}");
        }
    });
    assert_eq!(output, matrix_with(|i, _| 1.0 + i as f64));
}

#[test]
#[expect(clippy::reversed_empty_ranges, reason = "they are to be refused")]
fn parts_of_a_block_are_inside_it() {
    let output = with_block(|mut block| {
        let mut part = block.part(1..4, 2..6);
        assert_eq!((part.rows(), part.columns()), (1..4, 2..6));
        let mut inner = part.part(1..3, 1..2);
        assert_eq!((inner.rows(), inner.columns()), (2..4, 3..4));
        inner.row_mut(0).fill(7.0);
        inner.row_mut(1).fill(8.0);
        assert!(block.part(5..5, 6..6).rows().is_empty());
        for (rows, columns) in [
            (0..6, 0..6),
            (0..5, 0..7),
            (6..6, 0..6),
            (0..5, 7..7),
            (3..2, 0..6),
            (0..5, 3..2),
            (usize::MAX..0, 0..6),
            (0..usize::MAX, 0..6),
            (0..5, 0..usize::MAX),
        ] {
            let case = format!("{rows:?} {columns:?}");
            assert!(is_refused(|| block.part(rows, columns).rows()), "{case}");
        }
    });
    let expected = matrix_with(|i, j| match (i, j) {
        (2, 3) => 7.0,
        (3, 3) => 8.0,
        _ => 0.0,
    });
    assert_eq!(output, expected);
}

#[test]
fn full_rows_are_there_if_the_block_has_just_these() {
    let output = with_block(|mut block| {
        assert!(block.full_rows::<4>(6).is_none());
        assert!(block.full_rows::<6>(6).is_none());
        assert!(block.full_rows::<5>(5).is_none());
        assert!(block.full_rows::<5>(7).is_none());
        assert!(block.full_rows::<0>(6).is_none());
        let rows = block.full_rows::<5>(6).expect("all of them");
        for (i, row) in rows.enumerate() {
            assert_eq!(row.len(), 6);
            row.fill(1.0 + i as f64);
        }
        let mut part = block.part(3..5, 1..3);
        let rows = part.full_rows::<2>(2).expect("all of them");
        for (row, value) in rows.zip([-1.0, -2.0]) {
            row.fill(value);
        }
    });
    let expected = matrix_with(|i, j| match (i, j) {
        (3, 1 | 2) => -1.0,
        (4, 1 | 2) => -2.0,
        _ => 1.0 + i as f64,
    });
    assert_eq!(output, expected);
}

#[test]
fn every_entry_belongs_to_one_block_on_any_number_of_threads() {
    let shapes = [
        (1, 1),
        (5, 6),
        (6, 5),
        (23, 19),
        (40, 3),
        (3, 40),
        (0, 4),
        (4, 0),
    ];
    for threads in 1..=3 {
        let engine = Engine::new(Isa::best(), threads).unwrap();
        for (rows, columns) in shapes {
            for size in [(1, 1), (5, 6), (100, 2), (2, usize::MAX)] {
                let mut output = Matrix::<f64>::zeros(rows + 2, columns + 3);
                let corners = Mutex::new(HashSet::new());
                let pool = Some(engine.pool());
                let mut part = output.block_mut(1..rows + 1, 2..columns + 2);
                for_each_block(pool, &mut part, size, &|mut block| {
                    let corner = (block.rows().start, block.columns().start);
                    assert!(corners.lock().unwrap().insert(corner), "{corner:?} twice");
                    for (i, row) in block.rows().enumerate() {
                        let columns = block.columns();
                        for (entry, j) in block.row_mut(i).iter_mut().zip(columns) {
                            *entry += (100 * row + j + 1) as f64;
                        }
                    }
                });
                let expected = Matrix::from_fn(rows + 2, columns + 3, |i, j| {
                    if (1..=rows).contains(&i) && (2..columns + 2).contains(&j) {
                        (100 * (i - 1) + (j - 2) + 1) as f64
                    } else {
                        0.0
                    }
                });
                assert_eq!(output, expected, "{rows}×{columns} in {size:?}");
            }
        }
    }
}

/// The blocks, counted in rows and columns of blocks, that the threads begin with: each waits in it until all have one.
fn first_blocks(threads: usize, (down, across): (usize, usize)) -> HashSet<(usize, usize)> {
    let engine = Engine::new(Isa::best(), threads).unwrap();
    let mut output = Matrix::<f64>::zeros(3 * down, 2 * across);
    let (firsts, start) = (Mutex::new(HashMap::new()), Instant::now());
    for_each_block(
        Some(engine.pool()),
        &mut output.view_mut(),
        (3, 2),
        &|block| {
            let corner = (block.rows().start / 3, block.columns().start / 2);
            let me = thread::current().id();
            firsts.lock().unwrap().entry(me).or_insert(corner);
            while firsts.lock().unwrap().len() < threads {
                assert!(
                    start.elapsed() < Duration::from_secs(60),
                    "all threads come"
                );
                thread::yield_now();
            }
        },
    );
    firsts.into_inner().unwrap().into_values().collect()
}

/// A matrix that is divided the same way every time stays in the caches of the same cores.
#[test]
fn each_thread_begins_with_columns_of_blocks_of_its_own_or_rows_if_columns_are_fewer() {
    for (threads, blocks, firsts) in [
        (1, (4, 4), vec![(0, 0)]),
        (2, (4, 4), vec![(0, 0), (0, 2)]),
        (2, (4, 2), vec![(0, 0), (0, 1)]),
        (2, (3, 5), vec![(0, 0), (0, 2)]),
        (2, (4, 1), vec![(0, 0), (2, 0)]),
        (3, (1, 7), vec![(0, 0), (0, 2), (0, 4)]),
        (3, (7, 2), vec![(0, 0), (2, 0), (4, 0)]),
    ] {
        let firsts: HashSet<_> = firsts.into_iter().collect();
        assert_eq!(
            first_blocks(threads, blocks),
            firsts,
            "{threads}, {blocks:?}"
        );
    }
}

#[test]
fn addresses_for_prefetching_are_those_of_the_first_row() {
    with_block(|mut block| {
        let (place, ld) = block.address(4);
        assert_eq!(place, std::ptr::from_ref(&block.row_mut(0)[4]));
        assert_eq!(
            place.wrapping_add(3 * ld),
            std::ptr::from_ref(&block.row_mut(3)[4])
        );
    });
}
