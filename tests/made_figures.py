"""Each plot of the library on a small result with made-up numbers: name -> a call."""

import json

import numpy as np
import xarray as xr

from firstbit import plots
from firstbit.languages import (
    embedded_reber,
    length_distribution,
    memory_demand,
    reber,
)
from firstbit.plots import paper
from made_results import around, discrepancies

LENGTHS = np.arange(1, 21)
EPOCHS = np.arange(30)


def said(cell, **attrs):
    """Attributes of a result that names its cell."""
    configuration = {
        "cell": cell,
        "catalogue_name": cell.casefold(),
        "initializer": "normal",
        "words": ["00...", "10..."],
        "threshold": 1e-3,
    }
    return {"configuration": json.dumps(configuration), "num_draws": 50, **attrs}


def ends(values):
    return np.stack(around(values), axis=-1)


def of_cell(cell, rate):
    found = discrepancies([5, 20], LENGTHS, rate)
    return found.assign_attrs(said(cell))


def with_theory():
    found = of_cell("GRU", 0.05)
    return found.assign(predicted_discrepancy=1.2 * found["discrepancy"])


def capacities():
    held = np.array([0.8**LENGTHS])
    variables = {
        "capacity": (("hidden_size", "lag"), held),
        "capacity_ci": (("hidden_size", "lag", "ci_bound"), ends(held)),
        "total_capacity": ("hidden_size", [4.0]),
        "total_capacity_ci": (("hidden_size", "ci_bound"), ends([4.0])),
        "num_read": ("hidden_size", [20.0]),
    }
    attrs = said("GRU", law="uniform", scale=1.0, num_steps=500)
    coords = {"hidden_size": [20], "lag": LENGTHS, "ci_bound": ["lower", "upper"]}
    return xr.Dataset(variables, coords, attrs)


def decoded(cell):
    right = np.clip(1.1 - 0.05 * LENGTHS, 0.5, 1)[None, None]
    dims = ("hidden_size", "readout", "lag")
    variables = {
        "accuracy": (dims, right),
        "accuracy_ci": ((*dims, "ci_bound"), ends(right), {"ci_prob": 0.95}),
        "reach": (dims[:2], [[9.0]]),
    }
    attrs = said(cell, words="random", num_words=400, reach_above=0.55)
    coords = {
        "hidden_size": [20],
        "readout": ["linear"],
        "lag": LENGTHS - 1,
        "ci_bound": ["lower", "upper"],
    }
    return xr.Dataset(variables, coords, attrs)


def compared():
    """Two cells under all measures."""
    falls = np.array([0.9**LENGTHS, 0.8**LENGTHS])
    right = np.clip(0.5 + falls / 2, 0.5, 1)[:, None]
    read, by_lag = ("cell", "readout", "lag"), ("cell", "lag")
    variables = {
        "relative_discrepancy": (("cell", "length"), falls),
        "accuracy": (read, right),
        "accuracy_ci": ((*read, "ci_bound"), ends(right), {"ci_prob": 0.95}),
        "capacity": (by_lag, falls),
        "capacity_ci": ((*by_lag, "ci_bound"), ends(falls), {"ci_prob": 0.95}),
        "total_capacity": ("cell", [4.0, 3.0]),
        "num_read": ("cell", [20.0, 20.0]),
        "multiplications": ("cell", [1320, 440]),
    }
    coords = {
        "cell": ["gru:20", "vanilla:20"],
        "cell_name": ("cell", ["GRU", "Vanilla"]),
        "initializer": ("cell", ["normal", "normal"]),
        "length": LENGTHS,
        "readout": ["linear"],
        "lag": LENGTHS - 1,
        "ci_bound": ["lower", "upper"],
    }
    attrs = {"readout": "linear", "words": "random", "law": "one-hot", "scale": 1.0}
    return xr.Dataset(variables, coords, {"num_draws": 50, **attrs})


def nets(cell):
    random = np.random.default_rng(0)
    rates = random.uniform(0.1, 1, 9)
    distance = np.exp(-rates * LENGTHS[:, None])[None]
    coords = {"hidden_size": [20], "length": LENGTHS}
    variables = {"distance": (("hidden_size", "length", "draw"), distance)}
    return xr.Dataset(variables, coords, said(cell, suffix="random"))


