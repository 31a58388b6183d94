//! Carrying on: what to know before changing something here, and which files to touch, in order, to add something.
//!
//! # The rules, and what guards them
//!
//! Each rule, and the tests that turn red where it is broken:
//!
//! - Each room uses only rooms below it, and there is no circle, neither between rooms nor between files →
//!   `tests/suite/rooms.rs`: `every_room_uses_only_rooms_below_it`, `no_room_and_no_file_uses_what_uses_it`
//! - A product is one chain of fused multiply-adds over k, whatever computes it → `tests/suite/matmul/product.rs`:
//!   `every_shape_storage_and_update_has_the_bits_of_the_triple_loop_in_f32`; `tests/suite/proof/exact_sums.rs`:
//!   `sums_that_are_hard_have_the_bits_of_exact_fused_multiply_adds_in_f32`
//! - Every step of an epilogue is rounded by itself, in order → `tests/suite/ops.rs`:
//!   `every_step_is_rounded_by_itself_and_in_order_in_f32`
//! - Bits do not depend on threads, instruction sets or floors → `tests/suite/proof/bits.rs`:
//!   `f32_has_the_same_bits_everywhere`, `f64_has_the_same_bits_everywhere`
//! - A fused multiply-add is rounded once → `tests/suite/fma.rs`: `triples_that_others_got_wrong`
//! - exp, ln, sigmoid and tanh are ours, and correctly rounded in f32 → `tests/suite/elementary.rs`:
//!   `f32_is_correctly_rounded_wherever_it_is_tried`, `the_bits_are_known`
//! - A training step allocates nothing → `tests/allocations/main.rs`: `steps_after_the_first_allocate_nothing_on_any_thread`
//! - Every gradient is held against differences → `tests/gradients.rs`:
//!   `every_parameter_of_a_small_network_has_the_right_gradient`; `tests/suite/nn/gradients.rs`: `dense_layers`,
//!   `losses_on_labels_and_on_rows`
//! - Each known mistake turns a test red → `tests/suite/proof/mistakes.rs`: `the_tests_that_catch_them_are_there`
//! - What the checks compare with can itself fail → `tests/suite/comparator.rs`: `nan_is_rejected_on_either_side`,
//!   `one_wrong_entry_is_named`
//! - Bad files do no harm → `tests/suite/io/fuzz.rs`: `no_damaged_file_panics_or_is_misread`,
//!   `every_attack_is_refused_by_every_reader`
//! - An earlier file survives a failed write → `tests/suite/io/write.rs`: `an_earlier_file_survives_every_failure`
//! - Public types can be cloned, sent and printed → `tests/suite/nn/parts.rs`: `public_types_can_be_cloned_and_sent`;
//!   `tests/suite/nn/vocabulary.rs`: `public_types_can_be_debugged`
//! - README shows the options that the program train has, and its table from NumPy computes what it says →
//!   `tests/programs/readme.rs`: `the_options_are_those_of_train`; `tests/suite/readme.rs`:
//!   `the_table_from_numpy_is_what_is_tested_here`
//! - Programs share one grammar of options and one form of help → `tests/programs/options.rs`: `the_help_lists_the_table`,
//!   `misuse_and_failure_have_their_own_exit_codes`
//! - Every module names its tests, figures fit the page, and what the guide names is there → `tests/suite/guide.rs`:
//!   `every_public_module_names_the_tests_that_guard_it`, `no_block_of_text_is_wider_than_the_page`,
//!   `what_is_named_in_the_guide_is_there`
//!
//! Two more are kept by the compiler. `unsafe` is denied but in `src/matmul/simd/` and `src/matmul/threads/`, and so are missing
//! documentation and a public type without `Debug` (`Cargo.toml`). And the standard library's exp, ln, sin and the like,
//! whose bits differ between platforms, are refused by clippy with the list in `.ci/clippy.toml`.
//!
//! # What to run
//!
//! ```text
//! $ cargo test --release --test suite ops::   while working: the module that is touched
//! $ cargo test --release                      all of it
//! $ .ci/run                                   what a change must pass, lints too
//! ```
//!
//! `.ci/run` takes real MNIST where `FROMZERO_DATA` names it. Tests of programs run what was built last: `cargo build --release
//! --examples` comes before `cargo test --release --test programs`. Whether something became slower, `bench` tells, at a quiet time
//! and in turn with what was there before; timing has no place in a test.
//!
//! # A function behind a product (an epilogue)
//!
//! 1. The function and its derivative, one beside the other, in `src/ops/activation.rs`: generic over [`Real`](crate::Real), made of
//!    [`elementary`](crate::elementary) and of + − · /, with NaN passed on.
//! 2. A type that implements [`Epilogue`](crate::matmul::Epilogue), and a method of [`Product`](crate::matmul::Product) that chains it,
//!    as `Sigmoid` and `sigmoid` in the same file. `check` refuses what does not fit at the caller's line. The product itself knows
//!    nothing of it: `src/matmul/` stays as it is.
//! 3. A line in `tests/suite/ops.rs`: `every_step_is_rounded_by_itself_and_in_order` has a check of each, on every engine, and
//!    `steps_that_do_not_fit_are_refused_at_the_callers_line` one of what it refuses.
//!
//! One that is used once only need not be in the library: the example of [`Epilogue`](crate::matmul::Epilogue) is all it takes.
//!
//! # A layer
//!
//! 1. Whatever arithmetic it needs, with its derivative, in `src/ops/`. A function of single entries is an
//!    [`Activation`](crate::nn::Activation) then, and almost done.
//! 2. A file in `src/nn/`, after the model of `src/nn/dense.rs`: [`how to write one`](crate::nn#a-layer-of-your-own). Buffers are
//!    kept from step to step; `backward` overwrites; messages begin with the layer's name.
//! 3. Its door: `mod` and `pub use` in `src/nn/mod.rs`, and a row in the table there.
//! 4. Its tests: gradients in `tests/suite/nn/gradients.rs`; known values in `tests/suite/nn/golden.rs` (they come from
//!    `tests/fixtures/seeds_golden.py`) or `tests/suite/nn/torch.rs` (from `tests/fixtures/torch_golden.py`), since a right gradient
//!    of a wrong value passes every check; misuse in `tests/suite/nn/misuse.rs`; the types in `tests/suite/nn/parts.rs` and
//!    `tests/suite/nn/vocabulary.rs`; a step in `tests/allocations/nn.rs`.
//! 5. `examples/gradcheck/healthy.rs`, whose table shows every layer.
//! 6. For ONNX, [`Layer::operators`](crate::nn::Layer::operators), and a chain in `tests/suite/keep/net.rs`.
//!
//! # A file format
//!
//! 1. The reader in `src/io/`, or in `src/io/tensor/` or `src/io/image/` if it holds arrays or a picture: from the specification, whose
//!    section each comment names. A size is believed when its bytes are there; every failure is an [`Error`](crate::io::Error) with the
//!    place, what was expected and what was found.
//! 2. Writing, if there is any, ends in [`write_atomic`](crate::io::write_atomic), and equal contents give equal files.
//! 3. Good files of the format's own library in `tests/fixtures/formats/`, made by a script that stays there
//!    (`tests/fixtures/formats/make.py`), and hostile ones in `tests/fixtures/formats/refused/`.
//! 4. A row of `FORMATS` in `examples/fuzz/formats.rs`, and how a damaged file gets its check sums back in `examples/fuzz/repair.rs`: the
//!    program `fuzz` and `tests/suite/io/fuzz.rs` then read a great many damaged ones.
//! 5. A module of `tests/suite/io/`: every prefix is an error, no changed byte changes what is read, what is written is what the
//!    library writes.
//! 6. If it holds weights, [`Format`](crate::io::tensor::Format), by which `--load` and `--save` know it.
//!
//! # An example program
//!
//! 1. A file in `examples/`: a `PROGRAM` with its table of options, a `main` of one screen. Options, help, exit codes, progress and
//!    data come from `examples/support/`; what more it needs goes to a folder of its name beside it.
//! 2. A module of `tests/programs/`: help, misuse (2), failure (1), and that it does what it says.
//! 3. A row in README's table, which `tests/programs/readme.rs` compares.
//!
//! # A room
//!
//! Its place in `ROOMS` of `tests/suite/rooms.rs`, a line in the front door's reading order, and an opening as the others
//! have it: why it is there, its equation or algorithm, what always holds, and, last, "Guarded by" with its tests.
//!
//! Guarded by `tests/suite/guide.rs`: `what_is_named_in_the_guide_is_there`.
