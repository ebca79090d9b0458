"""Indices and powers in the text of a page, written as `h_{t-1}` and `10^-3`."""

import re

from markupsafe import Markup, escape

_INDEX = re.compile(r"(?<!\w)([^\W\d_])_(?:\{([^{}]+)\}|([^\W_]))(?!\w)")
"""One letter, and its index: several signs in braces, or one."""

_POWER = re.compile(r"(?<![\w.])10\^(?:\{([^{}]+)\}|([-−]?\d+(?:\.\d+)?))")

_LOW = str.maketrans(
    "0123456789+-−()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ"
)


def typeset(text: str) -> Markup:
    """Return a text as HTML with its indices set low, and powers of ten high.

    All else is escaped. Names of several letters, such as `mean_error`, stay.

    Example:
        >>> print(typeset("h_t < W_h h_{t-1}, mean_error 10^-3"))
        h<sub>t</sub> &lt; W<sub>h</sub> h<sub>t−1</sub>, mean_error 10<sup>−3</sup>
    """
    escaped = str(escape(text))
    lowered = _INDEX.sub(lambda at: f"{at[1]}<sub>{_signs(at)}</sub>", escaped)
    raised = _POWER.sub(lambda at: f"10<sup>{_signs(at)}</sup>", lowered)
    return Markup(raised)


def in_letters(text: str) -> str:
    """Return a text with its indices as letters, where there can be no HTML.

    Example:
        >>> in_letters("h_t = W_h h_{t-1}")
        'hₜ = Wₕ hₜ₋₁'
    """
    return _INDEX.sub(lambda at: at[1] + _signs(at).translate(_LOW), text)


def _signs(at: re.Match[str]) -> str:
    """Return what is found in braces, or without them."""
    index = next(filter(None, reversed(at.groups())))
    return index.replace("-", "−")
