"""The list of measures: nothing misses in it, and every page made of it is as it is."""

import json
from importlib import import_module
from pathlib import Path

import pytest
from typer.testing import CliRunner

import firstbit
from firstbit import memory, studies
from firstbit.cli import main
from firstbit.cli.main import app
from firstbit.measures import MEASURES, as_page, measure_by_name

ROOT = Path(firstbit.__file__).parents[2]


def public_measures():
    """Every public function of memory, and the cost of a step."""
    found = ["cost"]
    for name in memory.__all__:
        if name.islower() and callable(getattr(memory, name)):
            found.append(name)
    return found


@pytest.mark.parametrize("name", public_measures())
def test_each_public_measure_is_in_the_list(name):
    assert measure_by_name(name) is not None


@pytest.mark.parametrize("one", MEASURES, ids=lambda one: one.name)
def test_calls_and_commands_are_there(one):
    chapter = import_module(one.chapter)
    assert callable(getattr(chapter, one.name))
    for name in one.also:
        home = studies if one.name == "compare" else memory
        assert callable(getattr(home, name))
    commands = {command.callback.__name__ for command in app.registered_commands}
    assert one.command in {"", *commands}
    assert one.question.endswith("?")
    for text in (one.says, one.misleads):
        assert text.endswith(".")


def test_no_name_is_there_twice():
    names = [name for one in MEASURES for name in (one.name, *one.also)]
    assert len(names) == len(set(names))


def test_the_page_is_that_which_its_script_writes():
    assert (ROOT / "docs" / "measures.md").read_text(encoding="utf-8") == as_page()


def test_the_command_prints_them(capsys):
    assert main(["measures"]) == 0
    said = capsys.readouterr().out
    assert all(one.question in said for one in MEASURES)
    assert main(["measures", "memory_capacity"]) == 0
    said = capsys.readouterr().out
    assert measure_by_name("capacity").misleads in said
    assert main(["measures", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["name"] == "discrepancy"
    assert main(["measures", "memori_capacity"]) == 2
    assert "memory_capacity" in capsys.readouterr().err


@pytest.mark.parametrize("one", [one for one in MEASURES if one.command])
def test_the_help_of_a_command_says_when_it_misleads(one):
    said = CliRunner().invoke(app, [one.command, "--help"]).output
    assert one.misleads in " ".join(said.split())
