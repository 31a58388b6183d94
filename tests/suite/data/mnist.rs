//! The real MNIST, where `FROMZERO_DATA` names a folder that has it: `cargo test --release -- --ignored`.

use fromzero::data::{Dataset, mnist};
use fromzero::io::crc32;

/// All pixels and all labels.
fn check_sums(data: &Dataset) -> (u32, u32) {
    let mut pixels = Vec::new();
    for i in 0..data.len() {
        pixels.extend_from_slice(data.image(i));
    }
    (crc32(&pixels), crc32(data.labels()))
}

#[test]
#[ignore = "needs FROMZERO_DATA"]
fn the_real_files_are_read_right() {
    let folder = std::env::var_os("FROMZERO_DATA").expect("FROMZERO_DATA names MNIST's folder");
    let folder = mnist::find(None, Some(&folder)).unwrap().unwrap();
    let one = mnist::load(&folder, 1).unwrap();
    let two = mnist::load(&folder, 2).unwrap();
    assert!(one == two);

    assert_eq!((one.train.len(), one.test.len()), (60_000, 10_000));
    assert_eq!((one.train.rows(), one.train.cols()), (28, 28));
    assert_eq!(one.train.labels()[..5], [5, 0, 4, 1, 9]);
    assert_eq!(one.test.labels()[..5], [7, 2, 1, 0, 4]);
    // As zlib's crc32 has them, of what follows the headers.
    assert_eq!(check_sums(&one.train), (0xf363_9b56, 0xba07_e8ef));
    assert_eq!(check_sums(&one.test), (0xe4ca_5f57, 0xee86_04d9));
}
