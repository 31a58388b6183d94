//! The one sort by an order of one's own: of places in a list, whatever the list holds, so that it is compiled once.

use std::cmp::Ordering;

/// The numbers from 0 to `count` − 1 in the order that `compare` gives; equal ones stay as they were.
pub(crate) fn ranked(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&i, &j| compare(i, j));
    order
}
