"""Pictures of the pages: each is drawn light and dark, for a desk and for a phone.

A page names the first, `figures/NAME.png`; the site shows the one that fits.
"""

import io
from collections.abc import Callable, Mapping
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

from firstbit import plots

FOLDER = Path(__file__).parent / "figures"
DESK = "720 px"
PHONE = {"_phone": "360 px"}

COLOURS = 64
"""Of a picture that is kept: a third of the bytes, and nothing that one sees."""


def save(
    name: str,
    draw: Callable[..., Figure],
    desk: str = DESK,
    phone: Mapping[str, str] = PHONE,
) -> None:
    """Draw a picture; `draw` takes the `width` of the figure.

    One that can't be so narrow has no drawing for a phone: `phone` is empty.
    """
    for look, dark in (("", False), ("_dark", True)):
        for screen, width in {"": desk, **phone}.items():
            with plots.style("page", dark=dark):
                figure = draw(width=width)
            picture = small(plots.figure_bytes(figure, "png"))
            (FOLDER / f"{name}{look}{screen}.png").write_bytes(picture)


def small(picture: bytes) -> bytes:
    """Return a PNG with few colours."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    few = image.quantize(COLOURS, dither=Image.Dither.NONE)
    found = io.BytesIO()
    few.save(found, "png", optimize=True)
    return found.getvalue()
