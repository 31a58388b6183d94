//! Nothing that will be needed is left out.

use std::collections::BTreeSet;
use std::sync::Mutex;

use super::*;
use crate::matmul::blocksizes::{self, AVX2, AVX512, MC, PORTABLE, kc};
use crate::matmul::simd::Isa;
use crate::matmul::threads::{Engine, for_each_block};
use crate::matmul::update::Update;
use crate::matrix::{LINE, Matrix};

fn tile_of(isa: Isa) -> blocksizes::TileSize {
    match isa {
        Isa::Portable => PORTABLE,
        Isa::Avx2 => AVX2,
        Isa::Avx512 => AVX512,
    }
}

/// The cache lines that so many tiles with so many requests each ask for.
fn requested<T: Scalar>(
    mut prefetch: Prefetch<T>,
    (tiles, requests): (usize, usize),
) -> BTreeSet<usize> {
    let mut lines = BTreeSet::new();
    for _ in 0..tiles {
        let (mut place, ld) = prefetch.next_run(requests);
        for _ in 0..requests {
            lines.insert(place.addr() / LINE);
            place = place.wrapping_add(ld);
        }
    }
    lines
}

#[test]
fn every_line_of_the_area_is_requested_if_there_is_time() {
    const LD: usize = 1040;
    let line_of = |i, line| i * LD * size_of::<f32>() / LINE + line;
    for (rows, lines, requests, tiles_needed) in [
        (96, 0..4, 48, 8),
        (96, 3..4, 96, 1),
        (384, 0..1, 88, 5),
        (352, 1..3, 192, 4),
        (7, 0..5, 48, 5),
        (1, 0..5, 1, 5),
        (48, 2..2, 8, 0),
    ] {
        let area: BTreeSet<_> = (0..rows)
            .flat_map(|i| lines.clone().map(move |line| line_of(i, line)))
            .collect();
        let found_by = |tiles| {
            let lanes = LINE / size_of::<f32>();
            let first = std::ptr::null::<f32>().wrapping_add(lines.start * lanes);
            let prefetch = Prefetch::new((first, LD), rows, lines.len() * lanes);
            requested(prefetch, (tiles, requests))
        };
        let case = format!("{rows} rows of {lines:?} in tiles of {requests}");
        for tiles in [tiles_needed.max(1) - 1, tiles_needed, tiles_needed + 3] {
            let has_all = area.is_subset(&found_by(tiles));
            assert_eq!(has_all, tiles >= tiles_needed, "{case}, {tiles} of them");
        }
        // Then there is no more to ask for than one line again and again.
        let (all, later) = (found_by(tiles_needed), found_by(tiles_needed + 3));
        assert!(later.difference(&all).count() <= 1, "{case}");
    }
}

/// The operands of a product that prefetches B or C, two blocks of C high and wide.
struct Case<T> {
    isa: Isa,
    plan: Plan,
    depth: usize,
    a: Matrix<T>,
    b: Matrix<T>,
    c: Matrix<T>,
}

impl<T: Scalar> Case<T> {
    fn new(isa: Isa, prefetched: Prefetched, depth: usize) -> Self {
        let plan = Plan {
            swapped: false,
            packs_a: false,
            packs_b: false,
            prefetched: Some(prefetched),
            parallel: false,
        };
        Case {
            isa,
            plan,
            depth,
            a: Matrix::zeros(2 * MC, depth),
            b: Matrix::zeros(depth, 2 * NC),
            c: Matrix::zeros(2 * MC, 2 * NC),
        }
    }

    /// Columns of a tile.
    fn nr(&self) -> usize {
        tile_of(self.isa).nr::<T>()
    }

    /// The last block of k and the first, or the first and the second.
    fn steps(&self, is_last: bool) -> (Range<usize>, Range<usize>) {
        let kc = kc::<T>(self.depth).min(self.depth);
        if is_last {
            ((self.depth - 1) / kc * kc..self.depth, 0..kc)
        } else {
            (0..kc, kc..self.depth.min(2 * kc))
        }
    }

