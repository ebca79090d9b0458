"""Languages as small TOML files.

name = "coin"
start = "tossing"
final = ["done"]            # or, with probabilities of ending: final = {done = 1.0}
alphabet = "01"             # one-hot order; without it the symbols are sorted

[transitions.tossing] 0 = "tossing"               # a state's choices are equally likely
... 1 = "done"                  # ... or each says how likely it is: 1 = {to = "done",
probability = 0.5}
"""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from firstbit.errors import LanguageError, unknown_name
from firstbit.files import write_whole
from firstbit.languages.automaton.transitions import Target
from firstbit.languages.language import Language
from firstbit.languages.words.files import read_text

KEYS = ("name", "start", "final", "alphabet", "transitions")


def read_toml(path: Path | str) -> Language:
    """The language that a TOML file describes.

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
    r"""The language that a TOML document describes; `source` is named in errors.

    Example:
        >>> parse_toml('start = "s"\nfinal = ["s"]\n[transitions.s]\na = "s"').next_symbols("a")
        {'a': 0.5, '$': 0.5}
    """
    try:
        document = tomllib.loads(text)
    except (
        ValueError,
        RecursionError,
    ) as error:  # not only TOMLDecodeError: integers of many digits, dates out of range
        raise LanguageError(
            f"'{source}': expected TOML: {error or 'brackets too deep'}."
        ) from error
    try:
        return _language(document)
    except LanguageError as error:
        raise LanguageError(f"'{source}': {error}") from error


def to_toml(language: Language) -> str:
    """The language as a TOML document; reading it back gives an equal language with the same names.

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
    ends = [
        f"{_quoted(state)} = {float(stop)!r}"
        for state, stop in zip(language.states, language.stop, strict=True)
        if stop > 0
    ]
    lines = [
        f"name = {_quoted(language.name)}",
        f"start = {_quoted(language.states[0])}",
        f"alphabet = [{', '.join(map(_quoted, language.alphabet))}]",
        f"final = {{{', '.join(ends)}}}",
    ]
    leaving: dict[str, list[str]] = {
        state: [] for state in language.states
    }  # the empty ones too: they keep their place
    for state, symbol, target, probability in language.edges():
        leaving[state].append(
            f"{_quoted(symbol)} = {{to = {_quoted(target)}, probability = "
            f"{probability!r}}}"
        )
    for state, edges in leaving.items():
        lines += ["", f"[transitions.{_quoted(state)}]", *edges]
    return "\n".join(lines) + "\n"


def write_toml(language: Language, path: Path | str) -> None:
    """Write the language as a TOML file, whole or not at all.

    Raises:
        OutputError: the file can't be written.
    """
    write_whole(
        Path(path),
        lambda temporary: temporary.write_text(to_toml(language), encoding="utf-8"),
    )


def _language(document: dict[str, Any]) -> Language:
    for key in document:
        if key not in KEYS:
            raise LanguageError(unknown_name("key", key, KEYS))
    transitions = _table(document.get("transitions", {}), "transitions")
    name = _text(document.get("name", "language"), "name")
    start = _text(document.get("start"), "start")
    edges = {
        state: {
            symbol: _target(f"transitions.{state}.{symbol}", target)
            for symbol, target in _table(edges, f"transitions.{state}").items()
        }
        for state, edges in transitions.items()
    }
    if not edges:
        raise LanguageError(
            "expected a table [transitions.STATE] for each state with edges, got none."
        )
    return Language.from_transitions(
        edges,
        start=start,
        final=_final(document.get("final")),
        alphabet=_alphabet(document.get("alphabet")),
        name=name,
    )


def _table(value: Any, key: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise LanguageError(f"{key}: expected a table, got {value!r}.")
    return value


def _text(value: Any, key: str) -> str:
    if not isinstance(value, str):
        raise LanguageError(
            f'{key}: expected a text, as in {key} = "s", got '
            f"{'nothing' if value is None else repr(value)}."
        )
    return value


def _target(key: str, value: Any) -> Target:
    if isinstance(value, str):
        return value
    if (
        isinstance(value, dict)
        and set(value) == {"to", "probability"}
        and isinstance(value["to"], str)
    ):
        return value["to"], _probability(value["probability"], key)
    raise LanguageError(
        f'{key}: expected "STATE" or {{to = "STATE", probability = P}}, got {value!r}.'
    )


def _probability(value: Any, key: str) -> float:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not 0 <= value <= 1
    ):
        raise LanguageError(f"{key}: expected a probability, got {value!r}.")
    return float(value)


def _final(value: Any) -> list[str] | dict[str, float]:
    if isinstance(value, dict):
        return {state: _probability(p, "final") for state, p in value.items()}
    if isinstance(value, list) and all(isinstance(state, str) for state in value):
        return value
    raise LanguageError(
        f'final: expected states, as in final = ["s"], or {{s = 1.0}}, got '
        f"{'nothing' if value is None else repr(value)}."
    )


def _alphabet(value: Any) -> list[str] | None:
    if value is None:
        return None
    symbols = list(value) if isinstance(value, str | list) else [value]
    if not all(isinstance(symbol, str) for symbol in symbols):
        raise LanguageError(
            f'alphabet: expected symbols, as in "ab" or ["a", "b"], got {value!r}.'
        )
    return symbols


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes, and one for the delete character, which JSON leaves bare."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
