//! Digits from pictures: against a slow definition, pixel by pixel, and what stays as it is.

use fromzero::data::normalized;
use fromzero::io::image::Image;
use fromzero::rng::Rng;

const SIDE: usize = 28;

fn picture(width: usize, pixels: Vec<u8>) -> Image {
    let height = pixels.len() / width;
    Image {
        width,
        height,
        pixels,
    }
}

/// The ink of each pixel: how much it differs from the mean of the picture's edge, towards the other end, from 0 to 255; nothing
/// below a quarter of the deepest.
fn ink(image: &Image) -> Vec<u32> {
    let Image { width, height, .. } = *image;
    let (mut sum, mut edge) = (0, 0);
    for (at, &pixel) in image.pixels.iter().enumerate() {
        let (i, j) = (at / width, at % width);
        if i == 0 || i == height - 1 || j == 0 || j == width - 1 {
            sum += i32::from(pixel);
            edge += 1;
        }
    }
    let paper = sum / edge;
    let towards = if paper >= 128 { -1 } else { 1 };
    let depth = |pixel: u8| (towards * (i32::from(pixel) - paper)).max(0);
    let mut deepest = 0;
    for &pixel in &image.pixels {
        deepest = deepest.max(depth(pixel));
    }
    let ink = |&pixel: &u8| {
        if 4 * depth(pixel) < deepest {
            0
        } else {
            255 * depth(pixel) as u32 / deepest as u32
        }
    };
    image.pixels.iter().map(ink).collect()
}

/// The rows or columns, `of` each place, between which all ink lies.
fn span(ink: &[u32], of: &dyn Fn(usize) -> usize) -> (usize, usize) {
    let (mut first, mut end) = (usize::MAX, 0);
    for (at, &ink) in ink.iter().enumerate() {
        if ink > 0 {
            first = first.min(of(at));
            end = end.max(of(at) + 1);
        }
    }
    (first, end - first)
}

/// Checks that `digit` is the picture's ink, scaled and placed. Each pixel of the picture is thought of as small squares, of which
/// whole numbers make a pixel of the digit.
#[track_caller]
fn check(image: &Image) {
    let digit = normalized(image).unwrap();
    let ink = ink(image);
    let (top, rows) = span(&ink, &|at| at / image.width);
    let (left, cols) = span(&ink, &|at| at % image.width);
    let longest = rows.max(cols);
    let scaled = |n: usize| ((20.0 * n as f64 / longest as f64).round() as usize).max(1);
    let (new_rows, new_cols) = (scaled(rows), scaled(cols));
    let area = (rows * cols) as u32;
    let sum = |i: usize, j: usize| {
        let mut sum = 0;
        for line in i * rows..(i + 1) * rows {
            let start = (top + line / new_rows) * image.width + left;
            for at in j * cols..(j + 1) * cols {
                sum += ink[start + at / new_cols];
            }
        }
        f64::from(sum)
    };
    let means: Vec<f64> = (0..new_rows * new_cols)
        .map(|at| sum(at / new_cols, at % new_cols) / f64::from(area))
        .collect();
    // Where it stands: every place inside the image is tried.
    let stands_at = |row: usize, col: usize| {
        (0..SIDE * SIDE).all(|at| {
            let (i, j) = ((at / SIDE).wrapping_sub(row), (at % SIDE).wrapping_sub(col));
            let mean = match i < new_rows && j < new_cols {
                true => means[i * new_cols + j],
                false => 0.0,
            };
            (f64::from(digit[at]) - mean).abs() <= 0.5 + 1e-9
        })
    };
    let mut fitting = Vec::new();
    for row in 0..=SIDE - new_rows {
        for col in 0..=SIDE - new_cols {
            if stands_at(row, col) {
                fitting.push((row, col));
            }
        }
    }
    let [(row, col)] = fitting[..] else {
        panic!("the digit, scaled, is at {fitting:?}");
    };
    let mass: f64 = digit.iter().map(|&x| f64::from(x)).sum();
    let centre = |of: fn(usize) -> usize| {
        let moment = |at: usize| f64::from(digit[at]) * (of(at) as f64 + 0.5);
        (0..SIDE * SIDE).map(moment).sum::<f64>() / mass
    };
    for (at, size, centre) in [
        (row, new_rows, centre(|at| at / SIDE)),
        (col, new_cols, centre(|at| at % SIDE)),
    ] {
        let in_the_middle = (14.0 - 1e-9..15.0).contains(&centre);
        let kept_inside = (at == 0 && centre >= 15.0) || (at + size == SIDE && centre < 14.0);
        assert!(in_the_middle || kept_inside, "{centre} from {at} on");
    }
}

/// Some strokes of different ink on paper of this shade, with a margin.
fn strokes(width: usize, height: usize, paper: u8, rng: &mut Rng) -> Image {
    let mut pixels = vec![paper; width * height];
    let below = |rng: &mut Rng, n: usize| rng.below(n as u64) as usize;
    for _ in 0..3 {
        let (i, j) = (1 + below(rng, height - 2), 1 + below(rng, width - 2));
        let (rows, cols) = (1 + below(rng, height), 1 + below(rng, width));
        // Also a quarter of the deepest ink, and less.
        let depth = [100, 60, 25, 24][below(rng, 4)];
        let shade = if paper < 128 {
            paper + depth
        } else {
            paper - depth
        };
        for i in i..(i + rows).min(height - 1) {
            pixels[i * width + j..i * width + (j + cols).min(width - 1)].fill(shade);
        }
    }
    pixels[(height / 2) * width + width / 2] = if paper < 128 {
        paper + 100
    } else {
        paper - 100
    };
    picture(width, pixels)
}

