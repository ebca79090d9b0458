"""The study's parts as data, its run within a budget, its record, its answer and its page; trainings are made up."""

import json
from dataclasses import replace

import jax
import numpy as np
import pytest

from firstbit import training
from firstbit.cells import Network, Readout, num_parameters
from firstbit.cli import main
from firstbit.errors import OutputError
from firstbit.studies.vanilla_or_gru import baselines as study_guessing
from firstbit.studies.vanilla_or_gru.answer import NOT_MEASURED, answer
from firstbit.studies.vanilla_or_gru.baselines import run_guessing
from firstbit.studies.vanilla_or_gru.page import sections, study_page
from firstbit.studies.vanilla_or_gru.record import read_study, write_study
from firstbit.studies.vanilla_or_gru.study import (
    CELLS,
    LAGS,
    PUBLISHED_VANILLA,
    SIZES,
    Settings,
    Study,
    parts,
    run_study,
)
from firstbit.studies.vanilla_or_gru.tables import (
    evidence_rows,
    guess_reading,
    guess_rows,
    judged_study,
    rates,
    smallest_sizes,
)
from firstbit.studies.verdicts.guessing import Guessing
from made_runs import runs

KEY = jax.random.key(0)
FOUR, EIGHT = Settings(num_seeds=4), Settings(num_seeds=8)
ALL = parts(FOUR)


class Trainer:
    """Solves under the modern rule with GRUs, and with anything else from 12 units on; counts its calls."""

    def __init__(self, fails_at=None, solved=0):
        self.calls, self.fails_at, self.solved = [], fails_at, solved

    def __call__(
        self, cell, language, *, rule, num_seeds, hidden_size, resume, **settings
    ):
        if len(self.calls) == self.fails_at:
            raise KeyboardInterrupt
        self.calls.append(
            {
                "language": language.name,
                "rule": rule,
                "hidden_size": hidden_size,
                **settings,
            }
        )
        resume.mkdir(parents=True)
        can = rule.name == "modern" and (
            getattr(cell, "__name__", "") == "GRU" or hidden_size >= 12
        )
        return (
            runs(num_seeds if can else self.solved, num_seeds)
            .drop_dims("epoch")
            .assign(loss=("epoch", np.zeros(10_000)))
        )


class Guesser:
    """Every hundredth draw solves with GRUs where the bit is near; counts its calls, and may be killed at one."""

    def __init__(self, fails_at=None):
        self.calls, self.fails_at = [], fails_at

    def __call__(self, cell, language, *, hidden_size, num_draws, **settings):
        if len(self.calls) == self.fails_at:
            raise KeyboardInterrupt
        self.calls.append(
            (
                cell,
                language.name,
                hidden_size,
                settings["initializer"],
                settings["max_length"],
            )
        )
        can = (
            getattr(cell, "__name__", "") == "GRU"
            and language.name == "first-bit-random:5"
        )
        return Guessing(
            num_draws, tuple(range(99, num_draws, 100)) if can else (), None, "tested"
        )


def the_answer(folder, **trainer):
    study = run_study(EIGHT, parts(EIGHT), folder, train=Trainer(**trainer))
    return answer(study, judged_study(study))


def test_the_parts_are_those_that_were_asked_for():
    cells = [part for part in ALL if part.question == "cells"]
    assert [part.setting for part in cells] == ["published", "modern"]
    assert [part.coordinate for part in ALL if part.question == "lags"] == list(LAGS)
    assert [
        part.configurations[0].hidden_size for part in ALL if part.question == "sizes"
    ] == list(SIZES)
    names = [part.run_name(one) for part in ALL for one in part.configurations]
    same = {
        (part.language.name, part.rule.name, one.name, one.hidden_size)
        for part in ALL
        for one in part.configurations
    }
    assert (len(names), len(set(names)), len(same)) == (
        84,
        79,
        79,
    )  # five cells answer two questions


def test_every_cell_has_the_same_budget_words_and_limits_on_a_task_by_a_rule(tmp_path):
    trainer = Trainer()
    run_study(FOUR, ALL, tmp_path, train=trainer)
    for language, rule in {
        (call["language"], call["rule"].name) for call in trainer.calls
    }:
        calls = [
            call
            for call in trainer.calls
            if (call["language"], call["rule"].name) == (language, rule)
        ]
        assert len({call["rule"].max_symbols for call in calls}) == 1
        assert len({call["max_length"] for call in calls}) == 1
        assert (
            len({call["words"] for call in calls if call["rule"].name == "published"})
            <= 1
        )
    assert all(call["stop_when_solved"] for call in trainer.calls)
    published = [call for call in trainer.calls if call["rule"].name == "published"]
    assert len(published) == 6
    assert {len(call["words"]) for call in published} == {256}
    assert {
        call["words"] for call in trainer.calls if call["rule"].name == "modern"
    } == {None}


