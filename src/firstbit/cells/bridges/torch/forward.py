"""A module's own step, run by PyTorch itself or by JAX."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import RLock
from typing import Any

import jax
import numpy as np
import torch
from torch.func import functional_call

from firstbit.cells.bridges.torch.dtypes import TO_TORCH
from firstbit.cells.bridges.torch.own_state import (
    attributes,
    kept_by,
    require_kept,
    restore,
)
from firstbit.cells.bridges.torch.parts import Parts, holding
from firstbit.cells.bridges.torch.refusal import refused
from firstbit.cells.bridges.torch.tensor import Array, Held, Store
from firstbit.cells.bridges.torch.tracing import Tracing, WholeProducts

LOCK = RLock()
"""PyTorch's default type and a module's attributes belong to all threads."""

Trees = Any
"""Tensors or arrays, and tuples, lists and dictionaries of them."""

Function = Callable[..., Trees]
"""Of a module, and of tensors."""


class _Whole(torch.nn.Module):
    """A module under which another one's tensors can be replaced for one call."""

    def __init__(self, cell: torch.nn.Module) -> None:
        super().__init__()
        self.cell = cell

    def forward(self, function: Function, *arguments: Trees) -> Trees:
        """Call a function of the cell; it must leave the cell as it was."""
        before = kept_by(self.cell)
        result = function(self.cell, *arguments)
        require_kept(self.cell, before)
        return result


@contextmanager
def default_float(dtype: torch.dtype) -> Iterator[None]:
    """Make a type of numbers PyTorch's default for a while."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def run_by_jax(
    name: str,
    module: torch.nn.Module,
    parts: Parts,
    arrays: Mapping[str, Array],
    function: Function,
    arguments: Trees,
) -> Trees:
    """Run a function of a module and of arrays of JAX; return arrays of JAX.

    Args:
        name: of the cell, for messages.
        module: whose code runs; it is as before afterwards.
        parts: names of its numbers.
        arrays: its numbers, by name.
        function: of the module and of tensors.
        arguments: pytrees of arrays.

    Raises:
        CellError: the code can't be traced; with the user's file, line and code.
    """
    held = {}
    for one, array in arrays.items():
        held[one] = Held(array, Store(array, f"`{one}`"))
    registered = {}
    kept = {}
    for one, tensor in held.items():
        if one in parts.kept:
            kept[one] = tensor
        else:
            registered[f"cell.{one}"] = tensor
    dtypes = [array.dtype for array in arrays.values() if array.dtype != complex]
    real = dtypes[0] if dtypes else np.float64
    tracing = Tracing()
    with LOCK, default_float(TO_TORCH[np.dtype(real)]), torch.enable_grad():
        before = attributes(module)
        try:
            tensors = jax.tree.map(_held, arguments)
            with holding(module, kept), WholeProducts(tracing), tracing:
                result = functional_call(
                    _Whole(module), registered, (function, *tensors)
                )
            return jax.tree.map(lambda leaf: _array(leaf, tracing), result)
        except Exception as error:  # a user's own code may raise anything
            raise refused(name, error) from error
        finally:
            restore(module, before)


def _held(array: Array) -> Array:
    return Held(array) if hasattr(array, "dtype") else array


def _array(leaf: Trees, tracing: Tracing) -> Trees:
    return tracing.lift(leaf).array if isinstance(leaf, torch.Tensor) else leaf


def run_by_torch(
    module: torch.nn.Module, function: Function, *arguments: Trees
) -> Trees:
    """Run a function of a module in float64, by PyTorch itself."""
    with LOCK, default_float(torch.float64):
        return function(module, *arguments)
