"""Whose cell is it? By the names of its base classes: nothing is imported to ask."""

import inspect
import sys
from types import ModuleType

TORCH = "torch"
NNX = "flax.nnx"
LINEN = "flax.linen"
HAIKU = "haiku"
KERAS = "keras"

_BASES = {
    ("torch.nn.modules.module", "Module"): TORCH,
    ("flax.nnx.module", "Module"): NNX,
    ("flax.linen.module", "Module"): LINEN,
    ("haiku._src.module", "Module"): HAIKU,
    ("keras.src.layers.layer", "Layer"): KERAS,
}
"""Module and name of a base class -> the framework whose cells derive from it."""

EXTRAS = {
    "torch": "torch",
    "flax": "flax",
    "haiku": "haiku",
    "keras": "keras",
}
"""A package -> the extra of firstbit that brings it."""

_PACKAGES = {"torch": TORCH, NNX: NNX, LINEN: LINEN, "haiku": HAIKU, "keras": KERAS}
"""A module that functions call -> the framework."""


def framework_of(cell: object) -> str:
    """Return the framework of a class or of an object; "" where it is none of ours.

    Example:
        >>> framework_of(dict), framework_of(3)
        ('', '')
    """
    kind = cell if isinstance(cell, type) else type(cell)
    for base in kind.__mro__:
        found = _BASES.get((base.__module__, base.__name__))
        if found is not None:
            return found
    return ""


def framework_of_function(function: object) -> str:
    """Return whose modules a function may return; "" where it takes a key.

    It is read off the names that the function uses: a framework, or a class of one. A
    framework that isn't loaded has no modules; where none is named, it is PyTorch.

    Example:
        >>> framework_of_function(lambda input_size, hidden_size, key: None)
        ''
    """
    names = _sizes_of(function)
    if not names:
        return ""
    if "rngs" in names:
        return NNX
    for value in _named(function):
        found = framework_of(value) if isinstance(value, type) else _package(value)
        if found:
            return found
    return TORCH if "torch" in sys.modules else ""


def _sizes_of(function: object) -> list[str]:
    """Return what a function takes, where that may be two sizes; else nothing."""
    if not inspect.isfunction(function):
        return []
    parameters = inspect.signature(function).parameters.values()
    names = [one.name for one in parameters]
    takes_any = any(one.kind == one.VAR_KEYWORD for one in parameters)
    if takes_any or "key" in names or len(names) < 2:
        return []
    return names


def _named(function: object) -> list[object]:
    """Return what the names that a function uses stand for."""
    used = inspect.getclosurevars(function)  # pyright: ignore[reportArgumentType]
    return [*used.nonlocals.values(), *used.globals.values()]


def _package(value: object) -> str:
    """Return the framework that a module is of."""
    if not isinstance(value, ModuleType):
        return ""
    for name, framework in _PACKAGES.items():
        if value.__name__ == name or value.__name__.startswith(f"{name}."):
            return framework
    return ""
