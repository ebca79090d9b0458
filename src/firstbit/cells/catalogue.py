"""The cells that have a name, and cells from a user's own file."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from firstbit.cells.cell import Cell
from firstbit.cells.gru import GRU
from firstbit.cells.lstm import LSTM
from firstbit.cells.min_gru import MinGRU
from firstbit.cells.user_files import (
    factory_from_file,
    factory_from_module,
    is_dotted,
    split_file,
)
from firstbit.cells.vanilla import Vanilla
from firstbit.errors import CellError, nearest, shown_value, unknown_name

Factory = Callable[..., object]
"""`(input_size, hidden_size, *, key) -> cell`."""

CELLS: Mapping[str, type[Cell]] = {
    "vanilla": Vanilla,
    "gru": GRU,
    "lstm": LSTM,
    "mingru": MinGRU,
}
"""Name -> the cell."""


def cell_by_name(name: str, **options: object) -> Factory:
    """Return the factory of the cells with that name, or of a class in a Python file.

    Args:
        name: a name in `CELLS`, in capitals or not, or `path/to/file.py:MyCell`, whose
            code is run; without `:MyCell`, the file's only cell; or
            `package.module:MyCell`, such as `torch.nn:GRUCell`.
        options: such as `activation="tanh"`; those that are None are left out.

    Raises:
        CellError: there is no such cell (the text names the nearest) or file, or the
            cell has no such option.

    Example:
        >>> cell_by_name("gru").__name__
        'GRU'
    """
    factory = _factory(name)
    given = {option: value for option, value in options.items() if value is not None}
    require_options(name, factory, given)
    return partial(factory, **given) if given else factory


def require_options(name: str, factory: Factory, options: Iterable[str]) -> None:
    """Raise `CellError` unless the factory takes these options."""
    known = options_of(factory)
    for option in options:
        if option not in known:
            raise CellError(_unknown_option(name, option, known))


def options_of(factory: Factory) -> list[str]:
    """Return the names of the options that a factory takes.

    Example:
        >>> options_of(GRU)
        ['use_bias', 'reset']
    """
    names = inspect.signature(factory).parameters
    return [name for name in names if name not in ("input_size", "hidden_size", "key")]


def catalogue_name(factory: object) -> str:
    """Return the name of a cell of the catalogue; "" for any other.

    Example:
        >>> catalogue_name(GRU), catalogue_name(print)
        ('gru', '')
    """
    for name, cell in CELLS.items():
        if cell is factory:
            return name
    return ""


def _factory(name: str) -> Factory:
    if not isinstance(name, str):
        raise CellError(
            f"expected the name of a cell, got {shown_value(name)}; try 'gru'."
        )
    if split_file(name) is not None:
        return factory_from_file(name)
    if is_dotted(name):
        return factory_from_module(name)
    if name.lower() in CELLS:
        return CELLS[name.lower()]
    raise CellError(
        unknown_name("cell", name, CELLS)
        + " A cell of your own is named path/to/file.py:MyCell."
    )


def _unknown_option(name: str, option: str, known: list[str]) -> str:
    near = nearest(option, known)
    hint = f"did you mean `{near}`?" if near else "leave it out."
    return f"{name} has no option `{option}`; {hint}"
