"""Cells of other frameworks: their sizes share a program, and D is the same."""

import jax
import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("flax")
pytest.importorskip("haiku")
pytest.importorskip("keras")

from firstbit.cells import Given  # noqa: E402
from firstbit.memory.ensemble.ensemble import Compiling, Ensemble  # noqa: E402
from firstbit.memory.ensemble.one_program import (  # noqa: E402
    Asked,
    OneProgram,
    one_program,
)
from firstbit.memory.ensemble.run import samples  # noqa: E402
from firstbit.memory.ensemble.word_pair import WordPair  # noqa: E402
from frameworks.own_steps import NAMES, kind_of  # noqa: E402

KEY = jax.random.key(0)


class Slow(torch.nn.Module):
    """Two gates in one array, and time constants that are held."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.inner = torch.nn.Linear(input_size, 2 * hidden_size)
        self.turn = torch.nn.Linear(hidden_size, 2 * hidden_size)
        self.log_time = torch.nn.Parameter(torch.linspace(0.7, 5.0, hidden_size))

    def forward(self, x, h):
        gate, candidate = (self.inner(x) + self.turn(h)).chunk(2, dim=-1)
        keep = torch.exp(-torch.exp(-self.log_time))
        return keep * h + torch.sigmoid(gate) * (1 - keep) * torch.tanh(candidate)


TORCH = [torch.nn.RNNCell, torch.nn.GRUCell, torch.nn.LSTMCell, Slow]
HAIKU = [kind_of(name) for name in NAMES if name.startswith("haiku")]
IN_FLOAT32 = [kind_of(name) for name in NAMES if not name.startswith("haiku")]
"""Flax and Keras compute in float32 of their own accord."""


def shared(kind):
    with jax.enable_x64(True):
        return one_program(Asked.of(Given.of(kind), 2))


@pytest.mark.slow
@pytest.mark.parametrize("kind", [*TORCH, *HAIKU])
def test_sizes_share_a_program(kind):
    found = shared(kind)
    assert isinstance(found, OneProgram), found


@pytest.mark.slow
@pytest.mark.parametrize("kind", IN_FLOAT32)
def test_short_sums_depend_on_their_order_so_each_size_has_its_program(kind):
    found = shared(kind)
    assert isinstance(found, str)
    assert found.startswith("it computes in short floats")


def ensemble(kind, law, *, embeds):
    return Ensemble.of(
        Given.of(kind, hidden_sizes=[7], initializer=law),
        WordPair.of("constant"),
        length=5,
        num_draws=40,
        key=KEY,
        compiling=Compiling(embeds=embeds),
    )


@pytest.mark.slow
@pytest.mark.parametrize("law", ["normal", "as-built"])
@pytest.mark.parametrize("kind", [Slow, torch.nn.LSTMCell])
def test_distances_are_the_same(kind, law):
    (alone,) = samples(ensemble(kind, law, embeds=False))
    (together,) = samples(ensemble(kind, law, embeds=True))
    assert np.allclose(together.distances, alone.distances, rtol=4e-16, atol=0)
    assert np.allclose(together.reference, alone.reference, rtol=1e-12, atol=0)
