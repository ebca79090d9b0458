"""Users' cells of several sizes in one program: the same numbers, or each its own."""

from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from covering import few
from firstbit.cells import Given
from firstbit.memory import discrepancy
from firstbit.memory.ensemble.design import Designs
from firstbit.memory.ensemble.ensemble import Compiling, Ensemble
from firstbit.memory.ensemble.one_program import Asked, OneProgram, one_program
from firstbit.memory.ensemble.run import samples
from firstbit.memory.ensemble.word_pair import WordPair

KEY = jax.random.key(0)


class Cell(eqx.Module):
    """What the cells of these tests share: matrices W, U and a vector."""

    W: jax.Array
    U: jax.Array
    leak: jax.Array
    hidden_size: int = eqx.field(static=True)

    def __init__(self, input_size, hidden_size, *, key):
        first, second = jax.random.split(key)
        self.W = jax.random.normal(first, (hidden_size, hidden_size))
        self.U = jax.random.normal(second, (hidden_size, input_size))
        self.leak = jnp.linspace(0.1, 0.9, hidden_size)
        self.hidden_size = hidden_size

    def initial_state(self):
        return jnp.zeros(self.hidden_size)

    def total(self, input, hidden):
        return self.W @ hidden + self.U @ input


class Leaky(Cell):
    """An array that stays as it is built, and depends on k."""

    def __call__(self, input, hidden):
        new = jnp.tanh(self.total(input, hidden))
        return self.leak * hidden + (1 - self.leak) * new


class Joint(eqx.Module):
    """Two gates in one array, of the input and the state side by side."""

    W: jax.Array
    b: jax.Array
    hidden_size: int = eqx.field(static=True)

    def __init__(self, input_size, hidden_size, *, key):
        shape = 2 * hidden_size, input_size + hidden_size
        self.W = jax.random.normal(key, shape)
        self.b = jnp.zeros(2 * hidden_size)
        self.hidden_size = hidden_size

    def __call__(self, input, hidden):
        gate, new = jnp.split(self.W @ jnp.concatenate([input, hidden]) + self.b, 2)
        gate = jax.nn.sigmoid(gate)
        return gate * hidden + (1 - gate) * jnp.tanh(new)


class StateFirst(Joint):
    """The same with the state before the input, and the two gates in turn."""

    def __call__(self, input, hidden):
        both = self.W @ jnp.concatenate([hidden, input]) + self.b
        gate, new = both.reshape(-1, 2).T
        gate = jax.nn.sigmoid(gate)
        return gate * hidden + (1 - gate) * jnp.tanh(new)


class Biased(Cell):
    """Units without weights don't rest: the mask keeps them out."""

    def __call__(self, input, hidden):
        return jnp.cos(self.total(input, hidden)) * jnp.mean(self.U[:, 0] * 0 + 1)


class TwoLeaves(Cell):
    """A state of two leaves, and a clock."""

    def initial_state(self):  # pyright: ignore[reportIncompatibleMethodOverride]
        zero = jnp.zeros(self.hidden_size)
        return {"h": zero + 0.5, "c": zero, "t": jnp.array(0)}

    def __call__(self, input, state):
        c = 0.5 * state["c"] + jnp.tanh(self.total(input, state["h"]))
        return {"h": jnp.tanh(c), "c": c, "t": state["t"] + 1}


class Normed(Cell):
    """Divides by k: another program for each size."""

    def __call__(self, input, hidden):
        total = self.total(input, hidden)
        return jnp.tanh(total - jnp.mean(total))


class Halved(Cell):
    """Half of the units, rounded up, are not leaky: no m k + c."""

    def __call__(self, input, hidden):
        new = jnp.tanh(self.total(input, hidden))
        kept = (self.hidden_size + 1) // 2
        return jnp.concatenate([new[:kept], 0.5 * hidden[kept:]])


class OddAtSeven(Cell):
    """Another cell at one size, at which nothing is tried."""

    def __call__(self, input, hidden):
        total = self.total(input, hidden)
        return jnp.sin(total) if self.hidden_size == 7 else jnp.tanh(total)


class SumsUp(Cell):
    """Cosines of all units are summed: those that are added count."""

    def __call__(self, input, hidden):
        return jnp.tanh(self.total(input, hidden) + jnp.sum(jnp.cos(hidden)))


class Backwards(Cell):
    """The last unit is read first: another one where there are more."""

    def __call__(self, input, hidden):
        return jnp.tanh(self.total(input, hidden[::-1]))


class Single(Cell):
    """Sums in float32 depend on their order."""

    def __call__(self, input, hidden):
        total = self.total(input, hidden).astype("float32")
        return jnp.tanh(total).astype(float)


class EvenAlone(Cell):
    """Its constructor refuses odd sizes, and so the trial."""

    def __init__(self, input_size, hidden_size, *, key):
        if hidden_size % 2:
            raise ValueError("an even number of units")
        super().__init__(input_size, hidden_size, key=key)

    def __call__(self, input, hidden):
        return jnp.tanh(self.total(input, hidden))


def found(cell, input_size=2):
    with jax.enable_x64(True):
        return one_program(Asked.of(Given.of(cell), input_size))


SHARING = [
    Leaky,
    Joint,
    StateFirst,
    TwoLeaves,
    OddAtSeven,
    eqx.nn.GRUCell,
    eqx.nn.LSTMCell,
]


