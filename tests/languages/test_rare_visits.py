"""Visits and floors of automata whose words hardly ever come somewhere."""

import numpy as np
import pytest

from firstbit.errors import LanguageError
from firstbit.languages import (
    Language,
    entropy,
    expected_visits,
    full_floor,
    window_floors,
)

ROUNDED = [244, 1367, 1873, 2225, 2701, 3857]
"""Seeds whose automata visit their start 1 - 2e-16 times, as floats add up."""


def at_random(seed):
    """An automaton whose start, with letters of its own, is never entered again."""
    rng = np.random.default_rng(seed)
    size = int(rng.integers(3, 9))
    begin = "xyz"[: int(rng.integers(1, 4))]
    edges = {"s0": {a: f"s{rng.integers(1, size)}" for a in begin}}
    for q in range(1, size):
        edges[f"s{q}"] = {
            a: f"s{rng.integers(1, size)}" for a in "abc" if rng.random() < 0.6
        }
    reached = {"s0"}
    queue = ["s0"]
    for state in queue:
        queue += set(edges[state].values()) - reached
        reached |= set(edges[state].values())
    ends = [q for q in sorted(reached) if rng.random() < 0.5]
    edges = {q: edges[q] for q in edges if q in reached}
    return Language.from_transitions(edges, start="s0", final=ends or ["s1"])


def made(seeds):
    for seed in seeds:
        try:
            yield at_random(seed)
        except LanguageError:  # no word at all
            continue


@pytest.mark.slow
def test_bits_floors_are_numbers_and_fall():
    languages = list(made([*ROUNDED, *range(100)]))
    assert len(languages) > 90
    for language in languages:
        floors = np.array(window_floors(language, 2, "bits"))
        least = full_floor(language, "bits")
        assert np.isfinite(floors).all()
        assert (np.diff([*floors, least]) < 1e-12).all()
        # The entropy is that of the first choice and of all others.
        first = language.next_symbols("")
        beginning = -sum(p * np.log2(p) for p in first.values())
        if language.has_end_marker:
            assert least == pytest.approx(entropy(language) - beginning, abs=1e-12)


def test_visits_of_a_long_chain_are_not_below_zero():
    edges, final = {}, {}
    for q in range(700):
        edges[f"{q}"] = {"a": (f"{q + 1}", 0.01)}
        final[f"{q}"] = 0.99
    final["700"] = 1.0
    chain = Language.from_transitions(edges, start="0", final=final)
    visits = expected_visits(chain)
    assert (visits >= 0).all()
    np.testing.assert_allclose(visits[:100], 0.01 ** np.arange(100), rtol=1e-9)
    assert np.isfinite(window_floors(chain, 1, "bits")).all()
