"""Figures on disk: the same bytes each time, nothing cut off, nothing changed."""

import pickle
import xml.etree.ElementTree as ElementTree

import matplotlib
import pytest

from covering import few
from figure_reader import is_cut_off
from firstbit.errors import OutputError
from firstbit.languages import Language, length_distribution, reber
from firstbit.plots import (
    PlannedFigure,
    automaton,
    draws,
    figure_bytes,
    lengths,
    save,
    surface,
)
from firstbit.plots.paper import network
from firstbit.plots.saving import searchable
from made_results import discrepancies

COIN = Language.from_regex("b*a")

KINDS = {
    "network": lambda: network(4, 5, 1),
    "automaton": lambda: automaton(COIN),
    "surface": lambda: surface(discrepancies([1, 5, 10], range(1, 9)), title="D"),
    "draws": lambda: draws(discrepancies([1, 5, 10], range(1, 9), rate=0.5)),
    "lengths": lambda: lengths(length_distribution(reber(), 9)),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", few([*KINDS], kept=[1, 2]))
def test_saving_twice_gives_the_same_bytes(kind, tmp_path):
    before = dict(matplotlib.rcParams)
    figure = KINDS[kind]()
    save(figure, tmp_path / "figure.first")
    save(figure, tmp_path / "figure.second")
    for ending in ("svg", "png", "pdf"):
        first = (tmp_path / f"figure.first.{ending}").read_bytes()
        assert first == (tmp_path / f"figure.second.{ending}").read_bytes(), ending
    assert dict(matplotlib.rcParams) == before


def test_a_pdf_has_its_fonts_as_truetype_and_no_date():
    drawn = figure_bytes(network(1, 1, 1), "pdf")
    assert drawn.startswith(b"%PDF")
    assert b"/CIDFontType2" in drawn
    assert b"/Type3" not in drawn
    assert b"CreationDate" not in drawn
    graph = figure_bytes(automaton(COIN), "pdf")
    assert b"/CreationDate (D:00000000000000" in graph


def test_the_words_of_a_figure_can_be_found():
    figure = lengths(length_distribution(reber(), 9), title="How long?")
    root = ElementTree.fromstring(searchable(figure))
    words = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"How long?", "length of a word", "probability"} <= {*words}
    assert b"<text" not in figure_bytes(figure, "svg")
    assert b">b</text>" in searchable(automaton(COIN))


@pytest.mark.slow
def test_a_figure_that_is_too_wide_for_a_phone_has_no_drawing_for_one(tmp_path):
    planned = PlannedFigure.of("net", network, 1, 2, 1)
    both = planned.drawings(tmp_path, {"width": "360 px"})
    assert b'width="270pt"' in both.narrow
    assert planned.drawings(tmp_path, {"width": "100 px"}) == (both.wide, b"")
    assert (tmp_path / "net.svg").read_bytes() == figure_bytes(network(1, 2, 1), "svg")


def test_the_bytes_are_those_of_the_ending():
    figure = network(1, 1, 1)
    root = ElementTree.fromstring(figure_bytes(figure, "svg"))
    assert root.tag.endswith("svg")
    assert figure_bytes(figure, "png").startswith(b"\x89PNG")


def test_drawing_leaves_the_graph_as_it_was(tmp_path):
    graph = automaton(COIN)
    before = graph.to_string()
    save(graph, tmp_path / "coin")
    assert graph.to_string() == before


def test_save_says_what_it_cannot_write(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match=r"can't write .*file' is a file; choose"):
        save(network(1, 1, 1), tmp_path / "file" / "figure")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["new/figure", "new/figure.png"])
def test_save_takes_text_and_makes_the_folder(name, tmp_path):
    save(network(1, 1, 1), f"{tmp_path}/{name}")
    made = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert made == ["figure.pdf", "figure.png", "figure.svg"]


@pytest.mark.slow
def test_a_planned_figure_can_go_to_another_process(tmp_path):
    planned = PlannedFigure.of("fig01", network, 1, 2, 1, title="a net")
    pickle.loads(pickle.dumps(planned)).save(tmp_path)
    save(network(1, 2, 1, title="a net"), tmp_path / "same")
    for ending in ("svg", "png"):
        first = (tmp_path / f"fig01.{ending}").read_bytes()
        assert first == (tmp_path / f"same.{ending}").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["no $\\frac$", "日本語 (\N{FACE WITH TEARS OF JOY})*", "(BTSXVPE|btsxvpe)+" * 9],
)
def test_titles_hold_any_name(name, tmp_path):
    """No mathematics, no warning of a lacking letter, nothing cut off."""
    ds = length_distribution(reber(), 9).assign_attrs(language=name)
    save(lengths(ds), tmp_path / "lengths")
    assert not is_cut_off(tmp_path / "lengths.png")
