"""A Vanilla network, built by hand, that runs a language's automaton.

Each state of the automaton gets a code of bits, one unit a bit. A unit must switch as
the code says, on every legal (state, symbol); whether one threshold can do that for all
of them is a linear programme, and so is the read-out.
"""

from collections.abc import Mapping
from functools import partial
from itertools import product
from typing import Any

import equinox as eqx
import jax
import numpy as np
import scipy.optimize
from jaxtyping import Float

from firstbit.cells import Network, Readout, Vanilla
from firstbit.cells.activations import Activation
from firstbit.errors import CellError
from firstbit.languages import Language

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

    Raises:
        CellError: the code leaves out a state, or some unit or output would need more
            than one threshold.

    Example:
        >>> from firstbit.languages import embedded_reber
        >>> network = automaton_network(embedded_reber(), code=EMBEDDED_REBER_CODE)
        >>> network.cell.hidden_size
        5
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
    readout = _readout(language, value, coded, readout_bias)
    return Network(vanilla(U, W, activation), readout)


def coded_states(language: Language) -> set[str]:
    """Return the states that need a code.

    Each can be entered, and something is left to predict from it.
    """
    return {language.states[state] for state in _coded(language)}


def vanilla(U: np.ndarray, W: np.ndarray, activation: str | Activation) -> Vanilla:
    """Return a Vanilla cell with these weights; nothing is drawn."""
    hidden_size, input_size = U.shape
    made = partial(Vanilla, activation=activation)
    shell = eqx.filter_eval_shape(made, input_size, hidden_size, key=jax.random.key(0))
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
    inner, first = np.isin(sources, coded), sources == 0
    before = np.concatenate([value[sources[inner]], 0 * value[sources[first]]])
    sources = np.concatenate([sources[inner], sources[first]])
    symbols = np.concatenate([symbols[inner], symbols[first]])
    seen = np.hstack([before, np.eye(len(language.alphabet))[symbols]])
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
    if len(lengths) != 1 or not set("".join(code.values())) <= {"0", "1"}:
        raise CellError(
            "expected codes of 0 and 1, all of one length; got "
            f"{', '.join(code.values())}."
        )
    bits = np.zeros((len(language.states), *lengths))
    for state, name in zip(coded, names, strict=True):
        bits[state] = [int(bit) for bit in code[name]]
    return bits


def _readout(
    language: Language,
    value: Float[np.ndarray, "state unit"],
    coded: list[int],
    has_bias: bool,
) -> Readout:
    """Return the smallest read-out that puts legal outputs above illegal ones by 1."""
    seen = value
    if has_bias:
        seen = np.hstack([value, np.ones((len(value), 1))])
    size = len(language.outputs)
    rows = []
    for state in coded:
        legal = language.next_output[state] > 0
        for over, under in product(np.flatnonzero(legal), np.flatnonzero(~legal)):
            row = np.zeros((size, seen.shape[1]))
            row[over] += seen[state]
            row[under] -= seen[state]
            rows.append(row.ravel())
    found = np.zeros(size * seen.shape[1])
    if rows:
        found = _smallest(np.unique(rows, axis=0))
    if found is None:
        raise CellError(
            "no linear read-out puts the legal outputs first in every state of "
            "this code; try another code."
        )
    table: Any = found.reshape(size, -1)
    return Readout(table[:, :-1], table[:, -1]) if has_bias else Readout(table)


def _smallest(rows: np.ndarray) -> np.ndarray | None:
    """Return the vector x of least sum |x_i| with rows @ x >= 1; None if none."""
    both = np.hstack([rows, -rows])
    answer = scipy.optimize.linprog(
        np.ones(both.shape[1]), A_ub=-both, b_ub=-np.ones(len(rows)), method="highs"
    )
    return np.subtract(*np.split(answer.x, 2)) if answer.success else None


def _embedded(inner: Mapping[str, str], outer: Mapping[str, str]) -> dict[str, str]:
    """Return the code of both copies of the inner grammar, and of the outer one."""
    code = {}
    for state, both in inner.items():
        of_T, of_P = both.split()
        code[f"T:{state}"] = of_T
        code[f"P:{state}"] = of_P
    return {**code, **outer}


EMBEDDED_REBER_CODE: Code = _embedded(
    {
        "start": "11101 11111",
        "q0": "00110 00010",
        "q1": "01000 10000",
        "q2": "11000 11010",
        "q4": "11100 10010",
        "q5": "00101 00111",
        "q3": "01100 00001",
        "end": "10101 01101",
    },
    {"outer": "10100", "last": "01100"},
)
"""Five bits for the embedded grammar's eighteen states, of the copy of T and of P;
found by a search over codes. Units of two values can't do with fewer: four would give
sixteen states."""

CODES = (EMBEDDED_REBER_CODE,)
"""Codes with few units; each is for languages with its states."""
