//! Mistakes that programs of this kind make, each with tests that turn red when it is planted. A mistake may be made in several
//! places, softmax in the loss as well as in the layer: for each of them one of the tests turns red. Those of `gradients` that
//! end in `is_caught` plant it themselves, beside the right code, and require the gradient check to find it. (Twelve mistakes
//! are planted by `cargo run --release --example gradcheck -- --mistake N`, to be found by the reader.)
//!
//! | mistake | caught by |
//! |---|---|
//! | softmax without subtracting the maximum | `ops::softmax_stands_large_numbers_of_either_sign_in_one_batch`, `ops::log_sum_exp_neither_overflows_nor_underflows` |
//! | the maximum over the whole batch | `nn::golden::softmax_and_its_logarithm_as_layers`, `ops::cross_entropy_is_the_mean_over_the_rows` |
//! | max(0, row maximum) | `nn::golden::softmax_and_its_logarithm_as_layers` |
//! | ln of a softmax that may be 0 | `ops::cross_entropy_is_exact_where_the_probability_is_zero`, `nn::layers::log_is_finite_at_zero` |
//! | an update between the two uses of a weight | `section37::steps::a_step_has_the_same_bits_in_both_forms_and_on_every_engine_in_f64`, `gradients::a_delta_from_updated_weights_is_caught` |
//! | the cross-entropy gradient from raw scores | `gradients::every_parameter_of_a_small_network_has_the_right_gradient`, `gradients::a_gradient_from_raw_scores_is_caught`, `nn::golden::the_gradients_of_inputs_and_logits` |
//! | a `forward` that does not keep what `backward` needs | `nn::gradients::chains_with_relu`, `nn::torch::layers`, `nn::rnn::every_gradient_is_that_of_the_differences`, `nn::gradients::dropout_in_both_modes`, `nn::gradients::batch_normalisation_in_both_modes` |
//! | gradients flattened from a list as if it were one dictionary | `nn::parts::gradients_are_a_list_of_layers` |
//! | layers without parameters break the parameter walk | `nn::layers::parameters_are_set_layer_by_layer`, `nn::parts::gradients_are_a_list_of_layers` |
//! | a network whose `forward` returns nothing, or that collects the wrong gradients or gives each parameter the whole set | `nn::golden::the_gradients_of_inputs_and_logits`, `nn::golden::dense_and_adam_in_f64`, `nn::layers::parameters_are_set_layer_by_layer` |
//! | weight decay without the learning rate | `nn::golden::momentum_with_each_form_of_weight_decay`, `nn::torch::ten_steps_of_every_optimizer_and_schedule` |
//! | biases updated or averaged in another way than weights | `section37::golden::ten_steps_in_f64_agree_to_rounding`, `proof::invariants::doubling_a_batch_leaves_the_mean_loss_and_gradient`, `section37::steps::a_step_has_the_same_bits_in_both_forms_and_on_every_engine_in_f64`, `nn::layers::section_37_has_the_same_bits_on_both_floors` |
//! | the likelihood's gradient times the loss, or not 0 in the other classes | `nn::golden::tanh_softmax_log_and_negative_log_likelihood_in_f64`, `nn::torch::losses` |
//! | the recurrent backward pass uses the last step's states for all | `nn::rnn::every_gradient_is_that_of_the_differences`, `proof::dual::the_recurrent_layer_along_random_directions` |
//! | the gradient of the first hidden state returned as that of h₀ | `nn::rnn::agrees_with_the_golden_numbers`, `nn::torch::recurrent_layers_through_time` |
//! | the last, short batch dropped | `data::batches::batches_in_order_have_every_sample_once`, `section37::training::training_takes_the_samples_in_order_and_the_short_last_batch_too` |
//! | no shuffling, or one that is the same in each epoch | `data::batches::shuffled_batches_have_every_sample_once`, `section37::training::shuffling_takes_other_samples_each_epoch_and_is_repeated_by_its_seed`, `nn::model::fit_is_the_loop_that_a_program_writes` |
//! | accuracy that passes samples over | `section37::training::evaluation_counts_every_sample_once`, `nn::model::an_evaluation_is_the_mean_over_all_samples` |
//! | Adam's bias correction with 1 − β, or t from 0 | `nn::golden::dense_and_adam_in_f64`, `nn::order_of_calls::adam_counts_the_steps_of_each_parameter` |
//! | a bias gradient that is right for one sample alone | `gradients::every_parameter_of_a_small_network_has_the_right_gradient`, `gradients::a_bias_gradient_of_one_sample_is_caught`, `nn::gradients::dense_layers`, `nn::rnn::every_gradient_is_that_of_the_differences` |
//! | gradients added up over two `backward` calls | `gradients::backward_overwrites_what_the_gradients_held`, `proof::invariants::backward_twice_is_the_same` |
//! | the reported loss is not the differentiated one | `proof::each_derivative::the_derivatives_are_those_of_the_reported_loss`, `gradients::every_parameter_of_a_small_network_has_the_right_gradient`, `nn::gradients::losses_on_labels_and_on_rows` |
//! | the backward pass of log-softmax without the sum | `nn::layers::log_softmax_backward_takes_the_sum_of_the_gradient` |
//! | padding counted as data | `matrix::a_loop_goes_through_the_entries_row_by_row_and_passes_over_the_padding`, `section37::steps::the_checksum_is_that_of_the_little_endian_values_without_padding`, `matrix::equality_compares_shape_and_entries_and_nothing_else` |
//! | labels out of range | `data::batches::one_hot_needs_a_column_for_each_class`, `data::dataset::what_does_not_belong_together_is_refused` |
//! | pixels not scaled | `section37::training::pixels_reach_the_network_as_0_to_1` |
//!
//! Types and names rule out the others: a layer of the wrong kind (`Layer` is one trait), a loss that owns the network's backward
//! pass (it is handed the module), weights from N(0, 1) (Xavier's is the default), probabilities that are called logits (z⁴, a⁴).

use crate::guide::is_test;

/// The code in the right column of the table.
fn named() -> Vec<&'static str> {
    let mut named = Vec::new();
    for line in include_str!("mistakes.rs").lines() {
        let row = line.strip_prefix("//! | ");
        if let Some((_, right)) = row.and_then(|row| row.split_once(" | ")) {
            named.extend(right.split('`').skip(1).step_by(2));
        }
    }
    named
}

/// Whether `module::name` is a test: of this binary, or of the gradient checks.
fn is_there(path: &str) -> bool {
    let (module, name) = path.rsplit_once("::").expect("a module and a test");
    let folder = if module == "gradients" { "" } else { "suite/" };
    is_test(
        &format!("tests/{folder}{}.rs", module.replace("::", "/")),
        name,
    )
}

#[test]
fn the_tests_that_catch_them_are_there() {
    let named = named();
    assert!(named.len() > 40, "{} tests are named", named.len());
    for test in named {
        assert!(is_there(test), "{test} is named and missing");
    }
    assert!(!is_there("ops::no_such_test") && !is_there("no::such_module"));
}
