"""The parts of the study are data."""

import jax
import numpy as np
import pytest

from firstbit.cells import Network, Readout, num_parameters
from firstbit.errors import SettingError
from firstbit.studies.vanilla_or_gru.parts import (
    CELLS,
    LAGS,
    SIZES,
    Settings,
    parts,
)

ALL = parts(Settings(seed=0))


def on(question):
    return [part for part in ALL if part.question == question]


def test_the_parts_are_those_that_were_asked_for():
    assert [part.setting for part in on("cells")] == ["published", "modern"]
    assert [part.coordinate for part in on("lags")] == list(LAGS)
    sizes = [part.configurations[0].hidden_size for part in on("sizes")]
    assert sizes == list(SIZES)


def test_five_cells_answer_two_questions():
    names, same = [], set()
    for part in ALL:
        for one in part.configurations:
            names.append(part.run_name(one))
            place = part.language.name, part.rule.name, one.title, one.hidden_size
            same.add(place)
    assert (len(names), len(set(names)), len(same)) == (84, 79, 79)


def test_names_of_runs_are_those_of_the_record():
    part = ALL[0]
    assert part.run_name(CELLS[0]) == (
        "embedded-reber_published_Vanilla-logistic-as-published_18"
    )
    assert part.run_name(CELLS[3]) == (
        "embedded-reber_published_Vanilla-tanh-N-0-1-k_18"
    )


def test_the_published_rule_reads_one_list():
    published, modern = on("cells")
    assert published.words is not None
    assert len(published.words) == 256
    assert modern.words is None


@pytest.mark.slow
def test_parameters_are_matched():
    for one in CELLS:
        cell = one.make(7, one.hidden_size, jax.random.key(0))
        readout = Readout(np.zeros((7, one.hidden_size)), np.zeros(7))
        assert 570 <= num_parameters(Network(cell, readout)) <= 605


def test_cells_start_as_they_say():
    laws = [one.initializer for one in CELLS]
    assert laws == [None, "orthogonal", "identity", "fan-in-normal", None, None]
    made = CELLS[1].make(7, 18, jax.random.key(0))
    assert made.b_h is not None


def test_settings_out_of_range_are_refused():
    with pytest.raises(SettingError, match="`num_seeds` must be at least 1; got 0"):
        Settings(0, num_seeds=0)
    with pytest.raises(SettingError, match="`seed` must be at least 0; got -1"):
        Settings(-1)
    with pytest.raises(SettingError, match="`symbols` must be at least 1; got 0"):
        Settings(0).with_symbols(0)
