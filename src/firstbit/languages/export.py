"""A language as files, so that a net may be trained and asked anywhere."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import numpy as np

from firstbit.errors import (
    LanguageError,
    SettingError,
    require_path,
    require_seed,
    shown_value,
)
from firstbit.files import replaced_folder, require_replaceable
from firstbit.languages.catalogue import language_by_name
from firstbit.languages.catalogue.entries import require_language
from firstbit.languages.demand.floors import full_floor, window_floors
from firstbit.languages.demand.list_floors import split_floors
from firstbit.languages.demand.losses import Loss
from firstbit.languages.demand.word_floors import loss_of_truth
from firstbit.languages.judging.criterion import Criterion
from firstbit.languages.judging.standard_test import StandardTest
from firstbit.languages.judging.twins import Twins
from firstbit.languages.language import Language
from firstbit.languages.toml import write_toml
from firstbit.languages.words.conditioned import Lengths
from firstbit.languages.words.files import export_prefixes, export_words
from firstbit.languages.words.splits import Split, split
from firstbit.provenance import own_version

MARKER = "manifest.json"
"""The file that every exported folder has."""

SIZES = (1000, 200, 1000)
"""Words to train on, to choose by and to test on."""

TEST = "judge"
"""The folder of the words by which `firstbit judge` judges."""

LOSSES: tuple[Loss, ...] = ("squared error", "bits", "nats")

LONGEST_WINDOW = 8

Facts = Mapping[str, object]
"""What the manifest says of one file."""


class _File(NamedTuple):
    """One file of words.

    Attributes:
        name: in the folder.
        words: one a line.
        are_whole: whether they are words; else beginnings of words.
        facts: what the manifest says of it.
    """

    name: str
    words: Sequence[str]
    are_whole: bool
    facts: Facts


def export_language(
    language: Language | str,
    folder: Path | str,
    *,
    sizes: Sequence[int] = SIZES,
    seed: int = 0,
    lengths: Sequence[Lengths] | Lengths | None = None,
    disjoint: bool = False,
    distinct: bool = False,
    criterion: Criterion | None = None,
) -> dict[str, object]:
    """Write words to train on, to choose by and to test on, with all that is true.

    `train.jsonl`, `validation.jsonl` and `test.jsonl` are the lists of `split`. The
    folder `judge` has the words by which `firstbit judge` judges, with the same
    `criterion` and `seed`: `fresh.jsonl`; `twins-L.jsonl` for L = 1, 2, 4, ..., pairs
    of beginnings with the same last L symbols and different predictions, one pair in
    each two lines; `long-N.jsonl`, words of N symbols; and `repeated.jsonl`, where one
    symbol is repeated. Each line is an object with the `word` and with `next`: for each
    of its beginnings, the empty one first, every legal next symbol and its exact
    probability; `$` is the end. `language.toml` is the language, and `manifest.json`
    says what each file is and the least loss on it.

    The words of `judge` follow the language, also where the lists are disjoint or have
    other lengths.

    Args:
        language: the task, or its name in the catalogue.
        folder: a new one, or one of an earlier call, which is replaced.
        sizes: words to train on and to test on; or to train on, to choose by and to
            test on.
        seed: of all words.
        lengths: (shortest, longest) of each list, or one pair for all, as `split` has
            it: words to test on may be longer than all others.
        disjoint: whether no word may be in two lists.
        distinct: whether no word may come twice in a list.
        criterion: of the test; its `num_words` are by default those to train on.

    Returns:
        The manifest.

    Raises:
        SettingError: a number is out of range.
        LanguageError: the language has nothing to predict, or too few words.
        OutputError: the folder can't be written, or holds something else.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as place:
        ...     made = export_language("reber", f"{place}/reber", sizes=(50, 20))
        ...     print(made["files"]["train.jsonl"]["words"], sorted(made["files"]))
        50 ['judge/fresh.jsonl', 'judge/long-...', 'test.jsonl', 'train.jsonl']
    """
    language = require_language(language)
    folder = require_path("folder", folder)
    require_replaceable(folder, MARKER)
    seed = require_seed(seed)
    if isinstance(sizes, str) or not isinstance(sizes, Sequence):
        raise SettingError(
            f"expected `sizes` as two or three numbers, got {shown_value(sizes)}; try "
            "(1000, 200, 1000)."
        )
    lists = split(
        language,
        *sizes,
        seed=seed,
        lengths=lengths,
        disjoint=disjoint,
        distinct=distinct,
    )
    chosen = _with_number(criterion or Criterion(), len(lists.train))
    test = StandardTest(language, chosen, seed)
    files = [*_lists(lists), *_of_test(test)]
    facts = {one.name: one.facts for one in files}
    manifest = {**_about(test, lists), "files": facts}
    with replaced_folder(folder, marker=MARKER) as fresh:
        (fresh / TEST).mkdir()
        for one in files:
            write = export_words if one.are_whole else export_prefixes
            write(language, one.words, fresh / one.name)
        write_toml(language, fresh / "language.toml")
        text = json.dumps(manifest, indent=1, allow_nan=False)
        (fresh / MARKER).write_text(f"{text}\n", encoding="utf-8")
    return manifest


def _with_number(criterion: Criterion, num_words: int) -> Criterion:
    """Return a criterion that says how many words training reads."""
    if criterion.num_words is not None:
        return criterion
    return Criterion(criterion.resolution, criterion.error, num_words)


def _about(test: StandardTest, lists: Split) -> dict[str, object]:
    """Return what the manifest says of the whole folder."""
    language = test.language
    order = test.plan.memory_order
    floors = {}
    for loss in LOSSES:
        windows = window_floors(language, LONGEST_WINDOW, loss)
        floors[f"{loss} a word"] = {
            "state_known": full_floor(language, loss),
            "last_m_symbols": [float(floor) for floor in windows],
        }
    return {
        "firstbit_version": own_version(),
        "language": language.name,
        "alphabet": list(language.alphabet),
        "outputs": list(language.outputs),
        "predictions_that_count": (
            "after each symbol read the next output; the first symbol is given"
        ),
        "memory_order": int(order) if math.isfinite(order) else None,
        "floors": floors,
        "seed": test.seed,
        "criterion": asdict(test.criterion),
        "lag": test.plan.lag,
        "disjoint": lists.by_hash,
        "distinct": lists.distinct,
        "judge": (
            f"firstbit judge --language {_spelt(language)} --predictions FILE --scores "
            f"logits --seed {test.seed} --num-words {test.num_words}"
        ),
    }


def _spelt(language: Language) -> str:
    """Return how a command names the language: one without a name has a file here."""
    try:
        is_known = language_by_name(language.name) == language
    except LanguageError:
        is_known = False
    return language.name if is_known else "DIR/language.toml"


def _lists(lists: Split) -> Iterator[_File]:
    """Yield the lists of words."""
    found = {loss: split_floors(lists, loss=loss) for loss in LOSSES}
    for side in lists.sides:
        floors = {}
        for loss, of_loss in found.items():
            at = of_loss.sel(side=side.name)
            floors[f"{loss} a word"] = {
                name: _or_none(float(at[name]))
                for name in ("expected", "truth", "by_state", "by_prefix")
            }
        facts = {
            "words": len(side.words),
            "distinct": len(set(side.words)),
            "lengths": None if side.lengths is None else list(side.lengths),
            "floors": floors,
        }
        yield _File(f"{side.name}.jsonl", side.words, True, facts)


def _of_test(test: StandardTest) -> Iterator[_File]:
    """Yield the words by which a net is judged."""
    words = test.words
    yield _whole(test, "fresh", words.fresh)
    for pairs in words.twins:
        if pairs is not None:
            yield _pairs(test, pairs)
    for length, some in zip(test.plan.lengths, words.long, strict=True):
        if some is not None:
            yield _whole(test, f"long-{length}", some)
    if words.repeated is not None:
        one = [words.repeated]
        yield _File(f"{TEST}/repeated.jsonl", one, False, {"words": 1})


def _whole(test: StandardTest, name: str, words: Sequence[str]) -> _File:
    floors = {}
    for loss in LOSSES:
        floors[f"{loss} a word"] = {
            "truth": loss_of_truth(test.language, words, loss=loss)
        }
    facts = {"words": len(words), "floors": floors}
    return _File(f"{TEST}/{name}.jsonl", words, True, facts)


def _pairs(test: StandardTest, pairs: Twins) -> _File:
    """Return twins, with the least loss of their last predictions.

    Who sees the last L symbols alone predicts the same for both of a pair.
    """
    both = []
    for one, other in zip(pairs.first, pairs.second, strict=True):
        both += [one, other]
    last = [test.language.path(prefix)[-1] for prefix in both]
    rows = test.language.next_output[last]
    middle = (rows[::2] + rows[1::2]) / 2
    facts = {
        "words": len(both),
        "pairs": len(pairs.first),
        "lag": pairs.lag,
        "different_windows": pairs.num_windows,
        "floors": {
            "bits a last prediction": {
                "state_known": _entropy(rows),
                "last_L_symbols": _entropy(middle),
            },
            "squared error a last prediction": {
                "state_known": _squared_error(rows),
                "last_L_symbols": _squared_error(middle),
            },
        },
    }
    return _File(f"{TEST}/twins-{pairs.lag}.jsonl", both, False, facts)


def _entropy(rows: np.ndarray) -> float:
    """Return the mean entropy of rows, in bits."""
    legal = rows > 0
    logs = np.log2(rows, out=np.zeros_like(rows), where=legal)
    bits = -rows * logs
    return float(bits.sum(axis=1).mean())


def _squared_error(rows: np.ndarray) -> float:
    """Return the mean squared error of rows of probabilities as predictions."""
    squares = (rows**2).sum(axis=1)
    return float((1 - squares).mean())


def _or_none(value: float) -> float | None:
    """Return a number as JSON has it."""
    return value if math.isfinite(value) else None
