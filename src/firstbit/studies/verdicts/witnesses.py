"""Witnesses: nets that solve a task, of the same architecture and size as those that don't."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from firstbit.cells import Network, Readout, Vanilla
from firstbit.cells.given import CellLike
from firstbit.errors import CellError
from firstbit.languages import Language
from firstbit.studies.verdicts.by_hand import (
    EMBEDDED_REBER_CODE,
    GAIN,
    automaton_network,
    vanilla,
)
from firstbit.studies.verdicts.evidence import Evidence
from firstbit.studies.verdicts.guessing import Guessing
from firstbit.studies.verdicts.witness_test import Criterion, Examination
from firstbit.training import solves

CODES = {"embedded-reber": EMBEDDED_REBER_CODE}
"""Language -> a code with few units; where there is none, or it won't do, a unit a
state."""


@dataclass(frozen=True)
class Witness:
    """A net that shows it can be done.

    Attributes:
        kind: `training`, `guessing` or `by hand`.
        architecture: its cell and size.
        description: where it comes from, and what it passes.
        network: the net, if it is at hand.
    """

    kind: str
    architecture: str
    description: str
    network: Network | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain strings."""
        return {
            "kind": self.kind,
            "architecture": self.architecture,
            "description": self.description,
        }


def trained_witness(evidence: Evidence, others: Sequence[Evidence]) -> Witness | None:
    """A run that solves: of this configuration, else of another with the same architecture and size."""
    for one in (evidence, *others):
        if one.architecture == evidence.architecture and one.num_solved:
            configuration = (
                "this configuration"
                if one is evidence
                else f"{one.cell}, protocol {one.protocol}"
            )
            text = f"{one.num_solved} of {one.num_seeds} seeds of {configuration} solve"
            return Witness("training", evidence.architecture, text)
    return None


def guessed_witness(guessing: Guessing, architecture: str, law: str) -> Witness | None:
    """The first of the guessed nets that solves."""
    if guessing.first is None:
        return None
    text = (
        f"guessing, weights {law} and a fitted read-out: {len(guessing.solved)} of "
        f"{guessing.num_draws} draws solve, the first is "
        f"number {guessing.first}; {guessing.tested}"
    )
    return Witness("guessing", architecture, text, guessing.network)


def witness_by_hand(
    cell: CellLike,
    language: Language,
    *,
    hidden_size: int,
    architecture: str,
    output_bias: bool = True,
    criterion: Criterion = solves,
    seed: int = 0,
) -> Witness | None:
    """A Vanilla network built from the automaton, at exactly this size, tested on fresh words and on long lags, or None.

    Args:
        cell: the factory of the configuration's cells; only Vanilla's, logistic or
            tanh, can be built.
        language: the task.
        hidden_size: units it must have; those that the automaton doesn't need are not
            connected.
        architecture: name of cell and size.
        output_bias: whether the read-out has a bias.
        criterion: the test.
        seed: of the words.
    """
    if getattr(cell, "func", cell) is not Vanilla:
        return None
    activation = getattr(cell, "keywords", {}).get("activation", "logistic")
    if activation not in GAIN:
        return None
    known = CODES.get(language.name)
    for code in [None] if known is None else [known, None]:
        try:
            small = automaton_network(
                language, code=code, activation=activation, output_bias=output_bias
            )
        except (
            CellError
        ):  # this code doesn't work with one threshold a unit, or with this read-out
            continue
        needed = small.cell.hidden_size
        if needed <= hidden_size:
            break
    else:
        return None
    network = widened(small, hidden_size)
    examination = Examination.of(language, seed=seed)
    if not examination.passed(network, criterion):
        return None
    text = (
        f"built by hand from the automaton: {needed} of the {hidden_size} units "
        f"run it; {examination.tested}"
    )
    return Witness("by hand", architecture, text, network)


def widened(network: Network, hidden_size: int) -> Network:
    """The same Vanilla network among more units, which are connected to nothing."""
    cell: Any = network.cell
    extra = hidden_size - cell.hidden_size
    U, W = np.pad(cell.U_h, ((0, extra), (0, 0))), np.pad(cell.W_h, (0, extra))
    wide: Any = np.pad(network.readout.O, ((0, 0), (0, extra)))
    return Network(vanilla(U, W, cell.activation), Readout(wide, network.readout.b_O))
