"""What memory does the task demand? Regular languages with probabilities, without JAX."""

from firstbit.languages.algebra import complement, difference, intersection, minimal, to_dfa, union
from firstbit.languages.catalogue import (
    CATALOGUE,
    Entry,
    by_name,
    continual_embedded_reber,
    copy_memory,
    count_mod,
    dyck,
    embedded_reber,
    first_bit,
    flip_flop,
    marked_sum,
    nested_reber,
    parity,
    reber,
    reber_as_printed,
    tomita,
    without_factors,
)
from firstbit.languages.copies import copies, copies_known, copies_merged
from firstbit.languages.counting import length_distribution, word_counts
from firstbit.languages.demand import memory_demand
from firstbit.languages.encoding import encode, one_hot, true_probabilities
from firstbit.languages.enumeration import enumerate_words
from firstbit.languages.floors import Loss, full_floor, merged_floor, window_floor, window_floors
from firstbit.languages.language import Language
from firstbit.languages.negatives import edit_distance, illegal_words
from firstbit.languages.order import memory_order
from firstbit.languages.plateau import Plateau, named_floors, named_plateau
from firstbit.languages.rank import excess_loss, next_symbol_rank
from firstbit.languages.sampling import sample, sample_uniform
from firstbit.languages.splits import split
from firstbit.languages.state_entropy import state_entropy
from firstbit.languages.toml import parse_toml, read_toml, to_toml, write_toml
from firstbit.languages.validity import END
from firstbit.languages.visits import entropy, expected_visits, mean_length
from firstbit.languages.word_floors import loss_of_truth, sample_floor
from firstbit.languages.words import export_words, parse_words, read_words, write_words

__all__ = [
    "CATALOGUE",
    "END",
    "Entry",
    "Language",
    "Loss",
    "Plateau",
    "by_name",
    "complement",
    "continual_embedded_reber",
    "copies",
    "copies_known",
    "copies_merged",
    "copy_memory",
    "count_mod",
    "difference",
    "dyck",
    "edit_distance",
    "embedded_reber",
    "encode",
    "entropy",
    "enumerate_words",
    "excess_loss",
    "expected_visits",
    "export_words",
    "first_bit",
    "flip_flop",
    "full_floor",
    "illegal_words",
    "intersection",
    "length_distribution",
    "loss_of_truth",
    "marked_sum",
    "mean_length",
    "memory_demand",
    "memory_order",
    "merged_floor",
    "minimal",
    "named_floors",
    "named_plateau",
    "nested_reber",
    "next_symbol_rank",
    "one_hot",
    "parity",
    "parse_toml",
    "parse_words",
    "read_toml",
    "read_words",
    "reber",
    "reber_as_printed",
    "sample",
    "sample_floor",
    "sample_uniform",
    "split",
    "state_entropy",
    "to_dfa",
    "to_toml",
    "tomita",
    "true_probabilities",
    "union",
    "window_floor",
    "window_floors",
    "without_factors",
    "word_counts",
    "write_toml",
    "write_words",
]
