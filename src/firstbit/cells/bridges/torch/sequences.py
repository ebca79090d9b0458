"""PyTorch's models of whole sequences under JAX."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from firstbit.cells.bridges.torch.factory import DROPOUT, is_changed_by_training
from firstbit.cells.bridges.torch.forward import run_by_jax, run_by_torch
from firstbit.cells.bridges.torch.parts import arrays_of, in_double, parts_of
from firstbit.cells.bridges.torch.refusal import RefusedError, place_of, refused
from firstbit.cells.bridges.torch.tensor import Array
from firstbit.errors import CellError, shown

Form = Callable[[torch.nn.Module, torch.Tensor], torch.Tensor]
"""From a module and inputs (time, n) to outputs (time, p)."""

TIME = 5
"""Inputs with which a module is tried."""

SAME = 1e-10
"""Largest error of an output under JAX, as a share of 1 + |value|."""

SINGLE = 1e-5
"""The same where the model computes in single precision."""


class TorchSequence:
    """A module that takes (time, n), (1, time, n) or (time, 1, n).

    Where several forms can be called, it is the one in which the last output depends on
    the first input.

    Args:
        module: it is left as it is; a copy runs as after `.eval()`.
    """

    def __init__(self, module: torch.nn.Module) -> None:
        self.name = f"torch:{type(module).__name__}"
        self.notes: list[str] = []
        if module.training and is_changed_by_training(module):
            self.notes.append(DROPOUT)
        try:
            self.module = copy.deepcopy(module).cpu().eval()
            own = in_double(copy.deepcopy(self.module))
            self.parts = parts_of(self.module)
            arrays = arrays_of(self.module, self.parts)
        except RefusedError as error:
            raise refused(self.name, error) from error
        with jax.enable_x64(True):  # its own numbers, to the last digit
            self.arrays = dict(
                zip(self.parts.names, map(jnp.asarray, arrays), strict=True)
            )
        self.input_size, self.form, outputs, inputs = self._found(own)
        self._require_same(inputs, outputs)

    def run(self, arrays: Mapping[str, Array], inputs: Array) -> Array:
        """Return the output after each input; buffers aren't trained."""
        held = {}
        for name, array in arrays.items():
            is_trained = name in self.parts.trained
            held[name] = array if is_trained else jax.lax.stop_gradient(array)
        with sdpa_kernel(SDPBackend.MATH):  # the others are one operation, and random
            return run_by_jax(
                self.name, self.module, self.parts, held, self.form, (inputs,)
            )

    def _found(self, own: torch.nn.Module) -> tuple[int, Form, np.ndarray, np.ndarray]:
        """Return the number of inputs, the form, and an example."""
        errors: list[Exception] = []
        found = []
        for size in _input_sizes(own):
            generator = np.random.default_rng(0)
            inputs = generator.normal(size=(2, TIME, size))
            inputs[1, 1:] = inputs[0, 1:]  # another first input
            for form in (_plain, _batch_first, _time_first):
                try:
                    both = [self._outputs(own, form, one) for one in inputs]
                except Exception as error:  # a user's own code may raise anything
                    errors.append(error)
                    continue
                first, other = both
                if not np.array_equal(first[-1], other[-1]):
                    return size, form, first, inputs[0]
                found.append((size, form, first, inputs[0]))
            if found:
                return found[0]
        error = errors[0]
        text = shown(" ".join(str(error).split()), 200)
        raise CellError(
            f"{self.name} can't be called with inputs (time, n){place_of(error)}: "
            f"{type(error).__name__}: {text}; wrap it in a module whose forward does."
        )

    def _outputs(self, own: torch.nn.Module, form: Form, inputs: np.ndarray) -> Any:
        with torch.no_grad():
            outputs = run_by_torch(own, form, torch.tensor(inputs))
        if outputs.dim() != 2 or outputs.shape[0] != TIME:
            raise TypeError(f"expected outputs (time, p), got {list(outputs.shape)}")
        return outputs.numpy()

    def _require_same(self, inputs: np.ndarray, outputs: np.ndarray) -> None:
        """Raise `CellError` unless the outputs under JAX are PyTorch's own."""
        with jax.enable_x64(True):
            given = self.arrays, jnp.asarray(inputs)
            got = np.asarray(self.run(*given))
            text = str(jax.make_jaxpr(self.run)(*given))
        limit = SINGLE if ":f32[" in text else SAME
        off = np.abs(got - outputs) / (1 + np.abs(outputs))
        error = float(np.max(off))
        if not error <= limit:
            raise CellError(
                f"expected outputs of {self.name} under JAX to be PyTorch's own, got "
                f"an error of {error:.1e} of 1 + |value|; it depends on more than "
                "parameters and inputs, or an operation is translated wrongly."
            )


def _input_sizes(module: torch.nn.Module) -> list[int]:
    """Return the numbers of inputs that a module may take."""
    for name in ("input_size", "in_features", "input_dim", "d_model"):
        size = getattr(module, name, None)
        if isinstance(size, int):
            return [size]
    sizes: set[int] = {1, 2}
    for parameter in module.parameters():
        if parameter.dim() > 1:
            sizes |= set(parameter.shape)
    return sorted(sizes)


def _plain(module: torch.nn.Module, inputs: torch.Tensor) -> torch.Tensor:
    return _first(module(inputs))


def _batch_first(module: torch.nn.Module, inputs: torch.Tensor) -> torch.Tensor:
    return _first(module(inputs.unsqueeze(0))).squeeze(0)


def _time_first(module: torch.nn.Module, inputs: torch.Tensor) -> torch.Tensor:
    return _first(module(inputs.unsqueeze(1))).squeeze(1)


def _first(result: Any) -> torch.Tensor:
    """Return the outputs, the first of several results."""
    return result[0] if isinstance(result, tuple | list) else result
