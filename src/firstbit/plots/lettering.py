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

_TITLE = re.compile(
    r"<text (?P<place>[^>]*font-family=\"Helvetica,[^>]*"
    r"font-weight=\"bold\" font-size=\"(?P<size>[\d.]+)\"[^>]*)>"
    r"(?P<words>[^<]+)</text>"
)
"""A line of a graph's title, as Graphviz writes it; our font has the same widths."""


def with_lengths(svg: bytes) -> bytes:
    """Return a drawing that says how long its longer texts are in their own font.

    Example:
        >>> style = "font-size: 10px; font-family: 'Liberation Sans'"
        >>> text = f'<text style="{style}" x="1">hidden size</text>'
        >>> b'textLength="50.6" lengthAdjust' in with_lengths(text.encode())
        True
    """
    return _TEXT.sub(_with_length, svg.decode()).encode()


def with_lengths_of_title(svg: bytes) -> bytes:
    """Return the drawing of a graph that says how long the lines of its title are.

    Example:
        >>> place = 'font-family="Helvetica,Arial" font-weight="bold" font-size="10"'
        >>> text = f"<text {place}>hidden size</text>"
        >>> b'textLength="54.4" lengthAdjust' in with_lengths_of_title(text.encode())
        True
    """
    return _TITLE.sub(_with_length_of_title, svg.decode()).encode()


def _with_length(found: re.Match[str]) -> str:
    words = unescape(found["words"])
    if len(words) < _LEAST:
        return found[0]
    told = _told(words, found["size"], found["weight"] or "400")
    style, place = found["style"], found["place"]
    return f'<text style="{style}" {told}{place}>{found["words"]}</text>'


def _with_length_of_title(found: re.Match[str]) -> str:
    told = _told(unescape(found["words"]), found["size"], "700")
    return f"<text {found['place']} {told}>{found['words']}</text>"


def _told(words: str, size: str, weight: str) -> str:
    """Return the attributes that say how long a text is."""
    length = float(size) * _length(words, weight)
    return f'textLength="{length:.1f}" lengthAdjust="spacingAndGlyphs"'


@cache
def _length(words: str, weight: str) -> float:
    """Return the length of a text, as a share of the size of its letters."""
    font = FontProperties(family=fonts(), weight=int(weight), size=1.0)
    width, _, _ = text_to_path.get_text_width_height_descent(words, font, False)
    return width
