"""Make the figure of docs/your_own_cell.md again (two minutes; needs `frameworks`)."""

import os
from importlib import import_module
from pathlib import Path

import jax
from matplotlib.figure import Figure

from firstbit import discrepancy
from firstbit.plots import figure_bytes

LSTMS = {
    "torch.nn": "torch.nn:LSTMCell",
    "flax.nnx": "flax.nnx:LSTMCell",
    "haiku": "haiku:LSTM",
    "keras.layers": "keras.layers:LSTMCell",
}
LENGTH = 30


def figure(num_draws: int = 200) -> Figure:
    """Draw D(l,20) of the LSTM of four frameworks, each by its own constructor."""
    os.environ.setdefault("KERAS_BACKEND", "jax")
    drawn = Figure(figsize=(6, 4), layout="constrained")
    axes = drawn.subplots()
    for name, text in LSTMS.items():
        home, _, cell = text.partition(":")
        measured = discrepancy(
            getattr(import_module(home), cell),
            hidden_sizes=[20],
            length=LENGTH,
            num_draws=num_draws,
            key=jax.random.key(0),
        )
        axes.semilogy(range(1, LENGTH + 1), measured.discrepancy[0], label=name)
    axes.set_xlabel("l")
    axes.set_ylabel("D(l,20)")
    axes.set_title("One LSTM, four constructors")
    axes.legend()
    return drawn


if __name__ == "__main__":
    path = Path(__file__).parent / "figures" / "own_cells.png"
    path.write_bytes(figure_bytes(figure(), "png"))
