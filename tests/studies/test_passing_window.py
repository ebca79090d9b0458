"""What pages say of the shortest window that passes a test."""

import pytest

from firstbit.languages import Language, PlanOfTest, Stream
from firstbit.languages.judging.simple_predictors import judge_window
from firstbit.studies.passing_window import passing_window
from firstbit.training.outcomes import window_that_passes


def test_windows_that_were_not_tried_may_pass():
    # Three words hold lags up to 5; 1 % of words have lags above 11: (2/3)^11.
    plan = PlanOfTest(Language.from_regex("x(a|b)*x|y(a|b)*y"), 3)
    words = plan.draw(Stream((1,)))
    assert (plan.lag, window_that_passes(plan, words)) == (5, -1)
    assert not judge_window(plan, words, 10).solved
    assert judge_window(plan, words, 12).solved
    assert passing_window(None, plan.lag).startswith("No window of up to 10 symbols ")


@pytest.mark.parametrize(
    ("lag", "text"), [(0, "1 symbol"), (1, "2 symbols"), (138, "202 symbols")]
)
def test_it_says_how_long_the_windows_were(lag, text):
    assert f"No window of up to {text} passes" in passing_window(None, lag)
