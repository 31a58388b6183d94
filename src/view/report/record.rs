//! What is known of a training: plain numbers and words, from which the page is written and the verdict found.

use crate::keep::Taken;
use crate::matrix::Matrix;
use crate::nn::Unit;
use crate::real::Real;

/// A training, as its report tells it. What does not apply stays empty: a regression has no classes and no answers.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The program's name.
    pub program: String,
    /// The command that trains so again.
    pub command: String,
    /// Settings, seed, data, checksums: a name and a value each, in the order in which they are shown.
    pub facts: Vec<(String, String)>,
    /// The names of the classes.
    pub classes: Vec<String>,
    /// Steps in an epoch.
    pub batches: usize,
    /// Every step that was taken.
    pub steps: Vec<Taken>,
    /// How many of them were taken before the training was stopped and went on: of these nothing else is known.
    pub resumed: usize,
    /// Why the training ended early, if it did.
    pub stopped: Option<String>,
    /// The loss of a network that knows nothing but how frequent each class is.
    pub guessing: Option<f64>,
    /// What the inputs are like.
    pub inputs: Option<Inputs>,
    /// Accuracies on a part of the test set: the number of steps before it, and the share that was right.
    pub tests: Vec<(usize, f64)>,
    /// How many samples that part has.
    pub tested: usize,
    /// The share of the training set that is right in the end.
    pub train_accuracy: Option<f64>,
    /// The network's answer to each sample of the test set in the end.
    pub answers: Vec<Answer>,
    /// The names of the layers that have weights, from the first to the last.
    pub layers: Vec<String>,
    /// The layers whose units may saturate or die: their names, and their function.
    pub units: Vec<(String, Unit)>,
    /// What was seen inside the network, step by step.
    pub sights: Vec<Sight>,
    /// Weights of the first layer: for each unit shown, one weight for each input.
    pub first_weights: Vec<Vec<f64>>,
    /// Parts of a step, and the seconds that each takes.
    pub phases: Vec<(String, f64)>,
    /// How long the training took, in seconds; and of that, how long it was looked at for this report.
    pub seconds: (f64, f64),
}

/// What the inputs of some samples are like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inputs {
    /// The root of the mean square of all numbers.
    pub size: f64,
    /// The largest absolute value.
    pub largest: f64,
}

impl Inputs {
    /// What the inputs of these samples are like.
    pub fn of<T: Real>(x: &Matrix<T>) -> Self {
        let (mut sum, mut largest) = (0.0, 0.0);
        for x in x.iter().map(T::to_f64) {
            sum += x * x;
            if x.abs() > largest {
                largest = x.abs();
            }
        }
        let count = x.rows() * x.cols();
        let size = (sum / count.max(1) as f64).sqrt();
        Inputs { size, largest }
    }
}

/// What a network answers to a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    /// The sample's class.
    pub class: u16,
    /// The three most probable classes, the most probable first, with their probabilities; probabilities of −1 stand for no class.
    pub best: [(u16, f32); 3],
    /// The probability of the sample's class.
    pub probability: f32,
}

impl Answer {
    /// The answer that consists of these probabilities; none if one of them is NaN.
    ///
    /// ```
    /// use fromzero::view::report::Answer;
    /// let answer = Answer::new(1, &[0.2, 0.1, 0.7]).unwrap();
    /// assert_eq!((answer.taken_for(), answer.probability), (2, 0.1));
    /// ```
    ///
    /// # Panics
    /// If the class has no probability, or there are more than 65,536 classes.
    #[track_caller]
    pub fn new(class: usize, probabilities: &[f64]) -> Option<Self> {
        const MOST: usize = 1 << u16::BITS;
        let classes = probabilities.len();
        assert!(
            class < classes && classes <= MOST,
            "Answer: expected a class of at most {MOST}, found class {class} of {classes}"
        );
        let mut best = [(0, -1.0); 3];
        for (k, &p) in probabilities.iter().enumerate() {
            if p.is_nan() {
                return None;
            }
            let p = p as f32;
            if let Some(place) = best.iter().position(|&(_, other)| p > other) {
                best.copy_within(place..2, place + 1);
                best[place] = (k as u16, p);
            }
        }
        let probability = probabilities[class] as f32;
        let class = class as u16;
        Some(Answer {
            class,
            best,
            probability,
        })
    }

    /// The class that the network takes the sample for.
    pub fn taken_for(&self) -> usize {
        self.best[0].0.into()
    }

    /// Whether that is the sample's class.
    pub fn is_right(&self) -> bool {
        self.taken_for() == usize::from(self.class)
    }
}

/// What was seen inside a network at one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Sight {
    /// The number of the step, from 0.
    pub step: usize,
    /// A place for each of [`Record::layers`].
    pub layers: Vec<Norms>,
    /// A place for each of [`Record::units`].
    pub units: Vec<Activity>,
}

/// Euclidean norms of a layer's weights w, of ∂J/∂w, and of what the step changed in w.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Norms {
    /// ‖w‖ before the step.
    pub weights: f64,
    /// ‖∂J/∂w‖
    pub gradient: f64,
    /// ‖Δw‖
    pub update: f64,
}

/// How the units of a layer answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Activity {
    /// The share of outputs at which the function is so flat that hardly any gradient comes through.
    pub flat: f64,
    /// The share of units that were so for every sample that was looked at lately; none as long as these are too few to tell.
    pub dead: Option<f64>,
}

impl Record {
    /// The share of the test set that is right in the end, if it is known.
    pub fn test_accuracy(&self) -> Option<f64> {
        let right = self.answers.iter().filter(|answer| answer.is_right());
        match self.answers.len() {
            0 => None,
            samples => Some(right.count() as f64 / samples as f64),
        }
    }

    /// The mean accuracy of the batches of each epoch, before each step: the number of steps after it, and the share; an epoch that
    /// was not finished counts as far as it came.
    pub fn epoch_accuracies(&self) -> Vec<(usize, f64)> {
        let batches = self.batches.max(1);
        let epochs = self.steps.chunks(batches).enumerate();
        let mean = |steps: &[Taken]| {
            steps.iter().map(|step| step.accuracy).sum::<f64>() / steps.len() as f64
        };
        epochs
            .map(|(i, steps)| (i * batches + steps.len(), mean(steps)))
            .collect()
    }
}
