"""Networks side by side are each the network by itself; what a task starts from."""

from functools import partial
from typing import Any

import numpy as np
import pytest

import firstbit
from firstbit.cells import GRU, LSTM, Vanilla
from firstbit.errors import CellError, SettingError
from firstbit.execution import Execution
from firstbit.languages import reber
from firstbit.training import Modern, Published, fit, train_seeds
from firstbit.training.fit import begin, fit_side_by_side
from firstbit.training.rules.rule import ALONE
from firstbit.training.seeds import widths_of
from small_trainings import (
    KEY,
    VANILLA,
    WORDS,
    Affine,
    FromAHalf,
    require_close,
    same,
    task,
)

ONE_THREAD = Execution(workers=1)

SIDE_BY_SIDE = {
    "as published": (VANILLA, 18),
    "erf": (partial(Vanilla, activation="erf"), 5),
    "gru": (partial(GRU, use_bias=True), 5),
    "reset after": (partial(GRU, reset="after"), 5),
    "lstm": (partial(LSTM, use_bias=True), 5),
    "longest sums": (partial(Vanilla, activation="tanh"), 32),
}


IN_PROOF = {"erf", "gru", "reset after", "lstm", "longest sums"}
"""Configurations that `make proof` trains; the others stand for them."""

NAMES = []
for case in SIDE_BY_SIDE:
    mark = pytest.mark.proof if case in IN_PROOF else pytest.mark.slow
    NAMES.append(pytest.param(case, marks=mark))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_networks_side_by_side_have_the_same_bits_at_every_width(name):
    cell, hidden_size = SIDE_BY_SIDE[name]
    rule = Published(0.01, max_epochs=2, tolerance=0.0)
    one = task(rule, cell, hidden_size=hidden_size, words=WORDS[:3])
    assert widths_of(one) == (2, 4, 16)
    starts = [begin(one.network(seed), rule) for seed in range(2)]
    of_pairs, of_fours, of_sixteens = (
        fit_side_by_side(starts, one.words_of(0), rule, widths=[width])
        for width in (2, 4, 16)
    )
    for pair in (
        *zip(of_pairs, of_fours, strict=True),
        *zip(of_pairs, of_sixteens, strict=True),
    ):
        assert same(*pair)
    assert not same(*of_pairs)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "hidden_size"),
    [
        (VANILLA, 1),
        pytest.param(VANILLA, 4, marks=pytest.mark.proof),
        (VANILLA, 33),
        (Affine, 5),
    ],
)
def test_other_cells_are_trained_by_themselves(cell, hidden_size):
    assert widths_of(task(cell=cell, hidden_size=hidden_size)) == ALONE


@pytest.mark.slow
def test_a_built_cell_is_trained_by_itself():
    built = Vanilla(7, 5, key=KEY)
    assert widths_of(task(cell=built, hidden_size=5)) == ALONE


@pytest.mark.slow
def test_another_rule_trains_each_network_by_itself():
    assert widths_of(task(Modern(), words=None, hidden_size=5)) == ALONE


@pytest.mark.slow
def test_places_of_runs_that_end_early_go_to_others():
    # The error rises or settles at once in some seeds.
    rule = Published(0.02, max_epochs=12, tolerance=0.3)
    one = task(rule, hidden_size=5)
    many = train_seeds(one, 24, ONE_THREAD)
    assert len({len(training.log) for training in many}) > 2
    for seed in (0, 7, 20, 23):
        alone = fit(one.network(seed), one.words_of(seed), one.rule)
        assert len(alone.log) == len(many[seed].log)
        assert alone.log[-1].mean_error < alone.log[0].mean_error
        require_close(alone.network, many[seed].network)
    assert same(many[23], train_seeds(one, 24, Execution(workers=2))[23])


@pytest.mark.slow
def test_an_initial_state_given_is_that_of_a_cell_that_tells_its_own():
    def trained(cell, **start):
        return train_seeds(task(cell=cell, **start), 2, ONE_THREAD)

    given = trained(VANILLA, initial_state=lambda _: np.full(3, 0.5, np.float32))
    own, zero = trained(FromAHalf), trained(VANILLA)
    for here, there, elsewhere in zip(given, own, zero, strict=True):
        assert same(here, there)
        assert here.log != elsewhere.log


@pytest.mark.slow
def test_laws_for_each_weight():
    net: Any = task(initializer={"W_h": "identity", "O": "orthogonal"}).network(0)
    assert np.array_equal(net.cell.W_h, np.eye(3))
    assert not np.asarray(net.readout.b_O).any()
    without: Any = task(readout_bias=False).network(0)
    assert without.readout.b_O is None


@pytest.mark.slow
def test_a_cell_may_be_given_as_text():
    train = partial(
        firstbit.train,
        language=reber(),
        rule=Published(0.05, max_epochs=2),
        words=WORDS,
        key=KEY,
        num_seeds=1,
    )
    text = train("vanilla:3,initializer=orthogonal,readout_bias=no")
    given = train(VANILLA, hidden_size=3, initializer="orthogonal", readout_bias=False)
    assert np.array_equal(text.loss, given.loss)


@pytest.mark.slow
def test_cells_that_do_not_fit_are_refused():
    with pytest.raises(CellError, match="expected a cell of 7 inputs"):
        task(cell=Vanilla(2, 3, key=KEY))
    with pytest.raises(CellError, match="expected a `hidden_size`"):
        firstbit.train(Vanilla, reber(), rule=Published(0.1), num_seeds=1, key=KEY)
    with pytest.raises(SettingError, match="unknown initializer"):
        task(initializer="norml")
    with pytest.raises(SettingError, match="expected a name among the cell's arrays"):
        task(initializer={"W_x": "normal"})
    with pytest.raises(CellError, match="fails in its first step"):
        task(initial_state=lambda _: np.zeros(4))
    with pytest.raises(SettingError, match="`every` must be at least 1"):
        task(checks={"every": 0})
