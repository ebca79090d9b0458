"""The parts of the study are data."""

import math

import jax
import numpy as np
import pytest

from firstbit.cells import Network, Readout, num_parameters
from firstbit.errors import SettingError
from firstbit.languages import embedded_reber
from firstbit.studies.vanilla_or_gru.factors import RECIPES, Recipe
from firstbit.studies.vanilla_or_gru.parts import (
    CELLS,
    LAGS,
    SIZES,
    Settings,
    parts,
)
from firstbit.training import Modern, Published

ALL = parts(Settings(seed=0))


def on(question):
    return [part for part in ALL if part.question == question]


def test_the_parts_are_those_that_were_asked_for():
    assert [part.setting for part in on("cells")] == ["published", "modern"]
    assert [part.coordinate for part in on("lags")] == list(LAGS)
    sizes = [part.configurations[0].hidden_size for part in on("sizes")]
    assert sizes == list(SIZES)


def test_five_cells_answer_two_questions():
    names, same = [], set()
    for part in ALL:
        for one in part.configurations:
            names.append(part.run_name(one))
            place = part.language.name, part.recipe, one.title, one.hidden_size
            same.add(place)
    assert (len(names), len(set(names)), len(same)) == (72, 65, 65)


def test_names_of_runs_are_those_of_the_record():
    part = ALL[0]
    assert part.run_name(CELLS[0]) == (
        "embedded-reber_published_Vanilla-logistic-as-published_18"
    )
    assert part.run_name(CELLS[3]) == (
        "embedded-reber_published_Vanilla-tanh-N-0-1-k_18"
    )


def test_a_run_by_the_published_rule_reads_a_list_of_its_own():
    published, modern = on("cells")
    assert published.has_list
    assert published.rule.needs_list
    assert not modern.has_list
    assert not modern.rule.needs_list


def test_all_on_one_language_meet_one_test():
    """N is what the largest budget holds: 3.5 million symbols, 11.3 a word."""
    numbers = {}
    for part in ALL:
        numbers.setdefault(part.language.name, set()).add(part.criterion.num_words)
    assert all(len(found) == 1 for found in numbers.values())
    task = embedded_reber()
    assert numbers[task.name] == {math.ceil(3_500_000 / task.mean_length)}
    assert numbers["first-bit-random:5"] == {math.ceil(4_000_000 / 7)}


def factors_of(recipe):
    """The factors of a recipe's rule, read from the rule itself."""
    rule = Settings(seed=0).rule_of(recipe)
    assert isinstance(rule, Modern | Published)
    return {
        "loss": rule.loss == "cross-entropy",
        "words": not recipe.has_list,
        "optimiser": isinstance(rule, Modern),
        "clipping": rule.clip == 1.0,
        "rate": rule.learning_rate == 0.01,
    }


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_a_recipe_differs_from_its_start_in_one_factor(recipe):
    start = Recipe(recipe.start)
    own, before = factors_of(recipe), factors_of(start)
    assert set(before.values()) == {recipe.start == "modern"}
    changed = [factor for factor in own if own[factor] != before[factor]]
    if recipe.changed == "optimiser":
        # Adam's rate is the modern one, a plain step's the published one.
        assert changed == ["optimiser", "rate"]
    else:
        assert changed == ([recipe.changed] if recipe.changed else [])
    settings = Settings(seed=0)
    rule, base = settings.rule_of(recipe), settings.rule_of(start)
    assert (rule.max_symbols, rule.max_epochs) == (base.max_symbols, base.max_epochs)
    assert not (rule.needs_list and not recipe.has_list)


@pytest.mark.slow
def test_parameters_are_matched():
    for one in CELLS:
        cell = one.make(7, one.hidden_size, jax.random.key(0))
        readout = Readout(np.zeros((7, one.hidden_size)), np.zeros(7))
        assert 570 <= num_parameters(Network(cell, readout)) <= 605


@pytest.mark.slow
def test_cells_start_as_they_say():
    laws = [one.initializer for one in CELLS]
    assert laws == [None, "orthogonal", "identity", "fan-in-normal", None, None]
    made = CELLS[1].make(7, 18, jax.random.key(0))
    assert made.b_h is not None


def test_settings_out_of_range_are_refused():
    with pytest.raises(SettingError, match="`num_seeds` must be at least 1; got 0"):
        Settings(0, num_seeds=0)
    with pytest.raises(SettingError, match="`seed` must be at least 0; got -1"):
        Settings(-1)
    with pytest.raises(SettingError, match="`symbols` must be at least 1; got 0"):
        Settings(0).with_symbols(0)
