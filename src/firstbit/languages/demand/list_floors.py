"""The floors of lists of words: what a net can reach on these very words."""

import numpy as np

from firstbit.datasets import Result, Variable, dataset
from firstbit.errors import SettingError
from firstbit.languages.automaton.automaton import Automaton
from firstbit.languages.demand.floors import full_floor
from firstbit.languages.demand.losses import Loss, Per
from firstbit.languages.demand.word_floors import By, loss_of_truth, sample_floor
from firstbit.languages.words.conditioned import conditioned
from firstbit.languages.words.splits import Side, Split

TRUTH = "loss of the true next-symbol probabilities on the list"
BY_PREFIX = "least loss on the list, learnt by heart"
BY_STATE = "loss of the best table a state on the list"
EXPECTED = "expected floor of the law that the list is a sample of"


def split_floors(
    lists: Split,
    *,
    loss: Loss = "bits",
    per: Per = "word",
    first_symbol: bool = False,
) -> Result:
    """Compute the floors of each list of words of a split.

    Args:
        lists: what `split` returns.
        loss: `squared error`, `bits` or `nats`.
        per: `word` or `symbol`.
        first_symbol: whether the first symbol is predicted too.

    Returns:
        Dataset over `side` with `truth` (the loss of the true probabilities on the
        list, given the lengths asked for: the floor of a predictor that knows the
        language and the lengths), `by_state` and `by_prefix` (those of tables fitted to the list: a net that learns the list by
        heart may reach the latter), `expected` (the floor of the language, given the
        lengths asked for; NaN where words are disjoint or distinct, as these lists
        don't follow it), `num_words`, `num_distinct` and `mean_length`.

    Example:
        >>> from firstbit.languages.words.splits import split
        >>> found = split_floors(split("reber", 2000, 500, seed=0))
        >>> found.expected.values.round(6).tolist()
        [6.0, 6.0]
        >>> found.truth.values.round(1).tolist()
        [5.9, 6.0]
    """
    if not isinstance(lists, Split):
        raise SettingError(
            f"expected what `split` returns, got {type(lists).__name__}; for other "
            "lists see `loss_of_truth` and `sample_floor`."
        )
    language = lists.language
    rows: dict[str, list[float]] = {name: [] for name in _UNITS}
    for side in lists.sides:
        expected = np.nan
        if lists.follows_language:
            expected = full_floor(
                language, loss, lengths=side.lengths, per=per, first_symbol=first_symbol
            )
        rows["expected"].append(expected)
        measured = _measured(language, side, loss, per, first_symbol)
        for name, value in measured.items():
            rows[name].append(value)
    unit = f"{loss} a {per}"
    variables = []
    for name, long_name in _UNITS.items():
        in_loss = name in ("truth", "by_state", "by_prefix", "expected")
        variables.append(
            Variable(name, ["side"], rows[name], long_name, unit if in_loss else "1")
        )
    return dataset(
        variables,
        coords={"side": [side.name for side in lists.sides]},
        rows=["side"],
        configuration={
            "measure": "split_floors",
            "language": language.name,
            "by_hash": lists.by_hash,
            "distinct": lists.distinct,
            "loss": loss,
            "per": per,
            "first_symbol": first_symbol,
        },
        attrs={"language": language.name},
    )


_UNITS = {
    "truth": TRUTH,
    "by_state": BY_STATE,
    "by_prefix": BY_PREFIX,
    "expected": EXPECTED,
    "num_words": "number of words",
    "num_distinct": "number of different words",
    "mean_length": "mean length of the words",
}


def _measured(
    language: Automaton, side: Side, loss: Loss, per: Per, first_symbol: bool
) -> dict[str, float]:
    """Measure one list."""
    words = side.words
    law = conditioned(language, side.lengths).language

    def fitted(by: By) -> float:
        return sample_floor(
            language, words, by=by, loss=loss, per=per, first_symbol=first_symbol
        )

    truth = loss_of_truth(law, words, loss=loss, per=per, first_symbol=first_symbol)
    return {
        "truth": truth,
        "by_state": fitted("state"),
        "by_prefix": fitted("prefix"),
        "num_words": len(words),
        "num_distinct": len(set(words)),
        "mean_length": float(np.mean([len(word) for word in words])),
    }
