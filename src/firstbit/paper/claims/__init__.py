"""The paper's sentences on trial, in the order of the text."""

from collections.abc import Callable
from dataclasses import replace

from firstbit.paper.claims import (
    cost,
    dynamics,
    gradients,
    hidden_layer,
    networks,
    outer_symbol,
    task,
)
from firstbit.paper.claims.claim import NOT_TESTED, Claim
from firstbit.paper.evidence import Evidence

CLAIMS: tuple[Callable[[Evidence], Claim], ...] = (
    cost.computationally_heavy,
    gradients.no_vanishing_gradients,
    task.equations,
    task.turing_complete,
    task.printed_expression,
    task.example_words,
    networks.softmax_probability,
    task.training_strings,
    networks.edges_retrieved,
    hidden_layer.hidden_states_similar,
    task.two_letters,
    task.long_term_dependency,
    task.parameters,
    outer_symbol.vanilla_bit,
    outer_symbol.gru_bit,
    hidden_layer.confusion_in_hidden_layer,
    gradients.figure_nine_values,
    gradients.gradients_alike,
    dynamics.vanilla_discrepancy,
    dynamics.vanilla_indistinguishable,
    dynamics.gru_discrepancy,
    dynamics.out_of_range,
)
"""A function has the name of its claim."""

EXACT = frozenset(
    {
        task.turing_complete,
        task.equations,
        task.printed_expression,
        task.example_words,
        task.training_strings,
        task.two_letters,
        task.long_term_dependency,
        task.parameters,
    }
)
"""Judged by counting or by linear algebra: the same in a quick run. All others need
full trainings and full grids."""


def judge(evidence: Evidence) -> list[Claim]:
    """Judge every claim; return them in the order of the text.

    A quick run does not judge what it cut short.
    """
    judged = []
    for claim in CLAIMS:
        found = claim(evidence)
        if evidence.settings.quick and claim not in EXACT:
            found = replace(found, verdict=f"{NOT_TESTED} (quick run)")
        judged.append(found)
    return judged


__all__ = ["CLAIMS", "EXACT", "Claim", "judge"]
