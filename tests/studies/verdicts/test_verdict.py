"""`firstbit.verdict`, from cells to files, with trainings that are made up."""

import json

import jax
import numpy as np
import pytest
import xarray as xr

from firstbit import training, verdict
from firstbit.cells import GRU
from firstbit.cells.given import Given
from firstbit.datasets import Result
from firstbit.errors import CellError, OutputError, SettingError
from firstbit.languages import Language, embedded_reber, reber
from firstbit.studies import Standard
from firstbit.training import Modern, Published
from made_runs import runs

SOLVED = {
    "GRU(use_bias=True):10": 4,
    "Vanilla(activation=tanh, use_bias=True):18": 1,
}
"""Architecture -> seeds that solve; of others none does."""

FEW = Standard(num_guesses=8)


class Asked(dict):
    """Title of a cell -> what training was asked for; it gives runs by a table."""

    def __init__(self, solved):
        self.solved = solved

    def __call__(self, cell, language, *, num_seeds, execution, **settings):
        given = Given.of(cell)
        self[given.title] = {"num_seeds": num_seeds, "execution": execution, **settings}
        execution.progress(1, 1)
        num_solved = self.solved.get(given.architecture, 0)
        return runs(min(num_solved, num_seeds), num_seeds)


@pytest.fixture
def asked(monkeypatch):
    found = Asked(SOLVED)
    monkeypatch.setattr(training, "train", found)
    return found


def verdicts_on(cells, language=None, **settings):
    given = {"rule": Published(0.001, max_epochs=7), "num_seeds": 4, "standard": FEW}
    key = jax.random.key(3)
    return verdict(language or embedded_reber(), cells, key=key, **(given | settings))


@pytest.fixture(scope="module")
def four():
    cells = [
        "gru:10",
        "vanilla:18",
        "vanilla:18,activation=tanh,initializer=orthogonal",
        "vanilla:4",
    ]
    with pytest.MonkeyPatch.context() as patch:
        asked = Asked(SOLVED)
        patch.setattr(training, "train", asked)
        return cells, asked, verdicts_on(cells)


@pytest.mark.slow
def test_every_verdict_with_its_witness(four):
    cells, _, found = four
    rows = found.as_json()["rows"]
    assert [row["cell"] for row in rows] == cells
    expected = ["solves", "trainability", "trainability", "intrinsic"]
    assert [row["verdict"] for row in rows] == expected
    assert [row["rate"] for row in rows] == [1, 0, 0.25, 0]
    kinds = [row["witness"] and row["witness"]["kind"] for row in rows]
    assert kinds == [None, "by hand", "training", None]
    assert "5 of the 18 units run it" in rows[1]["reason"]
    assert "it needs 5 units" in rows[3]["reason"]
    assert all(row["interval"][0] <= row["rate"] <= row["interval"][1] for row in rows)


@pytest.mark.slow
def test_every_cell_is_trained_alike(four):
    cells, asked, found = four
    assert list(asked) == cells
    for call in asked.values():
        assert call["rule"] is found.rule
        assert call["key"] is asked["gru:10"]["key"]
        assert call["checks"].stop
        assert call["num_seeds"] == 4
    assert found.cells[2].initializer is not None
    assert found.cells[0].initializer is None


def test_the_settings_of_the_call(four):
    _, _, found = four
    assert found.settings == {
        "language": "embedded-reber",
        "rule": "published",
        "learning_rate": 0.001,
        "num_seeds": 4,
        "max_epochs": 7,
        "solve_rate": 0.5,
        "confidence": 0.95,
        "num_guesses": 8,
        "key": [0, 3],
    }


@pytest.mark.slow
def test_the_result_as_a_dataset_and_a_table(four):
    cells, _, found = four
    ds = found.to_dataset()
    assert isinstance(ds, Result)
    assert ds.cell.values.tolist() == cells
    assert ds.cell_name.values.tolist() == ["gru", "vanilla", "vanilla", "vanilla"]
    assert ds.hidden_size.values.tolist() == [10, 18, 18, 4]
    assert ds.initializer.values.tolist() == [
        "normal",
        "normal",
        "orthogonal",
        "normal",
    ]
    assert ds.success_rate_ci.attrs["ci_prob"] == 0.95
    assert all({"long_name", "units"} <= set(ds[name].attrs) for name in ds.data_vars)
    table = found.to_dataframe()
    assert table.index.tolist() == cells
    assert table.loc["gru:10", "success_rate"] == 1
    low, high = found.verdicts[0].evidence.interval
    assert table.loc[
        "gru:10", ["success_rate_lower", "success_rate_upper"]
    ].tolist() == [
        low,
        high,
    ]
    assert table["verdict"].tolist()[0] == "solves"


