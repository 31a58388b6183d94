//! [`Sequential`]: layers one behind the other.

use std::any::Any;
use std::fmt;

use super::layer::{check_grad, check_input, check_samples};
use super::part::Part;
use super::{Layer, Parameter, summary};
use crate::io::Error;
use crate::io::tensor::onnx::Operator;
use crate::matrix::Matrix;
use crate::real::Real;
use crate::rng::Rng;

/// Layers one behind the other; itself a layer. A clone is a network of its own, to be kept as the best so far, or to be
/// evaluated on another thread.
///
/// ```
/// use fromzero::{Matrix, nn::{Dense, Layer, Relu, Sequential}};
/// let net = Sequential::new(1).then(Dense::new(16));
/// let mut net = net.then(Relu::new()).then(Dense::new(10));
/// let logits = net.forward(&Matrix::<f32>::zeros(2, 784));
/// assert_eq!(logits.shape(), (2, 10));
/// assert_eq!(net.parameters().len(), 4);
/// ```
#[derive(Clone)]
pub struct Sequential<T: Real> {
    layers: Vec<Box<dyn Part<T>>>,
    /// Draws the parameters of all layers, of those too that come later.
    rng: Rng,
    training: bool,
    /// The number of inputs, once it is known to all layers.
    inputs: Option<usize>,
}

/// The layers of a network, of which there is at least one.
type FirstAndRest<'a, T> = (&'a mut Box<dyn Part<T>>, &'a mut [Box<dyn Part<T>>]);

/// [`Sequential`] under the name that speaks of the whole network.
pub type Net<T> = Sequential<T>;

/// [`Sequential`] under the name that PyTorch's readers look for.
pub type Module<T> = Sequential<T>;

impl<T: Real> Sequential<T> {
    /// No layer yet. The parameters will be drawn from a generator with this seed, layer by layer, also if the network becomes a
    /// layer of another.
    pub fn new(seed: u64) -> Self {
        Sequential {
            layers: Vec::new(),
            rng: Rng::new(seed),
            training: true,
            inputs: None,
        }
    }

    /// Appends a layer. If the network is in evaluation, so is the layer from now on.
    #[must_use]
    pub fn then(mut self, mut layer: impl Layer<T> + Clone + Send + Sync + 'static) -> Self {
        if !self.training {
            layer.set_training(false);
        }
        self.layers.push(Box::new(layer));
        self.inputs = None;
        self
    }

    /// Tells the layers that samples have `inputs` features, so that all parameters have their shapes and first values before
    /// the first forward pass.
    ///
    /// # Panics
    /// If a layer knows its number of inputs and it is another, or there is no layer.
    #[track_caller]
    pub fn build(&mut self, inputs: usize) {
        self.draw(inputs);
    }

    /// Draws the parameters that have no values yet, and returns the number of outputs.
    #[track_caller]
    fn draw(&mut self, inputs: usize) -> usize {
        self.check_not_empty();
        let (layers, rng) = (self.layers.iter_mut(), &mut self.rng);
        let outputs = layers.fold(inputs, |inputs, layer| layer.init(inputs, rng));
        self.inputs = Some(inputs);
        outputs
    }

    /// The layers in order.
    pub fn layers(&self) -> impl Iterator<Item = &dyn Layer<T>> {
        (self.layers.iter()).map(|layer| -> &dyn Layer<T> { &**layer })
    }

    /// The layers in order, to be changed. One is found by its name with `find(|layer| layer.name() == "Dense")`, and by its type
    /// with [`layers_of_mut`](Sequential::layers_of_mut).
    pub fn layers_mut(&mut self) -> impl Iterator<Item = &mut dyn Layer<T>> {
        (self.layers.iter_mut()).map(|layer| -> &mut dyn Layer<T> { &mut **layer })
    }

    /// The layers of one type, in order.
    ///
    /// ```
    /// use fromzero::{Matrix, nn::{Dense, Layer, Rnn, Sequential}};
    /// let mut net = Sequential::<f32>::new(1).then(Rnn::new(4, 3)).then(Dense::new(1));
    /// // Sequences of five steps from now on, and states to start from.
    /// for rnn in net.layers_of_mut::<Rnn<f32>>() {
    ///     rnn.set_steps(5);
    ///     rnn.set_h0(Some(Matrix::zeros(2, 4)));
    /// }
    /// net.forward(&Matrix::zeros(10, 1));
    /// net.backward(&Matrix::zeros(10, 1));
    /// let rnn = net.layers_of::<Rnn<f32>>().next().expect("the first layer");
    /// assert_eq!(rnn.h0_gradient().shape(), (2, 4));
    /// ```
    pub fn layers_of<L: Layer<T> + 'static>(&self) -> impl Iterator<Item = &L> {
        (self.layers.iter()).filter_map(|layer| {
            let layer: &dyn Any = &**layer;
            layer.downcast_ref()
        })
    }

    /// The layers of one type, in order, to be changed.
    pub fn layers_of_mut<L: Layer<T> + 'static>(&mut self) -> impl Iterator<Item = &mut L> {
        (self.layers.iter_mut()).filter_map(|layer| {
            let layer: &mut dyn Any = &mut **layer;
            layer.downcast_mut()
        })
    }

    /// The gradients of the last backward pass as a list of layers: for each of them its parameters' gradients, in the order of
    /// [`Layer::parameters`]; that of one that is not trained is empty.
    pub fn gradients(&self) -> Vec<Vec<&Matrix<T>>> {
        (self.layers())
            .map(|layer| layer.parameters().into_iter().map(|p| &p.grad).collect())
            .collect()
    }

    /// The first layer and the rest, which know what `x` is a sample of.
    #[track_caller]
    fn ready_for(&mut self, x: &Matrix<T>) -> FirstAndRest<'_, T> {
        check_samples("Sequential", x);
        match self.inputs {
            Some(inputs) => check_input("Sequential", inputs, x),
            None => self.build(x.cols()),
        }
        self.layers
            .split_first_mut()
            .expect("a layer: it was built")
    }

    #[track_caller]
    fn check_not_empty(&self) {
        assert!(
            !self.layers.is_empty(),
            "Sequential: expected at least 1 layer, found none"
        );
    }
}

