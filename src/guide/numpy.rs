//! From the book's NumPy to this Rust: each operation of the listings beside the line that does the same here.
//!
//! Whoever knows one of the listings finds its operations on the left, and on the right what has become of them, as it stands
//! in the file that the last column names; programs are those of `examples/`. Four differences run through all of it:
//!
//! - **A result goes into a matrix that is there.** `z = np.matmul(x, w)` makes a new array; `matmul(&x, &w).into(&mut z)` writes
//!   into z, so that a training step allocates nothing.
//! - **A product is a description until it is stored.** What is chained onto it, such as `.add_bias(&b)` or `.sigmoid()`, is
//!   done to each part of the result while that is still in registers or in the nearest cache.
//! - **Nothing is broadcast by accident.** Shapes that do not fit are refused at the line that brought them together. Where rows
//!   or columns are meant, a name says so: `add_bias`, `column_sums`, `for_each_row`.
//! - **`T` is `f32` or `f64`**, from one source.
//!
//! README's table "From NumPy" has the single operations, outside of any listing.
//!
//! # The book's section 3.7
//!
//! It is [`section37`](crate::section37), function by function, and `cargo run --release --example train`.
//!
//! | NumPy | Rust | in |
//! |---|---|---|
//! | `np.random.uniform(-0.3, 0.3, …)` | `Init::Uniform(0.3).fill(&mut w, &mut Rng::new(1));` | [`init.rs`](../../../src/fromzero/init.rs.html) |
//! | `x[s_index:e_index]` | `let batch = self.batches.next_batch();` | [`training.rs`](../../../src/fromzero/section37/training.rs.html) |
//! | `np.eye(output_nodes)[y]` | `one_hot(labels, cols, &mut self.y);` | [`loss.rs`](../../../src/fromzero/nn/loss.rs.html) |
//! | `np.matmul(x, w1) + b1` | `matmul(a1, &p.w1).add_bias(&p.b1)` | [`section37.rs`](../../../src/fromzero/section37.rs.html) |
//! | `a2 = sigmoid(z2)` | `.sigmoid().into(&mut act.a2);` | [`section37.rs`](../../../src/fromzero/section37.rs.html) |
//! | `np.matmul(a3, w3) + b3` | `matmul(&act.a3, &p.w3).add_bias(&p.b3).into(&mut act.z4);` | [`section37.rs`](../../../src/fromzero/section37.rs.html) |
//! | `a4 = softmax(z4)` | `softmax(&act.z4, &mut act.a4);` | [`section37.rs`](../../../src/fromzero/section37.rs.html) |
//! | `s = np.exp(x)` | `*a = exp(z - max);` | [`softmax.rs`](../../../src/fromzero/ops/softmax.rs.html) |
//! | `s / np.sum(s, axis=1, keepdims=True)` | `*a = *a / sum;` | [`softmax.rs`](../../../src/fromzero/ops/softmax.rs.html) |
//! | `y_true * np.log(logits)` | `total -= weighted(y, z - max - log_sum);` | [`losses.rs`](../../../src/fromzero/ops/losses.rs.html) |
//! | `-np.sum(loss) / len(y_true)` | `total / z.rows() as f64` | [`losses.rs`](../../../src/fromzero/ops/losses.rs.html) |
//! | `delta4 = a4 - y` | `d.delta4.zip(y, \|a4, y\| a4 - y);` | [`section37.rs`](../../../src/fromzero/section37.rs.html) |
//! | `np.matmul(delta4, w3.T) * (a3 * (1 - a3))` | `matmul(&d.delta4, p.w3.t()).times_sigmoid_prime(&act.a3)` | [`section37.rs`](../../../src/fromzero/section37.rs.html) |
//! | `1 / m * np.matmul(a3.T, delta4)` | `matmul(a.t(), delta).scale(one_over(delta.rows()))` | [`section37.rs`](../../../src/fromzero/section37.rs.html) |
//! | `1 / m * np.sum(delta4, axis=0)` | `b[j] = lr.map_or(mean * sum, \|lr\| descend(b[j], lr, mean * sum));` | [`section37.rs`](../../../src/fromzero/section37.rs.html) |
//! | `gradient_descent(grads, …, lr)` | `w.descend(lr, g);` | [`section37.rs`](../../../src/fromzero/section37.rs.html) |
//! | `accuracy(y, logits)` | `accuracy(&self.act.a4, &batch.labels)?` | [`training.rs`](../../../src/fromzero/section37/training.rs.html) |
//! | `np.argmax(logits, axis=1)` | `metrics::predictions(&act.a4)` | [`training.rs`](../../../src/fromzero/section37/training.rs.html) |
//!
//! Different on purpose:
//!
//! - Softmax subtracts the maximum of its row, and the loss comes from the logits: a probability may round to 0, and ln 0 is −∞.
//! - Probabilities are not called logits: z⁴ are the logits, a⁴ the probabilities.
//! - All δ are there before any weight changes; (3-66) needs the old w³.
//! - Accuracy is told of the training and of the test set. Samples come in the order of the files, as in the book, unless
//!   `--shuffle` is given.
//!
//! # A framework of layers
//!
//! Two texts build `Layer`, `Dense`, `ReLU`, `Net`, `CrossEntropyLoss`, `Adam` and `Model`, the book's section 3.2 and a page
//! that follows it. Here they are [`nn`](crate::nn), and `cargo run --release --example dense_adam`.
//!
//! | NumPy | Rust | in |
//! |---|---|---|
//! | `w_init=XavierUniform()` | `Parameter::matrix("w", Init::Xavier(1.0))` | [`dense.rs`](../../../src/fromzero/nn/dense.rs.html) |
//! | `self.shapes["w"][0] = inputs.shape[1]` | `self.init(x.cols(), &mut Rng::new(0));` | [`dense.rs`](../../../src/fromzero/nn/dense.rs.html) |
//! | `self.ctx = {"X": inputs}` | `self.x.copy_from(x);` | [`dense.rs`](../../../src/fromzero/nn/dense.rs.html) |
//! | `inputs @ self.params["w"]` | `let product = matmul(x, &self.w.value);` | [`dense.rs`](../../../src/fromzero/nn/dense.rs.html) |
//! | `… + self.params["b"]` | `product.add_bias(b.value.row(0))` | [`dense.rs`](../../../src/fromzero/nn/dense.rs.html) |
//! | `self.ctx["X"].T @ grad` | `matmul(self.x.t(), grad).into(&mut self.w.grad);` | [`dense.rs`](../../../src/fromzero/nn/dense.rs.html) |
//! | `np.sum(grad, axis=0)` | `column_sums(grad, \|j, sum\| grad_b[j] = sum);` | [`dense.rs`](../../../src/fromzero/nn/dense.rs.html) |
//! | `grad @ self.params["w"].T` | `matmul(grad, self.w.value.t()).into(&mut self.grad_x);` | [`dense.rs`](../../../src/fromzero/nn/dense.rs.html) |
//! | `np.maximum(x, 0.0)` | `if x <= T::ZERO { T::ZERO } else { x }` | [`activation.rs`](../../../src/fromzero/ops/activation.rs.html) |
//! | `x > 0.0` | `if a <= T::ZERO { T::ZERO } else { T::ONE }` | [`activation.rs`](../../../src/fromzero/ops/activation.rs.html) |
//! | `self.backward_func(self.inputs) * grad` | `*grad_x = g * F::derivative(kept);` | [`activation.rs`](../../../src/fromzero/nn/activation.rs.html) |
//! | `inputs = layer.forward(inputs)` | `.fold(first.forward(x), \|x, layer\| layer.forward(x))` | [`sequential.rs`](../../../src/fromzero/nn/sequential.rs.html) |
//! | `grad = layer.backward(grad)` | `.fold(last.backward(grad), \|grad, layer\| layer.backward(grad))` | [`sequential.rs`](../../../src/fromzero/nn/sequential.rs.html) |
//! | `all_grads.append(layer.grads)` | `layer.parameters().into_iter().map(\|p\| &p.grad).collect()` | [`sequential.rs`](../../../src/fromzero/nn/sequential.rs.html) |
//! | `grad -= actual`, `grad / m` | `out.zip(y, \|a, y\| (a - y) * one_over_m)` | [`losses.rs`](../../../src/fromzero/ops/losses.rs.html) |
//! | `self.b1 * self.m + (1 - self.b1) * grad` | `*m = beta1 * *m + rest1 * g;` | [`adam.rs`](../../../src/fromzero/nn/adam.rs.html) |
//! | `self.b2 * self.v + (1 - self.b2) * (grad ** 2)` | `*v = beta2 * *v + rest2 * (g * g);` | [`adam.rs`](../../../src/fromzero/nn/adam.rs.html) |
//! | `self.m / (1 - self.b1 ** self.t)` | `let rate = real(lr / (1.0 - powers.0));` | [`adam.rs`](../../../src/fromzero/nn/adam.rs.html) |
//! | `self.v / (1 - self.b2 ** self.t)` | `let correction = real(1.0 / (1.0 - powers.1));` | [`adam.rs`](../../../src/fromzero/nn/adam.rs.html) |
//! | `-self.lr * _m / (_v ** 0.5 + self.eps)` | `*theta = decayed - rate * *m / ((*v * correction).sqrt() + epsilon);` | [`adam.rs`](../../../src/fromzero/nn/adam.rs.html) |
//! | `_step -= self.weight_decay * v` | `let decayed = *theta - decoupled * *theta;` | [`adam.rs`](../../../src/fromzero/nn/adam.rs.html) |
//! | `net.Net([layer.Dense(200), …])` | `.then(Dense::new(200))` | `dense_adam` |
//! | `model.forward(inputs)` | `model.forward(&batch.x);` | `dense_adam` |
//! | `model.backward(pred, targets)` | `let loss = model.backward(&batch.labels);` | `dense_adam` |
//! | `model.apply_grad(grads)` | `model.apply_grad();` | `dense_adam` |
//!
//! Different on purpose:
//!
//! - The gradient of cross-entropy is (softmax(z) − y)/m; the texts take the raw scores z in the place of softmax(z).
//! - `forward` keeps what `backward` needs, in every layer. The texts' ReLU overrides the one that would.
//! - Gradients stand beside their parameters, layer by layer. A layer without parameters is no special case.
//! - Weight decay is multiplied by the learning rate, and has its two forms under two names,
//!   [`WeightDecay`](crate::nn::WeightDecay).
//! - Every epoch has all samples, in an order of its own, and accuracy is told of the test set.
//!
//! # Module, Sequential and a recurrent layer
//!
//! A framework after the manner of PyTorch. Its digits are `cargo run --release --example digits_squared`, its waves
//! `cargo run --release --example sin_to_cos`.
//!
//! | NumPy | Rust | in |
//! |---|---|---|
//! | `layers.Linear2(…, out_dim=16, coe=2)` | `Dense::linear(data.train.inputs(), 16).scale(2.0)` | `digits_squared` |
//! | `outputs = module(imgs)` | `let outputs = module.forward(&batch.x);` | `digits_squared` |
//! | `loss = loss_func(outputs, targets, …)` | `let loss = loss_func.of(outputs, &batch.labels);` | `digits_squared` |
//! | `loss.backward()` | `loss.backward(&mut module);` | `digits_squared` |
//! | `optimizer.step()` | `optimizer.step(&mut module);` | `digits_squared` |
//! | `self.linear(np.c_[h, x])`, the part of x | `matmul(&self.x, &self.w_x.value)` | [`rnn.rs`](../../../src/fromzero/nn/rnn.rs.html) |
//! | `self.linear(np.c_[h, x])`, the part of h | `matmul(before.view(), &self.w_h.value).beta(T::ONE)` | [`rnn.rs`](../../../src/fromzero/nn/rnn.rs.html) |
//! | `self.activation(…)` | `product.then(Apply::<F>::new()).into(&mut h)` | [`rnn.rs`](../../../src/fromzero/nn/rnn.rs.html) |
//! | `np.stack(output_list, axis=0)` | `self.h.row_blocks_mut(batch)` | [`rnn.rs`](../../../src/fromzero/nn/rnn.rs.html) |
//! | `output_gradient[i] + total_gradient[:, 0:self.out_dim]` | `matmul(after.view(), &self.w_h_t).beta(T::ONE)` | [`rnn.rs`](../../../src/fromzero/nn/rnn.rs.html) |
//! | `activation.backward(h_gradient)` | `.then(TimesPrime::<T, F>::new(kept))` | [`rnn.rs`](../../../src/fromzero/nn/rnn.rs.html) |
//! | `total_gradient[:, self.out_dim:]` | `matmul(&self.delta, self.w_x.value.t()).into(&mut self.grad_x);` | [`rnn.rs`](../../../src/fromzero/nn/rnn.rs.html) |
//! | `weight_gradients += …` | `matmul(self.x.t(), &self.delta).into(&mut self.w_x.grad);` | [`rnn.rs`](../../../src/fromzero/nn/rnn.rs.html) |
//! | `bias_gradients += …` | `column_sums(&self.delta, \|j, sum\| grad_b[j] = sum);` | [`rnn.rs`](../../../src/fromzero/nn/rnn.rs.html) |
//! | `np.zeros((batch_size, …))`, behind the last step | `let mut after = self.delta_end.view_mut();` | [`rnn.rs`](../../../src/fromzero/nn/rnn.rs.html) |
//!
//! Different on purpose:
//!
//! - Every time step keeps its own input and state. The text's layers keep those of the last step only, and its network does not
//!   train.
//! - One matrix of all steps takes the place of a list, and `np.c_[h, x]`·w that of two products: x_t·w_x of all steps at once,
//!   and h_{t−1}·w_h step by step.
//! - ∂J/∂h₀ is passed back through w_h: [`Rnn::h0_gradient`](crate::nn::Rnn::h0_gradient). The text returns the gradient of the
//!   first hidden state in its place.
//! - A loss holds its value and its gradient, and is handed the module: it does not own the network's `backward`.
//!
//! # Linear, Tanh, Softmax, Log and NLLloss
//!
//! Layers one by one, softmax, logarithm and loss among them: `cargo run --release --example tanh_nll`.
//!
//! | NumPy | Rust | in |
//! |---|---|---|
//! | `X_train / 255` | `*x = T::from_f64(f64::from(pixel)) / white;` | [`batches.rs`](../../../src/fromzero/data/batches.rs.html) |
//! | `linear1 = Linear(…, bias=True)` | `let layer = Dense::linear(inputs, outputs);` | `tanh_nll` |
//! | `np.dot(X, self.W)` | `let product = matmul(x, &self.w.value);` | [`dense.rs`](../../../src/fromzero/nn/dense.rs.html) |
//! | `np.dot(delta_Y, self.W.transpose())` | `matmul(grad, self.w.value.t()).into(&mut self.grad_x);` | [`dense.rs`](../../../src/fromzero/nn/dense.rs.html) |
//! | `self.W - np.dot(self.X.transpose(), delta_Y) * lr` | `parameter.value.descend(lr, &parameter.grad);` | [`optimizer.rs`](../../../src/fromzero/nn/optimizer.rs.html) |
//! | `np.tanh(X)` | `elementary::tanh(x)` | [`activation.rs`](../../../src/fromzero/nn/activation.rs.html) |
//! | `1 - self.Y ** 2` | `T::ONE - a * a` | [`activation.rs`](../../../src/fromzero/ops/activation.rs.html) |
//! | `C = np.max(X)` | `let max = row_max(z);` | [`softmax.rs`](../../../src/fromzero/ops/softmax.rs.html) |
//! | `np.divide(self.exps, self.exps_sum)` | `*a = *a / sum;` | [`softmax.rs`](../../../src/fromzero/ops/softmax.rs.html) |
//! | `np.multiply(delta_Y[:, :, np.newaxis], ij_matrix).sum(axis=1) + …` | `*out = a * (g - mean);` | [`softmax.rs`](../../../src/fromzero/ops/softmax.rs.html) |
//! | `np.log(X + self.inf)` | `elementary::ln(x + T::from_f64(EPSILON))` | [`activation.rs`](../../../src/fromzero/nn/activation.rs.html) |
//! | `1 / (self.X + self.inf)` | `ops::log_prime(x + T::from_f64(EPSILON))` | [`activation.rs`](../../../src/fromzero/nn/activation.rs.html) |
//! | `-np.sum(np.multiply(Y, self.target)) / len(target)` | `total / l.rows() as f64` | [`losses.rs`](../../../src/fromzero/ops/losses.rs.html) |
//! | `- self.target * self.loss` | `out.zip(y, \|_, y\| -y * one_over_m);` | [`losses.rs`](../../../src/fromzero/ops/losses.rs.html) |
//! | `tmp = softmax(tmp)` | `.then(Softmax::new())` | `tanh_nll` |
//! | `nllloss(tmp, y)` | `let y = nllloss.of(tmp, &batch.labels);` | `tanh_nll` |
//! | `Y = linear2.backward(Y, lr)` and the others | `y.backward(&mut net);` | `tanh_nll` |
//!
//! Different on purpose:
//!
//! - The maximum is that of the row. With that of the whole batch, a row that is far smaller becomes 0/0.
//! - The Jacobian of softmax is never built: its product with the gradient is a ⊙ (g − Σᵢ gᵢaᵢ).
//! - The gradient of the loss is −1/m at the label and 0 elsewhere. The text multiplies it by the loss, and gives every other
//!   class 10⁻⁶.
//! - Weights and biases take the same step, lr times the mean over the batch. In the text, biases move without any learning rate.
//! - Weights are Xavier's. With N(0, 1) at 784 inputs, every tanh is at ±1 and passes nothing back.
//!
//! Guarded by `tests/suite/guide.rs`: `every_line_beside_numpy_stands_where_it_is_said_to_stand`; and by `tests/suite/readme.rs`:
//! `a_forward_pass_as_in_numpy`, `a_backward_pass_as_in_numpy`.
