//! Networks to and from PyTorch, and to ONNX: the half of `tests/fixtures/formats/roundtrip`, which calls this, that is ours.
//!
//! What a file is called says whether its numbers are f4 or f8: `net-tanh-f4.safetensors`. What a network makes of the images, on
//! which the two sides must agree, goes into `net-tanh-f4.npz.outputs.npy` and, the classes, into `net-tanh-f4.npz.classes.npy`.

use std::path::Path;

use fromzero::io::tensor::{DType, Tensor, npy};
use fromzero::keep::{Layout, net, params};
use fromzero::metrics::predictions;
use fromzero::nn::{
    BatchNorm, Dense, Dropout, Layer, Log, LogSoftmax, Relu, Sequential, Sigmoid, Softmax, Tanh,
};
use fromzero::rng::Rng;
use fromzero::section37::{Activations, forward, prediction};
use fromzero::{Matrix, Real};

use crate::io::roundtrip::{files, folder};

/// Section 3.7's network in every file that `train` or PyTorch kept it in.
#[test]
fn section37_says_what_it_takes_the_images_for() {
    let Some(folder) = folder() else { return };
    for path in files(&folder, "section37-") {
        match path.to_str().unwrap() {
            name if name.ends_with(".npy") || name.ends_with(".onnx") => {}
            name if name.contains("-f4.") => section37::<f32>(&folder, &path, "f4"),
            _ => section37::<f64>(&folder, &path, "f8"),
        }
    }
}

fn section37<T: Real>(folder: &Path, path: &Path, kind: &str) {
    let params = params::load::<T>(path).unwrap();
    let x = images::<T>(folder, kind);
    let mut act = Activations::new(params.sizes(), x.rows()).unwrap();
    forward(&params, &x, &mut act);
    put(path, &act.a4, &prediction(&params, &x).unwrap());
}

/// Networks of every kind of layer that there are operators for.
#[test]
fn networks_are_written() {
    let Some(folder) = folder() else { return };
    write::<f32>(&folder, "f4");
    write::<f64>(&folder, "f8");
}

fn write<T: Real>(folder: &Path, kind: &str) {
    let x = images::<T>(folder, kind);
    for (name, mut network) in networks::<T>() {
        network.build(x.cols());
        leave_the_beginning(&mut network, &x);
        let file = |extension| folder.join(format!("net-{name}-{kind}.{extension}"));
        net::save(file("onnx"), &network, Layout::InOut).unwrap();
        net::save(file("npz"), &network, Layout::InOut).unwrap();
        net::save(file("safetensors"), &network, Layout::OutIn).unwrap();
        evaluate(&file("npz"), &mut network, &x);
    }
}

/// What PyTorch made of them, and kept as safetensors: `back-tanh-f4-trained.safetensors`.
#[test]
fn networks_come_back() {
    let Some(folder) = folder() else { return };
    read::<f32>(&folder, "f4");
    read::<f64>(&folder, "f8");
}

fn read<T: Real>(folder: &Path, kind: &str) {
    let x = images::<T>(folder, kind);
    for (name, mut network) in networks::<T>() {
        network.build(x.cols());
        for path in files(folder, &format!("back-{name}-{kind}-")) {
            net::load(&path, &mut network, Layout::OutIn).unwrap();
            evaluate(&path, &mut network, &x);
        }
    }
}

/// The networks, which the script builds again in PyTorch.
fn networks<T: Real>() -> Vec<(&'static str, Sequential<T>)> {
    let hidden = || Sequential::new(7).then(Dense::new(24));
    let inner = Sequential::new(8)
        .then(Dense::new(16).without_bias())
        .then(BatchNorm::new())
        .then(Tanh::new());
    vec![
        ("dense", Sequential::new(7).then(Dense::new(10))),
        ("relu", hidden().then(Relu::new()).then(Dense::new(10))),
        (
            "sigmoid",
            hidden().then(Sigmoid::new()).then(Dense::new(10)),
        ),
        ("tanh", hidden().then(Tanh::new()).then(Dense::new(10))),
        ("softmax", hidden().then(Softmax::new())),
        ("logsoftmax", hidden().then(LogSoftmax::new())),
        ("log", hidden().then(Softmax::new()).then(Log::new())),
        (
            "batchnorm",
            hidden()
                .then(BatchNorm::new())
                .then(Relu::new())
                .then(Dropout::new(0.5))
                .then(Dense::new(10)),
        ),
        (
            "nested",
            Sequential::new(7)
                .then(BatchNorm::new())
                .then(inner)
                .then(Dense::new(10)),
        ),
    ]
}

/// Gives biases, γ and β other values than they begin with, and running statistics those of images.
fn leave_the_beginning<T: Real>(network: &mut Sequential<T>, x: &Matrix<T>) {
    const SAMPLES: usize = 1000;
    let mut rng = Rng::new(9);
    network.visit(&mut |parameter| {
        if parameter.is_vector() {
            let values = parameter.value.row_mut(0).iter_mut();
            values.for_each(|value| *value += T::from_f64(0.3 * rng.uniform()));
        }
    });
    let x = Matrix::from_fn(SAMPLES, x.cols(), |i, j| x[(i, j)]);
    network.forward(&x);
}

fn images<T: Real>(folder: &Path, kind: &str) -> Matrix<T> {
    let images = npy::load(folder.join(format!("images-{kind}.npy"))).unwrap();
    Matrix::from_tensor("images", &images).unwrap()
}

fn evaluate<T: Real>(path: &Path, network: &mut Sequential<T>, x: &Matrix<T>) {
    network.set_training(false);
    let outputs = network.forward(x);
    put(path, outputs, &predictions(outputs).unwrap());
}

/// Writes what the network in a file makes of the images.
fn put<T: Real>(path: &Path, outputs: &Matrix<T>, classes: &[usize]) {
    let beside = |what| format!("{}.{what}.npy", path.display());
    npy::save(beside("outputs"), &outputs.to_tensor()).unwrap();
    let bytes = classes.iter().map(|&class| class as u8).collect();
    let classes = Tensor::from_bytes(DType::U8, vec![classes.len()], bytes);
    npy::save(beside("classes"), &classes).unwrap();
}
