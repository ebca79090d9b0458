"""Claims about D(l,k): does it go to 0, and what does that mean?"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr
from jaxtyping import Bool, Float

from firstbit.datasets import interval
from firstbit.look.numbers import with_interval
from firstbit.paper.claims.claim import (
    FAILS,
    HOLDS,
    ON_THE_GRID,
    Claim,
    Estimate,
    holds_if,
)
from firstbit.paper.evidence import Evidence
from firstbit.report import Strip

GONE = 0.05
"""D at the largest l counts as 0 below this share of D at l = 1."""

TRAINED_SIZE = 18
"""The k of the trained Vanilla network."""


class LeftOver(NamedTuple):
    """D(l,k)/D(1,k) by k, with an interval that holds it with at least 90 %."""

    share: Float[np.ndarray, " hidden_size"]
    low: Float[np.ndarray, " hidden_size"]
    high: Float[np.ndarray, " hidden_size"]

    def shown(self, place: int) -> str:
        """Return the share with its interval, at one place of the grid."""
        share, low, high = (float(one[place]) for one in self)
        return with_interval(share, low, high)

    def strip(self, name: str, place: int, *, is_above: bool = False) -> Strip:
        """Return the share with its interval beside `GONE`, on a logarithmic axis."""
        share, low, high = (float(one[place]) for one in self)
        return Strip(
            f"left of D(1,k): {name}",
            share,
            low,
            high,
            GONE,
            (1e-4, 10),
            is_log=True,
            is_above=is_above,
        )

    def as_json(self) -> dict[str, list[float | None]]:
        """Return plain lists; an end that is not known is None."""
        numbers: dict[str, list[float | None]] = {}
        for name, values in self._asdict().items():
            numbers[name] = [x if np.isfinite(x) else None for x in values.tolist()]
        return numbers


def left_over(grid: xr.Dataset, length: int) -> LeftOver:
    """Compute D(l,k)/D(1,k), and ends from the 95 % intervals of both.

    Each of the two fails with at most 5 %, so the ratio's with at most 10 %.
    """
    first = grid.isel(length=0)
    last = grid.sel(length=length)
    share = last["discrepancy"].values / first["discrepancy"].values
    low, high = (end.values for end in interval(last, "discrepancy"))
    least, largest = (end.values for end in interval(first, "discrepancy"))
    # Of a few draws the interval at l = 1 may reach zero: then any ratio is possible.
    any_ratio = np.full_like(high, np.inf)
    top = np.divide(high, least, out=any_ratio, where=least > 0)
    return LeftOver(share=share, low=low / largest, high=top)


def vanilla_discrepancy(evidence: Evidence) -> Claim:
    """Does D go to 0 for Vanilla on the grid, and beyond it?"""
    grid = evidence.grids["vanilla_normal"]
    large = evidence.grids["vanilla_normal_large"]
    on_grid = _at_the_end(grid)
    beyond = _at_the_end(large)
    worst = int(on_grid.high.argmax())
    return Claim.written(
        "vanilla_discrepancy",
        goes_to_zero(on_grid, beyond),
        figure="fig10",
        strips=[
            on_grid.strip(f"the most of the grid, k = {_sizes(grid)[worst]}", worst),
            *(beyond.strip(f"k = {k}", i) for i, k in enumerate(_sizes(large))),
        ],
        numbers={
            "on_grid": on_grid.as_json(),
            "beyond": beyond.as_json(),
        },
        largest=on_grid.share.max(),
        worst_size=_sizes(grid)[worst],
        worst=Estimate(
            on_grid.share[worst],
            on_grid.low[worst],
            on_grid.high[worst],
        ),
        beyond=_by_size(large, beyond),
        num_draws=large.attrs["num_draws"],
        gone=GONE,
    )


def goes_to_zero(on_grid: LeftOver, beyond: LeftOver) -> str:
    """Return whether nothing is left at every k of the figure, and beyond it."""
    if not (on_grid.high < GONE).all():
        return FAILS
    if (beyond.low > GONE).any():
        return ON_THE_GRID
    return HOLDS


def gru_discrepancy(evidence: Evidence) -> Claim:
    """Does D stay away from 0 for the GRU, and is that true of most nets or of few?"""
    grid = evidence.grids["gru_normal"]
    long = evidence.grids["gru_normal_long"]
    on_grid = _at_the_end(grid)
    later = _at_the_end(long)
    stays = on_grid.low > GONE
    median = grid["quantile_value"].sel(quantile=0.5)
    quartile = grid["quantile_value"].sel(quantile=0.25)
    middle = 4
    largest = grid.sizes["hidden_size"] - 1
    return Claim.written(
        "gru_discrepancy",
        {
            "at every k of the figure, in the mean": holds_if(stays.all()),
            f"at k = {_sizes(grid)[largest]}, in the mean": holds_if(stays[largest]),
            f"at k = {_sizes(grid)[middle]}, in the median net": holds_if(
                _remainder(median, middle) > GONE
            ),
            "at l = 1000": holds_if((later.low > GONE).all()),
        },
        figure="fig11",
        strips=[
            *(
                on_grid.strip(f"l = 50, k = {_sizes(grid)[i]}", i, is_above=True)
                for i in (0, middle, largest)
            ),
            *(
                later.strip(f"l = 1000, k = {k}", i, is_above=True)
                for i, k in enumerate(_sizes(long))
            ),
        ],
        numbers={
            "on_grid": on_grid.as_json(),
            "long": later.as_json(),
            "median_at_50": median.values[:, -1].tolist(),
            "lower_quartile_at_50": quartile.values[:, -1].tolist(),
        },
        smallest=on_grid.shown(0),
        middle=on_grid.shown(middle),
        largest=on_grid.shown(largest),
        first_size=smallest_size_from_which(stays),
        middle_median=_remainder(median, middle),
        largest_median=_remainder(median, largest),
        middle_quartile=_remainder(quartile, middle),
        largest_quartile=_remainder(quartile, largest),
        long=_by_size(long, later),
        gone=GONE,
    )


def vanilla_indistinguishable(evidence: Evidence) -> Claim:
    """Are the two words indistinguishable for Vanilla once D is small?"""
    grid = evidence.grids["vanilla_normal"].isel(length=-1)
    num_draws = grid.attrs["num_draws"]
    retained = grid["retained"].values
    shares: list[Estimate] = []
    for share in retained:
        count = round(float(share) * num_draws)
        shares.append(Estimate.of_share(count, num_draws))
    worst = int(retained.argmax())
    return Claim.written(
        "vanilla_indistinguishable",
        {
            "for most nets": holds_if(at_most(0.5, shares)),
            "for all but 1 % of the nets": holds_if(at_most(0.01, shares)),
        },
        figure="fig10",
        strips=[_few(shares[worst], _sizes(grid)[worst])],
        numbers={
            "retained": retained.tolist(),
            "retained_interval": [share.interval for share in shares],
        },
        mean=float(grid["discrepancy"][-1]),
        median=float(grid["quantile_value"].sel(quantile=0.5)[-1]),
        worst=shares[worst],
        worst_size=_sizes(grid)[worst],
    )


def _few(share: Estimate, size: int) -> Strip:
    """Return the strip of a small share of nets."""
    name = f"nets that keep the states apart, k = {size}"
    return Strip(
        name,
        *share,
        0.01,
        (1e-4, 1),
        is_log=True,
        is_share=True,
        is_above=False,
    )


def at_most(share: float, estimates: Sequence[Estimate]) -> bool:
    """Return whether every estimated share is below this one, interval included."""
    return all(estimate.high < share for estimate in estimates)


def out_of_range(evidence: Evidence) -> Claim:
    """Is the embedded task's dependency out of D's range for Vanilla?"""
    # The outer symbol is read, then the inner word; the prediction comes right after.
    words = evidence.runs["embedded_reber_vanilla"].words
    lengths = np.array([len(word) - 3 for word in words])
    shortest = int(lengths.min())
    median = int(np.median(lengths))
    grid = evidence.grids["vanilla_normal"]
    longest = int(lengths.max())
    at_shortest = left_over(grid, shortest)
    at_median = left_over(grid, median)
    at_longest = left_over(grid, longest)
    place = _sizes(grid).index(TRAINED_SIZE)
    return Claim.written(
        "out_of_range",
        {
            "in the shortest word": holds_if(at_shortest.high[place] < GONE),
            "in the median word": holds_if(at_median.high[place] < GONE),
            "in the longest word": holds_if(at_longest.high[place] < GONE),
        },
        figure="fig10",
        strips=[
            at_shortest.strip(f"shortest word, l = {shortest}", place),
            at_median.strip(f"median word, l = {median}", place),
            at_longest.strip(f"longest word, l = {longest}", place),
        ],
        numbers={
            "l_shortest": shortest,
            "l_median": median,
            "l_longest": longest,
            "share_at_shortest": float(at_shortest.share[place]),
            "share_at_median": float(at_median.share[place]),
            "share_at_longest": float(at_longest.share[place]),
        },
        shortest=shortest,
        median=median,
        longest=longest,
        at_shortest=at_shortest.shown(place),
        at_median=at_median.shown(place),
        at_longest=at_longest.shown(place),
        gone=GONE,
    )


def smallest_size_from_which(stays: Bool[np.ndarray, " hidden_size"]) -> int:
    """Return the least k, counted from 1, such that it and all larger ones stay.

    Example:
        >>> smallest_size_from_which(np.array([False, True, False, True, True]))
        4
    """
    if stays.all():
        return 1
    backwards = stays[::-1]
    return int(len(stays) - np.argmin(backwards) + 1)


def _at_the_end(grid: xr.Dataset) -> LeftOver:
    """Compute D(l,k)/D(1,k) at the largest l of the grid."""
    longest = int(grid["length"][-1])
    return left_over(grid, longest)


def _sizes(grid: xr.Dataset) -> list[int]:
    return [int(size) for size in grid["hidden_size"].values]


def _by_size(grid: xr.Dataset, left: LeftOver) -> list[tuple[int, str]]:
    """Return each k with its share, as a text shows it."""
    shown = []
    for place, size in enumerate(_sizes(grid)):
        shown.append((size, left.shown(place)))
    return shown


def _remainder(by_length: xr.DataArray, place: int) -> float:
    """Return the last value over the first, at one place of the grid."""
    values = by_length.values[place]
    return values[-1] / values[0]
