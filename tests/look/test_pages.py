"""What a page says first, and how its tables and pictures are written."""

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from firstbit.languages import length_distribution, reber
from firstbit.plots import lengths
from firstbit.plots.saving import searchable
from firstbit.report import (
    Badge,
    Banner,
    Note,
    Picture,
    Recipe,
    Section,
    Square,
    Strip,
    Table,
    Trial,
    render,
)
from firstbit.report.inline import inline
from firstbit.report.strips import WIDTH
from page_parser import Outside

ROWS = [["GRU", "0.5 [0.4, 0.6]", "yes"], ["LSTM", "−1.5", "no"]]
TABLE = Table(["cell", "share", "solves"], ROWS, anchors=["a", "b"])
SQUARES = [Square("good", "it holds", "a"), Square("bad", "it fails", "b")]
COUNTS = [Badge("holds: 1", "good"), Badge("depends on the reading: 1", "depends")]
BANNER = Banner("partial", "some hold", "1 of 2 hold.", SQUARES, COUNTS)
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


def test_the_key_to_the_squares_has_icon_word_and_count_of_each_status(page):
    key = re.search(r'<ul class="counts">.*?</ul>', page, re.DOTALL)[0]
    assert re.findall(r"#icon-(\w+)", key) == ["good", "depends"]
    assert "holds: 1</span>" in key


def test_a_cell_of_a_card_knows_its_column(page):
    assert re.findall(r'data-label="(\w+)"', page) == [*TABLE.columns] * 2


def test_the_arrow_of_a_head_stays_with_its_last_word(page):
    arrows = re.findall(r'button::after \{ content: "(.*?)"', page)
    assert arrows == [rf"\a0\{arrow}" for arrow in (2195, 2191, 2193)]


def test_mathematics_has_its_indices_low_and_a_square_has_them_as_letters():
    said = "h_t is W_h h_{t-1}, 10^-3 < mean_error"
    low = "h<sub>t</sub> is W<sub>h</sub> h<sub>t−1</sub>"
    html = f"{low}, 10<sup>−3</sup> &lt; mean_error"
    banner = Banner("open", "judged", "", [Square("open", said, "a")])
    page = render("t", "", [Section("s", [Note(said)])], banners=[banner])
    assert f"<p>{html}</p>" in page
    assert 'title="hₜ is Wₕ hₜ₋₁, 10^-3 &lt; mean_error"' in page


def test_numbers_stand_to_the_right(page):
    assert [TABLE.is_number(column) for column in range(3)] == [False, True, False]
    assert not Table(["a"], []).is_number(0)
    assert page.count('class="right"') == 3


def test_a_picture_may_have_a_drawing_for_a_phone(page):
    assert re.findall(r'<svg width="(\d)" role="img" class="(\w+)"', page) == [
        ("9", "wide"),
        ("3", "narrow"),
    ]
    without = render("t", "", [Section("s", [Picture("p", "seen", DRAWN)])])
    assert '<svg width="9" role="img"><title>seen</title>' in without


def test_names_in_two_drawings_of_a_page_differ():
    drawn = '<svg><defs><path id="m{0}"/></defs><use href="#m{0}"/>{1}</svg>'
    clipped = '<g clip-path="url(#m{0})"/>'
    first, second = (
        inline(drawn.format(1, clipped.format(1) + end).encode())
        for end in ("", "<g/>")
    )
    (own,) = {*re.findall(r'(?:id="|#)([\w-]+)', first)}
    (other,) = {*re.findall(r'(?:id="|#)([\w-]+)', second)}
    assert own != other


def test_a_drawing_of_matplotlib_styles_nothing_but_itself():
    figure = lengths(length_distribution(reber(), 9), title="0.123456")
    svg = inline(searchable(figure), "A & B")
    assert "<style" not in svg
    assert "<metadata" not in svg
    assert "<title>A &amp; B</title>" in svg
    assert ">0.123456</text>" in svg
    assert not re.search(r'="[^"]*\d\.\d{3}', svg)
    assert "font-family: var(--figures)" in svg
    assert svg.count("<") == svg.count(">")


STRIP = Strip("right", 0.75, 0.5, 1.0, 0.5, (0, 1), is_share=True)


def test_a_strip_has_interval_limit_and_estimate():
    svg = shown_trial(STRIP)
    assert "75 % (50 to 100)" in svg
    assert '<path class="limit" d="M180.0 2V26"/>' in svg
    assert '<path class="interval" d="M180.0 14H352.0"/>' in svg
    assert '<circle class="estimate" cx="266.0"' in svg


@pytest.mark.parametrize(
    ("is_above", "said", "arrow"),
    [(True, "solves above 50 %", "h12"), (False, "solves below 50 %", "h-12")],
)
def test_a_strip_says_and_shows_on_which_side_of_its_limit_it_holds(
    is_above, said, arrow
):
    svg = shown_trial(replace(STRIP, is_above=is_above, verb="solves"))
    assert f'text-anchor="middle">{said}</text>' in svg
    assert f'<path class="side" d="M180.0 4{arrow}l' in svg


def test_what_is_off_the_axis_has_an_arrow_and_what_is_exact_no_interval():
    off = replace(STRIP, value=1e-9, low=1e-9, high=1e-9, ends=(1e-4, 1), is_log=True)
    svg = shown_trial(replace(off, is_share=False))
    assert '<path class="estimate" d="M8.0 14l9 -6v12z"/>' in svg
    assert "<circle" not in svg
    assert 'class="interval"' not in svg
    assert "1.00·10⁻⁹" in svg
    assert ">10⁻⁴</text>" in svg


def test_numbers_below_a_strip_never_touch():
    to_the_left = {"start": 0.0, "middle": 0.5, "end": 1.0}
    for limit in np.linspace(0, 1, 41):
        reaches = []
        for place, anchor, text in replace(STRIP, limit=limit, verb="refuted").labels:
            width = 6.5 * len(text)
            left = place - to_the_left[anchor] * width
            reaches.append((left, left + width))
        reaches.sort()
        assert all(a < b for (_, a), (b, _) in pairwise(reaches))
        assert reaches[0][0] >= 0
        assert reaches[-1][1] <= WIDTH


def test_a_claim_has_its_rule_folded_and_an_anchor():
    page = shown_trial(STRIP, details=[("Rule", "holds if")], anchor="one")
    assert '<article class="trial" id="one">' in page
    fold = page[page.index("<details>") : page.index("</details>")]
    assert "<dt>Rule</dt><dd>holds if</dd>" in fold


def test_how_a_page_was_made_is_folded_with_its_command():
    recipe = Recipe("firstbit paper", [Table(["setting", "value"], [["seed", "3"]])])
    page = render("t", "", [Section("s", [recipe])])
    fold = page[page.index('<details class="making">') : page.index("</details>")]
    assert "<code>firstbit paper</code>" in fold
    assert "<div>seed</div>" in re.sub(r"\s*\n\s*", "", fold)
    assert "<div>3</div>" in re.sub(r"\s*\n\s*", "", fold)


def shown_trial(strip, **more):
    block = Trial("It holds.", "Section I", Badge("holds", "good"), "So.", [strip])
    page = render("t", "", [Section("s", [replace(block, **more)])])
    return page[page.index("<article") : page.index("</article>")]
