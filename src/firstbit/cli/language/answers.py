"""What `firstbit language` finds out: for each option a value that can be printed, or written as JSON."""

import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firstbit.cli.output import progress, save_picture
from firstbit.errors import OutputError, SettingError
from firstbit.files import save

if TYPE_CHECKING:
    import xarray as xr

    from firstbit.cells.given import Given
    from firstbit.languages import Language

MOST_STATES_DRAWN = 300


def checked(language: "Language", path: Path) -> dict[str, Any]:
    """A file of words, or standard input if it is called `-`, all of which are in the language."""
    from firstbit.languages import parse_words, read_words

    words = (
        parse_words(language, _standard_input(), source="-")
        if str(path) == "-"
        else read_words(language, path)
    )
    return {"file": str(path), "words": len(words)}


def _standard_input() -> str:
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise OutputError(
            f"can't read standard input: {error}; expected text, a word a line."
        ) from None


def next_symbols(language: "Language", prefix: str) -> dict[str, Any]:
    """What may follow a prefix."""
    return {
        "prefix": prefix,
        "state": language.state_after(prefix),
        "symbols": language.next_symbols(prefix),
    }


def counts(language: "Language", longest: int) -> list[dict[str, Any]]:
    """For each length: how many words, and how probable together."""
    from firstbit.languages import length_distribution, word_counts

    shares = length_distribution(language, longest)["probability"].values.tolist()
    rows = enumerate(zip(word_counts(language, longest), shares, strict=True))
    return [
        {"length": length, "words": number, "probability": share}
        for length, (number, share) in rows
    ]


def floors(found: "xr.Dataset") -> dict[str, Any]:
    """The full floor and the window floors, in squared error and in bits."""
    told: dict[str, Any] = {}
    for suffix in ("", "_bits"):
        told |= {
            f"full{suffix}": float(found[f"full_floor{suffix}"]),
            f"window{suffix}": found[f"floor{suffix}"].values.tolist(),
        }
    return told


def demand_dataset(
    language: "Language",
    longest: int,
    cells: Sequence["Given"],
    num_draws: int,
    seed: int,
) -> "xr.Dataset":
    """The memory demand, with what random cells supply."""
    if not cells:
        from firstbit.languages import memory_demand

        return memory_demand(language, longest)
    from jax.random import key

    from firstbit.studies import demand_and_supply

    with progress() as report:
        return demand_and_supply(
            language,
            cells,
            longest=longest,
            num_draws=num_draws,
            key=key(seed),
            progress=report,
        )


def demand_and_supply(found: "xr.Dataset") -> dict[str, Any]:
    """The demand, and if there are cells the supply, as numbers; an infinite memory order is None, one not decided is left out."""
    order = float(found["memory_order"])
    if math.isnan(order):
        told: dict[str, Any] = {
            "memory_order_undecided": found["memory_order"].attrs["undecided"]
        }
    else:
        told = {"memory_order": int(order) if math.isfinite(order) else None}
    told |= {name: int(found[name]) for name in ("rank", "affine_rank")}
    told["state_entropy_bits"] = float(found["state_entropy"])
    for suffix in ("", "_bits"):
        told[f"full_floor{suffix}"] = float(found[f"full_floor{suffix}"])
        told[f"floor{suffix}"] = found[f"floor{suffix}"].values.tolist()
        told[f"worth{suffix}"] = [None, *found[f"worth{suffix}"].values[1:].tolist()]
        for kind, dim in (("merged_floor", "partition"), ("known_floor", "known")):
            if dim in found:
                told[f"{kind}{suffix}"] = dict(
                    zip(
                        found[dim].values.tolist(),
                        found[f"{kind}{suffix}"].values.tolist(),
                        strict=True,
                    )
                )
    if "cell" not in found:
        return {"demand": told}
    variables = [
        name
        for name in found.variables
        if found[name].dims[:1] == ("cell",) and name != "cell"
    ]
    supply = {
        str(cell): {
            str(name): found[name].sel(cell=cell).values.tolist() for name in variables
        }
        for cell in found["cell"].values
    }
    return {"demand": told, "supply": supply}


def words(
    language: "Language",
    number: int,
    lengths: tuple[int, int] | None,
    *,
    uniform: bool,
    seed: int,
) -> list[str]:
    """Drawn words."""
    from firstbit.languages import sample, sample_uniform

    if uniform:
        if lengths is None or lengths[0] < lengths[1]:
            raise SettingError(
                "expected one --length beside --uniform, as in --uniform --length 12."
            )
        return sample_uniform(language, number, lengths[0], seed=seed)
    shortest, longest = lengths or (0, None)
    return sample(language, number, seed=seed, shortest=shortest, longest=longest)


def summary(language: "Language") -> dict[str, Any]:
    """The automaton, and its words' mean length and entropy."""
    from firstbit.languages import entropy, mean_length

    return {
        "alphabet": list(language.alphabet),
        "states": list(language.states),
        "end": {
            state: float(stop)
            for state, stop in zip(language.states, language.stop, strict=True)
            if stop > 0
        },
        "mean_length": mean_length(language),
        "entropy_bits": entropy(language),
        "edges": [
            dict(zip(("state", "symbol", "next", "probability"), edge, strict=True))
            for edge in language.edges()
        ],
    }


def written(
    language: "Language", path: Path, words: Sequence[str], demand: "xr.Dataset | None"
) -> str:
    """A file with the words, the language or the demand, by its ending."""
    from firstbit.languages import export_words, write_toml, write_words

    ending = path.suffix.lower()
    if ending == ".toml":
        write_toml(language, path)
    elif ending == ".jsonl":
        export_words(language, words, path)
    elif demand is not None and ending == ".nc":
        save(demand, path)
    else:
        write_words(words, path)
    return str(path)


def drawn(
    language: "Language",
    path: Path,
    demand: "xr.Dataset | None",
    longest: int | None,
    prefix: str | None,
) -> str:
    """A picture of the demand, of the lengths of words, or of the automaton with the way of a prefix lit."""
    if demand is None and longest is None and len(language.states) > MOST_STATES_DRAWN:
        raise SettingError(
            f"expected at most {MOST_STATES_DRAWN} states to draw, got "
            f"{len(language.states)}; try --count or --floors."
        )
    from firstbit import plots
    from firstbit.languages import length_distribution

    if demand is not None:
        picture = plots.demand_and_supply(demand)
        what = "the memory demanded" + (
            ", and what random nets supply" if "cell" in demand else ""
        )
    elif longest is not None:
        picture, what = (
            plots.lengths(length_distribution(language, longest)),
            "the lengths of words",
        )
    else:
        picture, what = (
            plots.automaton(language, prefix=prefix, probabilities=True),
            "the automaton",
        )
    save_picture(picture, path)
    return f"{path} shows {what}."
