"""What `firstbit language` finds out: for each option a value that can be printed, or written as JSON."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firstbit.cli.output import progress
from firstbit.errors import SettingError
from firstbit.files import save

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure
    from pygraphviz import AGraph

    from firstbit.languages import Language
    from firstbit.studies.configuration import Configuration

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


def demand_dataset(language: "Language", longest: int, cells: Sequence["Configuration"], num_draws: int, seed: int) -> "xr.Dataset":
    """The memory demand, with what random cells supply.

    Where states are copies named by what they remember, as in `T:q2`, with the floor of forgetting it.
    """
    from firstbit.languages import copies_merged, memory_demand

    copies = dict.fromkeys(copy for copy, colon, _ in (state.partition(":") for state in language.states) if colon)
    partitions = {f"{' or '.join(copies)} forgotten": copies_merged(language)} if copies else None
    if not cells:
        return memory_demand(language, longest, partitions=partitions)
    from jax.random import key

    from firstbit.studies.demand_and_supply import demand_and_supply

    with progress() as report:
        return demand_and_supply(
            language, cells, longest=longest, num_draws=num_draws, partitions=partitions, key=key(seed), progress=report
        )


def demand_and_supply(found: "xr.Dataset") -> dict[str, Any]:
    """The demand, and if there are cells the supply, as numbers; an infinite memory order is None."""
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
    if "cell" not in found:
        return {"demand": told}
    variables = [name for name in found.variables if found[name].dims[:1] == ("cell",) and name != "cell"]
    supply = {
        str(cell): {str(name): found[name].sel(cell=cell).values.tolist() for name in variables} for cell in found["cell"].values
    }
    return {"demand": told, "supply": supply}


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


def written(language: "Language", path: Path, words: Sequence[str], demand: "xr.Dataset | None") -> str:
    """A file with the words, the language or the demand, by its ending."""
    from firstbit.languages import export_words, write_toml, write_words

    if path.suffix == ".toml":
        write_toml(language, path)
    elif path.suffix == ".jsonl":
        export_words(language, words, path)
    elif demand is not None and path.suffix == ".nc":
        save(demand, path)
    else:
        write_words(words, path)
    return str(path)


def drawn(language: "Language", path: Path, demand: "xr.Dataset | None", longest: int | None, prefix: str | None) -> str:
    """A picture of the demand, of the lengths of words, or of the automaton with the way of a prefix lit."""
    if demand is not None:
        from firstbit import plots

        beside = ", and what random nets supply" if "cell" in demand else ""
        return f"{_draw(plots.demand_and_supply(demand), path)} shows the memory demanded{beside}."
    return draw_lengths(language, path, longest) if longest is not None else draw_automaton(language, path, prefix)


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


def _draw(picture: "Figure | AGraph", path: Path) -> Path:
    from firstbit import plots
    from firstbit.files import write_whole

    drawn = plots.picture_bytes(picture, path.suffix.removeprefix("."))
    write_whole(path, lambda temporary: temporary.write_bytes(drawn))
    return path
