"""From what was asked to the answers, each by one call of the library."""

from typing import TYPE_CHECKING

from firstbit.cli.language.answer import Answer
from firstbit.cli.language.asked import Asked
from firstbit.cli.language.compared import Compared
from firstbit.cli.language.demand import Demand, Supply, demand_dataset
from firstbit.cli.language.exported import Exported
from firstbit.cli.language.files import Figure, Written
from firstbit.cli.language.floors import Floors
from firstbit.cli.language.lists import Lists
from firstbit.cli.language.summary import Summary
from firstbit.cli.language.words import (
    Checked,
    Counts,
    NextSymbols,
    Sampled,
    is_word_file,
)

if TYPE_CHECKING:
    import xarray as xr

    from firstbit.languages import Language


def answers(language: "Language", asked: Asked) -> list[Answer]:
    """Answer every question, in a fixed order; without any, summarise the language."""
    found: list[Answer] = _about_words(language, asked)
    words: list[str] = []
    demand = None
    if asked.floors:
        found.append(Floors.of(language, asked))
    if asked.demand:
        demand = demand_dataset(language, asked)
        found += _about_demand(language, demand)
    found += _lists(language, asked)
    if asked.sample is not None:
        sampled = Sampled.of(language, asked)
        found.append(sampled)
        words = sampled.words
    if asked.figure is not None:
        found.append(Figure.of(language, asked, demand))
    if asked.out is not None and not (asked.split and is_word_file(asked.out)):
        found.append(Written.of(language, asked.out, words, demand))
    return found or [Summary.of(language)]


def _about_words(language: "Language", asked: Asked) -> list[Answer]:
    found: list[Answer] = []
    if asked.same_as is not None:
        found.append(Compared.of(language, asked.same_as))
    if asked.check is not None:
        found.append(Checked.of(language, asked.check))
    if asked.next_after is not None:
        found.append(NextSymbols.of(language, asked.next_after))
    if asked.count is not None:
        found.append(Counts.of(language, asked.count))
    return found


def _lists(language: "Language", asked: Asked) -> list[Answer]:
    if asked.export is not None:
        return [Exported.of(language, asked)]
    if asked.split is not None:
        return [Lists.of(language, asked)]
    return []


def _about_demand(language: "Language", demand: "xr.Dataset") -> list[Answer]:
    found: list[Answer] = [Demand(language.name, demand)]
    if "cell" in demand:
        found.append(Supply(demand))
    return found
