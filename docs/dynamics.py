"""Print the tables of docs/dynamics.md, and draw its figure.

`python docs/dynamics.py` takes about four minutes.
"""

from functools import partial
from pathlib import Path

import jax
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from pictures import save

from firstbit import GRU, Published, Vanilla, lyapunov_exponents, redraw
from firstbit.cells import Given, Network
from firstbit.languages import (
    Stream,
    embedded_reber,
    encode,
    fresh_words,
    one_hot,
    sample,
)
from firstbit.look import cell_name, family_of
from firstbit.memory import certificate_of_forgetting, weight_gradients
from firstbit.plots.histograms import steps
from firstbit.plots.names import Name, names_beside
from firstbit.plots.panels import (
    Size,
    blank,
    finished,
    heading,
    limit,
    whole_numbers,
)
from firstbit.plots.sources import source_line
from firstbit.plots.styles import look
from firstbit.process import prepare
from firstbit.studies.training_gradients import (
    GRADIENT_WORDS,
    gradients_of,
    networks_of,
    vanishing,
)
from firstbit.training import Checks, Task, TaskWords, Training, train_seeds

LAWS = ("normal", "fan-in-normal", "fan-in-uniform", "orthogonal")
CURVES = {"logistic": lambda x: 1 / (1 + np.exp(-x)), "tanh": np.tanh}
NETS, SIZE, DELTA = 100, 5, 1e-3
PREFIX, PAIRS, LONGEST = 20, 64, 1000
"""The words of a pair differ in a random prefix; then both read the same random
symbols."""

EPOCHS, MIDDLE, SEEDS, RATE = 300, 100, 8, 0.001
CELLS = {"vanilla": (Vanilla, 18), "gru": (GRU, 10)}
SHOWN = 16
"""Lags that enough words have."""

PUBLISHED = Path(__file__).parent.parent / "tests" / "data" / "published_vanilla.npz"

Measured = tuple[dict[int, np.ndarray], xr.Dataset]
"""The gradients of an epoch, pooled; and those by lag."""


def symbols_to_forget(
    cell: Vanilla, activation: str, random: np.random.Generator
) -> float:
    """Return the number of common symbols after which all pairs stay within DELTA.

    It is infinite if they are not there after LONGEST symbols.
    """
    U, W = np.asarray(cell.U_h, float), np.asarray(cell.W_h, float)

    def step(states: np.ndarray, symbols: np.ndarray) -> np.ndarray:
        return CURVES[activation](U.T[symbols] + states @ W.T)

    states = np.zeros((2, PAIRS, SIZE))
    for _ in range(PREFIX):
        states = step(states, random.integers(0, 2, (2, PAIRS)))
    last = 0
    for n in range(LONGEST + 1):
        apart = np.linalg.norm(states[0] - states[1], axis=1).max()
        if apart > DELTA:
            last = n + 1
        if apart < 1e-12:
            break
        states = step(states, random.integers(0, 2, PAIRS))
    return last if last <= LONGEST else np.inf


def certificates() -> None:
    """Print a row for each law and activation.

    It gives the share of nets without a certificate. For the other nets it gives how
    far the certificates are from the measured numbers of symbols.
    """
    random = np.random.default_rng(0)
    for activation in CURVES:
        shell = Vanilla(2, SIZE, activation=activation, key=jax.random.key(0))
        for law in LAWS:
            certified, measured = [], []
            for i in range(NETS):
                cell = redraw(shell, law, jax.random.key(i))
                told = certificate_of_forgetting(cell, delta=DELTA)
                certified.append(told["forgotten_after"].values)
                measured.append(symbols_to_forget(cell, activation, random))
            n, seen = np.array(certified), np.array(measured)
            without = " | ".join(f"{share:.0%}" for share in np.isinf(n).mean(axis=0))
            sure = np.isfinite(n[:, -1])
            ratio = (
                [
                    np.quantile(n[sure, -1] / np.clip(seen[sure], 1, LONGEST), q)
                    for q in (0.5, 0.05, 0.95)
                ]
                if sure.any()
                else []
            )
            told_ratio = (
                f"{ratio[0]:.1f} ({ratio[1]:.1f} to {ratio[2]:.1f})"
                if ratio
                else "none"
            )
            print(
                f"| {activation} | {law} | {np.isinf(seen).mean():.0%} | {without} "
                f"| {told_ratio} |",
                flush=True,
            )


def published() -> None:
    """Print the bounds and the largest exponents of the published trained Vanilla.

    There are five bounds. The exponents are those along a long legal word.
    """
    with np.load(PUBLISHED) as weights:
        trained = Vanilla.from_parameters(**weights)
    told = certificate_of_forgetting(trained, language=embedded_reber())
    for bound in told["bound"].values:
        print(f"| {bound} | {float(told['rate'].sel(bound=bound)):.3f} |")
    words, _ = encode(
        sample(embedded_reber(), 1, seed=0, shortest=2000, longest=2000),
        embedded_reber().alphabet,
    )
    inputs = np.eye(len(embedded_reber().alphabet))[words[0]]
    found = lyapunov_exponents(
        trained, inputs=inputs, burn_in=200, num_exponents=1, key=jax.random.key(0)
    )
    low, high = found.lyapunov_exponent_ci.values[0]
    print(
        f"largest exponent {found.lyapunov_exponent.item():.3f} +- "
        f"{(high - low) / 2:.3f} nats a symbol (95 % interval)"
    )


