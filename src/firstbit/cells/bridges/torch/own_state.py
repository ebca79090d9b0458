"""What a module keeps between its steps: a step that changes it is refused."""

import inspect
import re
from typing import Any

import torch

from firstbit.cells.bridges.torch.refusal import RefusedError, line_of

Attributes = dict[str, dict[str, Any]]
"""Path of a part of a module -> its attributes."""

Kept = dict[tuple[str, str], object]

_TABLES = ("_parameters", "_buffers", "_modules")


def kept_by(module: torch.nn.Module) -> Kept:
    """Return what a module and its parts keep as attributes, as it can be compared."""
    found: Kept = {}
    for path, part in module.named_modules():
        for name, value in vars(part).items():
            if name not in _TABLES and not name.startswith("_flat_weight"):
                found[path, name] = _comparable(value)
        for name, buffer in part._buffers.items():
            found[path, name] = _comparable(buffer)
    return found


def require_kept(module: torch.nn.Module, before: Kept) -> None:
    """Raise unless a module keeps the same as before.

    Raises:
        RefusedError: an attribute has changed.
    """
    after = kept_by(module)
    for place in after:
        if before.get(place) != after[place]:
            path, name = place
            full = f"{path}.{name}" if path else name
            raise RefusedError(
                f"it keeps `self.{full}` from step to step; expected a function of "
                "parameters, input and state: make it a part of the state.",
                _place_of(module.get_submodule(path), name),
            )


def restore(module: torch.nn.Module, before: Attributes) -> None:
    """Give a module and its parts the attributes that they had."""
    for path, part in module.named_modules():
        if path in before:
            part.__dict__.clear()
            part.__dict__.update(before[path])


def attributes(module: torch.nn.Module) -> Attributes:
    """Return the attributes of a module and its parts."""
    return {path: dict(vars(part)) for path, part in module.named_modules()}


def _comparable(value: object) -> object:
    if isinstance(value, bool | int | float | str | None):
        return value
    if isinstance(value, list | dict | set):
        return id(value), len(value)
    return id(value)


def _place_of(module: torch.nn.Module, name: str) -> str:
    """Return where an attribute is set in `forward`; "" if that isn't found."""
    try:
        lines, first = inspect.getsourcelines(type(module).forward)
        file = inspect.getsourcefile(type(module).forward) or ""
    except (OSError, TypeError):
        return ""
    changed = re.compile(rf"self\.{name}\b[^=]*[^=!<>]?=[^=]|self\.{name}\.")
    for number, line in enumerate(lines, first):
        if changed.search(line):
            return line_of(file, number)
    return ""
