//! [`Layer`]: what every part of a network can do, and the checks that all layers share.

use super::{Parameter, Unit};
use crate::io::Error;
use crate::io::tensor::onnx::Operator;
use crate::matrix::{Matrix, check_some};
use crate::real::Real;
use crate::rng::Rng;

/// A part of a network: a function of a batch of samples, one a row, and the derivative of that function.
///
/// A layer owns its parameters, what it must remember from the forward pass for the backward pass, and the matrices that it
/// returns. It allocates them when it first sees a batch of that size, and nothing after that.
///
/// [A layer of your own](super#a-layer-of-your-own) shows how to write one.
pub trait Layer<T: Real> {
    /// The layer's name in summaries and messages.
    fn name(&self) -> &'static str;

    /// Name and shapes, as a line: `layer: Dense  shape: {w: [784, 200], b: [200]}`.
    fn describe(&self) -> String {
        describe(self.name(), &self.parameters())
    }

    /// Tells the layer its number of input features, and returns its number of outputs.
    ///
    /// Parameters that have no shape yet get it now and are drawn from `rng`; a layer that knows its input size already keeps
    /// its parameters. The first forward pass does this by itself: [`Sequential`](super::Sequential) with the generator of its
    /// seed, a layer on its own with `Rng::new(0)`. So two layers of one shape that are used alone start with equal
    /// parameters, unless each is given a generator here first.
    ///
    /// # Panics
    /// If the layer knows its number of inputs and it is another.
    #[track_caller]
    fn init(&mut self, inputs: usize, rng: &mut Rng) -> usize;

    /// The output for the samples `x` `[m, inputs]`, `[m, outputs]`. What `backward` needs is kept.
    ///
    /// # Panics
    /// If the samples have the wrong number of features, or there is none.
    #[track_caller]
    fn forward(&mut self, x: &Matrix<T>) -> &Matrix<T>;

    /// As [`Layer::forward`], in evaluation. Afterwards every layer is in the mode that it was in.
    ///
    /// # Panics
    /// As [`Layer::forward`].
    #[track_caller]
    fn predict(&mut self, x: &Matrix<T>) -> &Matrix<T> {
        let training = self.is_training();
        self.set_training(false);
        self.forward(x);
        self.set_training(training);
        self.output()
    }

    /// What the last forward pass returned; no rows before the first.
    fn output(&self) -> &Matrix<T>;

    /// From `grad` = ∂J/∂output, `[m, outputs]`, the gradient ∂J/∂x, `[m, inputs]`, for the last forward pass. The gradients
    /// of the parameters are put beside them, over those of the backward pass before.
    ///
    /// # Panics
    /// If there was no forward pass, or `grad` has not the shape of its output.
    #[track_caller]
    fn backward(&mut self, grad: &Matrix<T>) -> &Matrix<T>;

    /// [`Layer::backward`] when nobody asks for ∂J/∂x, as of the first layer of a network in training.
    ///
    /// # Panics
    /// As [`Layer::backward`].
    #[track_caller]
    fn backward_parameters(&mut self, grad: &Matrix<T>) {
        self.backward(grad);
    }

    /// The parameters in order, those that are not trainable among them; none unless the layer says otherwise.
    fn parameters(&self) -> Vec<&Parameter<T>> {
        Vec::new()
    }

    /// Calls `f` for each of [`Layer::parameters`], in the same order, to change it.
    fn visit(&mut self, f: &mut dyn FnMut(&mut Parameter<T>)) {
        let _ = f;
    }

    /// What files call the parameters, in the same order: PyTorch's names where it has the layer, `weight` and `bias`.
    fn names_in_files(&self) -> Vec<String> {
        names_in_files(&self.parameters())
    }

    /// The layer in evaluation, in the operators of ONNX.
    ///
    /// # Errors
    /// If ONNX has no operators for it, or none that are known here.
    fn operators(&self) -> Result<Vec<Operator>, Error> {
        Err(no_operators(self.name()))
    }

    /// The function of its outputs, if it is one whose units may saturate or die. Reports look at it.
    fn unit(&self) -> Option<Unit> {
        None
    }

    /// The generators that forward passes draw from in training, in order. A layer that draws, or that has layers within it, names
    /// them, so that a training can be stopped and taken up again.
    fn generators(&self) -> Vec<&Rng> {
        Vec::new()
    }

    /// Calls `f` for each of [`Layer::generators`], in the same order, to change it.
    fn visit_generators(&mut self, f: &mut dyn FnMut(&mut Rng)) {
        let _ = f;
    }

    /// Whether no parameter is infinite or NaN.
    fn is_finite(&self) -> bool {
        are_finite(&self.parameters())
    }

    /// Chooses between training, in which every layer starts, and evaluation. Most layers do the same in both.
    fn set_training(&mut self, training: bool) {
        let _ = training;
    }

    /// Whether it is in training. A layer that does the same in both always is.
    fn is_training(&self) -> bool {
        true
    }

