"""Roles of cells, their CSS, and that no colour stands elsewhere."""

import ast
import re
from pathlib import Path

import pytest

import firstbit
from firstbit.cells.catalogue import CELLS
from firstbit.look import cell_name, custom_properties, family_of, icons, roles
from firstbit.look.css import colours
from firstbit.report import Badge, Section, Table, render

SOURCE = Path(firstbit.__file__).parent
COLOUR = re.compile(r"(?<![&\w])#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")
TEXTS = {".jinja", ".toml", ".css", ".html", ".js", ".md", ".txt"}
FAMILIES = [
    "vanilla",
    "gru",
    "lstm",
    "mingru",
    "linear",
    "delta",
    "oscillator",
    "yours",
]
PAGE = ["page", "raised", "ink", "soft", "line", "hair", "link", "focus"]
STATUSES = ["good", "partial", "depends", "differs", "bad", "open"]
SPACES = ["text", "wide", "radius", *(f"s{i}" for i in range(1, 7))]
SPACES += ["sans", "mono", "figures"]
EXPECTED = {
    *FAMILIES,
    *PAGE,
    *STATUSES,
    *SPACES,
    *(f"{status}-bg" for status in STATUSES),
    *("lstm-text", "mingru-text", "linear-text"),
}


def declared(text):
    return re.findall(r"--([\w-]+):", text)


def used(text):
    return set(re.findall(r"var\(--([\w-]+)\)", text))


@pytest.mark.parametrize(
    ("cell", "family"),
    [
        ("gru", "gru"),
        ("GRU, 10 units", "gru"),
        ("vanilla:5,activation=tanh", "vanilla"),
        ("Vanilla(activation=tanh)", "vanilla"),
        ("GRUCell", "gru"),
        ("minGRU", "mingru"),
        ("RG-LRU", "linear"),
        ("Linear attention", "delta"),
        ("coRNN", "oscillator"),
        ("", "yours"),
        ("MyCell", "yours"),
        ("cells/gru.py:Mine", "yours"),
    ],
)
def test_a_cell_has_its_family(cell, family):
    assert family_of(cell).name == family


@pytest.mark.parametrize("name", CELLS)
def test_every_cell_of_the_catalogue_has_a_family_and_a_name(name):
    assert family_of(name).name != "yours"
    assert cell_name(name) != name
    assert family_of(cell_name(name)) is family_of(name)


def test_the_families_are_eight():
    assert list(roles().families) == FAMILIES


def test_roles_are_read_once_and_cannot_be_changed():
    assert roles() is roles()
    with pytest.raises(AttributeError):
        roles().light.ink = "black"  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("dark", [False, True])
def test_a_page_has_every_role_and_no_other(dark):
    assert set(colours(dark=dark)) == EXPECTED - set(SPACES)


def test_css_declares_every_role_light_and_dark_and_no_other():
    names = declared(custom_properties())
    assert set(names) == EXPECTED
    for name in SPACES:
        assert names.count(name) == 1
    for name in EXPECTED - set(SPACES):
        assert names.count(name) == 4, "light, dark, and both by `data-theme`"


def test_a_page_uses_declared_roles_only():
    badges = [[Badge("solves", "good"), Badge("open", "open")]]
    page = render("t", "lead", [Section("s", [Table(["a", "b"], badges)])])
    assert set(declared(page)) == EXPECTED
    assert used(page) <= EXPECTED
    assert {"page", "ink", "good", "good-bg"} <= used(page)


def test_a_badge_has_the_icon_of_its_status():
    page = render("t", "lead", [Section("s", [Table(["a"], [[Badge("no", "bad")]])])])
    badge = re.search(r'<span class="badge bad">.*?</span>', page)[0]
    assert '<use href="#icon-bad"/>' in badge
    assert re.sub("<[^>]*>", "", badge) == "no"
    assert page.count('<symbol id="icon-bad"') == 1


def test_every_status_has_an_icon_of_its_own():
    assert re.findall(r'symbol id="icon-(\w+)"', icons()) == STATUSES
    assert len({status.icon for status in roles().statuses.values()}) == 6
    assert not COLOUR.search(icons())


@pytest.mark.parametrize("text", ["#a1b2c3", "'#FFF'", "color: #222;"])
def test_a_colour_is_found(text):
    assert COLOUR.search(text)


def strings(code):
    """Texts in a module that are no docstrings, whose examples may show a colour."""
    tree = ast.parse(code)
    shown = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node not in shown:
            yield str(node.value)


def test_a_docstring_is_no_string():
    code = '''"""#ffffff"""\nx = f"{y} #a1b2c3"'''
    assert list(strings(code)) == [" #a1b2c3"]


@pytest.mark.slow
def test_no_colour_stands_in_the_source_but_in_the_roles():
    found = {}
    for path in SOURCE.rglob("*"):
        if path.suffix == ".py":
            text = "\n".join(strings(path.read_text(encoding="utf-8")))
        elif path.suffix in TEXTS and path.name != "roles.toml":
            text = path.read_text(encoding="utf-8")
        else:
            continue
        if COLOUR.search(text):
            found[path.name] = COLOUR.findall(text)
    assert found == {}
