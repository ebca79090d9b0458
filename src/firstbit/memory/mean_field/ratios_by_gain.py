"""Does D(l,k) decay? Measured over gain and size, beside the theory's critical line."""

import json
from collections.abc import Mapping

import numpy as np
import xarray as xr
from jaxtyping import Float

from firstbit.datasets import Result, Variable, dataset, interval
from firstbit.errors import SettingError
from firstbit.intervals import CONFIDENCE
from firstbit.memory.mean_field.activations import Activation, name_of
from firstbit.memory.mean_field.critical_point import critical_gain

GRID = ("gain", "hidden_size")
POINTS_ON_THE_LINE = 12

VANILLA = "vanilla"
"""Vanilla's name in the catalogue of cells."""


def ratios_by_gain(
    by_gain: Mapping[float, xr.Dataset], *, activation: str | Activation = "logistic"
) -> Result:
    r"""Compute the share of D(1,k) left at the largest length, by gain and size.

    $$ D(l,k) / D(1,k), \qquad \text{and the gain at which } \chi = 1
       \text{ (see critical_gain)} $$

    Near the line a finite length shows neither phase: a distance needs about 1 / |1 -
    chi| symbols to decay or to stay. For small k the mean hides that few nets keep the
    words apart: compare it with `median_ratio`.

    Args:
        by_gain: for each gain, above 0, the measured `discrepancy` of a Vanilla cell
            with weights N(0, gain^2); all over the same sizes and lengths, at least two
            lengths, the first of them 1.
        activation: that of the measured cell.

    Returns:
        Dataset over `gain` and `hidden_size`, both increasing: `discrepancy_ratio`, the
        ratio of the means; `discrepancy_ratio_se`, as if the two means were independent
        (they share draws: too large rather than too small, where both grow together);
        `discrepancy_ratio_ci`, from the ends of both intervals, where D has intervals:
        where each of them fails with probability a, this one with at most 2 a;
        `median_ratio`, where quantiles were measured. `critical_gain(line_size)` is the
        line, over real sizes from below the smallest to above the largest. Attribute
        `length`.

    Raises:
        SettingError: no Dataset, grids that differ, a gain that is not positive, no
            length besides 1, or another cell.

    Example:
        >>> coords = {"hidden_size": [10, 20], "length": [1, 50]}
        >>> values = [[1.0, 0.1], [2.0, 0.5]]
        >>> d = xr.DataArray(values, coords, ("hidden_size", "length"))
        >>> measured = xr.Dataset({"discrepancy": d, "discrepancy_se": 0.01 * d})
        >>> diagram = ratios_by_gain({1.0: measured})
        >>> diagram.discrepancy_ratio.values.tolist(), diagram.attrs["length"]
        ([[0.1, 0.25]], 50)
    """
    _require_one_grid(by_gain)
    gains = sorted(by_gain)
    plain = [by_gain[gain].drop_attrs() for gain in gains]
    measured = xr.concat(plain, dim="gain").sortby("hidden_size")
    sizes = measured["hidden_size"].values
    line = _sizes_of_line(sizes)
    critical = [critical_gain(activation, k) for k in line]
    any_one = by_gain[gains[0]].attrs
    confidence = _confidence_of_both(by_gain[gains[0]])
    key = any_one.get("key")
    return dataset(
        [
            *_ratios(measured),
            Variable(
                "critical_gain",
                ["line_size"],
                critical,
                "gain at which the slope is one",
            ),
        ],
        {"gain": gains, "hidden_size": sizes, "line_size": line},
        rows=GRID,
        confidence=confidence,
        configuration={
            "measure": "phase_diagram",
            "activation": name_of(activation),
            "measured": any_one.get("configuration"),
        },
        key=None if key is None else list(map(int, key)),
        attrs={"length": int(measured["length"][-1])},
    )


