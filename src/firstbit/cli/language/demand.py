"""Answers about the memory that a language demands, and that random nets supply."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firstbit.cli.language.answer import Answer, Row, rounded
from firstbit.cli.language.asked import USUAL_DRAWS, Asked
from firstbit.cli.output import print_table, progress, results_frame

if TYPE_CHECKING:
    import xarray as xr

    from firstbit.languages import Language

SHOWN = (1, 2, 5, 10, 20, 50)
"""Lengths at which the share of nets is printed."""

LOSSES = ("", "_bits")
"""Endings of the variables in squared error and in bits."""


def demand_dataset(language: "Language", asked: Asked) -> "xr.Dataset":
    """Compute the memory demand, with the supply of random cells if there are any."""
    if not asked.cells:
        from firstbit.languages import memory_demand

        return memory_demand(
            language, asked.longest_window, lengths=asked.measured_lengths
        )
    from firstbit import demand_and_supply
    from firstbit.weights.threefry import seed_key

    with progress() as report:
        return demand_and_supply(
            language,
            asked.cells,
            longest=asked.longest_window,
            num_draws=asked.num_draws or USUAL_DRAWS,
            key=seed_key(asked.seed or 0),
            progress=report,
        )


@dataclass(frozen=True)
class Demand(Answer):
    """The memory that a language demands."""

    language: str
    found: "xr.Dataset"

    name = "demand"

    def as_json(self) -> object:
        """Return plain numbers.

        An infinite memory order is null; one that is not decided is left out.
        """
        found = self.found
        numbers: dict[str, object] = dict(self._order())
        for name in ("rank", "affine_rank"):
            numbers[name] = int(found[name])
        numbers["state_entropy_bits"] = float(found["state_entropy"])
        for loss in LOSSES:
            numbers[f"full_floor{loss}"] = float(found[f"full_floor{loss}"])
            numbers[f"floor{loss}"] = found[f"floor{loss}"].values.tolist()
            worth = found[f"worth{loss}"].values.tolist()
            numbers[f"worth{loss}"] = [None, *worth[1:]]
            if "partition" in found:
                merged = self._by_name(f"merged_floor{loss}", "partition")
                numbers[f"merged_floor{loss}"] = merged
            if "known" in found:
                numbers[f"known_floor{loss}"] = self._by_name(
                    f"known_floor{loss}", "known"
                )
        return numbers

    def rows(self) -> list[Row]:
        """Return a row for each window; none where cells have the rows."""
        return [] if "cell" in self.found else _records(self.found)

    def show(self) -> None:
        """Print a table and three sentences."""
        found = self.found
        beside = found["known"].values.tolist() if "known" in found else []
        columns = [
            "m",
            "floor",
            "worth of symbol m",
            "floor, bits",
            "worth, bits",
            *(f"floor, {name}" for name in beside),
        ]
        rows = [*self._windows(), *self._other_floors(len(beside))]
        title = f"Least loss a word of {self.language} from the last m symbols"
        print_table(title, columns, rows, numeric=True)
        print(self._order_sentence())
        print(
            f"Entropy of the state: {float(found['state_entropy']):.4g} bits to be "
            "held in mind at a prediction."
        )
        print(
            "Hidden units that a linear read-out needs: at least "
            f"{int(found['rank'])}, with a bias at least {int(found['affine_rank'])}."
        )

    def _windows(self) -> list[list[str]]:
        """Return the row of each window."""
        found = self.found
        rows: list[list[str]] = []
        for window in range(found.sizes["window"]):
            at = found.isel(window=window)
            row = [str(window)]
            for loss in LOSSES:
                row.append(rounded(float(at[f"floor{loss}"])))
                # The first symbol back has no shorter window to be compared with.
                row.append(rounded(float(at[f"worth{loss}"])) if window else "")
            if "known" in found:
                row += [rounded(floor) for floor in at["known_floor"].values.tolist()]
            rows.append(row)
        return rows

    def _other_floors(self, num_beside: int) -> list[list[str]]:
        """Return the rows of the merged floors and of the full floor."""
        found = self.found
        blank = [""] * num_beside
        rows: list[list[str]] = []
        if "partition" in found:
            for name in found["partition"].values.tolist():
                at = found.sel(partition=name)
                floor = at["merged_floor"]
                bits = at["merged_floor_bits"]
                row = [name, rounded(float(floor)), "", rounded(float(bits)), ""]
                rows.append(row + blank)
        floor = float(found["full_floor"])
        bits = float(found["full_floor_bits"])
        of_states = ["state", rounded(floor), "", rounded(bits), "", *blank]
        return [*rows, of_states]

    def _by_name(self, variable: str, dim: str) -> dict[str, object]:
        names = self.found[dim].values.tolist()
        values = self.found[variable].values.tolist()
        return dict(zip(names, values, strict=True))

    def _order(self) -> dict[str, int | str | None]:
        """Return the memory order, None where infinite, or why it is not decided."""
        order = self.found["memory_order"]
        if math.isnan(float(order)):
            return {"memory_order_undecided": order.attrs["undecided"]}
        if math.isinf(float(order)):
            return {"memory_order": None}
        return {"memory_order": int(order)}

    def _order_sentence(self) -> str:
        found = self._order()
        if "memory_order_undecided" in found:
            return f"Memory order: not decided; {found['memory_order_undecided']}"
        if found["memory_order"] is None:
            return "Memory order: infinite; no number of last symbols is enough."
        return f"Memory order: {found['memory_order']}."


@dataclass(frozen=True)
class Supply(Answer):
    """The memory that random nets supply, cell by cell."""

    found: "xr.Dataset"

    name = "supply"

    def as_json(self) -> object:
        """Return the variables of each cell."""
        cells: dict[str, dict[str, object]] = {}
        for cell in self.found["cell"].values.tolist():
            at = self.found.sel(cell=cell)
            cells[cell] = {}
            for name, variable in self.found.variables.items():
                if name != "cell" and variable.dims[:1] == ("cell",):
                    cells[cell][str(name)] = at[name].values.tolist()
        return cells

    def rows(self) -> list[Row]:
        """Return a row for each cell."""
        return _records(self.found)

    def show(self) -> None:
        """Print a table."""
        last = self.found.sizes["length"]
        shown = [length for length in SHOWN if length <= last]
        rows: list[list[str]] = []
        for cell in self.found["cell"].values.tolist():
            at = self.found.sel(cell=cell)
            floor = float(at["floor_at_reach"])
            row = [cell, _reach(at, last), rounded(floor)]
            for length in shown:
                row.append(f"{float(at['retained'].sel(length=length)):.3g}")
            rows.append(row)
        columns = ["cell", "half keep m =", "floor there"]
        columns += [f"m = {length}" for length in shown]
        title = (
            "Share of random nets in which the m-th last symbol still makes a "
            "difference"
        )
        print_table(title, columns, rows, numeric=True)


def _records(found: "xr.Dataset") -> list[Row]:
    """Return the rows of a result's table, by column."""
    return results_frame([found], []).reset_index().to_dict("records")


def _reach(at: "xr.Dataset", last: int) -> str:
    """Return the reach of a cell with its interval; `last` stands for that or more."""
    reach = _or_more(int(at["reach"]), last)
    lower, upper = (int(end) for end in at["reach_ci"].values)
    if lower == upper:
        return reach
    return f"{reach} [{_or_more(lower, last)}, {_or_more(upper, last)}]"


def _or_more(length: int, last: int) -> str:
    return f"{length}" if length < last else f"{length} or more"
