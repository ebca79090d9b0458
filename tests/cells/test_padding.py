"""Cells of a catalogue or of a user are measured alike, padded and unpadded."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from covering import few
from ensembles import distances_of
from firstbit.cells import (
    CELLS,
    Cell,
    Given,
    Vanilla,
    cell_by_name,
    initial_state,
)
from firstbit.errors import CellError
from firstbit.memory import Thresholds, discrepancy, fates
from firstbit.memory.ensemble.design import Designs

KEY = jax.random.key(0)
OPTIONS = {
    "vanilla": [{}, {"activation": "tanh", "use_bias": True}],
    "gru": [{}, {"reset": "after"}],
    "lstm": [{"use_bias": True}],
}


def marked():
    """Return all cells of the catalogue; their further options are in `make proof`."""
    found = []
    for name in CELLS:
        for place, options in enumerate(OPTIONS.get(name, [{}])):
            marks = pytest.mark.proof if place else ()
            found.append(pytest.param(name, options, marks=marks))
    return found


def plain(name, **options):
    """Wrap a cell of the catalogue in a module that says nothing of its units."""

    class Plain(eqx.Module):
        inner: Any

        def __init__(self, input_size, hidden_size, *, key):
            make = cell_by_name(name, **options)
            self.inner = make(input_size, hidden_size, key=key)

        def initial_state(self):
            return initial_state(self.inner)

        def __call__(self, input, hidden):
            return self.inner(input, hidden)

    return Plain


def is_padded(cell):
    return Designs(Given.of(cell), 2, "normal", few=True).of(5).recipe.is_padded


def test_sizes_that_are_padded_alike_share_a_design_and_others_do_not():
    padded = Designs(Given.of("vanilla"), 2, "normal", few=False)
    assert padded.of(3) is padded.of(8)
    assert padded.of(9) is not padded.of(8)
    squares = Designs(Given.of("vanilla"), 2, "orthogonal", few=False)
    assert squares.of(3).recipe.shapes != squares.of(8).recipe.shapes


@pytest.mark.slow
@pytest.mark.parametrize(("name", "options"), marked(), ids=str)
def test_padded_and_unpadded_cells_have_the_same_distances(name, options):
    own, other = Given(CELLS[name], options), plain(name, **options)
    asked = {"hidden_sizes": [3], "length": 6, "num_draws": 64, "key": KEY}
    asked["initializer"] = "normal"
    (expected,), (found,) = (distances_of(cell, **asked) for cell in (own, other))
    assert is_padded(own)
    assert not is_padded(other)
    assert np.allclose(found.distances, expected.distances, rtol=1e-12, atol=1e-15)
    both = np.intersect1d(found.reference_draws, expected.reference_draws)
    one, two = (of.reference[:, : len(both)] for of in (found, expected))
    assert np.allclose(one, two, rtol=1e-12, atol=1e-15)


FATES_OF = [
    pytest.param(name, marks=() if name == "vanilla" else pytest.mark.proof)
    for name in CELLS
]


@pytest.mark.slow
@pytest.mark.parametrize("name", FATES_OF)
def test_padded_and_unpadded_cells_have_the_same_fates(name):
    short = Thresholds(transient=50, horizon=100)
    asked = {"hidden_sizes": [3], "num_draws": 16, "length": 5, "key": KEY}
    asked["initializer"] = "normal"
    own, other = (
        fates(cell, thresholds=short, **asked) for cell in (CELLS[name], plain(name))
    )
    assert np.allclose(own.distance, other.distance, rtol=1e-12)
    same = own.fate_number == other.fate_number
    assert same.mean() > 0.9  # rounding moves a pair at a threshold


class Renamed(Cell):
    """Vanilla with other names, and nothing said of its units."""

    gates = ()
    S_x: jax.Array
    R_h: jax.Array
    input_size: int = eqx.field(static=True)
    hidden_size: int = eqx.field(static=True)

    def __init__(self, input_size, hidden_size, *, key):
        self.input_size, self.hidden_size = input_size, hidden_size
        self.S_x = jnp.zeros((hidden_size, input_size))
        self.R_h = jnp.zeros((hidden_size, hidden_size))

    def __call__(self, input, hidden):
        return jax.nn.sigmoid(self.S_x @ input + self.R_h @ hidden)


class Declared(Renamed):
    """The same, with its units declared."""

    unit_axes = {"S_x": (0,), "R_h": (0, 1)}  # noqa: RUF012


class Undeclared(Declared):
    """A subclass inherits no declaration: its step may be another one."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "cell", few([Vanilla, plain("vanilla"), Renamed, Declared], kept=[2, 3])
)
def test_a_subclass_with_other_names_is_measured_right(cell):
    asked = {"length": 6, "num_draws": 64, "initializer": "normal", "key": KEY}
    d = discrepancy(cell, hidden_sizes=[5], **asked)
    expected = [0.674710, 0.245273, 0.091361, 0.034962, 0.014119, 0.006429]
    assert d.discrepancy[0].values.round(6).tolist() == expected


def test_only_declared_units_are_padded():
    derived = type("Derived", (Vanilla,), {})
    assert is_padded(Vanilla)
    assert not is_padded(derived)
    assert is_padded(Declared)
    assert not is_padded(Renamed)
    assert not is_padded(Undeclared)


@pytest.mark.parametrize(
    ("axes", "text"),
    [
        ({"S_x": (0,)}, "to name each of its arrays, got none for `R_h`; add it"),
        ({"S_x": (0, 1), "R_h": (0, 1)}, r"axis 1 of `S_x` with shape \(20, 2\); mend"),
        ({"S_x": (0,), "R_h": (0, 2)}, "got axis 2 of `R_h`"),
    ],
)
def test_unit_axes_that_do_not_fit_are_refused(axes, text):
    wrong = type("Wrong", (Renamed,), {"unit_axes": axes})
    with pytest.raises(CellError, match=text):
        discrepancy(wrong, hidden_sizes=[5], length=6, num_draws=64, key=KEY)


@pytest.mark.slow
def test_a_wide_alphabet_keeps_its_columns():
    """An input matrix is never cut at k columns, whatever its name."""

    class Wide(Renamed):
        unit_axes = {"S_x": (0,), "R_h": (0, 1)}  # noqa: RUF012

    words = ("abcdefg", "gbcdefg")
    one, two = (
        discrepancy(cell, hidden_sizes=[3], words=words, num_draws=32, key=KEY)
        for cell in (Wide, Vanilla)
    )
    assert np.allclose(one.discrepancy, two.discrepancy, rtol=1e-12)