def fates():
    share = np.tile([0.2, 0.5, 0.3], (3, 1))
    dims = ("hidden_size", "fate")
    coords = {"hidden_size": [1, 5, 20], "fate": ["merged", "fixed points", "chaotic"]}
    both = {"share": (dims, share), "share_of_discrepancy": (dims, share)}
    return xr.Dataset(both, coords, {"length": 50})


def by_lag():
    fan = 10.0 ** -LENGTHS[:, None] * np.array([0.5, 1.0, 2.0])
    fan = np.broadcast_to(fan, (3, *fan.shape))
    dims = ("epoch", "lag", "quantile")
    names = ["U_h", "W_h", "b_h"]
    of_each = np.broadcast_to(fan[:, None], (3, 3, *fan.shape[1:]))
    return xr.Dataset(
        {
            **dict.fromkeys(("loss_gradient", "jacobian", "share"), (dims, fan)),
            "contribution": (("epoch", "parameter", "lag", "quantile"), of_each),
        },
        {
            "epoch": [0, 30, 60],
            "lag": LENGTHS - 1,
            "quantile": [0.25, 0.5, 0.75],
            "parameter": names,
        },
    )


def phases():
    ratio = np.geomspace(1e-3, 1, 12).reshape(4, 3)
    return xr.Dataset(
        {
            "discrepancy_ratio": (("gain", "hidden_size"), ratio),
            "critical_gain": ("line_size", [0.5, 0.1]),
        },
        {
            "gain": [0.1, 0.2, 0.4, 0.8],
            "hidden_size": [5, 20, 80],
            "line_size": [3, 160],
        },
    )


def rates():
    share = np.array([[0.1, 0.5], [0.6, 0.9]])
    dims = ("cell", "setting")
    return xr.Dataset(
        {
            "success_rate": (dims, share),
            "success_rate_ci": ((*dims, "ci_bound"), ends(share)),
        },
        {
            "cell": ["GRU", "Vanilla"],
            "setting": ["5", "10"],
            "ci_bound": ["lower", "upper"],
        },
    )


def trained():
    loss = np.geomspace(30, 0.001, 30) * np.array([[1], [2], [3]])
    return xr.Dataset(
        {
            "loss": (("seed", "epoch"), loss, {"units": "bits a word"}),
            "solved": ("seed", [True, False, False]),
            "diverged_epoch": ("seed", [np.nan, np.nan, 2.0]),
            "long_range_accuracy": (("seed", "lag"), np.full((3, 3), 0.5)),
            "num_predictions": (("seed", "lag"), np.full((3, 3), 40)),
        },
        {"seed": range(3), "epoch": EPOCHS, "lag": [4, 5, 6]},
    )


def supply():
    demand = memory_demand(embedded_reber(), 4)
    retained = np.array([[1, 0.9, 0.2, 0.01], [1, 1, 0.9, 0.8]])
    dims = ("cell", "length")
    variables = {
        "discrepancy": (dims, retained),
        "discrepancy_ci": ((*dims, "ci_bound"), ends(retained)),
        "retained": (dims, retained),
        "retained_ci": ((*dims, "ci_bound"), ends(retained)),
        "reach": ("cell", [2, 4]),
        "floor_at_reach": ("cell", [4.0, 3.6]),
    }
    coords = {
        "cell": ["vanilla:10", "gru:10"],
        "cell_name": ("cell", ["vanilla", "gru"]),
        "hidden_size": ("cell", [10, 10]),
        "length": [1, 2, 3, 4],
        "ci_bound": ["lower", "upper"],
    }
    both = demand.assign(variables).assign_coords(coords)
    return both.assign_attrs(threshold=1e-3)


def gradients():
    random = np.random.default_rng(0)
    size = 10.0 ** random.uniform(-6, 0, (3, 8, 4))
    quantile = np.tile([1e-5, 1e-3, 1e-2], (3, 4, 1))
    return xr.Dataset(
        {
            "gradient": (("epoch", "word", "coefficient"), size),
            "parameter_quantile": (("epoch", "group", "quantile"), quantile),
            "ks_distance": ("epoch", [0.2] * 3),
            "ks_distance_ci": (("epoch", "ci_bound"), [[0.1, 0.3]] * 3),
            "median_ratio": ("epoch", [2.0] * 3),
            "median_ratio_ci": (("epoch", "ci_bound"), [[1.5, 2.5]] * 3),
        },
        {
            "epoch": [0, 30, 60],
            "network": ("coefficient", ["vanilla", "vanilla", "gru", "gru"]),
            "parameter": ("coefficient", ["U_h", "W_h", "W_z", "b_r"]),
            "quantile": [0.25, 0.5, 0.75],
            "ci_bound": ["lower", "upper"],
        },
    )


