"""The tables of the frameworks' cells: one row for each, and rows as they are made."""

import importlib.util
import re
from pathlib import Path

import pytest

pytest.importorskip("torchrecurrent")
pytest.importorskip("flax")
pytest.importorskip("haiku")
pytest.importorskip("keras")

DOCS = Path(__file__).parents[2] / "docs"


def script():
    path = DOCS / "framework_cells.py"
    spec = importlib.util.spec_from_file_location("framework_cells", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TABLE = script()


def rows(mark):
    """Return the rows of a table of the page, without its head."""
    page = (DOCS / "framework_cells.md").read_text("utf-8")
    table = re.search(rf"<!-- {mark} -->\n(.*)<!-- end of {mark} -->", page, re.DOTALL)
    return table[1].splitlines()[2:]


SHOWN = {row.split("`")[1]: row for row in rows("cells")}


def test_every_cell_has_a_row():
    assert list(SHOWN) == list(TABLE.names())
    assert len(SHOWN) == 59


def test_keras_on_torch_has_the_nets_of_keras_on_jax():
    on_torch = rows(TABLE.ON_TORCH)
    assert [row.split("`")[1] for row in on_torch] == list(TABLE.of_keras())
    normal = [row.split(" | ")[2] for row in on_torch]
    assert normal == [SHOWN[name].split(" | ")[2] for name in TABLE.of_keras()]


CHECKED = [
    "torch.nn:GRUCell",
    "torchrecurrent:IndRNNCell",
    "flax.nnx:LSTMCell",
    "haiku:VanillaRNN",
    "keras.layers:SimpleRNNCell",
]


@pytest.mark.slow
@pytest.mark.parametrize("name", CHECKED)
def test_figures_are_as_they_are_measured(name):
    found = TABLE.figures(name)
    assert SHOWN[name].startswith(f"| `{name}` | {found.as_built} | {found.normal} |")
    assert SHOWN[name].endswith(f"| {found.notes} |")


def test_what_is_refused_is_refused_as_shown():
    assert [refusal.text() for refusal in TABLE.refusals()] == rows("refusals")
