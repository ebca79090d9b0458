"""The checks, names and units that every prediction of D(l,k) shares."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from firstbit.datasets import Variable
from firstbit.errors import SettingError, require_at_least

GRID = ("hidden_size", "length")


def require_grid(hidden_sizes: Sequence[int], length: int) -> None:
    """Raise `SettingError` unless there are a length and one or more unlike sizes."""
    require_at_least("length", length, 1)
    if len(hidden_sizes) == 0 or len(set(hidden_sizes)) < len(hidden_sizes):
        raise SettingError(
            f"expected one or more different hidden sizes, got {list(hidden_sizes)}."
        )
    for hidden_size in hidden_sizes:
        require_at_least("hidden_size", hidden_size, 1)


def predicted(
    hidden_sizes: Sequence[int],
    root_mean_square: Float[np.ndarray, "size length"],
    standard_error: Float[np.ndarray, "size length"],
) -> Variable:
    """Return the predicted D(l,k), sqrt(k) times the mean square's root.

    Args:
        hidden_sizes: the values of k.
        root_mean_square: of a unit's difference.
        standard_error: of the root mean square.
    """
    scale = np.sqrt(np.asarray(hidden_sizes, dtype=float))[:, None]
    return Variable(
        "predicted_discrepancy",
        GRID,
        scale * root_mean_square,
        "mean-field D(l,k)",
        "units of the hidden state",
        se=scale * standard_error,
    )


def grid(hidden_sizes: Sequence[int], length: int) -> dict[str, np.ndarray]:
    """Return the coordinates of a prediction."""
    return {
        "hidden_size": np.array([int(k) for k in hidden_sizes]),
        "length": np.arange(1, length + 1),
    }
