r"""Read-outs of states, fitted: logistic regression and least squares, with a ridge.

$$ \min_w \frac{1}{n} \sum_i \log(1 + e^{-s_i w^T x_i}) + \frac{\lambda}{2}
   \lVert w \rVert^2, \qquad s_i = \pm 1 $$

The numbers of the states are standardised on the words that are fitted, so that the
ridge means the same for every cell. The weight of the constant has no ridge.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from firstbit.memory.decodability.reading import LINEAR, QUADRATIC, SQUARES, Shares
from firstbit.programs.bounded import bounded
from firstbit.programs.in_turn import in_turn

STEPS = (1.0, 0.5, 0.125)
"""Shares of Newton's step that are tried; the best is taken."""

MOST_STEPS = 50

CLOSE_ENOUGH = 1e-9
"""Newton's method ends where it expects a gain below this, in nats."""

CONSTANT_BELOW = 1e-13
"""A number that varies by less than this share of its size is constant, but for
rounding."""

Row = Float[Array, " word"]
Matrix = Float[Array, "word feature"]
Weights = Float[Array, " feature"]


class Decoded(NamedTuple):
    """How well a read-out decodes the symbols of the words that test it.

    Attributes:
        accuracy: share of words that it decodes right.
        bits: mean of 1 + log2 of the probability that it gave to what was right; of
            least squares, which gives none, without meaning.
        bits_spread: standard deviation of these numbers over words.
        ridge: number of the ridge that was chosen.
    """

    accuracy: Float[Array, ""]
    bits: Float[Array, ""]
    bits_spread: Float[Array, ""]
    ridge: Int[Array, ""]


class Fits(NamedTuple):
    """What the program of the fits depends on.

    Attributes:
        readouts: names of the read-outs.
        ridges: the largest first.
        num_words: of a net.
    """

    readouts: tuple[str, ...]
    ridges: tuple[float, ...]
    num_words: int

    @property
    def shares(self) -> Shares:
        """Which words serve for what."""
        return Shares(self.num_words)


@bounded(static="fits")
@in_turn
def decode(
    features: Float[Array, "one_or_step word feature"],
    symbols: Bool[Array, "step_or_one word"],
    *,
    fits: Fits,
) -> list[Decoded]:
    """Fit every read-out at each step, and test it.

    Args:
        features: of the states after each step, or after one.
        symbols: that are to be decoded, at each step or the same at all.
        fits: which read-outs and ridges.

    Returns:
        For each read-out, numbers over steps.
    """

    def at_step(step: Array) -> list[Decoded]:
        states = features[step % len(features)]
        wanted = symbols[step % len(symbols)]
        return [_decode_by(name, states, wanted, fits) for name in fits.readouts]

    num_steps = max(len(features), len(symbols))
    return jax.lax.map(at_step, jnp.arange(num_steps))


def _decode_by(
    name: str, states: Matrix, symbols: Bool[Array, " word"], fits: Fits
) -> Decoded:
    """Fit one read-out with each ridge, choose one, and test it."""
    shares = fits.shares
    inputs = standardised(states, shares.fitted)
    if name == QUADRATIC:
        inputs = standardised(_with_products(inputs), shares.fitted)
    ones = jnp.ones((len(inputs), 1))
    inputs = jnp.concatenate([inputs, ones], axis=1)
    signs = jnp.where(symbols, 1.0, -1.0)
    fit, loss = _FITS[name]
    ridges = jnp.array(fits.ridges)
    fitted = slice(0, shares.fitted)
    chosen = slice(shares.fitted, shares.fitted + shares.chosen)
    tested = slice(shares.fitted + shares.chosen, None)
    weights = fit(inputs[fitted], signs[fitted], ridges)
    scores = inputs @ weights.T
    chosen_margins = signs[chosen, None] * scores[chosen]
    losses = loss(chosen_margins).mean(axis=0)
    best = jnp.nanargmin(losses)  # NaN where rounding left no fit
    margins = signs[tested] * scores[tested, best]
    # A score of 0 says nothing: half of such words are right.
    is_right = jnp.where(margins > 0, 1.0, 0.0)
    of_words = jnp.where(margins == 0, 0.5, is_right)
    of_known = jnp.where(jnp.isnan(margins), jnp.nan, of_words)
    accuracy = jnp.mean(of_known)
    bits = 1 - _surprise(margins) / np.log(2)
    mean = jnp.mean(bits)
    spread = jnp.std(bits, ddof=1)
    return Decoded(accuracy, mean, spread, best)


def standardised(states: Matrix, num_fitted: int) -> Matrix:
    """Return numbers of mean 0 and variance 1 on the first words; 0 if constant."""
    fitted = states[:num_fitted]
    mean = fitted.mean(axis=0)
    spread = fitted.std(axis=0)
    size = jnp.max(jnp.abs(fitted), axis=0)
    varies = spread > CONSTANT_BELOW * size
    unit = jnp.where(varies, spread, 1.0)
    return jnp.where(varies, (states - mean) / unit, 0.0)


