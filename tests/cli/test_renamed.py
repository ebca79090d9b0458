"""Options by their old names still work, and say what they are called now."""

import json

import pytest

from firstbit.cli import main
from firstbit.cli.renamed import RENAMED, by_names_of_today


@pytest.mark.parametrize("old", RENAMED)
def test_old_options_become_new_ones(old, capsys):
    assert by_names_of_today(["train", old, "3"]) == ["train", RENAMED[old], "3"]
    assert f"`{old}` is now `{RENAMED[old]}`" in capsys.readouterr().err


def test_options_of_the_cell_go_into_its_text(capsys):
    old = "discrepancy --cell gru --reset after --initializer=orthogonal --length 3"
    new = "discrepancy --cell gru,reset=after,initializer=orthogonal --length 3"
    assert by_names_of_today(old.split()) == new.split()
    assert "a part of the cell's text" in capsys.readouterr().err


def test_an_option_of_one_command():
    assert by_names_of_today(["phase", "--gain", "1"]) == ["phase", "--gains", "1"]
    assert by_names_of_today([]) == []


@pytest.mark.slow
def test_both_names_give_the_same_numbers(capsys):
    old = "discrepancy --activation tanh --hidden-size 2 --length 3 --draws 8 --json"
    new = "discrepancy --cell vanilla:2,activation=tanh --length 3 --num-draws 8 --json"
    found = []
    for command in (old, new):
        assert main(command.split()) == 0
        found.append(json.loads(capsys.readouterr().out)["discrepancy"])
    assert found[0] == found[1]
