"""The language that a user means."""

from pathlib import Path
from typing import TYPE_CHECKING

from firstbit.errors import LanguageError, SettingError, shown
from firstbit.files import is_file

if TYPE_CHECKING:
    from firstbit.languages import Language

EXPRESSION_LETTERS = frozenset("()|*+?.[]{}")
"""A text with one of these is an expression; a name has none."""

FILE_ENDINGS = (".toml", ".jff")
"""Of TOML, and of JFLAP."""


def find(
    name: str | None, regex: str | None = None, alphabet: str | None = None
) -> "Language":
    """Return the language of a file, of an expression or of a name.

    Args:
        name: a file that ends in .toml or .jff, an expression, which has one of
            `()|*+?.[]{}`, or a name, which has none.
        regex: an expression, even if it looks like a name.
        alphabet: the symbols of the expression.

    Raises:
        SettingError: neither or both are given, or an alphabet without an expression.
        LanguageError: there is no such language.

    Example:
        >>> find("reber").name, find("a|bc").name
        ('reber', 'a|bc')
    """
    from firstbit.languages import Language

    if (name is None) == (regex is None):
        raise SettingError(
            "expected a name or an expression, and not both; try: firstbit "
            "language reber."
        )
    if regex is not None:
        return Language.from_regex(regex, alphabet=alphabet)
    assert name is not None
    ending = Path(name).suffix.lower()
    if is_expression(name) and ending not in FILE_ENDINGS:
        _require_no_file(name)
        return Language.from_regex(name, alphabet=alphabet)
    if alphabet is not None:
        raise SettingError(
            "expected an expression beside --alphabet: without it, --alphabet changes "
            "nothing."
        )
    return _of_file(name, ending) if ending in FILE_ENDINGS else _by_name(name)


def is_expression(text: str) -> bool:
    """Return whether a text has a character that no name has.

    Example:
        >>> is_expression("a|b"), is_expression("reber")
        (True, False)
    """
    from firstbit.languages.automaton.regex import TEXTBOOK_SIGNS

    signs = {*EXPRESSION_LETTERS, *TEXTBOOK_SIGNS}
    return not signs.isdisjoint(text)


def _of_file(path: str, ending: str) -> "Language":
    from firstbit.languages import read_jflap, read_toml

    return read_jflap(path) if ending == ".jff" else read_toml(path)


def _by_name(name: str) -> "Language":
    from firstbit.languages import language_by_name

    try:
        return language_by_name(name)
    except LanguageError as error:
        hint = f"For an expression: --regex '{shown(name)}'."
        raise LanguageError(f"{error} {hint}") from None


def _require_no_file(text: str) -> None:
    """Raise `SettingError` if an expression is the path of a file."""
    if is_file(text):
        raise SettingError(
            f"expected a language, got the file '{shown(text)}': languages are "
            f"read from files that end in {' or '.join(FILE_ENDINGS)}; "
            "try NAME --check for a file of words, or --regex for an expression."
        )


def word_list(language: "Language", path: Path | None) -> tuple[str, ...] | None:
    """Return the words of a file, each checked; None where no file is given.

    Raises:
        WordError: a word is not in the language, or there is none.
        OutputError: the file can't be read as text.
    """
    if path is None:
        return None
    from firstbit.languages import read_words

    return tuple(read_words(language, path))
