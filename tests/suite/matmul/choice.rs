//! The instruction set and the number of threads are what was asked for, or an error.

use std::num::NonZero;
use std::thread;

use super::again::{again, is_again};
use fromzero::{Engine, Isa};

#[test]
fn a_number_of_threads_that_cannot_be_had_is_an_error() {
    for threads in [0, 257, usize::MAX] {
        let error = Engine::new(Isa::best(), threads).map(drop).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("expected 1 to 256 threads, found {threads}")
        );
    }
}

#[test]
fn without_an_engine_products_run_on_the_best_instruction_set_and_all_cores() {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let default = Engine::current();
    assert_eq!(default.isa(), Isa::best());
    assert_eq!(default.threads(), cores.min(256));
}

#[test]
fn an_engine_is_printed_with_its_instruction_set_and_its_threads() {
    let text = format!("{:?}", Engine::new(Isa::Portable, 3).unwrap());
    assert!(
        text.contains("Portable") && text.contains("threads: 3"),
        "{text}"
    );
}

#[test]
fn instruction_sets_are_known_by_name_and_others_are_an_error_that_lists_them() {
    let available: Vec<Isa> = Isa::available().collect();
    assert_eq!(
        (available[0], available.last()),
        (Isa::Portable, Some(&Isa::best()))
    );
    for isa in Isa::ALL {
        match Isa::from_name(isa.name()) {
            Ok(named) => assert!(named == isa && available.contains(&isa), "{isa}"),
            Err(error) => assert!(!available.contains(&isa), "{error}"),
        }
        assert_eq!(Engine::new(isa, 1).is_ok(), isa.is_available());
    }
    for name in ["", "sse9", "AVX2", "avx512 "] {
        let error = Isa::from_name(name).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("instruction set '{name}' is unknown")),
            "{error}"
        );
        assert!(
            available.iter().all(|isa| error.contains(isa.name())),
            "{error}"
        );
    }
}

/// Environment variables belong to a whole process, so other processes say what they find.
#[test]
fn the_environment_chooses_the_engine_or_is_an_error_that_names_the_variable() {
    if is_again() {
        return match Engine::from_env(None) {
            Ok(engine) => println!("engine {} {}.", engine.isa(), engine.threads()),
            Err(error) => println!("error {error}."),
        };
    }
    let asked = |isa: &str, threads: &str| {
        let variables = [("FROMZERO_ISA", isa), ("FROMZERO_THREADS", threads)];
        let test = "the_environment_chooses_the_engine_or_is_an_error_that_names_the_variable";
        String::from_utf8(again(module_path!(), test, &variables).stdout).unwrap()
    };
    assert!(asked("portable", "3").contains("engine portable 3."));
    for (isa, threads, error) in [
        (
            "sse9",
            "1",
            "FROMZERO_ISA: instruction set 'sse9' is unknown; available here: portable",
        ),
        (
            "portable",
            "0",
            "FROMZERO_THREADS: expected 1 to 256 threads, found 0",
        ),
        (
            "portable",
            "two",
            "FROMZERO_THREADS: expected a number of threads, found 'two'",
        ),
        (
            "portable",
            "-1",
            "FROMZERO_THREADS: expected a number of threads, found '-1'",
        ),
    ] {
        let text = asked(isa, threads);
        assert!(text.contains(&format!("error {error}")), "{text}");
    }
}
