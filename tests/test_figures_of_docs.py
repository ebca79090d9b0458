"""Pictures of the pages: each one is shown, and each one that is shown is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "figures"


def shown():
    """The names of the pictures that pages show."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    found = set()
    for page in pages:
        found |= {*re.findall(r"figures/(\w+)\.png", page.read_text("utf-8"))}
    return found


def test_pages_show_all_pictures_and_no_other():
    there = {path.stem for path in FOLDER.iterdir()}
    assert shown() <= there
    first = {re.sub("(_dark)?(_phone)?$", "", name) for name in there}
    assert first <= shown()


def test_what_is_drawn_for_a_phone_is_drawn_dark_too():
    there = {path.stem for path in FOLDER.iterdir()}
    for name in there:
        if name.endswith("_phone"):
            first = re.sub("(_dark)?_phone$", "", name)
            assert {first, f"{first}_dark", f"{first}_dark_phone"} <= there
