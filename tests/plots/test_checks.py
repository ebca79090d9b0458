"""What a figure asks of its Dataset, and what it says when that is missing."""

import re
from importlib import import_module

import pytest
import xarray as xr

from firstbit.errors import SettingError
from firstbit.plots import (
    demand_and_supply,
    draws,
    fate_shares,
    gradients_by_lag,
    lengths,
    phase_diagram,
    seeds,
    success_rates,
    surface,
    theory_overlay,
)
from firstbit.plots.checks import interval_text, require_attributes, require_variables
from firstbit.plots.paper import (
    confusion,
    figure_nine,
    hidden,
    outputs,
    training_curves,
)
from made_results import discrepancies

NEEDS = [
    (confusion, r"word\(word\)", {}),
    (demand_and_supply, r"window\(window\)", {}),
    (draws, r"discrepancy\(hidden_size, length\)", {}),
    (figure_nine, r"epoch\(epoch\)", {}),
    (gradients_by_lag, r"loss_gradient\(epoch, lag, quantile\)", {}),
    (hidden, r"word\(word\)", {}),
    (lengths, r"length\(length\)", {}),
    (outputs, r"word\(word\)", {}),
    (phase_diagram, r"gain\(gain\)", {}),
    (seeds, r"loss\(seed, epoch\)", {}),
    (success_rates, r"success_rate\(cell, setting\)", {"xlabel": ""}),
    (surface, r"hidden_size\(hidden_size\)", {}),
    (theory_overlay, r"hidden_size\(hidden_size\)", {}),
    (training_curves, r"run\(run\)", {}),
]


@pytest.mark.parametrize(("plot", "missing", "options"), NEEDS)
def test_missing_variables_are_named(plot, missing, options):
    text = rf"{plot.__name__}: expected the variable `{missing}`; the Dataset has none"
    with pytest.raises(SettingError, match=text):
        plot(xr.Dataset(), **options)


@pytest.mark.parametrize("plot", [draws, lengths, phase_diagram, seeds, surface])
def test_the_call_that_makes_what_is_missing_is_named(plot):
    with pytest.raises(SettingError) as caught:
        plot(xr.Dataset())
    (call,) = re.findall(r"; made by (firstbit[.\w]*)\.$", str(caught.value))
    module, _, name = call.rpartition(".")
    assert callable(getattr(import_module(module), name))


def test_fates_need_a_dataset_with_shares():
    with pytest.raises(SettingError, match="a Dataset for one or more cells, got none"):
        fate_shares({})
    text = r"expected the variable `share\(hidden_size, fate\)`"
    with pytest.raises(SettingError, match=text):
        fate_shares({"GRU": xr.Dataset()})


def test_intervals_are_needed_in_their_one_form():
    ds = discrepancies([1], [1, 2])
    text = r"`discrepancy_ci\(hidden_size, length, ci_bound\)`"
    for plot in (surface, draws):
        with pytest.raises(SettingError, match=text):
            plot(ds.drop_vars("discrepancy_ci"))


def test_wrong_dims_are_named():
    ds = xr.Dataset({"share": ("word", [0.5])})
    with pytest.raises(SettingError, match=r"`share\(seed\)`; got dims \(word\)"):
        require_variables(ds, "f", {"share": ("seed",)})


def test_missing_attributes_are_named():
    text = "f: expected the attribute `b`; the Dataset has a"
    with pytest.raises(SettingError, match=text):
        require_attributes(xr.Dataset(attrs={"a": 1}), "f", ["a", "b"])
    with pytest.raises(
        SettingError, match="`largest_half_width`; the Dataset has none"
    ):
        surface(discrepancies([1], [1]).drop_attrs())


def test_an_interval_is_named_by_its_probability():
    ds = discrepancies([1], [1], confidence=0.9)
    assert interval_text(ds, "discrepancy") == "90 % interval"
    ds["discrepancy_ci"].attrs.clear()
    assert interval_text(ds, "discrepancy") == "interval"
