"""Figures and drawings are written as SVG and PNG."""

from firstbit.languages import reber
from firstbit.plots import automaton, save
from firstbit.plots.paper import network


def test_pictures_are_written(tmp_path):
    save(automaton(reber()), tmp_path / "a")
    save(network(4, 5, 1), tmp_path / "n")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["a.png", "a.svg", "n.png", "n.svg"]
