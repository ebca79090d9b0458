"""A layer of Keras on PyTorch, lent to JAX: it takes and returns arrays of JAX."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import jax
import torch
from keras import config

from firstbit.cells.bridges.adapter import (
    Arrays,
    Call,
    Held,
    Made,
    Module,
    OwnState,
    Result,
    plainly,
)
from firstbit.cells.bridges.adapting import Step
from firstbit.cells.bridges.recognise import KERAS
from firstbit.cells.bridges.torch.forward import LOCK, default_float
from firstbit.cells.bridges.torch.own_state import attributes, restore
from firstbit.cells.bridges.torch.refusal import refused
from firstbit.cells.bridges.torch.tensor import Array
from firstbit.cells.bridges.torch.tensor import Held as Tensor
from firstbit.cells.bridges.torch.tracing import Tracing, WholeProducts

Called = Callable[[Made, Held, Call], tuple[Result, Arrays]]
"""Calls a layer with other numbers; returns what the call does, and its numbers."""


class Lent:
    """A layer that takes and returns arrays of JAX, while it is traced.

    Attributes:
        layer: of Keras on PyTorch.
        tracing: computes each of its operations.
    """

    def __init__(self, layer: Module, tracing: Tracing) -> None:
        self.layer = layer
        self.tracing = tracing

    def __call__(self, *arguments: Arrays, **named: object) -> Arrays:
        """Call the layer."""
        own, own_named = jax.tree.map(_tensor, (arguments, named))
        found = self.layer(*own, **own_named)
        return self.arrays(found)

    def get_initial_state(self, **named: object) -> Arrays:
        """Return the layer's states before the first symbol."""
        return self.arrays(self.layer.get_initial_state(**named))

    def __getattr__(self, name: str) -> Module:
        """Return whatever else the layer has."""
        return getattr(self.layer, name)

    def arrays(self, tree: Arrays) -> Arrays:
        """Return a tree with arrays in the place of tensors."""
        return jax.tree.map(self._array, tree)

    def _array(self, leaf: Array) -> Array:
        if not isinstance(leaf, torch.Tensor):
            return leaf
        return self.tracing.lift(leaf).array


def run_lent(
    called: Called, made: Made, held: Held, call: Call
) -> tuple[Result, Arrays]:
    """Call a layer with arrays of JAX; return arrays of JAX.

    Args:
        called: calls a layer of Keras with tensors.
        made: the layer; it is as before afterwards.
        held: its numbers.
        call: what is done with it.

    Raises:
        CellError: its code can't be traced; with the user's file, line and code.
    """
    tracing = Tracing()
    layer = made.module
    lent = Lent(layer, tracing)
    with LOCK, default_float(torch.float32), torch.enable_grad(), _plain_errors():
        before = attributes(layer)
        try:
            with WholeProducts(tracing), tracing:
                tensors = jax.tree.map(_tensor, held)
                found = called(made, tensors, lambda _: call(lent))
                return lent.arrays(found)
        except Exception as error:  # a user's own code may raise anything
            raise refused(f"{KERAS}:{made.kind.__name__}", error) from error
        finally:
            restore(layer, before)


def step_lent(step: Step, module: Module, input: Arrays, state: OwnState) -> OwnState:
    """Make the step that a user says with tensors, as Keras on PyTorch would."""
    if not isinstance(module, Lent):
        return plainly(step, module, input, state)
    own, own_state = jax.tree.map(_tensor, (input, state))
    found = step(module.layer, own, own_state)
    return module.arrays(found)


def _tensor(leaf: Array) -> Array:
    is_array = hasattr(leaf, "dtype") and not isinstance(leaf, torch.Tensor)
    return Tensor(leaf) if is_array else leaf


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Let Keras raise errors as they are: it writes arguments into them, and cuts."""
    filters = config.is_traceback_filtering_enabled()
    config.disable_traceback_filtering()
    try:
        yield
    finally:
        if filters:
            config.enable_traceback_filtering()
