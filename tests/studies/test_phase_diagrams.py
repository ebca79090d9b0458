"""Phase diagrams from nothing: the measurement under the labels."""

from functools import partial

import jax
import numpy as np
import pytest

import errands
from firstbit import Execution, discrepancy, phase_diagram
from firstbit.errors import CellError, SettingError

KEY = jax.random.key(4)


@pytest.mark.slow
def test_gain_one_is_the_paper_s_law():
    settings = {"length": 6, "num_draws": 40, "key": KEY}
    expected = discrepancy("vanilla:3,8", **settings).discrepancy
    found = phase_diagram("vanilla", hidden_sizes=[3, 8], gains=[1.0], **settings)
    ratio = expected.isel(length=-1) / expected.isel(length=0)
    assert found.discrepancy_ratio[0].values == pytest.approx(ratio.values, rel=1e-12)


@pytest.mark.slow
def test_a_linear_cell_scales_with_the_gain():
    """D(l,1) = g^l (2 / sqrt(pi)) E|w|^(l-1) for the identity: exact, draw by draw."""
    found = phase_diagram(
        "vanilla:1,activation=identity",
        gains=[0.5, 1.0],
        length=4,
        num_draws=10,
        key=KEY,
    )
    half, one = found.discrepancy_ratio.values[:, 0]
    assert half / one == pytest.approx(0.5**3, rel=1e-12)


@pytest.mark.slow
def test_progress_reaches_its_end():
    reports = []
    phase_diagram(
        "vanilla:2",
        gains=[0.5, 1.0],
        length=2,
        num_draws=2,
        key=KEY,
        execution=Execution(progress=lambda *report: reports.append(report)),
    )
    assert reports == [(0, 2), (1, 2), (2, 2)]


@pytest.mark.slow
def test_an_executor_gives_the_bits_of_threads_and_blocks_are_kept(tmp_path):
    measure = partial(
        phase_diagram,
        "vanilla:2,3",
        gains=[0.5, 1.0],
        length=2,
        num_draws=600,
        key=KEY,
    )
    wanted = measure()
    with errands.Counting(2) as executor:
        how = Execution(executor=executor, resume=tmp_path)
        assert measure(execution=how).identical(wanted)
        assert executor.jobs == 8  # two blocks of two sizes, at two gains
    again = Execution(resume=tmp_path, only_kept=True)
    assert measure(execution=again).identical(wanted)
    with pytest.raises(SettingError, match="expected no `part` of a phase diagram"):
        measure(execution=Execution(resume=tmp_path, part="1/2"))


def test_another_cell_and_another_law_are_refused():
    settings = {"gains": [1.0], "num_draws": 2, "key": KEY}
    with pytest.raises(CellError, match="expected the cell vanilla, got 'gru:3'"):
        phase_diagram("gru:3", **settings)
    with pytest.raises(SettingError, match="without a law of its weights"):
        phase_diagram("vanilla:3,gain=2", **settings)
    with pytest.raises(SettingError, match="expected a gain above 0, got -1"):
        phase_diagram("vanilla:3", **{**settings, "gains": np.array([-1.0]).tolist()})


@pytest.mark.parametrize("bad", [{"gains": [1.0, -1.0]}, {"length": 1}])
def test_a_bad_number_is_refused_before_any_work(bad, monkeypatch):
    monkeypatch.setattr("firstbit.studies.phase_diagrams.discrepancy", None)
    with pytest.raises(SettingError, match=r"above 0, got -1|must be at least 2"):
        phase_diagram(
            "vanilla:3", **{"gains": [1.0], "num_draws": 2, "key": KEY, **bad}
        )