def _with_products(inputs: Matrix) -> Float[Array, "word more"]:
    """Return the numbers, and all products of two of them."""
    rows, columns = np.triu_indices(inputs.shape[1])
    products = inputs[:, rows] * inputs[:, columns]
    return jnp.concatenate([inputs, products], axis=1)


def _surprise(margins: Array) -> Array:
    """Return minus the logarithm of the probability of what was right."""
    return jax.nn.softplus(-margins)


def _squared(margins: Array) -> Array:
    """Return the squared error against a target of 1."""
    return (1 - margins) ** 2


def _penalties(inputs: Matrix, ridge: Array) -> Weights:
    """Return the ridge of each weight: none for the constant, but for rounding."""
    num_weights = inputs.shape[1]
    return jnp.full(num_weights, ridge).at[-1].set(CONSTANT_BELOW)


def _solved(matrix: Float[Array, "feature feature"], right: Weights) -> Weights:
    factor = jax.scipy.linalg.cho_factor(matrix)
    return jax.scipy.linalg.cho_solve(factor, right)


def least_squares(
    inputs: Matrix, signs: Row, ridges: Float[Array, " ridge"]
) -> Float[Array, "ridge feature"]:
    """Fit the signs by least squares with each ridge."""
    squares = inputs.T @ inputs / len(inputs)
    right = inputs.T @ signs / len(inputs)

    def with_ridge(ridge: Array) -> Weights:
        penalties = _penalties(inputs, ridge)
        return _solved(squares + jnp.diag(penalties), right)

    return jax.lax.map(with_ridge, ridges)


class Newton(NamedTuple):
    """Where Newton's method is.

    Attributes:
        weights: of the read-out.
        scores: of the words.
        loss: with the ridge, in nats.
        gain: that the last step was expected to bring.
        step: its number.
    """

    weights: Weights
    scores: Row
    loss: Float[Array, ""]
    gain: Float[Array, ""]
    step: Int[Array, ""]


def logistic(
    inputs: Matrix, signs: Row, ridges: Float[Array, " ridge"]
) -> Float[Array, "ridge feature"]:
    """Fit logistic regressions by Newton's method, each from the one before.

    Args:
        inputs: of the words; the last column is 1.
        signs: 1 or -1 for each word.
        ridges: the largest first.
    """

    def with_ridge(weights: Weights, ridge: Array) -> tuple[Weights, Weights]:
        found = _logistic(inputs, signs, _penalties(inputs, ridge), weights)
        return found, found

    start = jnp.zeros(inputs.shape[1])
    _, found = jax.lax.scan(with_ridge, start, ridges)
    return found


def _logistic(
    inputs: Matrix, signs: Row, penalties: Weights, weights: Weights
) -> Weights:
    """Minimise the loss from some weights on."""
    num_words = len(inputs)

    def loss_at(weights: Weights, scores: Row) -> Array:
        ridge = jnp.sum(penalties * weights**2) / 2
        return jnp.mean(_surprise(signs * scores)) + ridge

    def goes_on(now: Newton) -> Array:
        return (now.gain > CLOSE_ENOUGH) & (now.step < MOST_STEPS)

    def move(now: Newton) -> Newton:
        wrong = jax.nn.sigmoid(-signs * now.scores)
        slope = penalties * now.weights - inputs.T @ (signs * wrong) / num_words
        curvature = wrong * (1 - wrong) / num_words
        bend = (inputs.T * curvature) @ inputs + jnp.diag(penalties)
        direction = _solved(bend, slope)
        change = inputs @ direction
        tried = []
        for share in STEPS:
            weights = now.weights - share * direction
            scores = now.scores - share * change
            loss = loss_at(weights, scores)
            step = now.step + 1
            tried.append(Newton(weights, scores, loss, now.gain, step))
        best = _best(tried)
        expected = slope @ direction / 2
        is_better = best.loss < now.loss
        gain = jnp.where(is_better, expected, 0.0)
        return best._replace(gain=gain)

    scores = inputs @ weights
    start = Newton(
        weights=weights,
        scores=scores,
        loss=loss_at(weights, scores),
        gain=jnp.array(jnp.inf),
        step=jnp.array(0),
    )
    return jax.lax.while_loop(goes_on, move, start).weights


def _best(tried: list[Newton]) -> Newton:
    """Return the step with the least loss."""
    best, *others = tried
    for other in others:
        is_better = other.loss < best.loss
        best = jax.tree.map(
            lambda new, old, is_better=is_better: jnp.where(is_better, new, old),
            other,
            best,
        )
    return best


_FITS = {
    LINEAR: (logistic, _surprise),
    QUADRATIC: (logistic, _surprise),
    SQUARES: (least_squares, _squared),
}
"""Read-out -> how it is fitted, and the loss by which its ridge is chosen."""
