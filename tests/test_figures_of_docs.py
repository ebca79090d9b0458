"""Pictures of the pages: each one is shown, and each one that is shown is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_pages_show_all_pictures_and_no_other():
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    shown = set()
    for page in pages:
        shown |= {*re.findall(r"figures/(\w+\.png)", page.read_text("utf-8"))}
    there = {path.name for path in (ROOT / "docs" / "figures").iterdir()}
    assert shown == there