@pytest.mark.slow
def test_saved_is_whole(four, tmp_path):
    _, _, found = four
    found.save(tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"data", "report.html", "verdict.json"}
    assert json.loads((tmp_path / "out" / "verdict.json").read_text()) == json.loads(
        json.dumps(found.as_json())
    )
    page = (tmp_path / "out" / "report.html").read_text()
    assert page.count("<figure") == 4  # every run of each configuration
    for text in ("Witnesses at work", "lowest legal output", "The rules"):
        assert text in page
    assert "http" not in page
    with xr.open_dataset(tmp_path / "out" / "data" / "vanilla-18.nc") as saved:
        assert np.array_equal(saved["solved"], np.zeros(4, bool))


def test_a_foreign_folder_stays(four, tmp_path):
    (tmp_path / "thesis.txt").write_text("")
    with pytest.raises(OutputError, match=r"which has files but no verdict\.json"):
        four[2].save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_the_first_runs_that_solve_are_the_witness(asked):
    cells = ["vanilla:18,activation=tanh"]
    cells.append(f"{cells[0]},initializer=identity")
    strict = Standard(solve_rate=0.9, num_guesses=0)
    found = verdicts_on(cells, standard=strict)
    for one in found.verdicts:
        assert "1 of 4 seeds of this configuration" in one.reason


def test_trainings_are_kept_by_the_name_of_the_cell(asked, tmp_path):
    verdicts_on(["vanilla:4"], standard=Standard(num_guesses=0), resume=tmp_path)
    assert asked["vanilla:4"]["execution"].resume == tmp_path / "vanilla-4"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "num_solved", "num_guesses", "witness"),
    [
        ("gru:6", 0, 8, "guessing"),
        ("vanilla:6", 0, 8, "by hand"),
        ("vanilla:6", 1, 8, "training"),
        ("gru:6", 4, 8, None),
        ("gru:6", 0, 0, None),
    ],
)
def test_every_configuration_is_guessed_whatever_its_witness(
    cell, num_solved, num_guesses, witness, monkeypatch
):
    monkeypatch.setattr(training, "train", lambda *_, **__: runs(num_solved, 4))
    found = verdicts_on(
        [cell],
        Language.from_regex("a(b|c)d"),
        rule=Modern(),
        standard=Standard(num_guesses=num_guesses),
    )
    row, page = found.verdicts[0].as_row(), found.page()
    assert (row["witness"] and row["witness"]["kind"]) == witness
    names = [text.split()[0] for text in row["inapplicable"]]
    assert names == ["rank", "contraction", "theorem"]
    assert page.count("does not apply: ") >= 3
    guessing = found.verdicts[0].guessing
    assert ("random draws that solve" in page) == bool(num_guesses)
    assert ("guessed_share" in found.to_dataset()) == bool(num_guesses)
    assert (guessing is None) == (not num_guesses)
    if guessing is not None:
        assert (row["guessing"]["num_draws"], row["guessing"]["first"]) == (8, 1)
        assert guessing.counted in page


@pytest.mark.slow
def test_progress_names_the_cell(asked):
    seen = []
    verdicts_on(["gru:3"], reber(), progress=lambda *report: seen.append(report))
    assert seen[0] == ("training gru:3", 1, 1)
    assert seen[-1] == ("guessing gru:3", 8, 8)


@pytest.mark.parametrize(
    ("cells", "settings", "error", "text"),
    [
        ([], {}, SettingError, "expected one or more different configurations"),
        (["gru:10", "gru:10"], {}, SettingError, "different names, got gru:10, gru:10"),
        ([GRU], {}, CellError, "expected a `hidden_size` for GRU, got none"),
        (["gru:3,5"], {}, CellError, "expected one hidden size for GRU"),
        (["gru:3"], {"num_seeds": 0}, SettingError, "`num_seeds` must be at least 1"),
    ],
)
def test_refusals_come_before_any_training(cells, settings, error, text, asked):
    with pytest.raises(error, match=text):
        verdicts_on(cells, reber(), **settings)
    assert not asked
