"""Print one table of times and ratios; the ways of a row are timed side by side.

`make bench` runs it.

Name sections to run only those: `python benchmarks/run.py discrepancy training`.
"""

import sys
from collections.abc import Callable

from firstbit.process import prepare

prepare()  # as the command line does, before JAX starts

import any_cell  # noqa: E402
import discrepancy  # noqa: E402
import own_cells  # noqa: E402
import playground  # noqa: E402
from report import print_section  # noqa: E402

import languages  # noqa: E402
import training  # noqa: E402

SECTIONS: dict[str, Callable] = {
    "discrepancy": discrepancy.rows,
    "any-cell": any_cell.rows,
    "own-cells": own_cells.rows,
    "languages": languages.rows,
    "training": training.rows,
    "playground": playground.rows,
}


def main(names: list[str]) -> None:
    unknown = set(names) - set(SECTIONS)
    if unknown:
        sys.exit(
            f"expected sections among {', '.join(SECTIONS)}; got "
            f"{', '.join(sorted(unknown))}."
        )
    for name in names or SECTIONS:
        print_section(name, SECTIONS[name]())


if __name__ == "__main__":
    main(sys.argv[1:])
