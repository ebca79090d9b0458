"""The whole paper in one call: data, figures, claims, report."""

import json
import platform
import time
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from firstbit.files import replaced_folder, save
from firstbit.paper import figures, grids
from firstbit.paper.claims import judge
from firstbit.paper.evidence import Evidence, gradient_evidence
from firstbit.paper.page import write_page
from firstbit.paper.replay import Progress, replay
from firstbit.paper.settings import Settings
from firstbit.plots import PlannedFigure

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


def run_paper(
    settings: Settings,
    out: Path,
    *,
    progress: Progress = lambda *_: None,
    executor: Executor | None = None,
) -> dict[str, Any]:
    """Replay the paper, measure its grids and gradients, judge its claims, and write it all into one folder.

    The folder takes the place of an earlier result only when everything in it is
    finished.

    Args:
        settings: what to run.
        out: the folder; new, empty, or an earlier result.
        progress: called with (what, done, in all).
        executor: draws the figures meanwhile, in another process; without one they are
            drawn here.

    Returns:
        What `paper.json` says: `settings`, `runs`, `claims`, `versions`, `seconds`.

    Raises:
        OutputError: the folder can't be written, or holds something else; before any
            work.
    """
    watch = Stopwatch()
    with replaced_folder(out, marker="paper.json") as folder:
        for part in ("data", "figures"):
            (folder / part).mkdir()
        artist = Artist(folder / "figures", executor)
        artist.draw(figures.of_tasks())
        runs = replay(settings, progress)
        artist.draw(figures.of_runs(runs))
        watch.lap("trainings")
        measured = grids.measure(settings, progress)
        artist.draw(figures.of_grids(measured))
        for name, grid in measured.items():
            save(grid, folder / "data" / f"discrepancy_{name}.nc")
        watch.lap("grids of D(l,k)")
        progress("gradients", 0, 1)
        gradients, reaching_back = gradient_evidence(runs, settings.seed)
        artist.draw(figures.of_gradients(gradients))
        save(gradients, folder / "data" / "gradients.nc")
        progress("gradients", 1, 1)
        watch.lap("gradients")
        progress("claims", 0, 1)
        evidence = Evidence(settings, runs, measured, gradients, reaching_back)
        claims = judge(evidence)
        progress("claims", 1, 1)
        watch.lap("claims")
        artist.finish(progress)
        watch.lap("figures" if executor is None else "figures, the rest")
        summary = {
            "firstbit_version": version("firstbit"),
            "settings": {
                "strings": settings.num_words,
                "seed": settings.seed,
                "quick": settings.quick,
            },
            "runs": {name: run.as_json() for name, run in runs.items()},
            "claims": [claim.as_json() for claim in claims],
            "versions": {
                "python": platform.python_version(),
                **{name: version(name) for name in PACKAGES},
            },
            "seconds": watch.laps,
        }
        write_page(summary, evidence, folder)
        (folder / "paper.json").write_text(
            json.dumps(summary, indent=1, allow_nan=False) + "\n", encoding="utf-8"
        )
    return summary


class Artist:
    """Draws figures into a folder: in another process where there is an executor, else at the end."""

    def __init__(self, folder: Path, executor: Executor | None) -> None:
        self._folder, self._executor = folder, executor
        self._waiting: list[Callable[[], object]] = []

    def draw(self, drawings: list[PlannedFigure]) -> None:
        """Begin to draw, or note for later."""
        for drawing in drawings:
            if self._executor is None:
                self._waiting.append(partial(drawing.save, self._folder))
            else:
                self._waiting.append(
                    self._executor.submit(drawing.save, self._folder).result
                )

    def finish(self, progress: Progress) -> None:
        """Wait for every figure."""
        for done, wait in enumerate(self._waiting):
            progress("figures", done, len(self._waiting))
            wait()
        progress("figures", len(self._waiting), len(self._waiting))


class Stopwatch:
    """Wall seconds by part."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._since = time.perf_counter()

    def lap(self, name: str) -> None:
        """Note the seconds since the last lap under this name."""
        now = time.perf_counter()
        self.laps[name] = round(now - self._since, 2)
        self._since = now
