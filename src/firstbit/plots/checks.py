"""What a figure asks of its Dataset, checked before anything is drawn."""

import xarray as xr

from firstbit.errors import SettingError


def require_variables(
    ds: xr.Dataset, figure: str, dims: dict[str, tuple[str, ...]]
) -> None:
    """Raise unless every variable is there with its dims.

    Args:
        ds: the Dataset to draw.
        figure: what is to be drawn, for the message.
        dims: variable name -> its dims, in any order.

    Raises:
        SettingError: a variable is missing, or has other dims.

    Example:
        >>> require_variables(xr.Dataset(), "outputs", {"output": ("word", "symbol")})
        Traceback (most recent call last):
        ...
        firstbit.errors.SettingError: outputs: expected the variable `output(word, symbol)`; the Dataset has none.
    """
    for name, expected in dims.items():
        text = f"{figure}: expected the variable `{name}({', '.join(expected)})`"
        if name not in ds.variables:
            raise SettingError(
                f"{text}; the Dataset has "
                f"{', '.join(map(str, ds.variables)) or 'none'}."
            )
        if set(ds[name].dims) != set(expected):
            raise SettingError(
                f"{text}; got dims ({', '.join(map(str, ds[name].dims))})."
            )


def require_attributes(ds: xr.Dataset, figure: str, names: tuple[str, ...]) -> None:
    """Raise `SettingError` unless the Dataset has every attribute in `names`."""
    for name in names:
        if name not in ds.attrs:
            raise SettingError(
                f"{figure}: expected the attribute `{name}`; the Dataset has "
                f"{', '.join(map(str, ds.attrs)) or 'none'}."
            )
