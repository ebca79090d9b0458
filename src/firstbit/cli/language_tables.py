"""How the answers of `firstbit language` are printed for people."""

from typing import Any

from firstbit.cli.output import print_table

SHOWN = (1, 2, 5, 10, 20, 50)
"""Lengths at which the share of nets is told."""


def print_answers(found: dict[str, Any]) -> None:
    """Print every answer, in the order in which they were found."""
    for kind, value in found.items():
        if kind == "checked":
            print(f"{value['file']}: {value['words']} words, all in {found['language']}.")
        elif kind == "words":
            print("\n".join(value))
        elif kind == "drawn":
            print(value)
        elif kind == "written":
            print(f"{value} is written.")
        elif kind in _TABLES:
            _TABLES[kind](value, found["language"])


def _next(value: dict[str, Any], _: str) -> None:
    rows = [[symbol, f"{p:.6g}"] for symbol, p in value["symbols"].items()]
    print_table(f"After '{value['prefix']}' (state {value['state']})", ["next symbol", "probability"], rows)


def _counts(value: list[dict[str, Any]], name: str) -> None:
    rows = [[str(row["length"]), str(row["words"]), f"{row['probability']:.6g}"] for row in value]
    print_table(f"Words of {name}", ["length", "words", "probability together"], rows, numeric=True)


def _floors(value: dict[str, Any], _: str) -> None:
    both = zip(value["window"], value["window_bits"], strict=True)
    rows = [[f"the last {m} symbols", f"{floor:.10g}", f"{bits:.10g}"] for m, (floor, bits) in enumerate(both)]
    rows.append(["the state", f"{value['full']:.10g}", f"{value['full_bits']:.10g}"])
    print_table("Least loss a word", ["known", "squared error", "bits"], rows)


def _demand(value: dict[str, Any], name: str) -> None:
    columns = ["m", "floor", "worth of symbol m", "floor, bits", "worth, bits"]
    series = [value[key] for key in ("floor", "worth", "floor_bits", "worth_bits")]
    rows = [[str(m), *map(_number, row)] for m, row in enumerate(zip(*series, strict=True))]
    for what, floor in value.get("merged_floor", {}).items():
        rows.append([what, _number(floor), "", _number(value["merged_floor_bits"][what]), ""])
    rows.append(["state", _number(value["full_floor"]), "", _number(value["full_floor_bits"]), ""])
    print_table(f"Least loss a word of {name} from the last m symbols", columns, rows, numeric=True)
    order = value["memory_order"]
    print(f"Memory order: {order}." if order is not None else "Memory order: infinite; no number of last symbols is enough.")
    print(f"Hidden units that a linear read-out needs: at least {value['rank']}, with a bias at least {value['affine_rank']}.")


def _supply(value: dict[str, Any], _: str) -> None:
    shown = [m for m in SHOWN if m <= len(next(iter(value.values()))["retained"])]
    rows = []
    for cell, found in value.items():
        last = len(found["retained"])
        low, high = (f"{found[end]}{'' if found[end] < last else ' or more'}" for end in ("reach_low", "reach_high"))
        reach = f"{found['reach']}{'' if found['reach'] < last else ' or more'}" + ("" if low == high else f" [{low}, {high}]")
        rows.append([cell, reach, _number(found["floor_at_reach"]), *(f"{found['retained'][m - 1]:.3g}" for m in shown)])
    columns = ["cell", "half keep m =", "floor there", *(f"m = {m}" for m in shown)]
    print_table("Share of random nets in which the m-th last symbol still makes a difference", columns, rows, numeric=True)


def _summary(value: dict[str, Any], name: str) -> None:
    print(f"{name}: {len(value['states'])} states, alphabet {' '.join(value['alphabet'])},")
    print(f"mean length {value['mean_length']:.6g} symbols, entropy {value['entropy_bits']:.6g} bits a word.")
    rows = [[edge["state"], edge["symbol"], edge["next"], f"{edge['probability']:.4g}"] for edge in value["edges"]]
    print_table("Edges", ["state", "symbol", "next state", "probability"], rows)
    print(f"A word ends in: {', '.join(value['final_states'])}.")


def _number(value: float | None) -> str:
    """Rounding below 1e-12 is shown as 0."""
    return "" if value is None else f"{0.0 if abs(value) < 1e-12 else value:.8g}"


_TABLES = {"next": _next, "counts": _counts, "floors": _floors, "demand": _demand, "supply": _supply, "summary": _summary}
