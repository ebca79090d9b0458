"""The whole paper in one call: data, figures, claims, report."""

import json
import platform
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from firstbit.files import replaced_folder, save
from firstbit.paper import figures, grids
from firstbit.paper.artist import Artist, Stopwatch
from firstbit.paper.claims import judge
from firstbit.paper.claims.claim import Claim
from firstbit.paper.evidence import Evidence, gradient_evidence
from firstbit.paper.page import Making, page, paper_html
from firstbit.paper.settings import Settings
from firstbit.paper.trainings import train_all
from firstbit.plots.saving import Drawings
from firstbit.progress import NamedProgress, silent
from firstbit.provenance import own_version

MARKER = "paper.json"
"""The file that every finished result has."""

PACKAGES = (
    "firstbit",
    "jax",
    "jaxlib",
    "equinox",
    "numpy",
    "scipy",
    "xarray",
    "matplotlib",
    "automata-lib",
    "pygraphviz",
)


@dataclass(frozen=True)
class Paper:
    """The replayed paper.

    Attributes:
        evidence: trained networks, grids and gradients.
        claims: the judged claims, in the order of the text.
        making: settings, versions and wall seconds by part.
    """

    evidence: Evidence
    claims: list[Claim]
    making: Making

    def _repr_html_(self) -> str:
        """Return what a notebook shows: how many claims hold, and each of them."""
        return paper_html(self.claims, self.making)

    def as_json(self) -> dict[str, object]:
        """Return the contents of `paper.json`."""
        runs = self.evidence.runs
        return {
            "firstbit_version": own_version(),
            "settings": dict(self.making.settings),
            "runs": {name: run.as_json() for name, run in runs.items()},
            "claims": [claim.as_json() for claim in self.claims],
            "versions": dict(self.making.versions),
            "seconds": dict(self.making.seconds),
        }


def replay(
    out: Path,
    settings: Settings | None = None,
    *,
    progress: NamedProgress = silent,
    executor: Executor | None = None,
) -> Paper:
    """Replay the paper: train, measure, judge its claims, and write it all to a folder.

    The folder replaces an earlier result only when everything in it is finished.

    Args:
        out: the folder; new, empty, or an earlier result.
        settings: the size of the replay; by default the paper's own.
        progress: called with (what, done, all).
        executor: draws the figures meanwhile, in another process
            (`firstbit.process.artist`); without one they are drawn here.

    Returns:
        Evidence and claims, as they stand in `paper.json` and `report.html`.

    Raises:
        OutputError: the folder can't be written, or holds something else; before any
            work.
        DivergedError: the loss of a training is no longer finite.
    """
    settings = settings or Settings()
    watch = Stopwatch()
    with replaced_folder(out, marker=MARKER) as folder:
        for part in ("data", "figures"):
            (folder / part).mkdir()
        artist = Artist(folder / "figures", executor)
        evidence = _evidence(settings, folder / "data", artist, watch, progress)
        progress("claims", 0, 1)
        claims = judge(evidence)
        progress("claims", 1, 1)
        watch.lap("claims")
        drawn = artist.finish(progress)
        watch.lap("figures" if executor is None else "figures, the rest")
        making = Making(asdict(settings), _versions(), watch.laps)
        paper = Paper(evidence, claims, making)
        _write(paper, folder, drawn)
    return paper


def _evidence(
    settings: Settings,
    data: Path,
    artist: Artist,
    watch: Stopwatch,
    progress: NamedProgress,
) -> Evidence:
    """Train and measure; draw each figure as soon as its numbers are there."""
    artist.draw(figures.of_tasks())
    runs = train_all(settings, progress)
    artist.draw(figures.of_runs(runs))
    watch.lap("trainings")
    measured = grids.measure_all(settings, progress)
    artist.draw(figures.of_grids(measured))
    for name, grid in measured.items():
        save(grid, data / f"discrepancy_{name}.nc")
    watch.lap("grids of D(l,k)")
    progress("gradients", 0, 1)
    gradients, reaching_back = gradient_evidence(runs, settings.seed)
    artist.draw(figures.of_gradients(gradients))
    save(gradients, data / "gradients.nc")
    progress("gradients", 1, 1)
    watch.lap("gradients")
    return Evidence(settings, runs, measured, gradients, reaching_back)


def _versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that take part."""
    versions = {"python": platform.python_version()}
    for name in PACKAGES:
        versions[name] = version(name)
    return versions


def _write(paper: Paper, folder: Path, drawn: Mapping[str, Drawings]) -> None:
    """Write `report.html` and `paper.json`."""
    html = page(
        paper.evidence,
        paper.claims,
        paper.making,
        drawn,
    )
    (folder / "report.html").write_text(html, encoding="utf-8")
    text = json.dumps(paper.as_json(), indent=1, allow_nan=False)
    (folder / MARKER).write_text(text + "\n", encoding="utf-8")
