"""A cell as it was given: the one value that every measure, training and command takes.

It is made once, at the door, from a name (`"gru:10,reset=after"`), a class, a factory,
a partial application or a built cell.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import equinox as eqx
import jax
import numpy as np
from jaxtyping import PRNGKeyArray

from firstbit.cells.bridges.adapt import adopted
from firstbit.cells.bridges.foreign import ForeignCell
from firstbit.cells.catalogue import (
    Factory,
    catalogue_name,
    cell_by_name,
    options_of,
    require_options,
)
from firstbit.cells.cell import Cell, UnitAxes
from firstbit.cells.constructors import draws_arrays
from firstbit.cells.grammar import Written, parse
from firstbit.cells.hidden_sizes import has_sizes, require_sizes, whole_sizes
from firstbit.cells.network import Network
from firstbit.cells.outputs import keeping_output
from firstbit.cells.roles import CellRoles, cell_roles, hidden_place
from firstbit.cells.sequence_model import require_state
from firstbit.cells.shapes import shapes
from firstbit.cells.state import State, hidden_of, in_float, initial_state
from firstbit.cells.state_roles import OUTPUT
from firstbit.cells.user_sources import Travelling
from firstbit.errors import CellError, SettingError, require_different, require_several
from firstbit.weights.numbers import in_current_float, is_inexact, is_real
from firstbit.weights.redraw import AS_BUILT, Initializer, is_as_built
from firstbit.weights.roles import Declared


@dataclass(frozen=True, eq=False)
class Given(Travelling):
    """A cell as it was given, and what is asked of it.

    Attributes:
        factory: `(input_size, hidden_size, *, key, **options) -> cell`; of a built
            cell, its class.
        options: keyword arguments of the factory.
        built: the cell, where it came built; else None.
        label: the text that the user wrote; "" if there was none.
        hidden_sizes: the values of k; None where they are not known yet.
        initializer: the law of the weights, or laws by their names; None if not given.
        initial_state: the state before the first symbol as a function of the cell; None
            where the cell itself says it.
        measured: `hidden` (h), `all` (every leaf of units), `output`, or a path.
        readout_bias: whether a read-out of this cell has a bias.
        roles: what arrays and leaves of the state are for, where the user says it.
    """

    factory: Factory
    options: Mapping[str, Any] = field(default_factory=dict)
    built: Any = None
    label: str = ""
    hidden_sizes: tuple[int, ...] | None = None
    initializer: Initializer | None = None
    initial_state: Callable[[Any], State] | None = None
    measured: str = "hidden"
    readout_bias: bool = True
    roles: Declared | None = None

    @classmethod
    def of(
        cls,
        cell: "CellLike",
        *,
        hidden_sizes: Iterable[int] | int | None = None,
        initializer: Initializer | None = None,
        initial_state: Callable[[Any], State] | None = None,
        measured: str | None = None,
        roles: Declared | None = None,
        is_trained: bool = False,
    ) -> "Given":
        """Take a cell as a user holds it.

        Args:
            cell: text (see `firstbit.cells.grammar.parse`), a class or another factory
                `(input_size, hidden_size, *, key) -> cell`, a partial application of
                one, a built cell, a network (its cell), or a `Given`.
            hidden_sizes: the values of k, each at least 1; or one.
            initializer: the law of the weights; by default that of the text.
            initial_state: a function of the cell.
            measured: `hidden`, `all`, `output`, or the path of a leaf.
            roles: of arrays and leaves of the state; see `firstbit.cells.roles`.
            is_trained: whether a cell named in a text has biases where the text does
                not say, as in the paper's training code.

        Raises:
            CellError: there is no such cell or option, or the sizes are given twice.
            SettingError: a size or a name is out of range.

        Example:
            >>> given = Given.of("gru:10,reset=after")
            >>> given.name, given.hidden_size, given.architecture
            ('GRU(reset=after)', 10, 'GRU(reset=after):10')
        """
        given = _given(cell, is_trained=is_trained)
        if given.is_built and is_as_built(initializer):
            raise CellError(
                f"expected a class or a factory with the initializer '{AS_BUILT}', got "
                f"{given.name}, which is built; leave it out: it is measured as it is."
            )
        if hidden_sizes is not None:
            given = given.with_sizes(hidden_sizes)
        found = replace(
            given,
            initializer=given.initializer if initializer is None else initializer,
            initial_state=initial_state or given.initial_state,
            roles=given.roles if roles is None else roles,
        )
        if measured == OUTPUT and given.measured != OUTPUT:
            found = found.with_output()
        return replace(found, measured=measured or given.measured)

    def with_sizes(self, hidden_sizes: Iterable[int] | int) -> "Given":
        """Return the same cell with these hidden sizes.

        Raises:
            CellError: it has others.
            SettingError: there is none, one is below 1, or one stands there twice.
        """
        sizes = whole_sizes(hidden_sizes)
        if not sizes or len(set(sizes)) < len(sizes):
            raise SettingError(
                f"expected one or more different hidden sizes, got {list(sizes)}."
            )
        if self.label and self.hidden_sizes not in (None, sizes):
            raise CellError(
                f"expected the hidden sizes of '{self.label}' once, got {list(sizes)} "
                "too; leave one of them out."
            )
        return replace(self, hidden_sizes=sizes)

    def with_output(self) -> "Given":
        """Return the same cell, with the output of its last step beside its state.

        Raises:
            CellError: it has no output but its state.
        """
        own = self.factory, self.built, self.initial_state
        factory, built, start = keeping_output(self.name, *own)
        sized = self.with_sizes(self.sizes) if self.is_built else self
        return replace(sized, factory=factory, built=built, initial_state=start)

    @property
    def name(self) -> str:
        """The cell's class and its options, as results name it."""
        name = getattr(self.factory, "__name__", type(self.factory).__name__)
        if isinstance(self.built, ForeignCell):
            name = self.built.program.name
        if not self.options:
            return name
        options = []
        for option, value in self.options.items():
            options.append(f"{option}={getattr(value, '__name__', value)}")
        return f"{name}({', '.join(options)})"

    @property
    def catalogue_name(self) -> str:
        """The cell's name in the catalogue; "" for any other."""
        return catalogue_name(self.factory)

    @property
    def is_built(self) -> bool:
        """Whether it is one cell, with its own arrays."""
        return self.built is not None

    @property
    def is_of_catalogue(self) -> bool:
        """Whether nobody else's code makes the step: a cell of the catalogue."""
        return (
            bool(self.catalogue_name)
            and not self.is_built
            and self.initial_state is None
            and not any(callable(option) for option in self.options.values())
        )

    @property
    def is_held(self) -> bool:
        """Whether it is one net that is measured as it is: built, and without a law."""
        return self.is_built and self.initializer is None

    @property
    def own_law(self) -> str:
        """The law where none is asked for: N(0,1), or, if it isn't ours, as built.

        Ours are the cells that derive from `firstbit.cells.Cell`. A constructor that
        draws nothing, such as one that leaves its arrays at zero, has no law.
        """
        if self.is_built:
            return "normal"  # it has no constructor
        factory = getattr(self.factory, "inner", self.factory)
        is_ours = isinstance(factory, type) and issubclass(factory, Cell)
        if is_ours or not draws_arrays(self.factory, self.options, self.sizes[0]):
            return "normal"
        return AS_BUILT

    def notes(self, input_size: int) -> list[str]:
        """Return what a result says of the cell, beside its name."""
        if isinstance(self.built, ForeignCell):
            return list(self.built.notes)
        notes = None if self.is_built else getattr(self.factory, "notes", None)
        if notes is None:
            return []
        return notes((input_size, self.sizes[0]), self.options)

    @property
    def unit_axes(self) -> UnitAxes | None:
        """The axes of its arrays that run over hidden units; None if not declared."""
        declared = vars(self.factory) if isinstance(self.factory, type) else {}
        return None if self.is_built else declared.get("unit_axes")

    @property
    def sizes(self) -> tuple[int, ...]:
        """The hidden sizes.

        Raises:
            CellError: none were given.
        """
        if self.hidden_sizes is not None:
            return self.hidden_sizes
        if self.is_built:
            state = self.initial(self.built)
            return (hidden_of(state, hidden_place(self.built, state)).size,)
        raise CellError(
            f"expected a `hidden_size` for {self.name}, got none; only a built "
            "cell has one of its own."
        )

    @property
    def hidden_size(self) -> int:
        """The one hidden size.

        Raises:
            CellError: there is none, or more than one.
        """
        first, *others = self.sizes
        if others:
            raise CellError(
                f"expected one hidden size for {self.name}, got {list(self.sizes)}; "
                "give each its own call."
            )
        return first

    @property
    def architecture(self) -> str:
        """Cell and size alone, without the law of the weights."""
        bias = "" if self.readout_bias else ", no output bias"
        return f"{self.name}:{self.hidden_size}{bias}"

    @property
    def title(self) -> str:
        """How a table names it: by the user's text, else by cell and size."""
        return self.label or self.architecture

    @property
    def file_name(self) -> str:
        """The title without anything that a file system minds."""
        return re.sub(r"[^\w.=-]+", "-", self.title).strip("-")

    def make(self, input_size: int, hidden_size: int, key: PRNGKeyArray) -> Any:
        """Return a cell of that size with the arrays that its factory gives it."""
        if self.is_built:
            return in_current_float(self.built)
        made = self.factory(input_size, hidden_size, key=key, **self.options)
        return in_current_float(made)

    def shell(self, input_size: int, hidden_size: int) -> Any:
        """Return a cell of that size with shapes for arrays.

        The shapes have JAX's current float type. A built cell keeps its arrays.

        Raises:
            CellError: the factory refuses the size, what it gives is no pytree of
                arrays, or a built cell has another size.
        """
        if self.is_built:
            require_sizes(self.built, input_size, hidden_size)
            made = in_current_float(self.built)
        else:
            made = shapes(
                self.factory, self.options, self.name, input_size, hidden_size
            )
        if not any(map(is_inexact, jax.tree.leaves(made))):
            raise CellError(
                f"expected {self.name} to be a pytree that holds arrays of real or "
                "complex numbers; got none in it; derive it from eqx.Module."
            )
        return made

    def roles_of(self, shell: object, input_size: int, hidden_size: int) -> CellRoles:
        """Return the roles of the arrays and of the state of a cell of that size.

        Raises:
            SettingError: a role that is declared is unknown, or fits nothing.
            CellError: two arrays that are multiplied may both be the mask.
        """

        def values() -> list[Any]:
            made = self.make(input_size, hidden_size, jax.random.key(0))
            return jax.tree.leaves(eqx.filter(made, is_real))

        return cell_roles(
            shell,
            input_size,
            declared=self.roles,
            start=self.initial_state,
            values=values,
        )

    def initial(self, cell: object) -> State:
        """Return the state of a made cell before the first symbol."""
        return in_float(initial_state(cell, self.initial_state))