impl<T: Real> Layer<T> for Sequential<T> {
    fn name(&self) -> &'static str {
        "Sequential"
    }

    /// As [`Sequential::build`]: the parameters are drawn from the generator of the network's own seed, not from `rng`.
    fn init(&mut self, inputs: usize, _: &mut Rng) -> usize {
        self.draw(inputs)
    }

    fn forward(&mut self, x: &Matrix<T>) -> &Matrix<T> {
        let (first, rest) = self.ready_for(x);
        rest.iter_mut()
            .fold(first.forward(x), |x, layer| layer.forward(x))
    }

    fn predict(&mut self, x: &Matrix<T>) -> &Matrix<T> {
        let (first, rest) = self.ready_for(x);
        rest.iter_mut()
            .fold(first.predict(x), |x, layer| layer.predict(x))
    }

    fn output(&self) -> &Matrix<T> {
        self.check_not_empty();
        self.layers[self.layers.len() - 1].output()
    }

    fn backward(&mut self, grad: &Matrix<T>) -> &Matrix<T> {
        check_grad("Sequential", self.output(), grad);
        let (last, rest) = self
            .layers
            .split_last_mut()
            .expect("a layer: it has output");
        (rest.iter_mut().rev()).fold(last.backward(grad), |grad, layer| layer.backward(grad))
    }

    fn backward_parameters(&mut self, grad: &Matrix<T>) {
        check_grad("Sequential", self.output(), grad);
        let (first, rest) = self
            .layers
            .split_first_mut()
            .expect("a layer: it has output");
        let grad = (rest.iter_mut().rev()).fold(grad, |grad, layer| layer.backward(grad));
        first.backward_parameters(grad);
    }

    fn parameters(&self) -> Vec<&Parameter<T>> {
        let mut parameters = Vec::new();
        for layer in self.layers() {
            parameters.append(&mut layer.parameters());
        }
        parameters
    }

    /// The names of each layer behind its number: `0.weight`.
    fn names_in_files(&self) -> Vec<String> {
        let mut names = Vec::new();
        for (i, layer) in self.layers().enumerate() {
            for name in layer.names_in_files() {
                names.push(format!("{i}.{name}"));
            }
        }
        names
    }

    fn operators(&self) -> Result<Vec<Operator>, Error> {
        let mut operators = Vec::new();
        for (i, layer) in self.layers().enumerate() {
            let these = layer.operators();
            operators.extend(these.map_err(|error| error.of_part(&format!("layer {i}")))?);
        }
        Ok(operators)
    }

    fn visit(&mut self, f: &mut dyn FnMut(&mut Parameter<T>)) {
        for layer in &mut self.layers {
            layer.visit(f);
        }
    }

    fn generators(&self) -> Vec<&Rng> {
        let mut generators = Vec::new();
        for layer in self.layers() {
            generators.append(&mut layer.generators());
        }
        generators
    }

    fn visit_generators(&mut self, f: &mut dyn FnMut(&mut Rng)) {
        for layer in &mut self.layers {
            layer.visit_generators(f);
        }
    }

    fn set_training(&mut self, training: bool) {
        self.training = training;
        for layer in &mut self.layers {
            layer.set_training(training);
        }
    }

    fn is_training(&self) -> bool {
        self.training
    }

    fn check_parameters(&self, values: &[Matrix<T>]) -> Result<(), Error> {
        let mut rest = values;
        for (i, layer) in self.layers().enumerate() {
            let count = layer.parameters().len().min(rest.len());
            let (these, others) = rest.split_at(count);
            rest = others;
            (layer.check_parameters(these))
                .map_err(|error| error.of_part(&format!("layer {i}")))?;
        }
        match rest.len() {
            0 => Ok(()),
            more => Err(Error::new(format!(
                "Sequential: expected {} parameters, found {}",
                values.len() - more,
                values.len()
            ))),
        }
    }
}

/// The summary: a line for each layer with its output and its parameters, and their number in all.
impl<T: Real> fmt::Display for Sequential<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        summary::write(self.layers(), self.inputs, f)
    }
}

/// A line for each layer, with the shapes of its parameters.
impl<T: Real> fmt::Debug for Sequential<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, layer) in self.layers().enumerate() {
            let newline = if i == 0 { "" } else { "\n" };
            write!(f, "{newline}{}", layer.describe())?;
        }
        Ok(())
    }
}
