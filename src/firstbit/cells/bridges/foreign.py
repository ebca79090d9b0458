"""A cell of another framework as JAX holds it: arrays under their names, and a step."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import jax
from jax.tree_util import GetAttrKey, register_pytree_with_keys_class

from firstbit.cells.state import State

Array = Any
"""An array of JAX or NumPy, a tracer, or the shape of one."""

Children = Sequence[Any]
Kept = tuple[tuple[str, ...], "Program", bool]
"""What JAX takes apart, and what it keeps."""


class Program(ABC):
    """The step of a foreign cell, a function of its arrays.

    Attributes:
        name: of the cell, with its framework.
        input_size: number of inputs.
        hidden_size: k.
        roles: of arrays and leaves of the state that are declared.
        notes: what a result says of the cell.
    """

    name: str
    input_size: int
    hidden_size: int
    roles: Mapping[str, str]
    notes: list[str]

    @property
    @abstractmethod
    def buffers(self) -> tuple[str, ...]:
        """The names of the arrays that training leaves."""

    @abstractmethod
    def step(
        self, arrays: Mapping[str, Array], input: Array, state: State, *, stops: bool
    ) -> State:
        """Return the state after an input; `stops` whether buffers aren't trained."""

    @abstractmethod
    def start(self, arrays: Mapping[str, Array]) -> State:
        """Return the state before the first symbol."""


@register_pytree_with_keys_class
class ForeignCell:
    """A cell of another framework: a pytree of its own arrays under their own names.

    Args:
        names: of the arrays.
        arrays: parameters, then buffers.
        program: its step.
        stops: whether buffers are kept from training.
    """

    def __init__(
        self,
        names: Iterable[str],
        arrays: Iterable[Array],
        program: Program,
        *,
        stops: bool = True,
    ) -> None:
        self.names = tuple(names)
        self.arrays = tuple(arrays)
        self.program = program
        self.stops = stops

    @property
    def input_size(self) -> int:
        """Number of inputs."""
        return self.program.input_size

    @property
    def hidden_size(self) -> int:
        """The value of k."""
        return self.program.hidden_size

    @property
    def roles(self) -> Mapping[str, str]:
        """Roles that are declared; all others are read from the step."""
        return self.program.roles

    @property
    def notes(self) -> list[str]:
        """What a result says of the cell."""
        return self.program.notes

    @property
    def buffers(self) -> tuple[str, ...]:
        """The names of the arrays that training leaves."""
        return self.program.buffers

    def as_read(self) -> "ForeignCell":
        """Return the cell whose step shows what every array meets."""
        return ForeignCell(self.names, self.arrays, self.program, stops=False)

    def initial_state(self) -> State:
        """Return the state before the first symbol."""
        return self.program.start(self._held())

    def __call__(self, input: Array, state: State) -> State:
        """Make one step by the framework's own code."""
        return self.program.step(self._held(), input, state, stops=self.stops)

    def _held(self) -> dict[str, Array]:
        return dict(zip(self.names, self.arrays, strict=True))

    def __getattr__(self, name: str) -> Array:
        """Return an array by its name, such as `weight_hh`."""
        names = self.__dict__.get("names", ())
        if name in names:
            return self.arrays[names.index(name)]
        raise AttributeError(f"a foreign cell has no `{name}`")

    def __repr__(self) -> str:
        shapes = []
        for name, array in zip(self.names, self.arrays, strict=True):
            shapes.append(f"{name}{list(jax.numpy.shape(array))}")
        return f"{self.program.name}({', '.join(shapes)})"

    def tree_flatten_with_keys(self) -> tuple[Children, Kept]:
        """Return the arrays under their names."""
        pairs = []
        for name, array in zip(self.names, self.arrays, strict=True):
            pairs.append((GetAttrKey(name), array))
        return pairs, (self.names, self.program, self.stops)

    def tree_flatten(self) -> tuple[Children, Kept]:
        """Return the arrays."""
        return self.arrays, (self.names, self.program, self.stops)

    @classmethod
    def tree_unflatten(cls, kept: Kept, arrays: Iterable[Array]) -> "ForeignCell":
        """Return the cell with these arrays."""
        names, program, stops = kept
        return cls(names, arrays, program, stops=stops)
