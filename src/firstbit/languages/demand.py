"""The memory that a language demands, as one Dataset: what each further symbol remembered is worth."""

from collections.abc import Iterable, Mapping

import numpy as np
import xarray as xr

from firstbit.languages.floors import Loss, class_loss, full_floor, merged_floor
from firstbit.languages.language import Language
from firstbit.languages.order import memory_order
from firstbit.languages.rank import next_symbol_rank
from firstbit.languages.windows import window_classes
from firstbit.provenance import with_provenance

WINDOW = 12


def memory_demand(
    language: Language, longest: int = WINDOW, *, partitions: Mapping[str, Iterable[Iterable[str]]] | None = None
) -> xr.Dataset:
    r"""How much must be remembered, for how long, and what forgetting costs.

    $$ \text{worth}(m) = F_{m-1} - F_m, \qquad \text{excess}(m) = F_m - F_\infty $$

    F_m is the least expected loss per word of a predictor that sees the last m symbols, F_inf of one that knows the
    state. Exact, by linear algebra on the automaton. Don't read F_m as what a trained net will lose: a net is not
    bound to a window, it may keep one early symbol and forget the rest (see `merged_floor`).

    Args:
        language: the language.
        longest: the largest m, at least 0; every m from 0 on is computed.
        partitions: what else may be forgotten: a name -> blocks of states that can't be told apart. A plateau in
            training that lies at such a floor has found its name.

    Returns:
        Dataset over `window` with `floor`, `worth` (NaN at m = 0), `floor_bits` and `worth_bits`, and the scalars
        `full_floor`, `full_floor_bits`, `memory_order` (infinite if no window is enough), `rank` and `affine_rank`;
        with `partitions` also `merged_floor` and `merged_floor_bits` over `partition`. Losses are in squared error
        or bits per word.

    Raises:
        SettingError: `longest` is below 0.
        LanguageError: the automaton is too large for so long a window, or for its memory order; or a partition is none.

    Example:
        >>> from firstbit.languages.reber import reber
        >>> demand = memory_demand(reber(), 3)
        >>> demand.worth.values.round(4).tolist(), float(demand.memory_order)
        ([nan, 1.0774, 1.7083, 0.0], 2.0)

    References:
        Stérin, Farrugia, Gripon 2017, Section III: "it is sufficient to recall the two previous letters".
    """
    known = {name: list(map(set, partition)) for name, partition in (partitions or {}).items()}
    classes = list(window_classes(language, longest))
    variables: dict[str, object] = {
        "memory_order": ((), float(memory_order(language)), _named("memory order", "symbols")),
        "rank": ((), next_symbol_rank(language), _named("rank of the next-symbol table", "1")),
        "affine_rank": ((), next_symbol_rank(language, affine=True), _named("affine rank of the next-symbol table", "1")),
    }
    losses: dict[str, Loss] = {"": "squared error", "_bits": "bits"}
    for suffix, loss in losses.items():
        unit = f"{loss} a word"
        floors = np.array([class_loss(language, each, loss) for each in classes])
        worth = np.concatenate([[np.nan], floors[:-1] - floors[1:]])
        variables |= {
            f"floor{suffix}": ("window", floors, _named("window floor F_m", unit)),
            f"worth{suffix}": ("window", worth, _named("worth of the m-th last symbol, F_{m-1} - F_m", unit)),
            f"full_floor{suffix}": ((), full_floor(language, loss), _named("floor with the state known, F_inf", unit)),
        }
        if known:
            merged = [merged_floor(language, partition, loss) for partition in known.values()]
            variables[f"merged_floor{suffix}"] = ("partition", merged, _named("floor with the partition's blocks merged", unit))
    coords: dict[str, object] = {"window": ("window", np.arange(longest + 1), _named("m", "symbols"))}
    if known:
        coords["partition"] = ("partition", list(known), {"long_name": "what is forgotten"})
    return with_provenance(
        xr.Dataset(variables, coords=coords, attrs={"language": language.name}),
        configuration={"measure": "memory_demand", "language": language.name, "longest": longest},
    )


def _named(long_name: str, units: str) -> dict[str, str]:
    return {"long_name": long_name, "units": units}
