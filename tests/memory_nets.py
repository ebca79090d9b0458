"""Nets whose memory is known."""

import equinox as eqx
import jax
import jax.numpy as jnp


class DelayLine(eqx.Module):
    """N units that hold the last N symbols, each 1 or -1."""

    shift: jax.Array

    def __init__(self, size):
        self.shift = jnp.eye(size, k=-1)

    @property
    def hidden_size(self):
        return len(self.shift)

    def __call__(self, x, h):
        return self.shift @ h + jnp.zeros(len(h)).at[0].set(x[1] - x[0])
