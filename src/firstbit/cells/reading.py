"""The roles of a cell's arrays and of its state, read from the program of its step."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import ClosedJaxpr

from firstbit.cells.auxiliary import INPUT_NUMBER, Auxiliary, auxiliary
from firstbit.cells.bridges.foreign import ForeignCell
from firstbit.cells.state import State, in_float, initial_state, units_of
from firstbit.errors import CellError
from firstbit.programs.identity import digest_of
from firstbit.programs.traced import shape_of
from firstbit.programs.uses import FACTOR, OTHER, PRODUCT, SUM, Use, Uses, uses_of
from firstbit.weights.numbers import is_real
from firstbit.weights.roles import (
    BIAS,
    FIXED,
    INPUT,
    JOINT,
    READ,
    RECURRENT,
    WEIGHT,
    Role,
    is_bias_name,
)

Values = Callable[[], Sequence[Any]]
"""Returns the arrays themselves: where the program alone doesn't decide."""


class Reading(NamedTuple):
    """What the program of a step says.

    Attributes:
        roles: of each real array, in their order.
        recurrent: places of the state's leaves that meet a recurrent array alone.
        auxiliary: places of those that hold no memory.
    """

    roles: list[Role]
    recurrent: frozenset[int]
    auxiliary: Auxiliary


class Traced(NamedTuple):
    """One step of a cell as a program of its arrays, an input and a state.

    Attributes:
        step: the program; of the arrays the real ones come first.
        start: the program of the state before the first symbol, of the same arrays.
        num_arrays: number of the arrays.
        state: the state's shapes.
    """

    step: ClosedJaxpr
    start: ClosedJaxpr
    num_arrays: int
    state: State


def traced(
    cell: object, input_size: int, start: Callable[[Any], State] | None
) -> Traced:
    """Trace one step of a cell, and its start."""
    real, rest = eqx.partition(cell, is_real)
    other, static = eqx.partition(rest, _is_array)
    arrays, form = jax.tree.flatten((real, other))

    def of(arrays: Sequence[object]) -> Any:
        real, other = form.unflatten(arrays)
        return eqx.combine(real, other, static)

    def started(arrays: Sequence[object]) -> State:
        return in_float(initial_state(of(arrays), start))

    def step(arrays: Sequence[object], input: object, state: State) -> State:
        cell = of(arrays)
        if isinstance(cell, ForeignCell):
            cell = cell.as_read()
        return cell(input, state)

    shapes = [jax.ShapeDtypeStruct(array.shape, array.dtype) for array in arrays]
    begin, state = jax.make_jaxpr(started, return_shape=True)(shapes)
    input = jax.ShapeDtypeStruct((input_size,), jnp.result_type(float))
    program = jax.make_jaxpr(step)(shapes, input, state)
    return Traced(program, begin, len(arrays), state)


def step_digest(
    cell: object, input_size: int, start: Callable[[Any], State] | None
) -> str:
    """Return a digest of a cell's step and start: equal where they compute the same."""
    found = traced(cell, input_size, start)
    return digest_of(found.step) + digest_of(found.start)


def read(found: Traced, names: Sequence[str], values: Values) -> Reading:
    """Read the roles of a cell's real arrays.

    Args:
        found: the cell's step.
        names: of its real arrays, in their order.
        values: returns the real arrays.

    Raises:
        CellError: two arrays that are multiplied may both be the mask.
    """
    uses = uses_of(found.step, found.num_arrays)
    variables = found.step.jaxpr.invars[: len(names)]
    shapes = [shape_of(one) for one in variables]
    masks = _masks(uses, names, shapes, values)
    roles = []
    for number, name in enumerate(names):
        if number in uses.stopped or number in masks:
            roles.append(Role(FIXED, source=READ))
            continue
        of_array = uses.of.get(number, [])
        roles.append(_role(name, len(shapes[number]), of_array))
    without_memory = auxiliary(found.step, found.num_arrays)
    odd = without_memory.copies | without_memory.clocks
    units = [place for place in units_of(found.state) if place not in odd]
    recurrent = _recurrent_leaves(uses, roles, units)
    return Reading(roles, recurrent, without_memory)


