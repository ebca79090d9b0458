"""Checks of a Dataset before anything is drawn, and of its intervals."""

from collections.abc import Iterable, Mapping

import xarray as xr

from firstbit.datasets import BOUND
from firstbit.errors import SettingError
from firstbit.plots.text import percent

GRID = ("hidden_size", "length")
"""Dimensions of results over sizes and lengths."""

Dims = tuple[str, ...]

_MADE_BY = {
    "capacity": "firstbit.memory_capacity",
    "decodability": "firstbit.decodability",
    "demand_and_supply": "firstbit.demand_and_supply or firstbit.memory_demand",
    "draws": "firstbit.discrepancy",
    "far_apart": "firstbit.memory.distances and firstbit.decodability",
    "fate_shares": "firstbit.fates",
    "gradients_by_lag": "firstbit.memory.gradients_by_lag",
    "lengths": "firstbit.languages.length_distribution",
    "phase_diagram": "firstbit.phase_diagram",
    "seeds": "firstbit.train",
    "several_cells": "firstbit.discrepancy",
    "surface": "firstbit.discrepancy",
    "theory_overlay": "firstbit.discrepancy and firstbit.memory.gru_mean_field",
}
"""Figure -> the call whose result it draws."""


def require_variables(ds: xr.Dataset, figure: str, dims: Mapping[str, Dims]) -> None:
    """Raise unless the Dataset has every variable with its dimensions.

    Args:
        ds: the Dataset to draw.
        figure: name of the figure, for the message.
        dims: variable name -> its dimensions, in any order.

    Raises:
        SettingError: a variable is missing, or has other dimensions.

    Example:
        >>> needed = {"share": ("seed",)}
        >>> require_variables(xr.Dataset(), "f", needed)  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        firstbit.errors.SettingError: f: expected the variable `share(seed)`; ...
    """
    for name, expected in dims.items():
        text = f"{figure}: expected the variable `{name}({', '.join(expected)})`"
        if name not in ds.variables:
            there = _listed(ds.variables)
            raise SettingError(f"{text}; the Dataset has {there}{_remedy(figure)}.")
        if set(ds[name].dims) != set(expected):
            found = ", ".join(map(str, ds[name].dims))
            raise SettingError(f"{text}; got dims ({found}).")


def require_attributes(ds: xr.Dataset, figure: str, names: Iterable[str]) -> None:
    """Raise `SettingError` unless the Dataset has every attribute in `names`."""
    for name in names:
        if name not in ds.attrs:
            raise SettingError(
                f"{figure}: expected the attribute `{name}`; the Dataset has "
                f"{_listed(ds.attrs)}{_remedy(figure)}."
            )


def coordinates(*names: str) -> dict[str, Dims]:
    """Return the dimensions of coordinates that are their own dimension."""
    return {name: (name,) for name in names}


def with_interval(name: str, dims: Dims) -> dict[str, Dims]:
    """Return the dimensions of an estimate and of its interval.

    Example:
        >>> with_interval("share", ("seed",))
        {'share': ('seed',), 'share_ci': ('seed', 'ci_bound')}
    """
    return {name: dims, f"{name}_ci": (*dims, BOUND)}


def interval_text(ds: xr.Dataset, name: str) -> str:
    """Return what to call the interval of a variable: "95 % interval".

    Without the attribute `ci_prob` it is an "interval".
    """
    prob = ds[f"{name}_ci"].attrs.get("ci_prob")
    return "interval" if prob is None else f"{percent(prob)} interval"


def has_interval(ds: xr.Dataset, name: str) -> bool:
    """Return whether some value of a variable has an interval."""
    return bool(ds[f"{name}_ci"].notnull().any())


def _remedy(figure: str) -> str:
    """Return which call makes what a figure draws; "" for what no call makes."""
    made_by = _MADE_BY.get(figure)
    return f"; made by {made_by}" if made_by else ""


def _listed(names: Iterable[object]) -> str:
    return ", ".join(map(str, names)) or "none"
