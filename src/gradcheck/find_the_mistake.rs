//! Find the mistake: how to read the report of a gradient check, at three mistakes that nearly everybody makes once.
//!
//! A gradient check does more than say right or wrong. Which parameters are wrong, and in what pattern, mostly leads to the
//! line. The example program `gradcheck` can plant twelve mistakes; this page leads through three of them, and the other nine
//! are yours.
//!
//! Two facts do most of the work:
//!
//! - **Errors travel backwards.** δ⁴ is made first, then δ³ from it, then δ². A mistake in δ³ spoils everything that is made of
//!   δ³ or δ², and leaves w³ and b³ alone. So look at the last parameter that is wrong: the mistake is there, or right behind
//!   it.
//! - **What is right tells as much as what is wrong.** Each gradient has two factors, the input of the layer and its δ; a bias
//!   has only δ. If the bias is right, δ is.
//!
//! # The factor is the same everywhere
//!
//! ```text
//! $ cargo run --release --example gradcheck -- --mistake 2
//! mistake 2: section 3.7, 4-5-5-3 with sigmoid and softmax, 3 samples
//! …
//!   b2 [5]          0 of 5 right, median 6.7e-1, worst 6.7e-1 at b2[4]:
//!     analytic 3.349981e-2, numeric 1.116660e-2
//! …
//!     analytic ÷ numeric, · where they agree:
//!         3.000    3.000    3.000    3.000    3.000
//! …
//!   b3 [3]          0 of 3 right, median 6.7e-1, worst 6.7e-1 at b3[1]:
//!     analytic -1.066950e0, numeric -3.556499e-1
//! …
//!     analytic ÷ numeric, · where they agree:
//!         3.000    3.000    3.000
//! 0 of 73 right. What is wrong? The answer: --explain 2
//! ```
//!
//! Nothing is right. But all 73 quotients are 3.000: the direction of the gradient is right, and only its length is not. No
//! mistake in a δ or in a product does that; it has to be a factor that everything is multiplied by. There is one, 1/m, and
//! there are 3 samples. The loss is a mean, [`loss`](crate::section37::loss) says so, and the gradients are sums.
//!
//! Does it matter, if only the length is wrong? The learning rate that was found with batches of 64 would be 64 times too long,
//! and would have to be found anew for every batch size. The shorter last batch of an epoch would take a shorter step than the
//! others.
//!
//! # One parameter is wrong, but for its diagonal
//!
//! ```text
//! $ cargo run --release --example gradcheck -- --mistake 3
//! mistake 3: section 3.7, 4-5-5-3 with sigmoid and softmax, 3 samples
//! …
//!   w2 [5, 5]       5 of 25 right, median 6.2e-1, worst 1.9e0 at w2[4, 1]:
//!     analytic 4.731559e-3, numeric -5.142702e-3
//!     analytic ÷ numeric, · where they agree:
//!             ·   -2.212   -1.570    0.719    2.441
//!        -0.452        ·    0.689   -0.351   -1.087
//!        -0.637    1.452        ·   -0.474   -1.696
//!         1.391   -2.847   -2.109        ·    2.660
//!         0.410   -0.920   -0.589    0.376        ·
//!   b2 [5]          5 of 5 right, median 4.1e-12, worst 8.2e-12 at b2[4]
//! …
//! 53 of 73 right. What is wrong? The answer: --explain 3
//! ```
//!
//! b² is right, so δ³ is. w¹ and b¹ are right, so what is passed on is right too. What is left is the product that makes ∂J/∂w²
//! of a² and δ³. A matrix and its transpose have the diagonal in common, and nothing else: it is (δ³)ᵀa² in the place of
//! (a²)ᵀδ³.
//!
//! Why did no shape assertion catch it? Both hidden layers have 5 neurons, as both have 1024 in the book. Sizes that are all
//! different are better for tests; here they are equal so that there is something to find.
//!
//! # Right behind w³, wrong before it
//!
//! ```text
//! $ cargo run --release --example gradcheck -- --mistake 5
//! mistake 5: section 3.7, 4-5-5-3 with sigmoid and softmax, 3 samples
//! …
//!   b2 [5]          0 of 5 right, median 7.4e-2, worst 1.9e-1 at b2[4]:
//!     analytic 9.001758e-3, numeric 1.116660e-2
//! …
//!     analytic ÷ numeric, · where they agree:
//!         0.949    1.139    1.080    0.959    0.806
//!   w3 [5, 3]       15 of 15 right, median 4.3e-13, worst 4.2e-12 at w3[3, 2]
//!   b3 [3]          3 of 3 right, median 4.3e-13, worst 1.1e-12 at b3[2]
//! 18 of 73 right. What is wrong? The answer: --explain 5
//! ```
//!
//! w³ and b³ are right, so δ⁴ is. b² is wrong, so δ³ is: the mistake is in the line (3-66), δ³ = δ⁴(w³)ᵀ ⊙ f′(z³). Three things
//! are in it, and δ⁴ is right. With a wrong f′ each *neuron* would be off by a factor of its own (that is mistake 7: compare
//! its columns); that leaves w³. It is nearly right, since the quotients are near 1, and it is not transposed, since the shape
//! would not fit. It is the w³ of a moment later: gradient descent took its step before δ³ was made.
//!
//! This is the mistake that hides best. The network learns, the loss falls, and nobody asks why it falls a little less than it
//! could. In this library it is ruled out by order: every δ is there before any weight changes.
//!
//! # And yours
//!
//! `gradcheck::check` for a function of numbers, [`nn::check`](crate::nn::check()) and
//! [`nn::check_loss`](crate::nn::check_loss) for a layer or a network: use two or three samples (one hides a forgotten mean),
//! sizes that differ, biases that are not zero, and `f64`. A layer of random or zero output proves nothing, and a right
//! gradient of a wrong forward pass passes: only known values find that.
//!
//! Guarded by `tests/programs/gradcheck.rs`: `the_page_find_the_mistake_shows_the_programs_own_reports`,
//! `each_mistake_is_found_where_it_is`.
