//! What all pages share: well-formed, nothing from outside, and readable in light, dark and print.

use fromzero::view::{Markup, page};

const INKS: [&str; 7] = ["ink", "quiet", "link", "blue", "red", "green", "orange"];
const PAPERS: [&str; 2] = ["paper", "shade"];

fn empty_page() -> String {
    page("zh", "<空>", "p { margin: 0 }", &Markup::new())
}

#[test]
fn a_page_says_its_language_its_width_and_its_title() {
    let page = empty_page();
    for part in [
        "<!DOCTYPE html>\n<html lang=\"zh\" xmlns=\"http://www.w3.org/1999/xhtml\"><head><meta charset=\"utf-8\"/>",
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>",
        "<title>&lt;空&gt;</title>",
        "<style>p { margin: 0 }</style></head><body></body></html>\n",
    ] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
    assert!(!page.contains("url(") && !page.contains("@import"));
}

/// The themes are the blocks that define variables: light, dark, print.
fn themes(page: &str) -> Vec<&str> {
    let blocks = page.split(":root {").skip(1);
    blocks.filter_map(|rest| rest.split('}').next()).collect()
}

/// WCAG 2.1, relative luminance, of a colour `#rrggbb`.
fn luminance(theme: &str, name: &str) -> f64 {
    let value = theme.split(&format!("--{name}: #")).nth(1);
    let hex = &value.unwrap_or_else(|| panic!("no --{name} in {theme}"))[..6];
    let channel = |i| {
        let value = u8::from_str_radix(&hex[i..i + 2], 16).expect("two hexadecimal digits");
        let c = f64::from(value) / 255.0;
        if c <= 0.04045 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

/// The colours behind the walkthrough's numbers.
const WALKTHROUGH: &str = include_str!("../../../examples/walkthrough/page.css");

fn contrast(a: f64, b: f64) -> f64 {
    let (light, dark) = if a > b { (a, b) } else { (b, a) };
    (light + 0.05) / (dark + 0.05)
}

#[test]
fn every_ink_is_readable_on_every_paper_in_every_theme() {
    let page = empty_page();
    let themes = themes(&page);
    assert_eq!(themes.len(), 3, "light, dark and print");
    for theme in themes {
        for ink in INKS {
            for paper in PAPERS {
                let contrast = contrast(luminance(theme, ink), luminance(theme, paper));
                assert!(
                    contrast >= 4.5,
                    "--{ink} on --{paper}: {contrast:.2} in {theme}"
                );
            }
        }
    }
}

#[test]
fn numbers_are_readable_on_every_colour_of_the_walkthrough() {
    let page = empty_page();
    let colours = themes(WALKTHROUGH);
    assert_eq!(colours.len(), 2, "light and dark");
    for (theme, colours) in themes(&page).into_iter().zip(colours) {
        for colour in ["p1", "p2", "p3", "p4", "n1", "n2", "n3", "n4"] {
            let contrast = contrast(luminance(theme, "ink"), luminance(colours, colour));
            assert!(contrast >= 4.5, "--ink on --{colour}: {contrast:.2}");
        }
    }
}
