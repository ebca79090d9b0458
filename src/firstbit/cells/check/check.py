"""What firstbit understands of a cell; and whether it is a cell of the catalogue."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import jax
import numpy as np

from firstbit.cells.activations import ACTIVATIONS
from firstbit.cells.catalogue import CELLS, options_of
from firstbit.cells.check.agreement import QUESTIONS, STEP, agreement, is_same_step
from firstbit.cells.check.cost import counts_of, of_costs, times_of
from firstbit.cells.check.laws import law_of
from firstbit.cells.check.stepping import Stepping
from firstbit.cells.check.table import of_agreement, of_parts, part_names
from firstbit.cells.first_step import require_form
from firstbit.cells.given import CellLike, Given
from firstbit.cells.state import State
from firstbit.datasets import Result, Variable, dataset
from firstbit.errors import CellError, SettingError, require_at_least, shown_value
from firstbit.weights.redraw import Initializer, described
from firstbit.weights.roles import BIAS, Declared

USUAL_SIZE = 5
"""Of a cell that says none: not that of the input, so that the two are told apart."""

VARIANTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "gru": {"reset": ("before", "after")},
    "vanilla": {"activation": tuple(ACTIVATIONS)},
}
"""Options of a cell of the catalogue that make another step of it."""


def check(
    cell: CellLike,
    like: CellLike | None = None,
    *,
    hidden_size: int | None = None,
    input_size: int | None = None,
    initializer: Initializer | None = None,
    map: Mapping[str, str] | None = None,
    initial_state: Callable[[Any], State] | None = None,
    roles: Declared | None = None,
) -> Result:
    """Say what firstbit understands of a cell, and whether it is that of the catalogue.

    Arrays and leaves of the state, what each is for, under which law and from where it
    starts, and what a step costs. With `like`, the step, its Jacobian, the state before
    the first symbol and the law are compared with those of a cell of the catalogue. Its
    arrays are found in the cell by trying: gates in any order, stacked or apart, input
    and state side by side, turned, or with another sign.

    A step and its Jacobian are compared at three points, to 1e-12 of 1 + |value| (the
    last places where it computes in single precision). Laws are compared by the
    moments of 400 draws: equal moments don't prove equal laws.

    Args:
        cell: as `discrepancy` takes it.
        like: the text of a cell of the catalogue, such as `gru,reset=after`; it has
            biases where the cell has some, unless the text says `use_bias`.
        hidden_size: k; by default that of the text or of the built cell, else 5.
        input_size: number of inputs; by default that of the built cell, else 2.
        initializer: the law, as in `discrepancy`.
        map: arrays of the cell of the catalogue, and which part of the cell each is,
            where it is known: `{"W_z": "weight_hh[5:10]"}`.
        initial_state: a function of the cell, as in `discrepancy`.
        roles: of arrays and leaves of the state, as in `discrepancy`.

    Returns:
        Dataset over `part` (arrays, then leaves of the state): `shape`, `role`,
        `source` (how the role was found), `law`, `start`. Over `cell`: `num_parameters`
        and `num_state_numbers`; `multiplications`, `elementary_functions` and times of
        a step, as in `cost`. With `like`, over
        `comparison`: `answer` (agrees, differs, or unknown), `difference`, `where`
        (the first place); over `counterpart`, arrays and leaves of the cell of the
        catalogue: `own_part`, and the largest difference of each comparison there, of a
        law the relative one of the root mean squares.

    Raises:
        CellError: the cell can't be built or makes no step; or `like` is no cell of the
            catalogue.
        SettingError: a size is out of range, or a name in `map` is unknown.

    Example:
        >>> import equinox as eqx
        >>> found = check(eqx.nn.LSTMCell, "lstm", hidden_size=3)
        >>> found.answer.sel(comparison="step").item(), str(found.own_part.values[0])
        ('agrees', 'weight_ih[0:3]')
    """
    given = Given.of(
        cell, initializer=initializer, initial_state=initial_state, roles=roles
    )
    given, num_inputs = _with_sizes(given, hidden_size, input_size)
    named = _require_map(map, like)
    size = given.hidden_size
    beside = None if like is None else _of_catalogue(like, given)
    require_form(given, num_inputs, size)
    with jax.enable_x64(True):
        stepping = Stepping(given, num_inputs, size)
        compared = {given.name: stepping}
        found, hint = None, ""
        if beside is not None:
            other = Stepping(_counterpart(beside, stepping), num_inputs, size)
            found = agreement(stepping, other, named)
            compared[f"{other.given.name}, of the catalogue"] = other
            if not found.comparison(STEP).agrees:
                hint = _hint(stepping, other.given)
        variables = of_parts(stepping)
        variables += _costs([*compared.values()])
        notes = _notes(stepping)
        law = described(law_of(stepping))
    coords: dict[str, Any] = {"part": part_names(stepping), "cell": list(compared)}
    if found is not None:
        variables += of_agreement(found)
        coords |= {"comparison": list(QUESTIONS), "counterpart": list(found.names)}
    return dataset(
        variables,
        coords,
        rows=["part"],
        configuration={
            "measure": "check",
            "cell": given.name,
            "hidden_size": size,
            "input_size": num_inputs,
            "initializer": law,
            "hidden": _hidden(stepping),
            "notes": notes,
            "like": "" if like is None else list(compared)[-1],
            "tolerance": None if found is None else found.tolerance,
            "hint": hint,
        },
    )


def _costs(cells: Sequence[Stepping]) -> list[Variable]:
    """Return what a step of each cell costs."""
    counts = [counts_of(cell.given, *cell.sizes) for cell in cells]
    times = [times_of(cell) for cell in cells]
    return [*of_costs(counts, "cell"), *of_costs(times, "cell")]


def _with_sizes(
    given: Given, hidden_size: int | None, input_size: int | None
) -> tuple[Given, int]:
    """Return the cell with one size, and the number of inputs."""
    if hidden_size is not None:
        given = given.with_sizes(require_at_least("hidden_size", hidden_size, 1))
    if given.hidden_sizes is None and not given.is_built:
        given = given.with_sizes(USUAL_SIZE)
    own = getattr(given.built, "input_size", 2)
    if input_size is not None:
        own = require_at_least("input_size", input_size, 1)
    return given, own


def _require_map(map: object, like: object) -> Mapping[str, str]:
    """Return a map of names; an empty one where there is none.

    Raises:
        SettingError: it is none, or there is nothing to compare with.
    """
    if map is None:
        return {}
    if not isinstance(map, Mapping) or not all(
        isinstance(text, str) for pair in map.items() for text in pair
    ):
        raise SettingError(
            f"expected `map` from names to names, got {shown_value(map)}; try "
            '{"W_h": "weight_hh"}.'
        )
    if like is None:
        raise SettingError(
            "expected `like`, a cell of the catalogue, beside `map`, got none; try "
            "like='gru'."
        )
    return map


def _of_catalogue(like: CellLike, cell: Given) -> Given:
    """Return the cell of the catalogue that a cell is compared with.

    Raises:
        CellError: it is none of the catalogue, or has another size.
    """
    size = cell.hidden_size
    given = Given.of(like)
    if not given.catalogue_name or given.is_built:
        raise CellError(
            f"expected `like` to be a cell of the catalogue, {', '.join(CELLS)}, got "
            f"{given.name}."
        )
    if given.hidden_sizes not in (None, (size,)):
        raise CellError(
            f"expected `like` of {size} units, as {cell.name} has, got "
            f"'{given.title}'; leave its size out."
        )
    return given.with_sizes(size)


def _counterpart(given: Given, cell: Stepping) -> Given:
    """Return a cell of the catalogue with biases if another cell has some."""
    kinds = {role.kind for role in cell.roles.arrays.values()}
    options = dict(given.options)
    if BIAS in kinds and "use_bias" in options_of(given.factory):
        options.setdefault("use_bias", True)
    return replace(given, options=options)


def _hint(cell: Stepping, given: Given) -> str:
    """Return which variant of the cell of the catalogue makes the same step."""
    for option, values in VARIANTS.get(given.catalogue_name, {}).items():
        for value in values:
            if given.options.get(option) == value:
                continue
            changed = Given(given.factory, {**given.options, option: value})
            other = Stepping(changed.with_sizes(given.sizes), *cell.sizes)
            if is_same_step(cell, other):
                return f"its step is that of {given.catalogue_name},{option}={value}"
    return ""


def _hidden(cell: Stepping) -> str:
    state = cell.roles.state
    return f"state{state.names[state.hidden]}"


def _notes(cell: Stepping) -> list[str]:
    """Return what is worth knowing beside the table."""
    given = cell.given
    notes = given.notes(cell.sizes[0]) + cell.roles.state.notes
    letters = np.eye(cell.sizes[0])
    first = cell.compiled(cell.arrays, letters[0], cell.start)
    last = cell.compiled(cell.arrays, letters[-1], cell.start)
    are_finite = True
    are_equal = True
    for leaf, other in zip(first, last, strict=True):
        numbers = np.asarray(leaf)
        are_finite &= bool(np.isfinite(numbers).all())
        are_equal &= np.array_equal(numbers, np.asarray(other))
    if not are_finite:
        notes.append("its first step gives numbers that aren't finite")
    if len(letters) > 1 and are_equal:
        notes.append("its first step is the same for two symbols, with these arrays")
    return notes
