//! The picture at the top of README: how the loss of section 3.7's network falls, and what the network reads then.
//!
//! `cargo run --release --example pictures -- --data DIR --svg examples/pictures/loss.svg`

#[path = "pictures/curve.rs"]
mod curve;
#[path = "pictures/digits.rs"]
mod digits;
mod support;

use std::process::ExitCode;

use fromzero::io::{Error, Result, write_atomic};
use fromzero::rng::Rng;
use fromzero::section37::{Init, Params, Recipe, Sizes, train};
use fromzero::view::{Attributes, Markup, Progress};
use support::{
    CLASSES, DATA, LABEL, Options, Program, QUIET, TEST, THREADS, file_to_write, load_digits,
    option, out,
};

const PROGRAM: Program = Program {
    name: "pictures",
    about: "Trains section 3.7's network as the book does, and draws the loss of every batch and the first test digits, for light \
            and for dark screens.",
    workloads: &[],
    options: &[
        DATA,
        TEST,
        LABEL,
        CLASSES,
        option("svg", "FILE.svg", "where to draw").or("loss.svg"),
        option("seed", "N", "where the random numbers begin").or("2"),
        THREADS,
        QUIET,
    ],
};

/// In pixels.
const WIDTH: f64 = 880.0;
const HEIGHT: f64 = 404.0;

/// Colours by name, so that a screen's scheme can change them.
const STYLE: &str = include_str!("pictures/style.css");

fn main() -> ExitCode {
    support::run(&PROGRAM, pictures)
}

fn pictures(options: &Options) -> Result<()> {
    let file = file_to_write(options, "svg")?.ok_or_else(|| Error::new("expected a file"))?;
    let mut say = Progress::stderr(options.flag("quiet"));
    let data = load_digits(options, false, &mut say)?;
    if !data.test.has_images() {
        return Err(Error::new("expected images, found a table").setting("--data"));
    }
    let mut rng = Rng::new(options.seed("seed")?);
    let (mut recipe, mut losses) = (Recipe::default(), Vec::new());
    recipe.epochs = 2;
    let sizes = Sizes {
        inputs: data.train.inputs(),
        classes: data.train.classes(),
        ..Sizes::default()
    };
    let mut params = Params::<f32>::new(sizes, Init::Uniform(0.3), &mut rng)?;
    let batches = data.train.len().div_ceil(recipe.batch);
    say.start(recipe.epochs * batches);
    train(&mut params, &data.train, &recipe, &mut rng, |step| {
        losses.push(step.loss);
        say.trace(step.loss);
        say.update(losses.len(), || format!("loss {:.4}", step.loss));
    })?;
    say.clear();
    let read = digits::read(&params, &data.test)?;
    let picture = picture(&losses, batches, &read);
    write_atomic(file, |out| out.write_all(picture.as_bytes()))?;
    out!("weights 0x{:016x}", params.checksum());
    Ok(())
}

fn picture(losses: &[f64], batches: usize, read: &[digits::Read]) -> String {
    let mut file = Markup::new();
    let about = "The loss of every batch over two epochs falls from about ten to a third; below it, test digits with what the network \
                 takes them for";
    let picture: Attributes<'_> = &[
        ("xmlns", &"http://www.w3.org/2000/svg"),
        ("role", &"img"),
        ("viewBox", &format_args!("0 0 {WIDTH} {HEIGHT}")),
        ("aria-label", &about),
    ];
    file.element("svg", picture, |svg| {
        svg.style(STYLE);
        let paper: Attributes<'_> = &[
            ("class", &"paper"),
            ("width", &"100%"),
            ("height", &"100%"),
            ("rx", &8),
        ];
        svg.empty("rect", paper);
        curve::draw(svg, losses, batches);
        digits::draw(svg, read);
    });
    file.source().to_string()
}

/// Words that begin, have their middle or end at a place.
fn words(svg: &mut Markup, class: &str, anchor: &str, (x, y): (f64, f64), words: &str) {
    let place: Attributes<'_> = &[
        ("class", &class),
        ("x", &format_args!("{x:.1}")),
        ("y", &format_args!("{y:.1}")),
        ("text-anchor", &anchor),
    ];
    svg.leaf("text", place, words);
}
