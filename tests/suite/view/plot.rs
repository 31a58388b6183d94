//! The plots: well-formed, always the same bytes, with round ticks and labels that can be read.

use std::fs;

use fromzero::view::{Plot, visualization_loss};

use crate::io::folder::Folder;

/// Checks that `source` is one element whose tags are closed in order, with quoted attributes and no stray markup.
pub fn assert_well_formed(source: &str) {
    let mut open = Vec::new();
    let mut rest = source;
    while let Some(start) = rest.find('<') {
        let (between, tag) = rest.split_at(start);
        assert!(!between.contains('>'), "stray > in {between:?}");
        for entity in between.split('&').skip(1) {
            let known = ["amp;", "lt;", "gt;", "quot;"];
            assert!(
                known.iter().any(|name| entity.starts_with(name)),
                "stray & in {between:?}"
            );
        }
        let end = tag.find('>').expect("a tag ends");
        let inside = &tag[1..end];
        assert!(!inside.contains('<'), "< in {inside:?}");
        assert_eq!(inside.matches('"').count() % 2, 0, "quotes in {inside:?}");
        if let Some(name) = inside.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !inside.ends_with('/') {
            open.push(inside.split_whitespace().next().unwrap());
        }
        rest = &tag[end + 1..];
        assert!(
            !open.is_empty() || rest.trim().is_empty(),
            "text after the end: {rest:?}"
        );
    }
    assert!(open.is_empty(), "not closed: {open:?}");
}

/// The value of the attribute `name` of `element`.
fn attribute<'a>(element: &'a str, name: &str) -> &'a str {
    let (_, after) = element.split_once(&format!(" {name}=\"")).expect(name);
    after.split_once('"').unwrap().0
}

/// The points of each line of a plot; the samples in the legend, which come first, are left out.
fn lines(svg: &str) -> Vec<Vec<(f64, f64)>> {
    let pair = |point: &str| {
        let (x, y) = point.split_once(',').unwrap();
        (x.parse().unwrap(), y.parse().unwrap())
    };
    let mut all = Vec::new();
    for line in svg.lines() {
        if line.starts_with("<polyline") {
            all.push(attribute(line, "points").split(' ').map(pair).collect());
        }
    }
    all.split_off(all.len() / 2)
}

/// Words in a plot.
#[derive(Debug)]
struct Words<'a> {
    x: f64,
    y: f64,
    anchor: &'a str,
    text: &'a str,
}

fn words(svg: &str) -> Vec<Words<'_>> {
    let elements = svg.lines().filter(|line| line.starts_with("<text"));
    let read = |line| {
        let number = |name| attribute(line, name).parse().unwrap();
        let (_, text) = line
            .strip_suffix("</text>")
            .unwrap()
            .split_once('>')
            .unwrap();
        Words {
            x: number("x"),
            y: number("y"),
            anchor: attribute(line, "text-anchor"),
            text,
        }
    };
    elements.map(read).collect()
}

/// The labels of the horizontal axis, from left to right.
fn x_labels(svg: &str) -> Vec<Words<'_>> {
    let centred = words(svg)
        .into_iter()
        .filter(|words| words.anchor == "middle");
    let below_the_axis = |words: &Words<'_>| words.y > 430.0 && words.y < 445.0;
    centred.filter(below_the_axis).collect()
}

/// The height at which the vertical axis has `label`.
fn height_of(svg: &str, label: &str) -> f64 {
    let labels = words(svg).into_iter().filter(|words| words.anchor == "end");
    let found = labels.into_iter().find(|words| words.text == label);
    let baseline_below_tick = 4.5;
    found.expect(label).y - baseline_below_tick
}

fn through(points: &[(f64, f64)]) -> Plot {
    Plot::new("title")
        .x_label("x")
        .y_label("y")
        .line("a", points.iter().copied(), "black")
}

fn waves() -> Plot {
    let wave = |shift: i32| {
        (0..200).map(move |i| (f64::from(i), f64::from((i + shift) % 51) / 25.0 - 1.0))
    };
    Plot::new("cos <from> \"sin\" & noise \u{7}")
        .x_label("time step")
        .y_label("value")
        .line("sin", wave(0), "#888888")
        .line("cos", wave(12), "#1f6fb2")
        .line("prediction", wave(13), "#c2410c")
}

