"""What is known of a framework whose cells are JAX programs, as data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from firstbit.cells.bridges.adapting import Step

Module = Any
"""A module of a framework while it may be called."""

Arrays = Any
"""A pytree of arrays, as a framework keeps them."""

DROPOUT = (
    "measured as after training: dropout is off, and batch normalisation takes its "
    "running numbers"
)

Call = Callable[[Module], "Result"]
"""What is done with a module that may be called, such as one step."""

Again = Callable[..., Module]
"""Makes a module anew."""

Key = Any
"""A random key, or a whole number where a constructor can't be traced."""

OwnState = Any
"""A state as a framework has it."""

Result = Any
"""Whatever a call of a module gives."""


class Held(NamedTuple):
    """The arrays of a module.

    Attributes:
        trained: its parameters.
        kept: what else it holds.
    """

    trained: Arrays
    kept: Arrays


class Made(NamedTuple):
    """A module apart from its arrays.

    Attributes:
        module: whatever the framework needs, beside the arrays, to call it.
        kind: its class.
        held: its arrays.
        notes: what a result says of it.
    """

    module: Module
    kind: type
    held: Held
    notes: tuple[str, ...] = ()


class Asked(NamedTuple):
    """What a framework is asked to construct.

    Attributes:
        make: returns the module.
        key: of the law; a whole number where it can't be traced.
        first_step: its first step: some frameworks make arrays only then.
        input_size: number of inputs.
    """

    make: Callable[..., Module]
    key: Key
    first_step: Call
    input_size: int


class Trial(NamedTuple):
    """A step that is tried before any work.

    Attributes:
        name: of the cell, with its framework.
        made: the module.
        step: `(module, input, state) -> state`, one sequence's.
        input_size: number of inputs.
        zeros: a state of zeros.
    """

    name: str
    made: Made
    step: Callable[[Module, Arrays, OwnState], OwnState]
    input_size: int
    zeros: OwnState


def plainly(step: Step, module: Module, input: Arrays, state: OwnState) -> OwnState:
    """Make the step that a user says, with whatever there is."""
    return step(module, input, state)


@dataclass(frozen=True, eq=False)
class Adapter:
    """What is known of a framework.

    Attributes:
        framework: its name, as `--cell` has it.
        state_first: whether a cell takes (state, input) and returns (state, output);
            else it takes (input, state) and returns (output, state).
        batched: whether a cell needs a batch axis.
        by_hidden_size: whether its constructors take the hidden size alone.
        leaves: names of the leaves of a state, in the framework's order, by class; h
            is the one that is named so.
        start: `(module, input_size) -> state` before the first symbol.
        construct: makes a module with arrays that a key draws.
        run: calls a module with these arrays; returns what the call does, and what the
            module holds after it.
        taken: of a module that holds arrays already what it is made of; of another one
            a function that makes it anew.
        traced: whether its constructors can be traced; else they run once a draw.
        require_same: raises `CellError` where a step under JAX isn't the framework's
            own; None where it can't be another.
        stepped: makes the step that a user says, with arrays of the framework.
    """

    framework: str
    state_first: bool
    batched: bool
    by_hidden_size: bool
    leaves: Mapping[str, tuple[str, ...]]
    start: Callable[[Module, int], OwnState]
    construct: Callable[[Asked], Made]
    run: Callable[[Made, Held, Call], tuple[Result, Arrays]]
    taken: Callable[[Module], Made | Again]
    traced: bool = True
    require_same: Callable[[Trial], None] | None = None
    stepped: Callable[[Step, Module, Arrays, OwnState], OwnState] = plainly

    def names_of(self, kind: type) -> tuple[str, ...]:
        """Return the names of the leaves of the state of a class; none if unknown."""
        root = self.framework.split(".")[0]
        for base in kind.__mro__:
            if base.__name__ in self.leaves and base.__module__.startswith(root):
                return self.leaves[base.__name__]
        return ()
