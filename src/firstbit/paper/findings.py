"""What each figure shows, in one sentence that is computed from what is drawn."""

import json

import numpy as np
import xarray as xr

from firstbit.languages import Language, copies, memory_order
from firstbit.look import cell_name
from firstbit.look.numbers import written

EQUAL = 0.1
"""Two numbers are about equal if their ratio is as near to 1 as this."""

ALMOST_NONE, MOST = 0.01, 0.5
"""Shares of a distance: below, and above."""

HARDLY = 10
"""Vectors that are nearer by more than this factor hardly show a symbol."""


def of_network(hidden_size: int) -> str:
    """Say what a Vanilla network remembers with.

    Example:
        >>> of_network(5)
        'all that a Vanilla network knows of earlier symbols is in its 5 hidden units'
    """
    units = f"{hidden_size} hidden units"
    return f"all that a Vanilla network knows of earlier symbols is in its {units}"


def of_language(language: Language) -> str:
    """Say what must be known of a word to tell which symbols may come next.

    Example:
        >>> from firstbit.languages import embedded_reber, reber
        >>> of_language(reber())
        'the last 2 symbols tell which may come next'
        >>> of_language(embedded_reber())
        'the early T or P must be kept to the end'
    """
    order = memory_order(language)
    if np.isfinite(order):
        return f"the last {order} symbols tell which may come next"
    told = " or ".join(copies(language)) or "symbol"
    return f"the early {told} must be kept to the end"


def of_outputs(ds: xr.Dataset) -> str:
    """Say after how many words the most active outputs are those that may follow.

    Where one symbol must follow, it is the answer; say if that is always the same.

    Args:
        ds: `output(word, symbol)` and the true `probability(word, symbol)`, with the
            coords, and the attribute `network`.

    Example:
        >>> over = ("word", "symbol")
        >>> output, truth = [[0.9, 0.1], [0.8, 0.2]], [[1.0, 0.0], [0.0, 1.0]]
        >>> ds = xr.Dataset(
        ...     {"output": (over, output), "probability": (over, truth)},
        ...     coords={"symbol": ["T", "P"]}, attrs={"network": "Reber, GRU k = 5"})
        >>> of_outputs(ds)
        "Reber, GRU k = 5 can't tell the words apart: always T, right for 1 of 2"
        >>> ds["probability"][1] = 0.5
        >>> of_outputs(ds)
        'Reber, GRU k = 5: legal symbols are the most active after 2 of 2 words'
    """
    network = ds.attrs["network"]
    is_legal = ds["probability"] > 0
    least = ds["output"].where(is_legal).min("symbol")
    illegal = ds["output"].where(~is_legal, -np.inf)
    number = int((least > illegal.max("symbol")).sum())
    found = f"{number} of {ds.sizes['word']}"
    if (is_legal.sum("symbol") > 1).any():
        return f"{network}: legal symbols are the most active after {found} words"
    first, *others = ds["output"].idxmax("symbol").values
    if all(other == first for other in others):
        told = f"always {first}, right for {found}"
        return f"{network} can't tell the words apart: {told}"
    if number == ds.sizes["word"]:
        return f"{network} tells the words apart: right for {found}"
    return f"{network}: right for {found} words"


def of_hidden(ds: xr.Dataset) -> str:
    """Say for how many words the nearest hidden vector is that of their own state.

    Words that are alone in their state don't count.

    Args:
        ds: `hidden(word, unit)`, with the coord `state` over `word`.

    Example:
        >>> vectors = ("word", "unit"), [[0.0], [0.1], [1.0], [0.2]]
        >>> states = ("word", ["q0", "q0", "q1", "q2"])
        >>> of_hidden(xr.Dataset({"hidden": vectors}, {"state": states}))
        'words that end in one state leave the most similar vectors: 2 of 2 words'
    """
    vectors = ds["hidden"].transpose("word", "unit").values
    states = ds["state"].values
    apart = vectors[:, None] - vectors[None]
    distance = np.linalg.norm(apart, axis=-1)
    np.fill_diagonal(distance, np.inf)
    is_alike = states[:, None] == states[None]
    has_another = is_alike.sum(axis=1) > 1
    is_same = states[distance.argmin(axis=1)] == states
    number = int((is_same & has_another).sum())
    of_all = int(has_another.sum())
    found = f"{number} of {of_all} words"
    return f"words that end in one state leave the most similar vectors: {found}"


def of_confusion(ds: xr.Dataset) -> str:
    """Say which network's hidden vectors show the second symbol at the end.

    Args:
        ds: in its attributes `vanilla_distance` and `gru_distance`.

    Example:
        >>> ds = xr.Dataset(attrs={"vanilla_distance": 0.002, "gru_distance": 0.64})
        >>> of_confusion(ds)
        "the GRU's vectors show the second symbol (0.64 apart), Vanilla's hardly \
(2.0·10⁻³)"
        >>> of_confusion(ds.assign_attrs(vanilla_distance=0.3))
        "the GRU's vectors show the second symbol (0.64 apart), so do Vanilla's (0.30)"
    """
    distances = {name: ds.attrs[f"{name}_distance"] for name in ("vanilla", "gru")}
    near, far = sorted(distances, key=lambda name: distances[name])
    names = {"vanilla": cell_name("vanilla"), "gru": f"the {cell_name('gru')}"}
    if distances[far] == 0:
        return "neither network's vectors show the second symbol"
    far_apart, apart = written(distances[far]), written(distances[near])
    shown = f"{names[far]}'s vectors show the second symbol ({far_apart} apart)"
    if distances[near] == 0:
        return f"{shown}, {names[near]}'s don't"
    if distances[far] > HARDLY * distances[near]:
        return f"{shown}, {names[near]}'s hardly ({apart})"
    return f"{shown}, so do {names[near]}'s ({apart})"


