"""The study's parts as data, its run within a budget, and its page; trainings are made up."""

import jax
import numpy as np
import pytest
import xarray as xr

from firstbit.cells import Network, Readout, num_parameters
from firstbit.errors import SettingError
from firstbit.languages import Language
from firstbit.plots import success_rates
from firstbit.studies.study import CELLS, LAGS, SIZES, parts, rates, run_study, smallest_sizes
from firstbit.studies.study_page import study_page
from test_verdict import runs

KEY = jax.random.key(0)


def few(lag):
    return Language.from_regex("a" * min(lag, 5) + "b", name=f"first-bit-random:{lag}")


ALL = parts({"published": "p", "modern": "m"}, few)


class Trainer:
    """Solves with GRUs, and with anything else from 12 units on; the published rule never; counts its calls."""

    def __init__(self, fails_at=None):
        self.calls, self.fails_at = [], fails_at

    def __call__(self, cell, language, *, protocol, num_seeds, hidden_size, resume, progress, **settings):
        if len(self.calls) == self.fails_at:
            raise KeyboardInterrupt
        self.calls.append((language.name, protocol, hidden_size))
        resume.mkdir(parents=True)
        progress(1, 1)
        can = protocol == "m" and (getattr(cell, "__name__", "") == "GRU" or hidden_size >= 12)
        return runs(num_seeds if can else 0, num_seeds).assign(loss=("epoch", np.zeros(10_000)))


def test_the_parts_are_those_that_were_asked_for():
    cells = [part for part in ALL if part.question == "cells"]
    assert [part.protocol_name for part in cells] == ["published", "modern"]
    assert [part.coordinate for part in ALL if part.question == "lags"] == list(LAGS)
    assert [part.configurations[0].hidden_size for part in ALL if part.question == "sizes"] == list(SIZES)
    names = [part.file_name(one) for part in ALL for one in part.configurations]
    same = {(part.language.name, part.protocol_name, one.name, one.hidden_size) for part in ALL for one in part.configurations}
    assert len(set(names)) == len(same)


def test_parameters_are_matched():
    for one in CELLS:
        cell = one.cell(7, one.hidden_size, key=KEY)
        network = Network(cell, Readout(np.zeros((7, one.hidden_size)), np.zeros(7)))
        assert 570 <= num_parameters(network) <= 605


def test_a_study_killed_and_resumed_trains_nothing_twice(tmp_path):
    chosen = ALL[:3]
    with pytest.raises(KeyboardInterrupt):
        run_study(chosen, tmp_path, train=Trainer(fails_at=7), key=KEY, num_seeds=4)
    second = Trainer()
    study = run_study(chosen, tmp_path, train=second, key=KEY, num_seeds=4)
    assert len(second.calls) == 18 - 7
    whole = run_study(chosen, tmp_path / "other", train=Trainer(), key=KEY, num_seeds=4)
    assert [e for _, e in study.evidence] == [e for _, e in whole.evidence]
    assert not list((tmp_path / "unfinished").iterdir())
    assert all(path.stat().st_size < 40_000 for path in tmp_path.glob("*.nc"))
    with pytest.raises(SettingError, match=r"expected 5 runs in .*, got 4; choose another folder"):
        run_study(chosen, tmp_path, train=second, key=KEY, num_seeds=5)


def test_without_time_nothing_new_begins(tmp_path):
    trainer = Trainer()
    study = run_study(ALL[:2], tmp_path, train=trainer, key=KEY, num_seeds=4, seconds=-1)
    assert (study.evidence, study.num_left, trainer.calls) == ((), 12, [])
    assert "12 configurations are not measured yet" in study_page(study)


def test_rates_sizes_and_page(tmp_path):
    study = run_study(ALL, tmp_path, train=Trainer(), key=KEY, num_seeds=8)
    table = rates(study, "cells")
    assert table.success_rate.sel(cell="GRU").values.tolist() == [0, 1]
    assert (table.success_low <= table.success_rate).all()
    assert rates(study, "lags").setting.values.tolist() == ["5", "10", "20", "50"]
    least = smallest_sizes(study)
    assert (least["GRU"], least["LSTM"]) == ("2", "12")
    partial = smallest_sizes(type(study)(study.evidence[:-2], 2))
    assert partial["LSTM"] == "12"
    none = [(part, e) for part, e in study.evidence if part.question != "sizes" or (e.num_solved == 0 and e.cell == "LSTM")]
    assert smallest_sizes(type(study)(tuple(none), 0))["LSTM"] == "?"
    page = study_page(study)
    assert page.count("<img") == 3
    assert "smallest size that solves" in page


def test_the_figure_shows_every_rate_that_was_measured():
    values = {"success_rate": 0.5, "success_low": 0.2, "success_high": 0.9}
    table = {name: (("cell", "setting"), [[value, np.nan], [value, value]]) for name, value in values.items()}
    ds = xr.Dataset(table, {"cell": ["a", "b"], "setting": [1, 2]})
    axes = success_rates(ds, title="t", xlabel="x").axes[0]
    assert axes.get_legend_handles_labels()[1] == ["a", "b"]
    with pytest.raises(SettingError, match="expected the variable `success_rate"):
        success_rates(xr.Dataset(), title="", xlabel="")
