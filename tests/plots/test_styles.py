"""The style of figures: in force while one draws, and made from the roles."""

import warnings
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont

from figure_reader import is_cut_off
from firstbit.errors import SettingError
from firstbit.languages import length_distribution, reber
from firstbit.look import roles
from firstbit.look.colour import light_of, oklab
from firstbit.plots import figure_bytes, lengths, save, style, styles
from firstbit.plots.styles import fonts, look, styled


def test_the_style_is_in_force_only_while_a_figure_is_drawn():
    before = dict(matplotlib.rcParams)

    @styled
    def size():
        return matplotlib.rcParams["font.size"]

    assert size() == 9.0
    assert dict(matplotlib.rcParams) == before
    assert lengths.__name__ == "lengths"


@pytest.mark.parametrize(
    ("context", "label", "tick"),
    [("paper", 7, 6.5), ("page", 9, 8.3), ("talk", 16, 15)],
)
def test_a_context_has_its_sizes_of_type(context, label, tick):
    before = dict(matplotlib.rcParams)
    with style(context) as found:
        inside = dict(matplotlib.rcParams)
    assert dict(matplotlib.rcParams) == before
    assert (inside["axes.labelsize"], inside["xtick.labelsize"]) == (label, tick)
    letters = ("labelsize", "titlesize", "fontsize", "font.size")
    sizes = [size for key, size in found.rc.items() if key.endswith(letters)]
    assert len(sizes) == 9
    assert min(sizes) >= roles().contexts[context].smallest


@pytest.mark.parametrize("dark", [False, True])
def test_the_style_has_the_colours_of_the_roles(dark):
    page = roles().page(dark=dark)
    rc = style("page", dark=dark).rc
    assert rc["figure.facecolor"] == rc["axes.facecolor"] == page.page
    assert (rc["text.color"], rc["axes.labelcolor"]) == (page.ink, page.soft)
    hues = [family.hue(dark=dark) for family in roles().families.values()]
    assert rc["axes.prop_cycle"].by_key()["color"] == hues
    known = {*hues, *vars(page).values()}
    drawn = {value for value in rc.values() if str(value).startswith("#")}
    assert drawn <= known


def test_the_librarys_figures_have_the_style_that_is_in_force():
    assert look().page is roles().light
    with style("talk", dark=True):
        assert look().page is roles().dark
        with style("paper"):
            assert look().context.name == "paper"
        assert look().context.name == "talk"
        with pytest.raises(ZeroDivisionError), style("paper"):
            _ = 1 / 0
        assert look().context.name == "talk"
    assert (look().context.name, look().dark) == ("page", False)


def test_a_style_may_be_a_decorator():
    @style("paper")
    def size():
        return matplotlib.rcParams["font.size"]

    assert (size(), size()) == (7.0, 7.0)


def test_a_dark_figure_that_is_saved_later_stays_dark():
    with style("page", dark=True):
        figure = Figure(figsize=(1, 1))
    assert to_hex(figure.get_facecolor()) == roles().dark.page
    svg = figure_bytes(figure, "svg").decode()
    assert f"fill: {roles().dark.page}" in svg


@pytest.mark.wrong_types
@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ("pages", "unknown context 'pages': expected one of paper, page, talk; did"),
        (3, "expected a context of figures, got 3; try 'page'."),
        (None, "expected a context of figures, got None; try 'page'."),
    ],
)
def test_another_context_is_refused_in_one_line(wrong, text):
    with pytest.raises(SettingError) as refused:
        style(wrong)
    assert str(refused.value).startswith(text)
    assert "\n" not in str(refused.value)


@pytest.mark.wrong_types
def test_dark_is_true_or_false():
    with pytest.raises(SettingError, match="expected `dark` as bool, got the text"):
        style("page", dark="yes")


def test_without_its_font_a_figure_has_the_same_size_and_nothing_is_cut_off(
    monkeypatch, tmp_path
):
    ds = length_distribution(reber(), 9)
    own = lengths(ds)
    monkeypatch.setattr(styles, "fonts", lambda: ["DejaVu Sans"])
    styles._parameters.cache_clear()
    try:
        other = lengths(ds)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            save(other, tmp_path / "other")
        assert other.axes[0].xaxis.label.get_fontfamily() == ["DejaVu Sans"]
    finally:
        styles._parameters.cache_clear()
    assert tuple(other.get_size_inches()) == tuple(own.get_size_inches())
    assert not is_cut_off(tmp_path / "other.png")


def test_the_fonts_come_with_the_library():
    assert fonts()[0] == "Liberation Sans"
    path = Path(findfont("Liberation Sans", fallback_to_default=False))
    assert path.parent.parts[-2:] == ("look", "fonts")


@pytest.mark.parametrize("dark", [False, True])
def test_an_amount_of_zero_is_paper_and_maps_are_monotone(dark):
    with style("page", dark=dark):
        name = look().colours("amount")
    colours = matplotlib.colormaps[name](np.linspace(0, 1, 256))
    found = [float(oklab(light_of(to_hex(one)))[0]) for one in colours]
    change = np.diff(found)
    assert np.all(change > 0) if dark else np.all(change < 0)
    paper = float(oklab(light_of(roles().page(dark=dark).page))[0])
    assert abs(found[0] - paper) < abs(found[-1] - paper)
