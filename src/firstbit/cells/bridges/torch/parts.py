"""The numbers that a module holds: parameters, buffers, and tensors it just keeps."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
import torch

from firstbit.cells.bridges.torch.tensor import numpy_dtype, real_array
from firstbit.errors import CellError


class Parts(NamedTuple):
    """The names of a module's numbers.

    Attributes:
        trained: parameters that take a gradient.
        buffers: other parameters, and buffers of real or complex numbers.
        kept: tensors of real numbers that are attributes and nothing else.
        whole: names of buffers of whole numbers and truth values: constants.
    """

    trained: tuple[str, ...]
    buffers: tuple[str, ...]
    kept: tuple[str, ...]
    whole: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all arrays of a cell, those that are trained first."""
        return (*self.trained, *self.buffers, *self.kept)


def parts_of(module: torch.nn.Module) -> Parts:
    """Return the names of a module's numbers."""
    trained = []
    buffers = []
    kept = []
    whole = []
    for name, parameter in module.named_parameters():
        (trained if parameter.requires_grad else buffers).append(name)
    for name, buffer in module.named_buffers():
        (buffers if _is_inexact(buffer) else whole).append(name)
    for path, part in module.named_modules():
        for name, value in vars(part).items():
            if isinstance(value, torch.Tensor) and _is_inexact(value):
                kept.append(f"{path}.{name}" if path else name)
    return Parts(tuple(trained), tuple(buffers), tuple(kept), tuple(whole))


def _is_inexact(tensor: torch.Tensor) -> bool:
    return tensor.is_floating_point() or tensor.is_complex()


def tensors_of(module: torch.nn.Module, names: tuple[str, ...]) -> list[torch.Tensor]:
    """Return the tensors of these names."""
    return [_get(module, name) for name in names]


def arrays_of(module: torch.nn.Module, parts: Parts) -> list[np.ndarray]:
    """Return the arrays of a cell: real numbers as float64.

    Raises:
        RefusedError: numbers of half precision.
    """
    found = []
    for tensor in tensors_of(module, parts.names):
        numpy_dtype(tensor.dtype)
        array = real_array(tensor)
        wide = np.complex128 if array.dtype.kind == "c" else np.float64
        found.append(array.astype(wide))
    return found


def whole_arrays_of(module: torch.nn.Module, parts: Parts) -> list[np.ndarray]:
    """Return the arrays of whole numbers."""
    return [real_array(one) for one in tensors_of(module, parts.whole)]


@contextmanager
def holding(
    module: torch.nn.Module, values: Mapping[str, torch.Tensor]
) -> Iterator[None]:
    """Let a module keep other tensors, of those that are plain attributes."""
    before = {name: _get(module, name) for name in values}
    try:
        for name, value in values.items():
            _set(module, name, value)
        yield
    finally:
        for name, value in before.items():
            _set(module, name, value)


def put(module: torch.nn.Module, name: str, array: np.ndarray) -> None:
    """Write numbers into a tensor of a module, which keeps its identity."""
    tensor = _get(module, name)
    with torch.no_grad():
        tensor.copy_(torch.from_numpy(np.array(array)))


def in_double(module: torch.nn.Module) -> torch.nn.Module:
    """Turn a module's real numbers to float64, in place."""
    module.double()
    for name in parts_of(module).kept:
        value = _get(module, name)
        if value.is_floating_point():
            _set(module, name, value.double())
    return module


def require_alike(
    name: str, first: torch.nn.Module, second: torch.nn.Module, parts: Parts
) -> None:
    """Raise `CellError` if two constructions differ in their whole numbers."""
    pairs = zip(
        parts.whole,
        whole_arrays_of(first, parts),
        whole_arrays_of(second, parts),
        strict=True,
    )
    for buffer, one, other in pairs:
        if one.shape != other.shape or not np.array_equal(one, other):
            raise CellError(
                f"expected the whole numbers `{buffer}` of {name} to be the same in "
                "every construction, got two that differ; draw them once, outside, or "
                "keep them as real numbers."
            )


def _owner(module: torch.nn.Module, name: str) -> tuple[torch.nn.Module, str]:
    *path, last = name.split(".")
    return module.get_submodule(".".join(path)), last


def _get(module: torch.nn.Module, name: str) -> torch.Tensor:
    owner, last = _owner(module, name)
    return getattr(owner, last)


def _set(module: torch.nn.Module, name: str, value: torch.Tensor) -> None:
    owner, last = _owner(module, name)
    owner.__dict__[last] = value
