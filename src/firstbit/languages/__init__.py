"""Regular languages with probabilities, and the memory they demand; without JAX.

Programs import from here. The modules below may move.
"""

from firstbit.languages.automaton.algebra import (
    complement,
    difference,
    intersection,
    minimal,
    to_dfa,
    union,
)
from firstbit.languages.automaton.automaton import Automaton
from firstbit.languages.automaton.validity import END
from firstbit.languages.automaton.visits import entropy, expected_visits, mean_length
from firstbit.languages.catalogue import (
    CATALOGUE,
    Entry,
    continual_embedded_reber,
    copy_memory,
    count_mod,
    dyck,
    embedded_reber,
    first_bit,
    flip_flop,
    language_by_name,
    marked_sum,
    nested_reber,
    parity,
    reber,
    reber_as_printed,
    tomita,
    without_factors,
)
from firstbit.languages.demand.copies import copies, copies_known, copies_merged
from firstbit.languages.demand.floors import (
    full_floor,
    merged_floor,
    window_floor,
    window_floors,
)
from firstbit.languages.demand.list_floors import split_floors
from firstbit.languages.demand.losses import Loss, Per, num_predictions
from firstbit.languages.demand.memory_demand import memory_demand
from firstbit.languages.demand.memory_order import memory_order
from firstbit.languages.demand.plateau import (
    NamedFloor,
    Plateau,
    named_floors,
    named_plateau,
)
from firstbit.languages.demand.rank import excess_loss, next_symbol_rank
from firstbit.languages.demand.rows import Rows
from firstbit.languages.demand.state_entropy import state_entropy
from firstbit.languages.demand.word_floors import loss_of_truth, sample_floor
from firstbit.languages.export import export_language
from firstbit.languages.jflap import read_jflap
from firstbit.languages.judging.criterion import Criterion
from firstbit.languages.judging.judge import Errors, Judgement, judge
from firstbit.languages.judging.twins import Twins, twins
from firstbit.languages.judging.words_of_test import PlanOfTest, WordsOfTest
from firstbit.languages.language import Language
from firstbit.languages.toml import parse_toml, read_toml, to_toml, write_toml
from firstbit.languages.words.conditioned import of_lengths
from firstbit.languages.words.counting import length_distribution, word_counts
from firstbit.languages.words.encoding import encode, one_hot, true_probabilities
from firstbit.languages.words.enumeration import enumerate_words
from firstbit.languages.words.files import (
    export_words,
    parse_words,
    read_words,
    write_words,
)
from firstbit.languages.words.illegal import edit_distance, illegal_words
from firstbit.languages.words.lags import lags, long_range_prediction
from firstbit.languages.words.long_words import long_words
from firstbit.languages.words.longest import longest_lag, longest_word
from firstbit.languages.words.sampling import sample, sample_uniform
from firstbit.languages.words.splits import Side, Split, split
from firstbit.languages.words.streams import Stream, fresh_words

__all__ = [
    "CATALOGUE",
    "END",
    "Automaton",
    "Criterion",
    "Entry",
    "Errors",
    "Judgement",
    "Language",
    "Loss",
    "NamedFloor",
    "Per",
    "PlanOfTest",
    "Plateau",
    "Rows",
    "Side",
    "Split",
    "Stream",
    "Twins",
    "WordsOfTest",
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
    "export_language",
    "export_words",
    "first_bit",
    "flip_flop",
    "fresh_words",
    "full_floor",
    "illegal_words",
    "intersection",
    "judge",
    "lags",
    "language_by_name",
    "length_distribution",
    "long_range_prediction",
    "long_words",
    "longest_lag",
    "longest_word",
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
    "num_predictions",
    "of_lengths",
    "one_hot",
    "parity",
    "parse_toml",
    "parse_words",
    "read_jflap",
    "read_toml",
    "read_words",
    "reber",
    "reber_as_printed",
    "sample",
    "sample_floor",
    "sample_uniform",
    "split",
    "split_floors",
    "state_entropy",
    "to_dfa",
    "to_toml",
    "tomita",
    "true_probabilities",
    "twins",
    "union",
    "window_floor",
    "window_floors",
    "without_factors",
    "word_counts",
    "write_toml",
    "write_words",
]
