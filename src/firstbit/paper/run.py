"""The whole paper in one call: data, figures, claims, report."""

import json
import platform
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from firstbit.files import replaced_folder, save
from firstbit.paper import grids
from firstbit.paper.claims import judge
from firstbit.paper.evidence import Evidence, gradient_evidence
from firstbit.paper.figures import draw_figures
from firstbit.paper.page import write_page
from firstbit.paper.replay import Progress, replay
from firstbit.paper.settings import Settings

PACKAGES = ("firstbit", "jax", "jaxlib", "equinox", "numpy", "scipy", "xarray", "matplotlib", "automata-lib", "pygraphviz")


def run_paper(settings: Settings, out: Path, progress: Progress = lambda *_: None) -> dict[str, Any]:
    """Replay the paper, measure its grids and gradients, judge its claims, and write it all into one folder.

    The folder takes the place of an earlier result only when everything in it is finished.

    Args:
        settings: what to run.
        out: the folder; new, empty, or an earlier result.
        progress: called with (what, done, in all).

    Returns:
        What `paper.json` says: `settings`, `runs`, `claims`, `versions`, `seconds`.

    Raises:
        OutputError: the folder can't be written, or holds something else; before any work.
    """
    watch = Stopwatch()
    with replaced_folder(out, marker="paper.json") as folder:
        evidence = gather(settings, progress, watch)
        for part in ("data", "figures"):
            (folder / part).mkdir()
        for name, grid in evidence.grids.items():
            save(grid, folder / "data" / f"discrepancy_{name}.nc")
        save(evidence.gradients, folder / "data" / "gradients.nc")
        watch.lap("data files")
        progress("claims", 0, 1)
        claims = judge(evidence)
        progress("claims", 1, 1)
        watch.lap("claims")
        draw_figures(evidence, folder / "figures", progress)
        watch.lap("figures")
        summary = {
            "firstbit_version": version("firstbit"),
            "settings": {"strings": settings.num_words, "seed": settings.seed, "quick": settings.quick},
            "runs": {name: run.as_json() for name, run in evidence.runs.items()},
            "claims": [claim.as_json() for claim in claims],
            "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
            "seconds": watch.laps,
        }
        write_page(summary, evidence, folder)
        (folder / "paper.json").write_text(json.dumps(summary, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    return summary


def gather(settings: Settings, progress: Progress, watch: "Stopwatch") -> Evidence:
    """Run the trainings, the grids and the gradients."""
    runs = replay(settings, progress)
    watch.lap("trainings")
    measured = grids.measure(settings, progress)
    watch.lap("grids of D(l,k)")
    progress("gradients", 0, 1)
    gradients, reaching_back = gradient_evidence(runs, settings.seed)
    progress("gradients", 1, 1)
    watch.lap("gradients")
    return Evidence(settings, runs, measured, gradients, reaching_back)


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
