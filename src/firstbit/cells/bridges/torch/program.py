"""The step of one PyTorch module, as firstbit's cells make it."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NoReturn

import jax
import jax.numpy as jnp
import numpy as np
import torch

from firstbit.cells.bridges.adapting import Adapting
from firstbit.cells.bridges.declared import beside_output, hidden_role, hidden_size
from firstbit.cells.bridges.foreign import ForeignCell, Program
from firstbit.cells.bridges.torch.convention import Convention
from firstbit.cells.bridges.torch.forward import run_by_jax
from firstbit.cells.bridges.torch.parts import Parts, in_double
from firstbit.cells.bridges.torch.tensor import Array, cast
from firstbit.cells.bridges.torch.trial import convention_of
from firstbit.cells.state import State
from firstbit.errors import CellError, SettingError, shown


class TorchProgram(Program):
    """The step of one PyTorch module, a function of its arrays.

    Attributes:
        name: of the cell.
        module: whose code runs.
        parts: the names of its numbers.
        convention: how it is called.
        input_size: number of inputs.
        hidden_size: k.
        adapting: what the user says of it.
        roles: of arrays and leaves of the state that are declared.
        notes: what a result says of the cell.
        own_gradient: why its gradient is not that of its step; "" if it is.
    """

    def __init__(
        self,
        name: str,
        module: torch.nn.Module,
        parts: Parts,
        convention: Convention,
        input_size: int,
        adapting: Adapting,
    ) -> None:
        self.name = name
        self.module = module
        self.parts = parts
        self.convention = convention
        self.input_size = input_size
        self.own_gradient = ""
        self.notes: list[str] = [convention.note] if convention.note else []
        self.drawn = _known(name, adapting.drawn_buffers, parts)
        zeros = jax.tree.map(_array, convention.zeros)
        self.zeros = zeros
        self.adapting = adapting
        self.roles: Mapping[str, str] = _roles(zeros, adapting)
        self.hidden_size = hidden_size(zeros, self.roles)
        self._jitted = jax.jit(self._traced, inline=True, static_argnames="stops")

    @property
    def buffers(self) -> tuple[str, ...]:
        """The names of the arrays that training leaves."""
        return (*self.parts.buffers, *self.parts.kept)

    def step(
        self, arrays: Mapping[str, Array], input: Array, state: State, *, stops: bool
    ) -> State:
        """Return the state after an input, by the module's own `forward`."""
        if self.own_gradient and stops:
            return self._undifferentiable(arrays, input, state)
        return self._jitted(dict(arrays), input, state, stops=stops)

    def start(self, arrays: Mapping[str, Array]) -> State:
        """Return the state before the first symbol."""
        if self.convention.start is None:
            return jax.tree.map(jnp.asarray, self.zeros)
        first = partial(
            run_by_jax,
            self.name,
            self.module,
            self.parts,
            dict(arrays),
            self.convention.first,
            (),
        )
        return jax.tree.map(_in_array, first())

    def with_output(self, arrays: Sequence[Array]) -> ForeignCell:
        """Return the cell with these arrays, and its output beside its state."""
        adapting = replace(self.adapting, output=True)
        module = copy.deepcopy(self.module)
        trial = in_double(copy.deepcopy(self.module))
        sizes = self.input_size, self.hidden_size
        convention = convention_of(self.name, trial, *sizes, adapting)
        program = TorchProgram(
            self.name, module, self.parts, convention, self.input_size, adapting
        )
        return ForeignCell(self.parts.names, arrays, program)

    def _traced(
        self, arrays: Mapping[str, Array], input: Array, state: State, *, stops: bool
    ) -> State:
        held = {}
        for name, array in arrays.items():
            is_kept = name not in self.parts.trained
            if is_kept and (stops or name not in self.drawn):
                array = jax.lax.stop_gradient(array)
            held[name] = array
        found = run_by_jax(
            self.name,
            self.module,
            self.parts,
            held,
            self.convention.one_step,
            (input, state),
        )
        return jax.tree.map(_like, found, state)

    def _undifferentiable(
        self, arrays: Mapping[str, Array], input: Array, state: State
    ) -> State:
        """Make a step whose derivative is refused: it would not be the user's own."""

        @jax.custom_jvp
        def step(arrays: Mapping[str, Array], input: Array, state: State) -> State:
            return self._jitted(arrays, input, state, stops=False)

        @step.defjvp
        def _(*_: object) -> NoReturn:
            raise CellError(
                f"{self.name} has a gradient of its own, {self.own_gradient}; D can be "
                "measured; training, gradients, exponents and fates, which need the "
                "gradient of the step, can't."
            )

        return step(dict(arrays), input, state)


def _array(leaf: torch.Tensor) -> np.ndarray:
    return leaf.detach().numpy()


def _in_array(leaf: Array) -> Array:
    return jnp.asarray(leaf)


def _like(found: Array, before: Array) -> Array:
    """Return a leaf with the type of numbers that it had before the step."""
    if np.dtype(before.dtype).kind != "f":
        return found
    return cast(found, before.dtype)


def _known(name: str, buffers: tuple[str, ...], parts: Parts) -> tuple[str, ...]:
    known = (*parts.buffers, *parts.kept)
    for one in buffers:
        if one not in known:
            raise SettingError(
                f"expected `drawn_buffers` among {', '.join(known) or 'none'} of "
                f"{name}, got '{shown(one)}'."
            )
    return buffers


def _roles(zeros: State, adapting: Adapting) -> dict[str, str]:
    """Return the roles of an output that is kept, and of what the user names h."""
    if not adapting.output:
        return hidden_role(zeros, adapting.hidden)
    of_state = hidden_role(zeros["state"], adapting.hidden)
    return beside_output(zeros["output"], of_state)
