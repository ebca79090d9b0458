"""A comparison as one table: text to read, CSV, or LaTeX."""

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import NamedTuple

import xarray as xr

from firstbit.datasets import BOUND
from firstbit.errors import SettingError, shown_value
from firstbit.studies.comparing.sentences import last_lag, reach_of
from firstbit.tabular import csv_text, latex_tabular, with_interval

TEXT, CSV, LATEX = FORMS = ("text", "csv", "latex")

NOTHING = "-"


class Row(NamedTuple):
    """A quantity of all cells.

    Attributes:
        name: what it is, with its unit.
        values: a text for each cell.
        apart: of the first cell less each other one; "-" where there is none.
    """

    name: str
    values: list[str]
    apart: list[str]


class Quantity(NamedTuple):
    """A number of each cell that stands in the table.

    Attributes:
        name: what it is, with its unit.
        variable: its name in the Dataset.
        scale: it is multiplied by.
        digits: that are shown.
    """

    name: str
    variable: str
    scale: float = 1.0
    digits: int = 3


LENGTH = (
    Quantity("D(l), units of the state", "discrepancy"),
    Quantity("D over that of unrelated words", "relative_discrepancy"),
    Quantity("median distance", "median"),
    Quantity("nets that retain it, %", "retained", 100),
)
"""At the largest length."""

CELL = (
    Quantity("functions held, of at most N", "total_capacity"),
    Quantity("functions held a unit", "capacity_a_unit"),
    Quantity("parameters", "num_parameters", digits=6),
    Quantity("numbers of state", "num_state_numbers", digits=6),
    Quantity("multiplications a step", "multiplications", digits=6),
    Quantity("functions a step", "elementary_functions", digits=6),
    Quantity("ns a step, alone", "step_time_alone"),
    Quantity("ns a step, of 256 words", "step_time_batch"),
    Quantity("ns a step, of 256 nets", "step_time"),
)
"""Of a cell as a whole."""


def comparison_table(compared: xr.Dataset, form: str = TEXT) -> str:
    """Return a comparison as one table: a row for each quantity, a column a cell.

    Beside the cells stands what the first one has more than each other, where their
    nets were paired; ± is half the width of an interval, which stands itself where ±
    would reach across 0 and it does not.

    Args:
        compared: a result of `firstbit.compare`.
        form: `text`, `csv` or `latex` (a tabular with the rules of booktabs).

    Raises:
        SettingError: there is no such form.

    Example:
        >>> import jax
        >>> from firstbit import compare
        >>> found = compare(["gru:2"], measures=["cost"], key=jax.random.key(0))
        >>> print(comparison_table(found, "csv").splitlines()[3])
        multiplications a step,30
    """
    if form not in FORMS:
        raise SettingError(
            f"expected `form` as one of {', '.join(FORMS)}, got {shown_value(form)}."
        )
    lines = [columns(compared)]
    for row in rows(compared):
        lines.append([row.name, *row.values, *row.apart])
    if form == CSV:
        head, *body = lines
        records = [dict(zip(head, line, strict=True)) for line in body]
        return csv_text(records)
    if form == LATEX:
        return latex_tabular(lines)
    return _plain(lines)


def columns(compared: xr.Dataset) -> list[str]:
    """Return the heads of the columns."""
    first, *others = compared["cell"].values.tolist()
    differ = [f"{first} less {other}" for other in others if _has_pairs(compared)]
    return ["", first, *others, *differ]


def rows(compared: xr.Dataset) -> list[Row]:
    """Return the quantities that were measured."""
    return list(_rows(compared))


def _has_pairs(compared: xr.Dataset) -> bool:
    return any(str(name).endswith("_difference") for name in compared.data_vars)


def _rows(compared: xr.Dataset) -> Iterator[Row]:
    if "discrepancy" in compared:
        at = compared.isel(length=-1)
        length = int(at["length"])
        for one in LENGTH:
            yield _row(at, one, f"{one.name}, l = {length}")
    if "reach" in compared:
        yield _reaches(compared)
        last = last_lag(compared)
        of_last = Quantity("", "accuracy", 100)
        symbols = "1 symbol" if last == 1 else f"{last} symbols"
        yield _row(compared.sel(lag=last), of_last, f"decoded {symbols} later, %")
    for one in CELL:
        if one.variable in compared:
            yield _row(compared, one, one.name)


def _reaches(compared: xr.Dataset) -> Row:
    last = last_lag(compared)
    values = []
    for place in range(compared.sizes["cell"]):
        reach = reach_of(compared.isel(cell=place))
        more = " or more" if reach == last else ""
        values.append(NOTHING if reach is None else f"{reach}{more}")
    return Row("reach, symbols", values, _nothing(compared))


def _nothing(compared: xr.Dataset) -> list[str]:
    number = compared.sizes["cell"] - 1
    return [NOTHING] * number if _has_pairs(compared) else []


def _row(at: xr.Dataset, quantity: Quantity, name: str) -> Row:
    """Return one quantity of all cells, and its differences."""
    values = []
    for place in range(at.sizes["cell"]):
        of_cell = at.isel(cell=place)
        values.append(_number(of_cell, quantity, quantity.variable))
    difference = f"{quantity.variable}_difference"
    apart = _nothing(at)
    if difference in at:
        apart = []
        for place in range(1, at.sizes["cell"]):
            apart.append(_number(at.isel(cell=place), quantity, difference))
    return Row(name, values, apart)


def _number(one: xr.Dataset, quantity: Quantity, variable: str) -> str:
    """Return a number, with half the width of its interval where it has one."""
    value = quantity.scale * one[variable].item()
    if not isfinite(value):
        return NOTHING
    name = f"{variable}_ci"
    if name not in one:
        return f"{value:.{quantity.digits}g}"
    ends = quantity.scale * one[name]
    low = ends.sel({BOUND: "lower"}).item()
    high = ends.sel({BOUND: "upper"}).item()
    return with_interval(value, low, high, quantity.digits)


def _plain(lines: Sequence[Sequence[str]]) -> str:
    """Return columns of equal width."""
    columns = zip(*lines, strict=True)
    widths = [max(map(len, column)) for column in columns]
    found = []
    for line in lines:
        first, *others = line
        parts = [first.ljust(widths[0])]
        for text, width in zip(others, widths[1:], strict=True):
            parts.append(text.rjust(width))
        found.append("  ".join(parts).rstrip() + "\n")
    return "".join(found)
