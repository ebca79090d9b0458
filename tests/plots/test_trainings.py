"""Many seeds of one training: the loss of each, and its accuracy by lag."""

import numpy as np
import pytest
import xarray as xr

from figure_reader import texts
from firstbit.plots import figure_bytes, seeds
from firstbit.plots.styles import look
from firstbit.plots.trainings import LOST, NOT, SOLVED


@pytest.fixture
def result():
    """Seeds that solve, fail, solve and diverge, and fail."""
    nan = np.nan
    loss = np.linspace(2, 1, 12).reshape(4, 3)
    return xr.Dataset(
        {
            "loss": (("seed", "epoch"), loss, {"units": "bits a word"}),
            "solved": ("seed", [True, False, True, False]),
            "diverged_epoch": ("seed", [nan, nan, 1.0, nan]),
            "long_range_accuracy": (("seed", "lag"), np.full((4, 3), 0.5)),
            "num_predictions": (("seed", "lag"), [[20, 19, 40]] * 4),
        },
        {"seed": range(4), "epoch": [0, 1, 2], "lag": [4, 5, 6]},
    )


def test_colour_and_line_say_what_became_of_a_seed(result):
    ends = [SOLVED, NOT, LOST, NOT]
    for axes in seeds(result).axes:
        colours = [line.get_color() for line in axes.lines]
        assert colours == [look().status(end) for end in ends]
        lines = [line.get_linestyle() for line in axes.lines]
        assert lines == ["-", "--", ":", "--"]


def test_the_first_epoch_stands_at_one(result):
    figure = seeds(result)
    losses, _ = figure.axes
    assert list(losses.lines[0].get_xdata()) == [1, 2, 3]
    assert losses.lines[1].get_ydata() == pytest.approx(result["loss"][1])
    assert losses.get_ylabel() == "loss (bits a word)"


def test_what_seeds_come_to_is_named_and_counted_at_their_losses(result):
    result["loss"][2, 1:] = np.nan
    losses, _ = seeds(result).axes
    heights = {text.get_text(): text.get_position()[1] for text in losses.texts}
    assert {*heights} == {"solve: 1", "don't: 2", "diverge: 1"}
    assert heights["solve: 1"] > heights["diverge: 1"] > heights["don't: 2"]


def test_lags_of_few_predictions_are_left_out(result):
    _, accuracies = seeds(result).axes
    assert list(accuracies.lines[0].get_xdata()) == [4, 6]


def test_floors_are_named_at_their_lines(result):
    losses, _ = seeds(result, floors={"guessing": 1.5}).axes
    assert "guessing" in texts(losses)
    assert losses.lines[-1].get_ydata() == [1.5, 1.5]


@pytest.mark.parametrize("loss", [np.nan, np.inf, 0.0])
def test_seeds_without_a_loss_above_0_have_a_figure(loss, result):
    # All diverge in their first epoch: there is nothing to be drawn on a log scale.
    figure = seeds(result.assign(loss=xr.full_like(result["loss"], loss)))
    assert figure_bytes(figure, "png")
    assert figure.axes[0].get_yscale() == "linear"
