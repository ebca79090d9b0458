"""Tests that take a second or more of computing: too long for `make test`.

They are marked `long`, and `make test-frameworks` runs them. A smaller test of the same
file, or of its neighbours, guards the same behaviour in `make test`. To find what is
long today: `make test` with `PYTEST_ADDOPTS=--durations=100`.
"""

import pytest

LONG: dict[str, tuple[str, ...]] = {
    "cells/test_check.py": (
        "test_a_bias_without_counterpart_is_named",
        "test_a_difference_has_its_place_and_its_size",
        "test_a_variant_of_the_cell_of_the_catalogue_is_named",
        "test_gates_that_are_stacked_are_found",
        "test_laws_are_compared_array_by_array",
        "test_names_that_are_known_are_kept",
        "test_signs_orientation_and_order_are_found",
        "test_the_command_says_the_same",
    ),
    "cells/test_cost.py": (
        "test_cells_of_others_and_built_cells_have_costs",
        "test_the_command_prints_a_table",
    ),
    "cells/test_given.py": ("test_all_forms_of_a_cell_are_measured_alike",),
    "cells/test_padding.py": (
        "test_a_subclass_with_other_names_is_measured_right[Declared]",
        "test_a_subclass_with_other_names_is_measured_right[Renamed]",
        "test_a_wide_alphabet_keeps_its_columns",
        "test_padded_and_unpadded_cells_have_the_same_distances[gru-{}",
        "test_padded_and_unpadded_cells_have_the_same_distances[lstm-",
        "test_padded_and_unpadded_cells_have_the_same_distances[mingru",
        "test_padded_and_unpadded_cells_have_the_same_distances[vanilla-{}]",
        "test_padded_and_unpadded_cells_have_the_same_fates[vanilla]",
    ),
    "cells/test_user_files.py": (
        "test_its_class_reaches",
        "test_prints_of_a_cell",
    ),
    "cli/test_dask.py": ("test_finished_blocks_of_fates",),
    "cli/test_discrepancy_command.py": ("test_it_draws_figures",),
    "cli/test_language_command.py": ("test_language_writes_files_and_pictures",),
    "cli/test_parts.py": (
        "test_parts_that_are_cut_differently_join[decodability]",
        "test_parts_that_are_cut_differently_join[train]",
        "test_uneven_parts_are_the_whole_to_the_bit[decodability]",
        "test_uneven_parts_are_the_whole_to_the_bit[discrepancy]",
        "test_uneven_parts_are_the_whole_to_the_bit[train]",
        "test_what_misses_is_named[train]",
    ),
    "cli/test_phase_command.py": (
        "test_it_measures_every_gain_and_writes_all",
        "test_what_is_not_finite",
    ),
    "cli/test_refusals.py": ("test_wrong_settings_are_refused_before_jax_is_loaded",),
    "cli/test_several_cells.py": (
        "test_each_cell_has_the_numbers_that_it_has_alone_beside_its_cost[decodability]",
        "test_each_cell_has_the_numbers_that_it_has_alone_beside_its_cost[discrepancy]",
        "test_the_ending_says_what_is_written[capacity]",
        "test_the_ending_says_what_is_written[decodability]",
    ),
    "cli/test_train_command.py": (
        "test_it_writes_data_figures_and_a_page",
        "test_json_tells_the_same_nets_as_the_call",
        "test_words_of_a_file_are_given_to_all",
    ),
    "frameworks/test_pages.py": ("test_programs_run_and_print_what_is_shown[equinox]",),
    "languages/test_demand.py": (
        "test_the_memory_order_is_that_of_brute_force_and_the_floors_come_down_to_it",
        "test_window_floors_are_the_sums_over_all_windows",
    ),
    "languages/test_doors.py": ("test_sets_of_symbols_are_sorted",),
    "languages/test_export.py": (
        "test_a_folder_is_written_whole_or_not_at_all",
        "test_every_position_has_its_exact_probabilities",
        "test_from_the_command_line",
        "test_lists_may_be_disjoint_or_longer",
        "test_the_manifest_is_in_the_folder_and_has_the_floors",
        "test_the_same_seed_writes_the_same_bytes",
    ),
    "languages/test_language_limits.py": (
        "test_a_merged_start_weighs_what_is_predicted",
        "test_long_windows_stay_few",
        "test_what_would_not_fit_is_refused_at_once[<lambda>-is too large",
    ),
    "languages/test_language_words.py": (
        "test_counts_words_and_draws_agree_for_any_automaton",
    ),
    "languages/test_languages.py": (
        "test_equality_is_that",
        "test_what_no_word_visits",
    ),
    "languages/test_rare_visits.py": ("test_bits_floors_are_numbers_and_fall",),
    "memory/test_any_cell.py": (
        "test_a_built_cell_and_its_size",
        "test_a_cell_of_ones_own_from_the_command_line",
        "test_an_initial_state_that_is_given",
        "test_equinox_cells_are_measured_like_ours[LSTMCell]",
        "test_equinox_lstm_is_ours",
        "test_laws_for_each_weight_and_those_of_jax",
        "test_the_whole_state_of_an_lstm",
    ),
    "memory/test_built_cells.py": (
        "test_a_built_cell_gives_its_own_discrepancy[lstm]",
        "test_a_built_cell_gives_its_own_discrepancy[theirs]",
        "test_a_built_cell_is_drawn_anew_only_if_a_law_is_given",
        "test_a_cell_counts_by_what_it_computes",
        "test_a_clock_changes_no_fate_and_has_no_exponent",
        "test_a_law_counts_by_what_it_computes",
        "test_a_net_of_zeros_keeps_nothing_and_a_network_is_its_cell",
        "test_h_is_measured_wherever_it_stands_and_a_clock_is_not",
        "test_random_suffixes_of_a_built_cell_are_draws_of_words",
    ),
    "memory/test_capacity.py": (
        "test_a_leaky_unit[0.5]",
        "test_a_net_that_reads_nothing_holds_nothing",
        "test_an_odd_step_has_nothing_of_degree_two_and_the_result_says_so",
        "test_cells_of_other_inputs_are_refused",
        "test_few_steps_and_many_lags_do_not_add_up_to_more",
        "test_functions_are_orthonormal[normal-1]",
        "test_linear_nets_have_their_rank_and_float64_reads_less",
        "test_one_hot_inputs_drive",
        "test_products_and_squares_are",
        "test_threads_and_parts_change_no_bit",
    ),
    "memory/test_complex_cells.py": (
        "test_as_built_it_is",
        "test_beside_a_law",
        "test_exponents_and_echo",
        "test_fate_and_exponent",
        "test_gradients_by_lag_are_those",
        "test_the_exact_capacity",
    ),
    "memory/test_constants.py": (
        "test_a_class_with_a_constant_is_like_plain_simulation[array-AsField]",
    ),
    "memory/test_contraction.py": (
        "test_float64_may_keep",
        "test_no_simulation_breaks_a_certificate[fan-in-uniform-60]",
        "test_random_nets_in_float64_stay_within_their_bound[tanh]",
        "test_the_published_vanilla_has",
    ),
    "memory/test_decodability.py": (
        "test_a_chaotic_net_keeps",
        "test_a_delay_line_decodes_its_last_symbols_surely_and_no_others[random]",
        "test_a_delay_line_decodes_its_last_symbols_surely_and_no_others[stream]",
        "test_a_net_alone_is_the_one_of_the_draw",
        "test_a_net_that_reads_nothing_tells_nothing",
        "test_a_product_of_symbols_is_told_by_products_alone",
        "test_states_beyond_float64_are_no_numbers",
        "test_threads_sizes_and_parts_change_no_bit",
        "test_words_are_fair_and_each",
    ),
    "memory/test_devices.py": (
        "test_a_law_of_whole_matrices",
        "test_fates_are_the_same",
        "test_its_blocks_change",
        "test_the_recipe_of_a_gpu_gives_the_same_distances[vanilla:40-random]",
    ),
    "memory/test_discrepancy.py": (
        "test_first_symbol_agrees_with_the_closed_form_for_every_k[Vanilla]",
        "test_neither_blocks_nor_padding_nor_workers_change_a_bit[LSTM]",
        "test_neither_blocks_nor_padding_nor_workers_change_a_bit[Vanilla]",
        "test_shared_parameters_give_the_same_distances[gru-after-sizes3]",
        "test_shared_parameters_give_the_same_distances[gru-before-sizes8]",
        "test_shared_parameters_give_the_same_distances[lstm-sizes4]",
        "test_shared_parameters_give_the_same_distances[mingru-sizes5]",
        "test_shared_parameters_give_the_same_distances[vanilla-logistic",
        "test_shared_parameters_give_the_same_distances[vanilla-tanh-sizes1]",
        "test_sizes_in_any_order_and_large_ones",
        "test_the_bound_is_the_cells_own_where_it_declares_one",
        "test_the_interval_is_there_where_the_cell_bounds_the_state[gru:3]",
        "test_the_interval_is_there_where_the_cell_bounds_the_state[lstm:3]",
        "test_the_table_of_reference_values[mingru-normal]",
        "test_the_tail_is_a_number_and_not_noise",
        "test_two_seeds_agree[Vanilla]",
        "test_words_of_any_alphabet_and_a_random_suffix",
    ),
    "memory/test_echo_state.py": (
        "test_cells_without_a_certificate_are_measured",
        "test_random_tanh_nets_without_a_certificate[1.0-measured]",
        "test_random_tanh_nets_without_a_certificate[4.0",
        "test_two_fixed_points_are_shown",
    ),
    "memory/test_fates.py": (
        "test_cells_whose_fate_is_known[cell0-merged-0.0]",
        "test_cells_whose_fate_is_known[cell13-unresolved-0.6931471805599453]",
        "test_cells_whose_fate_is_known[cell3-different fixed points-None]",
        "test_fates_are_those_of_a_slow_twin[vanilla-tanh-cell0-5]",
        "test_other_draws_sizes_and_threads",
        "test_relu_nets_with_the_identity_grow_linearly",
        "test_shares_add_up_and_are_of_the_draws_of_the_discrepancy",
        "test_slow_states_do_not_grow[cell2]",
        "test_the_command_prints_draws",
        "test_the_scale_of_the_states_does_not_matter",
    ),
    "memory/test_gradients_by_lag.py": (
        "test_contributions_by_lag_add_up_to_the_gradient[GRU-cross",
        "test_contributions_by_lag_add_up_to_the_gradient[Vanilla-squared_error]",
        "test_norms_by_lag_equal_finite_differences_of_the_state[LSTM",
    ),
    "memory/test_hangs.py": (
        "test_batches_inside_loops_branches_and_derivatives_are_found",
        "test_laws_and_cells_with_linear_algebra_end[gates-qr]",
        "test_laws_and_cells_with_linear_algebra_end[step-solve]",
        "test_laws_and_cells_with_linear_algebra_end[training-solve]",
    ),
    "memory/test_lyapunov.py": ("test_newman_s_products",),
    "memory/test_mean_field.py": (
        "test_a_state_that_overflows",
        "test_nets_of_400_units_agree_at_every_length[logistic]",
        "test_the_known_table_of_the_gru[100]",
        "test_the_linear_cell_has_a_closed_form[0.3]",
        "test_the_spread_of_batches",
    ),
    "memory/test_one_program.py": (
        "test_a_cell_in_a_larger_one_has_the_same_distances[Joint]",
        "test_laws_of_whole_arrays_are_drawn",
        "test_only_the_sizes_that_do_the_same",
        "test_so_it_is_under_laws_by_name_with_random_words_and_the_whole_state",
        "test_so_it_is_under_other_laws[as-built]",
        "test_so_it_is_with_a_given_initial_state_and_many_draws",
        "test_the_bound_of_a_distance",
        "test_the_program_depends_on_k",
    ),
    "memory/test_properties.py": (
        "test_many_networks_at_once_are_each_network_alone[GRU",
        "test_many_networks_at_once_are_each_network_alone[Vanilla]",
    ),
    "memory/test_ratios_by_gain.py": ("test_the_result_has_ratios",),
    "memory/test_resume.py": (
        "test_blocks_in_any_order",
        "test_blocks_of_another_law_start_or_code_are_refused[activation]",
        "test_blocks_of_another_law_start_or_code_are_refused[edited cell]",
        "test_blocks_of_another_measurement",
        "test_blocks_of_another_version_are_refused",
        "test_progress_counts",
    ),
    "memory/test_sequences.py": (
        "test_a_cell_read_as_a_sequence",
        "test_gradients_at_inputs_are_finite",
        "test_random_suffixes",
        "test_the_discrepancy_of_outputs",
    ),
    "memory/test_short_floats.py": (
        "test_a_cell_of_short_floats_is_like_plain_simulation[bfloat16-3]",
    ),
    "memory/test_states.py": (
        "test_a_copy_of_the_input_and_a_clock_are_no_memory",
        "test_a_running_average_and_a_clock",
        "test_a_state_of_one_array[Mixing-2]",
        "test_a_state_of_one_array[Two-3]",
        "test_an_output_that_is_not_the_state",
    ),
    "memory/test_statistics.py": ("test_who_keeps_all_distances_needs_more_memory",),
    "paper/test_claims.py": (
        "test_a_quick_run_judges",
        "test_progress_never",
        "test_runs_and_gradients",
    ),
    "paper/test_paper.py": (
        "test_a_folder_that_cannot_be_made",
        "test_paper_writes_every_file",
        "test_report_is_one_file",
        "test_the_command_is_one_call",
    ),
    "paper/test_published.py": (
        "test_embedded_logs_equal_the_published_ones[gru-101]",
    ),
    "play/test_light.py": (
        "test_a_fading_net_and_a_chaotic",
        "test_the_light_is_as_the_stories_say",
    ),
    "play/test_numbers.py": (
        "test_chaotic_nets_have_the_same_mean_and_quantiles[gru-",
        "test_differences_keep_their_digits_down_to_1e_300",
        "test_distances_are_those_of_the_library[gru-5-random]",
        "test_distances_are_those_of_the_library[lstm-20",
        "test_distances_under_each_activation[identity]",
        "test_distances_under_each_activation[relu]",
        "test_distances_under_each_activation[sin]",
        "test_distances_under_each_activation[tanh]",
    ),
    "plots/test_automata.py": ("test_other_figures_do_not_load_pygraphviz",),
    "plots/test_every_figure.py": (
        "test_a_figure_has_the_same_bytes_each_time[draws]",
        "test_no_letter_is_smaller_than_can_be_read[figure_nine-paper]",
    ),
    "plots/test_far_apart.py": (
        "test_distances_are_what_the_discrepancy_is_the_mean_of",
    ),
    "plots/test_lengths.py": (
        "test_lengths_are_whole_numbers_and_probabilities_positive[a*-3000]",
    ),
    "plots/test_saving.py": (
        "test_saving_twice_gives_the_same_bytes[draws]",
        "test_saving_twice_gives_the_same_bytes[surface]",
    ),
    "plots/test_threads.py": ("test_threads_draw_what_one_draws",),
    "plots/test_widths.py": (
        "test_at_the_width_that_is_asked_nothing_is_cut_off[<lambda>-183 mm]",
    ),
    "programs/test_blocks_of_kinds.py": (
        "test_a_block_is_like_each_draw[bytes]",
        "test_a_block_is_like_each_draw[halves]",
        "test_a_block_is_like_each_draw[noise]",
    ),
    "programs/test_differences.py": (
        "test_a_step_of_everything_in_blocks_and_with_differences",
        "test_elementary_functions_to_two_units_in_the_last_place",
    ),
    "programs/test_kinds_of_numbers.py": (
        "test_a_complex_difference_keeps",
        "test_a_complex_state_stays_complex_and_a_clock_whole",
        "test_two_ways_to_write_a_step_have_one_discrepancy[Branch-Chosen]",
    ),
    "studies/judging/test_judge.py": (
        "test_a_network_that_was_built_by_hand_solves",
        "test_all_ways_to_call_a_model_give_the_same",
        "test_means_and_shares_are_those_of_plain_loops",
    ),
    "studies/judging/test_learnt.py": (
        "test_a_net_that_solves_has_the_automaton_of_its_target[task1]",
        "test_the_page_has_both",
        "test_the_shortest_word_is_that_of_a_plain_search[reber-1]",
    ),
    "studies/judging/test_predictions.py": (
        "test_a_file_is_judged_as",
        "test_json_has_all_numbers",
        "test_scores_may_be_objects_and_a_twin_one_row",
    ),
    "studies/test_compare.py": (
        "test_a_net_that_is_held",
        "test_each_cell_has_the_numbers_that_it_has_alone",
        "test_one_table_in_three_forms",
    ),
    "studies/test_phase_diagrams.py": (
        "test_an_executor_gives_the_bits_of_threads_and_blocks_are_kept",
        "test_gain_one_is",
        "test_progress_reaches_its_end",
    ),
    "studies/test_supply.py": ("test_",),
    "studies/vanilla_or_gru/test_measured.py": (
        "test_a_guess_of_the_study",
        "test_a_study_killed_and_resumed",
        "test_every_cell_has_the_same_limits",
    ),
    "studies/vanilla_or_gru/test_page.py": (
        "test_figures_say_what_they_show",
        "test_the_page_has_four_figures",
    ),
    "studies/vanilla_or_gru/test_parts.py": ("test_parameters_are_matched",),
    "studies/vanilla_or_gru/test_study.py": (
        "test_saved_is_whole",
        "test_some_questions_with_another",
    ),
    "studies/verdicts/test_arguments.py": (
        "test_no_training_beats_the_bound[embedded_reber-5-False]",
    ),
    "studies/verdicts/test_by_hand.py": ("test_one_logistic_unit_is_right_on_reber",),
    "studies/verdicts/test_guessing.py": (
        "test_a_draw_depends_on_its_number_alone",
        "test_a_guess_without_a_bias_of_the_readout",
        "test_each_draw_has_complex_weights_of_its_own",
        "test_logarithms_are_fitted",
    ),
    "studies/verdicts/test_verdict.py": (
        "test_every_configuration_is_guessed_whatever_its_witness[8]",
        "test_progress_names",
        "test_saved_is_whole",
    ),
    "test_clusters.py": (
        "test_an_array_of_jobs_gives_the_bits_of_one_process[of_slurm]",
        "test_an_array_of_jobs_gives_the_bits_of_one_process[of_snakemake]",
    ),
    "test_compiled.py": (
        "test_processes_that_begin_at_once_compile_each_program_once",
    ),
    "test_contributing.py": (
        "test_a_value_walks_as_described[A configuration through",
        "test_a_value_walks_as_described[A seed",
    ),
    "test_engines.py": (
        "test_a_cell_of_a_users_file_travels_by_its_source",
        "test_an_executor_runs_a_study_to_the_bits_of_threads",
        "test_parts_of_seeds_join",
        "test_processes_give_the_bits_of_threads[measure0]",
        "test_seeds_trained_by_processes_have_the_bits_of_threads[side by side]",
        "test_training_on_an_executor_is_that_of_threads",
    ),
    "test_intervals.py": (
        "test_coverage_in_ten_situations[mean of a correlated series, batches]",
    ),
    "test_process.py": ("test_the_artist_is_another",),
    "test_public_calls.py": (
        "test_numbers_of_numpy_give_the_same[firstbit.check]",
        "test_numbers_of_numpy_give_the_same[firstbit.demand",
        "test_numbers_of_numpy_give_the_same[firstbit.export",
        "test_numbers_of_numpy_give_the_same[firstbit.fates",
        "test_numbers_of_numpy_give_the_same[firstbit.judge",
        "test_numbers_of_numpy_give_the_same[firstbit.memory_capacity",
        "test_strict_settings_of_jax_are_met[firstbit.decodability-strict0]",
        "test_strict_settings_of_jax_are_met[firstbit.fates-strict0]",
    ),
    "test_readme.py": (
        "test_a_net_is_judged_as_the_page_says",
        "test_programs_run_and_print_what_is_shown[dynamics.md]",
        "test_programs_run_and_print_what_is_shown[your_own_cell.md6]",
        "test_programs_run_and_print_what_is_shown[your_own_cell.md7]",
        "test_the_commands_run[firstbit cost --cell gru:20 --cell lstm:20 --latex]",
    ),
    "training/test_behaviour.py": ("test_each_seed_reads_a_list",),
    "training/test_bptt.py": (
        "test_back_propagation_through_any_state_equals_reverse_mode[lstm]",
        "test_back_propagation_through_any_state_equals_reverse_mode[own]",
    ),
    "training/test_checkpoints.py": ("test_other_configurations",),
    "training/test_complex_numbers.py": (
        "test_an_epoch_is_that_of_the_twin[modern]",
        "test_an_epoch_is_that_of_the_twin[published]",
    ),
    "training/test_fit.py": (
        "test_a_cell_may_be_given_as_text",
        "test_an_initial_state_given_is_that_of_a_cell_that_tells_its_own",
        "test_laws_for_each_weight",
        "test_networks_side_by_side_have_the_same_bits_at_every_width[as published]",
        "test_other_cells_are_trained_by_themselves[cell2-33]",
        "test_places_of_runs_that_end_early_go_to_others",
    ),
    "training/test_gradients_of_words.py": (
        "test_a_prediction_reaches_back_to_the_second_symbol[gru]",
        "test_gradients_are_those_of_reverse_mode[gru]",
    ),
    "training/test_guards.py": (
        "test_the_truth_passes_everything[continual",
        "test_windows_fail_every_pair_at_their_length_and_beyond[continual",
    ),
    "training/test_outcomes.py": ("test_a_seed_that_diverges",),
    "training/test_rules.py": (
        "test_a_third_rule_is_one_class",
        "test_modern_epoch_equals_a_plain_loop_over_minibatches",
        "test_published_epoch_equals_a_plain_loop_over_words[squared-error-squared_error-inf]",
    ),
    "training/test_seeds.py": (
        "test_jobs_depend_on_nothing",
        "test_killed_runs_go_on_to_the_same_bits[rule1-None]",
    ),
    "training/test_whole_words.py": (
        "test_a_window_of_three_lands_on_its_floor_and_no_witness_is_found",
        "test_two_epochs_equal_a_plain_loop[rule0]",
    ),
    "training/test_words.py": ("test_the_end_marker_is_predicted_where_there_is_one",),
    "weights/test_laws_by_role.py": ("test_kernels_stored_in_out",),
    "weights/test_recognised.py": (
        "test_a_law_may_treat_some",
        "test_distances_are_those_of_the_law_itself",
    ),
}
"""How names of tests begin, by file."""


def mark(items: list[pytest.Item]) -> None:
    """Mark the tests that are named here."""
    for item in items:
        if is_long(item.nodeid):
            item.add_marker("long")


def is_long(nodeid: str) -> bool:
    """Return whether a test is named here."""
    file, _, name = nodeid.removeprefix("tests/").partition("::")
    return name.startswith(LONG.get(file, ()))
