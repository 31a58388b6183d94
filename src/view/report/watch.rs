//! [`Watch`]: looks into a network now and then while it trains, without changing a bit of it.

use std::time::{Duration, Instant};

use super::record::{Activity, Norms, Sight};
use crate::matrix::Matrix;
use crate::nn::{Layer, Sequential, Unit};
use crate::ranking::ranked;
use crate::real::Real;
use crate::section37::{Params, Training};

/// Between two looks there are at least so many steps, so that looking costs less than a hundredth of them.
const STEPS_BETWEEN: usize = 30;
/// More looks than this show no more in a picture.
const LOOKS: usize = 50;
/// Norms are taken of whole rows with so many numbers together, evenly spread, and scaled up.
const ENTRIES: usize = 1 << 16;
/// Samples of a batch whose activations are looked at.
const SAMPLES: usize = 64;
/// A unit that was flat for so many samples one after another is called dead.
const DEAD_AFTER: usize = 256;

/// What a [`Watch`] looks at of a network in training.
#[derive(Debug)]
pub struct Inside {
    weights: Vec<Sampled>,
    /// Of plain gradient descent none: there Δw = −lr·∂J/∂w.
    gradients: Vec<Sampled>,
    outputs: Vec<Outputs>,
}

impl Inside {
    /// Of section 3.7's network.
    pub fn training<T: Real>(training: &Training<'_, T>) -> Self {
        let (p, act) = (training.params(), training.activations());
        Inside {
            weights: vec![sampled(&p.w1), sampled(&p.w2), sampled(&p.w3)],
            gradients: Vec::new(),
            outputs: vec![
                outputs(Unit::Sigmoid, &act.a2),
                outputs(Unit::Sigmoid, &act.a3),
            ],
        }
    }

    /// Of a network of layers, after a backward pass.
    pub fn net<T: Real>(net: &Sequential<T>) -> Self {
        let mut inside = Inside {
            weights: Vec::new(),
            gradients: Vec::new(),
            outputs: Vec::new(),
        };
        for p in net.parameters() {
            if p.is_trainable() && !p.is_vector() {
                inside.weights.push(sampled(&p.value));
                inside.gradients.push(sampled(&p.grad));
            }
        }
        for (_, unit, layer) in hidden_units(net) {
            inside.outputs.push(outputs(unit, layer.output()));
        }
        inside
    }
}

/// The names of layers: of those that have weights, and of those of units, with their functions.
pub type Names = (Vec<String>, Vec<(String, Unit)>);

/// The names of section 3.7's layers.
pub fn names_of_section37<T: Real>(p: &Params<T>) -> Names {
    let shapes = [("w¹", &p.w1), ("w²", &p.w2), ("w³", &p.w3)];
    let weights = shapes.map(|(name, w)| format!("{name} {}×{}", w.rows(), w.cols()));
    let units = ["a²", "a³"].map(|name| (name.to_string(), Unit::Sigmoid));
    (weights.to_vec(), units.to_vec())
}

/// The names of a network's layers, each with its number.
pub fn names_of_net<T: Real>(net: &Sequential<T>) -> Names {
    let (mut weights, mut units) = (Vec::new(), Vec::new());
    for (i, layer) in net.layers().enumerate() {
        for p in layer.parameters() {
            if p.is_trainable() && !p.is_vector() {
                let (rows, cols) = p.value.shape();
                weights.push(format!("{i}.{} {rows}×{cols}", p.name));
            }
        }
    }
    for (i, unit, layer) in hidden_units(net) {
        units.push((format!("{i} {}", layer.name()), unit));
    }
    (weights, units)
}

/// The layers of units but the last layer, whose outputs are flat where the network is sure of its answer; with their numbers.
fn hidden_units<T: Real>(
    net: &Sequential<T>,
) -> impl Iterator<Item = (usize, Unit, &dyn Layer<T>)> {
    let hidden = net.layers().count().saturating_sub(1);
    let layers = net.layers().take(hidden).enumerate();
    layers.filter_map(|(i, layer)| Some((i, layer.unit()?, layer)))
}

