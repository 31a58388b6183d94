//! From three loops to the limit: one product, C = A·B, written anew, each time with one idea more.
//!
//! Every rung adds the products of an entry in the order of k, so every rung has the bits of the library's product, and is
//! checked for it.

use std::array::from_fn;
use std::path::Path;

use fromzero::io::{Error, Result, write_atomic};
use fromzero::rng::Rng;
use fromzero::view::{Attributes, Markup};
use fromzero::{Engine, Matrix, Scalar, init, matmul};

use crate::best_rate;
use crate::limit::limit;
use crate::support::out;

/// Rows, columns and steps. A row of 4 kB is where a textbook's loop suffers most: its columns share their sets of the L1 cache.
const N: usize = 1024;

/// Rows of B that stay in the L2 cache: 256 kB.
const ROWS: usize = 64;

/// Steps of k for which NR columns of B stay in the L1 cache: 16 kB.
const KC: usize = 256;

/// A tile is MR rows of NV vectors: with two vectors for a row of B and one for an entry of A it fits into 16 registers.
const MR: usize = 4;
const NV: usize = 2;
const LANES: usize = 8;
const NR: usize = NV * LANES;
type Row = [[f32; LANES]; NV];
type Tile = [Row; MR];

/// Numbers in rows without gaps.
type Square = [f32];

/// A rung: its name, the idea that it adds, for how many rows of C it is measured, and the product.
struct Rung {
    name: &'static str,
    idea: &'static str,
    rows: usize,
    run: fn(&Square, &Square, &mut Square),
}

const RUNGS: [Rung; 5] = [
    Rung {
        name: "triple loop",
        idea: "the sum as it stands in the book",
        rows: 16,
        run: triple_loop,
    },
    Rung {
        name: "reordered",
        idea: "k outside j: rows are read along, in vector registers",
        rows: N,
        run: reordered,
    },
    Rung {
        name: "blocked",
        idea: "some rows of B stay in the cache; but each step still loads and stores a sum",
        rows: N,
        run: blocked,
    },
    Rung {
        name: "micro-kernel",
        idea: "a tile of C stays in registers while k runs",
        rows: N,
        run: in_place,
    },
    Rung {
        name: "packed",
        idea: "a tile's operands lie one after the other in memory",
        rows: N,
        run: packed,
    },
];

/// cᵢⱼ = Σₖ aᵢₖ·bₖⱼ, for as many rows as A and C have here.
fn triple_loop(a: &Square, b: &Square, c: &mut Square) {
    Engine::current().isa().run(
        #[inline(always)]
        || {
            for i in 0..c.len() / N {
                for j in 0..N {
                    let mut sum = 0.0;
                    for k in 0..N {
                        sum = Scalar::mul_add(a[N * i + k], b[N * k + j], sum);
                    }
                    c[N * i + j] = sum;
                }
            }
        },
    );
}

/// Row i of C collects aᵢₖ times row k of B.
fn reordered(a: &Square, b: &Square, c: &mut Square) {
    c.fill(0.0);
    Engine::current().isa().run(
        #[inline(always)]
        || {
            for (a, c) in a.chunks_exact(N).zip(c.chunks_exact_mut(N)) {
                for (&a, b) in a.iter().zip(b.chunks_exact(N)) {
                    add_multiple(a, b, c);
                }
            }
        },
    );
}

#[inline(always)]
fn add_multiple(a: f32, b: &[f32], c: &mut [f32]) {
    for (c, &b) in c.iter_mut().zip(b) {
        *c = Scalar::mul_add(a, b, *c);
    }
}

/// The same for a block of k after the other.
fn blocked(a: &Square, b: &Square, c: &mut Square) {
    c.fill(0.0);
    Engine::current().isa().run(
        #[inline(always)]
        || {
            for k in (0..N).step_by(ROWS) {
                for (a, c) in a.chunks_exact(N).zip(c.chunks_exact_mut(N)) {
                    let rows = b[N * k..].chunks_exact(N);
                    for (&a, b) in a[k..k + ROWS].iter().zip(rows) {
                        add_multiple(a, b, c);
                    }
                }
            }
        },
    );
}

