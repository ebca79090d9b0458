"""A cell that keeps the output of its last step beside its state, to be measured."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
from jax.tree_util import register_pytree_with_keys_class
from jaxtyping import Array, PRNGKeyArray

from firstbit.cells.bridges.foreign import ForeignCell
from firstbit.cells.state import State, in_float, initial_state
from firstbit.cells.state_roles import OUTPUT, STATE
from firstbit.errors import CellError

Start = Callable[[Any], State] | None
"""The initial state as a function of the cell, if one is given."""

Kept = tuple[tuple["Path", ...], Any]
"""Paths of the leaves, and the form of the cell."""


@dataclass(frozen=True)
class Path:
    """The whole path of a leaf as one step of a path."""

    text: str

    def __str__(self) -> str:
        return self.text


@register_pytree_with_keys_class
class WithOutput:
    """A cell whose state is `{"output": y, "state": s}`: y is `cell.output(s)`.

    Its arrays keep their names.

    Args:
        leaves: of the cell.
        kept: their paths, and the form of the cell.
    """

    def __init__(self, leaves: Iterable[object], kept: Kept) -> None:
        self.leaves = tuple(leaves)
        self.kept = kept

    @classmethod
    def of(cls, cell: object) -> "WithOutput":
        """Return a cell that has a method `output(state)`, with its output kept."""
        pairs, form = jax.tree_util.tree_flatten_with_path(cell)
        paths = tuple(Path(jax.tree_util.keystr(path)) for path, _ in pairs)
        return cls((leaf for _, leaf in pairs), (paths, form))

    @property
    def cell(self) -> Any:
        """The cell itself."""
        return self.kept[1].unflatten(self.leaves)

    @property
    def input_size(self) -> int:
        """Number of inputs, where the cell says it."""
        return self.cell.input_size

    @property
    def hidden_size(self) -> int:
        """The value of k, where the cell says it."""
        return self.cell.hidden_size

    @property
    def roles(self) -> Mapping[str, str]:
        """The roles that the cell declares, those of its state at their new places."""
        found = {f"{STATE}['{OUTPUT}']": OUTPUT}
        for name, role in getattr(self.cell, "roles", {}).items():
            if name.startswith(STATE):
                name = f"{STATE}['{STATE}']{name.removeprefix(STATE)}"
            found[name] = role
        return found

    def initial_state(self) -> State:
        """Return the state before the first symbol."""
        return self.begun(initial_state(self.cell))

    def begun(self, state: State) -> State:
        """Return a state of the cell with an output of zero beside it."""
        state = in_float(state)
        shape = jax.eval_shape(self.cell.output, state)
        return {OUTPUT: jnp.zeros(shape.shape, shape.dtype), STATE: state}

    def __call__(self, input: Array, state: State) -> State:
        """Make one step."""
        cell = self.cell
        after = cell(input, state[STATE])
        return {OUTPUT: cell.output(after), STATE: after}

    def tree_flatten_with_keys(self) -> tuple[list[tuple[Path, Any]], Kept]:
        """Return the leaves under their paths."""
        paths, _ = self.kept
        return list(zip(paths, self.leaves, strict=True)), self.kept

    def tree_flatten(self) -> tuple[tuple[Any, ...], Kept]:
        """Return the leaves."""
        return self.leaves, self.kept

    @classmethod
    def tree_unflatten(cls, kept: Kept, leaves: Iterable[object]) -> "WithOutput":
        """Return the cell with these leaves."""
        return cls(leaves, kept)


@dataclass(frozen=True)
class OutputFactory:
    """A factory of cells that keep their output.

    Attributes:
        inner: the factory of the cells.
    """

    inner: Callable[..., Any]

    @property
    def __name__(self) -> str:
        """The name of the factory of the cells."""
        return getattr(self.inner, "__name__", type(self.inner).__name__)

    @property
    def __signature__(self) -> inspect.Signature:
        """The arguments of the factory of the cells."""
        return inspect.signature(self.inner)

    def __call__(
        self, input_size: int, hidden_size: int, *, key: PRNGKeyArray, **options: object
    ) -> WithOutput:
        """Return a cell that keeps its output."""
        made = self.inner(input_size, hidden_size, key=key, **options)
        return WithOutput.of(made)


def keeping_output(
    name: str, factory: Callable[..., Any], built: Any, start: Start
) -> tuple[Callable[..., Any], Any, Start]:
    """Return a factory, a built cell or None, and a start, that keep the output.

    A cell of another framework does so itself (`with_output`); any other has a method
    `output(state)`.

    Raises:
        CellError: there is no output but the state.
    """
    foreign: Any = built.program if isinstance(built, ForeignCell) else factory
    if hasattr(foreign, "with_output"):
        if built is None:
            return foreign.with_output(), None, start
        return factory, foreign.with_output(built.arrays), start
    if not callable(getattr(factory if built is None else built, "output", None)):
        raise CellError(
            f"expected {name} to have an output beside its state, got none: a method "
            "output(state), or a forward that returns (output, state); measure "
            "'hidden'."
        )
    begun = None if start is None else lambda cell: cell.begun(start(cell.cell))
    if built is None:
        return OutputFactory(factory), None, begun
    return factory, WithOutput.of(built), begun
