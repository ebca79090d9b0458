"""Whether two cells make the same step, with the same derivative, from one law."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import jax
import numpy as np

from firstbit.cells.check.blocks import any_arrays
from firstbit.cells.check.laws import compare_laws
from firstbit.cells.check.matching import TOLERANCE, Match, Named, match
from firstbit.cells.check.stepping import Stepping
from firstbit.errors import CellError
from firstbit.programs.traced import coarsest_rounding

NUM_POINTS = 3

FINEST = 1e-12
"""Largest difference, as a share of 1 + |value|, that is rounding in float64."""

LAST_PLACES = 10.0
"""Where a step computes in shorter floats, so many of their last places are rounding;
to find the map, a hundred times as many."""

STEP, JACOBIAN, START, LAW = "step", "jacobian", "start", "law"

QUESTIONS = (STEP, JACOBIAN, START, LAW)


class Comparison(NamedTuple):
    """One question of whether two cells agree.

    Attributes:
        name: of the question.
        agrees: the answer; None where there is none.
        parts: the largest difference at each array or leaf of the catalogue's cell.
        where: the first place at which they differ, and by how much; "" if none.
    """

    name: str
    agrees: bool | None
    parts: Mapping[str, float]
    where: str = ""

    @property
    def difference(self) -> float:
        """The largest difference; NaN where nothing could be compared."""
        return max(self.parts.values(), default=np.nan)


class Agreement(NamedTuple):
    """Whether a cell is that of the catalogue.

    Attributes:
        comparisons: step, jacobian, start, law.
        names: array or leaf of the catalogue's cell -> what it is in the other.
        tolerance: a difference up to this is rounding.
    """

    comparisons: list[Comparison]
    names: dict[str, str]
    tolerance: float

    def comparison(self, name: str) -> Comparison:
        """Return the comparison of that name."""
        (found,) = [one for one in self.comparisons if one.name == name]
        return found


def agreement(cell: Stepping, other: Stepping, named: Named) -> Agreement:
    """Compare a cell with one of the catalogue.

    Args:
        cell: the cell.
        other: of the same sizes, with biases if the cell has them.
        named: array of the catalogue's cell -> block of the other, where known.

    Raises:
        SettingError: a name in `named` is unknown.
    """
    rounding = LAST_PLACES * _rounding(cell)
    tolerance = max(FINEST, rounding)
    try:
        found = match(cell, other, named, max(TOLERANCE, 100 * rounding))
    except CellError as error:
        nothing = [Comparison(name, None, {}, str(error)) for name in QUESTIONS]
        nothing[0] = nothing[0]._replace(agrees=False)
        return Agreement(nothing, {}, tolerance)
    comparisons = [
        _compared(STEP, found, _after, tolerance),
        _compared(JACOBIAN, found, _slopes, tolerance),
        _compared(START, found, _start, tolerance),
        _law(found),
    ]
    names = found.named()
    of_other = found.other.roles.state.names
    for name, place in zip(of_other, found.leaves, strict=True):
        names[f"state{name}"] = f"state{cell.roles.state.names[place]}"
    return Agreement(comparisons, names, tolerance)


def is_same_step(cell: Stepping, other: Stepping) -> bool:
    """Return whether a cell makes the step of one of the catalogue."""
    try:
        found = match(cell, other, {})
    except CellError:
        return False
    return found.is_found


def _rounding(cell: Stepping) -> float:
    """Return the rounding of the shortest floats in which a step computes."""
    input = np.zeros(cell.sizes[0])
    program = jax.make_jaxpr(cell.step)(cell.arrays, input, cell.start)
    return coarsest_rounding(program)


class Point(NamedTuple):
    """Where two cells are compared: arrays, input and state of the first."""

    arrays: list[np.ndarray]
    input: np.ndarray
    state: list[np.ndarray]


def _points(found: Match, *, without: bool = False) -> list[Point]:
    """Return points of no special kind.

    Args:
        found: what is compared.
        without: whether the biases that have no counterpart are zero.
    """
    points = []
    for seed in range(NUM_POINTS):
        generator = np.random.default_rng(10 + seed)
        arrays = any_arrays(found.cell, generator, with_biases=True)
        if without:
            for block in found.unmatched:
                arrays[block.array][block.part] = 0
        input = generator.normal(size=found.cell.sizes[0])
        points.append(Point(arrays, input, found.cell.any_state(generator)))
    return points


class Pair(NamedTuple):
    """Numbers of two cells at one point.

    Attributes:
        leaf: of the catalogue's state to which they belong.
        label: of the numbers.
        own: those of the cell.
        other: those of the catalogue's.
    """

    leaf: str
    label: str
    own: np.ndarray
    other: np.ndarray


Numbers = Callable[[Match, Point], list[Pair]]


def _leaves(found: Match) -> list[str]:
    return [f"state{name}" for name in found.other.roles.state.names]


def _after(found: Match, point: Point) -> list[Pair]:
    """Return one step, leaf by leaf."""
    own = found.cell.compiled(point.arrays, point.input, point.state)
    arrays = found.arrays(point.arrays)
    state = found.state(point.state)
    other = found.other.compiled(arrays, point.input, state)
    return _paired(_leaves(found), found.state(own), other)


def _start(found: Match, point: Point) -> list[Pair]:
    """Return the state before the first symbol, leaf by leaf."""
    own = found.cell.begin(point.arrays)
    other = found.other.begin(found.arrays(point.arrays))
    return _paired(_leaves(found), found.state(own), other)


def _paired(
    names: Sequence[str],
    own: Sequence[jax.Array | np.ndarray],
    other: Sequence[jax.Array | np.ndarray],
) -> list[Pair]:
    pairs = []
    for name, mine, expected in zip(names, own, other, strict=True):
        numbers = np.asarray(mine)
        pairs.append(Pair(name, name, numbers, np.asarray(expected)))
    return pairs


def _slopes(found: Match, point: Point) -> list[Pair]:
    """Return the derivative of a step by input and state, leaf by leaf."""
    own = found.cell.slopes(point.arrays, point.input, point.state)
    arrays = found.arrays(point.arrays)
    state = found.state(point.state)
    other = found.other.slopes(arrays, point.input, state)
    kept = [0, *(1 + place for place in found.leaves)]
    leaves = _leaves(found)
    variables = ["input", *leaves]
    pairs = []
    for leaf, place, expected in zip(leaves, found.leaves, other, strict=True):
        for by, column, numbers in zip(variables, kept, expected, strict=True):
            mine = np.asarray(own[place][column])
            label = f"d {leaf} / d {by} "
            pairs.append(Pair(leaf, label, mine, np.asarray(numbers)))
    return pairs


def _compared(
    name: str, found: Match, numbers: Numbers, tolerance: float
) -> Comparison:
    """Compare numbers at all points."""
    parts, where = _difference(found, numbers, _points(found), tolerance)
    if where and found.unmatched:
        without = _points(found, without=True)
        smaller, still = _difference(found, numbers, without, tolerance)
        if not still:
            odd = ", ".join(block.name for block in found.unmatched)
            least = max(smaller.values())
            where = f"{where}; agrees within {least:.1e} where {odd} is zero"
    return Comparison(name, not where, parts, where)


def _difference(
    found: Match, numbers: Numbers, points: Sequence[Point], tolerance: float
) -> tuple[dict[str, float], str]:
    """Return the largest difference of each leaf, and the first that isn't rounding."""
    parts = dict.fromkeys(_leaves(found), 0.0)
    where = ""
    for point in points:
        for pair in numbers(found, point):
            scale = 1 + np.abs(pair.other)
            off = np.abs(pair.own - pair.other) / scale
            off = np.where(np.isnan(off), np.inf, off)
            largest = float(np.max(off, initial=0.0))
            parts[pair.leaf] = max(parts[pair.leaf], largest)
            is_wrong = off > tolerance
            if not where and np.any(is_wrong):
                where = _first(found, pair, is_wrong)
    return parts, where


def _first(found: Match, pair: Pair, is_wrong: np.ndarray) -> str:
    """Return the first place at which two numbers differ, and both numbers."""
    place = tuple(np.argwhere(is_wrong)[0])
    index = ",".join(map(str, place))
    own, other = pair.own[place], pair.other[place]
    return f"{pair.label}[{index}]: {own:.6g}, in {found.other.given.name} {other:.6g}"


def _law(found: Match) -> Comparison:
    """Compare the laws from which the arrays are drawn."""
    given = found.cell.given
    if given.is_held:
        return Comparison(LAW, None, {}, f"{given.name} is built: it has no law")
    parts = {}
    where = ""
    names = found.named()
    for name, (difference, text) in compare_laws(found).items():
        parts[name] = difference
        if text and not where:
            where = f"{name} = {names[name] or 'nothing'}: {text}"
    return Comparison(LAW, not where, parts, where)
