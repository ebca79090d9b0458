"""`firstbit verdict`, from configurations to files, with trainings that are made up."""

import json

import jax
import numpy as np
import pytest
import xarray as xr
from firstbit.studies.verdicts.configuration import Configuration

from firstbit import training
from firstbit.cells import GRU, Vanilla
from firstbit.cli import main
from firstbit.languages import Language
from firstbit.studies.verdicts.page import verdict_page
from firstbit.studies.verdicts.verdict import run_trial
from firstbit.training import Modern
from made_runs import runs

SOLVED = {
    ("GRU(use_bias=True)", 10): 4,
    ("Vanilla(use_bias=True)", 18): 0,
    ("Vanilla(use_bias=True)", 4): 0,
    ("Vanilla(activation=tanh, use_bias=True)", 18): 1,
}


@pytest.fixture
def asked(monkeypatch):
    """What training was asked for; it gives as many solved runs as the table says."""
    calls = []

    def train(cell, language, *, hidden_size, num_seeds, **settings):
        from firstbit.cells.given import name_of

        calls.append(
            {
                "cell": name_of(cell),
                "hidden_size": hidden_size,
                "num_seeds": num_seeds,
                **settings,
            }
        )
        settings["progress"](1, 1)
        return runs(min(SOLVED[name_of(cell), hidden_size], num_seeds), num_seeds)

    monkeypatch.setattr(training, "train", train)
    return calls


def told(capsys, *arguments):
    assert (
        main(
            [
                "verdict",
                "--language",
                "embedded-reber",
                "--seeds",
                "4",
                "--guesses",
                "32",
                "--json",
                *arguments,
            ]
        )
        == 0
    )
    return json.loads(capsys.readouterr().out)["rows"]


@pytest.mark.slow
def test_every_verdict_with_its_reason(asked, capsys):
    cells = [
        "gru:10",
        "vanilla:18",
        "vanilla:18,activation=tanh,initializer=orthogonal",
        "vanilla:4",
    ]
    rows = told(
        capsys,
        *[word for cell in cells for word in ("--cell", cell)],
        "--epochs",
        "7",
        "--seed",
        "3",
    )
    assert [row["cell"] for row in rows] == cells
    assert [row["verdict"] for row in rows] == [
        "solves",
        "trainability",
        "trainability",
        "intrinsic",
    ]
    assert [row["rate"] for row in rows] == [1, 0, 0.25, 0]
    assert [row["witness"] and row["witness"]["kind"] for row in rows] == [
        None,
        "by hand",
        "training",
        None,
    ]
    assert "5 of the 18 units run it" in rows[1]["reason"]
    assert "it needs 5 units" in rows[3]["reason"]
    assert all(row["interval"][0] <= row["rate"] <= row["interval"][1] for row in rows)
    assert [call["hidden_size"] for call in asked] == [10, 18, 18, 4]
    assert asked[0]["rule"].max_epochs == 7
    assert asked[2]["initializer"].name == "orthogonal"
    assert asked[0]["initializer"] is None
    assert asked[0]["stop_when_solved"]


def test_another_configuration_may_be_the_witness(asked, capsys):
    cells = [
        "--cell",
        "vanilla:18,activation=tanh",
        "--cell",
        "vanilla:18,activation=tanh,initializer=identity",
    ]
    asked.clear()
    rows = told(capsys, *cells, "--solve-rate", "0.9")
    assert all("1 of 4 seeds of this configuration" in row["reason"] for row in rows)


