"""Refusals that name the user's file, line and code."""

import linecache
import sys
from pathlib import Path
from traceback import walk_tb
from types import TracebackType

import equinox
import jax
import jaxtyping
import torch

from firstbit.errors import CellError, FirstbitError, shown

_PASSED = (torch, jax, equinox, jaxtyping)
_PACKAGES = [Path(str(package.__file__)).parent for package in _PASSED]
_FIRSTBIT = Path(__file__).parents[3]
_OURS = tuple(f"{folder}/" for folder in (_FIRSTBIT, *_PACKAGES))
_KERAS = "/keras/src/"
_PYTHON = str(Path(linecache.__file__).parent) + "/"


class RefusedError(Exception):
    """An operation that has no place in a step; the text says why.

    Attributes:
        place: where in the user's code, if that is known.
    """

    def __init__(self, why: str, place: str = "") -> None:
        super().__init__(why)
        self.place = place


class UnruledError(RefusedError):
    """An operation without a rule."""


def place_of(error: BaseException) -> str:
    """Return where in a user's code an error arose, as ` at FILE:LINE, "CODE"`."""
    found = _users_line(error.__traceback__)
    return "" if found is None else line_of(*found)


def line_of(file: str, line: int) -> str:
    """Return a line of a file, as ` at FILE:LINE, "CODE"`."""
    code = linecache.getline(file, line).strip()
    return f' at {Path(file).name}:{line}, "{shown(code)}"'


def _users_line(trace: TracebackType | None) -> tuple[str, int] | None:
    """Return the last line that is neither firstbit's nor of its packages.

    Where there is none, it is the last in torch.nn.
    """
    users = None
    modules = None
    for frame, line in walk_tb(trace):
        file = frame.f_code.co_filename
        if "/torch/nn/modules/" in file:
            modules = file, line
        if file.startswith(_OURS) or file.startswith("<") or _KERAS in file:
            continue
        if file.startswith(_PYTHON) and "site-packages" not in file:
            continue
        users = file, line
    if users is None or _is_test_or_call(users[0]):
        return users or modules
    return users


def _is_test_or_call(file: str) -> bool:
    return file == getattr(sys.modules.get("__main__"), "__file__", None)


def refused(name: str, error: BaseException) -> CellError:
    """Return what to raise for an error in a step of that cell."""
    if isinstance(error, FirstbitError) and isinstance(error, CellError):
        return error
    if isinstance(error, RefusedError):
        place = error.place or place_of(error)
        return CellError(f"{name} can't be traced{place}: {error}")
    place = place_of(error)
    said = _said(error)
    if needs_device(error):
        return CellError(
            f"{name} needs CUDA or a compiled kernel{place}: {said}; expected plain "
            f"PyTorch operations that run on a CPU{_twin(name)}."
        )
    return CellError(f"{name} can't be traced{place}: {said}.")


def fails_itself(name: str, step: str, error: BaseException) -> CellError:
    """Return what to raise where a step by PyTorch itself ends with an error."""
    if isinstance(error, FirstbitError | RefusedError) or needs_device(error):
        return refused(name, error)
    return CellError(
        f"{name}'s own forward fails at {step}{place_of(error)}: {_said(error)}; "
        "expected a step that can be made again and again."
    )


def is_out_of_range(error: BaseException | None) -> bool:
    """Return whether PyTorch was asked for a place that isn't there."""
    if isinstance(error, IndexError):
        return True
    return isinstance(error, RuntimeError) and "out of bounds" in str(error)


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {shown(' '.join(str(error).split()), 300)}"


_DEVICE_WORDS = ("cuda", "triton", "nvidia", "hip ", "nvcc", "mps ", "_opnamespace")
"""The last one is of an operation that no package here has registered."""


def needs_device(error: BaseException) -> bool:
    """Return whether an error says that a device or a compiled kernel is missing."""
    if isinstance(error, TypeError):
        return False  # it names functions, and they may be called so
    text = f"{type(error).__name__} {error}".lower()
    return any(word in text for word in _DEVICE_WORDS)


def _twin(name: str) -> str:
    """Return the cell of the catalogue that may be the same recurrence, as a hint."""
    from firstbit.cells.catalogue import CELLS

    for known in sorted(CELLS, key=len, reverse=True):
        if known in name.lower():
            return f"; or measure '{known}' of the catalogue"
    return ""
