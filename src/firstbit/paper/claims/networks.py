"""Claims about the trained networks' predictions: are they probabilities, and right?"""

import numpy as np
import scipy.special
from jaxtyping import Float

from firstbit.paper.claims.claim import Claim, Estimate, holds_if
from firstbit.paper.evidence import Evidence
from firstbit.report import Strip

NEAR_THE_TRUTH = 0.1
"""Half L1 distance of two distributions that are near each other."""


def softmax_probability(evidence: Evidence) -> Claim:
    """Is the softmax of the output near the true next-symbol probability?"""
    distances: dict[str, dict[str, float]] = {}
    readings: dict[str, str] = {}
    strips: list[Strip] = []
    for name in evidence.runs:
        reading = evidence.reading(name)
        softmax = scipy.special.softmax(reading.output, axis=1)
        after = _total_variation(softmax, reading.truth)
        without = _total_variation(reading.output, reading.truth)
        distances[name] = {"softmax": after, "linear_output": without}
        readings[f"for {name}"] = holds_if(after < NEAR_THE_TRUTH)
        exact = after, after, after
        title = evidence.runs[name].experiment.title
        strips.append(
            Strip(
                f"softmax, {title}",
                *exact,
                NEAR_THE_TRUTH,
                (0, 1),
                is_above=False,
            )
        )
    return Claim.written(
        "softmax_probability",
        readings,
        figure="fig03",
        strips=strips,
        numbers=distances,
        distances=distances.items(),
        near=NEAR_THE_TRUTH,
    )


def edges_retrieved(evidence: Evidence) -> Claim:
    """Does the 5-unit Vanilla net recover the edges, and how far above the floor?"""
    run = evidence.runs["reber_vanilla"]
    reading = evidence.reading("reber_vanilla")
    legal = reading.top_outputs_are_legal()
    num_right = int(legal.sum())
    right = Estimate.of_share(num_right, legal.size)
    states = np.array(reading.state)
    by_state: dict[str, float] = {}
    for state in dict.fromkeys(reading.state):
        in_state = legal[states == state]
        by_state[state] = float(in_state.mean())
    worst_state = min(by_state, key=by_state.__getitem__)
    in_worst = legal[states == worst_state]
    worst = Estimate.of_share(int(in_worst.sum()), in_worst.size)
    floor = run.floor()
    logged = run.mean_errors[-1]
    loss = reading.mean_loss()
    return Claim.written(
        "edges_retrieved",
        holds_if(by_state[worst_state] > 0.5),
        figure="fig03",
        strips=[worst.share_beside(f"right in the worst state, {worst_state}", 0.5)],
        numbers={
            "share": float(legal.mean()),
            "by_state": by_state,
            "logged_loss": logged,
            "loss": loss,
            "floor": floor,
        },
        right=right,
        num_predictions=legal.size,
        worst_state=worst_state,
        worst_share=by_state[worst_state],
        logged=logged,
        loss=loss,
        floor=floor,
    )


def _total_variation(
    estimate: Float[np.ndarray, "prediction symbol"],
    truth: Float[np.ndarray, "prediction symbol"],
) -> float:
    differences = np.abs(estimate - truth).sum(axis=1)
    return float(differences.mean() / 2)
