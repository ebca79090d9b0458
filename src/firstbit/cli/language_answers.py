"""What `firstbit language` finds out: for each option a value that can be printed, or written as JSON."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firstbit.errors import SettingError

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure
    from pygraphviz import AGraph

    from firstbit.languages import Language

MOST_STATES_DRAWN = 300


def checked(language: "Language", path: Path) -> dict[str, Any]:
    """A file of words, all of which are in the language."""
    from firstbit.languages import read_words

    return {"file": str(path), "words": len(read_words(language, path))}


def next_symbols(language: "Language", prefix: str) -> dict[str, Any]:
    """What may follow a prefix."""
    return {"prefix": prefix, "state": language.state_after(prefix), "symbols": language.next_symbols(prefix)}


def counts(language: "Language", longest: int) -> list[dict[str, Any]]:
    """For each length: how many words, and how probable together."""
    from firstbit.languages import length_distribution, word_counts

    shares = length_distribution(language, longest)["probability"].values.tolist()
    rows = enumerate(zip(word_counts(language, longest), shares, strict=True))
    return [{"length": length, "words": number, "probability": share} for length, (number, share) in rows]


def floors(language: "Language", longest: int) -> dict[str, Any]:
    """The full floor and the window floors, in squared error and in bits."""
    from firstbit.languages import full_floor, window_floors

    return {
        "full": full_floor(language),
        "window": window_floors(language, longest),
        "full_bits": full_floor(language, "bits"),
        "window_bits": window_floors(language, longest, "bits"),
    }


def demand(language: "Language", longest: int) -> dict[str, Any]:
    """The memory demand; an infinite memory order is None."""
    found = demand_dataset(language, longest)
    order = float(found["memory_order"])
    told: dict[str, Any] = {"memory_order": int(order) if math.isfinite(order) else None}
    told |= {name: int(found[name]) for name in ("rank", "affine_rank")}
    for suffix in ("", "_bits"):
        told[f"full_floor{suffix}"] = float(found[f"full_floor{suffix}"])
        told[f"floor{suffix}"] = found[f"floor{suffix}"].values.tolist()
        told[f"worth{suffix}"] = [None, *found[f"worth{suffix}"].values[1:].tolist()]
        if "partition" in found:
            merged = zip(found["partition"].values.tolist(), found[f"merged_floor{suffix}"].values.tolist(), strict=True)
            told[f"merged_floor{suffix}"] = dict(merged)
    return told


def demand_dataset(language: "Language", longest: int) -> "xr.Dataset":
    """The memory demand; where states are copies named by what they remember, as in `T:q2`, with the floor of forgetting it."""
    from firstbit.languages import copies_merged, memory_demand

    copies = dict.fromkeys(copy for copy, colon, _ in (state.partition(":") for state in language.states) if colon)
    name = f"{' or '.join(copies)} forgotten"
    return memory_demand(language, longest, partitions={name: copies_merged(language)} if copies else None)


def words(language: "Language", number: int, lengths: tuple[int, int] | None, *, uniform: bool, seed: int) -> list[str]:
    """Drawn words."""
    from firstbit.languages import sample, sample_uniform

    if uniform:
        if lengths is None or lengths[0] < lengths[1]:
            raise SettingError("expected one --length beside --uniform, as in --uniform --length 12.")
        return sample_uniform(language, number, lengths[0], seed=seed)
    shortest, longest = lengths or (0, None)
    return sample(language, number, seed=seed, shortest=shortest, longest=longest)


def summary(language: "Language") -> dict[str, Any]:
    """The automaton, and its mean length and entropy."""
    from firstbit.languages import entropy, mean_length

    return {
        "alphabet": list(language.alphabet),
        "states": list(language.states),
        "final_states": list(language.final_states),
        "mean_length": mean_length(language),
        "entropy_bits": entropy(language),
        "edges": [dict(zip(("state", "symbol", "next", "probability"), edge, strict=True)) for edge in language.edges()],
    }


def written(language: "Language", path: Path, words: Sequence[str]) -> str:
    """A file with the words or the language, by its ending."""
    from firstbit.languages import export_words, write_toml, write_words

    if path.suffix == ".toml":
        write_toml(language, path)
    elif path.suffix == ".jsonl":
        export_words(language, words, path)
    else:
        write_words(words, path)
    return str(path)


def draw_automaton(language: "Language", path: Path, prefix: str | None) -> str:
    """A picture of the automaton, the way of a prefix lit."""
    if len(language.states) > MOST_STATES_DRAWN:
        raise SettingError(
            f"expected at most {MOST_STATES_DRAWN} states to draw, got {len(language.states)}; try --demand or --count."
        )
    from firstbit import plots

    start, *_ = language.states
    lit = [language.states[state] for state in language.path(prefix)] if prefix is not None else ()
    graph = plots.automaton(language.name, language.edges(), start=start, finals=language.final_states, probabilities=True, lit=lit)
    return f"{_draw(graph, path)} shows the automaton."


def draw_lengths(language: "Language", path: Path, longest: int) -> str:
    """A picture of the lengths of words."""
    from firstbit import plots
    from firstbit.languages import length_distribution

    return f"{_draw(plots.lengths(length_distribution(language, longest)), path)} shows the lengths of words."


def cells_by_name(names: str) -> dict[str, Any]:
    """The classes of cells named, parted by commas; empty for `none`."""
    if names == "none":
        return {}
    from firstbit.cells import cell_by_name

    return {name: cell_by_name(name) for name in names.split(",")}


def draw_demand(
    language: "Language", path: Path, longest: int, cells: dict[str, Any], *, hidden_size: int, draws: int, seed: int
) -> str:
    """A picture of the memory demand, with what random cells supply."""
    from firstbit import plots

    supply: dict[str, xr.Dataset] = {}
    if cells:
        from jax.random import key

        from firstbit.memory import discrepancy

        for name, cell in cells.items():
            supply[name] = discrepancy(cell, hidden_sizes=[hidden_size], length=max(longest, 1), num_draws=draws, key=key(seed))
    picture = plots.demand_and_supply(demand_dataset(language, longest), supply)
    beside = f", and {draws} random nets of {hidden_size} units for each of {', '.join(cells)}" if cells else ""
    return f"{_draw(picture, path)} shows the memory demanded{beside}."


def _draw(picture: "Figure | AGraph", path: Path) -> Path:
    from firstbit import plots
    from firstbit.files import write_whole

    drawn = plots.picture_bytes(picture, path.suffix.removeprefix("."))
    write_whole(path, lambda temporary: temporary.write_bytes(drawn))
    return path
