"""What each array and each part of the state of a cell is for.

A role is declared by the user (`roles=`), by the cell's class (`roles`), read from the
program of the cell's step, or, where the step can't be traced, taken from the name.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import equinox as eqx
import jax

from firstbit.cells.reading import Reading, Values, read, traced
from firstbit.cells.state import (
    State,
    in_float,
    initial_state,
    leaf_names,
    named_hidden,
    units_of,
)
from firstbit.cells.state_roles import (
    CELL,
    CLOCK,
    COPY,
    FIRST,
    HIDDEN,
    KINDS,
    ONLY,
    STATE,
    StateRoles,
)
from firstbit.errors import CellError, SettingError
from firstbit.weights.numbers import is_real
from firstbit.weights.redraw import ranks
from firstbit.weights.roles import (
    DECLARED,
    NAMED,
    READ,
    Declared,
    Role,
    Roles,
    role_by_name,
    role_of_text,
)


class CellRoles(NamedTuple):
    """The roles of a cell.

    Attributes:
        arrays: of the real arrays, by their paths.
        ranks: numbers of axes of these.
        state: of the leaves of the state.
    """

    arrays: Roles
    ranks: dict[str, int]
    state: StateRoles

    def described(self) -> dict[str, str]:
        """Return the roles as text, as results keep them."""
        found = {}
        for name, role in self.arrays.items():
            found[name] = f"{role.described(self.ranks[name])}, {role.source}"
        state = self.state
        for place, name in enumerate(state.names):
            source = f", {state.source}" if place == state.hidden else ""
            found[f"{STATE}{name}"] = state.kinds[place] + source
        return found


def roles(
    cell: object,
    *,
    declared: Declared | None = None,
    input_size: int | None = None,
    initial_state: Callable[[Any], State] | None = None,
) -> dict[str, str]:
    """Return what each array and each leaf of the state of a built cell is for.

    Arrays: `input`, `recurrent` or `joint` (input and state side by side) with the
    orientation of a matrix, (out, in) as in W h or (in, out) as in h W; `weight` if the
    cell doesn't say what it multiplies; `bias` (zero in a random draw); `fixed` (stays
    as built). Leaves of the state: `h`, `cell`, `clock` (whole numbers, or what no
    input reaches), `copy` (of the last input), `output`. After it, how it was found:
    declared; read from the program of the step; by name.

    Args:
        cell: a built cell.
        declared: roles that you know better, by name or pattern, such as
            `{"kernel": "input (in, out)", "mask": "fixed", "state[1]": "h"}`; a class
            may have them as `roles`.
        input_size: number of inputs; by default the cell's own, or the least with which
            it makes a step.
        initial_state: a function of the cell, where it can't be known.

    Raises:
        SettingError: a name or a role is unknown.
        CellError: two arrays that are multiplied may both be the mask.

    Example:
        >>> import equinox as eqx, jax
        >>> cell = eqx.nn.GRUCell(2, 3, key=jax.random.key(0))
        >>> for name, role in roles(cell).items():
        ...     print(name, role, sep=": ")
        weight_ih: input (out, in), read
        weight_hh: recurrent (out, in), read
        bias: bias, read
        bias_n: bias, read
        state: h, the only one
    """
    return cell_roles(
        cell, input_size, declared=declared, start=initial_state
    ).described()


def array_roles(cell: object, *, declared: Declared | None = None) -> Roles:
    """Return the roles of the arrays of any pytree, be it a cell or not."""
    names = ranks(cell)
    given = _declared(cell, declared, names)
    if set(given) >= set(names):
        return given
    reading = _reading(
        cell,
        list(names),
        None,
        None,
        lambda: _reals(cell),
    )
    return _joined(names, given, reading)


def cell_roles(
    cell: object,
    input_size: int | None,
    *,
    declared: Declared | None = None,
    start: Callable[[Any], State] | None = None,
    values: Values | None = None,
) -> CellRoles:
    """Find the roles of a cell's arrays and of its state.

    Args:
        cell: with arrays, or with their shapes.
        input_size: number of inputs; None to try.
        declared: by the user.
        start: the initial state as a function of the cell.
        values: returns the arrays; by default those of the cell.
    """
    names = ranks(cell)
    state = state_shapes(cell, start)
    _require_known(cell, declared, names, state)
    arrays = _declared(cell, declared, names)
    of_state = _declared_state(cell, declared, state)
    hidden = _hidden_without_reading(cell, state, of_state)
    reading = None
    is_open = len(units_of(state)) > max(1, len(of_state))
    if hidden is None or is_open or set(arrays) < set(names):
        values = values or (lambda: _reals(cell))
        reading = _reading(cell, list(names), input_size, start, values)
    return CellRoles(
        _joined(names, arrays, reading),
        names,
        _state_roles(state, of_state, hidden or _read_hidden(state, reading), reading),
    )


def hidden_place(cell: object, state: State) -> int:
    """Return the place of h among the leaves of a cell's state."""
    of_state = _declared_state(cell, None, state)
    found = _hidden_without_reading(cell, state, of_state)
    if found is None:
        names = list(ranks(cell))
        reading = _reading(cell, names, None, None, lambda: _reals(cell))
        found = _read_hidden(state, reading)
    return found[0]


def state_shapes(cell: object, start: Callable[[Any], State] | None = None) -> State:
    """Return the shapes of the state before the first symbol."""
    arrays, static = eqx.partition(cell, _is_array)

    def started(arrays: object) -> State:
        return in_float(initial_state(eqx.combine(arrays, static), start))

    return jax.eval_shape(started, arrays)


