"""Text of figures: names that fit, letters that the font has, parameters as symbols."""

from functools import cache

from matplotlib.font_manager import FontProperties, findfont, get_font

from firstbit.plots.styles import fonts

_UNKNOWN = "\N{REPLACEMENT CHARACTER}"

_LONG_WORD = 30
"""Letters of a word that stays whole: a longer one would not fit on a phone."""


def symbol(name: str) -> str:
    """Return a parameter's name as mathematics: what follows `_` becomes an index.

    Example:
        >>> symbol("U_h"), symbol("O")
        ('$U_{h}$', '$O$')
    """
    letter, _, index = name.partition("_")
    return f"${letter}_{{{index}}}$" if index else f"${letter}$"


def short(name: str, most: int = 60) -> str:
    """Return a name on one line, with visible letters only and at most `most` of them.

    The middle of a longer name is left out.

    Example:
        >>> short("reber"), short("(Monday|Tuesday|Wednesday)+", 15)
        ('reber', '(Monday…esday)+')
    """
    line = " ".join(name.split())
    seen = "".join(map(_visible, line))
    if len(seen) <= most:
        return seen
    end = len(seen) - (most - 1) // 2
    return f"{seen[: most // 2]}…{seen[end:]}"


def breakable(text: str) -> str:
    """Return a text that can be broken in its long words, too: behind their commas.

    Example:
        >>> breakable("gru:2,reset=after and vanilla:18,activation=tanh,use_bias=no")
        'gru:2,reset=after and vanilla:18, activation=tanh, use_bias=no'
    """
    words = []
    for word in text.split(" "):
        is_long = len(word) > _LONG_WORD
        words.append(word.replace(",", ", ") if is_long else word)
    return " ".join(words)


def verbatim(text: str) -> str:
    """Return text that matplotlib draws as it is.

    Dollars begin no mathematics. Letters that the font of titles lacks are replaced;
    matplotlib would warn of them.
    """
    known = "".join(map(_drawable, text))
    return known.replace("$", r"\$")


def percent(share: float) -> str:
    """Return a share as per cent, with at most three digits.

    Example:
        >>> percent(0.95), percent(0.997)
        ('95 %', '99.7 %')
    """
    return f"{100 * share:.3g} %"


def _visible(letter: str) -> str:
    return letter if letter.isprintable() else _UNKNOWN


def _drawable(letter: str) -> str:
    is_known = letter == "\n" or ord(letter) in _letters()
    return letter if is_known else _UNKNOWN


@cache
def _letters() -> frozenset[int]:
    """Return the code points in the fonts of titles."""
    found: set[int] = set()
    for font in fonts():
        bold = FontProperties(family=font, weight="bold")
        found |= set(get_font(findfont(bold)).get_charmap())
    return frozenset(found)
