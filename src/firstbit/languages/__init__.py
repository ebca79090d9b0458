"""What memory does the task demand? Regular languages with probabilities, in NumPy alone."""

from firstbit.languages.catalogue import CATALOGUE, by_name
from firstbit.languages.demand import memory_demand
from firstbit.languages.encoding import encode, one_hot, true_probabilities
from firstbit.languages.floors import Loss, full_floor, merged_floor, window_floor, window_floors
from firstbit.languages.language import Language
from firstbit.languages.order import memory_order
from firstbit.languages.rank import next_symbol_rank
from firstbit.languages.reber import copies_merged, embedded_reber, reber, reber_as_printed
from firstbit.languages.sampling import sample
from firstbit.languages.validity import END
from firstbit.languages.visits import entropy, expected_visits, mean_length
from firstbit.languages.word_floors import loss_of_truth, sample_floor

__all__ = [
    "CATALOGUE",
    "END",
    "Language",
    "Loss",
    "by_name",
    "copies_merged",
    "embedded_reber",
    "encode",
    "entropy",
    "expected_visits",
    "full_floor",
    "loss_of_truth",
    "mean_length",
    "memory_demand",
    "memory_order",
    "merged_floor",
    "next_symbol_rank",
    "one_hot",
    "reber",
    "reber_as_printed",
    "sample",
    "sample_floor",
    "true_probabilities",
    "window_floor",
    "window_floors",
]
