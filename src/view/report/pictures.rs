//! Small pictures inside a page.

use crate::data::Dataset;
use crate::io::image::{SHADES, to_png};
use crate::view::Markup;

/// Larger images are shown smaller, by a whole number.
const LARGEST_SIDE: usize = 40;

/// Weights from −1 over 0 to 1: blue, white, red.
const ENDS: [[u8; 3]; 2] = [[33, 102, 172], [178, 24, 43]];
const MIDDLE: [u8; 3] = [247, 247, 247];

/// The picture of an image of a data set, ink dark on white; none of a row of a table.
pub(super) fn sample(data: &Dataset, i: usize) -> Option<String> {
    if !data.has_images() {
        return None;
    }
    let (rows, cols) = (data.rows(), data.cols());
    let by = rows.max(cols).div_ceil(LARGEST_SIDE);
    let (height, width) = (rows.div_ceil(by), cols.div_ceil(by));
    let image = data.image(i);
    let ink = |row: usize, col: usize| {
        let (mut sum, mut count) = (0, 0);
        for r in row * by..((row + 1) * by).min(rows) {
            for &ink in &image[r * cols..][col * by..((col + 1) * by).min(cols)] {
                sum += usize::from(ink);
                count += 1;
            }
        }
        sum / count
    };
    let shades =
        (0..height * width).map(|at| (255 - ink(at / width, at % width)) * (SHADES - 1) / 255);
    let shades: Vec<u8> = shades.map(|shade| shade as u8).collect();
    Some(uri(&to_png((width, height), &shades, None)))
}

/// The picture of numbers, `width` in a row, of which the largest in size is blue below 0 and red above it; none if there are no rows, or
/// a number is not finite.
pub(super) fn weights(width: usize, numbers: &[f64]) -> Option<String> {
    let largest = numbers
        .iter()
        .fold(0.0, |a: f64, x| if x.abs() > a { x.abs() } else { a });
    if width == 0 || numbers.is_empty() || !numbers.iter().all(|x| x.is_finite()) {
        return None;
    }
    let scale = if largest > 0.0 { largest } else { 1.0 };
    let half = (SHADES - 1) as f64 / 2.0;
    let shade = |x: &f64| (half * (1.0 + x / scale)).round() as u8;
    let shades: Vec<u8> = numbers.iter().map(shade).collect();
    let rows = numbers.len() / width;
    Some(uri(&to_png((width, rows), &shades, Some(&palette()))))
}

fn palette() -> [[u8; 3]; SHADES] {
    std::array::from_fn(|shade| {
        let x = 2.0 * shade as f64 / (SHADES - 1) as f64 - 1.0;
        let end = ENDS[usize::from(x > 0.0)];
        std::array::from_fn(|part| {
            let (middle, end) = (f64::from(MIDDLE[part]), f64::from(end[part]));
            (middle + x.abs() * (end - middle)).round() as u8
        })
    })
}

/// A picture on the page.
pub(super) fn picture(out: &mut Markup, class: &str, uri: &str, says: &str) {
    let image = [
        ("class", &class as _),
        ("src", &uri as _),
        ("alt", &says as _),
        ("title", &says as _),
    ];
    out.empty("img", &image);
}

/// A PNG file as an address (RFC 2397).
fn uri(png: &[u8]) -> String {
    let mut uri = "data:image/png;base64,".to_string();
    for three in png.chunks(3) {
        let byte = |i: usize| three.get(i).copied().map_or(0, u32::from);
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for k in 0..4 {
            uri.push(match k <= three.len() {
                true => BASE64[(bits >> (18 - 6 * k)) as usize & 63] as char,
                false => '=',
            });
        }
    }
    uri
}

/// RFC 4648, section 4.
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
