"""Results in one form: a labelled Dataset with units, intervals and provenance.

An interval of the variable `x` is `x_ci`, with one more dimension `ci_bound`: `lower`
and `upper`. Its probability is the attribute `ci_prob`, as in ArviZ. A standard error
of `x` is `x_se`. A coordinate has one name, one long name and one unit in all results.
"""

from collections.abc import Container, Hashable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike

from firstbit.intervals import CONFIDENCE
from firstbit.provenance import with_provenance

BOUND = "ci_bound"
BOUNDS = ("lower", "upper")

COORDINATES: Mapping[str, tuple[str, str]] = {
    "baseline": ("guessed cell on its task", "1"),
    "bound": ("bound", "1"),
    "cell": ("cell", "1"),
    "cell_name": ("name of the cell in the catalogue", "1"),
    "comparison": ("question", "1"),
    "configuration": ("cell, size, task and rule", "1"),
    "counterpart": ("array or leaf of the state of the catalogue's cell", "1"),
    BOUND: ("end of the interval", "1"),
    "coefficient": ("coefficient of the weights", "1"),
    "degree": ("degree of the polynomial", "1"),
    "direction": ("direction, the fastest growing first", "1"),
    "draw": ("number of the random net", "1"),
    "epoch": ("epoch", "epochs"),
    "fate": ("fate of the pair of words", "1"),
    "gain": ("gain of the law", "1"),
    "group": ("network and parameter", "1"),
    "hidden_size": ("k", "units"),
    "initializer": ("law of the weights", "1"),
    "known": ("known beside the window", "1"),
    "lag": ("steps back to the deciding symbol", "symbols"),
    "language": ("task", "1"),
    "length": ("l", "symbols"),
    "line_size": ("k along the critical line", "units"),
    "longer": ("length over that of the longest word read", "1"),
    "network": ("network", "1"),
    "number": ("number of the state", "1"),
    "parameter": ("parameter", "1"),
    "part": ("array or leaf of the state", "1"),
    "partition": ("what is forgotten", "1"),
    "quantile": ("probability", "1"),
    "question": ("question of the study", "1"),
    "readout": ("read-out", "1"),
    "seed": ("number of the run", "1"),
    "setting": ("rule, lag or hidden size", "1"),
    "side": ("list of words", "1"),
    "start": ("number of the first state", "1"),
    "state": ("state of the automaton", "1"),
    "symbol": ("symbol", "1"),
    "time": ("symbols read", "symbols"),
    "twin_lag": ("common last symbols of twins", "symbols"),
    "window": ("last symbols seen", "symbols"),
    "word": ("word", "1"),
}
"""Coordinate -> long name and units, the same in every result."""


BESIDE = ("quantile", "degree", "readout")
"""Coordinates whose values stand beside each other in a table."""


class Variable(NamedTuple):
    """One variable of a result.

    Attributes:
        name: its name in the Dataset.
        dims: its dimensions.
        values: an array over them.
        long_name: what it is, for axes and tables.
        units: its unit; "1" for a pure number.
        se: its standard error, or None.
        ci: lower and upper ends of its interval, or None.
    """

    name: str
    dims: Sequence[str]
    values: ArrayLike
    long_name: str
    units: str = "1"
    se: ArrayLike | None = None
    ci: tuple[ArrayLike, ArrayLike] | None = None


class Result(xr.Dataset):
    """A Dataset whose `to_dataframe()` is a table to publish.

    The attribute `rows` names the dimensions of the table's rows. A file keeps the
    attribute, not the class: `Result.of(xr.open_dataset(path))` has the table again.
    """

    __slots__ = ()

    @classmethod
    def of(cls, plain: xr.Dataset) -> "Result":
        """Return a Dataset, such as one read from a file, as a result."""
        return cls(plain.data_vars, plain.coords, plain.attrs)

    def to_dataframe(self, dim_order: Sequence[Hashable] | None = None) -> pd.DataFrame:
        """Return one row for each entry of the dimensions in `rows`.

        An interval gives the columns `x_lower` and `x_upper`, or `x_ci_lower` and
        `x_ci_upper` where a variable has one of these names. A variable over
        `quantile`, `degree` or `readout` gives one column for each. Variables over
        further dimensions are left out.

        Args:
            dim_order: as in xarray; then the table is xarray's own.

        Example:
            >>> share = Variable("share", ["seed"], [0.5], "share", ci=([0.0], [1.0]))
            >>> seeds = {"seed": [0]}
            >>> one = dataset([share], seeds, rows=["seed"], configuration={})
            >>> one.to_dataframe().columns.tolist()
            ['share', 'share_lower', 'share_upper']
        """
        if dim_order is not None or "rows" not in self.attrs:
            return super().to_dataframe(dim_order)
        wanted = self.attrs["rows"].split()
        rows = [dim for dim in wanted if dim in self.dims]
        beside = [name for name in self.coords if self._is_column(name, rows)]
        columns: dict[str, xr.DataArray] = {str(name): self[name] for name in beside}
        for name, variable in self.data_vars.items():
            columns |= _columns(str(name), variable, rows, self.data_vars)
        table = xr.Dataset(
            {
                name: part.drop_vars(beside, errors="ignore")
                for name, part in columns.items()
            }
        )
        if not rows:
            values = {name: part.item() for name, part in columns.items()}
            return pd.DataFrame([values])
        return table.to_dataframe(rows).loc[:, list(columns)]

    def _is_column(self, name: object, rows: Sequence[str]) -> bool:
        """Return whether a coordinate that is no row dimension belongs to the rows."""
        dims = self.coords[name].dims
        return name not in self.dims and set(dims) <= set(rows) and len(dims) > 0


