"""Write docs/study.md and its figures from the raw results in docs/study/: `python docs/study_figures.py`, half a minute.

The results are those of `firstbit study --out DIR`: DIR/study.nc is copied to
docs/study/study.nc. No number of the page is written by hand.
"""

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from firstbit.plots import figure_bytes
from firstbit.report import Block, Note, Picture, Table
from firstbit.studies.vanilla_or_gru.page import TITLE, figure, lead, sections
from firstbit.studies.vanilla_or_gru.record import read_study

DOCS = Path(__file__).parent
MADE = """
```
firstbit study --out DIR --resume        # three quarters of an hour on two cores; begins no training after an hour
cp DIR/study.nc docs/study/
python docs/study_figures.py             # this page, from that file
```

Every number on this page is computed from the raw results of all runs in [study/study.nc](study/study.nc), over
(configuration, seed).
"""


def markdown(blocks: Sequence[Block]) -> str:
    """The blocks of a page as Markdown; pictures are files."""
    told = []
    for block in blocks:
        if isinstance(block, Note):
            told.append(block.text)
        elif isinstance(block, Picture):
            told.append(f"![{block.caption}](figures/study_{block.name}.png)")
        elif isinstance(block, Table):
            told.append(
                table(block.columns, block.rows)
                + (f"\n\n*{block.caption}*" if block.caption else "")
            )
    return "\n\n".join(told)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table; what would end a cell or begin emphasis is escaped."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(
        "| "
        + " | ".join(re.sub(r"([|*_])", r"\\\1", str(cell)) for cell in line)
        + " |"
        for line in lines
    )


def pilot() -> str:
    """How the modern settings were chosen."""
    path = DOCS / "study" / "pilot.json"
    if not path.is_file():
        return ""
    solved: dict[tuple[float, str], dict[str, int]] = defaultdict(
        lambda: defaultdict(int)
    )
    in_all: dict[str, int] = defaultdict(int)
    for row in json.loads(path.read_text(encoding="utf-8")):
        solved[row["rate"], row["schedule"]][row["language"]] += row["solved"]
        in_all[row["language"]] += row["runs"]
    ranked = sorted(solved.items(), key=lambda item: -sum(item[1].values()))
    num_settings, total = len(ranked), sum(in_all.values())
    for language in in_all:
        in_all[language] //= num_settings
    rows = [
        [
            f"{rate:g}",
            schedule,
            *[f"{by_language[name]} of {in_all[name]}" for name in in_all],
            sum(by_language.values()),
        ]
        for (rate, schedule), by_language in ranked
    ]
    text = (
        "The modern rule has one setting for all cells. It was chosen in a pilot "
        f"of {total:,} runs with another seed "
        f"([study_pilot.py](study_pilot.py)): of {num_settings} settings of Adam "
        "the one under which most runs solve, all six "
        "cells and both tasks taken together."
    )
    ranking = table(["rate", "schedule", *in_all, "in all"], rows)
    return f"## How the modern settings were chosen\n\n{text}\n\n{ranking}\n"


def main() -> None:
    """Figures and page."""
    study = read_study(DOCS / "study" / "study.nc")
    for question in dict.fromkeys(part.question for part, _ in study.evidence):
        (DOCS / "figures" / f"study_{question}.png").write_bytes(
            figure_bytes(figure(study, question), "png")
        )
    chapters = [f"# {TITLE}\n", lead(study), MADE]
    chapters += [
        f"## {section.title}\n\n{markdown(section.blocks)}\n"
        for section in sections(study)
    ]
    (DOCS / "study.md").write_text(
        "\n".join([*chapters, pilot()]).rstrip() + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
