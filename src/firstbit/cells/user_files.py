"""What a user names in a file or a module: `path/to/file.py:MyCell`."""

import hashlib
import importlib
import importlib.util
import os
import re
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from traceback import walk_tb
from types import FunctionType, ModuleType
from typing import NamedTuple

import equinox as eqx

from firstbit.cells.bridges.recognise import EXTRAS, framework_of
from firstbit.cells.user_sources import keep_source
from firstbit.errors import CellError, nearest, shown
from firstbit.files import is_file

_LOADED: dict[tuple[Path, int, int], ModuleType] = {}
"""Modules by path, time and size: a file that hasn't changed is run once."""

_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")

_FILE = re.compile(r"(?P<path>.+?\.py)(?::(?P<rest>.*))?", re.IGNORECASE | re.DOTALL)


def split_file(text: str) -> tuple[str, str] | None:
    r"""Split a text into the path of a Python file and what follows its colon.

    None where it names no Python file. The colon of a drive is a part of the path.

    Example:
        >>> split_file(r"C:\me\slow.py:Slow:10"), split_file("gru:10")
        (('C:\\me\\slow.py', 'Slow:10'), None)
    """
    found = _FILE.fullmatch(text)
    if found is None:
        return None
    return found["path"], found["rest"] or ""


class Wanted(NamedTuple):
    """What is looked for in a file.

    Attributes:
        example: what it may be called.
        alone: what a file without a name must have.
        own: the candidates that a module has itself.
    """

    example: str
    alone: str
    own: Callable[[ModuleType], list[Callable[..., object]]]


def factory_from_file(text: str, wanted: Wanted | None = None) -> Callable[..., object]:
    """Return the class or function that `path/to/file.py:MyCell` names.

    Without a name it is the file's only cell. The file is run, as by Python itself: it
    may import its neighbours; what it prints goes to stderr.

    Args:
        text: the path, and the name behind a colon.
        wanted: what it names; by default a cell.

    Raises:
        CellError: the file isn't there, fails (says where), or has no such name.
    """
    wanted = wanted or A_CELL
    path, name = split_file(text) or (text, "")
    module = _module(path, wanted.example)
    own = wanted.own(module)
    if not name and len(own) == 1:
        return own[0]
    found = getattr(module, name, None) if name else None
    if callable(found):
        return found
    raise _not_found(path, name, own, wanted)


def _not_found(
    path: str, name: str, own: list[Callable[..., object]], wanted: Wanted
) -> CellError:
    """Return what to raise where a file lacks what is named."""
    names = ", ".join(one.__name__ for one in own) or "none"
    asked = f"a class or function '{shown(name)}'" if name else wanted.alone
    example = own[0].__name__ if own else wanted.example
    return CellError(
        f"expected {asked} in '{shown(path)}'; got {names}; try "
        f"{shown(path)}:{example}."
    )


def is_dotted(name: str) -> bool:
    """Return whether a text has the form of a module and a name in it.

    Example:
        >>> is_dotted("torch.nn:GRUCell"), is_dotted("gru:5"), is_dotted("gru:1:20")
        (True, False, False)
    """
    return _DOTTED.fullmatch(name) is not None


def factory_from_module(
    text: str, wanted: Wanted | None = None
) -> Callable[..., object]:
    """Return the class or function that `package.module:MyCell` names.

    Args:
        text: the module, and the name behind a colon.
        wanted: what it names; by default a cell.

    Raises:
        CellError: there is no such module, it can't be loaded, or has no such name.
    """
    example = (wanted or A_CELL).example
    name, _, asked = text.partition(":")
    if name.split(".")[0] == "keras" and "keras" not in sys.modules:
        os.environ.setdefault("KERAS_BACKEND", "jax")  # read once, at its import
    try:
        with redirect_stdout(sys.stderr):
            module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise CellError(
            f"expected a module that can be imported, got '{shown(name)}', and there "
            f"is no '{shown(error.name)}'; {_remedy(name, error)}, or name a file: "
            f"path/to/file.py:{example}."
        ) from error
    except (Exception, SystemExit) as error:  # a module's own code may raise anything
        raise CellError(
            f"expected a module that can be imported, got '{shown(name)}': "
            f"{type(error).__name__}: {shown(error, 200)}; a file is named "
            f"path/to/file.py:{example}."
        ) from error
    found = getattr(module, asked, None)
    if callable(found):
        return found
    public = [one for one in vars(module) if not one.startswith("_")]
    near = nearest(asked, public)
    hint = f"did you mean '{near}'?" if near else "name a class or a function of it."
    raise CellError(
        f"expected a class or function '{shown(asked)}' in '{name}', got none; {hint}"
    )


