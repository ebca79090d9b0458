"""The page: one file, small, without a network, of plain modules."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import firstbit
from firstbit.cli import main
from firstbit.errors import OutputError
from firstbit.look import roles
from firstbit.play.modules import joined
from firstbit.play.page import page_text

LARGEST = 1.5e6
PLAY = Path(firstbit.__file__).parent / "play"
MADE = "lane-"
"""Begins the names of elements that the program makes."""
PARTS = (".js", ".css", ".html")


class Elements(HTMLParser):
    """Collects tags with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def page():
    return page_text()


@pytest.fixture(scope="module")
def elements(page):
    return Elements(page).found


def test_the_page_is_small_and_asks_for_nothing(page, elements):
    assert len(page.encode()) < LARGEST
    assert not re.search(r"https?:|//\w+\.\w+/|@import|url\((?!#)", page)
    for tag, attributes in elements:
        assert tag not in ("link", "iframe", "img")
        assert "src" not in attributes
        assert attributes.get("href", "#")[0] == "#"


def test_every_name_is_there_once_and_every_reference_leads_to_one(page, elements):
    names = [found["id"] for _, found in elements if "id" in found]
    assert len(names) == len(set(names))
    for _, attributes in elements:
        for kind in ("for", "aria-controls", "aria-labelledby", "aria-describedby"):
            assert attributes.get(kind, names[0]) in names
    for name in re.findall(r'byId\("([\w-]+)"\)', page):
        assert name in names or name.startswith(MADE), name


def test_every_field_has_a_label(elements):
    labelled = {found.get("for") for tag, found in elements if tag == "label"}
    for tag, attributes in elements:
        if tag in ("input", "select"):
            assert attributes["id"] in labelled


def test_colours_are_roles(page):
    parts = [path for path in PLAY.rglob("*.*") if path.suffix in PARTS]
    assert len(parts) > 30
    for path in parts:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"#([0-9a-f]{3}){1,2}(?![\w-])|rgb\(\d", text, re.I), path
    for role in re.findall(r"var\(--([\w-]+)\)", page):
        assert f"--{role}:" in page, role
    assert roles().maps["fade"][0] in page


def test_modules_are_small():
    for path in PLAY.rglob("*.js"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 400, path
        assert max(map(len, lines)) <= 100 or path.name == "stories.js", path
        assert lines[0].startswith("/**"), path


def test_the_command_needs_no_option(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["playground"]) == 0
    assert (tmp_path / "playground.html").exists()


def test_the_call_and_the_command_write_one_page(tmp_path, capsys):
    by_call = firstbit.playground(tmp_path / "call.html")
    by_command = tmp_path / "new" / "command.html"
    assert main(["playground", "--out", str(by_command)]) == 0
    assert by_call.read_bytes() == by_command.read_bytes()
    assert "open it in a browser" in capsys.readouterr().out


@pytest.mark.parametrize("path", ["page.txt", "page", "."])
def test_another_ending_is_refused(tmp_path, path):
    with pytest.raises(OutputError, match=r"ends in \.html"):
        firstbit.playground(tmp_path / path)


@pytest.mark.wrong_types
def test_what_is_no_path_is_refused():
    with pytest.raises(OutputError, match="expected the path of a page, got 5"):
        firstbit.playground(5)


def test_modules_in_a_circle_are_refused():
    files = {
        "a.js": 'import { b } from "./b.js";\n',
        "b.js": 'import { a } from "./a.js";\n',
    }
    with pytest.raises(ValueError, match=r"a\.js -> b\.js -> a\.js"):
        joined("a.js", files.__getitem__)


@pytest.mark.parametrize(
    "line", ["export default 1;", 'import x from "./b.js";', "export { y };"]
)
def test_another_form_of_modules_is_refused(line):
    with pytest.raises(ValueError, match="names in braces"):
        joined("a.js", {"a.js": f"{line}\n"}.__getitem__)
