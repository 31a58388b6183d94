//! The pictures at the top of README, and the programs that draw them.

use std::fs;

use crate::start::{Folder, example, text};
use crate::walkthrough::xml::Element;

/// All that README loads with its pictures, in bytes.
const MOST: usize = 200_000;

/// A picture that a browser shows: well-formed, with words for who cannot see it, and colours for dark screens.
#[track_caller]
fn read(picture: &str) -> Element {
    let svg = Element::read(&format!("<!DOCTYPE html>\n{picture}")).expect("a picture");
    assert!(
        svg.attribute("aria-label")
            .is_some_and(|words| words.len() > 20)
    );
    assert!(picture.contains("prefers-color-scheme: dark"));
    svg
}

#[test]
fn the_pictures_of_readme_are_there_and_small() {
    let mut bytes = 0;
    for name in ["loss", "step"] {
        let file = format!("examples/pictures/{name}.svg");
        let readme = include_str!("../../README.md");
        assert!(readme.contains(&file), "{file}");
        let path = format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
        let picture = fs::read_to_string(path).expect("a picture");
        read(&picture);
        bytes += picture.len();
    }
    assert!(bytes < MOST, "{bytes}");
}

#[test]
fn the_loss_and_the_digits_are_drawn() {
    let folder = Folder::new("pictures");
    let file = format!("{}/loss.svg", folder.path());
    let args = ["--data", folder.path(), "--svg", &file, "--quiet"];
    let output = example("pictures").args(args).output().expect("it starts");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let svg = read(&fs::read_to_string(file).expect("a picture"));
    // 200 images are four batches, in each of two epochs.
    let line = svg
        .all("path")
        .into_iter()
        .find(|path| path.has_class("line"));
    let path = line.and_then(|line| line.attribute("d")).expect("a line");
    assert_eq!(path.matches(['M', 'L']).count(), 8, "{path}");
    let digits = svg.all("g").into_iter().filter(|g| g.has_class("ink"));
    assert_eq!(digits.count(), 12);
}

#[test]
fn the_walkthrough_draws_its_network_alone() {
    let folder = Folder::new("pictures-step");
    let file = format!("{}/step.svg", folder.path());
    let mut program = example("walkthrough");
    let output = program
        .args(["--figure", &file])
        .output()
        .expect("it starts");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let drawn = fs::read_to_string(file).expect("a picture");
    let committed = include_str!("../../examples/pictures/step.svg");
    assert_eq!(drawn, committed);
    assert_eq!(read(&drawn).all("circle").len(), 3 + 4 + 4 + 2);
}
