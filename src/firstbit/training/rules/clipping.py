"""The largest norm of a gradient that a step follows."""

from firstbit.errors import SettingError


def require_clip(clip: float) -> None:
    """Raise `SettingError` unless a largest norm is above 0."""
    if not clip > 0:
        raise SettingError(
            f"`clip` must be above 0; got {clip}; try 1, or inf for no clipping."
        )
