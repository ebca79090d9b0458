"""What memory does the task demand? Regular languages with probabilities, in NumPy alone."""

from firstbit.languages.catalogue import CATALOGUE, by_name
from firstbit.languages.encoding import encode, one_hot, true_probabilities
from firstbit.languages.floors import (
    entropy,
    expected_visits,
    full_floor,
    loss_of_truth,
    mean_length,
    merged_floor,
    sample_floor,
    window_floor,
)
from firstbit.languages.language import END, Language
from firstbit.languages.reber import copies_merged, embedded_reber, reber, reber_as_printed
from firstbit.languages.sampling import sample

__all__ = [
    "CATALOGUE",
    "END",
    "Language",
    "by_name",
    "copies_merged",
    "embedded_reber",
    "encode",
    "entropy",
    "expected_visits",
    "full_floor",
    "loss_of_truth",
    "mean_length",
    "merged_floor",
    "one_hot",
    "reber",
    "reber_as_printed",
    "sample",
    "sample_floor",
    "true_probabilities",
    "window_floor",
]
