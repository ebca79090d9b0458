"""`firstbit.study`, from settings to files; trainings and guesses are made up."""

import json
from importlib import import_module

import pytest

from firstbit import study, training
from firstbit.datasets import Result
from firstbit.errors import SettingError
from firstbit.studies.vanilla_or_gru import baselines
from firstbit.studies.vanilla_or_gru.parts import PUBLISHED_CELL
from firstbit.studies.vanilla_or_gru.record import read_study
from made_runs import Guesser, Trainer


@pytest.fixture(scope="module")
def whole():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "train", Trainer())
        patch.setattr(baselines, "guess", Guesser())
        return study(seed=0, num_seeds=12)


@pytest.fixture(scope="module")
def document(whole):
    """The study as JSON."""
    return whole.as_json()


@pytest.mark.slow
def test_saved_is_whole(whole, document, tmp_path, monkeypatch):
    module = import_module("firstbit.studies.vanilla_or_gru.study")
    monkeypatch.setattr(module, "study_page", lambda _: "the page")  # see test_page.py
    whole.save(tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"report.html", "study.json", "study.nc"}
    assert (tmp_path / "out" / "report.html").read_text() == "the page"
    found = json.loads((tmp_path / "out" / "study.json").read_text())
    assert found == json.loads(json.dumps(document))
    again = read_study(tmp_path / "out" / "study.nc")
    assert (len(again.rows), len(again.guesses)) == (72, 30)


@pytest.mark.slow
def test_the_json_has_a_row_for_each_configuration(document):
    found = document
    assert (len(found["rows"]), found["num_left"]) == (72, 0)
    rule = found["rules"]["modern on embedded-reber"]
    assert rule["max_symbols"] == found["settings"]["embedded_symbols"]
    first = found["rows"][0]
    assert first["cell"] == PUBLISHED_CELL.title
    assert (first["question"], first["verdict"]) == ("cells", "trainability")
    assert "verdict" not in found["rows"][-1]
    assert found["answer"].startswith("Not intrinsic")


@pytest.mark.slow
def test_the_json_has_the_guesses(document):
    found = document["guessing"]
    assert len(found) == 30
    by_place = {(row["cell"], row["language"]): row for row in found}
    gru = by_place["GRU", "first-bit-random:5"]
    assert (gru["num_draws"], gru["solved"], gru["first"]) == (1000, 10, 100)


@pytest.mark.slow
def test_the_result_as_a_dataset_and_a_table(whole):
    ds = whole.to_dataset()
    assert isinstance(ds, Result)
    assert ds.sizes["configuration"] == 72
    assert all({"long_name", "units"} <= set(ds[name].attrs) for name in ds.data_vars)
    table = whole.to_dataframe()
    first = table.iloc[0]
    assert (first["cell"], first["hidden_size"]) == (PUBLISHED_CELL.title, 18)
    assert (first["success_rate"], first["verdict"]) == (0, "trainability")
    assert whole.runs().sizes == {
        "configuration": 65,
        "seed": 12,
        "lag": 3,
        "twin_lag": 3,
        "longer": 3,
        "baseline": 30,
        "draw": 1000,
    }


@pytest.mark.slow
def test_some_questions_with_another_budget(monkeypatch):
    monkeypatch.setattr(training, "train", Trainer())
    found = study(seed=0, num_seeds=2, questions=["lags"], symbols=99).as_json()
    assert {row["question"] for row in found["rows"]} == {"lags"}
    assert found["settings"]["first_bit_symbols"] == 99
    assert found["guessing"] == []


@pytest.mark.slow
def test_an_interrupted_call_goes_on(monkeypatch, tmp_path):
    asked = {"seed": 0, "num_seeds": 8, "questions": ["cells"]}
    monkeypatch.setattr(training, "train", Trainer(fails_at=5))
    with pytest.raises(KeyboardInterrupt):
        study(**asked, resume=tmp_path)
    second = Trainer()
    monkeypatch.setattr(training, "train", second)
    assert study(**asked, resume=tmp_path, seconds=0.0).num_left == 7
    assert study(**asked, resume=tmp_path).num_left == 0
    assert len(second.calls) == 12 - 5


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"num_seeds": 0}, "`num_seeds` must be at least 1; got 0"),
        ({"symbols": 0}, "`symbols` must be at least 1; got 0"),
        ({"seconds": float("nan")}, "expected `seconds` of at least 0, got nan"),
    ],
)
def test_bad_input_is_refused(given, text):
    with pytest.raises(SettingError, match=text):
        study(seed=0, **given)
