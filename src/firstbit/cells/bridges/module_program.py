"""The step of a module whose framework is JAX's own, as firstbit's cells make it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from firstbit.cells.bridges.adapter import Adapter, Call, Made, Module
from firstbit.cells.bridges.adapting import Adapting
from firstbit.cells.bridges.declared import hidden_role, hidden_size
from firstbit.cells.bridges.foreign import Array, Program
from firstbit.cells.bridges.in_double import SINGLE, in_double, is_short
from firstbit.cells.bridges.module_calls import (
    ASK,
    Parts,
    equal,
    first_state,
    form_of,
    one_step,
    parts_of,
    reals_of,
    stepping,
)
from firstbit.cells.state import State, in_float
from firstbit.errors import CellError, SettingError, shown
from firstbit.programs.traced import coarsest_rounding
from firstbit.weights.redraw import is_real

STEPS_IN_SINGLE = (
    "its own code turns numbers to single precision; measured with the same step in "
    "double"
)
OUTPUT_LEFT_OUT = "its output is not its state, and is left out"


class Form(NamedTuple):
    """The form of a state, as the framework has it.

    Attributes:
        tree: its structure.
        names: of its leaves; none where they keep the framework's structure.
    """

    tree: Any  # jax.tree_util's PyTreeDef is no type
    names: tuple[str, ...]

    def named(self, state: Any) -> State:
        """Return a state of the framework as one of ours."""
        leaves = self.tree.flatten_up_to(state)
        if len(leaves) == 1:
            return leaves[0]
        if not self.names:
            return state
        return dict(zip(self.names, leaves, strict=True))

    def unnamed(self, state: State) -> Any:
        """Return a state of ours as one of the framework."""
        if self.names and isinstance(state, Mapping):
            return self.tree.unflatten([state[name] for name in self.names])
        return self.tree.unflatten(jax.tree.leaves(state))


class ModuleProgram(Program):
    """The step of one module, a function of its arrays.

    Attributes:
        name: of the cell, with its framework.
        parts: the names of its arrays.
        input_size: number of inputs.
        hidden_size: k.
        roles: of leaves of the state that are declared.
        notes: what a result says of the cell.
    """

    def __init__(
        self,
        name: str,
        adapter: Adapter,
        made: Made,
        input_size: int,
        adapting: Adapting,
    ) -> None:
        self.name = name
        self.adapter = adapter
        self.made = made
        self.input_size = input_size
        self.adapting = adapting
        self.notes: list[str] = list(made.notes)
        self.parts = parts_of(made.held)
        self.drawn = _known(name, adapting.drawn_buffers, self.parts)
        arrays = dict(zip(self.names, reals_of(made.held), strict=True))
        with stepping(name):
            first = jax.eval_shape(self._first, arrays)
            self.form = self._form(first)
            self._require_step(arrays, jax.tree.map(_zeros, first))
        zeros = jax.tree.map(_zeros, self.form.named(first))
        self.roles: Mapping[str, str] = hidden_role(zeros, adapting.hidden)
        if not self.roles and isinstance(zeros, dict) and self.form.names:
            self.roles = {"state['h']": "h"}
        self.hidden_size = hidden_size(zeros, self.roles)
        self._jitted = jax.jit(self._traced, inline=True, static_argnames="stops")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all arrays of a cell, those that are trained first."""
        return (*self.parts.trained, *self.parts.kept)

    def step(
        self, arrays: Mapping[str, Array], input: Array, state: State, *, stops: bool
    ) -> State:
        """Return the state after an input, by the module's own code."""
        with stepping(self.name):
            return self._jitted(dict(arrays), input, state, stops=stops)

    def start(self, arrays: Mapping[str, Array]) -> State:
        """Return the state before the first symbol."""
        with stepping(self.name):
            return self.form.named(self._first(dict(arrays)))

    def _traced(
        self, arrays: Mapping[str, Array], input: Array, state: State, *, stops: bool
    ) -> State:
        held = {}
        for name, array in arrays.items():
            is_kept = name in self.parts.kept
            if is_kept and (stops or name not in self.drawn):
                array = jax.lax.stop_gradient(array)
            held[name] = array
        found = in_double(self._plain)(held, input, state)
        return jax.tree.map(_like, found, state)

    def _plain(self, arrays: Mapping[str, Array], input: Array, state: State) -> State:
        raw = self.form.unnamed(state)

        def one_step(module: Module) -> Any:
            return self._stepped(module, input, raw)

        after, _ = self._run(arrays, one_step)
        return self.form.named(after)

    def _stepped(self, module: Module, input: Array, raw: Any) -> Any:
        if self.adapting.step is not None:
            return self.adapting.step(module, input, raw)
        return one_step(self.adapter, self.name, module, input, raw).state

    def _first(self, arrays: Mapping[str, Array]) -> Any:
        def first(module: Module) -> Any:
            return first_state(
                self.adapter, self.name, module, self.input_size, self.adapting
            )

        return self._run(arrays, first)[0]

    def _run(self, arrays: Mapping[str, Array], call: Call) -> tuple[Any, Any]:
        """Call the module with these numbers."""
        own, tree = jax.tree.flatten(self.made.held)
        given = iter([arrays[name] for name in self.names])
        leaves = [next(given) if is_real(leaf) else leaf for leaf in own]
        return self.adapter.run(self.made, tree.unflatten(leaves), call)

    def _form(self, first: Any) -> Form:
        leaves, tree = jax.tree.flatten(first)
        names = self.adapter.names_of(self.made.kind)
        return Form(tree, names if len(names) == len(leaves) else ())

    def _require_step(self, arrays: Mapping[str, Array], raw: Any) -> None:
        """Trace a step; refuse what is no function of arrays, input and state."""
        outputs: list[bool] = []

        def step(arrays: Mapping[str, Array], input: Array, raw: Any) -> Any:
            def call(module: Module) -> Any:
                if self.adapting.step is not None:
                    return self.adapting.step(module, input, raw)
                found = one_step(self.adapter, self.name, module, input, raw)
                outputs.append(found.is_state)
                return found.state

            return self._run(arrays, call)

        with jax.enable_x64(True):
            inputs = np.linspace(0.1, 0.9, self.input_size)
            given = in_float((dict(arrays), inputs, raw))
            program, (after, left) = jax.make_jaxpr(step, return_shape=True)(*given)
            self._require_alike(raw, after)
            self._require_kept(step, given, left)
        if coarsest_rounding(program) > np.finfo(SINGLE).eps:
            raise CellError(
                f"expected {self.name} to compute in single or double precision, got "
                "half; build it with float32."
            )
        if is_short(program):
            self.notes.append(STEPS_IN_SINGLE)
        if outputs and not outputs[0]:
            self.notes.append(OUTPUT_LEFT_OUT)

    def _require_alike(self, before: Any, after: Any) -> None:
        first, second = form_of(before), form_of(after)
        if first != second:
            raise CellError(
                f"expected the state of {self.name} after a step to be like the one "
                f"before, {first}; got {second}; {ASK}."
            )

    def _require_kept(self, step: Any, given: Any, left: Any) -> None:
        """Refuse a module that changes what it holds: that would be a state."""
        kept = self.made.held.kept
        same = jax.tree.structure(left) == jax.tree.structure(kept)
        if same and jax.tree.leaves(kept):
            with jax.ensure_compile_time_eval():
                _, after = jax.jit(step)(*given)
            pairs = zip(jax.tree.leaves(kept), jax.tree.leaves(after), strict=True)
            same = all(equal(*pair) for pair in pairs)
        if not same:
            raise CellError(
                f"{self.name} keeps something between steps in arrays of its own; "
                "make them a part of the state."
            )


def _zeros(leaf: Any) -> np.ndarray:
    return np.zeros(leaf.shape, leaf.dtype)


def _like(found: Array, before: Array) -> Array:
    """Return a leaf with the type of numbers that it had before the step."""
    dtype = jnp.result_type(before)
    is_float = jnp.issubdtype(dtype, jnp.floating)
    return jnp.asarray(found, dtype) if is_float else found


def _known(name: str, buffers: tuple[str, ...], parts: Parts) -> tuple[str, ...]:
    for one in buffers:
        if one not in parts.kept:
            raise SettingError(
                f"expected `drawn_buffers` among {', '.join(parts.kept) or 'none'} of "
                f"{name}, got '{shown(one)}'."
            )
    return buffers