def test_parameters_are_matched():
    for one in CELLS:
        cell = one.cell(7, one.hidden_size, key=KEY)
        network = Network(cell, Readout(np.zeros((7, one.hidden_size)), np.zeros(7)))
        assert 570 <= num_parameters(network) <= 605


def test_a_study_killed_and_resumed_trains_nothing_twice(tmp_path):
    chosen = ALL[:3]
    with pytest.raises(KeyboardInterrupt):
        run_study(FOUR, chosen, tmp_path / "runs", train=Trainer(fails_at=7))
    second = Trainer()
    study = run_study(FOUR, chosen, tmp_path / "runs", train=second)
    assert len(second.calls) == 18 - 7
    whole = run_study(FOUR, chosen, tmp_path / "other", train=Trainer())
    assert study.evidence == whole.evidence
    assert not list((tmp_path / "runs" / "unfinished").iterdir())
    with pytest.raises(
        OutputError,
        match=r"expected settings = .*'num_seeds': 5.*, got .*'num_seeds': 4",
    ):
        run_study(Settings(num_seeds=5), chosen, tmp_path / "runs", train=second)
    next((tmp_path / "runs").glob("*.nc")).write_bytes(b"no netCDF")
    with pytest.raises(
        OutputError, match=r"expected the runs of a configuration, got .*; remove it"
    ):
        run_study(FOUR, chosen, tmp_path / "runs", train=second)


def test_without_time_nothing_new_begins(tmp_path):
    trainer = Trainer()
    study = run_study(FOUR, ALL[:2], tmp_path, train=trainer, seconds=-1)
    assert (study.evidence, study.num_left, trainer.calls) == ((), 12, [])
    assert "12 configurations are not measured yet" in study_page(study)
    assert answer(study, []) == NOT_MEASURED


def test_the_record_holds_every_run_and_is_small(tmp_path):
    study = run_study(EIGHT, parts(EIGHT), tmp_path / "runs", train=Trainer())
    write_study(study, tmp_path / "study.nc")
    again = read_study(tmp_path / "study.nc")
    assert again.evidence == study.evidence
    assert (again.settings, again.num_left) == (EIGHT, 0)
    assert (tmp_path / "study.nc").stat().st_size < 200_000
    partly = run_study(EIGHT, parts(EIGHT)[2:4], tmp_path / "partly", train=Trainer())
    write_study(partly, tmp_path / "partly.nc")
    assert read_study(tmp_path / "partly.nc").evidence == partly.evidence
    runs(2, 2).to_netcdf(tmp_path / "other.nc")
    with pytest.raises(OutputError, match="expected a study's runs, got"):
        read_study(tmp_path / "other.nc")


def test_guessing_killed_and_resumed_draws_nothing_twice(tmp_path, monkeypatch):
    first, second = Guesser(fails_at=7), Guesser()
    monkeypatch.setattr(study_guessing, "guess", first)
    with pytest.raises(KeyboardInterrupt):
        run_guessing(FOUR, tmp_path)
    monkeypatch.setattr(study_guessing, "guess", second)
    guesses = run_guessing(FOUR, tmp_path)
    asked = [*first.calls, *second.calls]
    assert len(asked) == len(set(asked)) == len(guesses) == 30
    wanted = {(one.cell, one.hidden_size, one.initializer or "normal") for one in CELLS}
    for language in ("embedded-reber", *(f"first-bit-random:{lag}" for lag in LAGS)):
        assert {
            (cell, size, law) for cell, name, size, law, _ in asked if name == language
        } == wanted
    assert {name for _, name, _, _, limit in asked if limit} == {"embedded-reber"}
    assert run_guessing(FOUR, tmp_path) == guesses


def test_a_guess_of_the_study_is_the_same_from_its_file(tmp_path, monkeypatch):
    monkeypatch.setattr(study_guessing, "NUM_GUESSES", 64)
    few = [
        one
        for one in study_guessing.baselines(FOUR)
        if one.language.name == "first-bit-random:5"
    ][3:4]
    monkeypatch.setattr(study_guessing, "baselines", lambda _: few)
    once, again, other = (
        run_guessing(FOUR, tmp_path / name) for name in ("a", "a", "b")
    )
    (found,) = once.values()
    assert once == again == other
    assert (found.num_draws, found.network) == (64, None)
    assert found.first <= 64
    assert run_guessing(replace(FOUR, seed=1), tmp_path / "c") != once


