"""Languages and words that are wrong are refused; the text says what is."""

import pytest

from firstbit.errors import LanguageError, SettingError, WordError
from firstbit.languages import (
    Language,
    embedded_reber,
    language_by_name,
    one_hot,
    reber,
    sample,
)


def test_languages_refuse_what_is_wrong():
    with pytest.raises(
        WordError,
        match="line 1: 'BTSSE', position 5: letter 'E' is not legal in state q1; "
        "expected one of S X",
    ):
        reber().check(["BTSSE"])
    with pytest.raises(
        WordError, match="position 2: letter 'Z' is not in the alphabet"
    ):
        reber().path("BZ")
    with pytest.raises(WordError, match="the word ends in state q1"):
        reber().check(["BT"])
    with pytest.raises(LanguageError, match="did you mean 'reber'"):
        language_by_name("rebr")
    with pytest.raises(LanguageError, match="regular expression"):
        Language.from_regex("((")
    with pytest.raises(LanguageError, match=r"no word can end|sum to"):
        Language.from_transitions(
            {"s": {"0": "t"}, "t": {"0": "t"}}, start="s", final=[]
        )
    with pytest.raises(SettingError, match="num_words"):
        sample(reber(), 0, seed=0)
    with pytest.raises(WordError, match="line 1"):
        one_hot(["Z"], "AB")


def test_an_expression_that_may_end_has_an_end_marker():
    maybe = Language.from_regex("a*")
    assert maybe.next_symbols("a") == {"a": 0.5, "$": 0.5}


def test_sampled_words_are_accepted():
    words = sample(embedded_reber(), 200, seed=1)
    assert all(embedded_reber().accepts(word) for word in words)
