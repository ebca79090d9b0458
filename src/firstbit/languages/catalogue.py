"""The languages that have a name."""

from collections.abc import Callable

from firstbit.errors import LanguageError, unknown_name
from firstbit.languages.language import Language
from firstbit.languages.reber import embedded_reber, reber, reber_as_printed

CATALOGUE: dict[str, Callable[[], Language]] = {
    "reber": reber,
    "embedded-reber": embedded_reber,
    "reber-as-printed": reber_as_printed,
}
"""Name on the command line -> the language."""


def by_name(name: str) -> Language:
    """The language of that name.

    Raises:
        LanguageError: there is none; the text names the nearest.

    Example:
        >>> by_name("embedded-reber").alphabet
        ('B', 'T', 'S', 'X', 'V', 'P', 'E')
    """
    if name not in CATALOGUE:
        raise LanguageError(unknown_name("language", name, CATALOGUE))
    return CATALOGUE[name]()
