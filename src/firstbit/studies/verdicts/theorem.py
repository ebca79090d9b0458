r"""The theorem on eigenvalues that are real and at least 0, in its two kinds.

Along one repeated symbol $h_n = A h_{n-1} + b$, every affine function of $h_n$ is a sum
$\sum_i p_i(n) \lambda_i^n$ with k + 1 terms, the constant counted, so it changes its
sign at most k times. At unbounded length and fixed precision $h_n$ comes to rest, and
no read-out can go on alternating. At a given length an affine read-out with the nearest
row fails as soon as two rows alternate more than k times for which no others pass: the
sign of one affine function says then which of both is nearer.
"""

from itertools import combinations

from firstbit.languages import Language
from firstbit.languages.judging.cycles import Cycle
from firstbit.studies.verdicts.arguments import Argument
from firstbit.studies.verdicts.texts import ARGUMENTS

SOURCE = "Grazzi et al. 2025, Theorem 1, arXiv 2411.12537"
"""Where the first kind is proved."""


def theorem_at_unbounded_length(
    cycle: Cycle, language: Language, *, cell: str
) -> Argument:
    """Return the first kind: no such cell is right at all lengths.

    It holds at fixed precision, for any number of layers and any read-out. It says
    nothing of words up to a given length.

    Args:
        cycle: of the language.
        language: the task.
        cell: what the cell is called.
    """
    return Argument(
        "theorem",
        ARGUMENTS("theorem_set", cell=cell),
        ARGUMENTS(
            "theorem_excludes",
            language=language.name,
            symbol=cycle.symbol,
            order=cycle.length,
            source=SOURCE,
        ),
        criterion=ARGUMENTS("any_criterion"),
        words=ARGUMENTS("unbounded_words"),
        is_intrinsic=True,
        numbers={
            "symbol": cycle.symbol,
            "cycle": [language.states[state] for state in cycle.states],
        },
    )


def theorem_at_a_given_length(
    cycle: Cycle, language: Language, *, cell: str, state_size: int
) -> Argument | None:
    """Return the second kind: such a cell is wrong on some of a few short words.

    It is about an affine read-out without softmax and the nearest row. None where other
    rows pass for all rows of the cycle but one.

    Args:
        cycle: of the language.
        language: the task.
        cell: what the cell is called.
        state_size: k, numbers of the state.
    """
    longest = length_of_failure(cycle, state_size)
    if longest is None:
        return None
    words = ARGUMENTS(
        "repeated", symbol=cycle.symbol, before=cycle.before, longest=longest
    )
    return Argument(
        "theorem at a given length",
        ARGUMENTS("given_length_set", cell=cell, state_size=state_size),
        ARGUMENTS(
            "given_length_excludes",
            language=language.name,
            words=words,
            state_size=state_size,
        ),
        criterion=ARGUMENTS("nearest_row"),
        words=words,
        is_intrinsic=True,
        numbers={"symbol": cycle.symbol, "length": longest, "sign_changes": state_size},
    )


def length_of_failure(cycle: Cycle, state_size: int) -> int | None:
    """Return the repetitions among which such a read-out is wrong at least once.

    Two rows of the cycle for which no others pass alternate more than `state_size`
    times by then; None where there are no two.

    Example:
        >>> from firstbit.languages import parity
        >>> from firstbit.languages.judging.cycles import alternating_cycle
        >>> length_of_failure(alternating_cycle(parity()), 4)
        6
    """
    lengths = []
    for pair in combinations(sorted(cycle.alone), 2):
        lengths.append(_alternations_exceed(cycle, set(pair), state_size))
    return min(lengths, default=None)


def _alternations_exceed(cycle: Cycle, pair: set[int], most: int) -> int:
    alternations = 0
    last = None
    repetitions = 0
    while alternations <= most:
        repetitions += 1
        row = cycle.rows[repetitions % cycle.length]
        if row not in pair:
            continue
        if last is not None and row != last:
            alternations += 1
        last = row
    return repetitions
