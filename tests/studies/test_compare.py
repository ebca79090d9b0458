"""Cells side by side: the numbers of each measure, paired differences, sentences."""

import csv
import io
from pathlib import Path

import jax
import numpy as np
import pytest
import scipy.stats
import xarray as xr

from firstbit import Drive, Execution, Reading, compare, decodability, discrepancy
from firstbit.cells import GRU
from firstbit.errors import FirstbitError
from firstbit.parts import Part
from firstbit.plots import comparison
from firstbit.studies import comparison_table
from firstbit.studies.comparing.differences import differences
from firstbit.studies.comparing.of_one_cell import OfCell
from firstbit.studies.comparing.sentences import answers, sentences

KEY = jax.random.key(0)
CELLS = ["gru:2", "vanilla:2"]
READING = Reading(num_words=40, readouts=["linear"])
DRIVE = Drive(law="one-hot", num_steps=100, lags=[4])
"""Capacities have a lag more than read-outs."""
FEW = {
    "measures": ["cost", READING, "discrepancy", DRIVE],
    "length": 3,
    "num_draws": 8,
    "key": KEY,
}


@pytest.fixture(scope="module")
def small():
    return compare(CELLS, **FEW)


@pytest.mark.slow
def test_each_cell_has_the_numbers_that_it_has_alone(small):
    assert small["cell"].values.tolist() == CELLS
    asked = {"length": 3, "num_draws": 8, "key": KEY}
    assert small["lag"].size == 4
    read = small.isel(lag=slice(3))
    for cell in CELLS:
        one = read.sel(cell=cell)
        alone = discrepancy(cell, **asked).isel(hidden_size=0)
        for name in ("discrepancy", "discrepancy_ci", "median", "quantile_value"):
            assert np.array_equal(one[name], alone[name], equal_nan=True)
        alone = decodability(cell, reading=READING, **asked).isel(hidden_size=0)
        for name in ("accuracy", "accuracy_lower", "reach"):
            assert np.array_equal(one[name], alone[name], equal_nan=True)
        share = one.total_capacity / one.num_read
        assert one.capacity_a_unit.item() == pytest.approx(share.item())
    apart = read.accuracy_difference.sel(cell="vanilla:2")
    own = read.accuracy.isel(readout=0)
    assert apart.values == pytest.approx((own[0] - own[1]).values)
    assert np.isnan(small.accuracy_difference[0]).all()
    assert small.multiplications.values.tolist() == [30, 8]


@pytest.mark.slow
def test_one_table_in_three_forms_and_one_figure(small):
    lines = list(csv.reader(io.StringIO(comparison_table(small, "csv"))))
    assert lines[0] == ["", "gru:2", "vanilla:2", "gru:2 less vanilla:2"]
    assert len({len(line) for line in lines}) == 1
    by_name = {line[0]: line[1:] for line in lines}
    assert by_name["multiplications a step"] == ["30", "8", "-"]
    ends = small.discrepancy_ci[0, -1].values
    assert small.discrepancy[0, -1] < np.ptp(ends) / 2  # so ± would reach below 0
    shown = f"{small.discrepancy[0, -1].item():.3g} [{ends[0]:.1g}, {ends[1]:.1g}]"
    assert by_name["D(l), units of the state, l = 3"][0] == shown
    half = np.ptp(small.capacity_a_unit_ci[0].values) / 2
    mean = small.capacity_a_unit[0].item()
    assert by_name["functions held a unit"][0] == f"{mean:.3g} ± {half:.1g}"
    text = comparison_table(small)
    assert [" ".join(line).split() for line in lines] == [
        line.split() for line in text.splitlines()
    ]
    tex = comparison_table(small, "latex")
    assert tex.count(r" \\") == len(lines)
    assert r"gru:2 & vanilla:2 &" in tex
    assert "decoded 2 symbols later, \\%" in tex
    assert "±" not in tex
    titles = [axes.get_title(loc="left") for axes in comparison(small).axes]
    assert len(titles) == 4
    assert len(small.to_dataframe()) == 2


@pytest.mark.slow
def test_a_net_that_is_held_stands_beside_random_ones(tmp_path):
    held = GRU(2, 2, key=KEY)
    asked = {**FEW, "measures": [READING, "discrepancy"]}
    how = Execution(resume=tmp_path)
    found = compare(["gru:2", held], **asked, execution=how)
    assert found["cell"].values.tolist() == ["gru:2", "GRU:2"]
    assert found["initializer"].values.tolist() == ["normal", "as it is"]
    assert np.isnan(found.accuracy_difference_ci).all()
    apart = found.accuracy[0, 0] - found.accuracy[1, 0]
    assert found.accuracy_difference[1].values == pytest.approx(apart.values)
    again = compare(["gru:2", held], **asked, execution=how)
    assert again.identical(found)


def of_cell(values, most):
    names = {1: "capacity_a_unit", 2: "accuracy"}
    name = names[values.ndim]
    dims = ["lag"][: values.ndim - 1]
    about = {"long_name": name, "units": "1"}
    result = xr.Dataset({name: (dims, values.mean(axis=-1), about)})
    return OfCell(result, {name: values}, {name: most})


def ends(one, other):
    """The ends of the difference's interval."""
    (found,) = differences([one, other], 0.95)
    assert found.ci is not None
    low, high = found.ci
    return np.asarray(low)[1], np.asarray(high)[1]