def _ratios(measured: xr.Dataset) -> list[Variable]:
    """Return the last over the first length: of the means, and of medians if known."""
    first = measured.sel(length=1)
    last = measured.isel(length=-1)
    length = int(measured["length"][-1])
    ratio = last["discrepancy"] / first["discrepancy"]
    relative = (_relative_variance(first) + _relative_variance(last)) ** 0.5
    found = [
        Variable(
            "discrepancy_ratio",
            GRID,
            _on_grid(ratio),
            f"D({length},k) / D(1,k)",
            se=_on_grid(ratio * relative),
            ci=_ratio_interval(first, last),
        )
    ]
    if "quantile_value" in measured and 0.5 in measured["quantile"]:
        medians = measured["quantile_value"].sel(quantile=0.5)
        found.append(
            Variable(
                "median_ratio",
                GRID,
                _on_grid(medians.isel(length=-1) / medians.sel(length=1)),
                f"median distance at l = {length} over that at l = 1",
            )
        )
    return found


def _ratio_interval(
    first: xr.Dataset, last: xr.Dataset
) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the ends of the ratio of two means; None where they have no intervals."""
    if "discrepancy_ci" not in first:
        return None
    low, high = interval(last, "discrepancy")
    least, largest = interval(first, "discrepancy")
    return _on_grid(low / largest), _on_grid(high / least)


def _confidence_of_both(measured: xr.Dataset) -> float:
    """Return the probability that the intervals of two means hold both."""
    if "discrepancy_ci" not in measured:
        return CONFIDENCE
    of_one = measured["discrepancy_ci"].attrs.get("ci_prob", CONFIDENCE)
    return round(1 - 2 * (1 - of_one), 12)


def _relative_variance(at: xr.Dataset) -> xr.DataArray:
    """Return the squared relative standard error of D."""
    return (at["discrepancy_se"] / at["discrepancy"]) ** 2


def _on_grid(values: xr.DataArray) -> Float[np.ndarray, "gain size"]:
    return values.transpose(*GRID).values


def _sizes_of_line(sizes: np.ndarray) -> Float[np.ndarray, " size"]:
    """Return real sizes from below the smallest to above the largest."""
    ratios = sizes[1:] / sizes[:-1]
    beyond = np.sqrt(np.max(ratios, initial=2.0))
    first = sizes[0] / beyond
    last = sizes[-1] * beyond
    return np.geomspace(first, last, POINTS_ON_THE_LINE)


def _require_one_grid(by_gain: Mapping[float, xr.Dataset]) -> None:
    """Raise `SettingError` unless all are of Vanilla, over one grid that will do."""
    if not by_gain or any(gain <= 0 for gain in by_gain):
        raise SettingError(
            "expected a measured Dataset for one or more gains above 0, got "
            f"{list(by_gain)}."
        )
    for measured in by_gain.values():
        _require_vanilla(measured)
    first, *others = by_gain.values()
    if not all(_same_grid(first, other) for other in others):
        raise SettingError(
            "expected all gains measured over the same hidden sizes and lengths; "
            "measure them with one setting."
        )
    if first["length"][0] != 1 or first.sizes["length"] < 2:
        raise SettingError(
            "expected lengths from 1 to at least 2, got "
            f"{first['length'].values.tolist()}; measure a longer word."
        )


def _require_vanilla(measured: xr.Dataset) -> None:
    """Raise `SettingError` if its configuration names another cell."""
    if "configuration" not in measured.attrs:
        return
    configuration = json.loads(measured.attrs["configuration"])
    if configuration.get("catalogue_name", VANILLA) != VANILLA:
        raise SettingError(
            "expected measurements of Vanilla, got those of "
            f"{configuration.get('cell')}; the critical line is Vanilla's alone."
        )


def _same_grid(one: xr.Dataset, other: xr.Dataset) -> bool:
    sizes = one["hidden_size"].equals(other["hidden_size"])
    return sizes and one["length"].equals(other["length"])
