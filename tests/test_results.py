"""Results as tables, JSON and text: every number stands under its own name."""

import json

import numpy as np
import pytest

from firstbit.cli.output import as_numbers
from firstbit.datasets import Variable, dataset
from firstbit.look import numbers
from firstbit.memory.discrepancy.summary import quantiles_of_ordered
from firstbit.tabular import with_interval
from firstbit.training.result import censored_median


def of(*variables, **coords):
    return dataset(variables, coords, rows=["lag"], configuration={})


def test_an_interval_keeps_its_columns_beside_a_variable_of_that_name():
    found = of(
        Variable("share", ["lag"], [0.5], "share", ci=([0.4], [0.6])),
        Variable("share_lower", ["lag"], [0.3], "bound of all shares"),
        lag=[0],
    ).to_dataframe()
    row = found.iloc[0].to_dict()
    assert row == {
        "share": 0.5,
        "share_ci_lower": 0.4,
        "share_ci_upper": 0.6,
        "share_lower": 0.3,
    }


def test_degrees_and_readouts_stand_beside_each_other():
    values = np.array([[0.1, 0.2]])
    ends = values - 0.05, values + 0.05
    found = of(
        Variable("held", ["lag", "degree"], values, "held", se=values / 10, ci=ends),
        lag=[0],
        degree=[1, 2],
    ).to_dataframe()
    assert found.columns.tolist() == [
        "held_1",
        "held_2",
        "held_1_se",
        "held_2_se",
        "held_1_lower",
        "held_1_upper",
        "held_2_lower",
        "held_2_upper",
    ]
    assert found["held_2_lower"].item() == pytest.approx(0.15)


def test_json_has_the_attributes():
    one = Variable("share", ["lag"], [0.5], "share")
    found = dataset(
        [one],
        {"lag": [0]},
        rows=["lag"],
        configuration={},
        attrs={"floor": np.float64(0.25), "order": np.inf, "kinds": np.array([1, 2])},
    )
    document = json.loads(json.dumps(as_numbers(found), allow_nan=False))
    assert document["attributes"] == {
        "floor": 0.25,
        "order": None,
        "kinds": [1, 2],
        "rows": "lag",
    }


@pytest.mark.parametrize(
    ("value", "half", "text"),
    [
        (-0.452328, 0.00013, "-0.4523 \u00b1 0.0001"),
        (1000.4, 0.1, "1000.4 \u00b1 0.1"),
        (99.964, 0.01, "99.96 \u00b1 0.01"),
        (0.5, 0.1, "0.5 \u00b1 0.1"),
        (1234.5, 30, "1.23e+03 \u00b1 30"),
    ],
)
def test_what_is_printed_holds_its_number(value, half, text):
    assert with_interval(value, value - half, value + half) == text
    shown, reach = map(float, text.split(" \u00b1 "))
    assert abs(shown - value) <= reach


@pytest.mark.parametrize("width", [10.0**-power for power in range(8)])
def test_a_page_shows_as_many_digits_as_tell_both_ends_apart(width):
    text = numbers.with_interval(99.9612345, 99.9612345 - width, 99.9612345 + width)
    _, low, high = text.replace("(", "").replace(")", "").replace(" to", "").split(" ")
    assert low != high


def test_a_quantile_that_is_a_rank_needs_no_further_value():
    ordered = np.array([[1.0, 2.0, np.inf], [1.0, 2.0, np.nan]])
    assert quantiles_of_ordered(ordered, (0.5,)).tolist() == [[2.0], [2.0]]
    assert np.isinf(quantiles_of_ordered(ordered[:1], (0.75,))).all()


@pytest.mark.parametrize(
    ("known", "number", "median"), [(3, 5, 2.0), (2, 4, 1.0), (2, 5, np.nan)]
)
def test_the_median_is_known_where_half_are(known, number, median):
    values = np.full(number, np.nan)
    values[:known] = np.arange(known)
    assert censored_median(values) == pytest.approx(median, nan_ok=True)