def test_intervals_of_paired_differences_hold_the_truth():
    """Nets of two cells that are nearly the same: only pairs see the difference."""
    random = np.random.default_rng(0)
    held, widths, repeats, nets = 0, [], 400, 40
    for _ in range(repeats):
        common = random.normal(size=nets)
        one = of_cell(common + 0.3 + 0.1 * random.normal(size=nets), 1.0)
        other = of_cell(common + 0.1 * random.normal(size=nets), 1.0)
        low, high = ends(one, other)
        held += low <= 0.3 <= high
        widths.append(high - low)
    least, most = scipy.stats.binom.ppf([1e-4, 1 - 1e-4], repeats, 0.95)
    assert least <= held
    apart = scipy.stats.norm.ppf(0.975) * np.sqrt(2 / nets)
    assert np.mean(widths) < apart  # of nets that were taken for independent: 2 apart
    assert most >= 0


def test_cells_that_are_alike_in_every_pair_have_an_interval_with_width():
    ones = np.ones((3, 40))
    low, high = ends(of_cell(ones, 1.0), of_cell(ones, 1.0))
    assert (low < -0.01).all()
    assert (high > 0.01).all()
    few = of_cell(ones[:, :19], 1.0)
    assert np.isnan(ends(few, few)).all()


def told(reach, apart=(0.2, 0.1), relative=0.9):
    """Two cells, what is decoded of each, and the interval of their difference."""
    value, half = apart
    lags = np.arange(10)
    difference = np.full((2, 10), value)
    ends = np.stack([difference - half, difference + half], axis=-1)
    over = ("cell", "lag")
    length = ("cell", "length")
    return xr.Dataset(
        {
            "reach": ("cell", np.asarray(reach, float)),
            "accuracy_difference": (over, difference),
            "accuracy_difference_ci": ((*over, "ci_bound"), ends),
            "discrepancy": (length, [[1.0], [1.0]]),
            "median": (length, [[1.0], [1.0]]),
            "relative_discrepancy": (length, [[relative], [relative]]),
        },
        {
            "cell": ["mine", "gru"],
            "lag": lags,
            "length": [10],
            "ci_bound": ["lower", "upper"],
        },
        {"length": 10, "reach_above": 0.55},
    )


def test_the_answer_is_that_of_the_numbers():
    def answer(*given):
        return answers(told(*given))[1]

    assert answer((6, 2)).startswith("mine remembers longer than gru: it is decoded up")
    assert answer((np.nan, 2), (-0.2, 0.1)).startswith("gru remembers longer than mine")
    assert "at no lag" in answer((6, np.nan))
    assert "is decoded up to 1 symbol later, and gru" in answer((1, np.nan))
    assert (
        answer((6, 2), (0.2, 0.3)) == "That mine or gru remembers longer is not shown."
    )
    assert answer((4, 4)) == "That mine or gru remembers longer is not shown."
    assert "a larger `length` would say" in answer((9, 9))
    assert answer((np.nan, np.nan)).startswith("Neither mine nor gru")
    assert answers(told((6, 2)).drop_vars("reach")) == ["", ""]


def test_what_is_far_apart_and_not_decoded_is_nowhere_said_to_remember():
    texts = sentences(told((np.nan, 9)))
    assert "remember" not in texts[0].replace("far apart is not remembered", "")
    assert "far apart is not remembered" in texts[0]
    assert "it remembers so long" in texts[1]
    assert "far apart is not remembered" in sentences(told((3, 3)))[0]
    alone = sentences(told((3, 3)).drop_vars("reach"))
    assert "remember" not in alone[0]
    assert "only a read-out says" in alone[0]
    assert "hardly apart" in sentences(told((3, 3), relative=0.01))[0]
    lost = told((3, 3), relative=np.nan)
    lost["discrepancy"] *= np.nan
    lost["total_capacity"] = ("cell", [np.nan, np.nan])
    said = sentences(lost)[0]
    assert said.count("is not known: states of some nets left the finite") == 2
    assert "nan" not in said


BAD = {
    "no cell": (([],), {}, "expected one cell or more, got none"),
    "no list": (("gru:2",), {}, "expected a list for `cells`"),
    "measure": ((CELLS,), {"measures": ["memori"]}, "unknown measure 'memori'"),
    "no measure": ((CELLS,), {"measures": []}, "got no measure"),
    "sizes": ((["gru:2,3"],), {}, "expected one hidden size for GRU"),
    "twice": ((["gru:2", "gru:2"],), {}, "expected cells with different names"),
    "words": (
        (CELLS,),
        {"measures": [Reading(words="constant", readouts=["linear"])]},
        "expected `words` that are random or a stream",
    ),
    "read-outs": ((CELLS,), {"measures": [Reading()]}, "expected one read-out, got"),
    "part": (
        (CELLS,),
        {"execution": Execution(resume=Path("kept"), part=Part(1, 2))},
        "expected no part of a comparison",
    ),
    "inputs": ((CELLS,), {"num_draws": 1}, "`num_draws` must be at least 2"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(name):
    given, others, text = BAD[name]
    with pytest.raises(FirstbitError, match=text):
        compare(*given, **{"key": KEY, **others})


@pytest.mark.wrong_types
def test_a_number_is_no_measure():
    with pytest.raises(FirstbitError, match="unknown measure '3': expected one of"):
        compare(CELLS, measures=[3], key=KEY)


def test_a_table_has_one_of_three_forms():
    with pytest.raises(FirstbitError, match="one of text, csv, latex, got the text"):
        comparison_table(xr.Dataset(), "html")
