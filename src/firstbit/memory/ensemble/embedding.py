"""Where the numbers of a cell stand in a larger cell, so that both share a program."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import prod
from typing import NamedTuple

import numpy as np
from jaxtyping import Int, Shaped

from firstbit.programs.anatomy import Line

Index = Int[np.ndarray, " entry"]
"""Along an axis: the place in the larger cell of each entry of the smaller one."""

Shape = tuple[Line, ...]
"""The length of each axis at every size."""

MOST_WAYS = 16
"""That are tried of one cell."""


class Places(NamedTuple):
    """Where the entries of an array stand in that of the larger cell.

    Attributes:
        axes: along each axis.
        shape: of the array in the larger cell.
    """

    axes: tuple[Index, ...]
    shape: tuple[int, ...]

    @property
    def true_shape(self) -> tuple[int, ...]:
        """Shape of the array in the smaller cell."""
        return tuple(len(axis) for axis in self.axes)

    def put(
        self, array: Shaped[np.ndarray, "..."], before: int = 0
    ) -> Shaped[np.ndarray, "..."]:
        """Return an array among zeros, or False, at its places.

        Args:
            array: of the smaller cell; further axes may stand before and behind.
            before: number of axes before those of the array.

        Example:
            >>> two_in_three = Places((np.array([0, 1]),), (3,))
            >>> two_in_three.put(np.ones((2, 2)).T).tolist()
            [[1.0, 1.0], [1.0, 1.0], [0.0, 0.0]]
        """
        first = array.shape[:before]
        behind = array.shape[before + len(self.axes) :]
        shape = (*first, *self.shape, *behind)
        found = np.zeros(shape, array.dtype)
        all_before = (slice(None),) * before
        places = np.ix_(*self.axes)
        found[(*all_before, *places)] = array
        return found

    def taken(self, array: Shaped[np.ndarray, "..."]) -> Shaped[np.ndarray, "..."]:
        """Return the entries of the smaller cell."""
        places = np.ix_(*self.axes)
        return np.asarray(array[places])

    @property
    def entries(self) -> Int[np.ndarray, "..."]:
        """The number of each entry in the smaller cell's array; -1 where it is none."""
        number = prod(self.true_shape)
        own = np.arange(1, 1 + number)
        array = own.reshape(self.true_shape)
        placed = self.put(array)
        return np.asarray(placed - 1)


class Embedding(NamedTuple):
    """Where the numbers of a cell stand in a larger one.

    Attributes:
        size: k of the larger cell.
        arrays: places of each real array.
        state: places of each leaf of the state.
    """

    size: int
    arrays: tuple[Places, ...]
    state: tuple[Places, ...]

    @property
    def num_weights(self) -> int:
        """Numbers in the arrays of the smaller cell."""
        return sum(prod(one.true_shape) for one in self.arrays)


Way = Callable[[Line, int, int], Index]
"""The places along an axis of a cell of k units in one of K."""


def _blocks_first(line: Line, small: int, large: int) -> Index:
    """Return the places where a block for each k is followed by what is constant."""
    blocks = _blocks(line, small, large)
    end = line.slope * large
    constant = np.arange(line.constant) + end
    return np.concatenate([blocks, constant])


def _constant_first(line: Line, small: int, large: int) -> Index:
    """Return the places where blocks follow what is constant."""
    constant = np.arange(line.constant)
    blocks = _blocks(line, small, large)
    return np.concatenate([constant, blocks + line.constant])


def _leading(line: Line, small: int, large: int) -> Index:
    """Return the first places."""
    del large
    return np.arange(line.at(small))


def _blocks(line: Line, small: int, large: int) -> Index:
    """Return the places of the leading entries of each block."""
    one = np.arange(small)
    first = large * np.arange(line.slope)
    blocks = first[:, None] + one
    return blocks.ravel()


Ways = dict[Line, Way]
"""For axes of each kind, how they are embedded."""


def ways(shapes: Sequence[Shape]) -> Iterator[Ways]:
    """Yield the ways to embed arrays of these shapes; the likeliest first.

    Example:
        >>> gates, joint = (Line(3, 0), Line(1, 0)), (Line(1, 2),)
        >>> len(list(ways([gates, joint])))
        4
    """
    different: set[Line] = set()
    for shape in shapes:
        different |= set(shape)
    kinds = sorted(different)
    choices = map(_different, kinds)
    for number, chosen in enumerate(product(*choices)):
        if number == MOST_WAYS:
            return
        yield dict(zip(kinds, chosen, strict=True))


def _different(line: Line) -> list[Way]:
    """Return the ways to embed an axis that come to different places."""
    if line.constant < 0 or line.slope <= 0:
        return [_leading]
    found: dict[tuple[int, ...], Way] = {}
    for way in (_blocks_first, _constant_first, _leading):
        places = way(line, 2, 3)
        found.setdefault(tuple(places.tolist()), way)
    return list(found.values())


def embedding(
    arrays: Sequence[Shape],
    state: Sequence[Shape],
    chosen: Ways,
    sizes: tuple[int, int],
) -> Embedding:
    """Return where a cell stands in a larger one.

    Args:
        arrays: shapes of the real arrays.
        state: shapes of the leaves of the state.
        chosen: how axes are embedded.
        sizes: k of the cell and of the larger one.
    """
    small, large = sizes

    def places(shape: Shape) -> Places:
        axes = []
        lengths = []
        for line in shape:
            way = chosen[line]
            axes.append(way(line, small, large))
            lengths.append(line.at(large))
        return Places(tuple(axes), tuple(lengths))

    return Embedding(
        size=large,
        arrays=tuple(map(places, arrays)),
        state=tuple(map(places, state)),
    )


def put_all(places: Sequence[Places], arrays: Sequence[object]) -> list[np.ndarray]:
    """Return arrays of the larger cell: those of the smaller one among zeros."""
    pairs = zip(places, arrays, strict=True)
    return [one.put(np.asarray(array)) for one, array in pairs]
