"""What the site is made of: every public name has a text, every measure a page."""

import importlib.util
import inspect
import re
import sys
from importlib import import_module
from pathlib import Path

import pytest

import firstbit
from firstbit.measures import MEASURES

ROOT = Path(firstbit.__file__).parents[2]
DOCS = ROOT / "docs"


def loaded(name, path):
    """A module of docs/site or of release, which are no packages of the program."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def of_site(name):
    return loaded(f"site_{name}", DOCS / "site" / "extensions" / f"{name}.py")


FACES, TEXTS, SIGNATURES = of_site("faces"), of_site("texts"), of_site("signatures")
ANCHORS, PARAMETERS, STEMS = map(of_site, ("anchors", "parameters", "stems"))
RELEASE = loaded("release_make", ROOT / "release" / "make.py")


def test_the_faces_are_those_of_contributing():
    assert len(FACES.CHAPTERS) == 8
    assert FACES.CHAPTERS[-1] == "firstbit"
    assert FACES.HOMES["firstbit.train"] == "firstbit.training.train"
    assert FACES.also_called("firstbit.training.train") == ["firstbit.train"]


@pytest.mark.parametrize("chapter", FACES.CHAPTERS)
def test_every_public_name_has_a_text_and_every_call_a_signature(chapter):
    for name in import_module(chapter).__all__:
        thing = getattr(import_module(chapter), name)
        if inspect.isclass(thing) or inspect.isroutine(thing):
            assert thing.__doc__, name
            written = SIGNATURES.signature_of(thing)
            assert written == "" or written.startswith("("), name
        else:
            assert TEXTS.constant_text(chapter, name), name


def test_a_docstring_becomes_lists_and_code():
    lines = TEXTS.as_markdown(
        "Do it.\n\nArgs:\n    *names: of all,\n        in order.\n    key: random.\n\n"
        "Example:\n    >>> 1\n    1"
    )
    assert lines[:2] == ["Do it.", ""]
    assert "- `*names`: of all," in lines
    assert "  in order." in lines
    assert lines[-5:] == ["```pycon", ">>> 1", "1", "```", ""]


def test_signatures_are_those_of_the_source():
    written = SIGNATURES.signature_of(firstbit.playground)
    assert written == "(path: str | Path='playground.html') -> Path"
    assert "self" not in SIGNATURES.signature_of(firstbit.Readout)


@pytest.mark.parametrize("one", MEASURES, ids=lambda one: one.name)
def test_each_measure_has_a_page_with_all_its_parts(one):
    page = (DOCS / "measure" / f"{one.name}.md").read_text(encoding="utf-8")
    for part in ("head", "reading", "misleading"):
        assert f"{{measure}} {one.name} {part}" in page
    for part in ("## Definition", "$$", "{code-cell}"):
        assert part in page


def test_numbers_in_the_sentences_of_notebooks_are_computed():
    for folder in ("notebooks", "lecture"):
        for path in (DOCS / folder).glob("*.md"):
            text = path.read_text(encoding="utf-8")
            code = "\n".join(re.findall(r"```\{code-cell\}.*?```", text, re.DOTALL))
            for name in re.findall(r"\{eval\}`(\w+)`", text):
                assert re.search(rf"\b{name}\b", code), (path.name, name)


def test_links_that_lead_nowhere_are_found(tmp_path):
    here, there = tmp_path / "a.html", tmp_path / "sub" / "b.html"
    page = ANCHORS.Page('<h2 id="one"></h2><a href="sub/b.html#two"></a><img src="c">')
    dark = ANCHORS.Page('<picture><source srcset="d"><img src="c"></picture>')
    assert dark.fetched == ["d", "c"]
    pages = {here: page, there: ANCHORS.Page('<a name="two" href="../a.html"></a>')}
    assert page.links == ["sub/b.html#two"]
    assert page.fetched == ["c"]
    for good in ("#one", "", "sub/b.html#two", "sub/b.html?v=1", "https://x.org/y"):
        assert ANCHORS.leads_somewhere(here, good, pages)
    for broken in ("#two", "sub/b.html#one", "c", "sub/a.html"):
        assert not ANCHORS.leads_somewhere(here, broken, pages)


def test_arguments_of_a_long_signature_are_a_list():
    other = "<dl>\n<dt>a term</dt><dd>its text</dd>\n</dl>"
    signature = "<dl>\n<dd><em>a</em>,</dd>\n<dd><em>b</em>,</dd>\n</dl>"
    written = PARAMETERS.as_list(other + signature)
    items = "<li><em>a</em>,</li>\n<li><em>b</em>,</li>\n"
    assert written == f'{other}<ul class="arguments">\n{items}</ul>'


def test_search_finds_pages_with_all_words():
    index = {"terms": {"vanish": [1, 2]}, "titleterms": {"gradient": 2, "lstm": [3]}}

    def found(asked):
        return STEMS.pages_with(index, asked, lambda word: word.removesuffix("ing"))

    assert found("vanishing Gradient") == {2}
    assert found("LSTM") == {3}
    assert found("LSTM gradient") == set()


def test_the_version_is_the_same_everywhere():
    assert RELEASE.versions_that_differ() == []
    assert RELEASE.notes("0.0.0") == ""
    assert "### " in RELEASE.notes(firstbit.__version__)