/// Looks into a network at some of its steps.
///
/// ```
/// use fromzero::Matrix;
/// use fromzero::nn::{Dense, Layer, Model, Sequential, Sgd, SoftmaxCrossEntropy, Tanh};
/// use fromzero::view::report::{Inside, Watch};
///
/// let net = Sequential::new(1).then(Dense::new(4)).then(Tanh::new()).then(Dense::new(2));
/// let mut model = Model::new(net, SoftmaxCrossEntropy, Sgd::new(0.1));
/// model.net.build(2);
/// let x = Matrix::from_rows(&[[0.0_f64, 1.0], [1.0, 0.0]]);
/// let mut watch = Watch::new(3);
/// watch.begin(0, || Inside::net(&model.net));
/// for _ in 0..3 {
///     model.forward(&x);
///     model.backward(&[0, 1]);
///     model.apply_grad();
///     watch.step(0.1, || Inside::net(&model.net));
/// }
/// let first = &watch.sights()[0].layers[0];
/// assert!((first.update - 0.1 * first.gradient).abs() < 1e-9);
/// ```
#[derive(Clone, Debug)]
pub struct Watch {
    every: usize,
    /// The step that comes next.
    step: usize,
    /// The weights before it, if it will be looked at.
    before: Option<Vec<Sampled>>,
    /// For each layer of units, how many samples ago each unit was last not flat.
    flat_for: Vec<Vec<u32>>,
    samples: usize,
    sights: Vec<Sight>,
    spent: Duration,
}

impl Watch {
    /// For a training of so many steps in all.
    pub fn new(steps: usize) -> Self {
        Watch::every((steps / LOOKS).max(STEPS_BETWEEN))
    }

    /// Looks at the first of every so many steps.
    ///
    /// # Panics
    /// If there are none.
    #[track_caller]
    pub fn every(steps: usize) -> Self {
        assert!(steps > 0, "Watch: every 0 steps");
        Watch {
            every: steps,
            step: 0,
            before: None,
            flat_for: Vec::new(),
            samples: 0,
            sights: Vec::new(),
            spent: Duration::ZERO,
        }
    }

    /// The training is about to begin, or to go on after so many steps.
    pub fn begin(&mut self, taken: usize, inside: impl FnOnce() -> Inside) {
        self.step = taken;
        if self.is_due() {
            self.before = Some(inside().weights);
        }
    }

    /// A step was taken, at this learning rate.
    pub fn step(&mut self, rate: f64, inside: impl FnOnce() -> Inside) {
        let before = self.before.take();
        self.step += 1;
        if before.is_some() || self.is_due() {
            let began = Instant::now();
            self.look(before, inside(), rate);
            self.spent += began.elapsed();
        }
    }

    fn look(&mut self, before: Option<Vec<Sampled>>, inside: Inside, rate: f64) {
        if let Some(before) = before {
            let layers = norms(&before, &inside.weights, &inside.gradients, rate);
            let units = self.activities(&inside.outputs);
            let step = self.step - 1;
            self.sights.push(Sight {
                step,
                layers,
                units,
            });
        }
        if self.is_due() {
            self.before = Some(inside.weights);
        }
    }

    /// What was seen.
    pub fn sights(&self) -> &[Sight] {
        &self.sights
    }

    /// How long it took.
    pub fn spent(&self) -> Duration {
        self.spent
    }

    fn is_due(&self) -> bool {
        self.step.is_multiple_of(self.every)
    }

    fn activities(&mut self, layers: &[Outputs]) -> Vec<Activity> {
        self.flat_for.resize(layers.len(), Vec::new());
        let looked_at = layers.iter().map(|layer| layer.samples).min();
        self.samples += looked_at.unwrap_or(0);
        let is_known = self.samples >= DEAD_AFTER;
        let layers = layers.iter().zip(&mut self.flat_for);
        layers
            .map(|(layer, flat_for)| activity(layer, flat_for, is_known))
            .collect()
    }
}

