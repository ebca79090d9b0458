"""A picture that was drawn more than once is shown as the drawing that fits.

Beside `x.png` may stand `x_dark.png`, and `x_phone.png` with `x_dark_phone.png`.
Classes say on which page each is seen. They have two pixels for each of the screen.
"""

from pathlib import Path, PurePosixPath
from typing import NamedTuple

from docutils import nodes
from PIL import Image
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

LOOKS = {"": "only-light", "_dark": "only-dark"}
SCREENS = {"": "on-desk", "_phone": "on-phone"}
SCALE = 2


class Twin(NamedTuple):
    """One drawing of a picture, and on which pages it is seen."""

    path: Path
    classes: list[str]


class Twins(SphinxTransform):
    """Show a picture as all of its drawings."""

    default_priority = 400

    def apply(self, **_: object) -> None:
        """Replace each picture that has several drawings."""
        folder = Path(self.env.doc2path(self.env.docname)).parent
        for picture in list(self.document.findall(nodes.image)):
            twins = twins_of(folder / picture["uri"])
            if twins:
                picture.replace_self([seen(picture, twin) for twin in twins])


def twins_of(first: Path) -> list[Twin]:
    """Return the drawings of a picture if it has one for a dark page, else none."""
    if not named(first, "_dark").is_file():
        return []
    screens = SCREENS if named(first, "_phone").is_file() else {"": ""}
    found = []
    for ending, look in LOOKS.items():
        for screen, shown in screens.items():
            found.append(Twin(named(first, ending + screen), f"{look} {shown}".split()))
    return found


def named(first: Path, ending: str) -> Path:
    """Return the path of a drawing from that of the first."""
    return first.with_name(f"{first.stem}{ending}{first.suffix}")


def seen(picture: nodes.image, twin: Twin) -> nodes.image:
    """Return a picture as one of its drawings, at the size at which it was drawn."""
    with Image.open(twin.path) as drawing:
        width = drawing.width // SCALE
    shown = picture.deepcopy()
    shown["uri"] = str(PurePosixPath(picture["uri"]).with_name(twin.path.name))
    shown["classes"] = [*picture["classes"], *twin.classes]
    shown["width"] = f"{width}px"
    return shown


def setup(app: Sphinx) -> dict[str, bool]:
    """Do it before Sphinx collects the pictures that it copies."""
    app.add_transform(Twins)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
