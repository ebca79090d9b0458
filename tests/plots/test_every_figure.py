"""Every figure: type that can be read, the same bytes each time, no shrunk letters."""

import re
from inspect import signature

import pytest
from matplotlib.figure import Figure

import firstbit.plots
import firstbit.plots.paper
from covering import diagonal, few
from firstbit.errors import SettingError
from firstbit.languages import embedded_reber, reber
from firstbit.look import roles
from firstbit.plots import automaton, figure_bytes, style
from firstbit.plots.saving import searchable
from firstbit.plots.widths import inches
from made_figures import FIGURES

NO_PLOTS = {"save", "figure_bytes", "style", "PlannedFigure"}

CONTEXTS = ("page", "paper")


def has_several_panels(name):
    """Whether a plot has no panel of the caller's; a graph has none at all."""
    plot = getattr(firstbit.plots, name, None) or getattr(firstbit.plots.paper, name)
    return name != "automaton" and "ax" not in signature(plot).parameters


SEVERAL = [name for name in FIGURES if has_several_panels(name)]


def type_sizes(svg):
    """Sizes of type in points: the user units of both programs are points."""
    named = re.findall(r"font-size: ([\d.]+)px", svg)
    short = re.findall(r"font: (?:[a-z]+ )*([\d.]+)px", svg)
    of_graphs = re.findall(r'font-size="([\d.]+)"', svg)
    return list(map(float, [*named, *short, *of_graphs]))


def scale(svg):
    """Points of the file for a user unit."""
    (width,) = re.findall(r'<svg [^>]*?width="([\d.]+)pt"', svg, re.DOTALL)
    (inside,) = re.findall(r'viewBox="[\d.]+ [\d.]+ ([\d.]+)', svg)
    return float(width) / float(inside)


def size_of(svg):
    """Width and height of a drawing in inches."""
    (size,) = re.findall(
        r'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"', svg, re.DOTALL
    )
    return [float(points) / 72 for points in size]


def test_no_plot_is_left_out():
    faces = {*firstbit.plots.__all__, *firstbit.plots.paper.__all__}
    assert {*FIGURES} == faces - NO_PLOTS


@pytest.mark.slow
@pytest.mark.parametrize(("name", "context"), diagonal([*FIGURES], CONTEXTS))
def test_no_letter_is_smaller_than_can_be_read(name, context):
    with style(context):
        svg = searchable(FIGURES[name]()).decode()
    sizes = type_sizes(svg)
    assert sizes
    smallest = roles().contexts[context].smallest
    assert min(sizes) * scale(svg) >= smallest - 0.01
    assert "$" not in "".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg))


REPORT = {name: FIGURES[name] for name in (*firstbit.plots.paper.__all__, "surface")}
AUTOMATA = {
    language.name: lambda language=language, **at: automaton(language, **at)
    for language in (reber(), embedded_reber())
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "width"), diagonal([*REPORT, *AUTOMATA], ("89 mm", "183 mm"))
)
def test_no_letter_of_the_report_is_too_small_in_print(name, width):
    with style("paper"):
        svg = searchable({**REPORT, **AUTOMATA}[name](width=width)).decode()
    smallest = roles().contexts["paper"].smallest
    assert min(type_sizes(svg)) * scale(svg) >= smallest - 0.01
    drawn, height = size_of(svg)
    assert drawn <= inches(width) + 0.02
    assert height <= inches("170 mm") or name in AUTOMATA


@pytest.mark.slow
@pytest.mark.parametrize("name", few([*FIGURES], kept=[0, 9]))
def test_a_figure_has_the_same_bytes_each_time(name):
    for ending in ("svg", "pdf"):
        assert figure_bytes(FIGURES[name](), ending) == figure_bytes(
            FIGURES[name](), ending
        )


@pytest.mark.parametrize("name", SEVERAL)
def test_a_figure_of_several_panels_refuses_a_panel(name):
    axes = Figure().add_subplot()
    with pytest.raises(SettingError, match=rf"{name}: expected no `ax`"):
        FIGURES[name](ax=axes)
    assert axes.has_data() is False
