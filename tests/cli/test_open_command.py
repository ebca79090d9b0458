"""`firstbit open`: a folder's page in the browser that there is, or its address."""

import pytest

from firstbit.cli import main


@pytest.fixture
def page(tmp_path):
    page = tmp_path / "a result" / "report.html"
    page.parent.mkdir()
    page.write_text("<title>a result</title>", encoding="utf-8")
    return page


@pytest.mark.parametrize("named", ["folder", "page"])
@pytest.mark.parametrize(
    ("has_browser", "said"), [(True, "is open in the browser"), (False, "No browser")]
)
def test_it_opens_the_page_or_prints_its_address(
    named, has_browser, said, page, monkeypatch, capsys
):
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda at: opened.append(at) or has_browser)
    assert main(["open", str(page if named == "page" else page.parent)]) == 0
    assert opened == [page.as_uri()]
    out = capsys.readouterr().out
    assert said in out
    assert page.as_uri() in out


def test_a_folder_without_a_page_is_refused_in_a_line(tmp_path, capsys):
    assert main(["open", str(tmp_path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "expected a page or a folder with report.html, got" in line
