"""The discrepancy of the outputs of a model of sequences."""

import jax
import numpy as np
from jaxtyping import PRNGKeyArray

from firstbit.cells.sequence_model import SequenceModel, require_causal
from firstbit.datasets import Result, Variable, dataset
from firstbit.errors import SettingError, require_at_least
from firstbit.memory.discrepancy.exact import exact_summary
from firstbit.memory.discrepancy.summary import QUANTILES, Summary, summary
from firstbit.memory.ensemble.word_pair import RANDOM, WordPair
from firstbit.memory.sequences.distances import sample_of
from firstbit.weights.threefry import key_numbers, require_key

UNIT = "units of the outputs"


def sequence_discrepancy(
    model: SequenceModel,
    *,
    length: int | None,
    num_draws: int | None,
    words: WordPair,
    threshold: float,
    confidence: float,
    key: PRNGKeyArray,
) -> Result:
    """Measure how far apart two words drive the outputs; see `firstbit.discrepancy`.

    Raises:
        CellError: the model fails, or isn't causal; says where first.
        SettingError: a number is out of range, or missing.
    """
    longest = require_at_least("length", words.require_length(length), 1)
    draws = _checked_draws(model, words, num_draws)
    key = require_key(key)
    with jax.enable_x64(True):
        require_causal(model, words.input_size, longest)
        sample, notes = sample_of(model, words, longest, draws, key)
    found = exact_summary(sample, threshold, confidence)
    if words.kind == RANDOM:
        found = summary(sample, threshold, confidence)
    return dataset(
        _variables(found),
        {"length": np.arange(1, longest + 1), "quantile": list(QUANTILES)},
        rows=["length"],
        confidence=confidence,
        configuration={
            "measure": "discrepancy",
            "cell": model.name,
            "notes": [*model.notes, *notes],
            "num_draws": draws,
            "length": longest,
            "words": words.described,
            "measured": "output",
            "confidence": confidence,
            "threshold": threshold,
        },
        key=key_numbers(key),
        attrs={"num_draws": draws, "quantile_error": 0.0, "threshold": threshold},
    )


def _checked_draws(model: SequenceModel, words: WordPair, num_draws: int | None) -> int:
    """Return the number of random suffixes: 1 where nothing is random."""
    if words.kind == RANDOM:
        if num_draws is None:
            raise SettingError(
                "expected `num_draws`, the number of random suffixes, got none; try "
                "num_draws=1000."
            )
        return require_at_least("num_draws", num_draws, 2)
    if num_draws not in (None, 1):
        raise SettingError(
            f"expected no `num_draws` for {model.name}, which is one net, got "
            f"{num_draws}; leave it out."
        )
    return 1


def _variables(found: Summary) -> list[Variable]:
    along = ["length"]
    return [
        Variable(
            "discrepancy",
            along,
            found.discrepancy,
            "discrepancy of the outputs, D(l)",
            UNIT,
            se=found.discrepancy_se,
        ),
        Variable(
            "quantile_value",
            ["length", "quantile"],
            found.quantile_value,
            "quantile of the distances",
            UNIT,
        ),
        Variable(
            "median",
            along,
            found.median,
            "median of the distances",
            UNIT,
            ci=(found.median_ci[:, 0], found.median_ci[:, 1]),
        ),
        Variable(
            "retained",
            along,
            found.retained,
            "share of suffixes with a distance above the threshold",
            ci=(found.retained_ci[:, 0], found.retained_ci[:, 1]),
        ),
        Variable(
            "relative_discrepancy",
            along,
            found.relative_discrepancy,
            "D(l) over the mean distance after two independent random words",
            se=found.relative_discrepancy_se,
        ),
        Variable(
            "below_rounding",
            along,
            found.below_rounding,
            "share of suffixes whose distance is below the rounding of the outputs",
            ci=(found.below_rounding_ci[:, 0], found.below_rounding_ci[:, 1]),
        ),
        Variable(
            "half_life_mean",
            [],
            found.half_life_mean,
            "length at which the mean is half of that at l = 1",
            "symbols",
        ),
    ]