@pytest.mark.parametrize(
    ("cell", "num_solved", "num_guesses", "witness"),
    [
        (GRU, 0, 8, "guessing"),
        (Vanilla, 0, 8, "by hand"),
        (Vanilla, 1, 8, "training"),
        (GRU, 4, 8, None),
        (GRU, 0, 0, None),
    ],
)
def test_every_configuration_is_guessed_whatever_its_witness(
    cell, num_solved, num_guesses, witness
):
    easy, one = Language.from_regex("a(b|c)d"), Configuration("one", cell, 6)
    trial = run_trial(
        [one],
        easy,
        train=lambda *_, **__: runs(num_solved, 4),
        rule=Modern(),
        rule_name="modern",
        num_seeds=4,
        key=jax.random.key(0),
        num_guesses=num_guesses,
    )
    row, page = (
        trial.verdicts[0].as_row(),
        verdict_page(trial.verdicts, easy, {"seeds": 4, "rule": "modern"}),
    )
    assert (row["witness"] and row["witness"]["kind"]) == witness
    assert [text.split()[0] for text in row["inapplicable"]] == [
        "rank",
        "contraction",
        "theorem",
    ]
    assert page.count("does not apply: ") >= 3
    if not num_guesses:
        assert row["guessing"] is None
        assert "random draws that solve" not in page
    else:
        assert {
            name: row["guessing"][name] for name in ("num_draws", "solved", "first")
        } == {
            "num_draws": 8,
            "solved": len(trial.verdicts[0].guessing.solved),
            "first": 1,
        }
        assert trial.verdicts[0].guessing.counted in page


def test_a_trial_in_a_folder(asked, capsys, tmp_path):
    out = tmp_path / "out"
    command = [
        "verdict",
        "--language",
        "embedded-reber",
        "--cell",
        "vanilla:18",
        "--seeds",
        "4",
        "--out",
        str(out),
        "--resume",
        "--guesses",
        "8",
    ]
    assert main(command) == 0
    shown = capsys.readouterr().out
    assert "trainability" in shown
    assert asked[0]["resume"] == tmp_path / "out.runs" / "vanilla-18"
    assert {path.name for path in out.iterdir()} == {
        "data",
        "report.html",
        "verdict.json",
    }
    page = (out / "report.html").read_text()
    assert page.count("<figure") == 1  # every run of the one configuration
    assert "Witnesses at work" in page
    assert "lowest legal output" in page
    assert "http" not in page
    with xr.open_dataset(out / "data" / "vanilla-18.nc") as saved:
        assert np.array_equal(saved["solved"], np.zeros(4, bool))
    summary = json.loads((out / "verdict.json").read_text())
    assert summary["settings"]["rule"] == "published"
    assert summary["rows"][0]["verdict"] == "trainability"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (
            "--cell gru",
            "expected a cell and its size like vanilla:18 or gru:10,reset=after, "
            "got 'gru'",
        ),
        ("--cell gru:ten", "expected a cell and its size like"),
        ("--cell gru:10,reset", "expected options like activation=tanh, got 'reset'"),
        ("--cell gru:0", "expected a cell and its size like"),
        ("--cell gro:3", "unknown cell 'gro'"),
        ("--cell gru:3,activation=tanh", "gru has no option `activation`"),
        ("--cell gru:3,initializer=normall", "unknown initializer 'normall'"),
        (
            "--cell gru:10 --cell gru:10",
            "expected one or more different configurations, got gru:10, gru:10",
        ),
        ("--cell gru:10 --seeds 0", "`seeds` must be at least 1; got 0."),
        ("--cell gru:10 --epochs 0", "`epochs` must be at least 1; got 0."),
        ("--cell gru:10 --guesses -1", "`guesses` must be at least 0; got -1."),
        (
            "--cell gru:10 --solve-rate 1",
            "expected a solve rate from 0 to below 1, got 1",
        ),
        (
            "--cell gru:10 --rule old",
            "expected the rule published or modern, got 'old'",
        ),
        ("--cell gru:10 --resume", "expected --out DIR with --resume"),
        ("--cell gru:10 --out full", "which has files but no verdict.json"),
    ],
)
def test_refusals_come_before_any_training(
    arguments, text, asked, capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("")
    assert main(["verdict", "--language", "reber", *arguments.split()]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert text in err
    assert not asked