    /// What is requested while the first block of C is computed over a block of k.
    fn requested(&mut self, is_last: bool) -> BTreeSet<usize> {
        let (k, next) = self.steps(is_last);
        let tile = tile_of(self.isa);
        let (nr, tiles, time) = (self.nr(), MC / tile.mr, k.len() / prefetch_every(tile.nv));
        let (plan, depth) = (&self.plan, self.depth);
        let (a, b) = (
            OperandA::InPlace(self.a.view()),
            OperandB::InPlace(self.b.view(), self.b.view().block(0..self.depth, 0..0)),
        );
        // The instruction set of the tile is not that of the engine, which computes nothing here.
        let output = Output {
            engine: &Engine::current(),
            alpha: T::ONE,
            update: Update::Replace,
            epilogue: None,
        };
        let found = Mutex::new(BTreeSet::new());
        for_each_block(None, &mut self.c.view_mut(), (MC, NC), &|block| {
            if (block.rows().start, block.columns().start) != (0, 0) {
                return;
            }
            let mut kernel = MacroKernel::new(plan, (a, b), depth, &mut [], output, block);
            (kernel.k, kernel.next) = (k.clone(), next.clone());
            // As in the macro-kernel.
            for jr in (0..NC).step_by(nr) {
                let columns = jr..jr + nr;
                let ahead = match nr {
                    8 => kernel.prefetch::<8>(&columns),
                    16 => kernel.prefetch::<16>(&columns),
                    32 => kernel.prefetch::<32>(&columns),
                    64 => kernel.prefetch::<64>(&columns),
                    _ => panic!("tiles of {nr} columns"),
                };
                let mut found = found.lock().unwrap();
                found.append(&mut requested(ahead, (tiles, time)));
            }
        });
        found.into_inner().unwrap()
    }
}

/// The cache lines of a block of a matrix.
fn lines_in<T: Scalar>(
    matrix: &Matrix<T>,
    rows: Range<usize>,
    columns: Range<usize>,
) -> BTreeSet<usize> {
    let line_of = |place: &T| std::ptr::from_ref(place).addr() / LINE;
    rows.flat_map(|i| matrix.row(i)[columns.clone()].iter().map(line_of))
        .collect()
}

/// Requires of each instruction set that what `area` says is requested, with the last block of k and with the first.
#[track_caller]
fn assert_requested<T: Scalar>(
    prefetched: Prefetched,
    area: impl Fn(&Case<T>, bool) -> BTreeSet<usize>,
) {
    for isa in Isa::ALL {
        for depth in [300, 784, 1024] {
            let mut case = Case::<T>::new(isa, prefetched, depth);
            for is_last in [true, false] {
                if !is_last && case.steps(true).0.start == 0 {
                    // There is one block of k.
                    continue;
                }
                let (area, found) = (area(&case, is_last), case.requested(is_last));
                let (missing, all) = (area.difference(&found).count(), area.len());
                let what = format!("{isa}, {}, k = {depth}, last: {is_last}", T::NAME);
                assert_eq!(missing, 0, "of {all} lines, {what}");
            }
        }
    }
}

/// The other micro-panels, and the first of the next block of k, or of the next block of C.
fn next_of_b<T: Scalar>(case: &Case<T>, is_last: bool) -> BTreeSet<usize> {
    let (k, next) = case.steps(is_last);
    let first = if is_last { NC } else { 0 };
    let mut area = lines_in(&case.b, k, case.nr()..NC);
    area.append(&mut lines_in(&case.b, next, first..first + case.nr()));
    area
}

/// The block of C beside this one.
fn next_of_c<T: Scalar>(case: &Case<T>, _: bool) -> BTreeSet<usize> {
    lines_in(&case.c, 0..MC, NC..2 * NC)
}

#[test]
fn a_micro_panel_requests_all_of_the_next_one() {
    assert_requested::<f32>(Prefetched::B, next_of_b);
    assert_requested::<f64>(Prefetched::B, next_of_b);
}

#[test]
fn a_block_requests_all_of_c_s_next_block() {
    assert_requested::<f32>(Prefetched::C, next_of_c);
    assert_requested::<f64>(Prefetched::C, next_of_c);
}