#[test]
fn a_plot_is_well_formed_and_always_the_same() {
    let svg = waves().to_svg().unwrap();
    assert_well_formed(&svg);
    assert_eq!(svg, waves().to_svg().unwrap());
    assert!(svg.contains(">cos &lt;from&gt; &quot;sin&quot; &amp; noise \u{fffd}<"));
    assert!(svg.contains("height=\"480\" fill=\"#ffffff\""));
    assert_eq!(lines(&svg).len(), 3);
    let words = words(&svg);
    for text in [
        "time step",
        "value",
        "sin",
        "cos",
        "prediction",
        "\u{2212}1.0",
        "0.0",
        "0.5",
    ] {
        let count = words.iter().filter(|words| words.text == text).count();
        assert_eq!(count, 1, "{text}");
    }
}

#[test]
fn ticks_are_round() {
    for (low, high, labels) in [
        (0.0, 937.0, "0 100 200 300 400 500 600 700 800 900"),
        (0.0, 1874.0, "0 200 400 600 800 1000 1200 1400 1600 1800"),
        (0.0, 14069.0, "0 2000 4000 6000 8000 10000 12000 14000"),
        (0.1, 0.35, "0.10 0.15 0.20 0.25 0.30 0.35"),
        (-3e-9, 3e-9, "−3e−9 −2e−9 −1e−9 0 1e−9 2e−9 3e−9"),
        (5.0, 5.0, "4.5 4.6 4.7 4.8 4.9 5.0 5.1 5.2 5.3 5.4 5.5"),
    ] {
        let svg = through(&[(low, 0.0), (high, 1.0)]).to_svg().unwrap();
        let found: Vec<&str> = x_labels(&svg).iter().map(|words| words.text).collect();
        assert_eq!(found.join(" "), labels);
    }
}

#[test]
fn labels_do_not_overlap_in_any_range() {
    for (low, high) in [
        (0.0, 0.0),
        (7.0, 7.0),
        (0.123456, 0.123457),
        (1e9, 1e9 + 10.0),
        (1e16, 1e16 + 2.0),
        (-1e300, 1e300),
        (1e300, 1e300),
        (1e-300, 2e-300),
        (5e-324, 5e-324),
    ] {
        let svg = through(&[(low, low), (high, high)]).to_svg().unwrap();
        assert_well_formed(&svg);
        assert!(
            !svg.contains("NaN") && !svg.contains("inf"),
            "{low} to {high}: {svg}"
        );
        let labels = x_labels(&svg);
        assert!(!labels.is_empty(), "{low} to {high}: no labels");
        let half = |words: &Words<'_>| 3.7 * words.text.chars().count() as f64;
        for pair in labels.windows(2) {
            let gap = (pair[1].x - half(&pair[1])) - (pair[0].x + half(&pair[0]));
            assert!(gap > 0.0, "{low} to {high}: {labels:?}");
        }
    }
}

#[test]
fn values_lie_where_the_axes_say() {
    let svg = through(&[(0.0, 0.0), (5.0, 2.0), (10.0, 4.0)])
        .to_svg()
        .unwrap();
    let labels = x_labels(&svg);
    let x_of = |label| labels.iter().find(|words| words.text == label).unwrap().x;
    let expected = [("0", "0.0"), ("5", "2.0"), ("10", "4.0")];
    let expected = expected.map(|(x, y)| (x_of(x), height_of(&svg, y)));
    assert_eq!(lines(&svg)[0], expected);
    assert!(expected[0].1 > expected[2].1, "larger values lie higher");
}

