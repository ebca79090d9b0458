"""Two cells as a user writes them: gates in arrays of their own, and in one array."""

import equinox as eqx
import jax
import jax.numpy as jnp


class Apart(eqx.Module):
    """The minimal gated unit: a gate and a candidate, each with its own arrays."""

    W_f: jax.Array
    U_f: jax.Array
    W_h: jax.Array
    U_h: jax.Array
    hidden_size: int = eqx.field(static=True)

    def __init__(self, input_size, hidden_size, *, key):
        draw, keys = jax.random.normal, jax.random.split(key, 4)
        self.W_f = draw(keys[0], (hidden_size, hidden_size))
        self.U_f = draw(keys[1], (hidden_size, input_size))
        self.W_h = draw(keys[2], (hidden_size, hidden_size))
        self.U_h = draw(keys[3], (hidden_size, input_size))
        self.hidden_size = hidden_size

    def __call__(self, input, hidden):
        """Make one step."""
        f = jax.nn.sigmoid(self.W_f @ hidden + self.U_f @ input)
        new = jnp.tanh(self.W_h @ (f * hidden) + self.U_h @ input)
        return (1 - f) * hidden + f * new


class Joined(eqx.Module):
    """Both gates in one array, and a bias."""

    W: jax.Array
    U: jax.Array
    b: jax.Array
    hidden_size: int = eqx.field(static=True)

    def __init__(self, input_size, hidden_size, *, key):
        first, second = jax.random.split(key)
        self.W = jax.random.normal(first, (2 * hidden_size, hidden_size))
        self.U = jax.random.normal(second, (2 * hidden_size, input_size))
        self.b = jnp.zeros(2 * hidden_size)
        self.hidden_size = hidden_size

    def __call__(self, input, hidden):
        """Make one step."""
        gate, new = jnp.split(self.W @ hidden + self.U @ input + self.b, 2)
        gate = jax.nn.sigmoid(gate)
        return gate * hidden + (1 - gate) * jnp.tanh(new)
