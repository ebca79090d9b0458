"""Whether the colours of the roles can be read, and told from each other."""

from itertools import combinations, pairwise

import numpy as np
import pytest

from colour_vision import KINDS, seen
from firstbit.look import roles
from firstbit.look.colour import contrast, distance, light_of, oklab, shade

TEXT, MARK, FAINTEST = 4.5, 3.0, 1.9
"""Contrasts: of text and of marks by WCAG AA, and of the faintest size of several."""

OKABE_ITO = 7.6
"""Their smallest distance for deuteranopia, of the eight colours with black."""

LEAST = {
    ("deuteranopia", False): 8.5,
    ("deuteranopia", True): 10.0,
    ("protanopia", False): 12.0,
    ("protanopia", True): 10.5,
}
"""(kind of vision, dark page) -> smallest distance of two families."""

both_pages = pytest.mark.parametrize("dark", [False, True])


def papers(dark):
    page = roles().page(dark=dark)
    return page.page, page.raised


def lightness(colour):
    return float(oklab(light_of(colour))[0])


def test_contrast_is_that_of_wcag():
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")


@both_pages
def test_every_name_of_a_family_can_be_read(dark):
    for family in roles().families.values():
        for paper in papers(dark):
            assert contrast(family.ink(dark=dark), paper) >= TEXT, family.name


@both_pages
def test_every_mark_of_a_family_can_be_seen(dark):
    for family in roles().families.values():
        for paper in papers(dark):
            assert contrast(family.hue(dark=dark), paper) >= MARK, family.name


@both_pages
def test_text_and_links_can_be_read(dark):
    page = roles().page(dark=dark)
    for paper in papers(dark):
        for ink in (page.ink, page.soft, page.link):
            assert contrast(ink, paper) >= TEXT
        assert contrast(page.focus, paper) >= MARK
    assert contrast(page.line, page.page) >= MARK


@both_pages
def test_every_status_can_be_read_on_its_tint_and_on_the_page(dark):
    page = roles().page(dark=dark)
    for status in roles().statuses.values():
        tint = status.dark_tint if dark else status.light_tint
        for paper in (*papers(dark), tint):
            assert contrast(status.hue(dark=dark), paper) >= TEXT, status.name
        assert contrast(page.ink, tint) >= TEXT


@both_pages
def test_sizes_go_from_faint_to_strong_and_the_faintest_can_be_seen(dark):
    paper = roles().page(dark=dark).page
    for family in roles().families.values():
        steps = roles().steps(family, 4, dark=dark)
        strength = [contrast(step, paper) for step in steps]
        assert strength == sorted(strength), family.name
        assert strength[0] >= FAINTEST, family.name
        assert min(strength[1:]) >= MARK, family.name


@both_pages
def test_sizes_of_any_number_differ(dark):
    for family in roles().families.values():
        for number in range(1, 7):
            steps = roles().steps(family, number, dark=dark)
            assert len(set(steps)) == number


@pytest.mark.parametrize(("kind", "dark"), LEAST)
def test_families_are_told_apart_by_the_red_green_blind(kind, dark):
    hues = [family.hue(dark=dark) for family in roles().families.values()]
    lights = [seen(light_of(hue), kind) for hue in hues]
    nearest = min(distance(*pair) for pair in combinations(lights, 2))
    assert nearest > LEAST[kind, dark] > OKABE_ITO


def test_the_measure_of_distance_knows_okabe_and_ito():
    known = [
        "E69F00",
        "56B4E9",
        "009E73",
        "F0E442",
        "0072B2",
        "D55E00",
        "CC79A7",
        "000000",
    ]
    lights = [seen(light_of(f"#{colour}"), "deuteranopia") for colour in known]
    nearest = min(distance(*pair) for pair in combinations(lights, 2))
    assert nearest == pytest.approx(OKABE_ITO, abs=0.05)


def test_where_hues_are_near_for_the_blue_blind_the_marks_differ():
    families = roles().families.values()
    assert len({family.mark for family in families}) == len(families)


@pytest.mark.parametrize("kind", KINDS)
def test_everybody_sees_greys_as_they_are(kind):
    grey = light_of("#808080")
    assert seen(grey, kind) == pytest.approx(grey, abs=1e-5)


@both_pages
def test_good_and_bad_differ_in_more_than_hue(dark):
    good, bad = roles().statuses["good"], roles().statuses["bad"]
    assert good.icon != bad.icon
    assert good.mark != bad.mark
    assert good.line != bad.line


def stops(name, *, dark=False):
    return [lightness(stop) for stop in roles().map_of(name, dark=dark)]


@both_pages
@pytest.mark.parametrize("name", ["amount", "signed", "fade"])
def test_a_map_has_nine_stops(name, dark):
    assert len(roles().map_of(name, dark=dark)) == 9


def test_amounts_are_turned_round_on_a_dark_page():
    assert roles().dark_maps["amount"] == roles().maps["amount"][::-1]


def test_maps_of_amounts_are_monotone_in_grey():
    assert np.all(np.diff(stops("amount")) < -0.05)
    assert np.all(np.diff(stops("fade")) > 0.05)


@both_pages
def test_the_map_with_a_sign_is_as_the_page_at_zero_and_the_same_on_both_sides(dark):
    found = stops("signed", dark=dark)
    towards_zero = np.diff(found[:5])
    assert np.all(towards_zero < -0.1 if dark else towards_zero > 0.1)
    assert found[:4] == pytest.approx(found[:4:-1], abs=0.02)
    paper = lightness(roles().page(dark=dark).page)
    assert found[4] == pytest.approx(paper, abs=0.07)


@both_pages
@pytest.mark.parametrize("kind", ["deuteranopia", "protanopia"])
def test_the_red_green_blind_see_the_sign_and_every_stop(kind, dark):
    lights = [seen(light_of(one), kind) for one in roles().map_of("signed", dark=dark)]
    assert min(distance(*pair) for pair in pairwise(lights)) > 13
    signs = zip(lights[:4], lights[:4:-1], strict=True)
    assert min(distance(*pair) for pair in signs) > OKABE_ITO - 0.1


@pytest.mark.parametrize("wanted", [0.36, 0.5, 0.78])
def test_a_shade_has_the_lightness_that_is_asked(wanted):
    for family in roles().families.values():
        assert lightness(shade(family.light, wanted)) == pytest.approx(wanted, abs=0.01)


def test_a_shade_keeps_the_hue():
    for hue in (family.light for family in roles().families.values()):
        _, *first = oklab(light_of(hue))
        _, *second = oklab(light_of(shade(hue, 0.5)))
        if np.hypot(*first) > 0.05:  # grey has no hue
            turned = np.arctan2(*first) - np.arctan2(*second)
            assert abs(np.sin(turned)) < 0.03
