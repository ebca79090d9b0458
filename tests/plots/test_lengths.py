"""How long words are: bars, the mean, and what is longer."""

import pytest

from figure_reader import bars
from firstbit.languages import Language, length_distribution, reber
from firstbit.plots import lengths


def note(figure):
    return figure.axes[0].get_title(loc="right")


def test_lengths_are_bars():
    axes = lengths(length_distribution(reber(), 9)).axes[0]
    assert [bar.get_height() for bar in bars(axes)][5:7] == [0.25, 0.1875]
    assert axes.lines[0].get_xdata() == [8, 8]


def test_the_note_names_the_mean_and_what_is_longer():
    figure = lengths(length_distribution(reber(), 9))
    assert note(figure) == "mean 8 (dashed); longer than 9: 0.242"
    nine = Language.from_regex("a{9}")
    assert note(lengths(length_distribution(nine, 9))) == "mean 9 (dashed)"


def test_the_title_names_the_language():
    figure = lengths(length_distribution(reber(), 9))
    assert figure.get_suptitle() == "How long the words of reber are"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("expression", "longest"),
    [("a*", 0), ("a{9}", 0), ("a{9}", 4), ("a*", 1), ("a*", 9), ("a*", 3000)],
)
def test_lengths_are_whole_numbers_and_probabilities_positive(expression, longest):
    language = Language.from_regex(expression)
    axes = lengths(length_distribution(language, longest)).axes[0]
    low, high = axes.get_xlim()
    ticks = [tick for tick in axes.get_xticks() if low <= tick <= high]
    assert ticks
    assert all(tick == round(tick) and 0 <= tick <= longest for tick in ticks)
    assert axes.get_ylim()[0] == 0
    assert not axes.lines or low < axes.lines[0].get_xdata()[0] < high
