"""A Vanilla network built by hand that runs a language's automaton: no training, and no limit to its memory.

Each state of the automaton gets a code of bits, one unit a bit. A unit must switch as
the code says, on every legal (state, symbol); whether one threshold can do that for all
of them is a linear programme, and so is the read-out.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import equinox as eqx
import jax
import numpy as np
import scipy.optimize

from firstbit.cells import Network, Readout, Vanilla
from firstbit.cells.activations import Activation
from firstbit.errors import CellError
from firstbit.languages import Language

GAIN = {"logistic": 40.0, "tanh": 20.0}
"""A unit's input is so many times its margin, so that it stands within 1e-17 of its
bit."""

Code = Mapping[str, str]
"""State -> its bits, as in `{"q0": "01"}`. Before the first symbol the units are at
zero, whatever the code."""


def automaton_network(
    language: Language,
    *,
    code: Code | None = None,
    activation: str = "logistic",
    output_bias: bool = True,
) -> Network:
    r"""Build a Vanilla network that is in a state of its own for every state of the automaton.

    With $c(q)$ the units' values in state q, unit i has the smallest weights with

    $$ \pm (w_i \cdot c(q) + u_{ia}) \ge 1 \quad \text{for every edge } q \xrightarrow{a} q', $$

    + where bit i of q' is 1; then all are multiplied by a large gain. So the weights
    are large, and a step of training would not find them: it is a witness of what the
    architecture can do.

    Args:
        language: whose automaton it runs.
        code: the bits of every state that can be entered and from which something is
            left to predict; by default one unit a state.
        activation: `logistic` (bits are 0 and 1) or `tanh` (-1 and 1).
        output_bias: whether the read-out has a bias.

    Raises:
        CellError: the code leaves out a state, or some unit or output would need more
            than one threshold.

    Example:
        >>> from firstbit.languages import embedded_reber
        >>> automaton_network(embedded_reber(), code=EMBEDDED_REBER_CODE).cell.hidden_size
        5
    """
    if activation not in GAIN:
        raise CellError(
            f"expected the activation logistic or tanh, got '{activation}'."
        )
    coded = [
        q
        for q in range(len(language.states))
        if (language.transition == q).any() and language.next_output[q].any()
    ]
    bits = _bits(
        language,
        code if code is not None else _one_unit_a_state(language, coded),
        coded,
    )
    value = bits if activation == "logistic" else 2 * bits - 1
    sources, symbols = np.nonzero(np.isin(language.transition, coded))
    kept, first = np.isin(sources, coded), sources == 0
    before = np.concatenate([value[sources[kept]], 0 * value[sources[first]]])
    sources, symbols = (
        np.concatenate([array[kept], array[first]]) for array in (sources, symbols)
    )
    seen = np.hstack([before, np.eye(len(language.alphabet))[symbols]])
    wanted = 2 * bits[language.transition[sources, symbols]] - 1
    units = []
    for number, column in enumerate(wanted.T):
        weights = _smallest(column[:, None] * seen)
        if weights is None:
            raise CellError(
                f"unit {number + 1} needs more than one threshold to follow the "
                "code; try another code."
            )
        units.append(GAIN[activation] * weights)
    W, U = np.split(np.array(units), [bits.shape[1]], axis=1)
    return Network(
        vanilla(U, W, activation), _readout(language, value, coded, output_bias)
    )


def vanilla(U: np.ndarray, W: np.ndarray, activation: str | Activation) -> Vanilla:
    """A Vanilla cell with these weights, whatever its activation; nothing is drawn."""
    hidden_size, input_size = U.shape
    made = partial(Vanilla, activation=activation)
    shell = eqx.filter_eval_shape(made, input_size, hidden_size, key=jax.random.key(0))
    return eqx.tree_at(lambda cell: (cell.U_h, cell.W_h), shell, (U, W))


def _one_unit_a_state(language: Language, coded: list[int]) -> Code:
    rows = np.eye(len(coded), dtype=int)
    return {
        language.states[q]: "".join(map(str, row))
        for q, row in zip(coded, rows, strict=True)
    }


def _bits(language: Language, code: Code, coded: list[int]) -> np.ndarray:
    """(state, unit) bits, zero for states without a code."""
    missing = [language.states[q] for q in coded if language.states[q] not in code]
    if missing:
        raise CellError(
            "expected a code for every state where something is left to predict; "
            f"none for {', '.join(missing)}."
        )
    lengths = {len(text) for text in code.values()}
    if len(lengths) != 1 or not all(set(text) <= {"0", "1"} for text in code.values()):
        raise CellError(
            "expected codes of 0 and 1, all of one length; got "
            f"{', '.join(code.values())}."
        )
    bits = np.zeros((len(language.states), *lengths))
    for q in coded:
        bits[q] = [int(bit) for bit in code[language.states[q]]]
    return bits


def _readout(
    language: Language, value: np.ndarray, coded: list[int], output_bias: bool
) -> Readout:
    """The smallest read-out that puts every legal output above every illegal one by a margin of 1."""
    size, seen = (
        len(language.outputs),
        np.hstack([value, np.ones((len(value), 1))]) if output_bias else value,
    )
    rows = []
    for q in coded:
        legal = language.next_output[q] > 0
        for over in np.flatnonzero(legal):
            for under in np.flatnonzero(~legal):
                row = np.zeros((size, seen.shape[1]))
                row[over] += seen[q]
                row[under] -= seen[q]
                rows.append(row.ravel())
    found = (
        _smallest(np.unique(rows, axis=0)) if rows else np.zeros(size * seen.shape[1])
    )
    if found is None:
        raise CellError(
            "no linear read-out puts the legal outputs first in every state of "
            "this code; try another code."
        )
    table: Any = found.reshape(size, -1)
    return Readout(table[:, :-1], table[:, -1]) if output_bias else Readout(table)


def _smallest(rows: np.ndarray) -> np.ndarray | None:
    """The vector x of least sum |x_i| with rows @ x >= 1; None if there is none."""
    both = np.hstack([rows, -rows])
    answer = scipy.optimize.linprog(
        np.ones(both.shape[1]), A_ub=-both, b_ub=-np.ones(len(rows)), method="highs"
    )
    return np.subtract(*np.split(answer.x, 2)) if answer.success else None


def _embedded(inner: Mapping[str, str], outer: Mapping[str, str]) -> dict[str, str]:
    pairs = {
        f"{copy}:{state}": text
        for state, both in inner.items()
        for copy, text in zip("TP", both.split(), strict=True)
    }
    return {**pairs, **outer}


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
