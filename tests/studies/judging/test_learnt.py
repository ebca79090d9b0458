"""The automaton of a net: the target's where it solves; else the shortest word."""

import json
from importlib import import_module

import numpy as np
import pytest

from covering import few
from elsewhere import plain_words, table
from firstbit.cli import main
from firstbit.errors import PackageError, SettingError
from firstbit.languages import (
    Language,
    embedded_reber,
    enumerate_words,
    parity,
    reber,
)
from firstbit.studies import learnt_automaton
from firstbit.studies.judging import learnt
from firstbit.studies.verdicts.by_hand import automaton_network

try:
    import_module("aalpy")
except ImportError:
    HAS_AALPY = False
else:
    HAS_AALPY = True

needs_aalpy = pytest.mark.skipif(not HAS_AALPY, reason="AALpy isn't installed")
WORDS = {"scores": "probabilities", "inputs": "words"}


@needs_aalpy
@pytest.mark.slow
@pytest.mark.parametrize("task", few([reber(), embedded_reber()], kept=[0]))
def test_a_net_that_solves_has_the_automaton_of_its_target(task):
    found = learnt_automaton(automaton_network(task), task, scores="linear")
    assert found.is_target
    assert found.difference is None
    assert found.language.shortest_difference(task) is None
    assert len(found.language.states) == len(found.target.states)
    assert "the same minimal automaton" in found.answer


SHORTEST = {
    ("embedded-reber", 3): "BPBPVVETE",
    ("embedded-reber", 5): "BPBPVVETE",
    ("reber", 1): None,
    ("parity", 2): None,
    ("tomita-4", 1): None,
    ("first-bit:3", 2): None,
}
"""Task and window -> the word known by hand, where it is: the outer symbol is lost."""


@needs_aalpy
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "size"),
    [
        pytest.param(name, size, marks=pytest.mark.proof if size > 2 else ())
        for name, size in SHORTEST
    ],
)
def test_the_shortest_word_is_that_of_a_plain_search(name, size):
    from firstbit.languages import language_by_name

    task = language_by_name(name)
    predict = table(task, size)
    longest = 9
    own = set(plain_words(task, predict, longest))
    true = set(enumerate_words(task, longest=longest))
    apart = sorted(own ^ true, key=lambda word: (len(word), word))
    found = learnt_automaton(predict, task, **WORDS)
    assert not found.is_target
    assert found.difference == apart[0]
    assert found.in_net == (apart[0] in own)
    assert SHORTEST[name, size] in (None, found.difference)
    assert f'"{found.difference}"' in found.answer
    if found.language is None:
        assert not own
    else:
        assert set(enumerate_words(found.language, longest=longest)) == own


@pytest.mark.slow
@needs_aalpy
@pytest.mark.parametrize("task", [parity(), reber()], ids=["parity", "reber"])
def test_a_constant_has_no_automaton_of_its_target(task):
    size = len(task.outputs)
    found = learnt_automaton(
        lambda word: np.full((len(word), size), 1 / size), task, **WORDS
    )
    assert not found.is_target
    assert found.difference is not None


def forgets(word):
    """Right on parity until seven symbols are read; then always the row of even."""
    rows = []
    for end in range(1, len(word) + 1):
        is_odd = word[: min(end, 7)].count("1") % 2 if end <= 7 else 0
        rows.append([0.5, 0.5, 0.0] if is_odd else [1 / 3] * 3)
    return np.array(rows)


@pytest.mark.slow
@needs_aalpy
def test_a_fault_behind_many_symbols_is_found():
    task = parity()
    assert task.alphabet == ("0", "1")
    assert task.accepts("")
    found = learnt_automaton(forgets, task, **WORDS)
    assert len(found.difference) == 8
    assert found.in_net


@pytest.mark.slow
@needs_aalpy
def test_the_search_ends_at_the_largest_number_of_states():
    found = learnt_automaton(forgets, parity(), **WORDS, max_states=2)
    assert not found.is_whole
    assert not found.is_target
    assert "stopped at the largest number of states" in found.answer


@needs_aalpy
def test_a_language_with_copies_of_a_state_has_its_least_automaton():
    edges = {"s": {"a": "t", "b": "u"}, "t": {"a": "end"}, "u": {"a": "end"}}
    task = Language.from_transitions(edges, start="s", final=["end"])

    def predict(word):
        return np.tile([1.0, 0.0], (len(word), 1))  # a, after any symbol

    found = learnt_automaton(predict, task, **WORDS)
    assert found.is_target
    assert len(found.target.states) == 3


@needs_aalpy
@pytest.mark.slow
def test_the_page_has_both_automata(tmp_path, capsys):
    file = tmp_path / "mine.py"
    file.write_text(
        "from firstbit.languages import reber\n"
        "from firstbit.studies.verdicts.by_hand import automaton_network\n\n\n"
        "def load():\n    return automaton_network(reber())\n"
    )
    command = ["judge", "--language", "reber", "--model", f"{file}:load"]
    command += ["--scores", "linear", "--num-words", "20", "--automaton"]
    assert main([*command, "--out", str(tmp_path / "out")]) == 0
    assert "the same minimal automaton" in capsys.readouterr().out
    page = (tmp_path / "out" / "report.html").read_text()
    assert page.count("<figure") == 2
    assert page.count('role="img"') == 2 * 2  # each has one for a phone
    about = json.loads((tmp_path / "out" / "judgement.json").read_text())
    assert about["automaton"]["same"]


def test_without_the_package_the_remedy_is_said(monkeypatch):
    def missing(name):
        raise ImportError(f"No module named '{name}'")

    monkeypatch.setattr(learnt, "import_module", missing)
    with pytest.raises(PackageError, match=r"pip install 'firstbit\[automata\]'"):
        learnt_automaton(forgets, parity(), **WORDS)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"model": "predictions.jsonl"}, "expected a model that can be asked"),
        ({"extra_states": -1}, "`extra_states` must be at least 0"),
        ({"max_states": 0}, "`max_states` must be at least 1"),
    ],
)
def test_bad_settings_are_a_line(changes, text):
    arguments = {"model": forgets, "language": "parity", "scores": "linear"}
    with pytest.raises(SettingError, match=text):
        learnt_automaton(**{**arguments, **changes})
