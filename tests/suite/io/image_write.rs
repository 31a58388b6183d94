//! Pictures that are written: they come back, and take little room.

use fromzero::io::image::{self, Image};
use fromzero::rng::Rng;

#[test]
fn what_is_written_is_read_again() {
    let mut rng = Rng::new(1);
    let palette = std::array::from_fn(|shade| [17 * shade as u8; 3]);
    for (width, height) in [
        (1, 1),
        (2, 1),
        (1, 3),
        (7, 5),
        (28, 28),
        (600, 3),
        (13, 700),
        (301, 200),
    ] {
        // Runs of every length, rows that repeat others, and noise.
        for like in 0..4 {
            let (mut pixels, mut shade) = (vec![0; width * height], 0);
            for at in 0..pixels.len() {
                pixels[at] = match like {
                    0 => 15,
                    1 => rng.below(16) as u8,
                    2 if at >= 2 * width && rng.below(50) > 0 => pixels[at - 2 * width],
                    _ => {
                        shade = if rng.below(9) == 0 {
                            rng.below(16) as u8
                        } else {
                            shade
                        };
                        shade
                    }
                };
            }
            let grey = pixels.iter().map(|pixel| 17 * pixel).collect();
            let expected = Image {
                width,
                height,
                pixels: grey,
            };
            for palette in [None, Some(&palette)] {
                let file = image::to_png((width, height), &pixels, palette);
                assert_eq!(
                    image::parse(&file).unwrap(),
                    expected,
                    "{width}×{height}, {like}"
                );
            }
            // A run of 257 bytes, 514 pixels, takes two or three.
            let packed = image::to_png((width, height), &pixels, None).len();
            assert!(
                like > 0 || packed < 200 + width * height / 100,
                "{packed} bytes"
            );
        }
    }
}

/// As in a chequered pattern, or in dithered shades.
#[test]
fn rows_that_repeat_those_before_them_take_little_room() {
    let mut rng = Rng::new(2);
    const WIDTH: usize = 60;
    for period in [1, 2] {
        let rows: Vec<u8> = (0..period * WIDTH).map(|_| rng.below(16) as u8).collect();
        let pixels = rows.repeat(60 / period);
        let file = image::to_png((WIDTH, 60), &pixels, None);
        assert!(file.len() < 300, "{period}: {} bytes", file.len());
        let image = image::parse(&file).unwrap();
        let shades: Vec<u8> = pixels.iter().map(|pixel| 17 * pixel).collect();
        assert_eq!(image.pixels, shades);
    }
}
