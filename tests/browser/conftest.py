"""Debian's Chromium, and the pages that it opens."""

import shutil
from importlib.util import find_spec

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
"""Of the program, as systems call it."""


@pytest.fixture(scope="module")
def browser():
    """A browser without a window; it ends with the module, as does its event loop."""
    found = [path for path in map(shutil.which, NAMES) if path is not None]
    if not found:
        pytest.skip(f"no Chromium: looked for {', '.join(NAMES)}")
    if find_spec("playwright") is None:
        pytest.skip("no playwright: pip install 'firstbit[browser]'")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        # Without a sandbox, for it can't have one where root runs the tests.
        started = play.chromium.launch(executable_path=found[0], args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def pages(quick_paper, tmp_path_factory):
    """Name -> file of each page."""
    from made_pages import FILE, PAGES, write_pages

    folder = tmp_path_factory.mktemp("pages")
    write_pages(folder)
    found = {name: folder / name / FILE for name in PAGES}
    return found | {"paper": quick_paper.folder / FILE}
