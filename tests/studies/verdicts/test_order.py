"""The argument from order: proofs in whole numbers, and nets found by other means."""

import numpy as np
import pytest

from firstbit.cli.language.find import find
from firstbit.languages import Language, reber
from firstbit.studies.verdicts.order import Edges, inequalities, orders

IMPOSSIBLE = ("parity", "count-mod:3", "tomita-5", "tomita-6", "tomita-7")
POSSIBLE = ("tomita-1", "tomita-2", "tomita-3", "tomita-4")


def required(found):
    assert found is not None
    return found


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_where_no_order_passes_each_has_its_proof(name):
    language = find(name)
    found = required(orders(language))
    assert found.is_impossible
    edges = Edges.of(language)
    place = {state: number for number, state in enumerate(edges.names)}
    for one in found.refuted:
        order = tuple(place[state] for state in one.order)
        rows = inequalities(edges, order, is_falling=one.is_falling).astype(int)
        # So many of each inequality add up to 0 on the left, and above 0 on the right.
        assert (one.farkas >= 0).all()
        assert one.farkas.sum() > 0
        assert not (one.farkas @ rows).any()


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_all_orders_are_refuted_with_both_signs(name):
    found = required(orders(find(name)))
    number = len(Edges.of(find(name)).names)
    tried = {(one.order, one.is_falling) for one in found.refuted}
    either_way = tried | {(order[::-1], falling) for order, falling in tried}
    assert len(either_way) == 2 * np.prod(range(1, number + 1))


@pytest.mark.parametrize("name", POSSIBLE)
def test_where_an_order_passes_nothing_is_said(name):
    assert not required(orders(find(name))).is_impossible


@pytest.mark.slow
def test_reber_is_possible():
    assert not required(orders(reber())).is_impossible


def test_a_net_that_was_found_at_random_is_never_refuted():
    """Random one-unit maps with thresholds make automata that one unit does run."""
    generator = np.random.default_rng(0)
    num_tried = 0
    for _ in range(300):
        edges = automaton_of_one_unit(generator, num_states=3)
        if edges is None:
            continue
        num_tried += 1
        falling = edges.pop("is_falling")
        rows = inequalities(Edges(**edges), (0, 1, 2), is_falling=falling)
        assert passes(rows)
    assert num_tried > 30


def automaton_of_one_unit(generator, num_states):
    """States are thirds of [0, 1]; a symbol is an edge where it maps into one third."""
    w = generator.choice([-3.0, 3.0])
    edges = []
    for symbol in range(2):
        u = generator.normal()
        for state in range(num_states):
            ends = (state + np.array([0.05, 0.95])) / num_states
            after = 1 / (1 + np.exp(-(w * ends + u)))
            first, last = (after * num_states).astype(int)
            if first == last:
                edges.append((state, symbol, int(first)))
    if len(edges) < 3:
        return None
    names = tuple("abc")
    array = np.array(sorted(edges))
    return {
        "names": names,
        "edges": array,
        "symbols": ("0", "1"),
        "is_falling": bool(w < 0),
    }


def passes(rows):
    """Whether some unknowns meet all inequalities, by the perceptron."""
    unknown = np.zeros(rows.shape[1])
    for _ in range(100_000):
        wrong = rows @ unknown <= 0
        if not wrong.any():
            return True
        unknown += rows[wrong][0]
    return False


def test_states_that_predict_alike_for_ever_are_one():
    twice = Language.from_regex("(ab|cb)*")
    assert len(Edges.of(twice).names) == 2


def test_more_states_than_can_be_ordered():
    assert orders(find("dyck")) is None
