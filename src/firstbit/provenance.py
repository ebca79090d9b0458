"""Where a number comes from: version, configuration and key, kept with every result."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:  # xarray takes half a second to load
    import xarray

DatasetType = TypeVar("DatasetType", bound="xarray.Dataset")


def plain(value: object) -> object:
    """Return a number or an array of NumPy as JSON can hold it.

    Raises:
        TypeError: it is something else; `json` expects this error.

    Example:
        >>> json.dumps({"length": np.int64(3)}, default=plain)
        '{"length": 3}'
    """
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"expected a number or an array, got {type(value).__name__}.")


@cache
def own_version() -> str:
    """Return the version of this library; it stands in a file that is read once."""
    return version("firstbit")


def with_provenance(
    dataset: DatasetType,
    *,
    configuration: Mapping[str, object],
    key: Sequence[int] | None = None,
) -> DatasetType:
    """Add the attributes `firstbit_version`, `configuration` (JSON) and `key`.

    Args:
        dataset: the result; each of its variables must have `long_name` and `units`.
        configuration: every setting that the numbers depend on.
        key: the words of the random key, or None where nothing was drawn.

    Example:
        >>> import xarray as xr
        >>> about = {"long_name": "discrepancy", "units": "1"}
        >>> plain = xr.Dataset({"d": ("length", [1.0], about)})
        >>> with_provenance(plain, configuration={"length": 1}).attrs["configuration"]
        '{"length": 1}'
    """
    attrs: dict[str, object] = {
        "firstbit_version": own_version(),
        "configuration": json.dumps(configuration, default=plain),
    }
    if key is not None:
        attrs["key"] = np.asarray(key, dtype=np.int64)
    return dataset.assign_attrs(attrs)
