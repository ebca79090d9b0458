"""Parameters that are held apart from their module: which of them are whose."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from firstbit.errors import shown

Arrays = Mapping[str, Mapping[str, Any]]
"""By module paths, then by their own names."""

MOST_NAMED = 4
"""Module paths that a message names."""


class Fitted(NamedTuple):
    """Parameters as a module takes them.

    Attributes:
        arrays: by the module's own paths and names.
        faults: why they aren't its own, as `NAME of shape S, got T`; none if they are.
    """

    arrays: dict[str, dict[str, Any]]
    faults: list[str]

    @classmethod
    def of(cls, own: Arrays, parameters: Arrays) -> "Fitted":
        """Find the parameters of a module among those of a larger net.

        There its paths are longer by one and the same beginning.

        Args:
            own: the arrays of the module alone.
            parameters: of the net.

        Example:
            >>> net = {"net/~/gru": {"b": [0.0]}, "net/~/linear": {"b": [1.0]}}
            >>> Fitted.of({"gru": {"b": np.zeros(1)}}, net).faults
            []
            >>> Fitted.of({"gru": {"b": np.zeros(2)}}, net).faults
            ['gru/b of shape [2], got [1]']
        """
        starts = _beginnings(own, parameters)
        if len(starts) != 1:
            return cls({}, [_unlike(own, parameters, len(starts))])
        arrays: dict[str, dict[str, Any]] = {}
        faults = []
        for path, like in own.items():
            found = parameters[starts[0] + path]
            of_path = {name: np.asarray(one) for name, one in found.items()}
            arrays[path] = of_path
            faults += _faults(path, like, of_path)
        return cls(arrays, faults)


def _faults(
    path: str, own: Mapping[str, Any], found: Mapping[str, Any]
) -> Iterator[str]:
    """Yield in what the arrays of one module differ in shape."""
    for name in {**own, **found}:
        shapes = []
        for arrays in (own, found):
            shape = list(np.shape(arrays[name])) if name in arrays else None
            shapes.append("none" if shape is None else str(shape))
        if shapes[0] != shapes[1]:
            yield f"{path}/{name} of shape {shapes[0]}, got {shapes[1]}"


def _beginnings(own: Arrays, parameters: Arrays) -> list[str]:
    """Return by what the paths of a module may be longer in a net."""
    first = next(iter(own), "")
    found = []
    for path in parameters:
        start = path.removesuffix(first)
        is_whole = start == "" or start.endswith("/")
        is_end = path.endswith(first) and is_whole
        if is_end and all(start + one in parameters for one in own):
            found.append(start)
    return found


def _unlike(own: Arrays, parameters: Arrays, number: int) -> str:
    """Return what to say of parameters that hold the module never, or too often."""
    wanted = ", ".join(list(own)[:MOST_NAMED])
    got = ", ".join(list(parameters)[:MOST_NAMED])
    times = f", {number} times" if number > 1 else ""
    return f"of the modules {shown(wanted)}, got {shown(got)}{times}"
