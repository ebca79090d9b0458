"""The pages that the browser opens."""

import pytest

from in_browser import browser  # noqa: F401


@pytest.fixture(scope="session")
def pages(quick_paper, tmp_path_factory):
    """Name -> file of each page."""
    from made_pages import FILE, PAGES, write_pages

    folder = tmp_path_factory.mktemp("pages")
    write_pages(folder)
    found = {name: folder / name / FILE for name in PAGES}
    return found | {"paper": quick_paper.folder / FILE}
