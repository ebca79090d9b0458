"""Shapes as types: NumPy arrays that more than one chapter passes around.

Dimension names are those of the results: `state`, `symbol`, `word`, `time`, `draw`,
`length`.
"""

import numpy as np
from jaxtyping import Float, Int

Symbols = Int[np.ndarray, "word time"]
"""Words as symbol numbers, padded with zeros behind each word's end."""

Lengths = Int[np.ndarray, " word"]
"""Number of symbols of each word."""

OneHot = Float[np.ndarray, "word time symbol"]
"""Words as one-hot vectors, zero behind each word's end."""

Transition = Int[np.ndarray, "state symbol"]
"""Number of the next state; -1 where there is no edge."""

Table = Float[np.ndarray, "state symbol"]
"""Probability of each next symbol in each state."""

Distances = Float[np.ndarray, "length draw"]
"""Distance of two hidden states after each symbol, one column a draw."""
