"""Draw the first picture of the README, light and dark, for a desk and for a phone.

`python docs/first_picture.py`

It measures 500 nets of each of four cells, and what a read-out decodes in 200: half a
minute on two cores.
"""

from pathlib import Path

from firstbit.process import prepare

FIGURES = Path(__file__).parent / "figures"
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

    from firstbit import decodability, plots
    from firstbit.memory import distances

    key = jax.random.key(0)
    apart = []
    decoded = []
    for cell in CELLS.values():
        asked = {"length": 50, "key": key}
        apart.append(distances(cell, num_draws=500, words="random", **asked))
        decoded.append(decodability(cell, num_draws=200, **asked))
    for name, dark in (("far_apart", False), ("far_apart_dark", True)):
        for screen, width in (("", "720 px"), ("_phone", "360 px")):
            with plots.style("page", dark=dark):
                figure = plots.far_apart(
                    apart, decoded, names=list(CELLS), title=TITLE, width=width
                )
            picture = plots.figure_bytes(figure, "png")
            (FIGURES / f"{name}{screen}.png").write_bytes(picture)


if __name__ == "__main__":
    main()
