"""The page in a real browser: it starts, shows, refuses, and complains of nothing."""

import pytest

import firstbit
from firstbit.errors import LanguageError
from firstbit.languages import Language
from in_browser import attributes_of, dom, needs_browser, text_of

pytestmark = [needs_browser, pytest.mark.proof]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return firstbit.playground(tmp_path_factory.mktemp("play") / "playground.html")


def test_a_fresh_page_runs_to_its_end_and_says_what_it_shows(page):
    document, complaints = dom(page)
    assert complaints == []
    assert text_of(document, "at-text") == "50 of 50"
    assert text_of(document, "light-word") in ("knows", "unsure", "can't tell")
    assert "%" in text_of(document, "light-share")
    assert text_of(document, "sentence").startswith("After 50 symbols the two states")
    assert text_of(document, "source").startswith("200 nets of k = 20")
    assert text_of(document, "notes") == ""
    assert 'aria-selected="true"' in attributes_of(document, "tab-remember")
    assert "mean" in attributes_of(document, "distances")


def test_a_view_opens_from_its_address(page):
    view = "#v=1&cell=vanilla&k=5&suffix=constant&at=40&decades=300"
    document, complaints = dom(page, view, width=400)
    assert complaints == []
    assert text_of(document, "at-text") == "40 of 50"
    assert "told by rote" in text_of(document, "light-why") or "rounding" in text_of(
        document, "light-why"
    )
    assert "hidden" in attributes_of(document, "told-figure")


def test_the_address_of_another_version_is_refused_with_a_line(page):
    document, complaints = dom(page, "#v=9&k=3", milliseconds=500)
    assert complaints == []
    assert "got version 9" in text_of(document, "notes")


def test_an_automaton_its_word_and_its_floors(page):
    view = "#v=1&tab=automaton&word=BTSS&loss=1.52"
    document, complaints = dom(page, view, milliseconds=1000)
    assert complaints == []
    assert "Automaton of 6 states" in document
    assert "state known 1.5" in document
    assert text_of(document, "walk-sentence").startswith("After BTSS the state is s3")
    assert "state known" in text_of(document, "loss-name")


def test_a_broken_expression_has_a_mark_and_a_remedy(page):
    document, _ = dom(page, "#v=1&tab=automaton&expression=a(b|c", milliseconds=500)
    with pytest.raises(LanguageError) as error:
        Language.from_regex("a(b|c")
    assert text_of(document, "expression-message") == str(error.value)
    assert text_of(document, "expression-mark") == "a(b|c\n     ^ here"
    assert 'aria-invalid="true"' in attributes_of(document, "field-expression")


def test_a_story_sets_the_page(page):
    document, complaints = dom(page, "#v=1&story=3.6&tab=automaton", milliseconds=500)
    assert complaints == []
    assert text_of(document, "story-title") == "What must be kept? (6 of 7)"
