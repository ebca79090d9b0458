"""`firstbit train`: what it writes, and what it refuses."""

import json
import re

import jax
import pytest
import xarray as xr

import firstbit
from firstbit.cli import main
from firstbit.cli.rules import chosen_rule
from page_parser import Outside

FEW = [
    "train",
    "--language",
    "reber",
    "--cell",
    "vanilla:3",
    "--num-seeds",
    "2",
    "--max-epochs",
    "2",
    "--num-words",
    "8",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("train") / "out"
    assert (
        main(
            [
                *FEW,
                "--rule",
                "modern",
                "--batch-size",
                "4",
                "--out",
                str(out),
                "--resume",
            ]
        )
        == 0
    )
    return out


@pytest.mark.slow
def test_it_writes_data_figures_and_a_page(folder):
    assert not folder.with_name("out.trainings").exists()
    with xr.open_dataset(folder / "training.nc") as d:
        assert d.loss.shape == (2, 2)
        assert json.loads(d.attrs["configuration"])["rule"]["batch_size"] == 4
    with xr.open_dataset(folder / "gradients_by_lag.nc") as d:
        assert d.epoch.values.tolist() == [0, 1, 2]
    text = (folder / "report.html").read_text()
    page = Outside()
    page.feed(text)
    assert not page.addresses
    assert not page.open
    assert "0 of 2 seeds solve the task: 0%, 95 % interval 0% to 84% (exact)" in text
    assert re.search(
        r"Do the gradients vanish\? (Yes|No|Undecided)\. .* over 2 seeds that hold at "
        r"all times together\): after 0 epochs",
        text,
    )
    assert {path.name for path in (folder / "figures").iterdir()} >= {
        "seeds.svg",
        "gradients_by_lag.png",
    }


@pytest.mark.slow
def test_json_tells_the_same_nets_as_the_call(capsys):
    assert main([*FEW, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["configuration"]["rule"]["name"] == "published"
    assert told["solved"] == [False, False]
    assert told["epochs_to_solve"] == [None, None]
    max_epochs = told["configuration"]["rule"]["max_epochs"]
    learning_rate = told["configuration"]["rule"]["learning_rate"]
    result = firstbit.train(
        "vanilla:3",
        "reber",
        rule=firstbit.Published(learning_rate, max_epochs=max_epochs),
        num_seeds=2,
        num_words=told["configuration"]["num_words"],
        key=jax.random.key(told["configuration"]["key"][1]),
    )
    assert told["configuration"]["own_lists"]
    assert told["final_loss"] == result.final_loss.values.tolist()
    assert told["squared_distance"] == result.squared_distance.values.tolist()


@pytest.mark.slow
def test_a_table_on_the_terminal(capsys):
    assert main(FEW) == 0
    out = capsys.readouterr().out
    assert "vanilla:3 on reber, published rule, seed 0" in out
    assert "0 of 2 seeds solve the task" in out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (
            ["--cell", "vanilla"],
            "expected a `hidden_size` for Vanilla(use_bias=True), got none",
        ),
        (["--cell", "vanila:3"], "did you mean 'vanilla'?"),
        (
            ["--cell", "vanilla:3,activation"],
            "expected options like activation=tanh, got 'activation'",
        ),
        (["--cell", "vanilla:3,reset=after"], "vanilla has no option `reset`"),
        (
            ["--rule", "adam"],
            "expected the rule published or modern, got 'adam'",
        ),
        (
            ["--rule", "published", "--schedule", "cosine"],
            "the published rule has no `schedule`",
        ),
        (["--words", "missing.txt"], "expected a text file, a word a line"),
        (
            ["--words", "missing.txt", "--fresh"],
            "expected --words or --fresh, got both",
        ),
        (["--learning-rate", "0"], "`learning_rate` must be above 0"),
        (["--num-seeds", "0"], "`num_seeds` must be at least 1; got 0"),
        (["--resume"], "expected --out DIR with --resume"),
        (["--max-length", "4"], "expected words of at most 4 symbols in reber"),
    ],
)
def test_refusals_are_one_line(arguments, text, capsys):
    assert main(with_options(arguments)) == 2
    error = capsys.readouterr().err
    assert text in error
    assert error.count("\n") == 1


def with_options(options):
    """Return the short training with options of its own, each once."""
    arguments = list(FEW)
    for option, value in zip(options[::2], options[1::2], strict=False):
        if option in arguments:
            arguments[arguments.index(option) + 1] = value
        else:
            arguments += [option, value]
    return arguments + options[2 * (len(options) // 2) :]


def test_the_published_rate_is_that_of_the_paper_s_trainings():
    rates = [chosen_rule(name, None).learning_rate for name in ("published", "modern")]
    assert rates == [0.001, 0.01]


@pytest.mark.slow
def test_words_of_a_file_are_given_to_all(tmp_path, capsys):
    path = tmp_path / "words.txt"
    path.write_text("BTXSE\nBPVVE\n")
    rest = ["--words", str(path), "--json"]
    assert main([*FEW[:-2], *rest]) == 0
    found = json.loads(capsys.readouterr().out)["configuration"]
    assert found["words"] == ["BTXSE", "BPVVE"]
    path.write_text("BTXSE\nBTB\n")
    assert main([*FEW[:-2], *rest]) == 2
    assert "line 2" in capsys.readouterr().err