/// How a layer's units answer; `flat_for` goes on counting.
fn activity(layer: &Outputs, flat_for: &mut Vec<u32>, is_known: bool) -> Activity {
    flat_for.resize(layer.units, 0);
    let mut flat = 0;
    for sample in layer.values.chunks_exact(layer.units.max(1)) {
        for (&a, count) in sample.iter().zip(&mut *flat_for) {
            let is_flat = u32::from(layer.unit.is_flat(a));
            flat += is_flat as usize;
            *count = is_flat * (*count + 1);
        }
    }
    let dead = flat_for
        .iter()
        .filter(|&&count| count as usize >= DEAD_AFTER);
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    Activity {
        flat: share(flat, layer.values.len()),
        dead: is_known.then(|| share(dead.count(), layer.units)),
    }
}

/// What a layer of units put out for the first samples of a batch, sample by sample.
#[derive(Debug)]
struct Outputs {
    unit: Unit,
    values: Vec<f64>,
    samples: usize,
    units: usize,
}

fn outputs<T: Real>(unit: Unit, a: &Matrix<T>) -> Outputs {
    let samples = a.rows().min(SAMPLES);
    Outputs {
        unit,
        values: spread_rows(a, samples, samples),
        samples,
        units: a.cols(),
    }
}

/// Some rows of a matrix, and how many rows each of them stands for.
#[derive(Clone, Debug)]
struct Sampled {
    values: Vec<f64>,
    each: f64,
}

fn sampled<T: Real>(m: &Matrix<T>) -> Sampled {
    let (rows, cols) = m.shape();
    let taken = (ENTRIES / cols.max(1)).clamp(1, rows.max(1));
    Sampled {
        values: spread_rows(m, taken.min(rows), rows),
        each: rows as f64 / taken as f64,
    }
}

/// So many rows of a matrix, evenly spread over the first `rows`.
fn spread_rows<T: Real>(m: &Matrix<T>, taken: usize, rows: usize) -> Vec<f64> {
    let mut values = Vec::with_capacity(taken * m.cols());
    for i in 0..taken {
        for x in m.row(i * rows / taken) {
            values.push(x.to_f64());
        }
    }
    values
}

fn norms(before: &[Sampled], after: &[Sampled], gradients: &[Sampled], rate: f64) -> Vec<Norms> {
    let layers = before.iter().zip(after).enumerate();
    let norms = layers.map(|(i, (before, after))| {
        let zeros = vec![0.0; before.values.len()];
        let norm = |a: &[f64], b: &[f64]| (before.each * distance(a, b)).sqrt();
        let update = norm(&before.values, &after.values);
        Norms {
            weights: norm(&before.values, &zeros),
            gradient: match gradients.get(i) {
                Some(gradient) => norm(&gradient.values, &zeros),
                None if rate > 0.0 => update / rate,
                None => f64::NAN,
            },
            update,
        }
    });
    norms.collect()
}

/// Σ (a − b)², in eight sums side by side.
fn distance(a: &[f64], b: &[f64]) -> f64 {
    let (blocks, rest) = a.as_chunks::<8>();
    let (others, other_rest) = b.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (a, b) in blocks.iter().zip(others) {
        for (k, sum) in sums.iter_mut().enumerate() {
            *sum += (a[k] - b[k]) * (a[k] - b[k]);
        }
    }
    let rest = rest.iter().zip(other_rest).map(|(a, b)| (a - b) * (a - b));
    sums.iter().sum::<f64>() + rest.sum::<f64>()
}

/// The weights of the units of a first layer whose weights are largest, unit by unit: at most 36 of them, in the order of the layer.
pub fn strongest_units<T: Real>(w: &Matrix<T>) -> Vec<Vec<f64>> {
    const UNITS: usize = 36;
    let mut squares = vec![0.0; w.cols()];
    for row in w.iter_rows() {
        for (sum, x) in squares.iter_mut().zip(row) {
            *sum += x.to_f64() * x.to_f64();
        }
    }
    let strongest = largest(&squares, UNITS);
    let mut units = vec![Vec::with_capacity(w.rows()); strongest.len()];
    for row in w.iter_rows() {
        for (unit, &j) in units.iter_mut().zip(&strongest) {
            unit.push(row[j].to_f64());
        }
    }
    units
}

/// The places of the largest values, at most so many, in increasing order.
fn largest(values: &[f64], count: usize) -> Vec<usize> {
    let mut places = ranked(values.len(), &|i, j| values[j].total_cmp(&values[i]));
    places.truncate(count);
    places.sort_unstable();
    places
}
