//! What the macro-kernel works on.

use std::ops::Range;

use super::blocksizes::{EDGE_MR, MC, NC};
use super::pack::Operand;
use super::threads::Block;
use super::update::Output;
use crate::scalar::Scalar;

/// The sums of a block of C, NC columns in each row, in whole cache lines: a register that crosses two of them takes twice as
/// long to load or store.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub struct Sums<T>(pub(super) [T; SUMS]);

/// The edge kernel may begin in any row, and fills all of its tile.
pub(super) const SUMS: usize = (MC + EDGE_MR) * NC;

/// What all blocks of C have in common.
#[derive(Clone, Copy, Debug)]
pub struct Operands<'a, T> {
    pub(super) a: Operand<'a, T>,
    pub(super) b: Operand<'a, T>,
    /// Steps of k: columns of A, and rows of B.
    pub(super) depth: usize,
    /// Which of A, B and C comes from beyond the L2 cache, so that it pays to prefetch it.
    pub(super) far: Option<Far>,
}

/// A block of C to be added up.
#[derive(Debug)]
pub struct Work<'a, T> {
    pub(super) operands: Operands<'a, T>,
    /// The rows of A and the columns of B that take part.
    pub(super) rows: Range<usize>,
    pub(super) columns: Range<usize>,
    /// Receives the sums.
    pub(super) sums: &'a mut Sums<T>,
    /// Where finished tiles are stored; without it they stay in `sums`.
    pub(super) c: Option<(Output<'a, T>, Block<'a, T>)>,
}

/// What is prefetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Far {
    A,
    B,
    C,
}

impl<T: Scalar> Work<'_, T> {
    /// Whether sums are carried from one block of k to the next, or are all wanted at the end. Otherwise one tile after another
    /// takes the same place.
    #[inline(always)]
    pub(super) fn keeps_sums(&self, k: &Range<usize>) -> bool {
        k.len() < self.operands.depth || self.c.is_none()
    }
}
