//! The page of a report: whole and small whatever the training was like, and right in what it says.

use crate::common::panics::assert_blames_caller;
use fromzero::data::Dataset;
use fromzero::keep::Taken;
use fromzero::view::report::{Activity, Answer, Inputs, Norms, Record, Sight, Unit, report};

use super::plot::assert_well_formed;

const MOST_BYTES: usize = 1_000_000;

fn steps(losses: &[f64]) -> Vec<Taken> {
    let step = |&loss| Taken {
        lr: 0.1,
        loss,
        accuracy: 0.5,
    };
    losses.iter().map(step).collect()
}

/// Images of so many classes, each with a stroke of its own, and answers to them: right, but for every `wrong`-th, which is taken for
/// the next class.
fn answered(
    size: (usize, usize),
    classes: usize,
    samples: usize,
    wrong: usize,
) -> (Dataset, Vec<Answer>) {
    let pixels = size.0 * size.1;
    let (mut images, mut labels, mut answers) = (Vec::new(), Vec::new(), Vec::new());
    for i in 0..samples {
        for pixel in 0..pixels {
            images.push((7 * i + pixel * (i % 5)) as u8);
        }
        labels.push((i % classes) as u8);
        let mut row = vec![0.01; classes];
        row[(i + usize::from(i.is_multiple_of(wrong))) % classes] = 0.9 - i as f64 * 1e-6;
        answers.push(Answer::new(i % classes, &row).unwrap());
    }
    let data = Dataset::new(images, labels, size, classes).unwrap();
    (data, answers)
}

/// A record that has everything.
fn full(test: &Dataset, answers: Vec<Answer>) -> Record {
    let classes = (0..test.classes()).map(|class| test.class_name(class));
    let layers = || {
        vec![
            Norms {
                weights: 2.0,
                gradient: 0.1,
                update: 0.002
            };
            2
        ]
    };
    let units = || {
        vec![Activity {
            flat: 0.1,
            dead: Some(0.0),
        }]
    };
    let sight = |step| Sight {
        step,
        layers: layers(),
        units: units(),
    };
    Record {
        program: "train".into(),
        command: "cargo run --release --example train -- --lr=0.1".into(),
        facts: vec![("--seed".into(), "<1> & \"2\"".into())],
        classes: classes.collect(),
        batches: 100,
        steps: steps(&(0..300).map(|i| 2.0 / f64::from(i + 1)).collect::<Vec<_>>()),
        inputs: Some(Inputs {
            size: 0.3,
            largest: 1.0,
        }),
        guessing: Some(2.3),
        tests: vec![(100, 0.8), (200, 0.9), (300, 0.95)],
        tested: 720,
        train_accuracy: Some(0.96),
        answers,
        layers: vec!["w¹".into(), "w²".into()],
        units: vec![("a²".into(), Unit::Sigmoid)],
        sights: (0..15).map(|i| sight(20 * i)).collect(),
        first_weights: vec![(0..test.inputs()).map(|i| i as f64 - 9.0).collect(); 36],
        phases: vec![("forward".into(), 0.002), ("backward".into(), 0.004)],
        seconds: (2.0, 0.01),
        ..Record::default()
    }
}

/// The page, which must be whole: well-formed, at most 1 MB, with nothing from outside and no script, and with numbers where there must be.
#[track_caller]
fn whole(record: &Record, test: Option<&Dataset>) -> String {
    let page = report(record, test);
    let html = page.strip_prefix("<!DOCTYPE html>\n").expect("a page");
    assert_well_formed(html);
    assert!(page.len() <= MOST_BYTES, "{} bytes", page.len());
    for outside in [
        "<script",
        "url(",
        "@import",
        "src=\"http",
        "href=\"http",
        "onclick",
    ] {
        assert!(!page.contains(outside), "{outside}");
    }
    for attribute in [" d=\"", " style=\""] {
        for value in page.split(attribute).skip(1) {
            let value = value.split('"').next().unwrap();
            assert!(
                !value.contains("NaN") && !value.contains("inf"),
                "{attribute}{value}"
            );
        }
    }
    page
}

