"""Write docs/study.md and its figures: `python docs/study_figures.py`, half a minute.

The raw results in docs/study/ are those of `firstbit study --out DIR`: DIR/study.nc is
copied to docs/study/study.nc. No number of the page is written by hand.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pictures import save

from firstbit.report import Block, Note, Picture, Table
from firstbit.studies.vanilla_or_gru.judged import judged
from firstbit.studies.vanilla_or_gru.page import figure, lead, sections
from firstbit.studies.vanilla_or_gru.parts import QUESTIONS
from firstbit.studies.vanilla_or_gru.record import read_study
from firstbit.studies.vanilla_or_gru.texts import PAGE

DOCS = Path(__file__).parent
MADE = """## How this page was made

```
firstbit study --out DIR --resume        # 43 minutes on two cores
cp DIR/study.nc docs/study/
python docs/study_figures.py             # this page, from that file
```

Every number of the result is computed from the raw results of all runs in
[study/study.nc](study/study.nc), over (configuration, seed).
"""
PILOT = """## How the modern settings were chosen

The modern rule has one setting for all cells. It was chosen in a pilot of {runs:,} runs
with another seed ([study_pilot.py](study_pilot.py)): of {settings} settings of Adam the
one under which most runs solve, all six cells and both tasks taken together. Its
runs met the study's own test, with twins 31 symbols back on embedded Reber; they were
made with JAX 0.11 on another machine.

{table}
"""


def markdown(blocks: Sequence[Block]) -> str:
    """Return the blocks of a page as Markdown; pictures are files."""
    texts = []
    for block in blocks:
        if isinstance(block, Note):
            texts.append(marked_up(block.text))
        elif isinstance(block, Picture):
            about = PAGE(f"{block.name}_title")
            texts.append(f"![{about}](figures/study_{block.name}.png)")
            texts.append(f"*{block.caption}*")
        elif isinstance(block, Table):
            texts.append(table(block.columns, block.rows))
            if block.caption:
                texts.append(f"*{block.caption}*")
    return "\n\n".join(texts)


def marked_up(text: str) -> str:
    """Return a note with its first words, up to a colon, in bold, and with links."""
    label = re.match(r"[A-Z][a-z]+( [a-z]+){0,2}:", text)
    if label:
        text = f"**{label[0]}**{text[label.end() :]}"
    return re.sub(r"docs/(\w+\.md)", r"[\1](\1)", text)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table; what would end a cell or begin emphasis is escaped."""
    lines = []
    for line in (columns, ["---"] * len(columns), *rows):
        cells = [re.sub(r"([|*_])", r"\\\1", str(cell)) for cell in line]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


class Setting(NamedTuple):
    """One setting of Adam in the pilot."""

    learning_rate: float
    schedule: str


def pilot() -> str:
    """Say how the modern settings were chosen."""
    path = DOCS / "study" / "pilot.json"
    if not path.is_file():
        return ""
    found = json.loads(path.read_text(encoding="utf-8"))
    solved: dict[Setting, Counter[str]] = {}
    runs: Counter[str] = Counter()
    for row in found:
        setting = Setting(row["learning_rate"], row["schedule"])
        solved.setdefault(setting, Counter())[row["language"]] += row["solved"]
        runs[row["language"]] += row["runs"]
    rows = []
    for setting in sorted(solved, key=lambda one: -solved[one].total()):
        row = [f"{setting.learning_rate:g}", setting.schedule]
        for language, number in runs.items():
            row.append(f"{solved[setting][language]} of {number // len(solved)}")
        rows.append([*row, solved[setting].total()])
    columns = ["learning rate", "schedule", *runs, "in all"]
    text = table(columns, rows)
    return PILOT.format(runs=runs.total(), settings=len(solved), table=text)


def main() -> None:
    """Write figures and page."""
    study = read_study(DOCS / "study" / "study.nc")
    for question in filter(study.on, QUESTIONS):
        save(f"study_{question}", partial(figure, study, question))
    chapters = [f"# {PAGE('title')}\n", lead(study), ""]
    for section in sections(study, judged(study)):
        chapters.append(f"## {section.title}\n\n{markdown(section.blocks)}\n")
    text = "\n".join([*chapters, pilot(), MADE]).rstrip()
    (DOCS / "study.md").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