#[test]
fn digits_of_any_size_become_twenty_pixels_in_the_middle() {
    let mut rng = Rng::new(28);
    for paper in [0, 127, 128, 255] {
        for (width, height) in [
            (3, 3),
            (9, 40),
            (28, 28),
            (64, 31),
            (100, 7),
            (56, 14),
            (14, 56),
        ] {
            for _ in 0..4 {
                check(&strokes(width, height, paper, &mut rng));
            }
        }
    }
}

/// The whole edge counts, and nothing else.
#[test]
fn paper_is_the_mean_of_the_edge() {
    let mut rng = Rng::new(29);
    for (width, height) in [(12, 12), (30, 5), (5, 30)] {
        for side in 0..4 {
            for (inside, edge) in [(250, 100), (10, 140)] {
                let mut image = strokes(width, height, inside, &mut rng);
                for at in 0..width * height {
                    let (i, j) = (at / width, at % width);
                    let is_edge = [i == 0, i == height - 1, j == 0, j == width - 1];
                    if is_edge.contains(&true) {
                        image.pixels[at] = if is_edge[side] { edge } else { 120 };
                    }
                }
                check(&image);
            }
        }
    }
}

#[test]
fn a_picture_without_ink_holds_no_digit() {
    for shade in [0, 127, 128, 255] {
        let error = normalized(&picture(9, vec![shade; 81])).unwrap_err();
        assert!(error.to_string().starts_with("holds no digit"), "{error}");
    }
}

/// A picture's fields are anybody's to fill.
#[test]
fn a_picture_whose_pixels_are_not_its_size_is_refused() {
    for (width, height, pixels) in [
        (0, 0, 0),
        (0, 28, 0),
        (9, 0, 0),
        (0, 28, 784),
        (28, 27, 784),
        (5, 5, 24),
        (usize::MAX, 2, 6),
    ] {
        let pixels = vec![7; pixels];
        let found = format!("found {width}×{height} with {} pixels", pixels.len());
        let error = normalized(&Image {
            width,
            height,
            pixels,
        })
        .unwrap_err();
        assert!(error.to_string().ends_with(&found), "{error}");
    }
}

/// A picture of 28×28 pixels with ink on its first and last rows and columns, faint but where it is said to be deep.
fn framed(top: usize, left: usize, rows: usize, cols: usize, deep: (usize, usize)) -> Image {
    let mut pixels = vec![0; SIDE * SIDE];
    for i in 0..rows {
        for j in 0..cols {
            if i % (rows - 1) == 0 || j % (cols - 1) == 0 {
                pixels[(top + i) * SIDE + left + j] = 3;
            }
        }
    }
    pixels[(top + deep.0) * SIDE + left + deep.1] = 255;
    picture(SIDE, pixels)
}

#[track_caller]
fn stays(image: &Image) -> bool {
    normalized(image).unwrap()[..] == image.pixels
}

#[test]
fn what_has_mnist_s_form_stays_as_it_is() {
    // Faint ink would be paper, and go.
    for (top, left, rows, cols) in [
        (4, 6, 20, 12),
        (9, 1, 3, 20),
        (1, 1, 20, 20),
        (7, 7, 20, 20),
    ] {
        assert!(
            stays(&framed(top, left, rows, cols, (1, 1))),
            "{top} {left}"
        );
    }
    for (rows, cols) in [(19, 12), (21, 12), (12, 21), (19, 19), (24, 20)] {
        assert!(!stays(&framed(2, 2, rows, cols, (1, 1))), "{rows}×{cols}");
    }
    // As many pixels in other rows.
    let wide = framed(2, 3, 12, 20, (1, 1));
    let mut other = Vec::new();
    for row in wide.pixels[..14 * SIDE].chunks(SIDE) {
        other.extend_from_slice(row);
        other.extend_from_slice(&[0; SIDE]);
    }
    let digit = normalized(&picture(2 * SIDE, other)).unwrap();
    assert!(digit.iter().all(|&x| x == 0 || x > 3));
}

/// Ink on the edge leaves doubt whether the digit was centred: not where it could stand nowhere else.
#[test]
fn a_digit_at_the_edge_stays_only_if_it_is_in_its_place() {
    for (top, left) in [(0, 5), (8, 5), (5, 0), (5, 8)] {
        assert!(!stays(&framed(top, left, 20, 20, (10, 10))), "{top} {left}");
    }
    // With its mass at one end, it is as near to the middle as it can be.
    assert!(stays(&framed(0, 4, 20, 20, (19, 10))));
    assert!(stays(&framed(8, 4, 20, 20, (0, 10))));
    assert!(stays(&framed(4, 0, 20, 20, (10, 19))));
    assert!(stays(&framed(4, 8, 20, 20, (10, 0))));
    assert!(!stays(&framed(0, 5, 20, 20, (19, 10))));
}