def _role(name: str, rank: int, uses: Sequence[Use]) -> Role:
    """Return the role of an array that is used so."""
    products = [use for use in uses if use.kind == PRODUCT]
    if products:
        return Role(_meets(products), _summed(products), READ)
    kinds = {use.kind for use in uses}
    if rank and SUM in kinds:
        return Role(BIAS, source=READ)
    if rank < 2:
        return Role(BIAS if is_bias_name(name) else FIXED, source=READ)
    return _of_matrix(kinds, uses)


def _of_matrix(kinds: set[str], uses: Sequence[Use]) -> Role:
    """Return the role of an array of two axes or more over which nothing is summed."""
    if OTHER in kinds:
        others = [use for use in uses if use.kind == OTHER]
        return Role(_meets(others), source=READ)
    return Role(WEIGHT if FACTOR in kinds else FIXED, source=READ)


def _meets(uses: Sequence[Use]) -> str:
    """Return whether an array meets the input, the state, or both."""
    found = set()
    for use in uses:
        if use.is_joint:
            found.add(JOINT)
        elif use.meets == {INPUT_NUMBER}:
            found.add(INPUT)
        else:
            found.add(RECURRENT)
    return found.pop() if len(found) == 1 else JOINT


def _summed(products: Sequence[Use]) -> tuple[int, ...]:
    """Return the axes that are summed over; the last where that is not known."""
    for use in products:
        if use.summed:
            return tuple(sorted(use.summed))
    return (-1,)


def _masks(
    uses: Uses,
    names: Sequence[str],
    shapes: Sequence[tuple[int, ...]],
    values: Values,
) -> set[int]:
    """Return the arrays that are masks: zeros and ones that multiply.

    Raises:
        CellError: both arrays of a product may be the mask.
    """
    matrices = {number for number, shape in enumerate(shapes) if len(shape) > 1}
    pairs = sorted(sorted(pair) for pair in uses.partners if pair <= matrices)
    alone = _factors(uses, matrices)
    if not pairs and not alone:
        return set()
    looks = _looks_like_masks(names, values)
    found = {number for number in alone if looks[number]}
    for pair in pairs:
        of_pair = [names[number] for number in pair]
        found.update(_masks_of_pair(of_pair, pair, looks))
    return found


def _factors(uses: Uses, matrices: Iterable[int]) -> list[int]:
    """Return the arrays that are factors of entries and nothing else."""
    found = []
    for number in matrices:
        kinds = {use.kind for use in uses.of.get(number, [])}
        if kinds == {FACTOR}:
            found.append(number)
    return found


def _masks_of_pair(
    names: Sequence[str], pair: Sequence[int], looks: Sequence[bool]
) -> list[int]:
    """Return which of two arrays that are multiplied is the mask: one or none.

    Raises:
        CellError: both may be, and their names don't say it.
    """
    masks = [number for number in pair if looks[number]]
    if len(masks) < 2:
        return masks
    named = []
    for name, number in zip(names, pair, strict=True):
        if "mask" in name.lower():
            named.append(number)
    if len(named) == 1:
        return named
    first, second = names
    raise CellError(
        f"expected to see which of `{first}` and `{second}`, which are multiplied, is "
        "the mask; got zeros and ones in both; say it, as in "
        f"roles={{'{first}': 'fixed'}}."
    )


def _looks_like_masks(names: Sequence[str], values: Values) -> list[bool]:
    """Return whether each array holds zeros and ones alone, and a one."""
    try:
        arrays = [np.asarray(array) for array in values()]
    except (jax.errors.TracerArrayConversionError, jax.errors.ConcretizationTypeError):
        return ["mask" in str(name).lower() for name in names]
    found = []
    for array in arrays:
        is_mask = np.isin(array, (0, 1)).all() and array.any()
        found.append(bool(is_mask))
    return found


def _recurrent_leaves(
    uses: Uses, roles: Sequence[Role], units: Sequence[int]
) -> frozenset[int]:
    """Return the leaves of the state that a recurrent array meets alone."""
    found = set()
    for number, role in enumerate(roles):
        if role.kind != RECURRENT:
            continue
        for use in uses.of.get(number, []):
            leaves = {place - 1 for place in use.meets if place != INPUT_NUMBER}
            if use.kind == PRODUCT and len(leaves & set(units)) == 1:
                found |= leaves & set(units)
    return frozenset(found)


def _is_array(leaf: object) -> bool:
    return isinstance(leaf, jax.Array | np.ndarray | jax.ShapeDtypeStruct)
