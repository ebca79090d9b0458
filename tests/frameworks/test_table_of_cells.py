"""The table of the frameworks' cells: one row for each, and figures as they are."""

import importlib.util
import re
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("flax")
pytest.importorskip("haiku")
pytest.importorskip("keras")

DOCS = Path(__file__).parents[2] / "docs"


def script():
    path = DOCS / "your_own_cell_table.py"
    spec = importlib.util.spec_from_file_location("your_own_cell_table", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TABLE = script()
ROW = re.compile(r"^\| `([\w.]+:\w+)` \| (.+?) \| (.*?) \| (.*?) \|$", re.MULTILINE)


def shown():
    """Return the rows of the page by their cells."""
    text = (DOCS / "your_own_cell.md").read_text("utf-8")
    return {row[0]: row for row in ROW.findall(text)}


def test_every_cell_has_a_row():
    assert list(shown()) == list(TABLE.names())


CHECKED = [
    "torch.nn:GRUCell",
    "flax.nnx:LSTMCell",
    "flax.linen:ConvLSTMCell",
    "haiku:VanillaRNN",
    "keras.layers:SimpleRNNCell",
]


@pytest.mark.slow
@pytest.mark.parametrize("name", CHECKED)
def test_figures_are_as_they_are_measured(name):
    found = TABLE.figures(name)
    assert shown()[name][:3] == found[:3]
