//! Twelve mistakes that programs like this one make: what each is, the line that it changes, and how the report gives it away.

use fromzero::io::{Error, Result};

use crate::patients::Kind;

/// A mistake that can be planted.
pub struct Mistake {
    pub kind: Kind,
    /// What is checked, as the reader is told who has to find the mistake.
    pub patient: &'static str,
    /// What was planted.
    pub planted: &'static str,
    /// The file of the right line, and what is in it.
    file: &'static str,
    source: &'static str,
    /// The right line, as it stands there.
    right: &'static str,
    /// The same line with the mistake.
    pub wrong: &'static str,
    /// How the report gives it away.
    pub clue: &'static str,
}

const SECTION37: (&str, &str) = ("src/section37.rs", include_str!("../../src/section37.rs"));
const ACTIVATION: (&str, &str) = (
    "src/ops/activation.rs",
    include_str!("../../src/ops/activation.rs"),
);
const SOFTMAX: (&str, &str) = (
    "src/ops/softmax.rs",
    include_str!("../../src/ops/softmax.rs"),
);
const LOSSES: (&str, &str) = ("src/ops/losses.rs", include_str!("../../src/ops/losses.rs"));
const RNN: (&str, &str) = ("src/nn/rnn.rs", include_str!("../../src/nn/rnn.rs"));

const BOOK: &str = "section 3.7, 4-5-5-3 with sigmoid and softmax, 3 samples";
const TANH: &str = "a network 4-4-3 of tanh, softmax, log and negative log-likelihood, 3 samples";

