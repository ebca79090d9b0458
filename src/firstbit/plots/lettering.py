"""Text in drawings: as long on a page without the font as it is with it."""

import re
from functools import cache
from html import unescape

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from firstbit.plots.styles import fonts

_LEAST = 6
"""Letters of a text whose length matters: a shorter one has room around it."""

_TEXT = re.compile(
    r'<text style="(?P<style>(?:font-weight: (?P<weight>\d+); )?'
    r"font-size: (?P<size>[\d.]+)px; font-family: 'Liberation Sans'[^\"]*)\""
    r"(?P<place>[^>]*)>(?P<words>[^<]+)</text>"
)
"""A text of one font and size, as matplotlib writes it."""


def with_lengths(svg: bytes) -> bytes:
    """Return a drawing that says how long its longer texts are in their own font.

    Example:
        >>> style = "font-size: 10px; font-family: 'Liberation Sans'"
        >>> text = f'<text style="{style}" x="1">hidden size</text>'
        >>> b'textLength="50.6" lengthAdjust' in with_lengths(text.encode())
        True
    """
    return _TEXT.sub(_with_length, svg.decode()).encode()


def _with_length(found: re.Match[str]) -> str:
    words = unescape(found["words"])
    if len(words) < _LEAST:
        return found[0]
    length = float(found["size"]) * _length(words, found["weight"] or "400")
    told = f'textLength="{length:.1f}" lengthAdjust="spacingAndGlyphs"'
    style, place = found["style"], found["place"]
    return f'<text style="{style}" {told}{place}>{found["words"]}</text>'


@cache
def _length(words: str, weight: str) -> float:
    """Return the length of a text, as a share of the size of its letters."""
    font = FontProperties(family=fonts(), weight=int(weight), size=1.0)
    width, _, _ = text_to_path.get_text_width_height_descent(words, font, False)
    return width
