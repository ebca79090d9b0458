r"""Arguments that hold for every net of a stated set, and bounds beside them.

Two say that no net of the set is *right*, and so that a failure is intrinsic: order
(one unit with an increasing slope) and a theorem (eigenvalues that are real and at
least 0). Rank gives a bound of the squared distance alone, never about *right*.
Contraction speaks of a bounded set of nets, never of an architecture.
"""

from dataclasses import dataclass, field
from math import ceil, inf, log
from typing import Any

from firstbit.errors import SettingError
from firstbit.languages import Language, excess_loss, next_symbol_rank
from firstbit.studies.verdicts.order import Edges, orders
from firstbit.studies.verdicts.texts import ARGUMENTS


@dataclass(frozen=True)
class Argument:
    """What no parameters of a set can do.

    Attributes:
        name: `order`, `theorem`, `theorem at a given length`, `rank` or `contraction`.
        quantifies_over: the set: cell, size, slope, read-out, arithmetic, layers.
        excludes: what none of them can do.
        criterion: by which an answer counts as right, or what is bounded.
        words: of which words it speaks.
        is_intrinsic: whether it says that no net of the set is right on these words.
        numbers: those behind it.
    """

    name: str
    quantifies_over: str
    excludes: str
    criterion: str = ""
    words: str = ""
    is_intrinsic: bool = False
    numbers: dict[str, Any] = field(default_factory=dict)

    @property
    def statement(self) -> str:
        """The argument in one clause."""
        return f"{self.name}: for {self.quantifies_over}, {self.excludes}"

    def as_json(self) -> dict[str, object]:
        """Return plain numbers and strings."""
        return {
            "name": self.name,
            "set": self.quantifies_over,
            "criterion": self.criterion,
            "words": self.words,
            "is_intrinsic": self.is_intrinsic,
            "statement": self.statement,
        }


def order_argument(language: Language, *, cell: str) -> Argument | None:
    """Return the argument from order, or None where some order of the states passes.

    It is about one unit with an increasing slope, an affine read-out and the nearest
    row; see `firstbit.studies.verdicts.order`.

    Args:
        language: the task, with at most `MOST_STATES` different states.
        cell: what the cell is called.

    Example:
        >>> from firstbit.languages import parity
        >>> order_argument(parity(), cell="Vanilla:1").name
        'order'
    """
    found = orders(language)
    if found is None or not found.is_impossible:
        return None
    states = ", ".join(Edges.of(language).names)
    return Argument(
        "order",
        ARGUMENTS("order_set", cell=cell),
        ARGUMENTS(
            "order_excludes",
            language=language.name,
            states=states,
            num_orders=len(found.refuted),
        ),
        criterion=ARGUMENTS("nearest_row"),
        words=ARGUMENTS("all_words"),
        is_intrinsic=True,
        numbers={"refuted": found.refuted},
    )


def rank_argument(
    language: Language, hidden_size: int, *, readout_bias: bool = True
) -> Argument | None:
    """Return the argument from rank, or None where k units are enough for the table.

    It is a bound of the squared distance alone: the nearest row may still be right. And
    it is about outputs that are the probabilities: a softmax of outputs of low rank can
    have any rank, and come as near to the table as one likes.
    """
    needed = next_symbol_rank(language, readout_bias=readout_bias)
    if hidden_size >= needed:
        return None
    excess = excess_loss(language, hidden_size, readout_bias=readout_bias)
    return Argument(
        "rank",
        ARGUMENTS("rank_set", hidden_size=hidden_size, has_bias=readout_bias),
        ARGUMENTS(
            "rank_excludes",
            language=language.name,
            needed=needed,
            excess=f"{excess:.6g}",
        ),
        criterion=ARGUMENTS("squared_distance"),
        words=ARGUMENTS("mean_of_words"),
        numbers={
            "needed_units": needed,
            "hidden_size": hidden_size,
            "excess_loss": excess,
        },
    )


def contraction_argument(
    *,
    slope: float,
    recurrent_norm: float,
    diameter: float,
    readout_norm: float,
    margin: float,
) -> Argument | None:
    r"""Return the argument from contraction; None unless slope times norm is below 1.

    It holds for a stated set of Vanilla networks.

    Two states that read the same n symbols are within $(s w)^n d$ of each other, so
    outputs within r times that. Beyond the n where this is below the margin, nothing
    read n symbols ago can decide an output by the margin.

    Args:
        slope: s, the activation's largest: 1/4 for the logistic function, 1 for tanh.
        recurrent_norm: w, the largest spectral norm of W_h in the set.
        diameter: d, the largest distance of two states: sqrt(k) for the logistic
            function, 2 sqrt(k) for tanh.
        readout_norm: r, the largest spectral norm of O in the set.
        margin: difference of outputs, in Euclidean norm, that a decision needs.

    Raises:
        SettingError: a number isn't above 0.

    Example:
        >>> nets = {"slope": 0.25, "recurrent_norm": 2.0}
        >>> scale = {"diameter": 1.0, "readout_norm": 1.0}
        >>> contraction_argument(**nets, **scale, margin=0.1).numbers["lag"]
        4
    """
    given = {
        "slope": slope,
        "recurrent_norm": recurrent_norm,
        "diameter": diameter,
        "readout_norm": readout_norm,
        "margin": margin,
    }
    for name, value in given.items():
        if not 0 < value < inf:
            raise SettingError(f"expected a `{name}` above 0, got {value:g}.")
    rate = slope * recurrent_norm
    if rate >= 1:
        return None
    lag = _least_lag(readout_norm * diameter, rate, margin)
    return Argument(
        "contraction",
        ARGUMENTS(
            "contraction_set",
            recurrent_norm=f"{recurrent_norm:g}",
            slope=f"{slope:g}",
            readout_norm=f"{readout_norm:g}",
        ),
        ARGUMENTS("contraction_excludes", margin=f"{margin:g}", lag=lag),
        numbers={**given, "rate": rate, "lag": lag},
    )


def _least_lag(reach: float, rate: float, margin: float) -> int:
    """Return the least n with reach * rate**n below the margin."""
    lag = max(0, ceil(log(margin / reach) / log(rate)))
    while reach * rate**lag >= margin:  # the ceiling may be off by one, or exact
        lag += 1
    return lag
