//! The network as a figure: each neuron with its numbers, which lead to their places.

use fromzero::view::{Attributes, Markup};

use super::ledger::{Ledger, Place, at, full};
use super::words::{Lang, words};

/// What stands in the neurons.
pub struct Shown {
    /// The key of the caption; with `.alt` behind it that of the description.
    key: &'static str,
    /// The grid for each layer.
    grids: [&'static str; 4],
    /// Whether biases stand under their neurons.
    biases: bool,
    /// Whether numbers lead to their places, which are on the page.
    links: bool,
}

pub const FORWARD: Shown = Shown {
    key: "forward",
    grids: ["a1", "a2", "a3", "a4"],
    biases: true,
    links: true,
};
pub const BACKWARD: Shown = Shown {
    key: "backward",
    grids: ["a1", "d2", "d3", "d4"],
    biases: false,
    links: true,
};
const ALONE: Shown = Shown {
    links: false,
    ..FORWARD
};

/// Colours of a figure in a file of its own, for light and for dark screens.
const STYLE: &str = include_str!("figure.css");

/// Of more samples there is no room in a circle.
const MOST_SAMPLES: usize = 2;

/// Distances in pixels.
const BETWEEN_LAYERS: f64 = 190.0;
const BETWEEN_NEURONS: f64 = 88.0;
const RADIUS: f64 = 30.0;
const MARGIN: f64 = 52.0;
/// Room for the symbols above the layers.
const HEAD: f64 = 26.0;

/// Where the neurons are.
struct Plan {
    sizes: [usize; 4],
    height: f64,
}

impl Plan {
    fn new(ledger: &Ledger) -> Self {
        let cols = |id| ledger.grid(id).values.cols();
        let sizes = ["a1", "a2", "a3", "a4"].map(cols);
        let most = sizes.into_iter().max().unwrap_or(1);
        Plan {
            sizes,
            height: HEAD + most as f64 * BETWEEN_NEURONS + 16.0,
        }
    }

    fn place(&self, layer: usize, neuron: usize) -> (f64, f64) {
        let middle = 0.5 * (self.sizes[layer] as f64 - 1.0);
        let x = MARGIN + layer as f64 * BETWEEN_LAYERS;
        (
            x,
            0.5 * self.height + (neuron as f64 - middle) * BETWEEN_NEURONS,
        )
    }
}

pub fn write(ledger: &Ledger, lang: Lang, shown: Shown, page: &mut Markup) {
    let plan = Plan::new(ledger);
    let width = 2.0 * MARGIN + 3.0 * BETWEEN_LAYERS;
    let view_box = format!("0 0 {width} {}", plan.height);
    let samples = ledger.grid("a1").values.rows();
    page.element("figure", &[("class", &"net")], |figure| {
        let picture: Attributes<'_> = &[
            ("xmlns", &"http://www.w3.org/2000/svg"),
            ("viewBox", &view_box),
            ("role", &"group"),
            ("aria-label", &words(lang, &format!("{}.alt", shown.key))),
        ];
        figure.element("svg", picture, |svg| draw(&plan, ledger, &shown, svg));
        figure.element("figcaption", &[], |caption| {
            caption.leaf("b", &[], words(lang, shown.key));
            caption.text(words(lang, "stop"));
            caption.text(words(lang, &format!("{}.alt", shown.key)));
            if samples > MOST_SAMPLES {
                caption.text(" ");
                caption.text(words(lang, "figure.more"));
            }
        });
    });
}

/// The figure of the forward pass as a file of its own, in which nothing leads anywhere.
pub fn alone(ledger: &Ledger, lang: Lang) -> String {
    let plan = Plan::new(ledger);
    let (width, height) = (2.0 * MARGIN + 3.0 * BETWEEN_LAYERS, plan.height);
    let mut file = Markup::new();
    let picture: Attributes<'_> = &[
        ("xmlns", &"http://www.w3.org/2000/svg"),
        ("viewBox", &format_args!("0 -8 {width} {}", height + 16.0)),
        ("role", &"img"),
        ("aria-label", &words(lang, "forward.alt")),
    ];
    file.element("svg", picture, |svg| {
        svg.style(STYLE);
        let paper: Attributes<'_> = &[
            ("class", &"paper"),
            ("y", &-8),
            ("width", &"100%"),
            ("height", &"100%"),
            ("rx", &8),
        ];
        svg.empty("rect", paper);
        draw(&plan, ledger, &ALONE, svg);
    });
    file.source().to_string()
}

