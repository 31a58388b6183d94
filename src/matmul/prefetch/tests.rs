//! Nothing that will be needed is left out.

use std::collections::BTreeSet;
use std::sync::Mutex;

use super::*;
use crate::Matrix;
use crate::matmul::blocksizes::{MC, NC, Tile, even, kc, unrolled};
use crate::matmul::pack::Operand;
use crate::matmul::simd::Isa;
use crate::matmul::threads::for_each_block;
use crate::matmul::update::{Output, Update};
use crate::matmul::work::{Operands, SUMS, Sums};

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
        for tiles in [tiles_needed.max(1) - 1, tiles_needed, tiles_needed + 3] {
            let prefetch = Prefetch::<f32> {
                first: std::ptr::null(),
                ld: LD,
                rows,
                lines: lines.clone(),
                row: 0,
            };
            let found = requested(prefetch, (tiles, requests));
            let case = format!("{rows} rows of {lines:?} in {tiles} tiles of {requests}");
            let has_all = area.is_subset(&found);
            assert_eq!(has_all, tiles >= tiles_needed, "{case}");
        }
    }
}

/// A block of C as large as the plan makes it, over the blocks of k of a product of this depth.
struct Case<T> {
    isa: Isa,
    depth: usize,
    rows: usize,
    columns: usize,
    a: Matrix<T>,
    b: Matrix<T>,
}

impl<T: Scalar> Case<T> {
    fn new(isa: Isa, (rows, depth, columns): (usize, usize, usize)) -> Self {
        Case {
            isa,
            depth,
            rows: even(rows, MC, Tile::of(isa).mr),
            columns: columns.min(NC),
            a: Matrix::zeros(rows, depth),
            b: Matrix::zeros(depth, columns),
        }
    }

    /// Steps of the first block of k.
    fn kc(&self) -> usize {
        kc::<T>(self.depth).min(self.depth)
    }

    /// What one pass over the first block of C requests, in the block of k that begins with the first step, or the last one.
    fn requested(&self, far: Far, is_last: bool, c: &mut Matrix<T>) -> BTreeSet<usize> {
        let kc = self.kc();
        let last = (self.depth - 1) / kc * kc;
        let (k, next) = if is_last {
            (last..self.depth, 0..kc)
        } else {
            (0..kc, kc..self.depth.min(2 * kc))
        };
        let output = Output {
            isa: self.isa,
            alpha: None,
            update: Update::Replace,
            epilogue: None,
        };
        let found = Mutex::new(BTreeSet::new());
        for_each_block(
            None,
            &mut c.view_mut(),
            (self.rows, self.columns),
            |block| {
                if (block.rows().start, block.columns().start) == (0, 0) {
                    let mut sums = Sums([T::ZERO; SUMS]);
                    let work = Work {
                        operands: Operands {
                            a: Operand::in_place(self.a.view()),
                            b: Operand::in_place(self.b.view()),
                            depth: self.depth,
                            far: Some(far),
                        },
                        rows: block.rows(),
                        columns: block.columns(),
                        sums: &mut sums,
                        c: Some((output, block)),
                    };
                    found
                        .lock()
                        .unwrap()
                        .append(&mut self.in_block(&work, &k, &next));
                }
            },
        );
        found.into_inner().unwrap()
    }

    /// As the macro-kernel does it: micro-panel by micro-panel, and tile by tile.
    fn in_block(
        &self,
        work: &Work<'_, T>,
        k: &Range<usize>,
        next: &Range<usize>,
    ) -> BTreeSet<usize> {
        let tile = Tile::of(self.isa);
        let (nr, n) = (tile.nr::<T>(), work.columns.len());
        let time = (
            self.rows.div_ceil(tile.mr),
            k.len() / unrolled(tile.registers),
        );
        let panel = |jr| {
            let columns = jr..n.min(jr + nr);
            requested(Prefetch::new(work, &columns, k, next), time)
        };
        (0..n).step_by(nr).flat_map(panel).collect()
    }
}

