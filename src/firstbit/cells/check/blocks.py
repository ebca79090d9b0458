"""The arrays of a cell cut into blocks of k units: one block for each gate."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from firstbit.cells.check.stepping import Stepping
from firstbit.weights.roles import BIAS, INPUT, JOINT, RECURRENT, Role


class Block(NamedTuple):
    """A part of an array, as the catalogue's cells have it.

    Attributes:
        array: number of the array.
        name: of the array, with the part of it, such as `weight_hh[5:10]`.
        kind: `input` (hidden, input), `recurrent` (hidden, hidden) or `bias` (hidden).
        part: the part of the array.
        is_turned: whether inputs come first in the array.
    """

    array: int
    name: str
    kind: str
    part: tuple[slice, ...]
    is_turned: bool = False

    def of(self, arrays: Sequence[Any]) -> Any:
        """Return the block, outputs first."""
        found = arrays[self.array][self.part]
        return found.T if self.is_turned else found


class Blocks(NamedTuple):
    """The blocks of a cell.

    Attributes:
        found: the blocks.
        left: names of the arrays that have none, and that a law may draw.
    """

    found: list[Block]
    left: list[str]

    def of_kind(self, kind: str) -> list[Block]:
        """Return the blocks of one kind."""
        return [block for block in self.found if block.kind == kind]


def blocks_of(cell: Stepping, *, input_first: bool = True) -> Blocks:
    """Cut the arrays of a cell into blocks.

    Args:
        cell: a cell.
        input_first: whether an array that meets the input and the state side by side
            has the input first.
    """
    found = []
    left = []
    for number, name in enumerate(cell.names):
        role = cell.roles.arrays[name]
        of_array = _cut(cell, number, name, role, input_first)
        if not of_array and (role.is_weight or role.kind == BIAS):
            left.append(name)
        found += of_array
    return Blocks(found, left)


def _cut(
    cell: Stepping, number: int, name: str, role: Role, input_first: bool
) -> list[Block]:
    """Return the blocks of one array; none where it has another shape."""
    num_inputs, k = cell.sizes
    shape = cell.arrays[number].shape
    if role.kind == BIAS:
        if len(shape) != 1:
            return []
        parts = _parts(shape[0], k)
        return [_block(number, name, BIAS, (part,), shape) for part in parts]
    if len(shape) != 2 or role.kind not in (INPUT, RECURRENT, JOINT):
        return []
    (summed,) = role.axes(2)
    columns = _columns(role.kind, shape[summed], num_inputs, k, input_first)
    found = []
    for rows in _parts(shape[1 - summed], k):
        for kind, part in columns:
            parts = (rows, part) if summed == 1 else (part, rows)
            block = _block(number, name, kind, parts, shape)
            found.append(block._replace(is_turned=summed == 0))
    return found


def _parts(size: int, k: int) -> list[slice]:
    """Return a size cut into parts of k; none where it isn't whole."""
    if size % k:
        return []
    return [slice(first, first + k) for first in range(0, size, k)]


def _columns(
    kind: str, size: int, num_inputs: int, k: int, input_first: bool
) -> list[tuple[str, slice]]:
    """Return what an array meets: the input, the state, or both side by side."""
    expected = {INPUT: num_inputs, RECURRENT: k, JOINT: num_inputs + k}
    if size != expected[kind]:
        return []
    if kind != JOINT:
        return [(kind, slice(0, size))]
    if input_first:
        return [(INPUT, slice(0, num_inputs)), (RECURRENT, slice(num_inputs, size))]
    return [(RECURRENT, slice(0, k)), (INPUT, slice(k, size))]


def _block(
    number: int, name: str, kind: str, part: tuple[slice, ...], shape: tuple[int, ...]
) -> Block:
    texts = []
    for one, size in zip(part, shape, strict=True):
        is_whole = (one.start, one.stop) == (0, size)
        texts.append(":" if is_whole else f"{one.start}:{one.stop}")
    while texts and texts[-1] == ":":
        texts.pop()
    shown = f"{name}[{','.join(texts)}]" if texts else name
    return Block(number, shown, kind, part)


def any_arrays(
    cell: Stepping, generator: np.random.Generator, *, with_biases: bool
) -> list[np.ndarray]:
    """Return arrays of no special kind; fixed ones stay as they are built."""
    found = []
    for name, array in zip(cell.names, cell.arrays, strict=True):
        role = cell.roles.arrays[name]
        drawn = generator.normal(size=array.shape)
        if role.kind == BIAS:
            found.append(drawn if with_biases else np.zeros_like(array))
        elif role.is_weight:
            found.append(drawn)
        else:
            found.append(array)
    return found
