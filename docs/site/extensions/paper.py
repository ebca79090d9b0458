"""Pages that firstbit itself writes: the playground, and the paper on trial if made."""

import shutil
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from firstbit import playground

REPORT = Path(__file__).parents[3] / "results" / "paper"
"""Where `make paper` leaves the report."""

NAME = "report.html"


def add_pages(app: Sphinx, error: Exception | None) -> None:
    """Put both beside the other pages."""
    if error is not None or app.builder.format != "html":
        return
    playground(Path(app.outdir) / "play.html")
    if is_made():
        shutil.copyfile(REPORT / NAME, Path(app.outdir) / NAME)


def is_made() -> bool:
    """Whether there is a report."""
    return (REPORT / NAME).is_file()


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the pages at the end."""
    if not (REPORT / "..").resolve().parent.is_dir():
        raise ExtensionError("expected the folder of the repository above docs/site.")
    app.connect("build-finished", add_pages, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
