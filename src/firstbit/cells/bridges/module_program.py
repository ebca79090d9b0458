"""The step of a module whose framework is JAX's own, as firstbit's cells make it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from firstbit.cells.bridges.adapter import (
    Adapter,
    Arrays,
    Call,
    Made,
    Module,
    OwnState,
    Result,
    Trial,
)
from firstbit.cells.bridges.adapting import Adapting
from firstbit.cells.bridges.declared import (
    beside_output,
    hidden_role,
    hidden_size,
)
from firstbit.cells.bridges.foreign import Array, ForeignCell, Program
from firstbit.cells.bridges.in_double import SINGLE, in_double, is_short
from firstbit.cells.bridges.module_calls import (
    ASK,
    Parts,
    Stepped,
    all_equal,
    first_state,
    form_of,
    one_step,
    parts_of,
    reals_of,
    stepping,
)
from firstbit.cells.state import State, in_float
from firstbit.cells.state_roles import HIDDEN, OUTPUT, STATE
from firstbit.errors import CellError, SettingError, shown
from firstbit.programs.traced import coarsest_rounding
from firstbit.weights.numbers import is_real

STEPS_IN_SINGLE = (
    "its own code turns numbers to single precision; measured with the same step in "
    "double"
)
OUTPUT_LEFT_OUT = "its output is not its state, and is left out"
OUTPUT_MEASURED = "its output is not its state, and is measured"

Given = tuple[Mapping[str, Array], Array, OwnState]
"""Arrays, an input, and a state."""


class Form(NamedTuple):
    """The form of a state, as the framework has it.

    Attributes:
        tree: its structure.
        names: of its leaves; none where they keep the framework's structure.
    """

    tree: Any  # jax.tree_util's PyTreeDef is no type
    names: tuple[str, ...]

    def named(self, state: OwnState) -> State:
        """Return a state of the framework as one of ours."""
        leaves = self.tree.flatten_up_to(state)
        if len(leaves) == 1:
            return leaves[0]
        if not self.names:
            return state
        return dict(zip(self.names, leaves, strict=True))

    def unnamed(self, state: State) -> OwnState:
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
            raw = jax.tree.map(_zeros, first)
            self.output = self._require_step(arrays, raw)
            self._require_same(raw)
        zeros = jax.tree.map(_zeros, self.form.named(first))
        self.roles: Mapping[str, str] = self._roles(zeros)
        self.hidden_size = hidden_size(zeros, self.roles)
        if adapting.output:
            self.roles = beside_output(self.output, self.roles)
        self._jitted = jax.jit(self._traced, inline=True, static_argnames="stops")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all arrays of a cell, those that are trained first."""
        return (*self.parts.trained, *self.parts.kept)

    @property
    def buffers(self) -> tuple[str, ...]:
        """The names of the arrays that training leaves."""
        return self.parts.kept

    def with_output(self, arrays: Sequence[Array]) -> ForeignCell:
        """Return the cell with these arrays, and its output beside its state."""
        adapting = replace(self.adapting, output=True)
        program = ModuleProgram(
            self.name, self.adapter, self.made, self.input_size, adapting
        )
        return ForeignCell(self.names, arrays, program)

    def step(
        self, arrays: Mapping[str, Array], input: Array, state: State, *, stops: bool
    ) -> State:
        """Return the state after an input, by the module's own code."""
        with stepping(self.name):
            return self._jitted(dict(arrays), input, state, stops=stops)

    def start(self, arrays: Mapping[str, Array]) -> State:
        """Return the state before the first symbol, in JAX's current float type."""
        with stepping(self.name):
            state = self.form.named(self._first(dict(arrays)))
        if self.adapting.output:
            state = {OUTPUT: jax.tree.map(_zeros, self.output), STATE: state}
        return in_float(state)

    def _traced(
        self, arrays: Mapping[str, Array], input: Array, state: State, *, stops: bool
    ) -> State:
        """Return the state after an input, in double precision."""
        held = {}
        for name, array in arrays.items():
            is_kept = name in self.parts.kept
            if is_kept and (stops or name not in self.drawn):
                array = jax.lax.stop_gradient(array)
            held[name] = array
        found = in_double(self._plain)(held, input, state)
        return jax.tree.map(_like, found, state)

    def _plain(self, arrays: Mapping[str, Array], input: Array, state: State) -> State:
        """Return the state after an input as the module computes it."""
        keeps = self.adapting.output
        raw = self.form.unnamed(state[STATE] if keeps else state)

        def one(module: Module) -> tuple[OwnState, Arrays]:
            """Make the step of this input."""
            return self._stepped(module, input, raw)[:2]

        (after, output), _ = self._run(arrays, one)
        named = self.form.named(after)
        return {OUTPUT: output, STATE: named} if keeps else named

    def _stepped(self, module: Module, input: Array, raw: OwnState) -> Stepped:
        """Call the module, as the user says or as the framework does."""
        step = self.adapting.step
        if step is not None:
            after = self.adapter.stepped(step, module, input, raw)
            return Stepped(after, None, is_state=True)
        return one_step(self.adapter, self.name, module, input, raw)

    def _roles(self, zeros: State) -> dict[str, str]:
        """Return the role of the leaf that is h, where one is named."""
        found = hidden_role(zeros, self.adapting.hidden)
        if not found and isinstance(zeros, dict) and self.form.names:
            return {f"{STATE}['{HIDDEN}']": HIDDEN}
        return found

    def _first(self, arrays: Mapping[str, Array]) -> OwnState:
        """Return the framework's state before the first symbol."""

        def first(module: Module) -> OwnState:
            """Ask the module how it begins."""
            return first_state(
                self.adapter, self.name, module, self.input_size, self.adapting
            )

        return self._run(arrays, first)[0]

    def _run(self, arrays: Mapping[str, Array], call: Call) -> tuple[Result, Arrays]:
        """Call the module with these numbers."""
        own, tree = jax.tree.flatten(self.made.held)
        names = iter(self.names)
        leaves = []
        for leaf in own:
            if is_real(leaf):
                leaf = arrays[next(names)]
            leaves.append(leaf)
        held = tree.unflatten(leaves)
        return self.adapter.run(self.made, held, call)

    def _form(self, first: OwnState) -> Form:
        """Return the form of a state, with names where the class has them."""
        leaves, tree = jax.tree.flatten(first)
        names = self.adapter.names_of(self.made.kind)
        if len(names) != len(leaves):
            names = ()
        return Form(tree, names)

    def _require_step(self, arrays: Mapping[str, Array], raw: OwnState) -> Arrays:
        """Trace a step; refuse what is no function of arrays, input and state.

        Returns:
            The shape of the output of a step.
        """
        is_state: list[bool] = []

        def step(
            arrays: Mapping[str, Array], input: Array, raw: OwnState
        ) -> tuple[Result, Arrays]:
            """Return the state with the output, and what the module holds."""

            def call(module: Module) -> tuple[OwnState, Arrays]:
                """Make the step, and note whether its output is its state."""
                found = self._stepped(module, input, raw)
                is_state.append(found.is_state)
                return found[:2]

            return self._run(arrays, call)

        with jax.enable_x64(True):
            inputs = np.linspace(0.1, 0.9, self.input_size)
            given = in_float((dict(arrays), inputs, raw))
            traced = jax.make_jaxpr(step, return_shape=True)
            program, shapes = traced(*given)
            (after, output), left = shapes
            self._require_alike(raw, after)
            self._require_kept(step, given, left)
        if coarsest_rounding(program) > np.finfo(SINGLE).eps:
            raise CellError(
                f"expected {self.name} to compute in single or double precision, got "
                "half; build it with float32."
            )
        if is_short(program):
            self.notes.append(STEPS_IN_SINGLE)
        if not is_state[0]:
            kept = self.adapting.output
            self.notes.append(OUTPUT_MEASURED if kept else OUTPUT_LEFT_OUT)
        elif self.adapting.output:
            raise CellError(
                f"expected {self.name} to have an output beside its state, got a part "
                "of the state; measure 'hidden'."
            )
        return output

    def _require_same(self, raw: OwnState) -> None:
        """Compare a step with the framework's own, where it isn't that itself."""
        if self.adapter.require_same is None:
            return

        def step(module: Module, input: Array, raw: OwnState) -> OwnState:
            """Return the state after an input."""
            return self._stepped(module, input, raw).state

        trial = Trial(self.name, self.made, step, self.input_size, raw)
        self.adapter.require_same(trial)

    def _require_alike(self, before: OwnState, after: OwnState) -> None:
        """Refuse a state that changes its form."""
        first = form_of(before)
        second = form_of(after)
        if first != second:
            raise CellError(
                f"expected the state of {self.name} after a step to be like the one "
                f"before, {first}; got {second}; {ASK}."
            )

    def _require_kept(
        self, step: Callable[..., Result], given: Given, left: Arrays
    ) -> None:
        """Refuse a module that changes what it holds: that would be a state."""
        kept = self.made.held.kept
        same = jax.tree.structure(left) == jax.tree.structure(kept)
        if same and jax.tree.leaves(kept):
            with jax.ensure_compile_time_eval():
                _, after = jax.jit(step)(*given)
            same = all_equal(kept, after)
        if not same:
            raise CellError(
                f"{self.name} keeps something between steps in arrays of its own; "
                "make them a part of the state."
            )


def _zeros(leaf: Array) -> np.ndarray:
    """Return zeros of the shape of a leaf."""
    return np.zeros(leaf.shape, leaf.dtype)


def _like(found: Array, before: Array) -> Array:
    """Return a leaf with the type of numbers that it had before the step."""
    dtype = jnp.result_type(before)
    if not jnp.issubdtype(dtype, jnp.floating):
        return found
    return jnp.asarray(found, dtype)


def _known(name: str, buffers: tuple[str, ...], parts: Parts) -> tuple[str, ...]:
    """Return the names of buffers that are drawn; each must be one."""
    for one in buffers:
        if one not in parts.kept:
            raise SettingError(
                f"expected `drawn_buffers` among {', '.join(parts.kept) or 'none'} of "
                f"{name}, got '{shown(one)}'."
            )
    return buffers
