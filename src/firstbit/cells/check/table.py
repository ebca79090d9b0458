"""What is understood of a cell, and how it compares, as variables of a result."""

from typing import NamedTuple

import numpy as np

from firstbit.cells.check.agreement import (
    JACOBIAN,
    LAW,
    QUESTIONS,
    START,
    STEP,
    Agreement,
)
from firstbit.cells.check.laws import plan
from firstbit.cells.check.stepping import Stepping
from firstbit.datasets import Variable
from firstbit.weights.redraw import AS_BUILT, KEEP, Leaf, described
from firstbit.weights.roles import FIXED


def part_names(cell: Stepping) -> list[str]:
    """Return the names of the arrays and of the leaves of the state."""
    of_state = [f"state{name}" for name in cell.roles.state.names]
    return [*cell.names, *cell.of_complex, *of_state]


class Part(NamedTuple):
    """An array or a leaf of the state, as a row of the table."""

    shape: str
    numbers: int
    role: str
    source: str = ""
    law: str = ""
    start: str = ""


def of_parts(cell: Stepping) -> list[Variable]:
    """Return what is understood of each array and each leaf of the state."""
    rows = []
    for array, leaf in zip(cell.arrays, plan(cell), strict=True):
        role = cell.roles.arrays[leaf.name]
        text = _role(cell, leaf.name, role.described(array.ndim))
        shape = str(list(array.shape))
        law = _law(leaf)
        rows.append(Part(shape, array.size, text, role.source, law))
    of_complex = KEEP if cell.given.is_built else AS_BUILT
    for name, array in cell.of_complex.items():
        shape = f"{list(array.shape)} {array.dtype}"
        law = _law(Leaf(name, of_complex))
        rows.append(Part(shape, array.size, "learnt", law=law))
    state = cell.roles.state
    start = cell.begin(cell.arrays)
    for place, leaf in enumerate(start):
        source = state.source if place == state.hidden else ""
        values = np.asarray(leaf)
        shape = f"{list(values.shape)} {values.dtype}"
        kind = state.kinds[place]
        between = _range(values)
        rows.append(Part(shape, values.size, kind, source, start=between))
    texts = {
        "shape": "shape, and of a leaf of the state the kind of its numbers",
        "numbers": "numbers in it",
        "role": "what it is for",
        "source": "how its role was found",
        "law": "law under which it is drawn",
        "start": "numbers before the first symbol",
    }
    found = []
    for name, text in texts.items():
        values = [getattr(row, name) for row in rows]
        found.append(Variable(name, ["part"], values, text))
    return found


def _role(cell: Stepping, name: str, role: str) -> str:
    """Return a role; of what no law draws, whether training moves it."""
    if role != FIXED or not cell.is_learnt(name):
        return role
    return "learnt first state" if cell.is_start(name) else "learnt"


def _law(leaf: Leaf) -> str:
    """Return the law of an array as text."""
    if leaf.law is None:
        return "zero"
    if leaf.law == KEEP:
        return "kept as built"
    if leaf.law == AS_BUILT:
        return AS_BUILT
    return str(described(leaf.law))


def _range(values: np.ndarray) -> str:
    """Return the numbers of an array as text: one, or the smallest and the largest."""
    if not values.size:
        return ""
    if np.all(values == values.flat[0]):
        return f"{values.flat[0]:g}"
    return f"{np.min(values):g} to {np.max(values):g}"


def of_agreement(found: Agreement) -> list[Variable]:
    """Return the answers, and the differences part by part."""
    answers = {True: "agrees", False: "differs", None: "unknown"}
    along = ["comparison"]
    asked = [found.comparison(name) for name in QUESTIONS]
    variables = [
        Variable("answer", along, [answers[one.agrees] for one in asked], "answer"),
        Variable(
            "difference", along, [one.difference for one in asked], "largest difference"
        ),
        Variable("where", along, [one.where for one in asked], "first difference"),
    ]
    parts = list(found.names)
    own = list(found.names.values())
    text = "the part of the cell that it is"
    variables.append(Variable("own_part", ["counterpart"], own, text))
    for name in (STEP, JACOBIAN, START, LAW):
        of_parts = found.comparison(name).parts
        values = [of_parts.get(part, np.nan) for part in parts]
        text = f"largest difference, {name}"
        variables.append(Variable(f"{name}_difference", ["counterpart"], values, text))
    return variables
