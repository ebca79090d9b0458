"""The languages that have a name."""

from firstbit.languages.catalogue.dyck import dyck
from firstbit.languages.catalogue.entries import CATALOGUE, Entry, language_by_name
from firstbit.languages.catalogue.k_testable import without_factors
from firstbit.languages.catalogue.memory_tasks import (
    copy_memory,
    first_bit,
    flip_flop,
    marked_sum,
)
from firstbit.languages.catalogue.parity import count_mod, parity
from firstbit.languages.catalogue.reber import (
    continual_embedded_reber,
    embedded_reber,
    nested_reber,
    reber,
    reber_as_printed,
)
from firstbit.languages.catalogue.tomita import tomita

__all__ = [
    "CATALOGUE",
    "Entry",
    "continual_embedded_reber",
    "copy_memory",
    "count_mod",
    "dyck",
    "embedded_reber",
    "first_bit",
    "flip_flop",
    "language_by_name",
    "marked_sum",
    "nested_reber",
    "parity",
    "reber",
    "reber_as_printed",
    "tomita",
    "without_factors",
]