/// A tile of C in registers, and the rank-1 updates of a block of k. Operands are read where they are: from one row of B to the
/// next it is a jump of 4 kB.
fn in_place(a: &Square, b: &Square, c: &mut Square) {
    c.fill(0.0);
    Engine::current().isa().run(
        #[inline(always)]
        || {
            for k in (0..N).step_by(KC) {
                for j in (0..N).step_by(NR) {
                    for i in (0..N).step_by(MR) {
                        let mut tile = load(c, i, j);
                        for p in k..k + KC {
                            let column = from_fn(|r| a[N * (i + r) + p]);
                            rank_1_update(&mut tile, &column, &row(b, N * p + j));
                        }
                        store(&tile, c, i, j);
                    }
                }
            }
        },
    );
}

/// The same with a block of A in micro-panels of MR rows, and NR columns of B in a micro-panel, each in the order of its use.
fn packed(a: &Square, b: &Square, c: &mut Square) {
    c.fill(0.0);
    let mut a_panels = vec![[0.0; MR]; N / MR * KC];
    let mut b_panel = vec![[[0.0; LANES]; NV]; KC];
    Engine::current().isa().run(
        #[inline(always)]
        || {
            for k in (0..N).step_by(KC) {
                for (panel, i) in a_panels.chunks_exact_mut(KC).zip((0..N).step_by(MR)) {
                    for (column, p) in panel.iter_mut().zip(k..) {
                        *column = from_fn(|r| a[N * (i + r) + p]);
                    }
                }
                for j in (0..N).step_by(NR) {
                    for (packed, p) in b_panel.iter_mut().zip(k..) {
                        *packed = row(b, N * p + j);
                    }
                    for (panel, i) in a_panels.chunks_exact(KC).zip((0..N).step_by(MR)) {
                        let mut tile = load(c, i, j);
                        for (column, row) in panel.iter().zip(&b_panel) {
                            rank_1_update(&mut tile, column, row);
                        }
                        store(&tile, c, i, j);
                    }
                }
            }
        },
    );
}

/// Every lane of a vector by itself, so that the compiler sees vectors and not a heap of numbers.
#[inline(always)]
fn rank_1_update(tile: &mut Tile, column: &[f32; MR], row: &Row) {
    for (&a, sums) in column.iter().zip(tile) {
        for (b, sum) in row.iter().zip(sums) {
            let c = *sum;
            *sum = from_fn(|lane| Scalar::mul_add(a, b[lane], c[lane]));
        }
    }
}

/// NR numbers of a row, from one on.
#[inline(always)]
fn row(matrix: &Square, start: usize) -> Row {
    from_fn(|v| {
        *matrix[start + LANES * v..]
            .first_chunk()
            .expect("a tile inside the matrix")
    })
}

#[inline(always)]
fn load(c: &Square, i: usize, j: usize) -> Tile {
    from_fn(|r| row(c, N * (i + r) + j))
}

#[inline(always)]
fn store(tile: &Tile, c: &mut Square, i: usize, j: usize) {
    for (r, sums) in tile.iter().enumerate() {
        c[N * (i + r) + j..][..NR].copy_from_slice(sums.as_flattened());
    }
}

/// What a rung reached: operations a second, and their share of the limit of as many threads.
struct Reached {
    name: String,
    rate: f64,
    share: f64,
}

