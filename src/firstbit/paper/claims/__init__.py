"""The paper's sentences on trial, in the order of the text."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from firstbit.paper.claims import cost, dynamics, gradients, networks, task
from firstbit.paper.claims.claim import NOT_TESTED, Claim
from firstbit.paper.evidence import Evidence

EXACT: tuple[Callable[[Evidence], Claim], ...] = (
    task.turing_complete,
    task.equations_without_biases,
    task.printed_expression,
    task.example_words,
    task.training_strings,
    task.two_letters,
    task.long_term,
    task.parameter_counts,
)
"""Judged by counting or by linear algebra: the same in a quick run."""

MEASURED: tuple[Callable[[Evidence], Claim], ...] = (
    cost.heavy,
    networks.softmax_is_probability,
    networks.edges_retrieved,
    networks.hidden_states_similar,
    partial(networks.captures_the_bit, which="vanilla"),
    partial(networks.captures_the_bit, which="gru"),
    networks.confusion_in_hidden_layer,
    gradients.figure_nine,
    gradients.gradients_alike,
    gradients.no_vanishing,
    dynamics.vanilla_goes_to_zero,
    dynamics.indistinguishable,
    dynamics.gru_stays,
    dynamics.out_of_range,
)
"""Judged on full trainings and full grids."""

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
    """Every claim with its verdict, in the order of the text; a quick run doesn't judge what it cut short."""
    judged = [claim(evidence) for claim in EXACT]
    for claim in MEASURED:
        found = claim(evidence)
        judged.append(
            replace(found, verdict=f"{NOT_TESTED} (quick run)")
            if evidence.settings.quick
            else found
        )
    return sorted(judged, key=lambda claim: _order(claim.place))


def _order(place: str) -> int:
    return next(i for i, name in enumerate(PLACES) if place.startswith(name))


__all__ = ["EXACT", "MEASURED", "Claim", "judge"]