    /// Whether `values` could replace the parameters.
    ///
    /// # Errors
    /// If there are more or fewer of them, or one has another shape. The error names the layer and the parameter.
    fn check_parameters(&self, values: &[Matrix<T>]) -> Result<(), Error> {
        check_values(self.name(), &self.parameters(), values)
    }

    /// Replaces the parameters, in the order of [`Layer::parameters`].
    ///
    /// # Errors
    /// As [`Layer::check_parameters`]; then nothing is replaced.
    fn set_parameters(&mut self, values: &[Matrix<T>]) -> Result<(), Error> {
        self.check_parameters(values)?;
        set_values(values, &mut |f| self.visit(f));
        Ok(())
    }
}

// The defaults above are compiled again for each layer, so they leave their work to functions that are not.

/// As [`Layer::describe`].
fn describe<T: Real>(layer: &str, parameters: &[&Parameter<T>]) -> String {
    let shapes: Vec<String> = (parameters.iter())
        .map(|parameter| format!("{}: {}", parameter.name, parameter.shape()))
        .collect();
    let shapes = match &shapes[..] {
        [] => "None".to_string(),
        shapes => format!("{{{}}}", shapes.join(", ")),
    };
    format!("layer: {layer}  shape: {shapes}")
}

/// As [`Layer::names_in_files`].
fn names_in_files<T: Real>(parameters: &[&Parameter<T>]) -> Vec<String> {
    let names = parameters.iter().map(|p| p.name_in_files().to_string());
    names.collect()
}

/// As [`Layer::is_finite`].
fn are_finite<T: Real>(parameters: &[&Parameter<T>]) -> bool {
    (parameters.iter()).all(|parameter| parameter.value.iter().all(T::is_finite))
}

/// As [`Layer::check_parameters`].
fn check_values<T: Real>(
    layer: &str,
    parameters: &[&Parameter<T>],
    values: &[Matrix<T>],
) -> Result<(), Error> {
    if parameters.len() != values.len() {
        return Err(Error::new(format!(
            "{layer}: expected {} parameters, found {}",
            parameters.len(),
            values.len()
        )));
    }
    for (parameter, value) in parameters.iter().zip(values) {
        if parameter.count() == 0 {
            return Err(Error::new(format!(
                "{layer}: the shape of {} is not known yet",
                parameter.name
            ))
            .hint("tell the network its number of inputs first, with `init` or `build`"));
        }
        let (expected, found) = (parameter.value.shape(), value.shape());
        if expected != found {
            return Err(Error::new(format!(
                "{layer}: expected {} of shape {}×{}, found {}×{}",
                parameter.name, expected.0, expected.1, found.0, found.1
            )));
        }
    }
    Ok(())
}

/// What is called with a parameter that it may change.
type Change<'a, T> = dyn FnMut(&mut Parameter<T>) + 'a;

/// As [`Layer::set_parameters`], of the parameters that `visit` goes through.
fn set_values<T: Real>(values: &[Matrix<T>], visit: &mut dyn FnMut(&mut Change<'_, T>)) {
    let mut values = values.iter();
    visit(&mut |parameter| {
        let value = values.next().expect("as many values as parameters");
        parameter.value.copy_from(value);
    });
}

/// Requires a number of features that a layer can be told: the one that it knows, or, as long as that is 0, any but 0.
#[track_caller]
pub(super) fn check_features(layer: &str, known: usize, inputs: usize) {
    let expected = if known == 0 { inputs.max(1) } else { known };
    assert!(
        inputs == expected,
        "{layer}: expected samples of {expected} features, found {inputs}"
    );
}

/// Requires samples, with as many features as `layer` has inputs.
///
/// # Panics
/// With the layer's name, what it expected and what it found.
#[track_caller]
pub fn check_input<T: Real>(layer: &str, inputs: usize, x: &Matrix<T>) {
    check_samples(layer, x);
    assert!(
        x.cols() == inputs,
        "{layer}: expected samples of {inputs} features, found {}",
        x.cols()
    );
}

/// Requires at least one sample.
///
/// # Panics
/// With the layer's name, if there is none.
#[track_caller]
pub fn check_samples<T: Real>(layer: &str, x: &Matrix<T>) {
    check_some(layer, x.rows());
}

/// Requires a gradient of the shape of the last output.
///
/// # Panics
/// With the layer's name, what it expected and what it found; also if there was no forward pass, so that the output has no rows.
#[track_caller]
pub fn check_grad<T: Real>(layer: &str, output: &Matrix<T>, grad: &Matrix<T>) {
    let (expected, found) = (output.shape(), grad.shape());
    assert!(
        expected.0 > 0,
        "{layer}: backward before forward: expected a forward pass, found only a gradient of {}×{}",
        found.0,
        found.1
    );
    assert!(
        expected == found,
        "{layer}: expected a gradient of {}×{}, found {}×{}",
        expected.0,
        expected.1,
        found.0,
        found.1
    );
}

/// Why a network with a layer of this name cannot become an ONNX file.
pub(super) fn no_operators(layer: &str) -> Error {
    Error::new(format!(
        "{layer}: there are no ONNX operators for this layer"
    ))
    .hint("its weights can be kept as npz or safetensors")
}
