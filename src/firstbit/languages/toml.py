"""Languages as small TOML files.

A file gives the name, the start, the final states, the alphabet and the edges:

    name = "coin"
    start = "tossing"
    final = ["done"]            # or, with probabilities of ending: final = {done = 1.0}
    alphabet = "01"             # one-hot order; without it the symbols are sorted
    end_marker = false          # is the end an output? else where words may go on

    [transitions.tossing]
    0 = "tossing"               # a state's choices are equally likely ...
    1 = "done"                  # ... or each has its probability:
                                # 1 = {to = "done", probability = 0.5}
"""

import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from firstbit.errors import LanguageError, shown, unknown_name
from firstbit.files import write_whole
from firstbit.languages.automaton.automaton import given
from firstbit.languages.automaton.transitions import Target
from firstbit.languages.automaton.validity import SIX_DIGITS
from firstbit.languages.language import Language
from firstbit.languages.words.files import read_text

KEYS = ("name", "start", "final", "alphabet", "end_marker", "transitions")


def read_toml(path: Path | str) -> Language:
    """Read a language from a TOML file.

    Raises:
        LanguageError: the file is not TOML, or doesn't describe a proper language.
        OutputError: it can't be read.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_toml(Language.from_regex("ab*"), f"{folder}/words.toml")
        ...     read_toml(f"{folder}/words.toml") == Language.from_regex("ab*")
        True
    """
    return parse_toml(read_text(Path(path), "a TOML file"), source=str(path))


def parse_toml(text: str, *, source: str = "TOML") -> Language:
    r"""Return the language that a TOML document describes.

    Args:
        text: the document.
        source: where it comes from, for errors.

    Raises:
        LanguageError: the text is not TOML, or doesn't describe a proper language.

    Example:
        >>> words = parse_toml('start = "s"\nfinal = ["s"]\n[transitions.s]\na = "s"')
        >>> words.next_symbols("a")
        {'a': 0.5, '$': 0.5}
    """
    try:
        document = tomllib.loads(text)
    # Not only TOMLDecodeError: integers of many digits, dates out of range.
    except (ValueError, RecursionError) as error:
        raise LanguageError(
            f"'{shown(source)}': expected TOML: "
            f"{shown(error or 'brackets too deep', 200)}."
        ) from error
    try:
        return _language(document)
    except LanguageError as error:
        raise LanguageError(f"'{shown(source)}': {error}") from error


def to_toml(language: Language | str) -> str:
    """Return the language as a TOML document.

    Reading it back gives an equal language with the same names.

    Example:
        >>> print(to_toml(Language.from_regex("a", name="one")))
        name = "one"
        start = "s0"
        alphabet = ["a"]
        final = {"s1" = 1.0}
        <BLANKLINE>
        [transitions."s0"]
        "a" = {to = "s1", probability = 1.0}
        <BLANKLINE>
        [transitions."s1"]
        <BLANKLINE>
    """
    language = given(language)
    ends = []
    for state, stop in zip(language.states, language.stop, strict=True):
        if stop > 0:
            ends.append(f"{_quoted(state)} = {float(stop)!r}")
    lines = [
        f"name = {_quoted(language.name)}",
        f"start = {_quoted(language.states[0])}",
        f"alphabet = [{', '.join(map(_quoted, language.alphabet))}]",
        f"final = {{{', '.join(ends)}}}",
    ]
    if language.marks_end is not None:
        lines.append(f"end_marker = {str(language.marks_end).lower()}")
    # States without edges have a table too: it keeps their place.
    leaving: dict[str, list[str]] = {state: [] for state in language.states}
    for state, symbol, target, probability in language.edges():
        leaving[state].append(
            f"{_quoted(symbol)} = "
            f"{{to = {_quoted(target)}, probability = {probability!r}}}"
        )
    for state, edges in leaving.items():
        lines += ["", f"[transitions.{_quoted(state)}]", *edges]
    return "\n".join(lines) + "\n"


def write_toml(language: Language | str, path: Path | str) -> None:
    """Write the language as a TOML file, whole or not at all.

    Raises:
        OutputError: the file can't be written.
    """
    language = given(language)
    text = to_toml(language)
    write_whole(
        Path(path), lambda temporary: temporary.write_text(text, encoding="utf-8")
    )


def _language(document: Mapping[str, object]) -> Language:
    for key in document:
        if key not in KEYS:
            raise LanguageError(unknown_name("key", key, KEYS))
    tables = _table(document.get("transitions", {}), "transitions")
    name = _text(document.get("name", "language"), "name")
    start = _text(document.get("start"), "start")
    transitions = {state: _edges(state, edges) for state, edges in tables.items()}
    if not transitions:
        raise LanguageError(
            "expected a table [transitions.STATE] for each state with edges, got none."
        )
    found = Language.from_transitions(
        transitions,
        start=start,
        final=_final(document.get("final")),
        alphabet=_alphabet(document.get("alphabet")),
        name=name,
    )
    marks_end = document.get("end_marker")
    if marks_end is None:
        return found
    if not isinstance(marks_end, bool):
        raise LanguageError(
            f"end_marker: expected true or false, got {_shown(marks_end)}."
        )
    return replace(found, marks_end=marks_end)


def _edges(state: str, value: object) -> dict[str, Target]:
    key = f"transitions.{shown(state)}"
    edges = _table(value, key)
    return {
        symbol: _target(edges[symbol], f"{key}.{shown(symbol)}") for symbol in edges
    }


def _table(value: object, key: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise LanguageError(f"{key}: expected a table, got {shown(repr(value))}.")
    return value


def _text(value: object, key: str) -> str:
    if not isinstance(value, str):
        raise LanguageError(
            f'{key}: expected a text, as in {key} = "s", got {_shown(value)}.'
        )
    return value


def _target(value: object, key: str) -> Target:
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and set(value) == {"to", "probability"}:
        target = value["to"]
        if isinstance(target, str):
            return target, _probability(value["probability"], key)
    raise LanguageError(
        f'{key}: expected "STATE" or {{to = "STATE", probability = P}}, got '
        f"{shown(repr(value))}."
    )


def _probability(value: object, key: str) -> float:
    number = math.nan
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = value
    # A printed one may be above 1 by its rounding.
    if 0 <= number <= 1 + 2 * SIX_DIGITS:
        return float(number)
    raise LanguageError(f"{key}: expected a probability, got {shown(repr(value))}.")


def _final(value: object) -> list[str] | dict[str, float]:
    if isinstance(value, dict):
        return {state: _probability(p, "final") for state, p in value.items()}
    if isinstance(value, list) and all(isinstance(state, str) for state in value):
        return value
    raise LanguageError(
        f'final: expected states, as in final = ["s"], or {{s = 1.0}}, got '
        f"{_shown(value)}."
    )


def _alphabet(value: object) -> list[str] | None:
    if value is None:
        return None
    if isinstance(value, str):
        return list(value)
    if isinstance(value, list) and all(isinstance(symbol, str) for symbol in value):
        return value
    raise LanguageError(
        f'alphabet: expected symbols, as in "ab" or ["a", "b"], got '
        f"{shown(repr(value))}."
    )


def _shown(value: object) -> str:
    return "nothing" if value is None else shown(repr(value))


def _quoted(text: str) -> str:
    """Return a TOML basic string: JSON's, with the delete character escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
