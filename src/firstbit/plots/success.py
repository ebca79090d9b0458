"""How many runs succeed, with intervals."""

import numpy as np
import xarray as xr
from matplotlib import rc_context
from matplotlib.figure import Figure

from firstbit.plots.checks import require_variables
from firstbit.plots.style import CYCLE, STYLE, blank, finished


def success_rates(ds: xr.Dataset, *, title: str, xlabel: str) -> Figure:
    """Success rates with their intervals, a colour for each cell, side by side at each setting.

    Args:
        ds: `success_rate`, `success_low`, `success_high`, each (cell, setting), NaN
            where nothing was measured.
        title: of the figure.
        xlabel: what the settings are.

    Raises:
        SettingError: a variable is missing.

    Example:
        >>> table = {name: (("cell", "setting"), [[value]]) for name, value in
        ...          {"success_rate": 0.5, "success_low": 0.3, "success_high": 0.7}.items()}
        >>> figure = success_rates(xr.Dataset(table, {"cell": ["GRU"], "setting": ["5"]}), title="", xlabel="lag")
        >>> [text.get_text() for text in figure.axes[0].get_xticklabels()]
        ['5']
    """
    dims = ("cell", "setting")
    require_variables(
        ds,
        "success_rates",
        dict.fromkeys(("success_rate", "success_low", "success_high"), dims),
    )
    ds = ds.transpose("cell", "setting", ...)
    place, cells = np.arange(ds.sizes["setting"]), ds["cell"].values
    with rc_context(STYLE):
        figure = blank(8.5, 4.0, title)
        axes = figure.add_subplot()
        for i, cell in enumerate(cells):
            one = ds.isel(cell=i)
            shift = 0.7 * ((i + 0.5) / len(cells) - 0.5)
            rate = one["success_rate"].values
            reach = np.abs(
                np.stack(
                    [
                        rate - one["success_low"].values,
                        one["success_high"].values - rate,
                    ]
                )
            )
            axes.errorbar(
                place + shift,
                rate,
                reach,
                fmt="o",
                color=CYCLE[i % len(CYCLE)],
                label=str(cell),
                capsize=2,
            )
        axes.axhline(0.5, color="#9a9a9a", linewidth=0.8, zorder=0)
        axes.set_xticks(place, [str(setting) for setting in ds["setting"].values])
        axes.set(
            xlabel=xlabel,
            ylabel="share of runs that solve",
            ylim=(-0.03, 1.03),
            xlim=(-0.5, len(place) - 0.5),
        )
        axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
        return finished(figure)
