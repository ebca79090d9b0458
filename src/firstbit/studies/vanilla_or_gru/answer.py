"""The study's answer in one paragraph: the wording is chosen by the verdicts, and every clause carries a number of the tables."""

from collections.abc import Sequence

from firstbit.languages import embedded_reber
from firstbit.studies.vanilla_or_gru.study import CELLS, PUBLISHED_VANILLA, SIZES, Study
from firstbit.studies.vanilla_or_gru.tables import (
    Judged,
    by_hand,
    interval,
    of,
    smallest_sizes,
    solving,
)
from firstbit.studies.verdicts.arguments import Argument, rank_argument
from firstbit.studies.verdicts.evidence import Evidence
from firstbit.studies.verdicts.judgement import INTRINSIC, SOLVES, TRAINABILITY

NOT_MEASURED = (
    "Not measured: whether Vanilla's failure is intrinsic needs its runs on "
    "embedded Reber."
)


def answer(study: Study, verdicts: Sequence[Judged]) -> str:
    """Is Vanilla's failure intrinsic, or is it training? A clause is left out where its runs are missing."""
    rows = {(j.verdict.evidence.cell, j.part.setting): j for j in verdicts}
    published = rows.get((PUBLISHED_VANILLA, "published"))
    if published is None:
        return NOT_MEASURED
    cells = {place: row.verdict.evidence for place, row in rows.items()}
    clauses = [
        _verdict(published),
        _published(cells),
        _modern(cells),
        _by_hand(published),
        _tanh(cells),
        _long_lags(list(cells.values())),
        _lags(study),
        _sizes(study),
    ]
    return " ".join(clause for clause in clauses if clause)


def _verdict(judged: Judged) -> str:
    verdict, e = judged.verdict, judged.verdict.evidence
    counted = f"{of(e)} runs solve, 95 % interval {interval(e)}"
    if verdict.verdict == SOLVES:
        return (
            "There is no failure to explain: Vanilla as published solves embedded "
            f"Reber ({counted})."
        )
    if verdict.verdict == TRAINABILITY and verdict.witness is not None:
        return (
            "It is training: Vanilla as published does not solve embedded Reber "
            f"({counted}), but nets of its cell and size do "
            f"({verdict.witness.description})."
        )
    if verdict.verdict == INTRINSIC:
        return (
            f"It is intrinsic, as far as its argument goes: {counted}, without a "
            f"witness; by {verdict.arguments[0].statement}."
        )
    return (
        f"It is undecided: {counted}, no net of this architecture and size is "
        "known that does, and no argument excludes one."
    )


def _published(cells: dict[tuple[str, str], Evidence]) -> str:
    gated = [
        cells[name, "published"]
        for name in ("GRU", "LSTM")
        if (name, "published") in cells
    ]
    if not gated:
        return ""
    told = " and ".join(f"{e.cell} in {of(e)} {interval(e)}" for e in gated)
    some = (
        "solve"
        if all(map(solving, gated))
        else "do not solve either"
        if not any(map(solving, gated))
        else "divide"
    )
    return f"Under the same published rule the gated cells {some}: {told}."


def _modern(cells: dict[tuple[str, str], Evidence]) -> str:
    modern = cells.get((PUBLISHED_VANILLA, "modern"))
    if modern is None:
        return ""
    relation = "solves" if solving(modern) else "does not solve"
    others = [
        cells[name, "modern"] for name in ("GRU", "LSTM") if (name, "modern") in cells
    ]
    beside = " and ".join(f"{e.cell} {of(e)} {interval(e)}" for e in others)
    when = (
        ""
        if modern.median_to_solve is None
        else f", after {modern.median_to_solve:,.0f} symbols in the median"
    )
    return (
        f"With the modern rule it {relation}, unchanged in activation, size and "
        f"start: {of(modern)} {interval(modern)}{when}"
        + (f", beside {beside}." if beside else ".")
    )


def _by_hand(judged: Judged) -> str:
    witness = by_hand(
        next(one for one in CELLS if one.name == PUBLISHED_VANILLA),
        judged.part.language,
    )
    if witness is None or (
        judged.verdict.witness is not None
        and judged.verdict.witness.kind == witness.kind
    ):
        return ""
    return f"Another such net was {witness.description}."


def _tanh(cells: dict[tuple[str, str], Evidence]) -> str:
    found = [
        e
        for (name, setting), e in cells.items()
        if name.startswith("Vanilla tanh") and setting == "published"
    ]
    if not found:
        return ""
    told = "; ".join(
        f"{e.cell.removeprefix('Vanilla ')} {of(e)} {interval(e)}" for e in found
    )
    num = sum(map(solving, found))
    start = (
        "Nor does it take the modern rule"
        if num
        else "Another activation and start alone do not do it"
    )
    return (
        f"{start}: under the published rule {num} of {len(found)} Vanilla cells "
        f"with tanh solve ({told})."
    )


def _long_lags(found: Sequence[Evidence]) -> str:
    fresh, both = sum(e.num_fresh for e in found), sum(e.num_solved for e in found)
    return (
        f"Of the {fresh} runs in these {len(found)} configurations that pass on "
        f"fresh words, {both} also pass where the lag is at "
        "least twice any in training."
    )


def _lags(study: Study) -> str:
    measured = [(part.coordinate or 0, e) for part, e in study.on("lags")]
    if not measured:
        return ""
    last = max(lag for lag, _ in measured)
    reach = {e.cell: 0 for _, e in measured}
    for lag, e in measured:
        reach[e.cell] = max(reach[e.cell], lag if solving(e) else 0)
    far = "; ".join(f"{cell}: {most or 'none'}" for cell, most in reach.items())
    rate = "; ".join(f"{e.cell}: {of(e)}" for lag, e in measured if lag == last)
    return (
        "How far back the modern rule learns to look on first_bit(l, random) is "
        "another question: the longest l that is solved is "
        f"({far}), and at l = {last} the runs that solve are ({rate}); these are "
        "rates within a budget, not limits of a cell."
    )


def _sizes(study: Study) -> str:
    least = smallest_sizes(study)
    if not least:
        return ""
    told = "; ".join(f"{cell}: {size}" for cell, size in least.items())
    size, argument = max(rank_arguments().items())
    needed = argument.numbers["needed_units"]
    below = sum(
        e.num_solved
        for part, e in study.on("sizes")
        if part.coordinate is not None and part.coordinate < needed
    )
    passing = "none" if not below else str(below)
    return (
        f"The smallest sizes that solve embedded Reber are ({told}). What is "
        f"intrinsic is narrower: below {needed} units no "
        "cell whose linear read-out gives the probabilities themselves, as by the "
        "published rule, reaches the exact ones (with "
        f"{size} units the squared error a word stays at least "
        f"{argument.numbers['excess_loss']:.3g} above the floor); a "
        "softmax escapes that, and the test asks only for the order of the "
        f"outputs: {passing} of the runs of such sizes by the "
        "modern rule solve."
    )


def rank_arguments() -> dict[int, Argument]:
    """Size -> the argument from rank, where it applies."""
    found = {size: rank_argument(embedded_reber(), size) for size in SIZES}
    return {size: argument for size, argument in found.items() if argument is not None}
