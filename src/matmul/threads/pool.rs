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
use std::fmt;
use std::iter;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use super::gate::{Gate, lock};
use crate::io::Error;

/// Most threads that a pool may have.
pub(crate) const MAX_THREADS: usize = 256;

/// What each thread calls with its number.
type Job<'a> = dyn Fn(usize) + Sync + 'a;

/// A counter with cache lines of its own (a pair of them, which some processors fetch together).
#[derive(Default)]
#[repr(align(128))]
struct Counter(AtomicUsize);

#[derive(Default)]
struct Shared {
    /// The job that is open, and the number of those that were opened so far.
    open: Mutex<Option<&'static Job<'static>>>,
    opened: AtomicUsize,
    /// Workers that have entered, while a job was open, and not left.
    inside: AtomicUsize,
    /// For each part of the job, how many of its pieces are taken.
    taken: Vec<Counter>,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
    quit: AtomicBool,
    announced: Gate,
    left: Gate,
}

/// Long-lived worker threads; the calling thread works with them. Dropping the pool joins them.
pub struct Pool {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
    /// Whether somebody has a job open.
    is_busy: AtomicBool,
}

impl Pool {
    /// A pool of `threads` threads, the calling one among them.
    ///
    /// # Errors
    /// If `threads` is 0 or above [`MAX_THREADS`], or the system refuses a thread.
    pub(crate) fn new(threads: usize) -> Result<Self, Error> {
        if threads == 0 || threads > MAX_THREADS {
            let message = format!("expected 1 to {MAX_THREADS} threads, found {threads}");
            return Err(Error::new(message));
        }
        let taken = (0..threads).map(|_| Counter::default()).collect();
        let mut pool = Pool {
            shared: Arc::new(Shared {
                taken,
                ..Shared::default()
            }),
            workers: Vec::new(),
            is_busy: AtomicBool::new(false),
        };
        for me in 1..threads {
            let shared = Arc::clone(&pool.shared);
            let worker = thread::Builder::new().name("fromzero worker".into());
            let worker = worker.spawn(move || shared.work(me)).map_err(|error| {
                Error::new(format!("thread {} cannot be started: {error}", me + 1))
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
    /// One job has the workers at a time; who finds them busy, in a piece of a job for instance, works alone.
    ///
    /// # Panics
    /// With a panic of `f`, after everybody has left the job.
    pub(crate) fn share(
        &self,
        pieces: &(dyn Fn(usize) -> usize + Sync),
        f: &(dyn Fn(usize, usize) + Sync),
    ) {
        let parts = self.threads();
        if parts == 1 || self.is_busy.swap(true, SeqCst) {
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
        let job: &Job<'_> = &job;
        // SAFETY: only the lifetime is changed. Workers get the job while it is open, and are counted before; so nobody has it
        // when it was closed and nobody is inside any more, which is waited for below. Nothing in between can panic.
        let open = unsafe { mem::transmute::<&Job<'_>, &'static Job<'static>>(job) };
        *lock(&shared.open) = Some(open);
        shared.opened.fetch_add(1, SeqCst);
        shared.announced.ring();
        shared.call(job, 0);
        *lock(&shared.open) = None;
        shared.left.wait_until(|| shared.inside.load(SeqCst) == 0);
        let panic = lock(&shared.panic).take();
        self.is_busy.store(false, SeqCst);
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let threads = self.threads();
        f.debug_struct("Pool").field("threads", &threads).finish()
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

impl Shared {
    /// The life of worker `me`.
    fn work(&self, me: usize) {
        let mut seen = 0;
        loop {
            let is_new = || self.opened.load(SeqCst) != seen;
            self.announced
                .wait_until(|| self.quit.load(SeqCst) || is_new());
            if self.quit.load(SeqCst) {
                return;
            }
            seen = self.opened.load(SeqCst);
            if let Some(job) = self.enter() {
                self.call(job, me);
                self.inside.fetch_sub(1, SeqCst);
                self.left.ring();
            }
        }
    }

    /// The job that is open, with this thread counted inside.
    fn enter(&self) -> Option<&'static Job<'static>> {
        let open = lock(&self.open);
        if open.is_some() {
            self.inside.fetch_add(1, SeqCst);
        }
        *open
    }

    /// Calls the job and keeps its panic.
    fn call(&self, job: &Job<'_>, me: usize) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| job(me))) {
            // One of them goes on to the caller. Another is not even dropped: that might panic in turn.
            mem::forget(lock(&self.panic).replace(panic));
        }
    }
}
