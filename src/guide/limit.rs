//! How the product reaches the limit: from three loops to the last rung of `bench ladder`, one idea at a time.
//!
//! A training step of section 3.7 is eight matrix products and little else, so it is as fast as the product. The limit is what the
//! processor can do if it does nothing but fused multiply-adds in registers, no load and no store
//! ([`fma_rate`](crate::matmul::fma_rate) measures it). Everything on this page is about getting the numbers to where that happens.
//!
//! ```text
//! $ cargo run --release --example bench -- ladder
//! ```
//!
//! computes one product of 1024×1024×1024 numbers in seven ways, each with one idea more than the one before, each checked for
//! having the same bits. On an AMD EPYC (Zen 4, AVX-512) with two virtual processors that share a core, whose limit is 117 GFLOP/s:
//!
//! | rung | idea | GFLOP/s | of the limit |
//! |---|---|---|---|
//! | triple loop | the sum as it stands in the book | 0.6 | 0.5 % |
//! | reordered | k outside j: rows are read along, in vector registers | 30 | 25 % |
//! | blocked | some rows of B stay in the cache; but each step still loads and stores a sum | 30 | 26 % |
//! | micro-kernel | a tile of C stays in registers while k runs | 36 | 30 % |
//! | packed | a tile's operands lie one after the other in memory | 95 to 101 | 81 to 86 % |
//! | the product | prefetching, and operands packed only where it pays | 110 | 94 % |
//! | 2 threads | blocks of C, shared out | 109 | 76 to 94 % |
//!
//! Your own figures will differ; `--svg FILE.svg` draws them. The code of the first five rungs is `examples/bench/ladder.rs`, short
//! enough to be read beside this page. That of the last two is [`matmul`](mod@crate::matmul).
//!
//! # The triple loop
//!
//! ```text
//!   for i   for j   sum = 0;   for k   sum += a[i][k] · b[k][j];   c[i][j] = sum
//! ```
//!
//! It is right, it is what the book says, and it does a 200th of what the processor can. Two reasons. `b[k][j]` runs down a column:
//! from one k to the next it is a jump of a whole row, here 4096 bytes, to another cache line of 64 bytes of which it uses
//! four, on another page, and in the same few *sets* of the L1 cache, so that lines evict each other before their neighbours are
//! used. And each sum waits for the one before it, four cycles long.
//!
//! # Reordered
//!
//! ```text
//!   for i   for k   for j   c[i][j] += a[i][k] · b[k][j]
//! ```
//!
//! Nothing changes but the order of the loops (*loop interchange*; the inner loop is what BLAS calls *axpy*). Now rows of B and C
//! are read along, a cache line is used to its end, and 8 or 16 entries fit into one vector register. Each `c[i][j]` still collects its
//! products in the order of k, so the bits are the same. Fifty times faster; but each multiply-add now has two loads and a store,
//! and no processor can do as many of these as of multiply-adds.
//!
//! # Blocked
//!
//! Some rows of B, few enough for the L2 cache, meet all rows of C before the next rows come (*cache blocking*, *tiling*). It
//! helps little here, and that is the lesson: memory was not what the loop waited for. What it needs is fewer loads for each
//! multiply-add, wherever they come from.
//!
//! In the product: loop 3, over k, in blocks of KC, and loop 5, over rows, in blocks of MC. What each size fills is said in
//! [`src/matmul/blocksizes.rs`](../../../src/fromzero/matmul/blocksizes.rs.html).
//!
//! # The micro-kernel
//!
//! ```text
//!   a tile of MR × NR sums in registers
//!   for k   tile += column k of MR rows of A · row k of NR columns of B
//! ```
//!
//! *Register blocking*, and each step a *rank-1 update*: MR + NR numbers are loaded for MR·NR multiply-adds, and no sum leaves its
//! register until its k is done. The sums are independent, so that no one waits for another. This is the idea that makes the limit
//! reachable at all. Alone it does not reach it: from one row of B to the next it is still a jump of 4096 bytes, and now the
//! processor waits for the caches and for its *TLB*, which finds pages.
//!
//! In the product: [`src/matmul/micro_kernel.rs`](../../../src/fromzero/matmul/micro_kernel.rs.html), with tiles of 6 rows of 4
//! registers for AVX-512; the vector registers are in [`src/matmul/simd/vector.rs`](../../../src/fromzero/matmul/simd/vector.rs.html).
//!
//! # Packed
//!
//! Before they are used, MR rows of A and NR columns of B are copied into *micro-panels*, in exactly the order in which the
//! micro-kernel will read them (*packing*). A copy costs one pass over the operand; it is read many times, once for each
//! tile beside or below. No line collides, few pages are touched, and the processor sees the next load coming. This is the product
//! of Goto and van de Geijn (*Anatomy of High-Performance Matrix Multiplication*, 2008) and of BLIS.
//!
//! In the product: [`src/matmul/pack.rs`](../../../src/fromzero/matmul/pack.rs.html), and the *macro-kernel*, loops 2 and 1 around the
//! micro-kernel, in [`src/matmul/macro_kernel.rs`](../../../src/fromzero/matmul/macro_kernel.rs.html).
//!
//! # The product
//!
//! What is left is spent on the products that networks have, long and flat ones above all, such as 64×784×1024:
//!
//! - **Not packing.** With 64 samples a weight is read once only, and a copy costs more than it saves. The *leading dimension* of
//!   a [`Matrix`](crate::Matrix), an odd number of cache lines, keeps a column's entries in different sets, so that rows can be
//!   read in place; and Cᵀ = Bᵀ·Aᵀ is computed for C = A·B where that moves less. Both are decided in
//!   [`src/matmul/plan.rs`](../../../src/fromzero/matmul/plan.rs.html).
//! - **Prefetching** what the next tile needs, while this one computes:
//!   [`src/matmul/simd/prefetch.rs`](../../../src/fromzero/matmul/simd/prefetch.rs.html).
//! - **Even blocks.** 784 steps of k in blocks of at most 384 would be 384 + 384 + 16, and the last one all cost and no work; they
//!   are divided evenly.
//! - **Epilogues.** Bias, sigmoid or a step of gradient descent are done to a tile while it is in the L1 cache:
//!   [`Epilogue`](crate::matmul::Epilogue). As passes of their own each would read and write all of C once more.
//!
//! And something is left out on purpose: k is never shared between lanes or threads, and no sum is begun twice. Both would make
//! other bits on other machines.
//!
//! # Threads
//!
//! Loops 5 and 4 cut C into blocks, and each block is written by one thread. A thread begins with the same blocks every time,
//! which then stay in its core's caches; whoever has finished helps the others. Which thread computes a block never changes it.
//! [`src/matmul/threads/pool.rs`](../../../src/fromzero/matmul/threads/pool.rs.html) says how they wait for work, and
//! [`src/matmul/threads/blocks.rs`](../../../src/fromzero/matmul/threads/blocks.rs.html) why no two can write the same entry.
//!
//! # Where to go from here
//!
//! The contract and the figure of the five loops are in [`matmul`](mod@crate::matmul). `bench gemm` measures the products of
//! section 3.7 one by one, `bench section37` whole steps; README has both beside other programs.
//!
//! Guarded by `tests/suite/guide.rs`: `the_tour_has_the_rungs_of_the_ladder`; by `tests/suite/matmul/product.rs`:
//! `every_shape_storage_and_update_has_the_bits_of_the_triple_loop_in_f32`; and by `tests/programs/bench.rs`:
//! `every_rung_of_the_ladder_has_the_bits_of_the_product`.
