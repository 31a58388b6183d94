//! The confusion matrix, each cell of which opens its samples, and what follows from it for each class.

use super::pictures::{picture, sample};
use super::record::Record;
use super::words::{percent, share};
use crate::data::Dataset;
use crate::ranking::ranked;
use crate::view::Markup;

/// Of a cell at most so many samples are shown.
const SHOWN: usize = 32;
/// With more classes the matrix is too large for a page.
const CLASSES: usize = 64;
/// Bytes of a sample beside its picture, and of a cell's frame.
const SAMPLE_BYTES: usize = 90;
const FRAME_BYTES: usize = 220;

/// The samples of each cell.
pub(super) struct Cells<'a> {
    names: &'a [String],
    /// By class and by what it was taken for: the numbers of the samples, that with the least probable class first.
    samples: Vec<Vec<usize>>,
}

impl<'a> Cells<'a> {
    pub fn of(record: &'a Record) -> Self {
        let classes = record.classes.len();
        let mut samples = vec![Vec::new(); classes * classes];
        for i in by_probability(record) {
            let answer = &record.answers[i];
            let class = usize::from(answer.class);
            if class < classes && answer.taken_for() < classes {
                samples[class * classes + answer.taken_for()].push(i);
            }
        }
        Cells {
            names: &record.classes,
            samples,
        }
    }

    fn classes(&self) -> usize {
        self.names.len()
    }

    fn count(&self, class: usize, taken_for: usize) -> usize {
        self.samples[class * self.classes() + taken_for].len()
    }

    fn row(&self, class: usize) -> usize {
        (0..self.classes()).map(|k| self.count(class, k)).sum()
    }

    fn column(&self, taken_for: usize) -> usize {
        (0..self.classes()).map(|k| self.count(k, taken_for)).sum()
    }

    /// The table; without pictures, of which [`Cells::open`] makes as many as there is room for.
    pub fn table(&self, shown: &[Vec<Shown>], out: &mut Markup) {
        let classes = self.classes();
        if classes > CLASSES {
            let words =
                format!("The confusion matrix of {classes} classes is too large for a page.");
            return out.leaf("p", &[], words);
        }
        out.element("div", &[("class", &"wide")], |out| {
            out.element("table", &[("class", &"confusion")], |table| {
                table.leaf(
                    "caption",
                    &[],
                    "How many samples of each class were taken for which, and their share of the class. The more, the stronger the colour. Each number \
                     opens the samples behind it.",
                );
                table.element("tr", &[], |row| {
                    row.leaf("th", &[("scope", &"col")], "class \\ taken for");
                    for name in self.names {
                        row.leaf("th", &[("scope", &"col")], name);
                    }
                });
                for class in 0..classes {
                    table.element("tr", &[], |row| {
                        row.leaf("th", &[("scope", &"row")], &self.names[class]);
                        for taken_for in 0..classes {
                            let is_shown = !shown[class * classes + taken_for].is_empty();
                            self.cell(class, taken_for, is_shown, row);
                        }
                    });
                }
            });
        });
    }

    fn cell(&self, class: usize, taken_for: usize, is_shown: bool, row: &mut Markup) {
        let (count, total) = (self.count(class, taken_for), self.row(class));
        // Shares of mistakes are small: their square roots can be told apart.
        let tint = match count {
            0 => 0,
            _ => (10.0 * (count as f64 / total as f64).sqrt()).ceil() as usize,
        };
        let kind = if class == taken_for { 'r' } else { 'm' };
        let to = match is_shown {
            true => format!("#c{class}-{taken_for}"),
            false => "#none".to_string(),
        };
        row.element("td", &[("class", &format_args!("{kind}{tint}"))], |cell| {
            cell.element("a", &[("href", &to)], |link| {
                link.text(count);
                if count > 0 {
                    link.leaf("small", &[], share(count, total));
                }
            });
        });
    }

    /// As many pictures of each cell's samples as fit into so many bytes: one for each cell first, those of mistakes before others.
    pub fn choose(&self, test: &Dataset, room: usize) -> Vec<Vec<Shown>> {
        let mut shown: Vec<Vec<Shown>> = self.samples.iter().map(|_| Vec::new()).collect();
        if self.classes() > CLASSES {
            return shown;
        }
        let is_right = |cell: usize| cell / self.classes() == cell % self.classes();
        let key = |cell: usize| (is_right(cell), usize::MAX - self.samples[cell].len());
        let order = ranked(self.samples.len(), &|a, b| key(a).cmp(&key(b)));
        let mut left = room;
        for round in 0..SHOWN {
            for &cell in &order {
                let Some(&i) = self.samples[cell].get(round) else {
                    continue;
                };
                let picture = sample(test, i);
                let frame = if round == 0 { FRAME_BYTES } else { 0 };
                let bytes = frame + SAMPLE_BYTES + picture.as_ref().map_or(0, String::len);
                let Some(rest) = left.checked_sub(bytes) else {
                    return shown;
                };
                left = rest;
                shown[cell].push(Shown { number: i, picture });
            }
        }
        shown
    }