#[test]
fn pages_are_whole_whatever_the_training_was_like() {
    let (test, answers) = answered((28, 28), 10, 2000, 7);
    let usual = full(&test, answers.clone());
    let page = whole(&usual, Some(&test));
    assert!(page.contains("&lt;1&gt; &amp; &quot;2&quot;"));

    let with = |change: &dyn Fn(&mut Record)| {
        let mut record = usual.clone();
        change(&mut record);
        whole(&record, Some(&test))
    };
    for losses in [
        &[][..],
        &[2.3],
        &[f64::NAN],
        &[2.3, f64::NAN, 1.1, f64::INFINITY, 0.5],
        &[1e300, 1e-300, -1e300, f64::MAX],
        &[0.0, 0.0, 0.0],
        &[1e300; 300],
        &[5e-324; 3],
    ] {
        with(&|record| record.steps = steps(losses));
    }
    let page = with(&|record| record.steps = steps(&[2.0, f64::NAN, 1.0]));
    assert!(page.contains("1 losses are not finite"));
    // One epoch, or less than one.
    with(&|record| record.batches = 300);
    with(&|record| record.batches = 1000);
    // Nothing was seen inside, or what was seen is not finite.
    with(&|record| record.sights.clear());
    with(&|record| record.sights.truncate(1));
    with(&|record| {
        for sight in &mut record.sights {
            sight.layers[0].gradient = f64::NAN;
            sight.layers[1].update = 0.0;
            sight.units[0].dead = None;
        }
    });
    with(&|record| record.first_weights[0][0] = f64::NAN);
    // Every loss the same; no mistake.
    let page = with(&|record| record.answers.retain(Answer::is_right));
    assert!(page.contains("There is no mistake"));
    let page = with(&|record| record.resumed = 120);
    assert!(page.contains("The first 120 steps were taken before"));
    let page = with(&|record| record.stopped = Some("the loss is NaN".into()));
    assert!(page.contains("ended early: the loss is NaN") && page.contains("rate is too high"));
    whole(&Record::default(), None);
}

#[test]
fn a_class_may_be_missing() {
    let (test, answers) = answered((28, 28), 10, 500, 7);
    let here: Vec<usize> = (0..500).filter(|&i| test.label(i) != 3).collect();
    let test = test.select(&here).unwrap();
    let answers = here.iter().map(|&i| answers[i]).collect();
    let page = whole(&full(&test, answers), Some(&test));
    // Some are taken for it, but there is none: precision 0, no recall.
    assert!(page.contains(
        "<th scope=\"row\">3</th><td>0</td><td>0.0\u{a0}%</td><td>–</td><td>0.0\u{a0}%</td>"
    ));
}

#[test]
fn images_may_be_of_any_size_and_classes_many() {
    for (size, classes, samples) in [
        ((1, 1), 2, 50),
        ((1, 3), 3, 100),
        ((64, 100), 10, 600),
        ((28, 28), 62, 9000),
        ((28, 28), 200, 2000),
        ((300, 200), 2, 300),
    ] {
        let (test, mut answers) = answered(size, classes, samples, 3);
        // Every cell has samples.
        for (i, answer) in answers.iter_mut().enumerate() {
            answer.best[0].0 = (i * i / classes % classes) as u16;
        }
        whole(&full(&test, answers), Some(&test));
    }
}

#[test]
fn tables_and_regressions_have_reports() {
    let labels = (0..90).map(|i| i % 3).collect();
    let mut test = Dataset::table(vec![0.5; 90 * 4], labels, 4, 3).unwrap();
    test.set_names(
        ["setosa", "<b>", "versi & color"]
            .map(String::from)
            .to_vec(),
    )
    .unwrap();
    let (_, answers) = answered((1, 1), 3, 90, 5);
    let page = whole(&full(&test, answers), Some(&test));
    assert!(page.contains("&lt;b&gt; taken for versi &amp; color"));
    assert!(page.contains("taken for &lt;b&gt;: ") && !page.contains("class=\"digit\""));

    let mut record = full(&test, Vec::new());
    record.classes.clear();
    for step in &mut record.steps {
        step.accuracy = f64::NAN;
    }
    (record.train_accuracy, record.guessing) = (None, None);
    record.tests.clear();
    let page = whole(&record, None);
    assert!(!page.contains("Share that is right") && !page.contains("id=\"confusion\""));
}

