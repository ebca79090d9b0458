"""Measure how a time grows with one parameter.

The seconds over a geometric range are fitted by a power of the parameter.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from report import Row
from timing import side_by_side


def geometric(smallest: int, largest: int, num: int) -> list[int]:
    """Whole numbers from smallest to largest, evenly spaced in the logarithm.

    Example:
        >>> geometric(1, 1000, 4)
        [1, 10, 100, 1000]
    """
    return sorted(
        {round(float(value)) for value in np.geomspace(smallest, largest, num)}
    )


def exponent(values: Sequence[float], seconds: Sequence[float]) -> tuple[float, float]:
    """Least squares of log seconds = a log value + b: a, and its standard error.

    Example:
        >>> exponent([1, 2, 4, 8], [3, 12, 48, 192])
        (2.0, 0.0)
    """
    if len(set(values)) < 3:
        raise ValueError(
            f"expected at least 3 different values, got {list(values)}; try a "
            "wider range."
        )
    x, y = np.log(values), np.log(seconds)
    x = x - x.mean()
    slope = x @ y / (x @ x)
    residual = y - y.mean() - slope * x
    return round(float(slope), 12), round(
        float(np.sqrt(residual @ residual / (len(x) - 2) / (x @ x))), 12
    )


def rows(
    what: str,
    parameter: str,
    values: Sequence[int],
    way: Callable[[int], object],
    *,
    rounds: int = 5,
) -> Iterator[Row]:
    """Return one row for each value; the values take turns in every round.

    The `way` of one more row, the last, gives the exponent and its standard error.

    Args:
        what: the work, for the table's first column.
        parameter: what grows, as the literature calls it.
        values: its values, see `geometric`.
        way: does the work at one value; runs once before it is timed.
        rounds: how many times each value is timed; the median counts.
    """
    taken = side_by_side(
        {str(value): (lambda value=value: way(value)) for value in values},
        rounds=rounds,
    )
    seconds = list(taken.values())
    for value, time in zip(values, seconds, strict=True):
        yield Row(what, f"{parameter} = {value:,}", time)
    slope, error = exponent(values, seconds)
    yield Row(what, f"time grows as {parameter}^a, a = {slope:.2f} +- {error:.2f}")