/// A line with a bar for each rung, and the same as a picture.
///
/// # Errors
/// If a rung has other bits than the product, or the picture cannot be written.
pub fn table(rounds: usize, picture: Option<&Path>) -> Result<()> {
    let threads = Engine::current().threads();
    let isa = Engine::current().isa();
    let one = Engine::new(isa, 1)?;
    let mut rng = Rng::new(1);
    let [a, b] = [(); 2].map(|()| {
        let mut matrix = Matrix::<f32>::zeros(N, N);
        init::uniform(&mut matrix, 1.0, &mut rng);
        matrix
    });
    let mut product = Matrix::zeros(N, N);
    matmul(&a, &b).into(&mut product);
    let [flat_a, flat_b, right] = [&a, &b, &product].map(|m| m.iter().collect::<Vec<f32>>());

    out!("{N}×{N}×{N} in f32, {isa}; shares of the limit of as many threads");
    let limit_of_one = || one.run(|| limit::<f32>(rounds));
    let mut reached = Vec::new();
    let mut c = vec![0.0; N * N];
    for rung in &RUNGS {
        let part = N * rung.rows;
        let (a, c) = (&flat_a[..part], &mut c[..part]);
        let rate = one.run(|| rate(rounds, rung.rows, || (rung.run)(a, &flat_b, c)));
        if c != &right[..part] {
            return Err(Error::new(format!(
                "{}: other bits than the product",
                rung.name
            )));
        }
        reached.push(say(rung.name, rung.idea, rate, limit_of_one()));
    }
    let mut multiply = || rate(rounds, N, || matmul(&a, &b).into(&mut product));
    let idea = "prefetching, and operands packed only where it pays";
    reached.push(say(
        "the product",
        idea,
        one.run(&mut multiply),
        limit_of_one(),
    ));
    if threads > 1 {
        let idea = "blocks of C, shared out";
        let name = format!("{threads} threads");
        reached.push(say(&name, idea, multiply(), limit::<f32>(rounds)));
    }
    match picture {
        Some(path) => write_atomic(path, |file| file.write_all(svg(&reached).as_bytes())),
        None => Ok(()),
    }
}

/// Operations a second.
fn rate(rounds: usize, rows: usize, product: impl FnMut()) -> f64 {
    best_rate(rounds, 2.0 * (rows * N * N) as f64, product)
}

fn say(name: &str, idea: &str, rate: f64, limit: f64) -> Reached {
    let share = rate / limit;
    let bar = "█".repeat(((30.0 * share).round() as usize).min(30));
    out!(
        "{name:>13} {:8.2} GFLOP/s {:5.1} % ▕{bar:30}▏ {idea}",
        rate / 1e9,
        100.0 * share
    );
    Reached {
        name: name.to_string(),
        rate,
        share,
    }
}

/// The table as bars, in colours that are seen on white and on black.
fn svg(reached: &[Reached]) -> String {
    const ROW: usize = 30;
    let height = ROW * reached.len() + 10;
    let mut file = Markup::new();
    let picture: Attributes<'_> = &[
        ("xmlns", &"http://www.w3.org/2000/svg"),
        ("role", &"img"),
        ("viewBox", &format_args!("0 0 720 {height}")),
        ("font-family", &"Helvetica, Arial, sans-serif"),
        ("font-size", &14),
    ];
    file.element("svg", picture, |svg| {
        svg.leaf("title", &[], "Share of the processor's limit, rung by rung");
        for (i, rung) in reached.iter().enumerate() {
            let y = ROW * i + 5;
            let words = y + 19;
            let name: Attributes<'_> = &[
                ("x", &110),
                ("y", &words),
                ("text-anchor", &"end"),
                ("fill", &"#777777"),
            ];
            svg.leaf("text", name, &rung.name);
            let size: Attributes<'_> = &[
                ("x", &120),
                ("y", &y),
                ("width", &format_args!("{:.1}", 400.0 * rung.share)),
                ("height", &(ROW - 6)),
                ("fill", &"#1f83a8"),
            ];
            svg.empty("rect", size);
            let behind = format!("{:.1}", 128.0 + 400.0 * rung.share);
            let figure: Attributes<'_> = &[("x", &behind), ("y", &words), ("fill", &"#777777")];
            let (rate, share) = (rung.rate / 1e9, 100.0 * rung.share);
            svg.leaf(
                "text",
                figure,
                format_args!("{share:.1} %, {rate:.1} GFLOP/s"),
            );
        }
    });
    file.source().to_string()
}
