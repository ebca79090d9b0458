"""Debian's Chromium, and the pages it opens; without it their tests are skipped."""

import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
"""Of the program, as systems call it."""

BROWSER = next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="module")
def browser():
    """A browser without a window; it ends with the module, as does its event loop."""
    if BROWSER is None:
        pytest.skip(f"no Chromium: looked for {', '.join(NAMES)}")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="no playwright: pip install 'firstbit[browser]'"
    )
    with playwright.sync_playwright() as play:
        # Without a sandbox, for it can't have one where root runs the tests.
        started = play.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield started
        started.close()


def text(page, name):
    """Return what an element says."""
    return page.locator(f"#{name}").text_content()


def until(page, name, words):
    """Wait until an element says so."""
    page.locator(f"#{name}").filter(has_text=words).wait_for(state="attached")
