"""Do hidden states separate the automaton's states? Distances in labelled groups."""

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
        labels: the automaton's state after each prefix. A prefix whose label is the
            only one of its kind has no group to belong to, and is left out.

    Example:
        >>> hidden = np.array([[0.0], [0.2], [1.0], [1.2]])
        >>> separation(hidden, ["a", "a", "b", "b"])
        Separation(within=0.2, between=1.0, nearest_right=1.0)
    """
    names, group, size = np.unique(
        np.asarray(labels), return_inverse=True, return_counts=True
    )
    has_group = size[group] > 1
    names, hidden = names[group[has_group]], hidden[has_group]
    distance = _distances(hidden)
    same = names[:, None] == names
    other = ~np.eye(len(names), dtype=bool)
    return Separation(
        within=round(float(distance[same & other].mean()), 12),
        between=round(float(distance[~same].mean()), 12),
        nearest_right=_share_nearest_right(hidden, names),
    )


def _distances(
    hidden: Float[np.ndarray, "prefix hidden"],
) -> Float[np.ndarray, "prefix prefix"]:
    """Return the distance of each pair."""
    squares = (hidden**2).sum(axis=1)
    apart = squares[:, None] + squares - 2 * hidden @ hidden.T
    return np.sqrt(np.maximum(apart, 0))


def _share_nearest_right(
    hidden: Float[np.ndarray, "prefix hidden"], names: np.ndarray
) -> float:
    """Return the share of prefixes whose nearest group mean is their own.

    The mean of a prefix's own group leaves the prefix out.
    """
    member = np.unique(names)[:, None] == names
    own, count = member.T, member.sum(axis=1)
    total = member @ hidden
    means = (total - own[..., None] * hidden[:, None]) / (count - own)[..., None]
    nearest = np.linalg.norm(hidden[:, None] - means, axis=2).argmin(axis=1)
    return float((nearest == own.argmax(axis=1)).mean())
