"""Choose the study's modern settings: `python docs/study_pilot.py`, some 15 minutes.

Four settings of Adam, all six cells, two tasks with the study's own budgets and test, 8
runs each with another seed than the study's. The setting with the most runs that solve,
cells and tasks together, is taken for all. It writes docs/study/pilot.json.
"""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from firstbit.process import prepare, processes

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from firstbit.studies.vanilla_or_gru.parts import Settings

LEARNING_RATES, SCHEDULES = (0.01, 0.03), ("constant", "cosine")
SEED, NUM_SEEDS, LAG = 1, 8, 20
CHOSEN = (("cells", "modern"), ("lags", str(LAG)))
"""Question and setting of the parts that are run."""

PILOT = Path(__file__).parent / "study" / "pilot.json"


def main() -> None:
    """Train all, and keep how many solve."""
    prepare()
    from firstbit.studies.vanilla_or_gru.parts import Settings

    rows = []
    with processes() as executor:
        for learning_rate, schedule in product(LEARNING_RATES, SCHEDULES):
            settings = replace(
                Settings(SEED, NUM_SEEDS),
                modern_learning_rate=learning_rate,
                modern_schedule=schedule,
            )
            for row in rows_of(settings, executor):
                rows.append(row)
                print(row, flush=True)
    PILOT.parent.mkdir(exist_ok=True)
    PILOT.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def rows_of(settings: "Settings", executor: "Executor") -> Iterator[dict[str, object]]:
    """Yield how many runs of each cell on each task solve under the settings."""
    from firstbit.studies.vanilla_or_gru.parts import parts
    from firstbit.studies.vanilla_or_gru.trained import run_parts

    asked = []
    for part in parts(settings):
        if (part.question, part.setting) in CHOSEN:
            asked.append(part)
    with tempfile.TemporaryDirectory() as folder:
        runs = run_parts(settings, asked, Path(folder), executor=executor)
    for part in asked:
        for one in part.configurations:
            yield {
                "learning_rate": settings.modern_learning_rate,
                "schedule": settings.modern_schedule,
                "language": part.language.name,
                "cell": one.title,
                "solved": int(runs[part.run_name(one)]["solved"].sum()),
                "runs": NUM_SEEDS,
            }


if __name__ == "__main__":
    main()
