"""Draw the first picture of the README, light and dark, for a desk and for a phone.

`python docs/first_picture.py`

It measures 500 nets of each of four cells, and what a read-out decodes in 200: half a
minute on two cores.
"""

from functools import partial

from firstbit.process import prepare

CELLS = {
    "Vanilla, logistic": "vanilla:20",
    "Vanilla, tanh": "vanilla:20,activation=tanh",
    "LSTM": "lstm:20",
    "GRU": "gru:20",
}
TITLE = "Far apart is not remembered"


def main() -> None:
    """Measure and draw."""
    prepare()
    import jax
    from pictures import save

    from firstbit import decodability, plots
    from firstbit.memory import distances

    key = jax.random.key(0)
    apart = []
    decoded = []
    for cell in CELLS.values():
        asked = {"length": 50, "key": key}
        apart.append(distances(cell, num_draws=500, words="random", **asked))
        decoded.append(decodability(cell, num_draws=200, **asked))
    names = list(CELLS)
    draw = partial(plots.far_apart, apart, decoded, names=names, title=TITLE)
    save("far_apart", draw)


if __name__ == "__main__":
    main()
