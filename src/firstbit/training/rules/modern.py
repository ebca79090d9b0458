"""The modern rule: Adam on clipped gradients of minibatches of words."""

import math
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar, NamedTuple, final

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Int

from firstbit.cells.losses import Loss
from firstbit.cells.network import Net
from firstbit.errors import SettingError, keep_real, keep_whole
from firstbit.programs.complex_numbers import from_reals, in_reals
from firstbit.programs.in_turn import in_turn
from firstbit.training.bptt import batch_loss_and_gradient
from firstbit.training.rules.clipping import require_clip
from firstbit.training.rules.rule import (
    CROSS_ENTROPY,
    Epoch,
    Learned,
    Learner,
    Moments,
    Rule,
)
from firstbit.training.words import Examples

SCHEDULES = ("constant", "cosine")
"""How the learning rate changes over the budget."""


@final
@dataclass(frozen=True)
class Modern(Rule):
    r"""Today's usual rule: Adam on the cross-entropy of a softmax, in minibatches.

    The gradient is that of the mean loss a word of the minibatch, scaled down to norm
    `clip` where it is larger. In a fixed list the words are shuffled every epoch. The
    rate stays, or falls by a cosine from `learning_rate` to 0 over the budget: $\eta (1
    + \cos \pi s) / 2$, where s is the share of the epochs (or symbols) used up before
    an epoch.

    Real and imaginary parts of complex numbers are numbers of their own, as in PyTorch.

    Attributes:
        learning_rate: Adam's, above 0.
        max_epochs: as of every rule.
        max_symbols: as of every rule.
        loss: as of every rule.
        batch_size: words in a minibatch, at least 1; the last one of an epoch may be
            smaller.
        clip: largest norm of a gradient, above 0; `inf` for no clipping.
        schedule: `constant` or `cosine`.

    References:
        Kingma, Ba 2015, "Adam: A Method for Stochastic Optimization", Algorithm 1
        (optax.scale_by_adam, its defaults).
    """

    learning_rate: float = 0.01
    _: KW_ONLY
    loss: str = CROSS_ENTROPY
    batch_size: int = 32
    clip: float = 1.0
    schedule: str = "constant"

    name: ClassVar[str] = "modern"
    shuffles: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        keep_whole(self, "batch_size", 1)
        keep_real(self, "clip")
        require_clip(self.clip)
        if self.schedule not in SCHEDULES:
            raise SettingError(
                f"expected the schedule `constant` or `cosine`; got '{self.schedule}'."
            )

    def first_moments(self, network: Net) -> Moments:
        """Return Adam's state before training."""
        trained = eqx.filter(network, eqx.is_inexact_array)
        return _optimizer(self.clip).init(in_reals(trained))

    def epoch(
        self,
        learners: Sequence[Learner],
        words: Examples,
        width: int,  # noqa: ARG002
    ) -> list[Learned]:
        """Train networks one after the other."""
        learned = []
        for network, moments, rate in learners:
            network, moments, error = _epoch(
                network,
                moments,
                jnp.asarray(rate),
                words,
                self._step,
            )
            learned.append(Learned(network, moments, float(error)))
        return learned

    def next_rate(self, last: Epoch, before: Epoch | None) -> float:  # noqa: ARG002
        """Return the rate by the share of the budget that is spent."""
        if self.schedule == "constant":
            return self.learning_rate
        share = min(self.spent(last), 1.0)
        cosine = math.cos(math.pi * share)
        left = (1 + cosine) / 2
        return self.learning_rate * left

    @property
    def _step(self) -> "_Step":
        return _Step(self.batch_size, self.clip, self.loss_of_prediction)


@dataclass(frozen=True)
class _Step:
    """What a compiled step depends on, of all settings of the rule."""

    batch_size: int
    clip: float
    loss: Loss


class _Batches(NamedTuple):
    """Words in minibatches; words of no step fill the last one.

    Attributes:
        inputs: (batch, time, input, word).
        targets: (batch, time, output, word).
        num_steps: (batch, word).
        size: (batch,) number of words.
    """

    inputs: Float[Array, "batch time input word"]
    targets: Float[Array, "batch time output word"]
    num_steps: Int[Array, "batch word"]
    size: Float[Array, " batch"]


@eqx.filter_jit
@in_turn
def _epoch(
    network: Net,
    moments: Moments,
    rate: Float[Array, ""],
    words: Examples,
    step: _Step,
) -> tuple[Net, Moments, Float[Array, ""]]:
    """Return network and moments after one pass, and the words' mean loss.

    The losses are those before the steps.
    """
    trained, fixed = eqx.partition(network, eqx.is_inexact_array)

    def one_batch(
        carry: tuple[Net, Moments], batch: _Batches
    ) -> tuple[tuple[Net, Moments], Array]:
        trained, moments = carry
        examples = Examples(batch.inputs, batch.targets, batch.num_steps)
        network = eqx.combine(trained, fixed)
        loss, gradient = batch_loss_and_gradient(network, examples, step.loss)
        reals = in_reals(gradient)
        mean = jax.tree.map(lambda g: g / batch.size, reals)
        optimizer = _optimizer(step.clip)
        with jax.numpy_dtype_promotion("standard"):  # which optax relies on
            change, moments = optimizer.update(mean, moments)
        steps = jax.tree.map(lambda c: rate * c, change)
        steps = from_reals(steps, gradient)
        trained = jax.tree.map(jnp.subtract, trained, steps)
        return (trained, moments), loss

    batches = _batches(words, step.batch_size)
    start = trained, moments
    end, losses = jax.lax.scan(one_batch, start, batches)
    trained, moments = end
    mean_loss = losses.sum() / len(words.num_steps)
    return eqx.combine(trained, fixed), moments, mean_loss


def _batches(words: Examples, batch_size: int) -> _Batches:
    num_words = len(words.num_steps)
    missing = -num_words % batch_size

    def minibatches(array: Array) -> Array:
        of_word = array.shape[1:]
        padding = [(0, missing)]
        padding += [(0, 0)] * len(of_word)
        padded = jnp.pad(array, padding)
        return padded.reshape(-1, batch_size, *of_word)

    inputs = minibatches(words.inputs)
    targets = minibatches(words.targets)
    counted = minibatches(jnp.ones(num_words))
    return _Batches(
        inputs=jnp.moveaxis(inputs, 1, 3),
        targets=jnp.moveaxis(targets, 1, 3),
        num_steps=minibatches(words.num_steps),
        size=counted.sum(axis=1),
    )


def _optimizer(clip: float) -> optax.GradientTransformation:
    return optax.chain(
        optax.clip_by_global_norm(clip),
        optax.scale_by_adam(),
    )
