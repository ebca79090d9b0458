"""The study's run within a budget, killed and resumed; trainings are made up."""

import pytest

from firstbit import training
from firstbit.errors import OutputError
from firstbit.studies.vanilla_or_gru import baselines
from firstbit.studies.vanilla_or_gru.baselines import run_guessing
from firstbit.studies.vanilla_or_gru.measured import measured
from firstbit.studies.vanilla_or_gru.parts import CELLS, LAGS, Settings, parts
from firstbit.studies.vanilla_or_gru.trained import run_parts
from made_runs import Guesser, Trainer

FOUR = Settings(0, num_seeds=4)
ALL = parts(FOUR)


@pytest.fixture
def trainer(monkeypatch):
    """Make a `Trainer` and let it train."""

    def begin(**settings):
        found = Trainer(**settings)
        monkeypatch.setattr(training, "train", found)
        return found

    return begin


@pytest.mark.slow
def test_every_cell_has_the_same_limits_on_a_task_and_the_words_of_its_rule(
    trainer, tmp_path
):
    calls = trainer().calls
    run_parts(FOUR, ALL, tmp_path)
    assert all(call["checks"].stop for call in calls)
    needs_list = [call for call in calls if call["rule"].needs_list]
    assert len(needs_list) == 9  # six cells, and three changes for Vanilla
    assert all(call["own_lists"] for call in needs_list)
    by_language = {}
    for call in calls:
        limits = call["criterion"].num_words, call["max_length"]
        by_language.setdefault(call["language"], set()).add(limits)
    assert all(len(found) == 1 for found in by_language.values())


@pytest.mark.slow
def test_a_study_killed_and_resumed_trains_nothing_twice(trainer, tmp_path):
    chosen = [*ALL[:2], *[part for part in ALL if part.question == "lags"][:1]]
    trainer(fails_at=7)
    with pytest.raises(KeyboardInterrupt):
        run_parts(FOUR, chosen, tmp_path / "runs")
    second = trainer()
    study = measured(FOUR, chosen, run_parts(FOUR, chosen, tmp_path / "runs"))
    assert len(second.calls) == 18 - 7
    whole = measured(FOUR, chosen, run_parts(FOUR, chosen, tmp_path / "other"))
    assert [row.evidence for row in study.rows] == [row.evidence for row in whole.rows]
    assert not list((tmp_path / "runs" / "unfinished").iterdir())


def test_runs_of_another_study_are_refused(trainer, tmp_path):
    trainer()
    run_parts(FOUR, ALL[:1], tmp_path)
    with pytest.raises(
        OutputError,
        match=r"expected settings = .*'num_seeds': 5.*, got .*'num_seeds': 4",
    ):
        run_parts(Settings(0, num_seeds=5), ALL[:1], tmp_path)


def test_a_damaged_file_is_refused(trainer, tmp_path):
    trainer()
    run_parts(FOUR, ALL[:1], tmp_path)
    next(tmp_path.glob("*.nc")).write_bytes(b"no netCDF")
    with pytest.raises(
        OutputError, match=r"expected the runs of a configuration, got .*; remove it"
    ):
        run_parts(FOUR, ALL[:1], tmp_path)


def test_without_time_nothing_new_begins(trainer, tmp_path):
    calls = trainer().calls
    runs = run_parts(FOUR, ALL[:2], tmp_path, seconds=-1.0)
    study = measured(FOUR, ALL[:2], runs)
    assert (study.rows, study.num_left, calls) == ((), 12, [])


def test_guessing_killed_and_resumed_draws_nothing_twice(tmp_path, monkeypatch):
    first, second = Guesser(fails_at=7), Guesser()
    monkeypatch.setattr(baselines, "guess", first)
    with pytest.raises(KeyboardInterrupt):
        run_guessing(FOUR, tmp_path)
    monkeypatch.setattr(baselines, "guess", second)
    guesses = run_guessing(FOUR, tmp_path)
    asked = [*first.calls, *second.calls]
    assert len(asked) == len(set(asked)) == len(guesses) == 30
    titles = {one.title for one in CELLS}
    for language in ("embedded-reber", *(f"first-bit-random:{lag}" for lag in LAGS)):
        assert {title for title, name, _ in asked if name == language} == titles
    assert {name for _, name, limit in asked if limit} == {"embedded-reber"}
    assert run_guessing(FOUR, tmp_path) == guesses


@pytest.mark.slow
def test_a_guess_of_the_study_is_the_same_from_its_file(tmp_path, monkeypatch):
    monkeypatch.setattr(baselines, "NUM_GUESSES", 64)
    (few,) = [
        one
        for one in baselines.baselines(FOUR)
        if one.name == "guessing_first-bit-random-5_Vanilla-tanh-N-0-1-k_18"
    ]
    monkeypatch.setattr(baselines, "baselines", lambda _: [few])
    once = run_guessing(FOUR, tmp_path / "a")
    again = run_guessing(FOUR, tmp_path / "a")
    other = run_guessing(FOUR, tmp_path / "b")
    assert once == again == other
    (found,) = once.values()
    assert (found.num_draws, found.network) == (64, None)
    # At these few draws none may solve, and then another seed gives the same.
    if found.first is not None:
        assert found.first <= 64
        assert run_guessing(Settings(1, num_seeds=4), tmp_path / "c") != once
