//! Pictures that other programs wrote, and what is refused.

use std::time::Instant;

use fromzero::io::crc32;
use fromzero::io::image::{self, Image};

use super::fixtures::{fixture, named};

/// The pictures, and the shades that they should give.
fn pictures() -> Vec<(String, Vec<u8>, Image)> {
    let mut files = named("image").into_iter();
    let mut pictures = Vec::new();
    while let Some((name, file)) = files.next() {
        let (beside, shades) = files.next().expect("the shades");
        assert_eq!(beside, format!("{name}.grey"));
        let image = Image {
            width: shades[0].into(),
            height: shades[1].into(),
            pixels: shades[2..].to_vec(),
        };
        pictures.push((name, file, image));
    }
    pictures
}

#[track_caller]
fn refused(file: &[u8], reason: &str) {
    let error = image::parse(file).expect_err("it was accepted").to_string();
    assert!(error.contains(reason), "{error:?} instead of {reason:?}");
}

fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let checked = [kind, content].concat();
    let length = (content.len() as u32).to_be_bytes();
    [&length[..], &checked, &crc32(&checked).to_be_bytes()].concat()
}

/// A grey picture of 2×1 pixels, 7 and 9, with these chunks between header and data, and the header's last five bytes.
fn png(kinds: [u8; 5], before: &[u8], zlib: &[u8]) -> Vec<u8> {
    let sizes = [0, 0, 0, 2, 0, 0, 0, 1];
    let header = chunk(b"IHDR", &[&sizes[..], &kinds].concat());
    let parts = [&header, before, &chunk(b"IDAT", zlib), &chunk(b"IEND", b"")];
    [b"\x89PNG\r\n\x1a\n", &parts.concat()[..]].concat()
}

const GREY: [u8; 5] = [8, 0, 0, 0, 0];
/// The row with the filter 0, stored, and its Adler-32.
const ZLIB: [u8; 14] = [0x78, 1, 1, 3, 0, !3, !0, 0, 7, 9, 0, 26, 0, 17];

#[test]
fn pictures_of_other_programs_are_read() {
    let pictures = pictures();
    assert!(pictures.len() > 50);
    for (name, file, expected) in pictures {
        match image::parse(&file) {
            Ok(image) => assert!(image == expected, "{name}"),
            Err(error) => panic!("{name}: {error}"),
        }
    }
}

/// Of some pictures the end is space that says nothing.
#[test]
fn every_prefix_is_an_error_or_the_whole_picture() {
    for (name, file, expected) in pictures() {
        for length in 0..file.len() {
            if let Ok(image) = image::parse(&file[..length]) {
                assert!(
                    length + 2 >= file.len() && image == expected,
                    "{name}: {length}"
                );
                assert!(!name.ends_with(".png"), "{name}: {length}");
            }
        }
    }
}

#[test]
fn no_changed_bit_changes_a_png() {
    for (name, file, expected) in pictures()
        .into_iter()
        .filter(|picture| picture.0.ends_with(".png"))
    {
        let mut changed = file.clone();
        for at in 0..file.len() {
            changed[at] ^= 1 << (at % 8);
            let unseen =
                image::parse(&changed).is_err_and(|error| error.to_string().starts_with("byte "));
            assert!(unseen, "{name}: {at}");
            changed[at] = file[at];
        }
        assert!(image::parse(&changed) == Ok(expected));
    }
}

