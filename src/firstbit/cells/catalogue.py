"""The cells that have a name, and cells from a user's own file."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from firstbit.cells.cell import Cell
from firstbit.cells.gru import GRU
from firstbit.cells.lstm import LSTM
from firstbit.cells.min_gru import MinGRU
from firstbit.cells.vanilla import Vanilla
from firstbit.errors import CellError, nearest, unknown_name

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
        name: a name in `CELLS`, or `path/to/file.py:MyCell`, whose code is run.
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


def is_file(name: str) -> bool:
    """Return whether a name is that of a class in a file: `path/to/file.py:MyCell`."""
    return name.partition(":")[0].endswith(".py") and ":" in name


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
    if is_file(name):
        return _from_file(*name.rsplit(":", 1))
    if name in CELLS:
        return CELLS[name]
    raise CellError(
        unknown_name("cell", name, CELLS)
        + " A cell of your own is named path/to/file.py:MyCell."
    )


def _unknown_option(name: str, option: str, known: list[str]) -> str:
    near = nearest(option, known)
    hint = f"did you mean `{near}`?" if near else "leave it out."
    return f"{name} has no option `{option}`; {hint}"


def _from_file(path: str, name: str) -> Factory:
    module = _module(path)
    found = getattr(module, name, None)
    if callable(found):
        return found
    own = []
    for other, value in vars(module).items():
        if isinstance(value, type) and value.__module__ == module.__name__:
            own.append(other)
    raise CellError(
        f"expected a class or function '{name}' in '{path}'; got "
        f"{', '.join(own) or 'none'}."
    )


def _module(path: str) -> ModuleType:
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
    return module
