"""Slow, obvious versions in plain NumPy: one net at a time, one step at a time."""

import numpy as np

ACTIVATIONS = {"logistic": lambda x: 1 / (1 + np.exp(-x)), "tanh": np.tanh}


def sigma(x):
    return 1 / (1 + np.exp(-x))


def step(name, p, x, state):
    """Compute one step of a cell by its equations.

    Names: `vanilla-logistic`, `vanilla-tanh`, `gru-before`, `gru-after`, `lstm` and
    `mingru`.
    """
    kind, _, form = name.partition("-")
    if kind == "vanilla":
        return ACTIVATIONS[form](p["U_h"] @ x + p["W_h"] @ state)
    if kind == "gru":
        z, r = (sigma(p[f"U_{g}"] @ x + p[f"W_{g}"] @ state) for g in "zr")
        recurrent = (
            p["W_h"] @ (state * r) if form == "before" else r * (p["W_h"] @ state)
        )
        return (1 - z) * np.tanh(p["U_h"] @ x + recurrent) + z * state
    if kind == "mingru":
        z = sigma(p["U_z"] @ x)
        return (1 - z) * state + z * (p["U_h"] @ x)
    h, c = state
    i, f, o = (sigma(p[f"U_{g}"] @ x + p[f"W_{g}"] @ h) for g in "ifo")
    c = f * c + i * np.tanh(p["U_g"] @ x + p["W_g"] @ h)
    return o * np.tanh(c), c


def zero(name, size):
    return (np.zeros(size), np.zeros(size)) if name == "lstm" else np.zeros(size)


def hidden(name, state):
    return state[0] if name == "lstm" else state


def distances(name, p, u, v, input_size=2):
    """|| h_u - h_v || after each symbol of two words, both read from their start."""
    size = next(iter(p.values())).shape[0]
    states, found = [zero(name, size), zero(name, size)], []
    for symbols in zip(u, v, strict=True):
        states = [
            step(name, p, np.eye(input_size)[symbol], state)
            for symbol, state in zip(symbols, states, strict=True)
        ]
        found.append(np.linalg.norm(hidden(name, states[0]) - hidden(name, states[1])))
    return np.array(found)


def draw(name, size, law, random, input_size=2):
    """Parameters from N(0,1), or uniform on +-1/sqrt(columns)."""
    kind = name.partition("-")[0]
    gates = {"vanilla": "h", "gru": "zrh", "lstm": "ifgo", "mingru": "zh"}[kind]
    shapes = {
        f"{kind}_{g}": (size, input_size if kind == "U" else size)
        for g in gates
        for kind in ("U" if name == "mingru" else "UW")
    }
    if law == "normal":
        return {key: random.standard_normal(shape) for key, shape in shapes.items()}
    return {
        key: random.uniform(-1, 1, shape) / np.sqrt(shape[1])
        for key, shape in shapes.items()
    }


def discrepancy(name, size, length, num_draws, law, seed):
    """Mean distance at l = 1, 2, ..., and its standard error, by Definition V.1."""
    random = np.random.default_rng(seed)
    u, v = [0] * length, [1] + [0] * (length - 1)
    found = np.array(
        [distances(name, draw(name, size, law, random), u, v) for _ in range(num_draws)]
    )
    return found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(num_draws)
