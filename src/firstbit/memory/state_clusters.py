"""Do hidden states separate the automaton's states? Distances in labelled groups."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from jaxtyping import Bool, Float
from numpy.typing import ArrayLike

from firstbit.errors import SettingError

NUM_RESAMPLES = 1000

TIE = 1e-12
"""Distances that differ by less, relative to their size, are equal."""


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


def separation(hidden: ArrayLike, labels: Sequence[str]) -> Separation:
    """Compare distances within labels to distances between labels.

    Args:
        hidden: (prefix, hidden) one hidden state a prefix; a complex number counts as
            two.
        labels: the automaton's state after each prefix. A prefix whose label is the
            only one of its kind has no group to belong to, and is left out.

    Raises:
        SettingError: fewer than two labels are left, or a state is not finite.

    Example:
        >>> hidden = np.array([[0.0], [0.2], [1.0], [1.2]])
        >>> separation(hidden, ["a", "a", "b", "b"])
        Separation(within=0.2, between=1.0, nearest_right=1.0)
    """
    names, group, size = np.unique(
        np.asarray(labels), return_inverse=True, return_counts=True
    )
    has_group = size[group] > 1
    names = names[group[has_group]]
    if len(set(names)) < 2:
        raise SettingError(
            "expected at least two labels that several prefixes have, got "
            f"{len(set(names))}; give more prefixes, or longer ones."
        )
    hidden = _real_rows(hidden)[has_group]
    distance = _distances(hidden)
    same = names[:, None] == names
    other = ~np.eye(len(names), dtype=bool)
    within = distance[same & other].mean()
    between = distance[~same].mean()
    return Separation(
        within=float(f"{within:.12g}"),
        between=float(f"{between:.12g}"),
        nearest_right=_share_nearest_right(hidden, names),
    )


def ratio_interval(
    hidden: Float[np.ndarray, "prefix unit"], labels: np.ndarray, *, seed: int
) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the distance within over that between.

    Labels with a single member are left out. A member that is drawn several times
    counts as often; its distance to its own copies doesn't count.

    Args:
        hidden: one hidden state a prefix.
        labels: of each.
        seed: of the bootstrap.
    """
    names, group, size = np.unique(labels, return_inverse=True, return_counts=True)
    has_group = size[group] > 1
    hidden = _real_rows(hidden)[has_group]
    group = group[has_group]
    distance = _distances(hidden)
    is_same = group[:, None] == group
    others = is_same & ~np.eye(len(group), dtype=bool)
    generator = np.random.Generator(np.random.PCG64(seed))
    times = np.empty((NUM_RESAMPLES, len(group)))
    for number in range(len(names)):
        members = np.flatnonzero(group == number)
        if members.size:
            even = np.full(members.size, 1 / members.size)
            drawn = generator.multinomial(members.size, even, size=NUM_RESAMPLES)
            times[:, members] = drawn
    within = _mean_of_pairs(times, distance, others)
    between = _mean_of_pairs(times, distance, ~is_same)
    low, high = np.quantile(within / between, [0.025, 0.975])
    return float(low), float(high)


def _mean_of_pairs(
    times: Float[np.ndarray, "resample prefix"],
    distance: Float[np.ndarray, "prefix prefix"],
    counts: Bool[np.ndarray, "prefix prefix"],
) -> Float[np.ndarray, " resample"]:
    """Return the mean distance of the pairs that count in each resample."""
    distances = times @ (distance * counts)
    numbers = times @ counts
    total = (distances * times).sum(axis=1)
    number = (numbers * times).sum(axis=1)
    return total / number


def _real_rows(hidden: ArrayLike) -> Float[np.ndarray, "prefix number"]:
    """Return hidden states as rows of float64 numbers, a complex one as two.

    In float32 the states of a trained net are as far from their mean as rounding is.
    """
    rows = np.asarray(hidden)
    if np.iscomplexobj(rows):
        parts = [np.real(rows), np.imag(rows)]
        rows = np.concatenate(parts, axis=1)
    rows = rows.astype(float)
    wild = np.flatnonzero(~np.isfinite(rows).all(axis=1))
    if wild.size:
        raise SettingError(
            f"expected finite states, got nan or infinity after prefix {wild[0] + 1} "
            f"and {wild.size - 1} others; leave them out."
        )
    return rows


def _distances(
    hidden: Float[np.ndarray, "prefix hidden"],
) -> Float[np.ndarray, "prefix prefix"]:
    """Return the distance of each pair."""
    return scipy.spatial.distance.cdist(hidden, hidden)


def _share_nearest_right(
    hidden: Float[np.ndarray, "prefix hidden"], names: np.ndarray
) -> float:
    """Return the share of prefixes whose nearest group mean is their own.

    The mean of a prefix's own group leaves the prefix out. Of several that are as near
    each counts for its part.
    """
    member = np.unique(names)[:, None] == names
    own = member.T
    count = member.sum(axis=1)
    total = member @ hidden
    others = total - own[..., None] * hidden[:, None]
    num_others = count - own
    means = others / num_others[..., None]
    from_means = hidden[:, None] - means
    distances = np.linalg.norm(from_means, axis=2)
    least = distances.min(axis=1, keepdims=True)
    rounding = TIE * np.abs(hidden).max(initial=0.0)
    is_nearest = distances <= least * (1 + TIE) + rounding
    num_nearest = is_nearest.sum(axis=1)
    right = (is_nearest & own).sum(axis=1) / num_nearest
    return float(right.mean())
