"""Does D(l,k) decay? Measured over gain and size, beside the theory's critical line."""

import json
from collections.abc import Mapping

import numpy as np
import xarray as xr

from firstbit.errors import SettingError
from firstbit.memory.mean_field.activations import Activation
from firstbit.memory.mean_field.critical_point import critical_gain
from firstbit.provenance import with_provenance

GRID = ("gain", "hidden_size")
POINTS_ON_THE_LINE = 12


def phase_diagram(
    by_gain: Mapping[float, xr.Dataset], *, activation: str | Activation = "logistic"
) -> xr.Dataset:
    r"""What is left of D(1,k) at the largest measured length, for each gain and size, and where theory draws the line.

    $$ D(l,k) / D(1,k), \qquad \text{and the gain at which } \chi = 1 \text{ (see critical_gain)} $$

    Near the line a finite length shows neither phase: a distance needs about 1 / |1 -
    chi| symbols to decay or to stay. For small k the mean hides that few nets keep the
    words apart: look at `median_ratio` beside it.

    Args:
        by_gain: for each gain, above 0, the measured `discrepancy` of a Vanilla cell
            with weights N(0, gain^2); all over the same sizes and lengths, at least two
            lengths, the first of them 1.
        activation: that of the measured cell.

    Returns:
        Dataset over `gain` and `hidden_size`, both increasing: `discrepancy_ratio`, the
        ratio of the means; `ratio_standard_error`, as if the two means were independent
        (they share draws: too large rather than too small, where both grow together);
        `median_ratio`, where quantiles were measured. `critical_gain(line_size)` is the
        line, over real sizes from below the smallest to above the largest. Attribute
        `length`.

    Raises:
        SettingError: no Dataset, grids that differ, a gain that is not positive, no
            length besides 1, or another cell.

    Example:
        >>> coords = {"hidden_size": [10, 20], "length": [1, 50]}
        >>> d = xr.DataArray([[1.0, 0.1], [2.0, 0.5]], coords, ("hidden_size", "length"))
        >>> diagram = phase_diagram({1.0: xr.Dataset({"discrepancy": d, "standard_error": 0.01 * d})})
        >>> diagram.discrepancy_ratio.values.tolist(), diagram.attrs["length"]
        ([[0.1, 0.25]], 50)
    """
    _require_one_grid(by_gain)
    gains = sorted(by_gain)
    measured = xr.concat(
        [by_gain[gain].drop_attrs() for gain in gains], dim="gain"
    ).sortby("hidden_size")
    first, last = measured.sel(length=1), measured.isel(length=-1)
    length, sizes = int(measured["length"][-1]), measured["hidden_size"].values
    ratio = last["discrepancy"] / first["discrepancy"]
    relative = (
        sum((at["standard_error"] / at["discrepancy"]) ** 2 for at in (first, last))
        ** 0.5
    )
    ratios = {
        "discrepancy_ratio": (ratio, f"D({length},k) / D(1,k)"),
        "ratio_standard_error": (
            ratio * relative,
            f"standard error of D({length},k) / D(1,k)",
        ),
    }
    if "quantile_value" in measured and 0.5 in measured["quantile"]:
        medians = [at["quantile_value"].sel(quantile=0.5) for at in (first, last)]
        ratios["median_ratio"] = (
            medians[1] / medians[0],
            f"median distance at l = {length} over that at l = 1",
        )
    beyond = np.sqrt(np.max(sizes[1:] / sizes[:-1], initial=2.0))
    line = np.geomspace(sizes[0] / beyond, sizes[-1] * beyond, POINTS_ON_THE_LINE)
    dataset = xr.Dataset(
        {
            **{
                name: (GRID, values.transpose(*GRID).values, about(text))
                for name, (values, text) in ratios.items()
            },
            "critical_gain": (
                "line_size",
                [critical_gain(activation, k) for k in line],
                about("gain at which the slope is one"),
            ),
        },
        coords={
            "gain": ("gain", gains, about("factor of weights N(0,1)")),
            "hidden_size": ("hidden_size", sizes, {"long_name": "k", "units": "units"}),
            "line_size": (
                "line_size",
                line,
                {"long_name": "k along the critical line", "units": "units"},
            ),
        },
        attrs={"length": length},
    )
    name = (
        activation
        if isinstance(activation, str)
        else getattr(activation, "__name__", repr(activation))
    )
    any_one = by_gain[gains[0]].attrs
    configuration = {
        "measure": "phase_diagram",
        "activation": name,
        "measured": any_one.get("configuration"),
    }
    return with_provenance(dataset, configuration=configuration, key=any_one.get("key"))


def about(text: str) -> dict[str, str]:
    """Attributes of a pure number."""
    return {"long_name": text, "units": "1"}


def _require_one_grid(by_gain: Mapping[float, xr.Dataset]) -> None:
    if not by_gain or any(gain <= 0 for gain in by_gain):
        raise SettingError(
            "expected a measured Dataset for one or more gains above 0, got "
            f"{list(by_gain)}."
        )
    cells = [
        json.loads(ds.attrs["configuration"]).get("cell", "")
        for ds in by_gain.values()
        if "configuration" in ds.attrs
    ]
    if other := next((cell for cell in cells if not cell.startswith("Vanilla")), None):
        raise SettingError(
            f"expected measurements of Vanilla, got those of {other}; the critical "
            "line is Vanilla's alone."
        )
    first, *others = by_gain.values()
    if any(
        not first[name].equals(other[name])
        for other in others
        for name in ("hidden_size", "length")
    ):
        raise SettingError(
            "expected all gains measured over the same hidden sizes and lengths; "
            "measure them with one setting."
        )
    if first["length"][0] != 1 or first.sizes["length"] < 2:
        raise SettingError(
            "expected lengths from 1 to at least 2, got "
            f"{first['length'].values.tolist()}; measure a longer word."
        )
