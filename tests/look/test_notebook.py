"""What a notebook shows: pictures, answers and tables, in the roles of pages."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from firstbit import plots
from firstbit.errors import PackageError
from firstbit.languages import Language, embedded_reber, reber
from firstbit.look.css import colours
from firstbit.paper.claims.claim import FAILS, HOLDS, Claim
from firstbit.paper.page import Making, paper_html
from firstbit.report import Banner, Note, fragment
from firstbit.studies.judging.learnt import Learnt
from page_parser import Outside


def read(html):
    """Check that what is shown is whole and loads nothing; return its elements."""
    page = Outside()
    page.feed(html)
    assert (page.addresses, page.open) == ([], [])
    return html


def picture(html):
    """The first picture that isn't an icon."""
    drawn = re.search(r'aria-label="[^"]*">(<svg.*?</svg>)', html, re.DOTALL)[1]
    return ElementTree.fromstring(drawn)


def test_the_style_stays_inside():
    html = read(fragment("A < B", [Note("Why.")], banners=[Banner("good", "is", "so")]))
    style = re.search("<style>(.*?)</style>", html, re.DOTALL)[1]
    assert ":root" not in style
    for rule in re.findall(r"([^{}]+)\{", style):
        assert ".firstbit" in rule or rule.strip().startswith("@media")
    assert set(colours(dark=False)) <= set(re.findall(r"--([\w-]+):", style))
    assert html.index("A &lt; B") < html.index("<p>so") < html.index("Why.")


def test_a_language_is_shown_as_its_automaton():
    html = read(reber()._repr_html_())
    texts = [one.text for one in picture(html).iter() if one.tag.endswith("text")]
    assert {"q1", "T", "X", "S"} <= set(texts)
    assert "reber: 8 states" in html
    assert "var(--ink, " in html


def test_a_language_without_graphviz_is_a_table(monkeypatch):
    def missing(*_, **__):
        raise PackageError("expected pygraphviz, got none.")

    monkeypatch.setattr(plots, "automaton", missing)
    html = read(Language.from_regex("b*a")._repr_html_())
    assert "<svg width" not in html.replace('<svg width="0"', "")
    assert re.search(r"b to \S+ \(0.5\)", html)
    assert "$ (1)" in html


def test_a_large_automaton_is_the_beginning_of_a_table():
    html = read(Language.from_regex("a" * 80)._repr_html_())
    assert html.count('<tr role="row"') == 21
    assert "and 61 more states" in html


def test_a_graph_shows_itself():
    shown = plots.automaton(reber())._repr_mimebundle_(include=None, exclude=None)
    (kind,) = shown
    assert kind == "image/svg+xml"
    assert "<svg" in shown[kind]


def test_what_was_learnt_is_shown_beside_the_task():
    target, other = reber(), Language.from_regex("b*a")
    found = Learnt(target, other, "a", True, True, 1, 3, 9)
    html = read(found._repr_html_())
    assert html.count("<figure>") == 2
    assert found.answer.split(":")[0].replace("'", "&#39;") in html
    same = Learnt(target, target, None, False, True, 1, 3, 9)
    assert read(same._repr_html_()).count("<figure>") == 1


def test_the_paper_is_shown_with_its_claims():
    rule = {"place": "I", "measured": "m", "figure": "", "rule": "r", "numbers": {}}
    claims = [Claim(id="a", claim="First.", verdict=HOLDS, **rule)]
    claims.append(Claim(id="b", claim="Second.", verdict=FAILS, **rule))
    html = read(paper_html(claims, Making({"quick": True}, {}, {})))
    assert "Of 2 sentences of the paper 1 holds and 1 does not" in html
    assert "This was a quick run" in html
    assert "“Second.” I" in html
    assert "This was" not in paper_html(claims, Making({"quick": False}, {}, {}))


@pytest.mark.slow
def test_copies_of_a_part_stand_in_frames():
    html = read(embedded_reber()._repr_html_())
    texts = [one.text for one in picture(html).iter() if one.tag.endswith("text")]
    assert {"copy T", "copy P"} <= set(texts)