CellLike = str | Factory | eqx.Module | ForeignCell | Given
"""Text, a factory such as a class, a built cell, or a `Given`.

Classes, functions and modules of PyTorch, Flax, Haiku and Keras are such, too."""


def givens(cells: Sequence[CellLike], *, is_trained: bool = False) -> list[Given]:
    """Take several cells, each with one hidden size, under different titles.

    Raises:
        CellError: a cell has no size, or several.
        SettingError: two of them have one title.
    """
    found = []
    for cell in require_several("cells", cells):
        found.append(Given.of(cell, is_trained=is_trained))
    require_different("cells", [given.title for given in found])
    return found


def _given(cell: object, *, is_trained: bool) -> Given:
    if isinstance(cell, Given):
        return cell
    require_state(cell)
    if isinstance(cell, str):
        return _from_text(cell, parse(cell), is_trained=is_trained)
    cell = adopted(cell)
    if isinstance(cell, partial) and not cell.args:
        return Given(cell.func, dict(cell.keywords))
    if isinstance(cell, Network):
        cell = cell.cell
    if isinstance(cell, eqx.Module | ForeignCell) or has_sizes(cell):
        size = getattr(cell, "hidden_size", None)
        sizes = (int(size),) if isinstance(size, int | np.integer) else None
        return Given(type(cell), built=cell, hidden_sizes=sizes)
    if not callable(cell):
        raise CellError(
            "expected a cell or a factory (input_size, hidden_size, *, key), got "
            f"{type(cell).__name__}."
        )
    return Given(cell, hidden_sizes=getattr(cell, "own_sizes", None))


def _from_text(text: str, written: Written, *, is_trained: bool) -> Given:
    factory = adopted(cell_by_name(written.name))
    options = dict(written.options)
    laws = dict(written.laws)
    for name in written.laws:
        if name in options_of(factory):  # as in `activation=identity`
            options[name] = laws.pop(name)
    require_options(written.name, factory, options)
    if is_trained and catalogue_name(factory) and "use_bias" in options_of(factory):
        options.setdefault("use_bias", True)
    return Given(
        factory,
        options,
        label=text,
        hidden_sizes=written.hidden_sizes,
        initializer=written._replace(laws=laws).initializer,
        readout_bias=written.readout_bias,
    )
