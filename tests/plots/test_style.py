"""Colours, ink and text of every figure."""

import matplotlib
import pytest

from firstbit.plots import lengths
from firstbit.plots.style import (
    CELL_COLOURS,
    CYCLE,
    OTHER_CELL,
    cell_colour,
    cell_colours,
    cell_name,
    ink_on,
    run_colour,
    shades,
    styled,
)
from firstbit.plots.text import percent, short, symbol, verbatim

UNKNOWN = "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("colour", "ink"),
    [
        ("white", "black"),
        ("black", "white"),
        ("#fde725", "black"),
        ("#440154", "white"),
    ],
)
def test_ink_can_be_read(colour, ink):
    assert ink_on(colour) == ink


def test_a_cell_has_its_name_and_its_colour():
    assert [cell_name(name) for name in ("gru", "vanilla", "mine")] == [
        "GRU",
        "Vanilla",
        "mine",
    ]
    assert cell_colour("gru") == CELL_COLOURS["gru"]
    assert cell_colour("mine") == OTHER_CELL


def test_cells_of_one_panel_have_different_colours():
    colours = cell_colours(["", "gru", "lstm", "gru", "vanilla", "", ""])
    assert len(set(colours[:6])) == 6
    assert colours[1] == CELL_COLOURS["gru"]
    assert colours[4] == CELL_COLOURS["vanilla"]
    assert colours[6] == colours[0], "the cycle begins again"


def test_runs_take_turns_and_sizes_get_lighter():
    assert run_colour(len(CYCLE) + 1) == CYCLE[1]
    dark, light = shades(2)
    assert sum(dark[:3]) < sum(light[:3])


def test_the_style_is_in_force_only_while_a_figure_is_drawn():
    before = dict(matplotlib.rcParams)

    @styled
    def size():
        return matplotlib.rcParams["font.size"]

    assert size() == 9.5
    assert dict(matplotlib.rcParams) == before
    assert lengths.__name__ == "lengths"


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
