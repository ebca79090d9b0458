"""Cells by name, and cells of a user's own file."""

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from firstbit.cells.cell import Cell
from firstbit.cells.gru import GRU
from firstbit.cells.lstm import LSTM
from firstbit.cells.vanilla import Vanilla
from firstbit.errors import CellError, unknown_name

CELLS: Mapping[str, type[Cell]] = {"vanilla": Vanilla, "gru": GRU, "lstm": LSTM}
"""Name on the command line -> the cell."""


def cell_by_name(name: str, **options: Any) -> Callable[..., Any]:
    """The factory of cells of that name, or that a Python file defines.

    Args:
        name: `vanilla`, `gru`, `lstm`, or `path/to/file.py:MyCell`, whose code is run.
        options: such as `activation="tanh"`; those that are None are left out.

    Raises:
        CellError: there is no such cell (the text names the nearest) or file, or the
            cell has no such option.

    Example:
        >>> cell_by_name("gru").__name__
        'GRU'
    """
    if ":" in name and name.partition(":")[0].endswith(".py"):
        factory = _from_file(*name.rsplit(":", 1))
    elif name in CELLS:
        factory = CELLS[name]
    else:
        raise CellError(
            unknown_name("cell", name, CELLS)
            + " A cell of your own is named path/to/file.py:MyCell."
        )
    given = {option: value for option, value in options.items() if value is not None}
    known = inspect.signature(factory).parameters
    for option in given:
        if option not in known:
            raise CellError(f"{name} has no option `{option}`; leave it out.")
    return partial(factory, **given) if given else factory


def _from_file(path: str, name: str) -> Callable[..., Any]:
    spec = spec_from_file_location(Path(path).stem, path)
    if spec is None or spec.loader is None or not Path(path).is_file():
        raise CellError(
            f"expected a Python file, got '{path}', which is not there; try "
            "path/to/file.py:MyCell."
        )
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # a user's own code may raise anything
        raise CellError(
            f"'{path}' can't be run: {type(error).__name__}: {error}."
        ) from error
    if not callable(getattr(module, name, None)):
        own = [
            n
            for n, value in vars(module).items()
            if isinstance(value, type) and value.__module__ == module.__name__
        ]
        raise CellError(
            f"expected a class or function '{name}' in '{path}'; got "
            f"{', '.join(own) or 'none'}."
        )
    return getattr(module, name)