def test_the_record_holds_the_guesses(tmp_path, monkeypatch):
    monkeypatch.setattr(study_guessing, "guess", Guesser())
    guesses = run_guessing(FOUR, tmp_path / "runs")
    trained = run_study(FOUR, ALL[:1], tmp_path / "runs", train=Trainer())
    for study in (
        replace(trained, guesses=guesses),
        trained,
        Study(FOUR, (), {}, 0, guesses),
    ):
        write_study(study, tmp_path / "study.nc")
        again = read_study(tmp_path / "study.nc")
        assert (again.guesses, again.evidence) == (study.guesses, study.evidence)
    assert "What guessing achieves" in study_page(again)
    columns, rows = guess_rows(again)
    assert columns == [
        "cell",
        "embedded-reber",
        *(f"first-bit-random:{lag}" for lag in LAGS),
    ]
    gru = next(row for row in rows if row[0] == "GRU")
    assert gru[1:3] == [
        "0 of 1,000 [0.000, 0.004]",
        "10 of 1,000 [0.005, 0.018], the first is draw 100",
    ]
    told = guess_reading(again)
    assert told.startswith(
        "Random draws solve first-bit-random:5 (most often GRU, 10 of 1,000 "
    )
    assert (
        "and none solves embedded-reber, first-bit-random:10, "
        "first-bit-random:20, first-bit-random:50: " in told
    )
    assert "below 0.38 %" in told
    nowhere = {name: Guessing(9, (), None, "") for name in guesses}
    assert guess_reading(replace(again, guesses=nowhere)).startswith(
        "Random draws solve no task: the share of each cell"
    )


def test_a_guess_may_be_the_witness(tmp_path):
    study = run_study(EIGHT, parts(EIGHT)[:1], tmp_path, train=Trainer())
    guesses = {"guessing_embedded-reber_LSTM_8": Guessing(1000, (4,), None, "tested")}
    found = {
        j.verdict.evidence.cell: j.verdict
        for j in judged_study(replace(study, guesses=guesses))
    }
    assert found["LSTM"].witness.kind == "guessing"
    assert (
        "weights normal and a fitted read-out: 1 of 1000 draws solve, the first "
        "is number 5" in found["LSTM"].reason
    )
    assert found[PUBLISHED_VANILLA].witness.kind == "by hand"


def test_rates_sizes_and_page(tmp_path):
    study = run_study(EIGHT, parts(EIGHT), tmp_path, train=Trainer())
    table = rates(study, "cells")
    assert table.success_rate.sel(cell="GRU").values.tolist() == [0, 1]
    assert (table.success_low <= table.success_rate).all()
    assert rates(study, "lags").setting.values.tolist() == ["5", "10", "20", "50"]
    least = smallest_sizes(study)
    assert (least["GRU"], least["LSTM"]) == ("2", "12")
    some = [
        (part, e)
        for part, e in study.evidence
        if part.question != "sizes" or (e.num_solved == 0 and e.cell == "LSTM")
    ]
    assert smallest_sizes(Study(EIGHT, tuple(some), {}, 0))["LSTM"] == "?"
    page = study_page(study)
    assert page.count("<img") == 3
    assert [section.title for section in sections(study)][-2:] == [
        "The verdicts",
        "Settings and budgets",
    ]
    columns, rows = evidence_rows(study, "cells")
    gru = dict(
        zip(
            columns,
            next(row for row in rows if row[:2] == ["GRU", "modern"]),
            strict=True,
        )
    )
    assert gru["solve"] == "8 of 8"
    assert gru["95 % interval"] == "[0.68, 1.00]"
    assert gru["symbols to success, median"] == "1,350"
    assert gru["floor at the end: runs"] == "full: 8"
    assert (
        next(row for row in rows if row[:2] == ["GRU", "published"])[6]
        == "> half censored"
    )
    assert {row[5] for row in evidence_rows(study, "lags")[1]} == {"none exist"}


def test_verdicts_of_the_first_question(tmp_path):
    study = run_study(EIGHT, parts(EIGHT), tmp_path, train=Trainer())
    found = {
        (j.verdict.evidence.cell, j.part.setting): j.verdict
        for j in judged_study(study)
    }
    assert len(found) == 12
    published = found[PUBLISHED_VANILLA, "published"]
    assert published.verdict == "trainability"
    assert published.witness.kind == "training"
    assert "rule modern" in published.reason
    assert found[PUBLISHED_VANILLA, "modern"].verdict == "solves"
    assert (
        found["LSTM", "published"].verdict == "undecided"
    )  # eight units solve under neither rule, and none is built by hand
    assert found["Vanilla tanh, identity", "published"].witness.kind == "training"


