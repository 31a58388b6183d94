//! What a call says when it panics, and which line it blames.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, Location, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static LISTENING: Cell<bool> = const { Cell::new(false) };
    static BLAMED: RefCell<Option<(String, u32)>> = const { RefCell::new(None) };
}

/// From now on, the place of a panic on a thread that listens is noted, and the panic not printed.
fn listen() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let print = take_hook();
        set_hook(Box::new(move |panic| {
            let place = panic.location().expect("every panic has a place");
            if LISTENING.get() {
                BLAMED.set(Some((place.file().into(), place.line())));
            } else {
                print(panic);
            }
        }));
    });
}

/// Requires `call` to panic with a message that contains `message`, and to blame the line of the caller: one of the few
/// that the call of this function spans, and not one inside the library.
#[track_caller]
pub fn assert_blames_caller<R>(message: &str, mut call: impl FnMut() -> R) {
    require_blame(message, Location::caller(), &mut || drop(call()));
}

/// [`assert_blames_caller`], compiled once for all calls.
fn require_blame(message: &str, here: &Location<'_>, call: &mut dyn FnMut()) {
    listen();
    LISTENING.set(true);
    let result = catch_unwind(AssertUnwindSafe(call));
    LISTENING.set(false);
    check(message, here, result.err());
}

fn check(message: &str, here: &Location<'_>, panic: Option<Box<dyn Any + Send>>) {
    let Some(panic) = panic else {
        panic!("no panic; expected one with {message:?}");
    };
    let said = panic.downcast_ref::<String>().map(String::as_str);
    let said = said
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .expect("a message");
    let (file, line) = BLAMED.take().expect("the hook was called");
    assert!(said.contains(message), "{said:?}, expected {message:?}");
    assert!(
        file == here.file() && (here.line()..here.line() + 12).contains(&line),
        "{said:?} blames {file}:{line}, expected the call at {}:{}",
        here.file(),
        here.line()
    );
}
