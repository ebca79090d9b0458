"""Which array of a cell is which of the catalogue's cell: found by trying."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations, product
from typing import NamedTuple

import numpy as np
from jaxtyping import Array

from firstbit.cells.check.blocks import Block, Blocks, any_arrays, blocks_of
from firstbit.cells.check.stepping import Stepping
from firstbit.errors import CellError, SettingError, shown
from firstbit.weights.roles import BIAS, INPUT, JOINT, RECURRENT

WEIGHTS = (INPUT, RECURRENT)

MOST_TRIED = 20_000
"""Ways of naming the arrays that are tried."""

TOLERANCE = 1e-9
"""A step that differs by less is the same: another order of the gates differs by far
more, and the comparison itself is finer."""

Named = Mapping[str, str]
"""Array of the catalogue's cell -> block of the other; `-` before it turns its sign."""


class Term(NamedTuple):
    """A block of a cell that is an array of the catalogue's, or a term of one.

    Attributes:
        sign: 1 or -1.
        block: the block.
    """

    sign: int
    block: Block

    @property
    def name(self) -> str:
        """The block's name with its sign."""
        return f"-{self.block.name}" if self.sign < 0 else self.block.name


@dataclass
class Match:
    """Which blocks of a cell are which arrays of the catalogue's cell.

    Attributes:
        cell: the cell.
        other: the catalogue's.
        terms: number of an array of the catalogue's cell -> its terms; biases may have
            several, which add up, or none.
        leaves: for each leaf of the catalogue's state, the place of the cell's own.
        unmatched: biases of the cell that are none of the catalogue's.
        error: largest difference of the steps that were tried, added up.
        tolerance: steps that differ by less are the same.
    """

    cell: Stepping
    other: Stepping
    terms: dict[int, list[Term]]
    leaves: Sequence[int]
    unmatched: list[Block] = field(default_factory=list)
    error: float = np.inf
    tolerance: float = TOLERANCE

    @property
    def is_found(self) -> bool:
        """Whether a step agrees where all biases are zero."""
        return self.error < self.tolerance

    def arrays(self, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Return the arrays of the catalogue's cell from those of the cell."""
        found = []
        for number, like in enumerate(self.other.arrays):
            total = np.zeros_like(like)
            for term in self.terms.get(number, []):
                total = total + term.sign * term.block.of(arrays)
            found.append(total)
        return found

    def state(self, state: Sequence[Array | np.ndarray]) -> list[Array | np.ndarray]:
        """Return the state of the catalogue's cell from that of the cell."""
        return [state[place] for place in self.leaves]

    def named(self) -> dict[str, str]:
        """Return the map of names, the catalogue's first."""
        found = {}
        for number, terms in sorted(self.terms.items()):
            text = " + ".join(term.name for term in terms)
            found[self.other.names[number]] = text.replace("+ -", "- ")
        return found


def match(
    cell: Stepping, other: Stepping, named: Named, tolerance: float = TOLERANCE
) -> Match:
    """Find which blocks of a cell are which arrays of the catalogue's cell.

    First the weights, all biases zero: one order of the gates for all arrays, then an
    order for each kind, then every sign too. Then every bias alone. Where no step
    agrees, the nearest of the first is returned.

    Args:
        cell: the cell.
        other: one of the catalogue.
        named: what is known.
        tolerance: steps that differ by less are the same.

    Raises:
        CellError: the shapes don't allow it.
        SettingError: a name in `named` is unknown.
    """
    best: Match | None = None
    for search in SEARCHES:
        for blocks in _cuts(cell):
            _require_blocks(cell, other, blocks)
            _require_named(other, blocks, named)
            for leaves in _orders_of_leaves(cell, other):
                empty = Match(cell, other, {}, leaves, tolerance=tolerance)
                found = _tried(empty, blocks, named, search)
                if found.error < tolerance:
                    _add_biases(found, blocks, named)
                    return found
                if best is None or (found.error < best.error and search == SEARCHES[0]):
                    best = found
    assert best is not None
    return best


class Search(NamedTuple):
    """Which ways of naming the weights are tried.

    Attributes:
        apart: whether input and recurrent matrices may have other orders of the gates.
        turns: whether signs may be turned.
    """

    apart: bool
    turns: bool


SEARCHES = (Search(False, False), Search(True, False), Search(True, True))

NUM_POINTS, MANY = 3, 100
"""Points at which a step is tried; one where there are so many ways."""


def _cuts(cell: Stepping) -> Iterator[Blocks]:
    """Yield the blocks; twice where input and state side by side may be turned."""
    yield blocks_of(cell)
    if any(role.kind == JOINT for role in cell.roles.arrays.values()):
        yield blocks_of(cell, input_first=False)


def _require_blocks(cell: Stepping, other: Stepping, blocks: Blocks) -> None:
    """Raise `CellError` unless both cells have as many blocks of each kind."""
    theirs = blocks_of(other)
    for kind in WEIGHTS:
        own = len(blocks.of_kind(kind))
        expected = len(theirs.of_kind(kind))
        if own != expected:
            odd = f" ({', '.join(blocks.left)} can't be cut so)" if blocks.left else ""
            raise CellError(
                f"{other.given.name} has {expected} {kind} matrices of k rows, "
                f"{cell.given.name} has {own}{odd}"
            )


def _require_named(other: Stepping, blocks: Blocks, named: Named) -> None:
    """Raise `SettingError` unless every name is known."""
    known = [block.name for block in blocks.found]
    for ours, theirs in named.items():
        if ours not in other.names:
            raise SettingError(
                f"expected names among {', '.join(other.names)} before the = of a map, "
                f"got '{shown(ours)}'."
            )
        if theirs.removeprefix("-") not in known:
            raise SettingError(
                f"expected names among {', '.join(known)} after the = of a map, got "
                f"'{shown(theirs)}'."
            )


def _orders_of_leaves(cell: Stepping, other: Stepping) -> Iterator[tuple[int, ...]]:
    """Yield the places of the cell's leaves that may be the catalogue's, h first.

    Raises:
        CellError: there are none.
    """
    units = cell.roles.state.units
    hidden = cell.roles.state.hidden
    others = [place for place in units if place != hidden]
    shapes = [np.shape(leaf) for leaf in other.start]
    places = (hidden, *others)
    own = [np.shape(cell.start[place]) for place in places]
    if own != shapes:
        raise CellError(
            f"the state of {other.given.name} is {_shown(shapes)}, that of "
            f"{cell.given.name} {_shown(own)}"
        )
    yield (hidden, *others)
    for order in permutations((hidden, *others)):
        if order != (hidden, *others):
            yield order


def _shown(shapes: Sequence[tuple[int, ...]]) -> str:
    return " and ".join(str(list(shape)) for shape in shapes)


def _tried(found: Match, blocks: Blocks, named: Named, search: Search) -> Match:
    """Try every way of naming the weights at once; return the best."""
    candidates = _candidates(found.other, blocks, named, search)
    if not candidates:
        return found
    cell, other = found.cell, found.other
    matches = [replace(found, terms=terms) for terms in candidates]
    errors = np.zeros(len(matches))
    num_points = 1 if len(matches) > MANY else NUM_POINTS
    for seed in range(num_points):
        generator = np.random.default_rng(seed)
        arrays = any_arrays(cell, generator, with_biases=False)
        input = generator.normal(size=cell.sizes[0])
        state = cell.any_state(generator)
        after = found.state(cell.compiled(arrays, input, state))
        stacks = _side_by_side(matches, blocks, arrays)
        reached = other.side_by_side(stacks, input, found.state(state))
        for leaf, expected in zip(reached, after, strict=True):
            off = np.abs(np.asarray(leaf) - np.asarray(expected))
            errors += off.reshape(len(matches), -1).max(axis=1)
    best = int(np.argmin(errors))
    matches[best].error = float(errors[best])
    return matches[best]


def _side_by_side(
    matches: Sequence[Match], blocks: Blocks, arrays: Sequence[np.ndarray]
) -> list[np.ndarray]:
    """Return the arrays of the catalogue's cell, one after the other for each match.

    As `Match.arrays`, but each block is cut out once for all.
    """
    of_name = {block.name: block.of(arrays) for block in blocks.found}
    stacks = []
    for number, like in enumerate(matches[0].other.arrays):
        stack = np.zeros((len(matches), *np.shape(like)))
        for row, one in enumerate(matches):
            for term in one.terms.get(number, ()):
                stack[row] += term.sign * of_name[term.block.name]
        stacks.append(stack)
    return stacks


def _candidates(
    other: Stepping, blocks: Blocks, named: Named, search: Search
) -> list[dict[int, list[Term]]]:
    """Return the ways of naming the weights that `named` allows."""
    theirs = blocks_of(other)
    num_gates = len(theirs.of_kind(INPUT))
    signs: list[tuple[int, ...]] = [(1,) * num_gates]
    if search.turns:
        signs = list(product((1, -1), repeat=num_gates))
    found = []
    for orders, of_gates in product(_orders(theirs, blocks, search), signs):
        terms = {}
        for pairs in orders:
            for sign, (number, block) in zip(of_gates, pairs, strict=True):
                terms[number] = [Term(sign, block)]
        if _is_as_named(other, terms, named, search):
            found.append(terms)
        if len(found) >= MOST_TRIED:
            break
    return found


Pairs = list[tuple[int, Block]]
"""Number of an array of the catalogue's cell, and the block that it is."""


def _orders(theirs: Blocks, blocks: Blocks, search: Search) -> Iterator[list[Pairs]]:
    """Yield the orders of the blocks of each kind."""
    kinds = [kind for kind in WEIGHTS if theirs.of_kind(kind)]
    numbers = [[block.array for block in theirs.of_kind(kind)] for kind in kinds]
    own = [blocks.of_kind(kind) for kind in kinds]
    places = list(permutations(range(len(own[0]))))
    number = len(kinds)
    choices: Iterator[tuple[tuple[int, ...], ...]] = product(places, repeat=number)
    if not search.apart:
        choices = ((order,) * len(kinds) for order in places)
    for orders in choices:
        found = []
        for of_kind, arrays, order in zip(own, numbers, orders, strict=True):
            ordered = [of_kind[place] for place in order]
            found.append(list(zip(arrays, ordered, strict=True)))
        yield found


def _is_as_named(
    other: Stepping, terms: Mapping[int, list[Term]], named: Named, search: Search
) -> bool:
    """Return whether what is known is so; signs count where they are turned."""
    for number, (term,) in terms.items():
        text = named.get(other.names[number])
        if text is None:
            continue
        if text.removeprefix("-") != term.block.name:
            return False
        if search.turns and text != term.name:
            return False
    return True


def _add_biases(found: Match, blocks: Blocks, named: Named) -> None:
    """Find of which bias of the catalogue's cell each bias is a term."""
    biases = [block.array for block in blocks_of(found.other).of_kind(BIAS)]
    weights = dict(found.terms)
    for number in biases:
        found.terms[number] = []
    for block in blocks.of_kind(BIAS):
        term = None
        for number, sign in product(biases, (1, -1)):
            text = named.get(found.other.names[number], block.name)
            if text.removeprefix("-") != block.name:
                continue
            tried = Term(sign, block)
            if _is_term(found, weights, number, tried):
                term = tried
                found.terms[number].append(tried)
                break
        if term is None:
            found.unmatched.append(block)


def _is_term(
    found: Match, weights: Mapping[int, list[Term]], number: int, term: Term
) -> bool:
    """Return whether a step agrees where this bias alone isn't zero."""
    cell, other = found.cell, found.other
    generator = np.random.default_rng(2)
    arrays = any_arrays(cell, generator, with_biases=False)
    own = np.zeros_like(arrays[term.block.array])
    part = term.block.part
    own[part] = generator.normal(size=own[part].shape)
    arrays[term.block.array] = own
    alone = replace(found, terms={**weights, number: [term]})
    state = cell.any_state(generator)
    input = generator.normal(size=cell.sizes[0])
    after = alone.state(cell.compiled(arrays, input, state))
    reached = other.compiled(alone.arrays(arrays), input, alone.state(state))
    for leaf, expected in zip(reached, after, strict=True):
        if not np.allclose(leaf, expected, rtol=0, atol=found.tolerance):
            return False
    return True