def _remedy(name: str, error: ModuleNotFoundError) -> str:
    """Return how a missing package is had."""
    package = name.split(".")[0]
    missing = str(error.name).split(".")[0]
    if package == "keras" and missing in ("tensorflow", "torch"):
        return "set KERAS_BACKEND=jax"
    extra = EXTRAS.get(package)
    return f"try pip install 'firstbit[{extra}]'" if extra else "install it"


def _own_cells(module: ModuleType) -> list[Callable[..., object]]:
    """Return the classes of a module that are cells, of Equinox or another framework.

    Where there is none, all its classes.
    """
    own = _own(module, type)
    return [one for one in own if _is_cell(one)] or own


def _own_models(module: ModuleType) -> list[Callable[..., object]]:
    """Return the functions of a module that may be a model, then its classes."""
    return [*_own(module, FunctionType), *_own(module, type)]


def _own(module: ModuleType, kind: type) -> list[Callable[..., object]]:
    """Return the classes or the functions that are defined in a module."""
    own = []
    for value in vars(module).values():
        if isinstance(value, kind) and value.__module__ == module.__name__:
            own.append(value)
    return own


def _is_cell(kind: Callable[..., object]) -> bool:
    is_module = isinstance(kind, type) and issubclass(kind, eqx.Module)
    return is_module or bool(framework_of(kind))


A_CELL = Wanted("MyCell", "one cell", _own_cells)
A_MODEL = Wanted("load", "the name of a function or a model", _own_models)


def _module(path: str, example: str) -> ModuleType:
    """Run a file, or return its module if it has been run."""
    if not is_file(path):
        raise CellError(
            f"expected a Python file, got '{shown(path)}', which is not there; try "
            f"path/to/file.py:{example}."
        )
    file = Path(path).resolve()
    about = file.stat()
    state = file, about.st_mtime_ns, about.st_size
    if state not in _LOADED:
        _LOADED[state] = _run(file, path)
    return _LOADED[state]


def _run(file: Path, path: str) -> ModuleType:
    """Run a file as a module that its own classes can be found in."""
    folder = str(file.parent)
    if folder not in sys.path:
        sys.path.append(folder)  # the last: its neighbours hide no installed module
    name = _module_name(file)
    spec = spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module  # annotations and dataclasses look it up
    try:
        with redirect_stdout(sys.stderr):
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # a user's own code may raise anything
        del sys.modules[name]
        line = _line(error, file)
        where = f", line {line}" if line else ""
        raise CellError(
            f"'{shown(path)}' can't be run{where}: {type(error).__name__}: "
            f"{shown(error, 300)}."
        ) from error
    keep_source(name, file)
    return module


def _module_name(file: Path) -> str:
    """Return the file's own name, or another where that is a module's already.

    With its own name a class can be sent to another process.
    """
    name = file.stem
    is_free = name.isidentifier() and name not in sys.stdlib_module_names
    if is_free and name not in sys.modules:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin == str(file):
            return name
    hashed = hashlib.sha256(str(file).encode())
    digest = hashed.hexdigest()[:8]
    plain = re.sub(r"\W", "_", name)
    return f"firstbit_file_{digest}_{plain}"


def _line(error: BaseException, file: Path) -> int | None:
    """Return the line of a file in which an error arose; None if in none of it."""
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return error.lineno
    line = None
    for frame, number in walk_tb(error.__traceback__):
        if frame.f_code.co_filename == str(file):
            line = number
    return line
