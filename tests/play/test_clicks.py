"""The playground under a hand: tabs, sliders, stories, keys, addresses, mistakes."""

import json
import re

import pytest

from firstbit.errors import LanguageError
from firstbit.languages import Language
from in_browser import until

pytestmark = pytest.mark.proof

MISTAKES = ("a(b|c", "a)b", "*a", "a||*", "[a-", "a{3", "a{5,2}", "(((", "a\\", "")
"""Ten expressions that are none, or that no automaton can show."""

LONGEST_FRAME = 8
"""Milliseconds of a processor that script takes in a frame, of nine frames in ten."""

FIRST_FRAME = 25
"""The same of the longest, which is one of the first: nothing is compiled yet."""

PAINTED = "performance.getEntriesByName('first-contentful-paint')"

TIMELINE = ["devtools.timeline"]


def text(page, name):
    return page.locator(f"#{name}").inner_text()


def test_tabs_change_by_click_and_by_key(opened):
    page = opened()
    page.click("#tab-automaton")
    assert page.locator("#automaton").is_visible()
    assert page.locator("#remember").is_hidden()
    page.locator(":focus").press("ArrowLeft")
    assert page.locator("#remember").is_visible()
    assert page.evaluate("document.activeElement.id") == "tab-remember"


def test_a_slider_moves_by_key_and_the_address_follows(opened):
    page = opened()
    page.focus("#slide-k")
    page.locator(":focus").press("ArrowRight")
    page.wait_for_function("location.hash.includes('k=6')")
    until(page, "source", "k = 6")
    page.focus("#at")
    page.locator(":focus").press("Home")
    until(page, "at-text", "1 of 10")
    page.click("#step")
    until(page, "at-text", "2 of 10")


def test_a_story_is_told_to_its_end_and_closed(opened):
    page = opened()
    page.click("#story-1")
    titles = []
    while page.locator("#story").is_visible():
        titles.append(text(page, "story-title"))
        page.click("#story-next")
    assert len(set(titles)) == len(titles) > 2
    page.click("#story-2")
    page.click("#story-close")
    assert page.locator("#story").is_hidden()


def test_a_shared_address_shows_the_same_view(opened):
    page = opened()
    page.select_option("#field-cell", "lstm")
    page.click("#share")
    again = opened("#" + page.url.partition("#")[2])
    command = again.locator("#command").filter(has_text="--cell lstm:5")
    command.wait_for(state="attached")
    assert command.text_content() == page.locator("#command").text_content()


def test_an_address_of_another_version_and_sizes_too_big_are_said(opened):
    page = opened("#v=9&k=3")
    assert "got version 9" in text(page, "notes")
    page = opened("#v=1&k=1000&nets=20&length=10")
    assert "This page bears k from 1 to 100; it is 100 now." in text(page, "notes")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_said_in_the_words_of_the_library(mistake, opened):
    page = opened("#v=1&tab=automaton")
    page.fill("#field-expression", mistake)
    with pytest.raises(LanguageError) as refused:
        Language.from_regex(mistake)
    page.wait_for_function("document.getElementById('expression-message').innerText")
    assert text(page, "expression-message") == str(refused.value)


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_buttons_work_by_keys(opened, key):
    page = opened()
    page.focus("#story-2")
    page.locator(":focus").press(key)
    assert page.locator("#story").is_visible()


def test_frames_are_short_also_while_nets_build_up(browser, opened):
    browser.start_tracing(categories=TIMELINE)
    page = opened("#v=1&k=20&nets=200")
    page.wait_for_function("document.getElementById('source').innerText.match(/^200/)")
    page.click("#run")
    page.wait_for_function("document.getElementById('at-text').innerText == '50 of 50'")
    times = []
    for event in json.loads(browser.stop_tracing())["traceEvents"]:
        if event["name"] == "FireAnimationFrame" and "tdur" in event:
            times.append(event["tdur"] / 1000)
    assert len(times) > 50
    assert sorted(times)[9 * len(times) // 10] < LONGEST_FRAME
    assert max(times) < FIRST_FRAME


def test_the_first_picture_is_there_within_a_second(opened):
    page = opened("")
    page.wait_for_function(f"{PAINTED}.length > 0")
    assert page.evaluate(f"{PAINTED}[0].startTime") < 1000
    assert re.match(r"\d+ of 50", text(page, "at-text"))