def _is_array(leaf: object) -> bool:
    return eqx.is_array_like(leaf) or isinstance(leaf, jax.ShapeDtypeStruct)


def _reals(cell: object) -> list[Any]:
    return jax.tree.leaves(eqx.filter(cell, is_real))


def _class_roles(cell: object) -> Declared:
    """Return the roles that the cell or its class declares."""
    declared = getattr(cell, "roles", None)
    return declared if isinstance(declared, Mapping) else {}


def _declared(cell: object, declared: Declared | None, names: Iterable[str]) -> Roles:
    """Return the roles of arrays that the user or the class declares."""
    found: dict[str, Role] = {}
    for mapping in (declared or {}, _class_roles(cell)):
        for name in names:
            text = _fitting(name, mapping)
            if text is not None:
                found.setdefault(name, role_of_text(text))
    return found


def _declared_state(
    cell: object, declared: Declared | None, state: State
) -> dict[int, str]:
    """Return the roles of leaves of the state that the user or the class declares."""
    found: dict[int, str] = {}
    for mapping in (declared or {}, _class_roles(cell)):
        for place, name in enumerate(leaf_names(state)):
            text = _fitting(f"{STATE}{name}", mapping)
            if text is None:
                continue
            if text not in KINDS:
                raise SettingError(
                    f"expected the role of `{STATE}{name}` to be one of "
                    f"{', '.join(KINDS)}, got '{text}'."
                )
            found.setdefault(place, text)
    return found


def _fitting(name: str, mapping: Declared) -> str | None:
    if name in mapping:
        return mapping[name]
    for pattern, text in mapping.items():
        if fnmatchcase(name, pattern):
            return text
    return None


def _require_known(
    cell: object, declared: Declared | None, names: Iterable[str], state: State
) -> None:
    """Raise `SettingError` unless every declared name fits something."""
    known = [*names, *(f"{STATE}{name}" for name in leaf_names(state))]
    for pattern in declared or {}:
        if not any(_fitting(name, {pattern: ""}) is not None for name in known):
            raise SettingError(
                f"expected roles of {', '.join(known)} of {type(cell).__name__}; got "
                f"'{pattern}'."
            )


def _reading(
    cell: object,
    names: Sequence[str],
    input_size: int | None,
    start: Callable[[Any], State] | None,
    values: Values,
) -> Reading | None:
    """Read the step; None where it can't be traced with any number of inputs."""
    sizes = _input_sizes(cell) if input_size is None else [input_size]
    for size in sizes:
        try:
            found = traced(cell, size, start)
        except Exception:  # a user's own code may raise anything: the trial says it
            continue
        return read(found, names, values)
    return None


def _input_sizes(cell: object) -> list[int]:
    """Return the numbers of inputs with which a cell may make a step."""
    own = getattr(cell, "input_size", None)
    if isinstance(own, int):
        return [own]
    sizes: set[int] = set()
    for array in _reals(cell):
        if len(array.shape) > 1:
            sizes |= set(array.shape)
    return sorted(sizes)


def _joined(names: Mapping[str, int], given: Roles, reading: Reading | None) -> Roles:
    """Return the role of each array: declared, else read, else by its name."""
    found = {}
    for number, (name, rank) in enumerate(names.items()):
        if name in given:
            found[name] = given[name]
        elif reading is not None:
            found[name] = reading.roles[number]
        else:
            found[name] = role_by_name(name, rank)
    return found


def _hidden_without_reading(
    cell: object, state: State, declared: Mapping[int, str]
) -> tuple[int, str] | None:
    """Return the place of h and how it was found; None where only the step knows."""
    for place, kind in declared.items():
        if kind == HIDDEN:
            return place, DECLARED
    units = [i for i in units_of(state) if declared.get(i, HIDDEN) == HIDDEN]
    if not units:
        raise CellError(
            f"expected real numbers in the state of {type(cell).__name__}, got none; "
            "whole numbers are not of units."
        )
    if len(units) == 1:
        return units[0], ONLY
    named = named_hidden(state, units)
    if named is not None:
        return named, NAMED
    if isinstance(cell, eqx.nn.LSTMCell):
        return 0, DECLARED
    return None


def _read_hidden(state: State, reading: Reading | None) -> tuple[int, str]:
    """Return the leaf that the recurrent arrays meet; the first if not one alone.

    A copy of the input and a clock are passed over, unless there is nothing else.
    """
    units = units_of(state)
    if reading is None:
        return units[0], FIRST
    if len(reading.recurrent) == 1:
        (place,) = reading.recurrent
        return place, READ
    odd = reading.auxiliary.copies | reading.auxiliary.clocks
    left = [place for place in units if place not in odd]
    if len(left) == 1 and len(units) > 1:
        return left[0], READ
    return (left or units)[0], FIRST


def _state_roles(
    state: State,
    declared: Mapping[int, str],
    hidden: tuple[int, str],
    reading: Reading | None,
) -> StateRoles:
    """Return the roles of the leaves of a state."""
    units = units_of(state)
    num_leaves = len(jax.tree.leaves(state))
    found = dict.fromkeys(range(num_leaves), CLOCK)
    found |= dict.fromkeys(units, CELL)
    if reading is not None:
        found |= dict.fromkeys(reading.auxiliary.clocks, CLOCK)
        found |= dict.fromkeys(reading.auxiliary.copies, COPY)
    found[hidden[0]] = HIDDEN
    kinds = [declared.get(place, kind) for place, kind in found.items()]
    return StateRoles(tuple(leaf_names(state)), tuple(kinds), *hidden)
