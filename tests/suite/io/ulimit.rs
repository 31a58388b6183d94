//! A test run again in a process of its own that may take less memory, or write less, than this one.

use std::env;
use std::process::Command;

/// Tells a test that it runs in such a process.
const WITHIN: &str = "FROMZERO_TEST_WITHIN";

/// Whether this process has been given a limit. If not, runs the test of this module again in one that has `limit`, an option of
/// the shell's `ulimit`, and checks that it holds there.
pub fn within(limit: &str, module_path: &str, test: &str) -> bool {
    if env::var_os(WITHIN).is_some() {
        return true;
    }
    let (_, module) = module_path.split_once("::").expect("a module of the suite");
    let output = Command::new("sh")
        .args(["-c", &format!("ulimit {limit} && exec \"$0\" \"$@\"")])
        .arg(env::current_exe().expect("the path of this test"))
        .args(["--exact", &format!("{module}::{test}"), "--nocapture"])
        .env(WITHIN, "yes")
        .output()
        .expect("the test starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{}: {said}{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    false
}
