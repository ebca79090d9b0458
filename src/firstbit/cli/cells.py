"""A cell to be trained as the user writes it: `vanilla:18,activation=tanh`."""

from typing import TYPE_CHECKING

from firstbit.errors import CellError

if TYPE_CHECKING:
    from firstbit.cells.given import Given


def parse_cell(text: str) -> "Given":
    """Read a cell with one size; see `firstbit.cells.grammar.parse`.

    Raises:
        CellError: there is no such cell, size or option.
        SettingError: a law or a number is none.

    Example:
        >>> parse_cell("vanilla:18,activation=tanh,W_h=orthogonal").hidden_size
        18
    """
    from firstbit.cells.given import Given  # here: it loads JAX

    given = Given.of(text, is_trained=True)
    if given.hidden_sizes is None or len(given.hidden_sizes) > 1:
        raise CellError(
            "expected a cell and its size like vanilla:18 or gru:10,reset=after, "
            f"got '{text}'."
        )
    return given
