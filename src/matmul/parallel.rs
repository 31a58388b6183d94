//! Worker threads, and the disjoint blocks of one output that they write.
//!
//! A job consists of as many parts as there are threads, and each thread begins with its own part. A matrix that is divided
//! the same way every time is then always written by the same core, and stays in that core's caches: on a processor whose
//! cores share no cache, that matters more than anything else here. Whoever has finished helps the others, so that a core
//! that was taken away delays nobody for longer than one block. Which thread computes a block never changes the block.
//!
//! A job is open from the moment it is announced until the caller finds nothing left to do. Workers may enter an open job at
//! any time, and only those that did are waited for.

#![allow(unsafe_code)]

use std::any::Any;
use std::cell::{Cell, UnsafeCell};
use std::iter;
use std::marker::PhantomData;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use super::gate::{Gate, lock};
use super::simd::prefetch_to_write;
use crate::io::Error;
use crate::matrix::{LINE, ViewMut};
use crate::real::Real;

/// Most threads that a pool may have.
pub(crate) const MAX_THREADS: usize = 256;

/// In `Shared::state`: whether the job is open. Below it stands the number of workers inside, above it the number of the
/// job.
const OPEN: u64 = 1 << 32;
const INSIDE: u64 = OPEN - 1;

/// A counter with cache lines of its own (a pair of them, which some processors fetch together).
#[derive(Default)]
#[repr(align(128))]
struct Counter(AtomicUsize);

struct Shared {
    state: AtomicU64,
    quit: AtomicBool,
    /// Valid while the job is open or somebody is inside.
    job: UnsafeCell<Option<*const (dyn Fn(usize) + Sync)>>,
    /// For each part of the job, how many of its pieces are taken.
    taken: Vec<Counter>,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
    announced: Gate,
    left: Gate,
}

// SAFETY: `job` is written by the one caller that holds `Pool::turn`, while no job is open and nobody is inside; workers
// read it only inside. What it points to is `Sync`.
unsafe impl Sync for Shared {}
// SAFETY: as above; the pointer is used only while its target is borrowed by the caller.
unsafe impl Send for Shared {}

/// Long-lived worker threads; the calling thread works with them. Dropping the pool joins them.
pub struct Pool {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
    /// One job at a time; whoever finds it taken works alone.
    turn: Mutex<()>,
}

thread_local! {
    /// Whether this thread works on a job at the moment; products inside of it stay on this thread.
    static WORKING: Cell<bool> = const { Cell::new(false) };
}

impl Pool {
    /// A pool of `threads` threads, the calling one among them.
    ///
    /// # Errors
    /// If `threads` is 0 or above [`MAX_THREADS`], or the system refuses a thread.
    pub(crate) fn new(threads: usize) -> Result<Self, Error> {
        if threads == 0 || threads > MAX_THREADS {
            return Err(Error::new(format!(
                "expected 1 to {MAX_THREADS} threads, found {threads}"
            )));
        }
        let shared = Arc::new(Shared {
            state: AtomicU64::new(0),
            quit: AtomicBool::new(false),
            job: UnsafeCell::new(None),
            taken: (0..threads).map(|_| Counter::default()).collect(),
            panic: Mutex::new(None),
            announced: Gate::default(),
            left: Gate::default(),
        });
        let mut pool = Pool {
            shared,
            workers: Vec::new(),
            turn: Mutex::new(()),
        };
        for me in 1..threads {
            let shared = Arc::clone(&pool.shared);
            let worker = thread::Builder::new().name("fromzero worker".into());
            let worker = worker.spawn(move || shared.work(me)).map_err(|error| {
                Error::new(format!(
                    "thread {} cannot be started: {error}",
                    pool.workers.len() + 2
                ))
                .hint("ask for fewer threads")
            })?;
            pool.workers.push(worker);
        }
        Ok(pool)
    }

    /// Number of threads, the calling one among them.
    pub(crate) fn threads(&self) -> usize {
        self.workers.len() + 1
    }

    /// Calls `f(part, n)` once for every part and every n below `pieces(part)`, on this thread and on every worker that comes
    /// in time, and returns when all of it is done. There are [`Pool::threads`] parts.
    ///
    /// # Panics
    /// With the panic of `f`, after everybody has left the job.
    pub(crate) fn share(
        &self,
        pieces: impl Fn(usize) -> usize + Sync,
        f: impl Fn(usize, usize) + Sync,
    ) {
        let parts = self.threads();
        let turn = self.turn.try_lock();
        if parts == 1 || WORKING.get() || turn.is_err() {
            return (0..parts).for_each(|part| (0..pieces(part)).for_each(|n| f(part, n)));
        }
        let shared = &*self.shared;
        for counter in &shared.taken {
            counter.0.store(0, SeqCst);
        }
        let job = |me: usize| {
            for part in (me..parts).chain(0..me) {
                let next = || shared.taken[part].0.fetch_add(1, SeqCst);
                iter::repeat_with(next)
                    .take_while(|&n| n < pieces(part))
                    .for_each(|n| f(part, n));
            }
        };
        // SAFETY: we hold the turn.
        unsafe { self.announce(&job) };
        let mine = call(&job, 0);
        shared.state.fetch_sub(OPEN, SeqCst);
        shared
            .left
            .wait_until(|| shared.state.load(SeqCst) & INSIDE == 0);
        let theirs = lock(&shared.panic).take();
        drop(turn);
        if let Some(panic) = mine.err().or(theirs) {
            resume_unwind(panic);
        }
    }

