//! Worker threads that share the parts of a job.
//!
//! A job consists of as many parts as there are threads, and each thread begins with its own part. A matrix that is divided
//! the same way every time is then always written by the same core, and stays in that core's caches: on a processor whose
//! cores share no cache, that matters more than anything else here. Whoever has finished helps the others, so that a core
//! that was taken away delays nobody for longer than one block. Which thread computes a block never changes the block.
//!
//! A job is open from the moment it is announced until the caller finds nothing left to do. Workers may enter an open job at
//! any time, and only those that did are waited for.

use std::any::Any;
use std::cell::{Cell, UnsafeCell};
use std::fmt;
use std::iter;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::thread::{self, JoinHandle};

use super::gate::{Gate, lock};
use crate::io::Error;

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

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let threads = self.threads();
        f.debug_struct("Pool").field("threads", &threads).finish()
    }
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
        let Some(turn) = self.take_turn() else {
            return (0..parts).for_each(|part| (0..pieces(part)).for_each(|n| f(part, n)));
        };
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
        match (mine, theirs) {
            (Err(panic), others) => {
                others.map(discard);
                resume_unwind(panic);
            }
            (Ok(()), Some(panic)) => resume_unwind(panic),
            (Ok(()), None) => (),
        }
    }

    /// The right to open a job; none if there is nobody to help, the workers have one, or this thread works on one.
    fn take_turn(&self) -> Option<MutexGuard<'_, ()>> {
        if self.workers.is_empty() || WORKING.get() {
            return None;
        }
        match self.turn.try_lock() {
            Ok(turn) => Some(turn),
            // It protects no invariant: a job is closed before its panic goes on.
            Err(TryLockError::Poisoned(turn)) => Some(turn.into_inner()),
            Err(TryLockError::WouldBlock) => None,
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

/// Drops the payload of a panic that nobody will see. If that panics in turn, the thread goes on all the same: others wait for it.
fn discard(panic: Box<dyn Any + Send>) {
    if let Err(another) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
        mem::forget(another);
    }
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
                let earlier = lock(&self.panic).replace(panic);
                earlier.map(discard);
            }
            self.state.fetch_sub(1, SeqCst);
            self.left.ring();
        }
    }
}
