//! Waiting, for threads that are needed again within microseconds.

use std::hint;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// How often a wait looks again at once: for longer than the gaps between the products of a training step.
const SPINS: usize = 2_000;
/// How often it then offers its core to others before it sleeps.
const YIELDS: usize = 50;

/// Locks a mutex that protects no invariant, so that a panic elsewhere does not matter.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where threads wait: they spin, then yield, then sleep until the bell rings.
#[derive(Default)]
pub(super) struct Gate {
    sleepers: AtomicUsize,
    door: Mutex<()>,
    bell: Condvar,
}

impl Gate {
    /// Returns as soon as `ready` holds.
    pub(super) fn wait_until(&self, ready: impl Fn() -> bool) {
        for round in 0..SPINS + YIELDS {
            if ready() {
                return;
            }
            if round < SPINS {
                hint::spin_loop();
            } else {
                thread::yield_now();
            }
        }
        // A sleeper counts itself before it looks a last time, and `ring` is called after the change: with sequentially
        // consistent operations one of the two sees the other.
        let guard = lock(&self.door);
        self.sleepers.fetch_add(1, SeqCst);
        let _guard = self.bell.wait_while(guard, |()| !ready());
        self.sleepers.fetch_sub(1, SeqCst);
    }

    /// To be called after a change that somebody may wait for.
    pub(super) fn ring(&self) {
        if self.sleepers.load(SeqCst) > 0 {
            drop(lock(&self.door));
            self.bell.notify_all();
        }
    }
}
