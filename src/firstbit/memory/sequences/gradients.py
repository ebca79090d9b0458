"""Gradients of a model of sequences at its earlier inputs, by lag."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from firstbit.cells.sequence_model import SequenceModel, require_causal
from firstbit.errors import CellError
from firstbit.norms import norm
from firstbit.programs.in_turn import in_turn
from firstbit.weights.numbers import is_complex

Loss = Callable[[Array, Array], Array]
"""Of an output and its target."""


def gradients_at_inputs(
    model: SequenceModel,
    inputs: Float[np.ndarray, "word time input"],
    targets: Float[np.ndarray, "word time output"],
    num_steps: Int[np.ndarray, " word"],
    loss: Loss,
) -> tuple[Float[np.ndarray, "word time lag"], Float[np.ndarray, "word time lag"]]:
    """Return the norms of dL_T / dx_{T-lag} and of dy_T / dx_{T-lag}; in float64.

    NaN where a word has no such prediction or lag.

    Raises:
        CellError: the model fails, isn't causal, or gives complex outputs.
    """
    length = inputs.shape[1]
    with jax.enable_x64(True):
        require_causal(model, inputs.shape[2], length)
        function = model.traced()
        _require_real(model, jax.eval_shape(function, inputs[0]))

        @jax.jit
        @in_turn
        def of_words(inputs: Array, targets: Array) -> tuple[Array, Array]:
            def of_word(word: tuple[Array, Array]) -> tuple[Array, Array]:
                symbols, expected = word

                def losses(symbols: Array) -> Array:
                    return jax.vmap(loss)(function(symbols), expected)

                of_loss = jax.jacrev(losses)(symbols)
                of_output = jax.jacrev(function)(symbols).swapaxes(1, 2)
                sizes = jnp.linalg.norm(of_output, ord=2, axis=(2, 3))
                norms = norm(of_loss, axis=2, xp=jnp)
                return norms, sizes

            return jax.lax.map(of_word, (inputs, targets))

        found = of_words(jnp.asarray(inputs), jnp.asarray(targets))
    norms, sizes = (_by_lag(np.asarray(one), num_steps) for one in found)
    return norms, sizes


def _require_real(model: SequenceModel, outputs: jax.ShapeDtypeStruct) -> None:
    """Raise `CellError` for complex outputs: a loss of them is asked for slopes."""
    if is_complex(outputs):
        raise CellError(
            f"expected real outputs of {model.name}, got {outputs.dtype}; give their "
            "real and imaginary parts beside each other."
        )


def _by_lag(
    values: Float[np.ndarray, "word time source"], num_steps: Int[np.ndarray, " word"]
) -> Float[np.ndarray, "word time lag"]:
    """Return values at output and input by output and lag; NaN where there is none."""
    found = np.full_like(values, np.nan)
    length = values.shape[1]
    for lag in range(length):
        times = np.arange(lag, length)
        found[:, times, lag] = values[:, times, times - lag]
    is_over = np.arange(length) >= num_steps[:, None]
    found[is_over] = np.nan
    return found
