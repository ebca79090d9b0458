"""`--json`, `--csv`, `--latex`: the form of what a command prints."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from firstbit.cli.latex import LatexOutput
from firstbit.cli.output import documents, print_json, results_frame
from firstbit.errors import SettingError
from firstbit.tabular import csv_text

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    Rows = pd.DataFrame | Sequence[Mapping[str, object]]


@dataclass(frozen=True)
class Printed:
    """The form of what a command prints; without any, tables and sentences.

    Raises:
        SettingError: two forms are asked for.
    """

    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON instead of a table.")
    ] = False
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print CSV, with all digits of each number.")
    ] = False
    as_latex: Annotated[
        bool,
        typer.Option(
            "--latex", help="Print tables for LaTeX, with \\usepackage{booktabs}."
        ),
    ] = False

    def __post_init__(self) -> None:
        asked = [f"--{name}" for name, is_asked in self.forms.items() if is_asked]
        if len(asked) > 1:
            raise SettingError(
                f"expected one form, got {' and '.join(asked)}; ask once for each."
            )

    @property
    def forms(self) -> dict[str, bool]:
        """Which forms are asked for, by the names of their options."""
        return {"json": self.as_json, "csv": self.as_csv, "latex": self.as_latex}

    def show(
        self,
        *,
        tables: Callable[[], None],
        numbers: Callable[[], object],
        rows: "Callable[[], Rows]",
    ) -> None:
        """Print what was found.

        Args:
            tables: prints it for people.
            numbers: returns it as JSON has it.
            rows: returns the table that CSV holds: a DataFrame, or values by column.

        Raises:
            SettingError: LaTeX is asked for, and `tables` prints sentences alone.
        """
        if self.as_json:
            print_json(numbers())
        elif self.as_csv:
            print(_csv(rows()), end="")
        elif self.as_latex:
            print(_latex(tables), end="")
        else:
            tables()

    def show_results(
        self,
        results: "Sequence[xr.Dataset]",
        names: Sequence[str],
        tables: Callable[[], None],
    ) -> None:
        """Print a Dataset for each cell.

        Args:
            results: of each cell.
            names: of the cells.
            tables: prints them for people.
        """
        self.show(
            tables=tables,
            numbers=partial(documents, results),
            rows=partial(results_frame, results, names),
        )


def _csv(rows: "Rows") -> str:
    if isinstance(rows, Sequence):
        return csv_text(rows)
    return rows.to_csv(lineterminator="\n")


def _latex(tables: Callable[[], None]) -> str:
    output = LatexOutput()
    with redirect_stdout(output):
        tables()
    if not output.num_tables:
        raise no_table()
    return output.getvalue()


def no_table() -> SettingError:
    """Return what to raise where LaTeX is asked for, and no answer has a table."""
    return SettingError(
        "expected an answer with a table beside --latex, got sentences alone; leave "
        "out --latex."
    )
