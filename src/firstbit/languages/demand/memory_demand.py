"""The memory that a language demands, as one Dataset: how much, for how long, and what forgetting costs."""

from collections.abc import Iterable, Mapping

import numpy as np
import xarray as xr

from firstbit.errors import LanguageError, require_at_least
from firstbit.languages.demand.copies import (
    copies_known,
    copies_merged,
    what_is_remembered,
)
from firstbit.languages.demand.floors import (
    Loss,
    blocks,
    class_loss,
    full_floor,
    merged_floor,
    told_apart,
)
from firstbit.languages.demand.memory_order import memory_order
from firstbit.languages.demand.rank import next_symbol_rank
from firstbit.languages.demand.state_entropy import state_entropy
from firstbit.languages.demand.window_classes import window_classes
from firstbit.languages.language import Language
from firstbit.provenance import with_provenance

WINDOW = 12
LOSSES: dict[str, Loss] = {"": "squared error", "_bits": "bits"}

Partitions = Mapping[str, Iterable[Iterable[str]]]
"""Name -> blocks of names of states."""


def memory_demand(
    language: Language,
    longest: int = WINDOW,
    *,
    partitions: Partitions | None = None,
    known: Partitions | None = None,
) -> xr.Dataset:
    r"""How much must be remembered, for how long, and what forgetting costs.

    $$ \text{worth}(m) = F_{m-1} - F_m, \qquad \text{excess}(m) = F_m - F_\infty $$

    F_m is the least expected loss per word of a predictor that sees the last m symbols,
    F_inf of one that knows the state. Exact, by linear algebra on the automaton. Don't
    read F_m as what a trained net will lose: a net is not bound to a window, it may
    keep one early symbol and forget the rest (see `known` and `partitions`).

    Args:
        language: the language.
        longest: the largest m, at least 0; every m from 0 on is computed.
        partitions: what else may be forgotten: a name -> blocks of states that can't be
            told apart. A plateau in training that lies at such a floor has found its
            name. By default the outer symbol of a language whose states are `copies`.
        known: what may be remembered beside the window: a name -> blocks of states that
            can always be told apart. By default the same outer symbol.

    Returns:
        Dataset over `window` with `floor`, `worth` (NaN at m = 0), `excess`,
        `floor_bits`, `worth_bits` and `excess_bits`, and the scalars `full_floor`,
        `full_floor_bits`, `memory_order` (infinite if no window is enough; NaN, with
        the reason in its attribute `undecided`, if the automaton is too large to
        decide), `rank`, `affine_rank` and `state_entropy` (bits). With `partitions`
        also `merged_floor` and `merged_floor_bits` over `partition`, with `known` also
        `known_floor` and `known_floor_bits` over (`known`, `window`). Losses are in
        squared error or bits per word.

    Raises:
        SettingError: `longest` is below 0.
        LanguageError: the automaton is too large for so long a window; or a partition
            is none.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> demand = memory_demand(reber(), 3)
        >>> demand.worth.values.round(4).tolist(), float(demand.memory_order)
        ([nan, 1.0774, 1.7083, 0.0], 2.0)

    References:
        Stérin, Farrugia, Gripon 2017, Section III: "it is sufficient to recall the two
        previous letters".
    """
    require_at_least("window", longest, 0)
    remembered = what_is_remembered(language)
    if partitions is None:
        partitions = (
            {f"{remembered} forgotten": copies_merged(language)} if remembered else {}
        )
    if known is None:
        known = {f"{remembered} known": copies_known(language)} if remembered else {}
    merged = {
        name: list(map(frozenset, partition)) for name, partition in partitions.items()
    }
    beside = {name: blocks(language, partition) for name, partition in known.items()}
    floors, known_floors = (
        np.empty((2, longest + 1)),
        np.empty((2, len(beside), longest + 1)),
    )
    for m, classes in enumerate(window_classes(language, longest)):
        for i, loss in enumerate(LOSSES.values()):
            floors[i, m] = class_loss(language, classes, loss)
            known_floors[i, :, m] = [
                class_loss(language, told_apart(classes, one), loss)
                for one in beside.values()
            ]
    variables: dict[str, object] = _scalars(language)
    for i, (suffix, loss) in enumerate(LOSSES.items()):
        unit, full = f"{loss} a word", full_floor(language, loss)
        worth = np.concatenate([[np.nan], floors[i, :-1] - floors[i, 1:]])
        variables |= {
            f"floor{suffix}": ("window", floors[i], _named("window floor F_m", unit)),
            f"worth{suffix}": (
                "window",
                worth,
                _named("worth of the m-th last symbol, F_{m-1} - F_m", unit),
            ),
            f"excess{suffix}": (
                "window",
                floors[i] - full,
                _named("price of a window, F_m - F_inf", unit),
            ),
            f"full_floor{suffix}": (
                (),
                full,
                _named("floor with the state known, F_inf", unit),
            ),
        }
        if merged:
            losses = [
                merged_floor(language, partition, loss) for partition in merged.values()
            ]
            variables[f"merged_floor{suffix}"] = (
                "partition",
                losses,
                _named("floor with the partition's blocks merged", unit),
            )
        if beside:
            text = "floor with the last m symbols and one more thing known"
            variables[f"known_floor{suffix}"] = (
                ("known", "window"),
                known_floors[i],
                _named(text, unit),
            )
    coords: dict[str, object] = {
        "window": ("window", np.arange(longest + 1), _named("m", "symbols"))
    }
    if merged:
        coords["partition"] = (
            "partition",
            list(merged),
            {"long_name": "what is forgotten"},
        )
    if beside:
        coords["known"] = (
            "known",
            list(beside),
            {"long_name": "what is known beside the window"},
        )
    configuration = {
        "measure": "memory_demand",
        "language": language.name,
        "longest": longest,
    }
    configuration |= {"partitions": list(merged), "known": list(beside)}
    dataset = xr.Dataset(variables, coords=coords, attrs={"language": language.name})
    return with_provenance(dataset, configuration=configuration)


def _scalars(language: Language) -> dict[str, object]:
    """Memory order, ranks and entropy of the state."""
    order, undecided = np.nan, {}
    try:
        order = float(memory_order(language))
    except LanguageError as error:  # the floors are known all the same
        undecided = {"undecided": str(error)}
    return {
        "memory_order": ((), order, _named("memory order", "symbols") | undecided),
        "rank": (
            (),
            next_symbol_rank(language),
            _named("rank of the next-symbol table", "1"),
        ),
        "affine_rank": (
            (),
            next_symbol_rank(language, affine=True),
            _named("affine rank of the next-symbol table", "1"),
        ),
        "state_entropy": (
            (),
            state_entropy(language),
            _named("entropy of the state at a prediction", "bits"),
        ),
    }


def _named(long_name: str, units: str) -> dict[str, str]:
    return {"long_name": long_name, "units": units}
