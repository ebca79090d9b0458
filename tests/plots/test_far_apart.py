"""Distance above, decodability below: what is drawn, and what is refused."""

import jax
import numpy as np
import pytest

from firstbit import Reading, plots
from firstbit.errors import SettingError
from firstbit.memory import decodability, discrepancy, distances

ASKED = {"length": 4, "num_draws": 30, "key": jax.random.key(1)}
CELLS = ("gru:3", "vanilla:3,activation=tanh")


@pytest.fixture(scope="module")
def results():
    apart = [distances(cell, words="random", **ASKED) for cell in CELLS]
    few = Reading(num_words=60, readouts=["linear"])
    decoded = [decodability(cell, reading=few, **ASKED) for cell in CELLS]
    return apart, decoded


@pytest.mark.slow
def test_distances_are_what_the_discrepancy_is_the_mean_of(results):
    found = results[0][0]
    wanted = discrepancy(CELLS[0], words="random", **ASKED)
    np.testing.assert_allclose(
        found.distance.mean("draw"), wanted.discrepancy, rtol=1e-14
    )
    assert found.to_dataframe().shape == (4 * 30, 1)
    assert found.distance.attrs["units"] == "units of the hidden state"


@pytest.mark.slow
def test_lines_mean_median_and_accuracy_are_drawn(results):
    apart, decoded = results
    figure = plots.far_apart(apart, decoded)
    _, *upper = figure.axes[:3]
    _, *lower = figure.axes[3:]
    for axes, result in zip(upper, apart, strict=True):
        *nets, mean, median = [np.asarray(line.get_ydata()) for line in axes.lines]
        drawn = result.distance.isel(hidden_size=0).values
        np.testing.assert_array_equal(np.stack(nets, axis=1), drawn)
        np.testing.assert_allclose(mean, drawn.mean(axis=1))
        np.testing.assert_allclose(median, np.median(drawn, axis=1))
        assert axes.get_yscale() == "log"
    for axes, result in zip(lower, decoded, strict=True):
        accuracy = result.accuracy.isel(hidden_size=0).sel(readout="linear")
        np.testing.assert_array_equal(axes.lines[1].get_xdata(), [1, 2, 3, 4])
        np.testing.assert_array_equal(axes.lines[1].get_ydata(), accuracy)
    assert [axes.get_title(loc="left") for axes in upper] == [
        "GRU",
        "Vanilla(activation=tanh)",
    ]
    (last,) = [text.get_text() for text in lower[1].texts]
    assert last == f"{round(100 * float(accuracy[-1]))} %"


@pytest.mark.slow
def test_columns_that_do_not_fit_are_stacked(results):
    apart, decoded = results
    figure = plots.far_apart(apart, decoded, width=2.2)
    sentences = [axes for axes in figure.axes if not axes.axison]
    panels = [axes for axes in figure.axes if axes.axison]
    assert (len(sentences), len(panels)) == (2, 4)
    assert len({round(axes.get_position().x0, 6) for axes in panels}) == 1
    names = [axes.get_title(loc="left") for axes in panels]
    assert names == ["GRU", "Vanilla(activation=tanh)"] * 2


@pytest.mark.slow
def test_what_does_not_belong_together_is_refused(results):
    apart, decoded = results
    with pytest.raises(SettingError, match="same cells, got 2 and 1"):
        plots.far_apart(apart, decoded[:1])
    with pytest.raises(SettingError, match="got 0 and 0; measure each"):
        plots.far_apart([], [])
    with pytest.raises(SettingError, match="both results of the same cells, got GRU"):
        plots.far_apart(apart, decoded[::-1])
    with pytest.raises(SettingError, match="expected 2 `names`, one for each cell"):
        plots.far_apart(apart, decoded, names=["one"])
    two = distances("gru:2,3", words="random", **ASKED)
    with pytest.raises(SettingError, match=r"of one size, got k = \[2, 3\]"):
        plots.far_apart([two, apart[1]], decoded)