#[test]
fn a_picture_on_disk_is_read_and_errors_name_it() {
    let path = std::env::temp_dir().join(format!("fromzero-{}.pgm", std::process::id()));
    std::fs::write(&path, "P2 2 1 9 3 9\n").unwrap();
    assert_eq!(image::load(&path).unwrap().pixels, [85, 255]);
    std::fs::write(&path, "P2 2 1 9 3 10\n").unwrap();
    let error = image::load(&path).unwrap_err().to_string();
    assert_eq!(
        error,
        format!(
            "{}, byte 10: a pixel is above the largest value",
            path.display()
        )
    );
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn pictures_that_claim_too_much_are_refused_at_once() {
    let start = Instant::now();
    refused(
        &fixture("refused/huge.png"),
        "claims 2147483647×2147483647 pixels",
    );
    refused(
        &fixture("refused/empty.png"),
        "67117056 bytes are needed, which",
    );
    refused(b"P5 99999999999999999999 1 255 ", "the picture claims");
    refused(b"P5 8192 8192 255 .", "it cannot hold 8192×8192 pixels");
    refused(
        b"P2 8192 8192 255 1 2 3 ",
        "it cannot hold 8192×8192 pixels",
    );
    let mut bmp = fixture("image/rgb-pillow.bmp");
    bmp[18..26].copy_from_slice(&[0, 0x20, 0, 0, 0, 0x20, 0, 0]);
    refused(&bmp, "201326592 bytes are needed");
    bmp[18..26].copy_from_slice(&[255, 255, 255, 127, 255, 255, 255, 127]);
    refused(&bmp, "claims 2147483647×2147483647 pixels");
    bmp[18..26].copy_from_slice(&[1, 0, 0, 0, 0, 0, 0, 128]);
    refused(&bmp, "claims 1×2147483648 pixels");
    bmp[18..26].copy_from_slice(&[255, 255, 255, 255, 1, 0, 0, 0]);
    refused(&bmp, "0×1 pixels, expected at least one");
    assert!(start.elapsed().as_secs_f64() < 1.0);
}

#[test]
fn other_formats_are_named() {
    refused(b"", "is empty, expected a picture");
    refused(&fixture("refused/jpeg.png"), "is a JPEG file");
    refused(b"GIF89a", "is a GIF file");
    refused(b"RIFF\x24\0\0\0WEBPVP8 ", "is a WebP file");
    refused(b"P6 1 1 255 ...", "is a PBM or PPM file");
    refused(b"text", "is of no known format");
    refused(
        &fixture("refused/run-length.bmp"),
        "byte 30: the pixels of the BMP file are compressed",
    );
    let mut bmp = bmp(4, &[[0; 4]], 1);
    // Masks are for 32 bits alone, which are packed in no other way.
    for (bits, compression) in [(24, 3), (16, 3), (32, 1)] {
        (bmp[28], bmp[30]) = (bits, compression);
        refused(&bmp, "are compressed");
    }
}

/// A picture of 4 bits a pixel with these rows, top-down, and a palette of so many colours; the pixels stand at its end.
fn bmp(width: u8, rows: &[[u8; 4]], colours: usize) -> Vec<u8> {
    let mut file = b"BM".to_vec();
    let pixels = 14 + 40 + 4 * colours as u32;
    for number in [0, 0, pixels, 40, width.into()] {
        file.extend(number.to_le_bytes());
    }
    file.extend((-(rows.len() as i32)).to_le_bytes());
    file.extend([1, 0, 4, 0]);
    for number in [0, 0, 0, 0, colours as u32, 0] {
        file.extend(number.to_le_bytes());
    }
    file.extend([[17, 17, 17, 0]; 16].as_flattened()[..4 * colours].iter());
    file.extend(rows.as_flattened());
    file
}

#[test]
fn a_damaged_pixel_is_where_it_is_said_to_be() {
    let rows = [[0x01, 0x10, 0, 0], [0x01, 0x02, 0, 0]];
    let good = bmp(4, &rows, 3);
    assert_eq!(image::parse(&good).unwrap().pixels, [17; 8]);
    let missing = bmp(4, &rows, 2);
    let place = missing.len() - 4 + 1;
    refused(
        &missing,
        &format!("byte {place}: a pixel's colour is not in the palette"),
    );
    let mut masks = fixture("image/rgb-pillow.bmp");
    masks[18..22].fill(0);
    refused(&masks, "byte 18: the picture has 0×");
    // The header of OS/2, of a picture without rows.
    let core = [
        &b"BM\0\0\0\0\0\0\0\0\x1a\0\0\0\x0c\0\0\0"[..],
        &[1, 0, 0, 0, 1, 0, 24, 0],
    ];
    refused(&core.concat(), "byte 18: the picture has 1×0 pixels");
    let grey = png(GREY, b"", &ZLIB);
    refused(
        &grey[..35],
        "byte 33: the PNG file ends too early: 4 bytes are needed, 2 are left",
    );
    refused(
        b"P5 3 1 999 \x00\x01\x03\xe7\x03\xe8",
        "byte 15: a pixel is above the largest value",
    );
    refused(
        b"P5 3 1 9 \x00\x01\x0a",
        "byte 11: a pixel is above the largest value",
    );
}

/// A pass of which no column is left has no rows either, and no filters in front of them.
#[test]
fn a_narrow_picture_lacks_some_passes() {
    let rows = [0, 7, 0, 9];
    let zlib = [&[0x78, 1, 1, 4, 0, !4, !0][..], &rows, &[0, 34, 0, 17]].concat();
    let picture = png([8, 0, 0, 0, 1], b"", &zlib);
    assert_eq!(image::parse(&picture).unwrap().pixels, [7, 9]);
}

#[test]
fn from_256_shades_on_a_pixel_has_two_bytes() {
    let shades = |file: &[u8]| image::parse(file).unwrap().pixels;
    assert_eq!(shades(b"P5 2 1 255 \x00\xff"), [0, 255]);
    assert_eq!(shades(b"P5 2 1 256 \x00\x80\x01\x00"), [128, 255]);
}

#[test]
fn damaged_png_files_are_refused() {
    assert_eq!(image::parse(&png(GREY, b"", &ZLIB)).unwrap().pixels, [7, 9]);
    refused(b"\x89PNG\n\x1a\n", "ends too early");
    refused(b"\x89PNG\n\x1a\n\0", "may have been copied as text");
    refused(
        &png([7, 0, 0, 0, 0], b"", &ZLIB),
        "byte 24: the colour type 0 with 7 bits",
    );
    refused(&png([8, 5, 0, 0, 0], b"", &ZLIB), "colour type 5");
    refused(
        &png([8, 0, 1, 0, 0], b"", &ZLIB),
        "byte 26: the PNG file is packed by an unknown method",
    );
    refused(
        &png([8, 0, 0, 0, 2], b"", &ZLIB),
        "byte 26: the PNG file is packed by an unknown method",
    );
    refused(&png([8, 3, 0, 0, 0], b"", &ZLIB), "has no palette");
    let palette = |colours| chunk(b"PLTE", &vec![0; colours]);
    refused(
        &png([8, 3, 0, 0, 0], &palette(9), &ZLIB),
        "the colour 7, which is not in the palette",
    );
    refused(&png([8, 3, 0, 0, 0], &palette(10), &ZLIB), "wrong length");
    refused(&png([8, 3, 0, 0, 0], &palette(0), &ZLIB), "wrong length");
    refused(
        &png(GREY, &[palette(3), palette(3)].concat(), &ZLIB),
        "wrong length or place",
    );
    refused(
        &png(GREY, &chunk(b"tRNS", &[0; 3]), &ZLIB),
        "transparency has a wrong length",
    );
    refused(
        &png(GREY, &chunk(b"NEWS", b""), &ZLIB),
        "\"NEWS\" is unknown",
    );
    assert!(image::parse(&png(GREY, &chunk(b"text", b"..."), &ZLIB)).is_ok());
    let interrupted = [chunk(b"IDAT", b""), chunk(b"text", b"")].concat();
    refused(&png(GREY, &interrupted, &ZLIB), "interrupted");
    let end = chunk(b"IEND", b"");
    refused(&png(GREY, &end, &ZLIB), "something follows behind the end");
    let with = |at: usize, byte: u8| {
        let mut zlib = ZLIB;
        zlib[at] = byte;
        png(GREY, b"", &zlib)
    };
    refused(
        &with(0, 0x79),
        "in the picture's data, byte 0: is no zlib stream",
    );
    // The method, the window, a dictionary, and the check of both bytes, one of which is wrong.
    for start in [[0x77, 0x09], [0x88, 0x1c], [0x78, 0x20], [0x78, 0x02]] {
        let mut zlib = ZLIB;
        zlib[..2].copy_from_slice(&start);
        refused(&png(GREY, b"", &zlib), "is no zlib stream");
    }
    refused(&with(13, 18), "the Adler-32");
    refused(
        &png(GREY, b"", &[&ZLIB[..], &[0]].concat()),
        "or something follows it",
    );
    let filter = [0x78, 1, 1, 3, 0, !3, !0, 5, 7, 9, 0, 41, 0, 22];
    refused(&png(GREY, b"", &filter), "the filter 5, expected 0 to 4");
    let short = [0x78, 1, 1, 2, 0, !2, !0, 0, 7, 0, 9, 0, 8];
    refused(
        &png(GREY, b"", &short),
        "3 bytes are needed, the zlib stream has 2",
    );
    let long = [0x78, 1, 1, 4, 0, !4, !0, 0, 7, 9, 1, 0, 43, 0, 18];
    refused(&png(GREY, b"", &long), "unpacks to more than the 3 bytes");
}

#[test]
fn damaged_pgm_files_are_refused() {
    refused(b"P2 1 1 0 0\n", "not within 1 to 65535");
    refused(b"P2 1 1 65536 0\n", "not within 1 to 65535");
    refused(b"P2 0 1 9 0\n", "0×1 pixels");
    refused(b"P2 1 1 9 0", "a pixel may be cut off");
    refused(b"P2 1 1 9 x\n", "expected a pixel");
    refused(b"P2 1 1 9 1 2\n", "something follows");
    refused(b"P21 1 9 1\n", "expected the width");
    refused(b"P5 1 2 9 \x01", "1×2 pixels need 2 bytes, 1 are there");
    refused(b"P5 1 1 999 \x01", "1×1 pixels need 2 bytes, 1 are there");
    refused(b"P5 1 1 9 \x0a", "above the largest value");
    refused(b"P5 1 1 9 \x01P5", "something follows");
    refused(b"P5 3 1 9 \x01\x02\x03P5", "byte 12: something follows");
    refused(b"P2 1 1 9 \n", "expected a pixel, a whole number");
}
