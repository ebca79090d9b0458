"""All rules: importing this registers them."""

from firstbit.cells.bridges.torch import (
    rules_creation,
    rules_entries,
    rules_linear_algebra,
    rules_modules,
    rules_places,
    rules_products,
    rules_shapes,
    rules_sums,
)

__all__ = [
    "rules_creation",
    "rules_entries",
    "rules_linear_algebra",
    "rules_modules",
    "rules_places",
    "rules_products",
    "rules_shapes",
    "rules_sums",
]
