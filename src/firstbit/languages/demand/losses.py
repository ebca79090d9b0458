"""What a loss is measured in, and which predictions count."""

from typing import Literal, cast, get_args

import numpy as np
from jaxtyping import Float

from firstbit.errors import SettingError, shown_value
from firstbit.languages.automaton.automaton import Automaton
from firstbit.languages.automaton.visits import expected_visits, visits_after_a_symbol

Loss = Literal["squared error", "bits", "nats"]
"""Loss of a prediction: its squared distance from the one-hot next output, or minus the
log2, or the natural logarithm, of its probability."""

Per = Literal["word", "symbol"]
"""A sum over the predictions of a word, or the mean over all predictions that count."""


def require_loss(loss: object) -> Loss:
    """Return `loss`, which must be the name of a loss.

    Example:
        >>> require_loss("bits")
        'bits'
    """
    _require_among("loss", loss, get_args(Loss))
    return cast(Loss, loss)


def require_per(per: object) -> Per:
    """Return `per`, which must say what a loss is shared among.

    Example:
        >>> require_per("word")
        'word'
    """
    _require_among("per", per, get_args(Per))
    return cast(Per, per)


def counted_visits(
    language: Automaton, first_symbol: bool = False
) -> Float[np.ndarray, " state"]:
    """Compute the expected number of predictions made in each state.

    Args:
        language: the language.
        first_symbol: whether the first symbol is predicted too; else it is given.
    """
    if first_symbol:
        return expected_visits(language)
    return visits_after_a_symbol(language)


def num_predictions(language: Automaton, first_symbol: bool = False) -> float:
    """Compute the expected number of predictions that count, in one word.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> round(num_predictions(reber()), 9)
        7.0
    """
    predicts = language.next_output.sum(axis=1) > 0
    return float(counted_visits(language, first_symbol) @ predicts)


def shared(
    loss: float, language: Automaton, per: Per = "word", first_symbol: bool = False
) -> float:
    """Return a loss a word, or its share of each prediction that counts."""
    require_per(per)
    if per == "word":
        return loss
    number = num_predictions(language, first_symbol)
    return loss / number if number > 0 else 0.0


def _require_among(name: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise SettingError(
            f"expected the {name} to be one of {', '.join(known)}; got "
            f"{shown_value(value)}."
        )
