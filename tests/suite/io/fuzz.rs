//! Damaged and hostile files of every format: no panic, and nothing accepted that may not be. `--example fuzz` reads more of them, and
//! watches time and memory.

#[path = "../../../examples/fuzz/formats.rs"]
#[allow(dead_code)]
mod formats;
#[path = "../../../examples/fuzz/mutation.rs"]
mod mutation;
#[path = "../../../examples/fuzz/repair.rs"]
mod repair;

use formats::FORMATS;
use mutation::Mutator;

const INPUTS: usize = 100_000;

#[test]
fn no_damaged_file_panics_or_is_misread() {
    for format in &FORMATS {
        let mut mutator = Mutator::new(format.seeds(), format.words, 22);
        let mut accepted = 0;
        for _ in 0..INPUTS {
            let (mut file, repaired) = mutator.next();
            if repaired {
                (format.repair)(&mut file);
            }
            match (format.read)(&file) {
                Ok(()) => accepted += 1,
                Err(error) => assert!(!error.to_string().contains('\n')),
            }
        }
        // Else one of the two ways would not have been tried.
        let few = INPUTS / 1000;
        assert!(
            (few..INPUTS - few).contains(&accepted),
            "{}: {accepted}",
            format.name
        );
    }
}

#[test]
fn every_attack_is_refused_by_every_reader() {
    let attacks = formats::attacks();
    assert!(attacks.len() > 15);
    for (name, file) in attacks {
        for format in &FORMATS {
            assert!((format.read)(&file).is_err(), "{}: {name}", format.name);
        }
    }
}