#[test]
fn each_cell_opens_its_samples() {
    let (test, answers) = answered((28, 28), 10, 1000, 7);
    let page = whole(&full(&test, answers.clone()), Some(&test));
    let table = page.split("class=\"confusion\"").nth(1).unwrap();
    let table = table.split("</table>").next().unwrap();
    assert_eq!(table.matches("<a href=\"#").count(), 100);
    for class in 0..10_u16 {
        for taken_for in 0..10_u16 {
            let is_in = |i: &usize| {
                answers[*i].class == class && answers[*i].taken_for() == usize::from(taken_for)
            };
            let samples: Vec<usize> = (0..1000).filter(is_in).collect();
            let id = format!("id=\"c{class}-{taken_for}\"");
            let Some(section) = page.split(&id).nth(1) else {
                assert_eq!(samples, [0; 0], "{id}");
                continue;
            };
            assert!(table.contains(&format!(
                "href=\"#c{class}-{taken_for}\">{}<",
                samples.len()
            )));
            let section = section.split("</section>").next().unwrap();
            let shown = section.matches("<img").count();
            assert_eq!(shown, samples.len().min(32), "{id}");
            // Those to whose class the least probability was given; here the last ones are of the least sure.
            let named = |i: &&usize| section.contains(&format!("alt=\"sample {i}\""));
            assert_eq!(samples.iter().filter(named).count(), shown);
        }
    }
}

#[test]
fn scores_are_those_of_the_matrix() {
    // Of class a two are right and one is taken for b; of class b three are right, and one taken for a.
    let (test, _) = answered((1, 1), 2, 7, 100);
    let pairs = [(0, 0), (0, 0), (0, 1), (1, 1), (1, 1), (1, 1), (1, 0)];
    let answer = |(class, taken_for): (usize, usize)| {
        let mut row = [0.25; 2];
        row[taken_for] = 0.75;
        Answer::new(class, &row).unwrap()
    };
    let mut record = full(&test, pairs.map(answer).to_vec());
    record.classes = vec!["a".into(), "b".into()];
    let page = whole(&record, Some(&test)).replace('\u{a0}', " ");
    assert!(page.contains(
        "<th scope=\"row\">a</th><td>3</td><td>66.7 %</td><td>66.7 %</td><td>66.7 %</td>"
    ));
    assert!(page.contains(
        "<th scope=\"row\">b</th><td>4</td><td>75.0 %</td><td>75.0 %</td><td>75.0 %</td>"
    ));
    assert!(page.contains("<title>train: 71.4 % of the test set are right</title>"));
    assert!(page.contains("<b>a</b><small> sample 2</small><br/>b 75.0 %<br/>a 25.0 %<"));
}

#[test]
fn answers_without_samples_are_refused_at_the_callers_line() {
    let (mut test, answers) = answered((1, 1), 2, 7, 3);
    let record = full(&test, answers);
    test.truncate(6);
    let says = "report: expected a sample for each of 7 answers, found 6";
    assert_blames_caller(says, || report(&record, Some(&test)));
}

/// The points of a path.
fn points(path: &str) -> Vec<(f64, f64)> {
    let points = path
        .split(['M', 'L', 'Z'])
        .filter(|point| !point.is_empty());
    let pair = |point: &str| {
        let (x, y) = point.split_once(' ').unwrap();
        (x.parse().unwrap(), y.parse().unwrap())
    };
    points.map(pair).collect()
}

#[test]
fn the_band_of_the_loss_reaches_from_the_smallest_to_the_largest() {
    // Of ten thousand losses between 3 and 5, one is 8 and one is 0.
    let mut losses: Vec<f64> = (0..10_000).map(|i| 3.0 + f64::from(i % 3)).collect();
    (losses[2345], losses[7000]) = (8.0, 0.0);
    let record = Record {
        steps: steps(&losses),
        batches: 10_000,
        ..Record::default()
    };
    let page = whole(&record, None);
    for words in [
        "from the smallest to the largest loss of the steps that share a column",
        "the mean of 201 steps, 100 before and 100 after each",
        "<input type=\"radio\" name=\"scale\" id=\"linear\" checked=\"checked\"/>",
        "<input type=\"radio\" name=\"scale\" id=\"logarithmic\"/>",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let band = page.split("class=\"band\" d=\"").nth(1).unwrap();
    let band = points(band.split('"').next().unwrap());
    // A column is 12 or 13 steps wide.
    for (y, x) in [(0.0, 234.5), (1000.0, 700.0)] {
        let found = band
            .iter()
            .find(|point| point.1 == y)
            .expect("the end of the scale")
            .0;
        assert!((found - x).abs() <= 2.0, "{found} instead of {x}");
    }
    let line = page.split("class=\"line l0\" d=\"").nth(1).unwrap();
    let line = points(line.split('"').next().unwrap());
    let inner = &line[1..line.len() - 1];
    assert!(
        inner.iter().all(|point| (480.0..520.0).contains(&point.1)),
        "about 4"
    );
}
