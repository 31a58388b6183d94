//! The engine: its threads start, share the work, sleep, wake and end.

use std::panic::{catch_unwind, resume_unwind};
use std::thread;
use std::time::{Duration, Instant};

use super::again::{again, is_again};
use super::meeting::{Calling, PATIENCE, alone, factors, meet, product};
use crate::common::*;
use fromzero::matmul::fma_rate;
use fromzero::{Engine, Isa, Matrix, matmul};

#[test]
fn every_thread_takes_part() {
    let _alone = alone();
    for threads in 1..=4 {
        let engine = Engine::new(Isa::best(), threads).unwrap();
        assert_eq!((engine.threads(), engine.isa()), (threads, Isa::best()));
        meet(&engine);
    }
}

#[test]
fn more_threads_than_cores_give_the_same_bits() {
    let _alone = alone();
    let (a, b) = factors();
    let expected = Engine::new(Isa::best(), 1).unwrap().run(|| product(a, b));
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get());
    let engine = Engine::new(Isa::best(), 2 * cores.min(8)).unwrap();
    for round in 0..200 {
        let c = engine.run(|| product(a, b));
        assert_same_bits(&format!("round {round}"), &c, &expected);
    }
}

#[test]
fn threads_that_have_gone_to_sleep_wake_up() {
    let _alone = alone();
    let engine = Engine::new(Isa::best(), 3).unwrap();
    for _ in 0..20 {
        thread::sleep(Duration::from_millis(5));
        meet(&engine);
    }
}

/// Waits until this process has so many workers: a thread names itself a little after it was started, and stays in the
/// kernel's list a little after its end.
#[cfg(target_os = "linux")]
#[track_caller]
fn wait_for_workers(expected: usize) {
    let name = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("comm"));
    let count = || {
        let tasks = std::fs::read_dir("/proc/self/task").unwrap();
        let names = tasks.filter_map(|task| name(task.ok()?).ok());
        names.filter(|name| name.starts_with("fromzero")).count()
    };
    let start = Instant::now();
    while count() != expected {
        assert!(
            start.elapsed() < PATIENCE,
            "{} workers, not {expected}",
            count()
        );
        thread::yield_now();
    }
}

/// All workers of the process are counted, so it must be one that has none but these.
#[cfg(target_os = "linux")]
#[test]
fn dropping_the_last_copy_of_an_engine_ends_its_threads() {
    let _alone = alone();
    if !is_again() {
        let test = "dropping_the_last_copy_of_an_engine_ends_its_threads";
        let output = again(module_path!(), test, &[]);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains("test result: ok. 1 passed"), "{text}");
        return;
    }
    // The default engine lives as long as the process.
    let default = Engine::current().threads() - 1;
    let engine = Engine::new(Isa::best(), 4).unwrap();
    let copy = engine.clone();
    drop(engine);
    wait_for_workers(default + 3);
    meet(&copy);
    drop(copy);
    wait_for_workers(default);
    drop(Engine::new(Isa::best(), 200).unwrap());
    wait_for_workers(default);
}

#[test]
fn one_engine_serves_several_threads_at_once() {
    let _alone = alone();
    let engine = Engine::new(Isa::best(), 2).unwrap();
    let (a, b) = factors();
    let expected = product(a, b);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    assert_same_bits("product", &engine.run(|| product(a, b)), &expected);
                }
            });
        }
    });
}

/// On the calling thread and on the workers alike; also when the outer product needs memory of its own because B is stored
/// transposed.
#[test]
fn a_step_may_compute_a_product_of_its_own() {
    let _alone = alone();
    let (a, b) = factors();
    let b_t = b.t().to_matrix();
    let expected = product(a, b);
    for threads in 1..=2 {
        let engine = Engine::new(Isa::best(), threads).unwrap();
        for b in [b.view(), b_t.t()] {
            let mut c = Matrix::zeros(a.rows(), b.cols());
            let ones = Matrix::from_fn(3, 3, |_, _| 1.0_f32);
            let square = || {
                let mut square = Matrix::zeros(3, 3);
                matmul(&ones, ones.t()).into(&mut square);
                assert_eq!(square[(2, 2)], 3.0);
            };
            let step = Calling(&square);
            engine.run(|| matmul(a, b).then(step).into(&mut c));
            assert_same_bits("outer", &c, &expected);
        }
    }
}

/// The engine in use here, by what tells engines apart.
fn current() -> (Isa, usize) {
    let engine = Engine::current();
    (engine.isa(), engine.threads())
}

#[test]
fn an_engine_is_in_use_for_as_long_as_it_runs() {
    let _alone = alone();
    let default = current();
    let (three, four) = ((Isa::Portable, 3), (Isa::Portable, 4));
    let engine = |(isa, threads)| Engine::new(isa, threads).unwrap();
    engine(three).run(|| {
        assert_eq!(current(), three);
        engine(four).run(|| assert_eq!(current(), four));
        assert_eq!(current(), three);
        let panic = catch_unwind(|| engine(four).run(|| resume_unwind(Box::new(()))));
        assert!(panic.is_err());
        assert_eq!(current(), three);
        thread::scope(|scope| {
            scope.spawn(|| assert_eq!(current(), default));
        });
    });
    assert_eq!(current(), default);
    assert_eq!(engine(four).run(|| 42), 42);
}

#[test]
fn every_engine_has_a_rate_of_multiply_adds() {
    let _alone = alone();
    for isa in Isa::available() {
        for threads in [1, 3] {
            let engine = Engine::new(isa, threads).unwrap();
            let (time, start) = (Duration::from_millis(5), Instant::now());
            let rate = engine.run(|| fma_rate::<f32>(time));
            let elapsed = start.elapsed();
            assert!(elapsed >= time);
            // Each thread's part is at least one round of a million, and the rate was measured in less than what has passed.
            let operations = rate * elapsed.as_secs_f64();
            assert!(rate.is_finite(), "{isa}: {rate}");
            assert!(operations >= threads as f64 * 1e6, "{isa}: {operations}");
        }
    }
}
