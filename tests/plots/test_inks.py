"""Colours, ink and text of every figure."""

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_hex

from firstbit.errors import SettingError
from firstbit.look import roles
from firstbit.look.colour import contrast, ramp
from firstbit.plots.inks import cell_colours, number_ink, run_colour, run_mark
from firstbit.plots.names import _apart
from firstbit.plots.styles import look, style
from firstbit.plots.text import percent, short, symbol, verbatim
from firstbit.plots.widths import inches

UNKNOWN = "\N{REPLACEMENT CHARACTER}"
MAPS = ["amount", "signed", "fade", "vanilla", "gru"]


@pytest.mark.slow
@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("dark", [False, True])
def test_a_number_can_be_read_on_every_colour_of_a_map(name, dark):
    colours = ramp(roles().map_of(name, dark=dark))
    with style("page", dark=dark):
        for i, colour in enumerate(colours):
            ink = number_ink(name, (i + 0.5) / len(colours))
            assert contrast(ink, colour) > 4.3


@pytest.mark.slow
@pytest.mark.parametrize("name", MAPS)
def test_a_number_follows_its_page_as_its_cell_does(name):
    pairs = dict(roles().numbers.values())
    for i in range(256):
        share = (i + 0.5) / 256
        light = number_ink(name, share)
        with style("page", dark=True):
            assert number_ink(name, share) == pairs[light]


def test_the_ramps_are_the_maps_of_matplotlib():
    for dark in (False, True):
        with style("page", dark=dark):
            names = {name: look().colours(name) for name in MAPS}
        for name, registered in names.items():
            found = matplotlib.colormaps[registered](range(256))
            expected = [to_hex(colour) for colour in found]
            assert ramp(roles().map_of(name, dark=dark)) == expected


def test_cells_of_one_panel_have_different_colours():
    colours = cell_colours(["", "gru", "lstm", "gru", "vanilla", "", ""])
    assert len(set(colours)) == 7
    families = roles().families
    assert colours[2] == families["lstm"].light
    assert colours[4] == families["vanilla"].light
    assert {colours[1], colours[3]} <= set(families["gru"].steps)


def test_runs_take_turns():
    number = len(look().cycle)
    assert run_colour(number + 1) == look().cycle[1]
    assert run_mark(number + 1) == look().marks[1]
    assert len({run_mark(i) for i in range(number)}) == number


@pytest.mark.parametrize(
    ("heights", "expected"),
    [
        ([0.1, 0.5], [0.1, 0.5]),
        ([0.5, 0.5, 0.5], [0.4, 0.5, 0.6]),
        ([0.0, 0.05], [0.0, 0.1]),
        ([0.2, 0.5, 0.52, 0.9], [0.2, 0.46, 0.56, 0.9]),
        ([0.95, 1.0], [0.9, 1.0]),
        ([], []),
    ],
)
def test_names_are_moved_apart_and_stay_in_the_panel(heights, expected):
    assert _apart(np.array(heights), 0.1) == pytest.approx(np.array(expected))


@pytest.mark.parametrize(
    ("width", "expected"),
    [("89 mm", 3.504), (3.5, 3.5), ("540px", 5.625), ("72 pt", 1.0), (7, 7.0)],
)
def test_a_width_is_a_number_of_inches_or_has_its_unit(width, expected):
    assert inches(width) == pytest.approx(expected, abs=1e-3)


@pytest.mark.wrong_types
@pytest.mark.parametrize("width", ["wide", "89", "-3 in", 0.2, 1e9, True, None, [3]])
def test_what_is_no_width_is_refused(width):
    with pytest.raises(SettingError, match=r"expected `width` as 1 to 50 inches.*got"):
        inches(width)


def test_parameters_are_mathematics():
    assert symbol("b_O") == "$b_{O}$"


def test_names_are_short_and_visible():
    assert short("x" * 60) == "x" * 60
    assert short("(" + "x" * 59 + ")") == "(" + "x" * 29 + "…" + "x" * 28 + ")"
    assert len(short("x" * 10_000)) == 60
    assert short("two\nlines\x00\x1b[31m") == f"two lines{UNKNOWN}{UNKNOWN}[31m"


def test_text_is_drawn_as_it_is():
    assert verbatim("no $x$") == r"no \$x\$"
    assert verbatim("日 é 𝖠\n") == f"{UNKNOWN} é {UNKNOWN}\n", "𝖠 is not in bold"


def test_shares_have_a_space_before_the_sign():
    assert percent(0.5) == "50 %"