@pytest.mark.slow
@pytest.mark.parametrize("cell", SHARING)
def test_cells_whose_sizes_share_a_program(cell):
    assert isinstance(found(cell), OneProgram)


ALONE = [
    (Normed, "numbers differ"),
    (Biased, "numbers differ"),
    (Halved, "not m k"),
    (SumsUp, "other numbers"),
    (Backwards, "other numbers"),
    (Single, "short floats"),
    (EvenAlone, "can't be traced"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("cell", "reason"), ALONE)
def test_cells_whose_sizes_have_programs_of_their_own(cell, reason):
    assert reason in found(cell)


def ensemble(cell, *, embeds, law="normal", words="constant", **asked):
    asked = {"hidden_sizes": [2, 7], **asked}
    measured = asked.pop("measured", None)
    num_draws = asked.pop("num_draws", 70)
    return Ensemble.of(
        Given.of(cell, initializer=law, measured=measured, **asked),
        WordPair.of(words),
        length=6,
        num_draws=num_draws,
        key=KEY,
        compiling=Compiling(embeds=embeds),
    )


def require_alike(cell, **asked):
    """Both ways give the same draws, references and bounds."""
    alone, together = (ensemble(cell, embeds=way, **asked) for way in (False, True))
    assert all(one.embedding is not None for one in together.populations)
    alone, together = (samples(one, marks_lost=True) for one in (alone, together))
    pairs = zip(alone, together, strict=True)
    for expected, got in pairs:
        assert np.array_equal(got.reference_draws, expected.reference_draws)
        assert np.allclose(got.distances, expected.distances, rtol=4e-16, atol=0)
        assert np.allclose(got.reference, expected.reference, rtol=1e-12, atol=0)
        assert np.array_equal(got.is_lost, expected.is_lost)


@pytest.mark.slow
@pytest.mark.parametrize("cell", few([Leaky, Joint, StateFirst, TwoLeaves], kept=[1]))
def test_a_cell_in_a_larger_one_has_the_same_distances(cell):
    require_alike(cell)


@pytest.mark.slow
@pytest.mark.parametrize(
    "law", few(["fan-in-normal", "fan-in-uniform", "as-built"], kept=[2])
)
def test_so_it_is_under_other_laws(law):
    require_alike(Leaky, law=law, hidden_sizes=[7])


@pytest.mark.slow
def test_so_it_is_under_laws_by_name_with_random_words_and_the_whole_state():
    laws = {"W": "fan-in-normal", "U": "as-built"}
    require_alike(TwoLeaves, law=laws, words="random", measured="all")


@pytest.mark.slow
def test_so_it_is_with_a_given_initial_state_and_many_draws():
    start = partial(jnp.full, fill_value=0.25)
    require_alike(
        Joint,
        initial_state=lambda cell: start(cell.b.shape[0] // 2),
        num_draws=600,
        hidden_sizes=[14],
    )


@pytest.mark.slow
def test_only_the_sizes_that_do_the_same_share_a_program():
    sizes = [6, 7, 8, 15, 21]
    several = ensemble(OddAtSeven, embeds=True, hidden_sizes=sizes).populations
    stands_in = [one.embedding and one.embedding.size for one in several]
    assert stands_in == [20, None, 20, 20, None]  # few draws: 20 alone
    assert several[0].recipe == several[2].recipe == several[3].recipe


@pytest.mark.slow
def test_the_program_depends_on_k_alone():
    one = ensemble(Leaky, embeds=True, hidden_sizes=[5], num_draws=600)
    many = ensemble(Leaky, embeds=True, hidden_sizes=[1, 5, 20], num_draws=600)
    sizes = [population.embedding.size for population in many.populations]
    assert sizes == [10, 10, 20]
    assert one.populations[0].recipe == many.populations[1].recipe


@pytest.mark.slow
def test_laws_of_whole_arrays_are_drawn_alone():
    orthogonal = ensemble(Leaky, embeds=True, law="orthogonal")
    assert all(one.embedding is None for one in orthogonal.populations)


@pytest.mark.slow
def test_the_bound_of_a_distance_counts_the_true_units():
    d = discrepancy(
        Joint, hidden_sizes=[3], length=3, num_draws=16, initializer="normal", key=KEY
    )
    assert d.distance_bound.item() == pytest.approx(2 * 3**0.5)


@pytest.mark.slow
def test_a_trial_that_was_passed_is_not_repeated(monkeypatch, tmp_path):
    folder = jax.config.values["jax_compilation_cache_dir"]
    jax.config.update("jax_compilation_cache_dir", str(tmp_path))
    try:
        first = found(type("First", (Leaky,), {}))
        monkeypatch.setattr("firstbit.memory.ensemble.one_program.came_of", None)
        again = found(type("Again", (Leaky,), {}))
        other = found(type("Other", (TwoLeaves,), {}))
    finally:
        jax.config.update("jax_compilation_cache_dir", folder)
    assert isinstance(first, OneProgram)
    assert again == first
    assert "other numbers" in other


def test_designs_of_the_catalogue_are_kept_and_of_others_are_not():
    def design(cell, law="normal"):
        given = Given.of(cell, hidden_sizes=[3])
        return Designs(given, 2, law, few=True).of(3)

    assert design("gru") is design("gru")
    assert design("gru") is not design("gru", "orthogonal")
    assert design("gru,reset=after") is not design("gru")
    # Another's class may change before the next measurement.
    assert design(eqx.nn.GRUCell) is not design(eqx.nn.GRUCell)
