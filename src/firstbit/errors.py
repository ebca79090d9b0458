"""What firstbit raises: one line that says what was expected, what came, a remedy.

Every error is a `FirstbitError` and a built-in error too, so that `except ValueError`
works for those who don't know the library. The command line turns any `FirstbitError`
into one line and exit status 2.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class FirstbitError(Exception):
    """Any error that firstbit raises on purpose."""


class LanguageError(FirstbitError, ValueError):
    """An automaton or an expression that is not a proper language."""


class WordError(LanguageError):
    """A word that is not in the language: where, which letter, which were legal."""


class CellError(FirstbitError, ValueError):
    """A cell, or a cell's parameters, that can't be used as asked."""


class SettingError(FirstbitError, ValueError):
    """A number or a name outside its admissible range."""


class PackageError(FirstbitError, ImportError):
    """An optional package that isn't installed."""


class OutputError(FirstbitError, OSError):
    """A file or a folder that can't be written, or must not be replaced."""


def require_at_least(name: str, value: int, least: int) -> None:
    """Raise `SettingError` unless `value >= least`.

    Example:
        >>> require_at_least("length", 0, 1)
        Traceback (most recent call last):
        ...
        firstbit.errors.SettingError: `length` must be at least 1; got 0.
    """
    if value < least:
        raise SettingError(f"`{name}` must be at least {least}; got {value}.")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like `name`; None if none is.

    Example:
        >>> nearest("activaton", ["reset", "activation"])
        'activation'
    """
    near = get_close_matches(name, list(known), n=1, cutoff=0.4)
    return near[0] if near else None


def unknown_name(kind: str, name: str, known: Iterable[str]) -> str:
    """Say that `name` is unknown, which names are known, and which is the nearest.

    Example:
        >>> unknown_name("cell", "gro", ["vanilla", "gru"])
        "unknown cell 'gro': expected one of vanilla, gru; did you mean 'gru'?"
    """
    names = list(known)
    near = nearest(name, names)
    hint = f"; did you mean '{near}'?" if near else "."
    return f"unknown {kind} '{name}': expected one of {', '.join(names)}{hint}"