/// The cache lines of a block of a matrix.
fn lines_in<T: Scalar>(
    matrix: &Matrix<T>,
    rows: Range<usize>,
    columns: Range<usize>,
) -> BTreeSet<usize> {
    let line_of = |place: &T| std::ptr::from_ref(place).addr() / LINE;
    rows.flat_map(|i| {
        matrix.row(i)[columns.clone()]
            .iter()
            .map(line_of)
            .collect::<Vec<_>>()
    })
    .collect()
}

/// Requires each instruction set, with tiles of this type, to request what `area` says.
#[track_caller]
fn assert_all_requested<T: Scalar>(
    far: Far,
    area: impl Fn(&Case<T>, &Matrix<T>, bool) -> BTreeSet<usize>,
) {
    for isa in Isa::ALL {
        for depth in [300, 784, 1024] {
            let case = Case::<T>::new(isa, (192, depth, 128));
            let mut c = Matrix::zeros(192, 128);
            for is_last in [true, false] {
                if !is_last && case.kc() == depth {
                    continue;
                }
                let area = area(&case, &c, is_last);
                let found = case.requested(far, is_last, &mut c);
                let (missing, all) = (area.difference(&found).count(), area.len());
                let what = format!("{isa}, {}, k = {depth}, last: {is_last}", T::NAME);
                assert_eq!(missing, 0, "of {all} lines, {what}");
            }
        }
    }
}

/// The same rows of the next block of k, or the rows below: of each micro-panel's share of the lines, as many as it has tiles.
fn next_of_a<T: Scalar>(case: &Case<T>, _: &Matrix<T>, is_last: bool) -> BTreeSet<usize> {
    let (m, kc) = (case.rows, case.kc());
    let (rows, k) = if is_last {
        (m..2 * m, 0..kc)
    } else {
        (0..m, kc..case.depth.min(2 * kc))
    };
    let tile = Tile::of(case.isa);
    let (panels, tiles) = (case.columns / tile.nr::<T>(), m.div_ceil(tile.mr));
    let (lines, entries) = (lines_of::<T>(k.len()), LINE / size_of::<T>());
    let share = |panel: usize| {
        let first = lines * panel / panels;
        let end = (lines * (panel + 1) / panels).min(first + tiles);
        k.start + first * entries..k.end.min(k.start + end * entries)
    };
    (0..panels)
        .flat_map(|panel| lines_in(&case.a, rows.clone(), share(panel)))
        .collect()
}

/// The other micro-panels, and the first of the next block of k, or of the next block of C.
fn next_of_b<T: Scalar>(case: &Case<T>, _: &Matrix<T>, is_last: bool) -> BTreeSet<usize> {
    let (nr, kc) = (Tile::of(case.isa).nr::<T>(), case.kc());
    let (k, next, first) = if is_last {
        ((case.depth - 1) / kc * kc..case.depth, 0..kc, NC)
    } else {
        (0..kc, kc..case.depth.min(2 * kc), 0)
    };
    let mut area = lines_in(&case.b, k, nr..NC);
    area.append(&mut lines_in(&case.b, next, first..first + nr));
    area
}

/// The block of C beside this one.
fn next_of_c<T: Scalar>(case: &Case<T>, c: &Matrix<T>, _: bool) -> BTreeSet<usize> {
    lines_in(c, 0..case.rows, NC..2 * NC)
}

#[test]
fn micro_panels_request_a_s_next_block_together() {
    assert_all_requested::<f32>(Far::A, next_of_a);
    assert_all_requested::<f64>(Far::A, next_of_a);
}

#[test]
fn a_micro_panel_requests_all_of_the_next_one() {
    assert_all_requested::<f32>(Far::B, next_of_b);
    assert_all_requested::<f64>(Far::B, next_of_b);
}

#[test]
fn a_block_requests_all_of_c_s_next_block() {
    assert_all_requested::<f32>(Far::C, next_of_c);
    assert_all_requested::<f64>(Far::C, next_of_c);
}
