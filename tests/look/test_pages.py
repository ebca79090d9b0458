"""What a page says first, and how its tables and pictures are written."""

import re

import pytest

from firstbit.report import Banner, Picture, Section, Square, Table, render
from page_parser import Outside

ROWS = [["GRU", "0.5 [0.4, 0.6]", "yes"], ["LSTM", "−1.5", "no"]]
TABLE = Table(["cell", "share", "solves"], ROWS, anchors=["a", "b"])
SQUARES = [Square("good", "it holds", "a"), Square("bad", "it fails", "b")]
BANNER = Banner("partial", "some hold", "1 of 2 hold.", SQUARES)
DRAWN = b'<svg width="9"><path fill="#16191d"/></svg>'
BLOCKS = [TABLE, Picture("p", "seen", DRAWN, DRAWN.replace(b"9", b"3"))]


@pytest.fixture(scope="module")
def page():
    return render(
        "It holds", "Why.", [Section("s", BLOCKS)], kicker="A page", banners=[BANNER]
    )


def test_a_page_is_whole_and_loads_nothing(page):
    reader = Outside()
    reader.feed(page)
    assert (reader.addresses, reader.open) == ([], [])


def test_the_answer_comes_first(page):
    order = ["A page", "<h1>It holds", "some hold", "1 of 2 hold.", "Why.", "<h2>s"]
    places = [page.index(text) for text in order]
    assert places == sorted(places)


def test_what_is_not_given_leaves_no_trace():
    page = render("t", "", [])
    for found in ('class="kicker"', 'class="banner', "<p>"):
        assert found not in page


def test_every_square_leads_to_its_row(page):
    squares = re.findall(r'<a class="(\w+)" href="#(\w+)" title="([^"]+)"', page)
    assert squares == [("good", "a", "it holds"), ("bad", "b", "it fails")]
    assert re.findall(r'<tr role="row" id="(\w+)"', page) == ["a", "b"]


def test_a_cell_of_a_card_knows_its_column(page):
    assert re.findall(r'data-label="(\w+)"', page) == [*TABLE.columns] * 2


def test_numbers_stand_to_the_right(page):
    assert [TABLE.is_number(column) for column in range(3)] == [False, True, False]
    assert not Table(["a"], []).is_number(0)
    assert page.count('class="right"') == 3


def test_a_picture_may_have_a_drawing_for_a_phone(page):
    assert page.count("<source media=") == 1
    without = render("t", "", [Section("s", [Picture("p", "seen", DRAWN)])])
    assert "<source" not in without
