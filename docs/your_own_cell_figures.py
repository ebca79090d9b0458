"""Draw the figures of docs/your_own_cell.md by running its programs (two minutes).

Each is drawn light and dark. Names as arguments, such as `torch`, draw these alone.
"""

import io
import os
import re
import sys
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

from firstbit.process import prepare

os.environ.setdefault("KERAS_BACKEND", "jax")  # before Keras is imported

HERE = Path(__file__).parent
PAGE = HERE / "your_own_cell.md"

COLOURS = 64
"""Of a picture that is kept: a third of the bytes, and nothing that one sees."""

DRAWN = re.compile(
    r"```python\n(?P<program>[^`]*)```\s*<picture>"
    r'.*?<img src="figures/own_cell_(?P<name>\w+)\.png"',
    flags=re.DOTALL,
)
"""A program of the page, and the picture that follows it."""


def programs() -> dict[str, str]:
    """Return the programs that draw a figure, by its name."""
    found = {}
    for match in DRAWN.finditer(PAGE.read_text("utf-8")):
        found[match["name"]] = match["program"]
    return found


def drawn(program: str, *, dark: bool) -> bytes:
    """Return the figure that a program draws, as PNG."""
    from firstbit import plots

    names: dict[str, object] = {"__name__": "example"}
    with plots.style("page", dark=dark):
        exec(compile(program, PAGE.name, "exec"), names)
    figure = names["figure"]
    assert isinstance(figure, Figure)
    return small(plots.figure_bytes(figure, "png"))


def small(picture: bytes) -> bytes:
    """Return a PNG with few colours."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    few = image.quantize(COLOURS, dither=Image.Dither.NONE)
    found = io.BytesIO()
    few.save(found, "png", optimize=True)
    return found.getvalue()


def main() -> None:
    """Draw them."""
    prepare()
    chosen = sys.argv[1:]
    for name, program in programs().items():
        if chosen and name not in chosen:
            continue
        for look, dark in (("", False), ("_dark", True)):
            picture = drawn(program, dark=dark)
            (HERE / "figures" / f"own_cell_{name}{look}.png").write_bytes(picture)


if __name__ == "__main__":
    main()
