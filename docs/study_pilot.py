"""Choose the study's modern settings: `python docs/study_pilot.py`, some minutes.

Four settings of Adam, all six cells, two tasks with the study's own budgets, 8 runs
each with another seed than the study's. The setting with the most runs that solve,
cells and tasks together, is taken for all. It writes docs/study/pilot.json.
"""

import json
from dataclasses import replace
from itertools import product
from pathlib import Path

from firstbit.process import prepare

LEARNING_RATES, SCHEDULES = (0.01, 0.03), ("constant", "cosine")
SEED, NUM_SEEDS, LAG = 1, 8, 20
CHOSEN = (("cells", "modern"), ("lags", str(LAG)))
"""Question and setting of the parts that are run."""

PILOT = Path(__file__).parent / "study" / "pilot.json"


def main() -> None:
    """Train all, and keep how many solve."""
    prepare()
    import jax

    from firstbit.studies.vanilla_or_gru.parts import (
        CHECK_EVERY,
        NUM_WORDS,
        Settings,
        parts,
    )
    from firstbit.training import Checks, train

    rows = []
    for learning_rate, schedule in product(LEARNING_RATES, SCHEDULES):
        settings = replace(
            Settings(SEED, NUM_SEEDS),
            modern_learning_rate=learning_rate,
            modern_schedule=schedule,
        )
        for part in parts(settings):
            if (part.question, part.setting) not in CHOSEN:
                continue
            for one in part.configurations:
                runs = train(
                    one,
                    part.language,
                    rule=part.rule,
                    num_seeds=NUM_SEEDS,
                    key=jax.random.key(SEED),
                    num_words=NUM_WORDS,
                    max_length=part.max_length,
                    checks=Checks(every=CHECK_EVERY, stop=True),
                )
                solved = runs["solved"]
                row = {
                    "learning_rate": learning_rate,
                    "schedule": schedule,
                    "language": part.language.name,
                    "cell": one.title,
                    "solved": int(solved.sum()),
                    "runs": NUM_SEEDS,
                }
                rows.append(row)
                print(row, flush=True)
    PILOT.parent.mkdir(exist_ok=True)
    PILOT.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
