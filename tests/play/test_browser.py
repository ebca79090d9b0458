"""The page in a real browser: what it shows of a view, to everybody."""

import pytest

from firstbit.errors import LanguageError
from firstbit.languages import Language
from in_browser import text, until

pytestmark = pytest.mark.proof

GRAVE = {"serious", "critical"}

SCREENS = [
    (width, scheme, view)
    for width in (1300, 400)
    for scheme in ("light", "dark")
    for view in (
        "#v=1&nets=20&length=10&k=5&story=1.1",
        "#v=1&tab=automaton&word=BTSS&loss=1.52",
        "#v=1&tab=automaton&expression=a(b|c&word=ab",
    )
]
"""Pixels, scheme and view: both tabs, a story, and a mistake."""

NUMBERS = """async (number) => {
  const { Team } = modules["workers/team.js"];
  const asked = { of: OF, nets: 70, net: 1, others: 3 };
  const program = document.getElementById("worker").textContent;
  const found = { nets: [], told: [], other: [] };
  const wanted = 4 + 10 + 3;
  let count = 0;
  return await new Promise((done) => {
    const team = new Team(program, number, (one) => {
      found[one.kind][one.place] = JSON.stringify(one.found);
      count += 1;
      if (count === wanted) done([team.workers.length, JSON.stringify(found)]);
    });
    team.begin(asked);
  });
}""".replace(
    "OF",
    """{ cell: "lstm", size: 5, seed: 3, length: 10, suffix: "random", bias: 0,
      activation: "logistic", law: { law: "normal", gain: 1 } }""",
)
"""Asks so many workers; JSON has all digits of a number."""

REFUSED = "function () { throw new Error('none') }"
LOST = """class {
  postMessage() { setTimeout(() => this.onerror()); }
  terminate() {}
}"""
"""Workers that a browser doesn't start, or whose program doesn't."""


CURSOR = """id => {
  const { transform } = getComputedStyle(document.getElementById(id));
  return new DOMMatrix(transform).e;
}"""
"""Pixels of a cursor from the left edge of its panel."""


def test_a_fresh_page_runs_to_its_end_and_says_what_it_shows(opened):
    page = opened("")
    until(page, "at-text", "50 of 50")
    until(page, "source", "200 nets of k = 20")
    until(page, "light-word", "knows")
    assert "%" in text(page, "light-share")
    until(page, "sentence", "After 50 symbols the two states")
    assert text(page, "notes") == ""
    assert page.locator("#tab-remember").get_attribute("aria-selected") == "true"
    far, again = (page.evaluate(CURSOR, id) for id in ("distances-at", "told-at"))
    assert far == again > 200
    page.focus("#at")
    page.locator(":focus").press("Home")
    page.wait_for_function(f"({CURSOR})('distances-at') < 100")
    assert "mean" in page.locator("#distances").get_attribute("aria-label")


def test_a_view_opens_from_its_address(opened):
    page = opened("#v=1&cell=vanilla&k=5&suffix=constant&at=40&decades=300", width=400)
    until(page, "at-text", "40 of 50")
    until(page, "light-why", "told by rote")
    assert page.locator("#told-figure").is_hidden()


def test_an_automaton_its_word_and_its_floors(opened):
    page = opened("#v=1&tab=automaton&word=BTSS&loss=1.52")
    assert "Automaton of 6 states" in page.content()
    assert "state known 1.5" in page.content()
    assert text(page, "walk-sentence").startswith("After BTSS the state is s3")
    assert "state known" in text(page, "loss-name")


def test_a_broken_expression_has_a_mark_and_a_remedy(opened):
    page = opened("#v=1&tab=automaton&expression=a(b|c")
    with pytest.raises(LanguageError) as error:
        Language.from_regex("a(b|c")
    assert text(page, "expression-message") == str(error.value)
    assert text(page, "expression-mark") == "a(b|c\n     ^ here"
    field = page.locator("#field-expression")
    assert field.get_attribute("aria-invalid") == "true"


def test_a_story_sets_the_page(opened):
    page = opened("#v=1&story=3.6&tab=automaton")
    assert text(page, "story-title") == "What must be kept? (6 of 7)"


def test_any_number_of_workers_finds_the_same_numbers(opened):
    page = opened()
    found = [page.evaluate(NUMBERS, number) for number in (0, 1, 2, 3)]
    assert [number for number, _ in found] == [0, 1, 2, 3]
    assert len({numbers for _, numbers in found}) == 1


@pytest.mark.parametrize("worker", [REFUSED, LOST])
def test_without_workers_the_page_computes_alone(opened, worker):
    page = opened("#v=1&nets=40&length=10&k=5", init=f"window.Worker = {worker}")
    until(page, "source", "40 nets of k = 5")
    until(page, "light-share", "%")


@pytest.mark.parametrize(("width", "scheme", "view"), SCREENS)
def test_axe_finds_no_grave_fault(opened, width, scheme, view):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = opened(view, width=width, color_scheme=scheme)
    faults = {}
    for one in axe.run(page).response["violations"]:
        if one["impact"] in GRAVE:
            faults[one["id"]] = [node["html"] for node in one["nodes"]]
    assert faults == {}
    scrolled, seen = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert scrolled <= seen