def of_gradients(ds: xr.Dataset) -> str:
    """Say how large Vanilla's median gradient is in the GRU's, at each epoch.

    It answers whether Vanilla's are smaller, where all epochs agree.

    Args:
        ds: `median_ratio(epoch)`; epoch 0 is before training.

    Example:
        >>> ratio = xr.DataArray([1.7, 0.98], {"epoch": [0, 1000]})
        >>> of_gradients(xr.Dataset({"median_ratio": ratio}))
        "no, Vanilla's median gradient is 1.7 times the GRU's before training, \
about as large (0.98 times) after 1,000 epochs"
    """
    told = []
    epochs, ratios = ds["epoch"].values, ds["median_ratio"].values
    for epoch, ratio in zip(epochs, ratios, strict=True):
        when = f"after {int(epoch):,} epochs" if epoch else "before training"
        times = written(float(ratio))
        is_equal = abs(ratio - 1) < EQUAL
        usual = f"{times} times" if told else f"{times} times the GRU's"
        size = f"about as large ({times} times)" if is_equal else usual
        told.append(f"{size} {when}")
    answer = ""
    if (ratios < 1 - EQUAL).all():
        answer = "yes, "
    elif (ratios > 1 - EQUAL).all():
        answer = "no, "
    return f"{answer}Vanilla's median gradient is {', '.join(told)}"


def of_grid(ds: xr.Dataset) -> str:
    """Say which share of the distance of two words is left, with the most units.

    Args:
        ds: `discrepancy(hidden_size, length)` and its `median`, with its
            `configuration`.

    Example:
        >>> coords = {"hidden_size": [1, 5], "length": [1, 50]}
        >>> d = xr.DataArray([[1.0, 0.002], [2.0, 0.5]], coords)
        >>> of_gru = {"configuration": '{"cell": "GRU"}'}
        >>> of_grid(xr.Dataset({"discrepancy": d, "median": d**0.5}, attrs=of_gru))
        'over 50 symbols GRU nets (k = 5) keep 25 % of their mean distance, 50 % of \
the median'
        >>> of_grid(xr.Dataset({"discrepancy": d**4, "median": d**9}, attrs=of_gru))
        'almost none: over 50 symbols GRU nets (k = 5) keep 0.39 % of their mean \
distance, 3.8·10⁻⁴ % of the median'
    """
    cell = json.loads(ds.attrs["configuration"])["cell"]
    length = int(ds["length"][-1])
    largest = ds.isel(hidden_size=-1)
    nets = f"{cell} nets (k = {int(largest['hidden_size'])})"
    shares = [_kept(largest[name]) for name in ("discrepancy", "median")]
    mean, median = (_percent(share) for share in shares)
    answer = ""
    if np.max(shares) < ALMOST_NONE:
        answer = "almost none: "
    elif np.min(shares) > MOST:
        answer = "most: "
    kept = f"keep {mean} of their mean distance, {median} of the median"
    return f"{answer}over {length} symbols {nets} {kept}"


def _kept(distance: xr.DataArray) -> float:
    """Return the last of some distances as a share of the first; NaN of zero."""
    first, *_, last = distance.values
    return float(last) / float(first) if first > 0 else float("nan")


def _percent(share: float) -> str:
    """Return a share as per cent."""
    return "an unknown share" if np.isnan(share) else f"{written(100 * share)} %"


def of_trainings(ds: xr.Dataset) -> str:
    """Say which trainings end below what is possible without the outer symbol.

    Args:
        ds: `mean_error(run, epoch)`, NaN after a stop, and `merged_floor(run)`, NaN
            where there is no outer symbol.

    Example:
        >>> errors = ("run", "epoch"), [[6.0, 3.5], [6.0, 4.1], [5.0, np.nan]]
        >>> variables = {"mean_error": errors, "merged_floor": ("run", [4, 4, np.nan])}
        >>> of_trainings(xr.Dataset(variables, {"run": ["GRU", "Vanilla", "short"]}))
        'only GRU ends below the dashed line: it knows the outer symbol'
    """
    with_outer = ds.dropna("run", subset=["merged_floor"])
    below = []
    for run in with_outer["run"].values:
        one = with_outer.sel(run=run)
        if one["mean_error"].dropna("epoch")[-1] < one["merged_floor"]:
            below.append(str(run))
    if not below:
        return "none ends below the dashed line: no net knows the outer symbol"
    if len(below) == with_outer.sizes["run"]:
        return "all end below the dashed line: each knows the outer symbol"
    if len(below) == 1:
        return f"only {below[0]} ends below the dashed line: it knows the outer symbol"
    who = " and ".join(below)
    return f"only {who} end below the dashed line: they know the outer symbol"