#[test]
fn a_long_line_is_thinned_and_keeps_its_peaks() {
    // Several places, since one may happen to be the first of its column of pixels.
    for place in [31_380, 31_415, 31_450] {
        let spiked = |i: i32| match i {
            _ if i == place => 9.0,
            _ if i == 2 * place => -4.0,
            _ => f64::from(i % 3),
        };
        let points: Vec<_> = (0..100_000).map(|i| (f64::from(i), spiked(i))).collect();
        let svg = through(&points).to_svg().unwrap();
        let drawn = &lines(&svg)[0];
        assert!(drawn.len() < 4 * 800, "{}", drawn.len());
        assert!(drawn.is_sorted_by(|a, b| a.0 <= b.0));
        let unit = (height_of(&svg, "0") - height_of(&svg, "8")) / 8.0;
        let heights = drawn
            .iter()
            .map(|point| (height_of(&svg, "0") - point.1) / unit);
        let mut heights: Vec<f64> = heights.collect();
        heights.sort_by(f64::total_cmp);
        let (low, high) = (heights[0], heights[heights.len() - 1]);
        assert!((low + 4.0).abs() < 0.001, "{low}");
        assert!((high - 9.0).abs() < 0.001, "{high}");
    }
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let complaint = |plot: Plot| plot.to_svg().expect_err("nothing to draw").to_string();
    assert_eq!(
        complaint(Plot::new("")),
        "expected a line to plot, found none"
    );
    assert_eq!(complaint(through(&[])), "the line \"a\" has no points");
    for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 2e300] {
        for point in [(1.0, wrong), (wrong, 1.0)] {
            let error = complaint(through(&[(0.0, 0.0), point]));
            assert!(error.contains("number 1 is ("), "{error}");
        }
    }
}

/// What `visualization_loss` draws, in a file of its own.
fn loss_curve(name: &str, losses: &[f64], batches_per_epoch: usize) -> String {
    let folder = Folder::new(name);
    let path = folder.file("loss.svg");
    visualization_loss(losses, batches_per_epoch, &path).unwrap();
    let svg = fs::read_to_string(&path).unwrap();
    assert_well_formed(&svg);
    svg
}

#[test]
fn the_loss_of_every_batch_is_drawn_with_its_mean() {
    let losses: Vec<f64> = (0..300).map(|i| 1.0 + f64::from(i % 2)).collect();
    let svg = loss_curve("plot-loss", &losses, 100);
    let words = words(&svg);
    let count = |text| words.iter().filter(|words| words.text == text).count();
    for text in [
        "batch",
        "loss",
        "each batch",
        "mean of 7 batches",
        "epoch 1",
        "epoch 2",
        "epoch 3",
    ] {
        assert_eq!(count(text), 1, "{text}");
    }
    assert_eq!(count("epoch 4"), 0);
    // Of seven values out of 1, 2, 1, 2 … three or four are 2: their mean is 10/7 or 11/7.
    let unit = height_of(&svg, "0.0") - height_of(&svg, "1.0");
    let drawn = &lines(&svg)[1];
    let means = drawn
        .iter()
        .map(|point| (height_of(&svg, "0.0") - point.1) / unit);
    for mean in means.skip(3).take(294) {
        assert!(((mean - 1.5).abs() - 0.5 / 7.0).abs() < 0.001, "{mean}");
    }
}

#[test]
fn the_mean_of_a_straight_line_is_that_line() {
    let losses: Vec<f64> = (0..400).map(|i| 4.0 - 0.01 * f64::from(i)).collect();
    let svg = loss_curve("plot-straight", &losses, 400);
    let [each, mean] = &lines(&svg)[..] else {
        panic!("expected two lines")
    };
    for (a, b) in each.iter().zip(mean) {
        assert!(
            (a.0 - b.0).abs() < 0.011 && (a.1 - b.1).abs() < 0.011,
            "{a:?} {b:?}"
        );
    }
}

#[test]
fn many_epochs_are_marked_sparsely_and_few_batches_have_no_mean() {
    let marks = loss_curve("plot-epochs", &[2.3; 500], 1)
        .matches(">epoch ")
        .count();
    assert!((5..=10).contains(&marks), "{marks}");
    assert!(!loss_curve("plot-few", &[2.3; 20], 938).contains("mean of"));
    assert!(loss_curve("plot-one", &[2.3], 938).contains("<circle"));
}

#[test]
fn losses_that_cannot_be_drawn_leave_the_earlier_picture() {
    let folder = Folder::new("plot-earlier");
    let path = folder.file("loss.svg");
    fs::write(&path, "earlier").unwrap();
    for losses in [&[][..], &[2.3, f64::NAN]] {
        let error = visualization_loss(losses, 938, &path).unwrap_err();
        assert_eq!(error.path(), Some(path.as_path()));
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), "earlier");
}