def test_the_answer_follows_from_the_runs(tmp_path):
    text = the_answer(tmp_path / "a")
    assert text.startswith(
        "It is training: Vanilla as published does not solve embedded Reber (0 of "
        "8 runs solve, "
    )
    assert "8 of 8 seeds of Vanilla logistic, as published, rule modern solve" in text
    assert (
        "Another such net was built by hand from the automaton: 5 of the 18 units"
        in text
    )
    assert "0 of 3 Vanilla cells with tanh solve" in text
    assert "LSTM: none" in text
    assert "GRU: 50" in text
    assert "GRU: 2; LSTM: 12" in text
    assert "below 5 units no cell" in text
    assert (
        "24 of the runs of such sizes by the modern rule solve" in text
    )  # eight of GRUs of two, three and four units each
    solved = the_answer(tmp_path / "b", solved=8)
    assert solved.startswith(
        "There is no failure to explain: Vanilla as published solves embedded "
        "Reber (8 of 8 runs solve, "
    )
    assert "the gated cells solve: GRU in 8 of 8" in solved
    assert "0 of 3" not in solved


def test_the_program_end_to_end(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(training, "train", Trainer())
    monkeypatch.setattr(study_guessing, "guess", Guesser())
    out = tmp_path / "out"
    assert main(["study", "--out", str(out), "--seeds", "8"]) == 0
    assert {path.name for path in out.iterdir()} == {
        "report.html",
        "study.json",
        "study.nc",
    }
    printed = capsys.readouterr().out
    assert "It is training" in printed
    told = json.loads((out / "study.json").read_text())
    assert len(told["rows"]) == 84
    assert told["num_left"] == 0
    assert (
        told["rules"]["modern on embedded-reber"]["max_symbols"]
        == told["settings"]["embedded_symbols"]
    )
    first = told["rows"][0]
    assert (first["cell"], first["question"], first["verdict"]) == (
        PUBLISHED_VANILLA,
        "cells",
        "trainability",
    )
    assert len(read_study(out / "study.nc").evidence) == 84
    assert len(read_study(out / "study.nc").guesses) == len(told["guessing"]) == 30
    gru = next(
        row
        for row in told["guessing"]
        if (row["cell"], row["language"]) == ("GRU", "first-bit-random:5")
    )
    assert (gru["num_draws"], gru["solved"], gru["first"]) == (1000, 10, 100)
    assert "What guessing achieves" in printed
    assert (
        main(
            [
                "study",
                "--out",
                str(out),
                "--only",
                "lags",
                "--symbols",
                "99",
                "--seeds",
                "2",
                "--json",
            ]
        )
        == 0
    )
    told = json.loads(capsys.readouterr().out)
    assert {row["question"] for row in told["rows"]} == {"lags"}
    assert told["settings"]["first_bit_symbols"] == 99
    assert told["guessing"] == []
    assert main(["study", "--out", str(out), "--only", "guessing", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], len(told["guessing"]), told["num_left"]) == ([], 30, 0)
    assert not list(tmp_path.glob("*.runs"))


def test_an_interrupted_program_goes_on(tmp_path, monkeypatch, capsys):
    command = [
        "study",
        "--out",
        str(tmp_path / "out"),
        "--seeds",
        "8",
        "--only",
        "cells",
        "--resume",
    ]
    monkeypatch.setattr(training, "train", Trainer(fails_at=5))
    assert main(command) == 130
    assert not (tmp_path / "out").exists()
    second = Trainer()
    monkeypatch.setattr(training, "train", second)
    assert main([*command, "--seconds", "0"]) == 0
    assert "7 configurations are not measured" in capsys.readouterr().out
    assert main(command) == 0
    assert len(second.calls) == 12 - 5
    assert not (tmp_path / "out.runs").exists()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ("--seeds 0", "`seeds` must be at least 1; got 0"),
        ("--symbols 0", "`symbols` must be at least 1; got 0"),
        ("--seconds nan", "expected `seconds` of at least 0, got nan"),
        ("--only gru", "expected --only cells, lags, sizes or guessing, got 'gru'"),
    ],
)
def test_bad_input_is_one_line(arguments, text, tmp_path, capsys):
    assert main(["study", "--out", str(tmp_path / "out"), *arguments.split()]) == 2
    told = capsys.readouterr().err
    assert text in told
    assert told.count("\n") == 1