    /// Opens a job to the workers.
    ///
    /// # Safety
    /// The caller holds the turn, and lets `job` go only after closing it and seeing everybody leave.
    unsafe fn announce(&self, job: &(dyn Fn(usize) + Sync)) {
        // SAFETY: only the lifetime is changed; that the job lives long enough is the caller's promise. With the turn taken,
        // no other job is open and nobody is inside, so nobody reads the place that is written.
        unsafe {
            *self.shared.job.get() = Some(std::mem::transmute::<
                *const (dyn Fn(usize) + Sync + '_),
                *const (dyn Fn(usize) + Sync + 'static),
            >(job));
        }
        self.shared.state.fetch_add(2 * OPEN + OPEN, SeqCst);
        self.shared.announced.ring();
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.quit.store(true, SeqCst);
        self.shared.announced.ring();
        for worker in self.workers.drain(..) {
            // Panics of jobs are caught inside; there is nothing left to report.
            let _ = worker.join();
        }
    }
}

/// Calls the job, marked as working, and catches its panic.
fn call(job: &(dyn Fn(usize) + Sync), me: usize) -> thread::Result<()> {
    WORKING.set(true);
    let result = catch_unwind(AssertUnwindSafe(|| job(me)));
    WORKING.set(false);
    result
}

impl Shared {
    /// The life of worker `me`.
    fn work(&self, me: usize) {
        let mut seen = 0;
        loop {
            let is_new = |state: u64| state & OPEN != 0 && state / OPEN != seen;
            self.announced
                .wait_until(|| self.quit.load(SeqCst) || is_new(self.state.load(SeqCst)));
            if self.quit.load(SeqCst) {
                return;
            }
            let state = self.state.load(SeqCst);
            if !is_new(state)
                || self
                    .state
                    .compare_exchange(state, state + 1, SeqCst, SeqCst)
                    .is_err()
            {
                continue;
            }
            seen = state / OPEN;
            // SAFETY: the exchange succeeded on an open job, so we are inside, and the pointer is valid until we leave.
            let job = unsafe { (*self.job.get()).map(|job| &*job) };
            if let Some(Err(panic)) = job.map(|job| call(job, me)) {
                lock(&self.panic).get_or_insert(panic);
            }
            self.state.fetch_sub(1, SeqCst);
            self.left.ring();
        }
    }
}

/// A rectangle of an output that one thread alone may write.
pub(crate) struct Block<'a, T> {
    first: *mut T,
    ld: usize,
    rows: Range<usize>,
    cols: Range<usize>,
    output: PhantomData<&'a mut [T]>,
}

impl<T> Block<'_, T> {
    /// The rows of the output that belong to the block.
    pub(crate) fn rows(&self) -> Range<usize> {
        self.rows.clone()
    }

    /// The columns of the output that belong to the block.
    pub(crate) fn cols(&self) -> Range<usize> {
        self.cols.clone()
    }

    /// These rows and columns of the block, to be written a few rows at a time. Both count from the block's first.
    ///
    /// # Panics
    /// If the block has not so many.
    #[inline(always)]
    pub(crate) fn part(&mut self, rows: Range<usize>, columns: Range<usize>) -> Block<'_, T> {
        let (height, width) = (self.rows.len(), self.cols.len());
        assert!(
            rows.start <= rows.end && rows.end <= height,
            "rows of the block"
        );
        assert!(
            columns.start <= columns.end && columns.end <= width,
            "columns of the block"
        );
        let (i, j) = (self.rows.start, self.cols.start);
        Block {
            first: self
                .first
                .wrapping_add(rows.start * self.ld + columns.start),
            ld: self.ld,
            rows: i + rows.start..i + rows.end,
            cols: j + columns.start..j + columns.end,
            output: PhantomData,
        }
    }

    /// Takes the uppermost `N` rows from the block.
    ///
    /// # Panics
    /// If there are fewer.
    #[inline(always)]
    pub(crate) fn next_rows<const N: usize>(&mut self) -> RowsMut<'_, T, N> {
        assert!(self.rows.len() >= N, "rows of the block");
        let rows = RowsMut {
            first: self.first,
            ld: self.ld,
            row: self.rows.start,
            cols: self.cols.clone(),
            output: PhantomData,
        };
        self.first = self.first.wrapping_add(N * self.ld);
        self.rows.start += N;
        rows
    }

    /// The block's part of row `i` of the output.
    #[inline(always)]
    pub(crate) fn row_mut(&mut self, i: usize) -> &mut [T] {
        assert!(
            self.rows.contains(&i),
            "row {i} of a block of rows {:?}",
            self.rows
        );
        let offset = (i - self.rows.start) * self.ld;
        // SAFETY: `for_each_block` made the block inside the output that it borrows, and no two blocks share an entry.
        unsafe { std::slice::from_raw_parts_mut(self.first.add(offset), self.cols.len()) }
    }
}

