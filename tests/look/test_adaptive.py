"""Pictures that follow the page: every colour of a role, and no other."""

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from firstbit.languages import Language, length_distribution, reber
from firstbit.look import roles
from firstbit.look.adaptive import adaptive
from firstbit.look.colour import ramp
from firstbit.look.css import colours
from firstbit.plots import automaton, figure_bytes, lengths, surface
from firstbit.plots.inks import number_ink
from firstbit.plots.styles import style
from firstbit.report import Picture
from made_results import discrepancies

FIGURES = {
    "lengths": lambda: lengths(length_distribution(reber(), 9)),
    "automaton": lambda: automaton(Language.from_regex("b*a"), prefix="b"),
}


def fixed(svg):
    """Colours that don't follow the page."""
    found = re.findall(r"(?<!, )(?<!: )#[0-9a-f]{6}\b", svg)
    styled = re.findall(r"(?:fill|stroke): (#[0-9a-f]{6})", svg)
    return {*found, *styled}


@pytest.mark.parametrize("name", FIGURES)
def test_every_colour_of_a_figure_follows_the_page(name):
    drawn = figure_bytes(FIGURES[name](), "svg")
    assert roles().light.ink in drawn.decode()
    svg = adaptive(drawn).decode()
    assert fixed(svg) == set()
    assert f"--ink: {roles().dark.ink};" in svg
    assert f"var(--page, {roles().light.page})" in svg
    ElementTree.fromstring(svg)


def test_sizes_go_to_those_of_a_dark_page():
    svg = adaptive(figure_bytes(surface(discrepancies([1, 5], [1, 2])), "svg")).decode()
    yours = roles().families["yours"]
    for light, dark in zip(
        roles().steps(yours, 2, dark=False),
        roles().steps(yours, 2, dark=True),
        strict=True,
    ):
        (name,) = set(re.findall(rf"var\(--([\w-]+), {light.lower()}\)", svg))
        assert f"--{name}: {dark};" in svg


def test_a_page_shows_both_colours_of_a_size_which_it_does_not_declare():
    gru = roles().families["gru"]
    light, dark = (roles().steps(gru, 4, dark=dark)[3] for dark in (False, True))
    drawn = f'<svg><path fill="{light}"/><path fill="{roles().light.ink}"/></svg>'
    svg = adaptive(drawn.encode(), alone=False).decode()
    assert f'fill="light-dark({light.lower()}, {dark})"' in svg
    assert 'fill="var(--ink, ' in svg
    assert "<style" not in svg


def test_a_difference_with_its_number_and_a_reference_stay():
    for place, behind in enumerate(roles().maps["fade"]):
        ink = number_ink("fade", place / 8)
        cell = f'<path fill="{behind.lower()}"/><text fill="{ink.lower()}"/>'
        text = f'<svg><a href="#ffffff"/>{cell}</svg>'
        assert adaptive(text.encode()).decode() == text


@pytest.mark.slow
@pytest.mark.parametrize("name", ["amount", "signed", "vanilla", "gru"])
def test_a_cell_and_its_number_go_to_those_of_a_dark_page(name):
    shares = np.linspace(0, 1, 41)
    for share in shares:
        place = min(int(256 * share), 255)
        if place == 255 and name in roles().families:
            continue  # the hue of the family, which pages declare
        light, dark = (ramp(roles().map_of(name, dark=dark)) for dark in (False, True))
        ink = number_ink(name, share).lower()
        drawn = f'<svg><path fill="{light[place]}"/><text fill="{ink}"/></svg>'
        svg = adaptive(drawn.encode(), alone=False).decode()
        behind, on = re.findall(r'fill="(?:light-dark\(#\w+, )?(#\w+)\)?"', svg)
        assert behind == dark[place]
        with style("page", dark=True):
            assert on == number_ink(name, share).lower()


def test_no_colour_on_a_light_page_has_two_meanings():
    drawn = ("vanilla", "gru")
    found = []
    for name in (*roles().maps, *drawn):
        found += set(ramp(roles().map_of(name, dark=False)))
    found += [light.lower() for light, _ in roles().numbers.values()]
    found += {colour.lower() for colour in colours(dark=False).values()}
    twice = {colour for colour in found if found.count(colour) > 1}
    twice -= {roles().families[name].light.lower() for name in drawn}
    zero = roles().maps["amount"][0].lower()
    assert twice == {"#000004", zero}, "darkest of the differences, and a number; 0"


def test_a_picture_of_a_page_follows_it():
    drawn = b'<svg><path fill="#16191d"/></svg>'
    assert "var(--ink, #16191d)" in Picture("a", "b", drawn).element
