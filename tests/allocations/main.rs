//! Training steps allocate nothing once the first is done. What all threads of the process allocate is counted, those of a
//! second test and of the test harness between two tests included, so there is one test.

mod counting;
mod nn;
mod section37;

#[test]
fn steps_after_the_first_allocate_nothing_on_any_thread() {
    assert!(
        counting::allocations_of(|| vec![1, 2, 3]) > 0,
        "the allocator counts"
    );
    section37::steps_after_the_first_allocate_nothing();
    nn::steps_after_the_first_allocate_nothing();
}
