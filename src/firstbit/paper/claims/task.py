"""Claims about the task, the sizes and the printed formulas: exact answers."""

from firstbit.languages import (
    copies_merged,
    embedded_reber,
    full_floor,
    merged_floor,
    reber,
    reber_as_printed,
    window_floor,
)
from firstbit.paper import published
from firstbit.paper.claims.claim import CODE_DIFFERS, FAILS, HOLDS, NOT_TESTED, Claim
from firstbit.paper.evidence import Evidence
from firstbit.paper.trainings import Run

PRINTED_DIGITS = 5e-7
"""Half a unit in the last digit of the printed logs."""

ZERO = 1e-12
"""Floors that differ by less are equal."""

WINDOWS = 13
"""Window floors are computed for windows of 0 to 12 symbols."""

ABOUT_590 = 590
NEAR = 0.05


def printed_expression(evidence: Evidence) -> Claim:
    """Is the printed expression the drawn automaton?"""
    drawn = reber()
    printed = reber_as_printed()
    word = drawn.shortest_difference(printed)
    accepted: dict[str, tuple[bool, bool]] = {}
    if word is not None:
        accepted[word] = drawn.accepts(word), printed.accepts(word)
    return Claim.written(
        "printed_expression",
        FAILS if word else HOLDS,
        figure="fig02",
        numbers={
            "shortest_difference": word,
            "accepted_by_automaton_and_expression": accepted,
        },
        word=word,
    )


def example_words(evidence: Evidence) -> Claim:
    """Are the paper's two example words judged right?"""
    language = reber()
    first = language.accepts("BTSSXXTTTVPSE")
    second = language.accepts("BTSSE")
    return Claim.written(
        "example_words",
        HOLDS if first and not second else FAILS,
        figure="fig02",
        numbers={"accepts_first": first, "accepts_second": second},
        first=first,
        second=second,
    )


def two_letters(evidence: Evidence) -> Claim:
    """Are the two previous letters enough to know the state?"""
    floors = [window_floor(reber(), window) for window in range(4)]
    full = full_floor(reber())
    return Claim.written(
        "two_letters",
        HOLDS if abs(floors[2] - full) < ZERO else FAILS,
        numbers={"window_floors": floors, "full_floor": full},
        floors=floors,
        full=full,
    )


def long_term_dependency(evidence: Evidence) -> Claim:
    """Does the embedded grammar need more than a window?"""
    language = embedded_reber()
    floors = [window_floor(language, window) for window in range(WINDOWS)]
    full = full_floor(language)
    merged = merged_floor(language, copies_merged(language))
    return Claim.written(
        "long_term_dependency",
        HOLDS if min(floors) > full + ZERO else FAILS,
        figure="fig05",
        numbers={
            "window_floors": floors,
            "full_floor": full,
            "merged_floor": merged,
        },
        floors=floors,
        full=full,
        merged=merged,
    )


def parameters(evidence: Evidence) -> Claim:
    """Do the two networks have about 590 parameters?"""
    vanilla = evidence.runs["embedded_reber_vanilla"]
    gru = evidence.runs["embedded_reber_gru"]
    trained: dict[str, int] = {}
    near = True
    for run in (vanilla, gru):
        trained[run.experiment.name] = run.num_parameters
        difference = run.num_parameters - ABOUT_590
        near = near and abs(difference) <= NEAR * ABOUT_590
    counts: dict[str, int] = {}
    for name, run in evidence.runs.items():
        counts[name] = run.experiment.authors_count
    return Claim.written(
        "parameters",
        HOLDS if near else FAILS,
        numbers={**trained, "authors_count": counts},
        vanilla=vanilla,
        gru=gru,
    )


def training_strings(evidence: Evidence) -> Claim:
    """How many words were trained on?"""
    settings = evidence.settings
    differences: dict[str, float] = {}
    for name, run in evidence.runs.items():
        differences[name] = _largest_difference(run)
    largest = max(differences.values())
    verdict = f"{NOT_TESTED} (needs the published run)"
    if settings.is_published and largest < PRINTED_DIGITS:
        verdict = CODE_DIFFERS
    return Claim.written(
        "training_strings",
        verdict,
        numbers={
            "text": [250, 2000],
            "this_run": settings.num_words,
            "largest_difference": differences,
        },
        settings=settings,
        largest=largest,
    )


def _largest_difference(run: Run) -> float:
    """Return the largest difference between a run's log and the printed one."""
    differences: list[float] = []
    for epoch, mean_error in published.mean_errors(run.experiment.name).items():
        if epoch < len(run.mean_errors):
            difference = run.mean_errors[epoch] - mean_error
            differences.append(abs(difference))
    return max(differences)


def equations(evidence: Evidence) -> Claim:
    """Do equations (1) and (2) describe the trained networks?"""
    biases: dict[str, list[str]] = {}
    for name, run in evidence.runs.items():
        parameters = run.start.parameters()
        biases[name] = [each for each in parameters if each.startswith("b_")]
    return Claim.written(
        "equations",
        CODE_DIFFERS if any(biases.values()) else HOLDS,
        figure="fig01",
        numbers={"trained_biases": biases},
    )


def turing_complete(evidence: Evidence) -> Claim:
    """What does the cited theorem cover?"""
    source = "Siegelmann and Sontag 1995, J. Comput. Syst. Sci. 50, 132-150"
    return Claim.written(
        "turing_complete", f"{NOT_TESTED} (cited; {source})", numbers={}
    )
