"""What a comparison says, in sentences that are made from its numbers alone."""

import math

import xarray as xr

from firstbit.datasets import interval
from firstbit.report import Wording

SAYS = Wording("firstbit.studies.comparing", "compare.jinja")
"""The sentences, by the template beside this file."""

STILL_APART = 0.1
"""Two states are apart if they are this share of those of two unrelated words."""

FEW_CARRY = 0.1
"""Few nets carry a mean whose median is below this share of it."""


def sentences(compared: xr.Dataset) -> list[str]:
    """Return what was found of each cell."""
    found = []
    for place in range(compared.sizes["cell"]):
        one = compared.isel(cell=place)
        parts = [_decoded(one), _apart(one), _held(one), _paid(one)]
        found.append(" ".join(filter(None, parts)))
    return found


def answers(compared: xr.Dataset) -> list[str]:
    """Return, for each cell but the first, whether the first remembers longer.

    "" where no read-out was asked for, and for the first cell itself.
    """
    found = [""]
    for place in range(1, compared.sizes["cell"]):
        found.append(_answer(compared, place) if "reach" in compared else "")
    return found


def reach_of(one: xr.Dataset) -> int | None:
    """Return the reach of one cell; None where it has none."""
    reach = one["reach"].item()
    return int(reach) if math.isfinite(reach) else None


def last_lag(compared: xr.Dataset) -> int:
    """Return the last lag at which read-outs were measured."""
    return int(compared.attrs["length"]) - 1


def _decoded(one: xr.Dataset) -> str:
    if "reach" not in one:
        return ""
    return SAYS(
        "kept",
        cell=one["cell"].item(),
        reach=reach_of(one),
        last=last_lag(one),
        percent=f"{100 * one.attrs['reach_above']:g} %",
    )


def _apart(one: xr.Dataset) -> str:
    """Say how far apart two words drive the cell, and never that it is memory."""
    if "discrepancy" not in one:
        return ""
    at = one.isel(length=-1)
    mean, median = at["discrepancy"].item(), at["median"].item()
    if not math.isfinite(mean):
        return SAYS("lost", length=int(at["length"]))
    relative = at["relative_discrepancy"].item()
    told = {
        "length": int(at["length"]),
        "distance": f"{mean:.2g}",
        "relative": f"{relative:.2g}",
    }
    if not relative > STILL_APART:
        text = SAYS("close", **told)
    else:
        is_read = "reach" in one
        is_decoded = is_read and reach_of(one) == last_lag(one)
        text = SAYS("apart", **told, is_decoded=is_decoded, is_read=is_read)
    if median < FEW_CARRY * mean:
        few = SAYS("few", mean=f"{mean:.2g}", median=f"{median:.2g}")
        text = f"{text} {few}"
    return text


def _held(one: xr.Dataset) -> str:
    if "total_capacity" not in one:
        return ""
    if not math.isfinite(one["total_capacity"].item()):
        return SAYS("unheld")
    return SAYS(
        "held",
        total=f"{one['total_capacity'].item():.3g}",
        number=f"{one['num_read'].item():g}",
        of_unit=f"{one['capacity_a_unit'].item():.2g}",
        of_inputs=f"{one['capacity_of_degree'].sel(degree=1).item():.2g}",
    )


def _paid(one: xr.Dataset) -> str:
    if "multiplications" not in one:
        return ""
    return SAYS(
        "paid",
        multiplications=f"{one['multiplications'].item():,.6g}",
        functions=f"{one['elementary_functions'].item():,.6g}",
        parameters=f"{one['num_parameters'].item():,.6g}",
    )


def _answer(compared: xr.Dataset, place: int) -> str:
    """Say which of two cells is decoded for longer, if that is shown."""
    first, other = compared.isel(cell=0), compared.isel(cell=place)
    names = {"first": first["cell"].item(), "other": other["cell"].item()}
    reaches = (reach_of(first), reach_of(other))
    last = last_lag(compared)
    if reaches == (None, None):
        return SAYS("neither", **names)
    if reaches == (last, last):
        return SAYS("unknown", **names, last=last)
    ahead, behind = (-1 if reach is None else reach for reach in reaches)
    at = other.sel(lag=max(ahead, behind))
    apart = at["accuracy_difference"].item()
    low, high = (end.item() for end in interval(at, "accuracy_difference"))
    if ahead < behind:
        names = {"first": names["other"], "other": names["first"]}
        apart, low, high = -apart, -high, -low
    if ahead == behind or not low > 0:
        return SAYS("alike", **names)
    shorter = min(ahead, behind)
    return SAYS(
        "longer",
        **names,
        reach=max(ahead, behind),
        last=last,
        other_reach=None if shorter < 0 else shorter,
        value=f"{100 * apart:.2g} %",
        low=f"{100 * low:.2g}",
        high=f"{100 * high:.2g} %",
    )
