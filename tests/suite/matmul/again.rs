//! A test started once more in a process of its own: for what belongs to the whole process.

use std::env;
use std::process::{Command, Output};

/// Tells a test that [`again`] has started it.
const AGAIN: &str = "FROMZERO_TEST_AGAIN";

/// Runs a test of the module with this path again, with these variables, in a process where nothing else runs.
pub fn again(module_path: &str, test: &str, variables: &[(&str, &str)]) -> Output {
    let (_, module) = module_path
        .split_once("::")
        .expect("a module of a test program");
    Command::new(env::current_exe().expect("the path of this test"))
        .args(["--exact", &format!("{module}::{test}"), "--nocapture"])
        .env(AGAIN, "yes")
        .envs(variables.iter().copied())
        .output()
        .expect("the test starts")
}

pub fn is_again() -> bool {
    env::var_os(AGAIN).is_some()
}
