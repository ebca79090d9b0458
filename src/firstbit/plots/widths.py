"""How wide a figure is: it is drawn at the width at which it is seen."""

import re
from math import ceil

from firstbit.errors import SettingError, shown_value

Width = float | str
"""Inches as a number, or a text: `89 mm`, `3.5 in`, `540 px`."""

_UNITS = {"mm": 25.4, "cm": 2.54, "in": 1.0, "px": 96.0, "pt": 72.0}
"""Unit -> how many make an inch."""

_LEAST, _MOST = 1.0, 50.0

_ROUNDING = 1e-6

_TEXT = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*(mm|cm|in|px|pt)\s*")


def inches(width: Width) -> float:
    """Return a width in inches.

    Raises:
        SettingError: it is no width, or below 1 or above 50 inches.

    Example:
        >>> inches("540 px"), inches(3.5), round(inches("89 mm"), 2)
        (5.625, 3.5, 3.5)
    """
    found = _read(width)
    if found is None or not _LEAST <= found <= _MOST:
        raise SettingError(
            "expected `width` as 1 to 50 inches, or as a text such as '89 mm' or "
            f"'540 px', got {shown_value(width)}; try '540 px'."
        )
    return found


def require_room(width: Width, least: float) -> None:
    """Raise unless the panels that were asked for fit into a width.

    Args:
        width: of the figure.
        least: inches at which all can still be read.

    Raises:
        SettingError: it is too small, with the width that fits; or it is no width.

    Example:
        >>> require_room("540 px", 5.0)
        >>> require_room("360 px", 5.0)  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        firstbit.errors.SettingError: expected `width` of at least 480 px (127 mm) ...
    """
    if inches(width) < least - _ROUNDING:
        raise too_narrow(width, least)


def too_narrow(width: Width, least: float) -> SettingError:
    """Return what to raise where the least inches that fit are more than a width."""
    pixels = ceil(_UNITS["px"] * least)
    mm = ceil(_UNITS["mm"] * least)
    return SettingError(
        f"expected `width` of at least {pixels} px ({mm} mm) for the panels asked, "
        f"got {_UNITS['px'] * inches(width):.0f} px; try '{pixels} px'."
    )


def _read(width: object) -> float | None:
    """Return the inches of a width; None where it is none."""
    if isinstance(width, bool):
        return None
    if isinstance(width, int | float):
        return float(width)
    if not isinstance(width, str):
        return None
    parts = _TEXT.fullmatch(width)
    if parts is None:
        return None
    number, unit = parts.groups()
    return float(number) / _UNITS[unit]
