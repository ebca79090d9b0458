"""Verdicts on embedded Reber; their trainings are made up."""

import jax
import pytest

from firstbit import verdict
from firstbit.languages import embedded_reber
from firstbit.studies import Standard
from firstbit.studies.verdicts.seeds import Runs, Seeds
from firstbit.training import Published
from made_runs import runs

SOLVED = {
    "GRU(use_bias=True):10": 8,
    "Vanilla(activation=tanh, use_bias=True):18": 4,
}
"""Architecture -> seeds that solve; of others none does."""

FOUR = [
    "gru:10",
    "vanilla:18",
    "vanilla:18,activation=tanh,initializer=orthogonal",
    "vanilla:4",
]
"""One cell for each verdict but `intrinsic`."""

FEW = Standard(num_guesses=8)


class Asked(dict):
    """Title of a cell -> how it was trained; it gives runs by a table, without nets."""

    def __init__(self, solved, **attrs):
        self.solved = solved
        self.attrs = attrs

    def __call__(self, seeds, given, *, execution, **settings):
        self[given.title] = {"seeds": seeds, "execution": execution, **settings}
        execution.progress(1, 1)
        num_solved = self.solved.get(given.architecture, 0)
        made = runs(min(num_solved, seeds.num_seeds), seeds.num_seeds, **self.attrs)
        return Runs(made, ())


def verdicts_on(cells, language=None, **settings):
    given = {"rule": Published(0.001, max_epochs=7), "num_seeds": 8, "standard": FEW}
    key = jax.random.key(3)
    return verdict(language or embedded_reber(), cells, key=key, **(given | settings))


def four_verdicts():
    """The verdicts on `FOUR`, and how each cell was trained."""
    with pytest.MonkeyPatch.context() as patch:
        found = Asked(SOLVED)
        patch.setattr(Seeds, "run", lambda *a, **k: found(*a, **k))
        return verdicts_on(FOUR), found
