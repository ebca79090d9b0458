"""Draw the figures of docs/your_own_cell.md by running its programs (two minutes).

Names as arguments, such as `torch`, draw these alone.
"""

import os
import re
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import xarray as xr
from pictures import save

from firstbit import plots
from firstbit.process import prepare

os.environ.setdefault("KERAS_BACKEND", "jax")  # before Keras is imported

PAGE = Path(__file__).parent / "your_own_cell.md"

DRAWN = re.compile(
    r"```python\n(?P<program>[^`]*)```\s*"
    r"!\[[^]]*\]\(figures/own_cell_(?P<name>\w+)\.png\)"
)
"""A program of the page, and the picture that follows it."""


def programs() -> dict[str, str]:
    """Return the programs that draw a figure, by its name."""
    found = {}
    for match in DRAWN.finditer(PAGE.read_text("utf-8")):
        found[match["name"]] = match["program"]
    return found


def measured(program: str) -> Sequence[xr.Dataset]:
    """Return what a program measures, one Dataset for each cell."""
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(program, PAGE.name, "exec"), names)
    return names["found"]


def main() -> None:
    """Draw them."""
    prepare()
    chosen = sys.argv[1:]
    for name, program in programs().items():
        if chosen and name not in chosen:
            continue
        draw = partial(plots.several_cells, measured(program))
        save(f"own_cell_{name}", draw, "560 px")


if __name__ == "__main__":
    main()