/// `N` neighbouring rows of a block. The compiler knows how many, so it need not ask at each of them: with a block in its place
/// the gradients took 7 % longer.
pub(crate) struct RowsMut<'a, T, const N: usize> {
    first: *mut T,
    ld: usize,
    row: usize,
    cols: Range<usize>,
    output: PhantomData<&'a mut [T]>,
}

impl<T, const N: usize> RowsMut<'_, T, N> {
    /// The first of them, as a row of the output.
    pub(crate) fn row(&self) -> usize {
        self.row
    }

    /// The columns of the output that belong to them.
    pub(crate) fn cols(&self) -> Range<usize> {
        self.cols.clone()
    }

    /// Asks for the `N` rows below them, where the next tile goes, to be brought into the cache, to be written: where nothing but
    /// C moves, its latency is what the product waits for. Asked for with the tile itself, and those of the strip beside to be
    /// read, a training step of section 3.7 took 3 % longer where two cores share no cache, and as long where they do.
    #[inline(always)]
    pub(crate) fn prefetch_below(&self, width: usize) {
        for i in N..2 * N {
            let row = self.first.wrapping_add(i * self.ld);
            for line in (0..width).step_by(LINE / size_of::<T>()) {
                prefetch_to_write(row.wrapping_add(line));
            }
        }
    }

    /// Row `i`, counted from the first.
    #[inline(always)]
    pub(crate) fn row_mut(&mut self, i: usize) -> &mut [T] {
        assert!(i < N, "row {i} of {N}");
        // SAFETY: `next_rows` took the rows from the block, which it borrows.
        unsafe { std::slice::from_raw_parts_mut(self.first.add(i * self.ld), self.cols.len()) }
    }
}

/// The first entry of an output whose blocks go to different threads.
struct Origin<T>(*mut T);

// SAFETY: every thread writes only its own blocks, which are disjoint.
unsafe impl<T: Send> Sync for Origin<T> {}

/// Divides `output` into blocks of at most `height` × `width` and calls `f` on each of them, on the threads of `pool`.
///
/// A thread's part are neighbouring columns of blocks, or neighbouring rows if there are fewer columns than threads. In a
/// part, blocks follow one beside the other.
pub(crate) fn for_each_block<T: Real>(
    pool: Option<&Pool>,
    output: &mut ViewMut<'_, T>,
    (height, width): (usize, usize),
    f: impl Fn(Block<'_, T>) + Sync,
) {
    let (rows, cols) = output.shape();
    if rows == 0 || cols == 0 {
        return;
    }
    let (down, across) = (rows.div_ceil(height), cols.div_ceil(width));
    let (data, ld, first_col) = output.stored_mut();
    assert!(
        data.len() >= (rows - 1) * ld + first_col + cols,
        "an output with all its entries"
    );
    let origin = Origin(data.as_mut_ptr());
    let block = |i: usize, j: usize| {
        let origin = &origin;
        let (i, j) = (i * height, j * width);
        let (rows, cols) = (i..rows.min(i + height), j..cols.min(j + width));
        // SAFETY: the assertion above shows that the offset is inside the data.
        let first = unsafe { origin.0.add(i * ld + first_col + j) };
        f(Block {
            first,
            ld,
            rows,
            cols,
            output: PhantomData,
        });
    };
    match pool {
        Some(pool) if down * across > 1 => {
            let share = |n: usize, part| n * part / pool.threads()..n * (part + 1) / pool.threads();
            let part = |part| {
                if across < pool.threads() {
                    (share(down, part), 0..across)
                } else {
                    (0..down, share(across, part))
                }
            };
            let pieces = |p| {
                let (down, across) = part(p);
                down.len() * across.len()
            };
            pool.share(pieces, |p, n| {
                let (down, across) = part(p);
                block(
                    down.start + n / across.len(),
                    across.start + n % across.len(),
                );
            });
        }
        _ => (0..down).for_each(|i| (0..across).for_each(|j| block(i, j))),
    }
}

#[cfg(test)]
mod tests;
