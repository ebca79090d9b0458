"""The published rule: one plain gradient step a word, word after word."""

import math
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from operator import itemgetter
from typing import ClassVar, final

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PyTree

from firstbit.cells.losses import Loss
from firstbit.cells.network import Net
from firstbit.errors import keep_real, require_kind
from firstbit.programs.complex_numbers import from_reals, in_reals
from firstbit.programs.in_turn import in_turn
from firstbit.training.bptt import losses_and_gradients
from firstbit.training.rules.clipping import require_clip
from firstbit.training.rules.rule import Epoch, Learned, Learner, Rule
from firstbit.training.words import Examples

SIDE_BY_SIDE = (2, 4, 16)
"""Networks that one program trains together: pairs and more fill vector registers, so
each is computed as in the others.

A program of one network alone vectorises along its units, and rounds otherwise where
some are left over. Sixteen still fit the near cache.
"""


@final
@dataclass(frozen=True)
class Published(Rule):
    """The 2017 paper's rule: plain gradient steps on the squared error, word by word.

    The error of an epoch is the mean over words of the loss before each word's own
    step. After an epoch: if it is not the first and the error rose, the rate is halved;
    then training stops if the error changed by less than `tolerance` (the first epoch
    compares with 0).

    Attributes:
        learning_rate: rate of the first epoch, above 0.
        max_epochs: as of every rule.
        max_symbols: as of every rule.
        loss: as of every rule; the published one is the squared error.
        tolerance: change of the mean error below which training stops.
        clip: largest norm of a word's gradient, above 0; `inf`, as published, for no
            clipping. A larger gradient is scaled down to it.
        halves: whether the rate is halved, and training stops, by the change of the
            error, as published. It compares the errors of epochs, so all must read the
            same words. Without it the rate stays, and training ends at its budget.

    References:
        Stérin, Farrugia, Gripon 2017, Section IV, and its published code.
    """

    _: KW_ONLY
    tolerance: float = 1e-5
    clip: float = math.inf
    halves: bool = True

    name: ClassVar[str] = "published"
    widths: ClassVar[tuple[int, ...]] = SIDE_BY_SIDE

    def __post_init__(self) -> None:
        super().__post_init__()
        keep_real(self, "tolerance")
        keep_real(self, "clip")
        require_clip(self.clip)
        require_kind("halves", self.halves, bool, "try True")

    @property
    def needs_list(self) -> bool:
        """Whether epochs are compared."""
        return self.halves

    def epoch(
        self, learners: Sequence[Learner], words: Examples, width: int
    ) -> list[Learned]:
        """Train networks side by side; copies of the first fill the places left."""
        filled = list(learners)
        while len(filled) < width:
            filled.append(learners[0])
        rates = [learner.rate for learner in filled]
        start = [learner.network for learner in filled]
        networks, losses = _epoch(
            start,
            jnp.asarray(rates),
            words,
            self.loss_of_prediction,
            self.clip,
        )
        of_networks = np.asarray(losses)
        learned = []
        for place in range(len(learners)):
            error = float(of_networks[place].mean())
            one = Learned(networks[place], (), error)
            learned.append(one)
        return learned

    def next_rate(self, last: Epoch, before: Epoch | None) -> float:
        """Return the rate, halved if the error rose."""
        rose = before is not None and last.mean_error > before.mean_error
        if not rose or not self.halves:
            return last.learning_rate
        return last.learning_rate / 2

    def stops(self, last: Epoch, before: Epoch | None) -> bool:
        """Return whether the error changed by less than the tolerance."""
        if not self.halves:
            return False
        error_before = 0.0 if before is None else before.mean_error
        return abs(last.mean_error - error_before) < self.tolerance


@eqx.filter_jit
@in_turn
def _epoch(
    networks: Sequence[Net],
    rates: Float[Array, " network"],
    words: Examples,
    loss: Loss,
    clip: float,
) -> tuple[list[Net], Float[Array, "network word"]]:
    """Return the networks after one pass, and the losses before each step."""
    trained = []
    fixed = networks[0]
    for network in networks:
        real, fixed = eqx.partition(network, eqx.is_inexact_array)
        trained.append(real)

    def one_word(together: Net, word: Examples) -> tuple[Net, Array]:
        losses, gradient = losses_and_gradients(
            together,
            fixed,
            word,
            loss,
        )
        slopes = in_reals(gradient)
        if clip < math.inf:
            slopes = _clipped(slopes, clip)
        steps = jax.tree.map(lambda g: rates * g, slopes)
        steps = from_reals(steps, gradient)
        return jax.tree.map(jnp.subtract, together, steps), losses

    def stacked(*leaves: Array) -> Array:
        return jnp.stack(leaves, axis=-1)

    together = jax.tree.map(stacked, *trained)
    together, losses = jax.lax.scan(one_word, together, words)
    apart = []
    for place in range(len(networks)):
        copy = itemgetter((..., place))
        own = jax.tree.map(copy, together)
        apart.append(eqx.combine(own, fixed))
    return apart, losses.T


def _clipped(gradient: PyTree, clip: float) -> PyTree:
    """Return the gradients of networks side by side, each scaled to norm `clip`.

    A smaller one stays as it is.
    """
    square = jnp.zeros(1)
    for leaf in jax.tree.leaves(gradient):
        of_leaf = leaf**2
        axes = tuple(range(leaf.ndim - 1))
        square = square + of_leaf.sum(axis=axes)
    norm = jnp.sqrt(square)
    scale = jnp.where(norm > clip, clip / norm, 1.0)
    return jax.tree.map(lambda leaf: leaf * scale, gradient)
