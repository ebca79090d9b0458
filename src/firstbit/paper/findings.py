"""What each figure shows, in one sentence that is computed from what is drawn."""

import json

import numpy as np
import xarray as xr

from firstbit.look import cell_name
from firstbit.look.numbers import written


def of_outputs(ds: xr.Dataset) -> str:
    """Say after how many words the legal symbols are the most active.

    Args:
        ds: `output(word, symbol)` and the true `probability(word, symbol)`, with the
            attribute `network`.

    Example:
        >>> over = ("word", "symbol")
        >>> output, truth = [[0.9, 0.1], [0.8, 0.2]], [[1.0, 0.0], [0.0, 1.0]]
        >>> variables = {"output": (over, output), "probability": (over, truth)}
        >>> of_outputs(xr.Dataset(variables, attrs={"network": "Reber, GRU k = 5"}))
        'Reber, GRU k = 5: after 1 of 2 words what may follow is most active'
    """
    is_legal = ds["probability"] > 0
    least = ds["output"].where(is_legal).min("symbol")
    most = ds["output"].where(~is_legal).max("symbol")
    number = int((least > most).sum())
    words = f"{number} of {ds.sizes['word']} words"
    return f"{ds.attrs['network']}: after {words} what may follow is most active"


def of_hidden(ds: xr.Dataset) -> str:
    """Say of how many words the nearest hidden vector belongs to the same state.

    Words that are alone in their state don't count.

    Args:
        ds: `hidden(word, unit)`, with the coord `state` over `word` and the attribute
            `network`.

    Example:
        >>> vectors = ("word", "unit"), [[0.0], [0.1], [1.0], [0.2]]
        >>> states = ("word", ["q0", "q0", "q1", "q2"])
        >>> of_hidden(xr.Dataset({"hidden": vectors}, {"state": states},
        ...                      {"network": "Reber, GRU k = 1"}))
        'Reber, GRU k = 1: 2 of 2 hidden vectors are nearest to one of their state'
    """
    vectors = ds["hidden"].transpose("word", "unit").values
    states = ds["state"].values
    distance = np.linalg.norm(vectors[:, None] - vectors[None], axis=-1)
    np.fill_diagonal(distance, np.inf)
    has_another = (states[:, None] == states[None]).sum(axis=1) > 1
    is_same = states[distance.argmin(axis=1)] == states
    number, of_all = int((is_same & has_another).sum()), int(has_another.sum())
    near = f"{number} of {of_all} hidden vectors are nearest to one of their state"
    return f"{ds.attrs['network']}: {near}"


def of_confusion(ds: xr.Dataset) -> str:
    """Say how far apart one symbol drives the hidden vectors of both networks.

    Args:
        ds: in its attributes `vanilla_distance` and `gru_distance`.

    Example:
        >>> ds = xr.Dataset(attrs={"vanilla_distance": 0.002, "gru_distance": 0.64})
        >>> of_confusion(ds)
        'one symbol apart, hidden vectors differ by 2.0·10⁻³ (Vanilla), 0.64 (GRU)'
    """
    parts = []
    for name in ("vanilla", "gru"):
        distance = written(ds.attrs[f"{name}_distance"])
        parts.append(f"{distance} ({cell_name(name)})")
    return f"one symbol apart, hidden vectors differ by {', '.join(parts)}"


def of_gradients(ds: xr.Dataset) -> str:
    """Say how far apart the gradients of both networks are, as one reads the figure.

    Args:
        ds: `ks_distance(epoch)`.

    Example:
        >>> distance = xr.DataArray([0.036], {"epoch": [9]})
        >>> of_gradients(xr.Dataset({"ks_distance": distance}))
        'after epoch 9 the pooled gradients of both networks are 0.036 of 1 apart'
    """
    last = ds["ks_distance"].isel(epoch=-1)
    epoch, distance = int(last["epoch"]), written(float(last))
    both = "the pooled gradients of both networks"
    return f"after epoch {epoch} {both} are {distance} of 1 apart"


def of_grid(ds: xr.Dataset) -> str:
    """Say how far apart the two words drive the largest nets at the end.

    Args:
        ds: `discrepancy(hidden_size, length)`, with its `configuration`.

    Example:
        >>> coords = {"hidden_size": [1, 5], "length": [1, 50]}
        >>> d = xr.DataArray([[1.0, 0.1], [1.0, 0.5]], coords)
        >>> of_gru = {"configuration": '{"cell": "GRU"}'}
        >>> of_grid(xr.Dataset({"discrepancy": d}, attrs=of_gru))
        'random GRU nets of 5 units are 0.50 apart after 50 symbols, on average'
    """
    cell = json.loads(ds.attrs["configuration"])["cell"]
    last = ds["discrepancy"].isel(hidden_size=-1, length=-1)
    length, size = int(last["length"]), int(last["hidden_size"])
    apart = f"{written(float(last))} apart after {length} symbols, on average"
    return f"random {cell} nets of {size} units are {apart}"
