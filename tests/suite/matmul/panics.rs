//! No panic of a user's code costs more than its own product.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;

use super::meeting::{PATIENCE, Seen, alone, factors, meet, product, product_calling};
use crate::common::*;
use fromzero::{Engine, Isa, Matrix};

/// What a panic was thrown with.
fn thrown(call: &mut dyn FnMut() -> Matrix<f32>) -> &'static str {
    let panic = catch_unwind(AssertUnwindSafe(call)).expect_err("no panic came through");
    panic.downcast_ref::<&str>().expect("a panic of this file")
}

/// The worker throws in its first block, and the caller waits in its own until that has happened.
#[test]
fn a_panic_in_a_worker_reaches_the_caller_and_the_next_product_works() {
    let _alone = alone();
    let engine = Engine::new(Isa::best(), 2).unwrap();
    let (a, b) = factors();
    let expected = engine.run(|| product(a, b));
    let caller = thread::current().id();
    for _ in 0..10 {
        let seen = Seen::default();
        let panic = thrown(&mut || {
            engine.run(|| {
                product_calling(&|| {
                    if thread::current().id() == caller {
                        seen.wait_for(1);
                    } else {
                        seen.note();
                        resume_unwind(Box::new("a worker's panic"));
                    }
                })
            })
        });
        assert_eq!(panic, "a worker's panic");
        assert_same_bits("next", &engine.run(|| product(a, b)), &expected);
    }
}

#[test]
fn a_panic_in_every_thread_reaches_the_caller_and_the_next_product_works() {
    let _alone = alone();
    let (a, b) = factors();
    for threads in 1..=3 {
        let engine = Engine::new(Isa::best(), threads).unwrap();
        let expected = engine.run(|| product(a, b));
        for _ in 0..10 {
            let panic =
                thrown(&mut || engine.run(|| product_calling(&|| resume_unwind(Box::new("all")))));
            assert_eq!(panic, "all");
            assert_same_bits("next", &engine.run(|| product(a, b)), &expected);
        }
    }
}

/// What was thrown panics when it is dropped, and so does what that throws.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        resume_unwind(Box::new(Bomb));
    }
}

/// Calls `f` on a thread of its own, and fails if that does not come back.
#[track_caller]
fn comes_back(f: impl FnOnce() + Send + 'static) {
    let (done, end) = mpsc::channel();
    let thread = thread::spawn(move || {
        f();
        done.send(()).expect("somebody waits");
    });
    match end.recv_timeout(PATIENCE) {
        Err(RecvTimeoutError::Timeout) => panic!("a thread waits for ever"),
        Ok(()) => thread.join().expect("it has come to its end"),
        Err(RecvTimeoutError::Disconnected) => match thread.join() {
            Err(panic) => resume_unwind(panic),
            Ok(()) => unreachable!("it sends at its end"),
        },
    }
}

/// One payload of three reaches the caller; the others are dropped by whoever catches them.
#[test]
fn panics_that_panic_when_dropped_hold_nobody_up_and_cost_no_thread() {
    let _alone = alone();
    comes_back(|| {
        let engine = Engine::new(Isa::best(), 3).unwrap();
        for _ in 0..10 {
            let seen = Seen::default();
            let product = || {
                engine.run(|| {
                    product_calling(&|| {
                        seen.note();
                        seen.wait_for(3);
                        resume_unwind(Box::new(Bomb));
                    })
                })
            };
            let panic = catch_unwind(AssertUnwindSafe(product)).expect_err("a panic comes through");
            assert!(panic.is::<Bomb>());
            mem::forget(panic);
            meet(&engine);
        }
    });
}

/// The inner product is one of another engine, or of the same; its panic ends the outer one or is caught in the epilogue.
#[test]
fn a_panic_inside_another_engine_s_epilogue_costs_neither_engine_a_thread() {
    let _alone = alone();
    let (a, b) = factors();
    let expected = product(a, b);
    for (outer, inner) in [(1, 2), (2, 2), (3, 2), (2, 1)] {
        let outer = Engine::new(Isa::best(), outer).unwrap();
        let other = Engine::new(Isa::best(), inner).unwrap();
        for inner in [&other, &outer] {
            let throw = || inner.run(|| product_calling(&|| resume_unwind(Box::new("inner"))));
            let panic = thrown(&mut || outer.run(|| product_calling(&|| drop(throw()))));
            assert_eq!(panic, "inner");
            meet(inner);
            meet(&outer);

            let c = outer.run(|| product_calling(&|| assert_eq!(thrown(&mut || throw()), "inner")));
            assert_same_bits("outer", &c, &expected);
            meet(inner);
            meet(&outer);
        }
    }
}

#[test]
fn a_product_may_be_computed_while_a_panic_unwinds() {
    struct Last<'a>(&'a Engine, &'a mut Matrix<f32>);
    impl Drop for Last<'_> {
        fn drop(&mut self) {
            let (a, b) = factors();
            *self.1 = self.0.run(|| product(a, b));
        }
    }
    let _alone = alone();
    let engine = Engine::new(Isa::best(), 2).unwrap();
    let mut c = Matrix::zeros(0, 0);
    let panic = thrown(&mut || {
        let _last = Last(&engine, &mut c);
        engine.run(|| product_calling(&|| resume_unwind(Box::new("first"))))
    });
    assert_eq!(panic, "first");
    let (a, b) = factors();
    assert_same_bits("last", &c, &product(a, b));
    meet(&engine);
}
