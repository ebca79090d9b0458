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

EXACT: tuple[Callable[[Evidence], Claim], ...] = (
    task.turing_complete,
    task.equations,
    task.printed_expression,
    task.example_words,
    task.training_strings,
    task.two_letters,
    task.long_term_dependency,
    task.parameters,
)
"""Judged by counting or by linear algebra: the same in a quick run."""

MEASURED: tuple[Callable[[Evidence], Claim], ...] = (
    cost.computationally_heavy,
    networks.softmax_probability,
    networks.edges_retrieved,
    hidden_layer.hidden_states_similar,
    outer_symbol.vanilla_bit,
    outer_symbol.gru_bit,
    hidden_layer.confusion_in_hidden_layer,
    gradients.figure_nine_values,
    gradients.gradients_alike,
    gradients.no_vanishing_gradients,
    dynamics.vanilla_discrepancy,
    dynamics.vanilla_indistinguishable,
    dynamics.gru_discrepancy,
    dynamics.out_of_range,
)
"""Judged on full trainings and full grids. A function has the name of its claim."""

PLACES = (
    "Abstract",
    "Section I ",
    "Section II,",
    "Section II.B",
    "Section III",
    "Section IV",
    "Section V",
)


def judge(evidence: Evidence) -> list[Claim]:
    """Judge every claim; return them in the order of the text.

    A quick run does not judge what it cut short.
    """
    judged = [claim(evidence) for claim in EXACT]
    for claim in MEASURED:
        found = claim(evidence)
        if evidence.settings.quick:
            found = replace(found, verdict=f"{NOT_TESTED} (quick run)")
        judged.append(found)
    return sorted(judged, key=_order)


def _order(claim: Claim) -> int:
    """Return the number of the claim's section."""
    for number, section in enumerate(PLACES):
        if claim.place.startswith(section):
            return number
    raise ValueError(f"expected a section of the paper, got '{claim.place}'.")


__all__ = ["EXACT", "MEASURED", "Claim", "judge"]
