"""Guessing: random draws with a fitted read-out."""

import jax
import numpy as np
import pytest

from firstbit.cells import Given
from firstbit.errors import SettingError
from firstbit.intervals import clopper_pearson
from firstbit.languages import Language, reber
from firstbit.languages.judging.words_of_test import Sizes
from firstbit.studies.verdicts.guessing import Fitting, Guessing, guess
from firstbit.studies.verdicts.witness_test import FIRST, WitnessTest, drawn, plan_of
from memory_nets import HalfComplex

KEY = jax.random.key(0)
LAW = "vanilla:12,initializer=orthogonal"


@pytest.fixture(scope="module")
def found():
    """Guesses of two blocks of draws."""
    return guess(LAW, reber(), num_draws=64, key=KEY)


@pytest.mark.slow
def test_a_draw_depends_on_its_number_alone(found):
    again = guess(LAW, reber(), num_draws=40, key=KEY)
    assert found.num_draws == 64
    assert again.solved == tuple(i for i in found.solved if i < 40)


@pytest.mark.slow
def test_the_first_draw_that_solves_is_kept(found):
    low, high = found.interval
    assert low <= len(found.solved) / 64 <= high
    assert (found.network is None) == (not found.solved)


def test_guessing_is_counted_with_its_first_draw():
    found = Guessing(1000, (203, 777), None, "")
    assert found.counted == "2 of 1,000 [0.000, 0.007], the first is draw 204"
    assert found.as_json() == {
        "num_draws": 1000,
        "solved": 2,
        "first": 204,
        "interval": [*found.interval],
    }
    at_half = Guessing(1000, (203, 777), None, "", 0.5)
    assert at_half.interval == clopper_pearson(2, 1000, 0.5)
    none = Guessing(8, (), None, "")
    assert (none.counted, none.first) == ("0 of 8 [0.000, 0.369]", None)


@pytest.mark.slow
def test_a_draw_that_solves_passes_the_test_of_a_run(found):
    """Each is judged anew, on other words."""
    if found.network is not None:
        test = WitnessTest(plan_of(reber(), 256), Sizes(1000, 100, 0), seed=77)
        tried = test.tried(found.network)
        assert tried.fresh.share <= 0.03
        assert tried.twins is not None
        assert tried.twins.share <= 0.05


@pytest.mark.slow
def test_what_cannot_be_guessed_is_refused():
    with pytest.raises(
        SettingError, match="expected words of at most 3 symbols in reber"
    ):
        guess("gru:4", reber(), num_draws=1, fitting=Fitting(max_length=3), key=KEY)
    with pytest.raises(SettingError, match="`num_draws` must be at least 1; got 0"):
        guess("gru:4", reber(), num_draws=0, key=KEY)


@pytest.mark.slow
def test_what_was_tested_is_said():
    found = guess("vanilla:12", reber(), num_draws=1, key=KEY)
    assert found.tested == (
        "tested on 1000 fresh words, and on 300 twins where there are any"
    )


@pytest.mark.slow
def test_a_guess_without_a_bias_of_the_readout():
    easy = Language.from_regex("a(b|c)d")
    found = guess("gru:5,readout_bias=no", easy, num_draws=4, key=KEY)
    assert found.solved
    assert found.network is not None
    assert found.network.readout.b_O is None


@pytest.mark.slow
def test_logarithms_are_fitted_where_a_softmax_follows():
    easy = Language.from_regex("a(b|c)d")
    found = guess("gru:5", easy, num_draws=4, key=KEY, fitting=Fitting(is_softmax=True))
    assert found.solved == (0, 1, 2, 3)


@pytest.mark.slow
def test_each_draw_has_complex_weights_of_its_own():
    seen = []

    def accepts(network):
        seen.append(network.cell.w)
        return False

    cell = Given.of(HalfComplex, hidden_sizes=2, initializer="normal")
    guess(cell, Language.from_regex("ab|bc"), num_draws=4, key=KEY, accepts=accepts)
    assert len({array.tobytes() for array in map(np.asarray, seen)}) == 4


def test_an_equal_language_with_other_numbers_has_a_plan_of_its_own():
    one = Language.from_regex("ab|bc")
    other = Language.from_regex("ab|bc", alphabet="cba")
    assert one == other
    plans = [plan_of(language, 32) for language in (one, other)]
    assert [plan.language.alphabet for plan in plans] == [one.alphabet, other.alphabet]
    words = [drawn(plan, FIRST, 0) for plan in plans]
    assert words[0] is not words[1]
    assert plan_of(other, 32) is plans[1]
