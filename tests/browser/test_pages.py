"""Pages in a real browser: on a desk and a phone, light and dark, read by anybody."""

import io

import matplotlib.image
import pytest
from matplotlib.colors import to_hex

import page_scripts as scripts
from firstbit.look import roles
from made_pages import PAGES

pytestmark = pytest.mark.proof

SCREENS = {"desk": (1300, 800), "phone": (400, 800)}
SCHEMES = ("light", "dark")
GRAVE = {"serious", "critical"}
SMALLEST, ROUNDING = 10, 0.01
"""Pixels of type on a screen."""

every_page = pytest.mark.parametrize("name", PAGES)
every_screen = pytest.mark.parametrize("screen", SCREENS)
every_scheme = pytest.mark.parametrize("scheme", SCHEMES)


@pytest.fixture
def opened(browser, pages):
    """Open a page by its name; all are closed at the end."""
    contexts = []

    def begin(name, screen, **options):
        width, height = SCREENS[screen]
        size = {"width": width, "height": height}
        contexts.append(browser.new_context(viewport=size, **options))
        page = contexts[-1].new_page()
        page.goto(pages[name].as_uri())
        return page

    yield begin
    for context in contexts:
        context.close()


@every_page
@every_screen
def test_no_page_scrolls_sideways(opened, name, screen):
    scrolled, seen = opened(name, screen).evaluate(scripts.WIDTHS)
    assert scrolled <= seen


@every_page
@every_screen
def test_the_answer_is_in_the_first_screen(opened, name, screen):
    ends = opened(name, screen).evaluate(scripts.FIRST)
    assert max(ends) <= SCREENS[screen][1]


@every_page
@every_screen
def test_no_type_is_too_small(opened, name, screen, record_property):
    page = opened(name, screen)
    smallest = page.evaluate(scripts.SMALLEST_TYPE)
    record_property("smallest type, pixels", smallest)
    assert smallest >= SMALLEST - ROUNDING
    assert page.evaluate(scripts.SHRUNK) == []


@every_page
@every_screen
def test_no_text_of_a_drawing_is_cut_off_whatever_the_font(opened, name, screen):
    page = opened(name, screen)
    assert page.evaluate(scripts.CUT_OFF) == []
    page.add_style_tag(content=":root { --figures: 'DejaVu Sans' }")
    assert page.evaluate(scripts.CUT_OFF) == []


@every_page
@every_screen
def test_no_arrow_of_a_head_stands_alone_on_a_line(opened, name, screen):
    assert opened(name, screen).evaluate(scripts.ARROWS_ALONE) == []


@every_page
@every_screen
@every_scheme
def test_axe_finds_no_grave_fault(opened, name, screen, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(opened(name, screen, color_scheme=scheme)).response["violations"]
    faults = {}
    for one in found:
        if one["impact"] in GRAVE:
            faults[one["id"]] = [node["html"] for node in one["nodes"]]
    assert faults == {}


@every_page
@every_screen
def test_the_keyboard_reaches_everything_and_shows_where(opened, name, screen):
    page = opened(name, screen)
    number = page.evaluate(scripts.REACHABLE)
    assert number >= 3
    found = set()
    for _ in range(number):
        page.keyboard.press("Tab")
        stop, line, width = page.evaluate(scripts.FOCUSED)
        assert (line, width) == ("solid", 3)
        found.add(int(stop))
    assert found == set(range(number))


@every_page
def test_the_first_stop_leads_to_the_answer(opened, name):
    page = opened(name, "phone")
    page.keyboard.press("Tab")
    assert page.locator(".skip").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    page.wait_for_url("**#answer")


@every_page
def test_the_keyboard_sorts_a_table(opened, name):
    page = opened(name, "desk")
    before = page.evaluate(scripts.COLUMN)
    button = page.locator("th button").first
    button.press("Enter")
    head = button.locator("xpath=..")
    assert head.get_attribute("aria-sort") == "ascending"
    rising = page.evaluate(scripts.COLUMN)
    button.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    falling = page.evaluate(scripts.COLUMN)
    assert sorted(rising) == sorted(falling) == sorted(before)
    assert (rising[0], rising[-1]) == (falling[-1], falling[0])


@every_page
def test_in_print_folds_are_open_and_paper_is_white(opened, name):
    page = opened(name, "desk", color_scheme="dark")
    page.emulate_media(media="print")
    page.wait_for_function(f"({scripts.FOLDED.strip()}).every((height) => height > 0)")
    assert background(page) == roles().light.page
    tint = page.locator(".banner").first.evaluate(
        "(one) => getComputedStyle(one).printColorAdjust"
    )
    assert tint == "exact"
    assert page.pdf()[:4] == b"%PDF"


@pytest.mark.parametrize("name", ["paper", "verdict"])
def test_on_a_screen_folds_are_shut(opened, name):
    folded = opened(name, "desk").evaluate(scripts.FOLDED)
    assert folded
    assert not any(folded)


@pytest.mark.parametrize("name", ["paper", "verdict", "judge", "training"])
def test_how_a_page_was_made_is_copied_as_lines(opened, name):
    page = opened(name, "desk", permissions=["clipboard-read", "clipboard-write"])
    page.locator(".making summary").press("Enter")
    page.locator(".copy").press("Enter")
    page.get_by_text("Copied").wait_for()
    lines = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert len(lines) > 3
    rows = page.locator(".making tbody tr").count()
    assert sum(": " in line for line in lines) >= rows


@pytest.mark.parametrize(
    ("name", "word"),
    [("paper", "length l"), ("study", "symbols before the query")],
)
def test_a_word_of_a_figure_is_found(opened, name, word):
    page = opened(name, "desk")
    assert page.evaluate(f"window.find({word!r})")
    holder = "getSelection().anchorNode.parentElement.closest('svg') !== null"
    assert page.evaluate(holder)


@every_page
@pytest.mark.parametrize("wish", ["reduce", "no-preference"])
def test_nothing_moves_by_itself(opened, name, wish):
    page = opened(name, "desk", reduced_motion=wish)
    assert page.evaluate(scripts.MOVING) == 0


@every_page
@every_scheme
def test_page_and_pictures_follow_the_reader(opened, name, scheme):
    page = opened(name, "desk", color_scheme=scheme)
    paper = roles().page(dark=scheme == "dark").page
    assert background(page) == paper
    for picture in page.locator("figure svg").all():
        if picture.is_visible():
            pixels = matplotlib.image.imread(io.BytesIO(picture.screenshot()))
            assert to_hex(pixels[2, 2]) == paper


@every_page
def test_a_page_loads_nothing(browser, pages, name):
    page = browser.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(pages[name].as_uri())
    outside = [url for url in asked if not url.startswith(("data:", "file:"))]
    assert outside == []
    assert len([url for url in asked if url.startswith("file:")]) == 1
    page.close()


def background(page):
    """The colour of the page behind everything, as the roles write it."""
    rgb = page.evaluate("getComputedStyle(document.body).backgroundColor")
    red, green, blue = rgb.removeprefix("rgb(").removesuffix(")").split(",")
    return to_hex((int(red) / 255, int(green) / 255, int(blue) / 255))
