//! A rate of multiply-adds counts what was computed.

use crate::matmul::blocksizes::{AVX2, AVX512, PORTABLE};
use crate::matmul::{Gemm, Isa};

#[test]
fn every_entry_of_a_tile_counts_as_two_operations_a_round() {
    for isa in Isa::available() {
        let tile = match isa {
            Isa::Portable => PORTABLE,
            Isa::Avx2 => AVX2,
            Isa::Avx512 => AVX512,
        };
        let entries = |nr| 2 * tile.mr * nr;
        for rounds in [0, 1, 10] {
            let (single, double) = (f32::fma_chains(isa, rounds), f64::fma_chains(isa, rounds));
            assert_eq!(single, rounds * entries(tile.nr::<f32>()), "{isa}");
            assert_eq!(double, rounds * entries(tile.nr::<f64>()), "{isa}");
        }
    }
}
