"""Debian's Chromium, and the pages it opens; without it their tests are skipped."""

import re
import shutil
import subprocess
import tempfile
from html import unescape

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
"""Of the program, as systems call it."""

BROWSER = next(filter(None, map(shutil.which, NAMES)), None)

needs_browser = pytest.mark.skipif(BROWSER is None, reason="Chromium isn't installed")


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


def dom(page, address="", width=1300, milliseconds=4000):
    """Return the page's elements after its program has run, and its complaints."""
    with tempfile.TemporaryDirectory() as profile:
        run = subprocess.run(
            [
                str(BROWSER),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--enable-logging=stderr",
                f"--user-data-dir={profile}",
                f"--window-size={width},900",
                f"--virtual-time-budget={milliseconds}",
                "--dump-dom",
                f"{page.as_uri()}{address}",
            ],
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        )
    complaints = re.findall(r'CONSOLE[^"]*"(.*)"', run.stderr)
    return run.stdout, complaints


def text_of(document, name):
    """Return the text of the element with that id, its tags left out."""
    found = re.search(rf'<(\w+)[^>]* id="{name}"[^>]*>(.*?)</\1>', document, re.DOTALL)
    assert found is not None, name
    return unescape(re.sub("<[^>]*>", "", found[2]))


def attributes_of(document, name):
    """Return the opening tag of the element with that id."""
    found = re.search(rf'<\w+[^>]* id="{name}"[^>]*>', document)
    assert found is not None, name
    return found[0]
