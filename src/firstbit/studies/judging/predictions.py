"""Predictions that were made elsewhere: JSON Lines, one word a line."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from firstbit.errors import LanguageError, SettingError, WordError, shown, shown_value
from firstbit.languages import Language
from firstbit.languages.words.files import read_text
from firstbit.studies.judging.contract import Contract
from firstbit.studies.judging.models import Scored

ENDING = ".jsonl"

FORM = '{"word": "BT", "scores": [[...], [...]]}'

Scores = Mapping[str, np.ndarray]
"""Word -> its scores."""


@dataclass(frozen=True)
class Predictions:
    """The scores of a file.

    Attributes:
        path: the file.
        of_word: word -> one row of scores a symbol, or only the last row.
        remedy: how the words are exported that a test asks for.
    """

    path: Path
    of_word: Scores
    remedy: str

    @classmethod
    def read(
        cls, path: Path, language: Language, contract: Contract, remedy: str
    ) -> "Predictions":
        """Read a file.

        A row of scores is a list in the order of the language's outputs, or an object
        from outputs to scores, in which what is left out is impossible.

        Raises:
            OutputError: it can't be read as text.
            SettingError: it is empty, a line is no such object, or a row has not one
                score for each output.
            WordError: a word is not the beginning of one of the language.
        """
        text = read_text(path, "JSON Lines, one object a line")
        found: dict[str, np.ndarray] = {}
        for number, line in enumerate(text.splitlines(), start=1):
            if not line.strip():
                continue
            try:
                word, scores = _entry(line, language, contract)
                before = found.setdefault(word, scores)
                if not np.array_equal(before, scores, equal_nan=True):
                    raise SettingError(
                        f"expected each word once, got '{shown(word)}' again with "
                        "other scores; leave one out."
                    )
            except LanguageError as error:
                raise WordError(f"{_place(path, number)}: {error}") from None
            except SettingError as error:
                raise SettingError(f"{_place(path, number)}: {error}") from None
        if not found:
            raise SettingError(
                f"expected lines such as {FORM} in '{shown(path)}', got nothing; write "
                "the predictions anew."
            )
        return cls(path, found, remedy)

    def whole(self, words: Sequence[str]) -> Scored:
        """Return the scores after each symbol of words."""
        self._require_all(words)
        scored = []
        for word in words:
            scores = self.of_word[word]
            if len(scores) != len(word):
                raise SettingError(
                    f"'{shown(self.path)}': expected one row of scores for each of the "
                    f"{len(word)} symbols of '{shown(word)}', got {len(scores)}."
                )
            scored.append(scores)
        return scored

    def last(self, words: Sequence[str]) -> Scored:
        """Return scores of which the last row is that after the whole word."""
        self._require_all(words)
        return [self.of_word[word] for word in words]

    def _require_all(self, words: Sequence[str]) -> None:
        missing = [word for word in words if word not in self.of_word]
        if missing:
            raise SettingError(
                f"expected predictions of all {len(words):,} words of a test, got none "
                f"of {len(missing):,} in '{shown(self.path)}', such as "
                f"'{shown(missing[0])}'; the file may be cut, or of another seed, "
                f"number of words or resolution: {self.remedy}."
            )


def _place(path: Path, number: int) -> str:
    return f"'{shown(path)}', line {number}"


def _entry(line: str, language: Language, contract: Contract) -> tuple[str, np.ndarray]:
    """Return the word of a line and its scores."""
    try:
        # A whole number may have more digits than Python reads, or float64 holds.
        entry = json.loads(line, parse_int=float)
    except (json.JSONDecodeError, RecursionError) as error:
        reason = getattr(error, "msg", "brackets within brackets")
        raise SettingError(
            f"expected an object such as {FORM}, got '{shown(line)}' ({reason}); "
            "the file may be cut, write it anew."
        ) from None
    if not isinstance(entry, dict) or not {"word", "scores"} <= set(entry):
        raise SettingError(
            f"expected an object such as {FORM}, got {shown_value(entry)}."
        )
    word = entry["word"]
    language.path(word)  # raises, and says where
    rows = entry["scores"]
    if not isinstance(rows, list) or len(rows) not in (1, len(word)):
        number = len(rows) if isinstance(rows, list) else shown_value(rows)
        raise SettingError(
            f"expected one row of scores for each of the {len(word)} symbols of "
            f"'{shown(word)}', got {number}."
        )
    found = [_row(row, word, language, contract) for row in rows]
    return word, np.array(found)


def _row(row: object, word: str, language: Language, contract: Contract) -> list[float]:
    """Return one row of scores in the order of the outputs."""
    outputs = language.outputs
    if isinstance(row, dict):
        row = _listed(row, word, language, contract)
    if not isinstance(row, list) or len(row) != len(outputs):
        number = len(row) if isinstance(row, list) else shown_value(row)
        raise SettingError(
            f"expected {len(outputs)} scores in a row of '{shown(word)}', for "
            f"{shown(', '.join(outputs))}; got {number}."
        )
    found = []
    for score in row:
        if not isinstance(score, float):
            raise SettingError(
                f"expected numbers as scores of '{shown(word)}', got "
                f"{shown_value(score)}."
            )
        found.append(score)
    return found


def _listed(
    row: dict[str, object], word: str, language: Language, contract: Contract
) -> list[object]:
    """Return the scores of an object; what it leaves out is impossible."""
    outputs = language.outputs
    for symbol in row:
        if symbol not in outputs:
            raise SettingError(
                f"unknown symbol '{shown(symbol)}' in the scores of '{shown(word)}': "
                f"expected some of {shown(', '.join(outputs))}."
            )
    impossible = -np.inf if contract.scores == "logits" else 0.0
    return [row.get(output, impossible) for output in outputs]