def dataset(
    variables: Sequence[Variable],
    coords: Mapping[str, ArrayLike | tuple[Sequence[str], ArrayLike]],
    *,
    rows: Sequence[str],
    configuration: Mapping[str, object],
    confidence: float = CONFIDENCE,
    key: Sequence[int] | None = None,
    attrs: Mapping[str, object] | None = None,
) -> Result:
    """Label the variables of a result.

    Args:
        variables: what was computed.
        coords: values of each coordinate, all in `COORDINATES`; with its dimensions
            where it is not its own dimension.
        rows: the dimensions of a row of the published table.
        configuration: every setting that the numbers depend on.
        confidence: probability of the intervals.
        key: words of the random key; None where nothing was drawn.
        attrs: further attributes.

    Example:
        >>> mean = Variable("mean", ["length"], [0.5], "mean", ci=([0.4], [0.6]))
        >>> one = dataset([mean], {"length": [1]}, rows=["length"], configuration={})
        >>> upper = one.mean_ci.sel(ci_bound="upper", length=1)
        >>> float(upper), upper.attrs["ci_prob"]
        (0.6, 0.95)
    """
    values: dict[str, xr.Variable] = {}
    for variable in variables:
        values |= _with_errors(variable, confidence)
    labelled = {name: _coordinate(name, given) for name, given in coords.items()}
    if any(variable.ci is not None for variable in variables):
        labelled[BOUND] = _coordinate(BOUND, list(BOUNDS))
    about = {**(attrs or {}), "rows": " ".join(rows)}
    result = Result(values, labelled, about)
    return with_provenance(result, configuration=configuration, key=key)


def interval(result: xr.Dataset, name: str) -> tuple[xr.DataArray, xr.DataArray]:
    """Return the lower and the upper ends of a variable's interval.

    Example:
        >>> mean = Variable("mean", ["length"], [0.5], "mean", ci=([0.4], [0.6]))
        >>> one = dataset([mean], {"length": [1]}, rows=["length"], configuration={})
        >>> [end.values.tolist() for end in interval(one, "mean")]
        [[0.4], [0.6]]
    """
    ends = result[f"{name}_ci"]
    low, high = (ends.sel({BOUND: bound}, drop=True) for bound in BOUNDS)
    return low, high


def _with_errors(variable: Variable, confidence: float) -> dict[str, xr.Variable]:
    """Return a variable, its standard error and its interval, as xarray takes them."""
    name, dims = variable.name, tuple(variable.dims)
    about = {"long_name": variable.long_name, "units": variable.units}
    found = {name: _labelled(dims, variable.values, about)}
    if variable.se is not None:
        text = f"standard error of {variable.long_name}"
        found[f"{name}_se"] = _labelled(dims, variable.se, {**about, "long_name": text})
    if variable.ci is not None:
        text = f"{confidence:.6g} interval of {variable.long_name}"
        both = [np.asarray(end, float) for end in variable.ci]
        ends = np.stack(both, axis=-1)
        about = {**about, "long_name": text, "ci_prob": confidence}
        found[f"{name}_ci"] = _labelled((*dims, BOUND), ends, about)
    return found


def _coordinate(name: str, given: Any) -> xr.Variable:
    """Return a coordinate with the long name and the units of `COORDINATES`."""
    long_name, units = COORDINATES[name]
    dims, values = given if isinstance(given, tuple) else ([name], given)
    return _labelled(dims, values, {"long_name": long_name, "units": units})


def _labelled(
    dims: Sequence[str], values: ArrayLike, about: Mapping[str, object]
) -> xr.Variable:
    """Return an array with dimensions and attributes.

    One of numbers or of text is taken as it is: to look for Dask's arrays, xarray would
    load Dask, which takes half a second.
    """
    array = np.asanyarray(values)
    is_plain = type(array) is np.ndarray and array.dtype.kind in "biufcU"
    return xr.Variable(dims, array, about, fastpath=is_plain)


def _columns(
    name: str, variable: xr.DataArray, rows: Sequence[str], taken: Container[object]
) -> dict[str, xr.DataArray]:
    """Return the columns of the table that a variable gives.

    Args:
        name: of the variable.
        variable: its values.
        rows: the dimensions of a row.
        taken: names of all variables.
    """
    others = [dim for dim in variable.dims if dim not in rows]
    if not others:
        return {name: variable}
    for dim in others:
        if dim in BESIDE:
            return _columns_beside(name, variable, dim, rows, taken)
    if others == [BOUND]:
        return _ends(name, variable, taken)
    return {}


def _columns_beside(
    name: str,
    variable: xr.DataArray,
    dim: Hashable,
    rows: Sequence[str],
    taken: Container[object],
) -> dict[str, xr.DataArray]:
    """Return the columns of each value of a dimension, named after it."""
    stem = name.removesuffix("_ci").removesuffix("_se")
    ending = name.removeprefix(stem)
    found: dict[str, xr.DataArray] = {}
    for value in variable[dim].values.tolist():
        text = f"{value:g}" if isinstance(value, float) else str(value)
        part = variable.sel({dim: value}, drop=True)
        found |= _columns(f"{stem}_{text}{ending}", part, rows, taken)
    return found


def _ends(
    name: str, variable: xr.DataArray, taken: Container[object]
) -> dict[str, xr.DataArray]:
    """Return the columns of an interval; with its whole name where another has one."""
    stem = name.removesuffix("_ci")
    names = [f"{stem}_{end}" for end in BOUNDS]
    if any(one in taken for one in names):
        names = [f"{name}_{end}" for end in BOUNDS]
    low, high = (variable.sel({BOUND: end}, drop=True) for end in BOUNDS)
    return dict(zip(names, (low, high), strict=True))