def trained(name: str) -> tuple[Task, list[Training]]:
    """Several seeds of one cell by the published rule."""
    cell, size = CELLS[name]
    task = Task(
        Given.of(cell, hidden_sizes=[size]),
        embedded_reber(),
        Published(RATE, max_epochs=EPOCHS),
        jax.random.key(0),
        words=TaskWords(tuple(fresh_words(embedded_reber(), 256, Stream((0, 0))))),
        checks=Checks(MIDDLE),
        snapshots=(0, MIDDLE),
    )
    return task, train_seeds(task, SEEDS)


def pooled(task: Task, trainings: list[Training]) -> dict[int, np.ndarray]:
    """Return absolute gradients for each epoch, pooled as in Fig. 9.

    The pool holds all words, parameters and seeds.
    """
    words = fresh_words(task.language, GRADIENT_WORDS, task.stream("test"))
    one = partial(
        weight_gradients,
        inputs=(hot := one_hot(words, task.language.alphabet))[0],
        lengths=hot[1],
    )
    at = {
        epoch: [t.snapshots[epoch] for t in trainings if epoch in t.snapshots]
        for epoch in (0, MIDDLE)
    }
    at[EPOCHS] = [t.network for t in trainings]
    pools = {}
    for epoch, networks in at.items():
        gradients = []
        for network in networks:
            assert isinstance(network, Network)
            gradients += [gradient.ravel() for gradient in one(network).values()]
        pools[epoch] = np.abs(np.concatenate(gradients))
    return pools


def histogram(axes: Axes, name: str, sizes: np.ndarray) -> Name:
    """Draw the shares of all gradients by size; return the cell's name at its peak.

    The first bin also holds what is smaller than the axis.
    """
    edges = np.logspace(-9, 2, 67)
    shares = np.histogram(np.clip(sizes, edges[0], edges[-1]), edges)[0] / sizes.size
    steps(axes, shares, edges, name)
    peak = float(shares[1:].max())
    return Name(peak, cell_name(name), look().ink(name), is_bold=True)


def fan(axes: Axes, name: str, share: xr.DataArray) -> Name:
    """Draw the median, and quantiles as bands; return the cell's name at its line."""
    rows, lags = share.transpose("quantile", "lag").values, share["lag"].values
    for i in range(2):
        axes.fill_between(
            lags,
            rows[i],
            rows[-1 - i],
            color=look().hue(name),
            alpha=0.13,
            linewidth=0,
        )
    mark = {"marker": family_of(name).mark, "markersize": 4}
    axes.plot(lags, rows[2], color=look().hue(name), **mark)
    return Name(float(rows[2][-1]), cell_name(name), look().ink(name), is_bold=True)


def gradients() -> None:
    """Train, print whether gradients vanish, and draw them in two ways."""
    found = {}
    for name in CELLS:
        task, trainings = trained(name)
        words = fresh_words(task.language, GRADIENT_WORDS, task.stream("test"))
        networks = networks_of(trainings)
        by_lag = gradients_of(
            networks, task.language, words, loss=task.rule.loss_of_prediction
        )
        print(
            f"{cell_name(name)}, {SEEDS} seeds, epochs "
            f"{[len(t.log) for t in trainings]}: {vanishing(by_lag)}",
            flush=True,
        )
        found[name] = pooled(task, trainings), by_lag
    save("gradients_by_lag", partial(drawing, found), phone={})


def drawing(found: dict[str, Measured], width: str) -> Figure:
    """Draw the pooled histograms left, the gradients by lag right."""
    epochs = (0, MIDDLE, EPOCHS)
    figure = blank(
        Size(7.5, 7.5),
        "Pooled gradients (left) cannot show what gradients by lag (right) show",
        width,
    )
    grid = figure.subplots(len(epochs), 2, sharex="col", sharey="col")
    highest, of_pools = 0.0, []
    for (left, right), epoch in zip(grid, epochs, strict=True):
        right.set(yscale="log", ylim=(1e-8, 1e2))
        names, peaks = [Name(0.01, "1 %", look().page.soft)], []
        for name, (sizes, by_lag) in found.items():
            share = by_lag["share"].sel(epoch=epoch, lag=slice(0, SHOWN))
            peaks.append(histogram(left, name, sizes[epoch]))
            names.append(fan(right, name, share))
        limit(right, 0.01)
        left.set(xscale="log")
        left.yaxis.set_major_formatter(PercentFormatter(1, 0, " %"))
        heading(left, f"after {epoch} epochs", "share of all gradients")
        heading(right, "", "share that reaches back")
        whole_numbers(right.xaxis)
        highest = max(highest, *(peak.height for peak in peaks))
        of_pools.append((left, peaks))
        names_beside(right, names)
    for left, peaks in of_pools:
        left.set_ylim(0, 1.05 * highest)
        names_beside(left, peaks)
    grid[-1, 0].set_xlabel("|gradient|; first bin: 0 or near")
    grid[-1, 1].set_xlabel("lag: symbols back from the outer symbol")
    source_line(
        figure,
        f"left: all weights and words, {SEEDS} seeds",
        f"right: medians of {GRADIENT_WORDS} words, bands: quantiles",
    )
    return finished(*figure.axes)


def main() -> None:
    """All of it."""
    prepare()
    gradients()
    published()
    certificates()


if __name__ == "__main__":
    main()
