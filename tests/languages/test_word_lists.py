"""The catalogue against words that others give, each list with its source."""

import json
from pathlib import Path

import pytest

from firstbit.languages import Language, language_by_name, to_dfa, tomita

LISTS = json.loads(
    Path(__file__).parent.parent.joinpath("data", "word_lists.json").read_text()
)


@pytest.mark.parametrize(
    "listed", LISTS, ids=[f"{i}-{each['language']}" for i, each in enumerate(LISTS)]
)
def test_the_words_of_the_source_come_out_right(listed):
    language = language_by_name(listed["language"])
    wrong = [word for word in listed["accepted"] if not language.accepts(word)]
    wrong += [word for word in listed["refused"] if language.accepts(word)]
    assert wrong == []


def test_every_language_of_tomita_has_its_words():
    numbers = {f"tomita-{n}" for n in range(1, 8)}
    assert numbers <= {listed["language"] for listed in LISTS}
    third = next(listed for listed in LISTS if listed["language"] == "tomita-3")
    assert len(third["accepted"]) + len(third["refused"]) == 24


def test_a_common_program_agrees_on_the_third_language_of_tomita():
    """The expression of what it refuses, as several public programs have it."""
    refused = Language.from_regex("((0|1)*0)?1(11)*(0(0|1)*1)?0(00)*(1(0|1)*)?")
    assert (~refused).shortest_difference(tomita(3)) is None
    assert len(to_dfa(tomita(3)).to_complete().minify().states) == 5
