"""Results as the library gives them, with made-up numbers."""

import numpy as np

from firstbit.datasets import Variable, dataset

GRID = ("hidden_size", "length")


def around(values):
    """Ends of an interval from 10 % below to 10 % above."""
    values = np.asarray(values, float)
    return 0.9 * values, 1.1 * values


def discrepancies(sizes, lengths, rate=0.0, confidence=0.95):
    """D(l,k) = sqrt(k) exp(-rate l); the median is 0.8 of it."""
    lengths = np.asarray(lengths)
    decay = np.exp(-rate * lengths)
    mean = np.sqrt(np.asarray(sizes, float))[:, None] * decay
    retained = np.clip(decay, 0, 1) * np.ones_like(mean)
    quantiles = np.stack([0.5 * mean, 0.8 * mean, 1.5 * mean], axis=-1)
    units = "units of the hidden state"
    return dataset(
        [
            Variable("discrepancy", GRID, mean, "D(l,k)", units, ci=around(mean)),
            Variable("median", GRID, 0.8 * mean, "median", units, ci=around(mean)),
            Variable("retained", GRID, retained, "share", ci=around(retained)),
            Variable("top_share", GRID, 0.1 * retained, "share of the top draws"),
            Variable(
                "quantile_value", (*GRID, "quantile"), quantiles, "quantile", units
            ),
        ],
        {"hidden_size": list(sizes), "length": lengths, "quantile": [0.25, 0.5, 0.75]},
        rows=GRID,
        configuration={},
        confidence=confidence,
        attrs={"largest_half_width": 0.123, "threshold": 1e-3},
    )
