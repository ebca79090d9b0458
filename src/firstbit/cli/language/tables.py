"""How the answers of `firstbit language` are printed for people."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from firstbit.cli.output import counted, print_table

SHOWN = (1, 2, 5, 10, 20, 50)
"""Lengths at which the share of nets is told."""

MOST_DIGITS = 15
"""Of a whole number that is told exactly."""


def print_answers(found: dict[str, Any]) -> None:
    """Print every answer, in the order in which they were found."""
    for kind, value in found.items():
        if kind == "checked":
            print(
                f"{value['file']}: {counted(value['words'], 'word')}, all in "
                f"{found['language']}."
            )
        elif kind == "words" and not _holds_words(found):
            print("\n".join(value))
        elif kind == "drawn":
            print(value)
        elif kind == "written":
            print(
                f"{value} is "
                f"written{': ' + counted(len(found['words']), 'word') if _holds_words(found) else ''}."
            )
        elif kind in _TABLES:
            _TABLES[kind](value, found["language"])


def _next(value: dict[str, Any], _: str) -> None:
    from firstbit.languages import END

    rows = [
        [f"{END} (end)" if symbol == END else symbol, f"{p:.6g}"]
        for symbol, p in value["symbols"].items()
    ]
    print_table(
        f"After '{value['prefix']}' (state {value['state']})",
        ["next symbol", "probability"],
        rows,
    )


def _counts(value: list[dict[str, Any]], name: str) -> None:
    rows = [
        [str(row["length"]), _whole(row["words"]), f"{row['probability']:.6g}"]
        for row in value
    ]
    print_table(
        f"Words of {name}",
        ["length", "words", "probability together"],
        rows,
        numeric=True,
    )


def _floors(value: dict[str, Any], _: str) -> None:
    both = zip(value["window"], value["window_bits"], strict=True)
    rows = [
        [f"the last {counted(m, 'symbol')}", f"{floor:.10g}", f"{bits:.10g}"]
        for m, (floor, bits) in enumerate(both)
    ]
    rows.append(["the state", f"{value['full']:.10g}", f"{value['full_bits']:.10g}"])
    print_table("Least loss a word", ["known", "squared error", "bits"], rows)


def _demand(value: dict[str, Any], name: str) -> None:
    beside = value.get("known_floor", {})
    columns = [
        "m",
        "floor",
        "worth of symbol m",
        "floor, bits",
        "worth, bits",
        *(f"floor, {what}" for what in beside),
    ]
    series = [
        *(value[key] for key in ("floor", "worth", "floor_bits", "worth_bits")),
        *beside.values(),
    ]
    rows = [
        [str(m), *map(_number, row)] for m, row in enumerate(zip(*series, strict=True))
    ]
    blank = [""] * len(beside)
    for what, floor in value.get("merged_floor", {}).items():
        rows.append(
            [
                what,
                _number(floor),
                "",
                _number(value["merged_floor_bits"][what]),
                "",
                *blank,
            ]
        )
    rows.append(
        [
            "state",
            _number(value["full_floor"]),
            "",
            _number(value["full_floor_bits"]),
            "",
            *blank,
        ]
    )
    print_table(
        f"Least loss a word of {name} from the last m symbols",
        columns,
        rows,
        numeric=True,
    )
    print(_order(value))
    print(
        f"Entropy of the state: {value['state_entropy_bits']:.4g} bits to be held "
        "in mind at a prediction."
    )
    print(
        f"Hidden units that a linear read-out needs: at least {value['rank']}, "
        f"with a bias at least {value['affine_rank']}."
    )


def _order(value: dict[str, Any]) -> str:
    if "memory_order_undecided" in value:
        return f"Memory order: not decided; {value['memory_order_undecided']}"
    order = value["memory_order"]
    return (
        f"Memory order: {order}."
        if order is not None
        else "Memory order: infinite; no number of last symbols is enough."
    )


def _supply(value: dict[str, Any], _: str) -> None:
    shown = [m for m in SHOWN if m <= len(next(iter(value.values()))["retained"])]
    rows = []
    for cell, found in value.items():
        last = len(found["retained"])
        low, high = (
            f"{found[end]}{'' if found[end] < last else ' or more'}"
            for end in ("reach_low", "reach_high")
        )
        reach = f"{found['reach']}{'' if found['reach'] < last else ' or more'}" + (
            "" if low == high else f" [{low}, {high}]"
        )
        rows.append(
            [
                cell,
                reach,
                _number(found["floor_at_reach"]),
                *(f"{found['retained'][m - 1]:.3g}" for m in shown),
            ]
        )
    columns = ["cell", "half keep m =", "floor there", *(f"m = {m}" for m in shown)]
    print_table(
        "Share of random nets in which the m-th last symbol still makes a difference",
        columns,
        rows,
        numeric=True,
    )


def _summary(value: dict[str, Any], name: str) -> None:
    from firstbit.languages import END

    print(
        f"{name}: {counted(len(value['states']), 'state')}, alphabet "
        f"{' '.join(value['alphabet']) or 'empty'},"
    )
    print(
        f"mean length {counted(value['mean_length'], 'symbol')}, entropy "
        f"{counted(value['entropy_bits'], 'bit')} a word."
    )
    leaving: dict[str, list[list[str]]] = {state: [] for state in value["states"]}
    for edge in value["edges"]:
        leaving[edge["state"]].append(
            [edge["state"], edge["symbol"], edge["next"], f"{edge['probability']:.4g}"]
        )
    for state, p in value["end"].items():
        leaving[state].append([state, END, "(end)", f"{p:.4g}"])
    print_table(
        "Edges",
        ["state", "symbol", "next state", "probability"],
        [row for rows in leaving.values() for row in rows],
    )


def _holds_words(found: dict[str, Any]) -> bool:
    """Whether the drawn words stand in the file that is written."""
    return "words" in found and Path(found.get("written", "")).suffix.lower() in {
        ".txt",
        ".jsonl",
    }


def _whole(number: int) -> str:
    """A whole number of any size.

    Example:
        >>> _whole(999), _whole(26**3100)
        ('999', '2.6144e4386')
    """
    return (
        str(number)
        if number < 10**MOST_DIGITS
        else f"{Decimal(number):.4e}".replace("e+", "e")
    )


def _number(value: float | None) -> str:
    """Rounding below 1e-12 is shown as 0."""
    return "" if value is None else f"{0.0 if abs(value) < 1e-12 else value:.8g}"


_TABLES = {
    "next": _next,
    "counts": _counts,
    "floors": _floors,
    "demand": _demand,
    "supply": _supply,
    "summary": _summary,
}