/// All of them; the first is number 1.
pub const MISTAKES: [Mistake; 12] = [
    Mistake {
        kind: Kind::BiasOfOneSample,
        patient: BOOK,
        planted: "The gradient of a bias is made of δ of the first sample alone. It is a mean over all samples, and for a \
                  batch of one the two are the same: so the mistake passes every check of a single sample.",
        file: SECTION37.0,
        source: SECTION37.1,
        right: "column_sums(delta, |j, sum| {",
        wrong: "delta.row(0).iter().enumerate().for_each(|(j, &sum)| {",
        clue: "All biases are wrong, each by another factor, and every weight is right. So δ is right in every layer, and only \
               what is made of it for b is not.",
    },
    Mistake {
        kind: Kind::ForgottenMean,
        patient: BOOK,
        planted: "1/m is missing: the loss is a mean over the samples, and the gradients are sums.",
        file: LOSSES.0,
        source: LOSSES.1,
        right: "T::ONE / T::from_f64(m as f64)",
        wrong: "T::ONE",
        clue: "Every entry of every parameter is wrong by one and the same factor, 3, which is the number of samples. With \
               another batch size it would be another factor: a learning rate that suits one batch size does not suit the \
               next.",
    },
    Mistake {
        kind: Kind::TransposedGradient,
        patient: BOOK,
        planted: "∂J/∂w² is (δ³)ᵀa² in the place of (a²)ᵀδ³. Both hidden layers have the same size, so the shape is right.",
        file: SECTION37.0,
        source: SECTION37.1,
        right: "weight_gradient(&act.a2, &d.delta3, &mut target.w2, lr);",
        wrong: "weight_gradient(&d.delta3, &act.a2, &mut target.w2, lr);",
        clue: "Of all parameters only w2 is wrong, and there only what is off the diagonal: a square matrix and its transpose \
               have the diagonal in common. Two hidden layers of different sizes would have been refused at once.",
    },
    Mistake {
        kind: Kind::RawScores,
        patient: BOOK,
        planted: "δ⁴ is z⁴ − y, the raw scores minus the labels, where it should be a⁴ − y, the probabilities minus the \
                  labels.",
        file: SECTION37.0,
        source: SECTION37.1,
        right: "d.delta4.copy_from(&act.a4);",
        wrong: "d.delta4.copy_from(&act.z4);",
        clue: "Everything is wrong, by factors that have nothing in common, down to b3. The gradient of b3 is the mean of δ⁴ \
               and nothing else, so δ⁴ itself is wrong. Its numeric entries sum to 0, since probabilities sum to 1 and labels \
               too; the analytic ones do not, so they are no probabilities minus labels. (Mistake 9 looks alike: there they \
               sum to −2/3.)",
    },
    Mistake {
        kind: Kind::UpdatedWeights,
        patient: BOOK,
        planted: "w³ took its step before δ³ was computed from it.",
        file: SECTION37.0,
        source: SECTION37.1,
        right: "matmul(&d.delta4, p.w3.t())",
        wrong: "matmul(&d.delta4, updated.w3.t())",
        clue: "w3 and b3 are right, and everything before them is wrong, mostly by less than a fifth: so it went wrong on the \
               way through w3. The step was short (a learning rate of 0.05), and a tenth of it would leave a tenth of the \
               error. A program with this mistake still learns, only worse.",
    },
    Mistake {
        kind: Kind::StateOfTheSameStep,
        patient: "a recurrent layer, 2 inputs and 4 hidden neurons, 2 sequences of 3 steps",
        planted: "∂J/∂w_h pairs δ_t with h_t. What w_h was multiplied by at step t is the state before it, h_{t−1}.",
        file: RNN.0,
        source: RNN.1,
        right: "let before = h.block(0..rows - batch, 0..hidden);",
        wrong: "let before = h.block(batch..rows, 0..hidden);",
        clue: "Only w_h is wrong. w_x and b are made of the same δ, so that is right at every step; what it is multiplied by \
               is not.",
    },
    Mistake {
        kind: Kind::DerivativeOfTheValue,
        patient: BOOK,
        planted: "The derivative of the sigmoid function is taken at a, f′(a), in the place of f′(z). From the value a it is \
                  a·(1 − a), and one who has that formula but also applies f again gets this.",
        file: SECTION37.0,
        source: SECTION37.1,
        right: ".times_sigmoid_prime(&act.a3)",
        wrong: ".times_sigmoid_prime(&sigmoid_of(&act.a3))",
        clue: "w3 and b3 are right, so δ⁴ is. In w2 each column, which is a neuron, is off by nearly one factor, from 0.94 to \
               0.96, the one that its bias has too: each neuron's δ³ was multiplied by something nearly right, and that can \
               only be f′. In w1, where two such factors meet, it is worse.",
    },
    Mistake {
        kind: Kind::TimesTheLoss,
        patient: TANH,
        planted: "The backward pass of the negative log-likelihood multiplies by the value of the loss.",
        file: LOSSES.0,
        source: LOSSES.1,
        right: "out.zip(y, |_, y| -y * one_over_m);",
        wrong: "out.zip(y, |_, y| -y * one_over_m * loss);",
        clue: "Every entry is wrong by one and the same factor, inputs too, and it is no whole number, so it is not the batch \
               size. It is the loss itself, which stands above. Where the loss is 1 nothing is wrong, and as it falls, so does \
               the learning rate.",
    },
    Mistake {
        kind: Kind::SoftmaxOverTheBatch,
        patient: BOOK,
        planted: "Softmax divides by the sum over the whole batch, where it should divide by that of the row.",
        file: SOFTMAX.0,
        source: SOFTMAX.1,
        right: "let sum = sum(a.iter().copied());",
        wrong: "let sum = sum_of_all_rows;",
        clue: "Everything is wrong, down to b3, so δ⁴ is. The factors differ, unlike those of a forgotten mean. The analytic \
               entries of b3 sum to −2/3 and not to 0: all probabilities of the three samples together sum to 1, their mean to \
               1/3, and the labels' to 1.",
    },
    Mistake {
        kind: Kind::ReluAtItsKink,
        patient: "a network 4-5-3 of ReLU and softmax cross-entropy, 3 samples",
        planted: "The derivative of ReLU, computed from its value a = max(z, 0), is 1 where a ≥ 0: and that is everywhere.",
        file: ACTIVATION.0,
        source: ACTIVATION.1,
        right: "if a <= T::ZERO { T::ZERO } else { T::ONE }",
        wrong: "if a < T::ZERO { T::ZERO } else { T::ONE }",
        clue: "w2 and b2, behind the ReLU, are right. Of w1 and b1 whole columns are right, and a column is a neuron: these \
               were on for all samples. In the others something also comes through for samples for which they were off. Where \
               the factor is infinite, the neuron was off for all of them: it has no gradient, but is given one.",
    },
    Mistake {
        kind: Kind::AccumulatedGradients,
        patient: BOOK,
        planted: "Gradients are added to what was there: after two backward passes they are twice what they should be.",
        file: SECTION37.0,
        source: SECTION37.1,
        right: "None => gradient.into(w),",
        wrong: "None => gradient.beta(T::ONE).into(w),",
        clue: "Every entry is wrong by one and the same factor, 2, and there are 3 samples: so it is not 1/m. It is the number \
               of backward passes; after one of them the check would have passed.",
    },
    Mistake {
        kind: Kind::DiagonalOfTheJacobian,
        patient: TANH,
        planted: "The backward pass of softmax is a·(1 − a)·g, entry by entry, as for the sigmoid function. Each probability \
                  depends on every logit: the whole Jacobian has to be multiplied, and gives a·(g − Σ g·a).",
        file: SOFTMAX.0,
        source: SOFTMAX.1,
        right: "*out = a * (g - mean);",
        wrong: "*out = a * (T::ONE - a) * g;",
        clue: "All is wrong, but the bias behind softmax says where to look: its analytic entries have one sign, since each \
               class only sees its own label, while the numeric ones sum to 0. The logits of the other classes are never \
               pushed down.",
    },
];

/// The mistake of this number.
pub fn find(number: usize) -> Result<&'static Mistake> {
    let index = number.checked_sub(1);
    index.and_then(|index| MISTAKES.get(index)).ok_or_else(|| {
        let message = format!(
            "expected a number from 1 to {}, found {number}",
            MISTAKES.len()
        );
        Error::new(message)
    })
}

impl Mistake {
    /// Where the right line stands, with its number, and the line.
    pub fn right_line(&self) -> (String, &'static str) {
        let mut lines = self.source.lines().map(str::trim).enumerate();
        let (i, line) = lines
            .find(|(_, line)| line.contains(self.right))
            .unwrap_or_else(|| panic!("{} has no line {}", self.file, self.right));
        (format!("{}:{}", self.file, i + 1), line)
    }
}
