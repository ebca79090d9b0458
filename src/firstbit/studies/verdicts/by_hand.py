"""A Vanilla network, built by hand, that runs a language's automaton.

Each state of the automaton gets a code of bits, one unit a bit. A unit must switch as
the code says, on every legal (state, symbol); whether one threshold can do that for all
of them is a linear programme, and so is the read-out: see `nearest_row_readout`.
"""

from collections.abc import Mapping
from functools import partial

import equinox as eqx
import jax
import numpy as np
import scipy.optimize
from jaxtyping import Float

from firstbit.cells import Network, Vanilla
from firstbit.cells.activations import Activation
from firstbit.errors import CellError
from firstbit.languages import Language
from firstbit.languages.demand.rows import RESOLUTION, Rows
from firstbit.studies.verdicts.readouts import Points, nearest_row_readout

GAIN = {"logistic": 40.0, "tanh": 20.0}
"""Factor between a unit's input and its margin: then it is within 1e-17 of its bit."""

Code = Mapping[str, str]
"""State -> its bits, as in `{"q0": "01"}`. Before the first symbol the units are at
zero, whatever the code."""


def automaton_network(
    language: Language,
    *,
    code: Code | None = None,
    activation: str = "logistic",
    readout_bias: bool = True,
    is_softmax: bool = False,
    resolution: float = RESOLUTION,
) -> Network:
    r"""Build a Vanilla network that has a state of its own for every automaton state.

    With $c(q)$ the units' values in state q, unit i has the smallest weights with

    $$ \pm (w_i \cdot c(q) + u_{ia}) \ge 1
    \quad \text{for every edge } q \xrightarrow{a} q', $$

    + where bit i of q' is 1; then all are multiplied by a large gain. So the weights
    are large, and a step of training would not find them: it is a witness of what the
    architecture can do.

    Args:
        language: whose automaton it runs.
        code: the bits of every state that can be entered and from which something is
            left to predict; by default one unit a state.
        activation: `logistic` (bits are 0 and 1) or `tanh` (-1 and 1).
        readout_bias: whether the read-out has a bias.
        is_softmax: whether a softmax follows the read-out.
        resolution: distance up to which a row passes for the true one.

    Raises:
        CellError: the code leaves out a state, some unit would need more than one
            threshold, or no read-out gives the true rows.

    Example:
        >>> from firstbit.languages import embedded_reber
        >>> automaton_network(embedded_reber()).cell.hidden_size
        18
    """
    if activation not in GAIN:
        raise CellError(
            f"expected the activation logistic or tanh, got '{activation}'."
        )
    coded = _coded(language)
    bits = _bits(language, code or _one_unit_a_state(language, coded), coded)
    value = bits if activation == "logistic" else 2 * bits - 1
    seen, wanted = _edges(language, bits, value, coded)
    weights = GAIN[activation] * _unit_weights(seen, wanted)
    W, U = np.split(weights, [bits.shape[1]], axis=1)
    rows = Rows.of(language)
    asked = [state for state in coded if rows.of_state[state] >= 0]
    readout = nearest_row_readout(
        Points(value[asked], rows.of_state[asked]),
        rows,
        has_bias=readout_bias,
        is_softmax=is_softmax,
        resolution=resolution,
    )
    return Network(vanilla(U, W, activation), readout)


def vanilla(U: np.ndarray, W: np.ndarray, activation: str | Activation) -> Vanilla:
    """Return a Vanilla cell with these weights; nothing is drawn."""
    hidden_size, input_size = U.shape
    made = partial(Vanilla, activation=activation)
    key = jax.random.key(0)
    shell = eqx.filter_eval_shape(made, input_size, hidden_size, key=key)
    return eqx.tree_at(lambda cell: (cell.U_h, cell.W_h), shell, (U, W))


def _coded(language: Language) -> list[int]:
    found = []
    for state in range(len(language.states)):
        is_entered = (language.transition == state).any()
        if is_entered and language.next_output[state].any():
            found.append(state)
    return found


def _one_unit_a_state(language: Language, coded: list[int]) -> Code:
    code = {}
    for place, state in enumerate(coded):
        bits = ["0"] * len(coded)
        bits[place] = "1"
        code[language.states[state]] = "".join(bits)
    return code


def _edges(
    language: Language,
    bits: Float[np.ndarray, "state unit"],
    value: Float[np.ndarray, "state unit"],
    coded: list[int],
) -> tuple[Float[np.ndarray, "edge input"], Float[np.ndarray, "edge unit"]]:
    """Return what the units see on every edge, and the sign that each must get.

    They see the values of the state before, zeros before the first symbol, and the
    symbol.
    """
    sources, symbols = np.nonzero(np.isin(language.transition, coded))
    inner = np.isin(sources, coded)
    first = sources == 0
    nothing = 0 * value[sources[first]]
    before = np.concatenate([value[sources[inner]], nothing])
    sources = np.concatenate([sources[inner], sources[first]])
    symbols = np.concatenate([symbols[inner], symbols[first]])
    one_hot = np.eye(len(language.alphabet))
    seen = np.hstack([before, one_hot[symbols]])
    wanted = 2 * bits[language.transition[sources, symbols]] - 1
    return seen, wanted


def _unit_weights(
    seen: Float[np.ndarray, "edge input"], wanted: Float[np.ndarray, "edge unit"]
) -> Float[np.ndarray, "unit input"]:
    """Return the smallest weights with which every unit gets its signs."""
    units = []
    for number, column in enumerate(wanted.T, start=1):
        weights = _smallest(column[:, None] * seen)
        if weights is None:
            raise CellError(
                f"unit {number} needs more than one threshold to follow the code; try "
                "another code."
            )
        units.append(weights)
    return np.array(units)


def _bits(language: Language, code: Code, coded: list[int]) -> np.ndarray:
    """(state, unit) bits, zero for states without a code."""
    names = [language.states[state] for state in coded]
    missing = [name for name in names if name not in code]
    if missing:
        raise CellError(
            "expected a code for every state where something is left to predict; "
            f"none for {', '.join(missing)}."
        )
    lengths = {len(text) for text in code.values()}
    symbols = set("".join(code.values()))
    if len(lengths) != 1 or not symbols <= {"0", "1"}:
        raise CellError(
            "expected codes of 0 and 1, all of one length; got "
            f"{', '.join(code.values())}."
        )
    bits = np.zeros((len(language.states), *lengths))
    for state, name in zip(coded, names, strict=True):
        bits[state] = [int(bit) for bit in code[name]]
    return bits


def _smallest(rows: np.ndarray) -> np.ndarray | None:
    """Return the vector x of least sum |x_i| with rows @ x >= 1; None if none."""
    both = np.hstack([rows, -rows])
    ones = np.ones(both.shape[1])
    least = np.ones(len(rows))
    answer = scipy.optimize.linprog(ones, A_ub=-both, b_ub=-least, method="highs")
    if not answer.success:
        return None
    positive, negative = np.split(answer.x, 2)
    return positive - negative
