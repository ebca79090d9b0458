"""A cell as it was given: by name, class, factory, partial application, or built."""

import pickle
from functools import partial

import equinox as eqx
import jax
import numpy as np
import pytest

from ensembles import ensemble
from firstbit.cells import GRU, Given, Vanilla, initializer_by_name
from firstbit.cells.given import givens
from firstbit.cells.grammar import parse
from firstbit.errors import CellError, SettingError
from firstbit.memory import discrepancy
from firstbit.memory.ensemble.ensemble import Job

KEY = jax.random.key(0)


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("gru:10,reset=after", "GRU(reset=after)"),
        (partial(GRU, reset="after"), "GRU(reset=after)"),
        (GRU, "GRU"),
        (lambda n, k, *, key: GRU(n, k, key=key), "<lambda>"),
        (eqx.nn.GRUCell, "GRUCell"),
    ],
)
def test_every_form_has_a_name(cell, name):
    assert Given.of(cell).name == name
    assert Given.of(Given.of(cell)).name == name


@pytest.mark.slow
def test_a_built_cell_has_the_name_of_its_class():
    assert Given.of(GRU(2, 10, key=KEY)).name == "GRU"


@pytest.mark.slow
def test_all_forms_of_a_cell_are_measured_alike():
    made = GRU(2, 4, key=KEY)
    forms = ["gru:4", Given.of(GRU, hidden_sizes=[4]), made]
    asked = {"length": 5, "num_draws": 16, "initializer": "normal", "key": KEY}
    expected = discrepancy(GRU, hidden_sizes=[4], **asked)
    for form in forms:
        found = discrepancy(form, **asked)
        assert np.allclose(found.discrepancy, expected.discrepancy, rtol=1e-12)
    assert expected.attrs["configuration"] == found.attrs["configuration"]


@pytest.mark.parametrize(
    ("text", "name", "sizes", "options"),
    [
        ("gru", "gru", None, {}),
        ("gru:10", "gru", (10,), {}),
        ("gru:5,10", "gru", (5, 10), {}),
        ("gru:1:3,8,reset=after", "gru", (1, 2, 3, 8), {"reset": "after"}),
        ("vanilla:2,use_bias=yes", "vanilla", (2,), {"use_bias": True}),
        ("a/b.py:Mine:4,leak=0.5,n=2", "a/b.py:Mine", (4,), {"leak": 0.5, "n": 2}),
        ("a/b.py:Mine", "a/b.py:Mine", None, {}),
    ],
)
def test_the_grammar_of_cells(text, name, sizes, options):
    written = parse(text)
    assert written.name == name
    assert written.hidden_sizes == sizes
    assert written.options == options


def test_laws_in_a_text():
    orthogonal = parse("gru:4,initializer=orthogonal,gain=0.5").initializer
    assert orthogonal == initializer_by_name("orthogonal", gain=0.5)
    assert parse("gru:4,gain=2").initializer == initializer_by_name("normal", gain=2)
    laws = parse("gru:4,W_h=identity,initializer=fan-in-normal").initializer
    assert laws == {"W_h": "identity", "*": initializer_by_name("fan-in-normal")}
    foreign = parse("a.py:Mine:3,weight_hh=orthogonal").initializer
    assert foreign == {"weight_hh": "orthogonal", "*": "normal"}
    assert not parse("gru:4,readout_bias=no").readout_bias


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("gro:4", CellError, "did you mean 'gru'"),
        ("gru:4,rest=after", CellError, "no option `rest`; did you mean `reset`"),
        ("gru:4,bias=no", CellError, "no option `bias`; did you mean `use_bias`"),
        ("gru:4,reset", CellError, "expected options like activation=tanh"),
        ("gru:4,reset=after,5", CellError, "expected options like activation=tanh"),
        ("gru:4,reset=after,reset=after", CellError, "expected each option once"),
        ("gru:", CellError, "expected a cell like gru"),
        (":4", CellError, "expected a cell like gru"),
        ("gru:x", SettingError, "expected hidden sizes like 5"),
        ("gru:5:1", SettingError, "try 1:5"),
        ("gru:5,5", SettingError, "each hidden size once"),
        ("gru:0", SettingError, "at least 1; got 0"),
        ("gru:4,gain=much", SettingError, "expected a number for `gain`"),
        ("gru:4,initializer=norm", SettingError, "did you mean 'normal'"),
        ("gru:4,readout_bias=maybe", SettingError, "to be yes or no"),
        ("gru:4,use_bias=maybe", SettingError, "to be yes or no"),
        ("none.py:Mine:4", CellError, "which is not there"),
    ],
)
def test_wrong_texts_are_refused(text, error, says):
    with pytest.raises(error, match=says):
        Given.of(text)


def test_sizes_are_given_once():
    assert Given.of("gru:4", hidden_sizes=[4]).sizes == (4,)
    with pytest.raises(CellError, match="the hidden sizes of 'gru:4' once, got"):
        Given.of("gru:4", hidden_sizes=[5])
    with pytest.raises(CellError, match="expected a `hidden_size` for GRU, got none"):
        _ = Given.of("gru").hidden_size
    with pytest.raises(CellError, match="expected one hidden size"):
        _ = Given.of("gru:4,5").hidden_size


def test_two_cells_of_one_name_are_refused():
    assert [one.title for one in givens(["gru:4", "gru:5"])] == ["gru:4", "gru:5"]
    with pytest.raises(SettingError, match="different names, got gru:4, gru:4; leave"):
        givens(["gru:4", "gru:4"])


def test_cells_that_are_trained_have_biases_unless_the_text_says_no():
    assert Given.of("vanilla:5").options == {}
    assert Given.of("vanilla:5", is_trained=True).options == {"use_bias": True}
    without = Given.of("vanilla:5,use_bias=no", is_trained=True)
    assert without.options == {"use_bias": False}
    assert Given.of(Vanilla, is_trained=True).options == {}


@pytest.mark.slow
def test_an_ensemble_can_be_sent_to_another_process():
    cell = partial(Vanilla, activation="tanh")
    asked = {"hidden_sizes": [2, 3], "length": 4, "num_draws": 600, "key": KEY}
    here = ensemble(cell, **asked)
    there = pickle.loads(pickle.dumps(here))
    with jax.enable_x64(True):
        for job in (Job(0, 0), Job(1, 1)):
            for one, two in zip(here.block(job), there.block(job), strict=True):
                assert np.array_equal(one, two)
