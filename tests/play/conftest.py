"""The playground in the browser: a page for each view that a test opens."""

import pytest

import firstbit
from in_browser import browser  # noqa: F401

FEW = "#v=1&nets=20&length=10&k=5"
"""Few nets: their numbers are not what is tested."""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    written = firstbit.playground(tmp_path_factory.mktemp("play") / "playground.html")
    return written.as_uri()


@pytest.fixture
def opened(browser, address):  # noqa: F811
    """Open a view in a new page, for one test; what it complains of ends the test.

    Pages that stay open would go on drawing beside those of later tests.
    """
    contexts, complaints = [], []

    def begin(view=FEW, width=1300, init="", **options):
        size = {"width": width, "height": 900}
        contexts.append(browser.new_context(viewport=size, **options))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text))
        page.add_init_script(init)
        page.goto(address + view)
        return page

    yield begin
    for context in contexts:
        context.close()
    assert complaints == []
