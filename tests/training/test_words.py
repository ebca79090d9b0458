"""The words that a training reads, as examples of next-symbol prediction."""

import numpy as np
import pytest

import firstbit
from firstbit.errors import SettingError, WordError
from firstbit.languages import Language, Stream, fresh_words, reber
from firstbit.training import FreshWords, Modern, TaskWords, next_symbol_examples
from small_trainings import KEY, VANILLA


@pytest.mark.slow
def test_the_end_marker_is_predicted_where_there_is_one():
    maybe = Language.from_regex("a*b?")
    words = next_symbol_examples(maybe, ["ab", "a"])
    assert words.num_steps.tolist() == [2, 1]
    assert words.targets[0, :2].argmax(axis=1).tolist() == [1, 2]
    assert words.targets[1, :1].argmax(axis=1).tolist() == [2]
    assert words.inputs.shape[2] == 2
    d = firstbit.train(
        VANILLA,
        maybe,
        hidden_size=2,
        rule=Modern(max_epochs=1),
        num_seeds=1,
        num_words=4,
        key=KEY,
    )
    assert np.isfinite(d.loss.values).all()


@pytest.mark.slow
def test_fresh_words_differ_and_repeat():
    words = FreshWords(reber(), 20, Stream((1, 2)), max_length=9)
    assert words.spelt(0) == words.spelt(0) != words.spelt(1)
    assert max(map(len, words.spelt(0))) <= 9
    with pytest.raises(SettingError, match="raise `max_length`"):
        fresh_words(reber(), 3, Stream((0,)), max_length=4)


def test_words_that_do_not_fit_are_refused():
    with pytest.raises(WordError, match="line 2: 'BTX'"):
        TaskWords(("BTXSE", "BTX")).check(reber())
    with pytest.raises(
        WordError, match="line 1: 'BTSXSE' has 6 symbols; expected at most 5"
    ):
        TaskWords(("BTSXSE",), max_length=5).check(reber())
    with pytest.raises(SettingError, match="`num_words` must be at least 1; got 0"):
        TaskWords(num_words=0)
    with pytest.raises(SettingError, match="`max_length` must be at least 1; got 0"):
        TaskWords(max_length=0)