    /// What the cells open.
    pub fn open(&self, shown: &[Vec<Shown>], out: &mut Markup) {
        out.element("section", &[("class", &"cell"), ("id", &"none")], |out| {
            out.leaf("p", &[], "No sample is shown here: there is none in this cell, or no room for more on a page of 1 MB.");
        });
        let classes = self.classes();
        for (cell, shown) in shown
            .iter()
            .enumerate()
            .filter(|(_, shown)| !shown.is_empty())
        {
            let (class, taken_for) = (cell / classes, cell % classes);
            let id = format!("c{class}-{taken_for}");
            out.element("section", &[("class", &"cell"), ("id", &id)], |out| {
                let (count, total) = (self.samples[cell].len(), self.row(class));
                let [name, other] = [class, taken_for].map(|k| &self.names[k][..]);
                let what = match class == taken_for {
                    true => format!("{name}, taken for {other}"),
                    false => format!("{name} taken for {other}"),
                };
                out.leaf(
                    "h3",
                    &[],
                    format_args!(
                        "{what}: {count} samples, {} of the class",
                        share(count, total)
                    ),
                );
                if shown.len() < count {
                    out.leaf(
                        "p",
                        &[],
                        format_args!(
                            "The {} to whose class the least probability was given:",
                            shown.len()
                        ),
                    );
                }
                out.element("p", &[], |out| {
                    for sample in shown {
                        sample.draw(out);
                    }
                });
                out.leaf("a", &[("href", &"#confusion")], "close");
            });
        }
    }

    /// Precision, recall and F1 of each class.
    pub fn scores(&self, out: &mut Markup) {
        out.element("div", &[("class", &"wide")], |out| {
            out.element("table", &[], |table| {
                let words = "Precision: the share that is right of what was taken for the class. Recall: the share of the class that was taken \
                             for it. F1: their harmonic mean.";
                table.leaf("caption", &[], words);
                table.element("tr", &[], |row| {
                    for name in ["class", "samples", "precision", "recall", "F1"] {
                        row.leaf("th", &[("scope", &"col")], name);
                    }
                });
                for class in 0..self.classes() {
                    table.element("tr", &[], |row| self.score(class, row));
                }
            });
        });
    }

    fn score(&self, class: usize, row: &mut Markup) {
        let right = self.count(class, class);
        let (samples, taken) = (self.row(class), self.column(class));
        row.leaf("th", &[("scope", &"row")], &self.names[class]);
        row.leaf("td", &[], samples);
        row.leaf("td", &[], share(right, taken));
        row.leaf("td", &[], share(right, samples));
        // 2/(1/p + 1/r) = 2·right/(taken + samples)
        row.leaf("td", &[], share(2 * right, taken + samples));
    }
}

/// A sample of a cell.
pub(super) struct Shown {
    number: usize,
    picture: Option<String>,
}

impl Shown {
    fn draw(&self, out: &mut Markup) {
        let number = self.number;
        match &self.picture {
            Some(uri) => picture(out, "digit", uri, &format!("sample {number}")),
            None => out.text(format_args!("{number} ")),
        }
    }
}

/// The numbers of the samples, that with the least probable class first.
fn by_probability(record: &Record) -> Vec<usize> {
    let probability = |i: usize| record.answers[i].probability;
    ranked(record.answers.len(), &|i, j| {
        probability(i).total_cmp(&probability(j))
    })
}

/// The mistakes in which the least probability was given to the sample's class.
pub(super) fn worst_mistakes(record: &Record, test: Option<&Dataset>, out: &mut Markup) {
    const WORST: usize = 50;
    let mut mistakes = by_probability(record);
    mistakes.retain(|&i| !record.answers[i].is_right());
    if mistakes.is_empty() {
        return out.leaf("p", &[], "There is no mistake.");
    }
    let shown = mistakes.len().min(WORST);
    let words = format!(
        "Of {} mistakes, the {shown} in which the network gave the least probability to the right class; with its three most probable classes.",
        mistakes.len()
    );
    out.leaf("p", &[], words);
    let name = |class: u16| {
        record
            .classes
            .get(usize::from(class))
            .map_or("?", |name| name)
    };
    out.element("div", &[("class", &"mistakes")], |out| {
        for &i in &mistakes[..shown] {
            let answer = &record.answers[i];
            out.element("figure", &[], |figure| {
                if let Some(uri) = test.and_then(|test| sample(test, i)) {
                    picture(figure, "digit", &uri, &format!("sample {i}"));
                }
                figure.element("figcaption", &[], |caption| {
                    caption.leaf("b", &[], name(answer.class));
                    caption.leaf("small", &[], format_args!(" sample {i}"));
                    for &(class, probability) in answer.best.iter().filter(|(_, p)| *p >= 0.0) {
                        caption.empty("br", &[]);
                        caption.text(format_args!(
                            "{} {}",
                            name(class),
                            percent(probability.into())
                        ));
                    }
                });
            });
        }
    });
}