fn draw(plan: &Plan, ledger: &Ledger, shown: &Shown, svg: &mut Markup) {
    for layer in 0..3 {
        draw_weights(plan, layer, ledger, svg);
    }
    for layer in 0..4 {
        let head: Attributes<'_> = &[
            ("class", &"head"),
            ("x", &plan.place(layer, 0).0),
            ("y", &16),
        ];
        svg.leaf("text", head, ledger.grid(shown.grids[layer]).name());
        for neuron in 0..plan.sizes[layer] {
            draw_neuron(plan, (layer, neuron), ledger, shown, svg);
        }
    }
}

/// Lines from every neuron of a layer to every one of the next, as thick as the weights are large.
fn draw_weights(plan: &Plan, layer: usize, ledger: &Ledger, svg: &mut Markup) {
    let weights = &ledger.grid(["w1", "w2", "w3"][layer]).values;
    let largest = weights
        .iter()
        .fold(0.0, |max: f64, w| if w.abs() > max { w.abs() } else { max });
    for (i, row) in weights.iter_rows().enumerate() {
        for (j, &w) in row.iter().enumerate() {
            let (from, to) = (plan.place(layer, i), plan.place(layer + 1, j));
            let line: Attributes<'_> = &[
                ("class", &if w < 0.0 { "minus" } else { "plus" }),
                ("x1", &from.0),
                ("y1", &from.1),
                ("x2", &to.0),
                ("y2", &to.1),
                (
                    "stroke-width",
                    &format_args!(
                        "{:.1}",
                        if w == 0.0 {
                            0.0
                        } else {
                            0.5 + 3.0 * (w.abs() / largest)
                        }
                    ),
                ),
            ];
            svg.empty("line", line);
        }
    }
}

fn draw_neuron(
    plan: &Plan,
    (layer, neuron): (usize, usize),
    ledger: &Ledger,
    shown: &Shown,
    svg: &mut Markup,
) {
    let (x, y) = plan.place(layer, neuron);
    svg.empty("circle", &[("cx", &x), ("cy", &y), ("r", &RADIUS)]);
    let grid = shown.grids[layer];
    let samples = ledger.grid(grid).values.rows().min(MOST_SAMPLES);
    let first = y + if samples == 1 { 4.5 } else { -4.0 };
    for sample in 0..samples {
        let place = at(grid, sample, neuron);
        let words = brief(ledger.value(&place));
        let at_line: Attributes<'_> = &[("x", &x), ("y", &(first + 17.0 * sample as f64))];
        draw_number(&place, at_line, &words, shown, svg);
    }
    if shown.biases && layer > 0 {
        let place = at(["b1", "b2", "b3"][layer - 1], 0, neuron);
        let words = format!("{} = {}", ledger.name(&place), brief(ledger.value(&place)));
        let below: Attributes<'_> = &[("class", &"bias"), ("x", &x), ("y", &(y + RADIUS + 13.0))];
        draw_number(&place, below, &words, shown, svg);
    }
}

/// A number, which leads to its place.
fn draw_number(
    place: &Place,
    attributes: Attributes<'_>,
    words: &str,
    shown: &Shown,
    svg: &mut Markup,
) {
    if !shown.links {
        return svg.leaf("text", attributes, words);
    }
    svg.element("a", &[("href", &format_args!("#{}", place.id()))], |a| {
        a.leaf("text", attributes, words);
    });
}

/// A number that fits into a circle, correctly rounded.
fn brief(x: f64) -> String {
    let all = full(x);
    if all.len() <= 6 {
        return all;
    }
    if (0.001..1000.0).contains(&x.abs()) {
        format!("{x:.3}")
    } else if x.is_finite() {
        format!("{x:.0e}")
    } else {
        all
    }
}
