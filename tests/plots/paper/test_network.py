"""Fig. 1: circles and arrows."""

import pytest

from figure_reader import texts
from firstbit.errors import SettingError
from firstbit.plots.paper import network


@pytest.mark.parametrize("sizes", [(4, 5, 1), (1, 1, 1), (7, 2, 7)])
def test_there_is_a_circle_for_each_neuron_and_a_line_for_each_weight(sizes):
    axes = network(*sizes).axes[0]
    lines, circles = axes.collections[:2], axes.collections[2:]
    num_inputs, num_hidden, num_outputs = sizes
    assert [len(part.get_paths()) for part in circles] == list(sizes)
    assert [len(part.get_paths()) for part in lines] == [
        num_inputs * num_hidden,
        num_hidden * num_outputs,
    ]


def test_weights_and_layers_are_named():
    shown = " ".join(texts(network(4, 5, 1).axes[0]))
    for name in ("$U_h$", "$W_h$", "$O$", "$x_t$", "$h_t$", "$y_t$", "\nk = 5"):
        assert name in shown


def test_an_empty_layer_is_refused():
    with pytest.raises(SettingError, match="`hidden_size` must be at least 1; got 0"):
        network(4, 0, 1)