def states():
    coords = {"word": ["B", "BT"], "unit": range(5), "state": ("word", ["q0", "q1"])}
    values = np.linspace(0, 1, 10).reshape(2, 5)
    return xr.Dataset({"hidden": (("word", "unit"), values)}, coords)


def answers():
    truth = (("word", "symbol"), [[0, 0.5, 0.5], [0, 0, 1.0]])
    coords = {"word": ["B", "BTX"], "symbol": ["B", "T", "P"]}
    return xr.Dataset({"output": truth, "probability": truth}, coords)


def one_letter_apart():
    vectors = np.array([[0.5, 0.1, 0.9], [0.5, 0.1004, 0.9]])
    apart = abs(vectors[0] - vectors[1])
    variables = {}
    attrs = {}
    for name in ("vanilla", "gru"):
        variables[name] = (("word", f"{name}_unit"), vectors)
        variables[f"{name}_difference"] = (f"{name}_unit", apart)
        attrs[f"{name}_distance"] = 4e-4
    units = {f"{name}_unit": range(3) for name in ("vanilla", "gru")}
    return xr.Dataset(variables, {"word": ["BPE", "BTE"], **units}, attrs)


def epochs():
    errors = [30 / (EPOCHS + 1) + 3.5, 25 / (EPOCHS + 1) + 4]
    return xr.Dataset(
        {
            "mean_error": (("run", "epoch"), errors),
            "floor": ("run", [3.5, 3.5]),
            "merged_floor": ("run", [4.0, 4.0]),
        },
        {"run": ["GRU", "Vanilla"], "epoch": EPOCHS},
    )


CELLS = {"Vanilla": 0.9, "GRU": 0.05}

FIGURES = {
    "automaton": lambda **at: plots.automaton(reber(), **at),
    "capacity": lambda **at: plots.capacity([capacities()], **at),
    "decodability": lambda **at: plots.decodability([decoded("GRU")], **at),
    "comparison": lambda **at: plots.comparison(compared(), **at),
    "demand_and_supply": lambda **at: plots.demand_and_supply(supply(), **at),
    "draws": lambda **at: plots.draws(of_cell("GRU", 2.0), **at),
    "far_apart": lambda **at: plots.far_apart(
        [nets(cell) for cell in CELLS], [decoded(cell) for cell in CELLS], **at
    ),
    "fate_shares": lambda **at: plots.fate_shares({"GRU": fates()}, **at),
    "gradients_by_lag": lambda **at: plots.gradients_by_lag(by_lag(), **at),
    "lengths": lambda **at: plots.lengths(length_distribution(reber(), 9), **at),
    "phase_diagram": lambda **at: plots.phase_diagram(phases(), **at),
    "seeds": lambda **at: plots.seeds(trained(), floors={"guessing": 9.0}, **at),
    "several_cells": lambda **at: plots.several_cells(
        [of_cell(cell, rate) for cell, rate in CELLS.items()], **at
    ),
    "success_rates": lambda **at: plots.success_rates(rates(), xlabel="lag", **at),
    "surface": lambda **at: plots.surface(of_cell("Vanilla", 2.0), **at),
    "theory_overlay": lambda **at: plots.theory_overlay(with_theory(), **at),
    "confusion": lambda **at: paper.confusion(one_letter_apart(), **at),
    "figure_nine": lambda **at: paper.figure_nine(
        gradients().isel(epoch=[0, -1]), **at
    ),
    "gradients_as_published": lambda **at: paper.gradients_as_published(
        gradients(), ranges=(4.0, 0.5, 0.002, 0.0005), **at
    ),
    "gradients_each": lambda **at: paper.gradients_each(gradients(), **at),
    "hidden": lambda **at: paper.hidden(states(), **at),
    "network": lambda **at: paper.network(4, 5, 1, **at),
    "outputs": lambda **at: paper.outputs(answers(), **at),
    "training_curves": lambda **at: paper.training_curves(epochs(), **at),
}
