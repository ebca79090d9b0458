"""Do hidden states tell the automaton's states apart? Distances within and between labelled groups."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True)
class Separation:
    """Euclidean distances of hidden states that carry labels.

    Attributes:
        within: mean distance of two different prefixes with the same label.
        between: mean distance of two prefixes with different labels.
        nearest_right: share of prefixes whose nearest group mean (their own prefix left
            out) has their label.
    """

    within: float
    between: float
    nearest_right: float


def separation(
    hidden: Float[np.ndarray, "prefix hidden"], labels: Sequence[str]
) -> Separation:
    """Compare distances within labels to distances between labels.

    Args:
        hidden: one hidden state a prefix.
        labels: the automaton's state after each prefix; a prefix whose label is the
            only one of its kind has no group to belong to, and is left out.

    Example:
        >>> separation(np.array([[0.0], [0.2], [1.0], [1.2]]), ["a", "a", "b", "b"])
        Separation(within=0.2, between=1.0, nearest_right=1.0)
    """
    names, group, size = np.unique(
        np.asarray(labels), return_inverse=True, return_counts=True
    )
    kept = size[group] > 1
    names, hidden = names[group[kept]], hidden[kept]
    squares = (hidden**2).sum(axis=1)
    distance = np.sqrt(
        np.maximum(squares[:, None] + squares - 2 * hidden @ hidden.T, 0)
    )
    same = names[:, None] == names
    other = ~np.eye(len(names), dtype=bool)
    member = np.unique(names)[:, None] == names
    count = member.sum(axis=1)
    total = member @ hidden
    # Distance of each prefix to each group's mean, the prefix itself left out of its
    # own group.
    own = member.T
    means = (total - own[..., None] * hidden[:, None]) / (count - own)[..., None]
    nearest = np.linalg.norm(hidden[:, None] - means, axis=2).argmin(axis=1)
    return Separation(
        within=round(float(distance[same & other].mean()), 12),
        between=round(float(distance[~same].mean()), 12),
        nearest_right=float((nearest == own.argmax(axis=1)).mean()),
    )
