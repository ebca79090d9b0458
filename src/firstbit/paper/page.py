"""`report.html`: the claims, the figures, the logs beside the published ones."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import xarray as xr

from firstbit.datasets import interval
from firstbit.look.numbers import with_interval, written
from firstbit.paper import published
from firstbit.paper.claims.claim import (
    CODE_DIFFERS,
    DEPENDS,
    FAILS,
    HOLDS,
    ON_THE_GRID,
    Claim,
)
from firstbit.paper.evidence import Evidence
from firstbit.paper.sentences import sentences
from firstbit.paper.trainings import Run
from firstbit.plots.saving import Drawings
from firstbit.report import (
    Badge,
    Banner,
    Block,
    Note,
    Picture,
    Recipe,
    Section,
    Square,
    Table,
    Trial,
    fragment,
    render,
    settings_table,
)

TONES = {
    HOLDS: "good",
    ON_THE_GRID: "partial",
    DEPENDS: "depends",
    FAILS: "bad",
    CODE_DIFFERS: "differs",
}

FIGURES = tuple(f"fig{number:02d}" for number in range(1, 12))

FOLDED = ("fig09_published", "fig09_each")
"""Further views of Fig. 9, folded below it."""

FEW_SIZES = 4
"""From this many hidden sizes on, a grid's table names the first and the last."""


@dataclass(frozen=True)
class Making:
    """How a replay was made, as rows of name and value.

    Attributes:
        settings: settings of the replay.
        versions: versions of the packages.
        seconds: wall seconds by part.
    """

    settings: Mapping[str, object]
    versions: Mapping[str, str]
    seconds: Mapping[str, float]


def page(
    evidence: Evidence,
    claims: Sequence[Claim],
    making: Making,
    drawn: Mapping[str, Drawings],
) -> str:
    """Return the page as HTML.

    Args:
        evidence: trained networks and grids.
        claims: the judged claims, in the order of the text.
        making: settings, versions and seconds.
        drawn: figures by their names.
    """
    text = _texts(claims, is_quick=bool(making.settings.get("quick")))
    runs = list(evidence.runs.values())
    trainings: list[Block] = [
        Note(text["floors"]),
        _trainings(runs),
        _picture("training", drawn),
        *map(_log, runs),
    ]
    sections = [
        Section("The question", [Note(text["question"]), Note(text["words"])]),
        Section("The claims", _trials(claims, drawn)),
        Section("The trainings", trainings),
        Section("The grids of D(l,k)", [_grids(evidence.grids, text["grids"])]),
        Section("How this was made", [_making(making)]),
    ]
    squares = [_square(claim) for claim in claims]
    banner = _banner(claims, text, squares)
    return render(
        text["title"],
        text["lead"],
        sections,
        kicker=text["kicker"],
        banners=[banner],
    )


def paper_html(claims: Sequence[Claim], making: Making) -> str:
    """Return the replay as a notebook shows it: how many claims hold, and each."""
    text = _texts(claims, is_quick=bool(making.settings.get("quick")))
    banner = _banner(claims, text)
    return fragment(text["title"], [_claims(claims)], banners=[banner])


def _texts(claims: Sequence[Claim], *, is_quick: bool) -> dict[str, str]:
    """Return the sentences of the page, with how many claims hold."""
    found = _verdicts(claims)
    return sentences(
        "page",
        num_claims=len(claims),
        num_holding=found[HOLDS],
        num_failing=found[FAILS],
        is_quick=is_quick,
    )


def _verdicts(claims: Sequence[Claim]) -> Counter[str]:
    """Return verdict, without its reason -> how many claims have it."""
    return Counter(claim.verdict.partition(" (")[0] for claim in claims)


def _banner(
    claims: Sequence[Claim], text: Mapping[str, str], squares: Sequence[Square] = ()
) -> Banner:
    """Return what the claims came to, and how many to each verdict."""
    counts = []
    for verdict, count in _verdicts(claims).most_common():
        counts.append(Badge(f"{verdict}: {count}", TONES.get(verdict, "open")))
    return Banner("open", text["word"], text["tally"], squares, counts)


def _trials(claims: Sequence[Claim], drawn: Mapping[str, Drawings]) -> list[Block]:
    """Return each claim beside its evidence, and figures in the order of the paper.

    A figure follows the first claim about it before which all earlier figures stand.
    Those of no claim stand at the end.
    """
    pictures = {name: [_picture(name, drawn)] for name in FIGURES}
    pictures["fig09"] += [_picture(name, drawn) for name in FOLDED]
    blocks: list[Block] = []
    for claim in claims:
        blocks.append(_trial(claim))
        if pictures and claim.figure == next(iter(pictures)):
            blocks += pictures.pop(claim.figure)
    return [*blocks, *chain(*pictures.values())]


def _picture(name: str, drawn: Mapping[str, Drawings]) -> Picture:
    """Return a figure with its caption, below the question that it answers."""
    caption = sentences("figures")[name]
    if name in FIGURES:
        caption = f"Fig. {FIGURES.index(name) + 1}. {caption}"
    return Picture(
        name,
        caption,
        *drawn[name],
        folded=name in FOLDED,
        question=sentences("questions").get(name, ""),
    )


def _trial(claim: Claim) -> Trial:
    verdict, _, reason = claim.verdict.partition(" (")
    fine_print = _readings(claim).strip() or reason.rstrip(")")
    return Trial(
        said=f"“{claim.claim}”",
        source=claim.place,
        badge=Badge(verdict, TONES.get(verdict, "open"), fine_print),
        answer=claim.answer,
        strips=claim.strips,
        details=[("Rule", claim.rule), ("Numbers", claim.measured)],
        anchor=_anchor(claim),
    )


def _claims(claims: Sequence[Claim]) -> Table:
    rows: list[list[str | Badge]] = []
    for claim in claims:
        measured = claim.measured + _readings(claim)
        rows.append([f"“{claim.claim}” {claim.place}", measured, _badge(claim)])
    columns = ["the paper says", "measured", "verdict, and its rule"]
    return Table(columns, rows, anchors=[_anchor(claim) for claim in claims])


def _square(claim: Claim) -> Square:
    text = f"“{claim.claim}” {claim.verdict}"
    return Square(_badge(claim).tone, text, _anchor(claim))


def _anchor(claim: Claim) -> str:
    return f"claim-{claim.id}"


def _readings(claim: Claim) -> str:
    """Return the verdict on each reading as one sentence, or "" where there is one."""
    if len(claim.readings) < 2:
        return ""
    by_verdict: dict[str, list[str]] = {}
    for reading, verdict in claim.readings.items():
        by_verdict.setdefault(verdict, []).append(reading)
    each = [f"{verdict}: {' · '.join(on)}" for verdict, on in by_verdict.items()]
    text = "; ".join(each)
    return f" {text[0].upper()}{text[1:]}."


def _badge(claim: Claim) -> Badge:
    verdict, _, reason = claim.verdict.partition(" (")
    fine_print = [reason.rstrip(")"), claim.rule, claim.figure]
    tone = TONES.get(verdict, "open")
    title = ". ".join(filter(None, fine_print))
    return Badge(verdict, tone, title)


def _trainings(runs: Sequence[Run]) -> Table:
    columns = [
        "run",
        "words",
        "parameters (as the authors count)",
        "epochs",
        "last mean error",
        "floor",
        "floor without outer symbol",
        "time",
    ]
    return Table(columns, [_training(run) for run in runs])


def _training(run: Run) -> list[str]:
    experiment = run.experiment
    training = run.training
    epochs = str(len(training.log))
    if training.stopped is not None:
        epochs += f" (0 to {training.stopped.epoch}), then stopped"
    merged = f"{run.merged_floor():.4f}" if experiment.task.has_copies else ""
    return [
        experiment.title,
        str(len(run.words)),
        f"{run.num_parameters} ({experiment.authors_count})",
        epochs,
        f"{run.mean_errors[-1]:.6f}",
        f"{run.floor():.4f}",
        merged,
        f"{run.seconds:.1f} s",
    ]


def _log(run: Run) -> Table:
    """Return the printed lines of a training beside the replayed ones."""
    printed = published.mean_errors(run.experiment.name)
    rows: list[list[str]] = []
    largest = 0.0
    for epoch, mean_error in printed.items():
        if not run.has_published_words or epoch >= len(run.mean_errors):
            continue
        difference = run.mean_errors[epoch] - mean_error
        largest = max(largest, abs(difference))
        rows.append(
            [
                str(epoch),
                f"{mean_error:.6f}",
                f"{run.mean_errors[epoch]:.9f}",
                written(difference),
            ]
        )
    text = sentences(
        "log",
        title=run.experiment.title,
        num_compared=len(rows),
        num_printed=len(printed),
        largest=largest,
    )
    columns = ["epoch", "published", "replayed", "difference"]
    caption = text["compared"] if rows else text["other_words"]
    return Table(
        columns,
        rows,
        caption,
        numeric=True,
        folded=True,
    )


def _grids(grids: Mapping[str, xr.Dataset], caption: str) -> Table:
    columns = [
        "file",
        "k",
        "l",
        "draws",
        "D at largest k, l (95 %)",
        "median there",
        "widest half-interval",
    ]
    rows = [_grid(name, grid) for name, grid in grids.items()]
    return Table(columns, rows, caption)


def _grid(name: str, grid: xr.Dataset) -> list[str]:
    sizes = grid["hidden_size"].values
    lengths = grid["length"].values
    shown_sizes = f"{sizes[0]} to {sizes[-1]}"
    if len(sizes) < FEW_SIZES:
        shown_sizes = ", ".join(map(str, sizes))
    last = grid.isel(hidden_size=-1, length=-1)
    lower, upper = (float(end) for end in interval(last, "discrepancy"))
    return [
        f"discrepancy_{name}.nc",
        shown_sizes,
        f"{lengths[0]} to {lengths[-1]}",
        str(grid.attrs["num_draws"]),
        with_interval(float(last["discrepancy"]), lower, upper),
        written(float(last["quantile_value"].sel(quantile=0.5))),
        written(grid.attrs["largest_half_width"]),
    ]


def _making(making: Making) -> Recipe:
    versions = [[name, text] for name, text in making.versions.items()]
    seconds = [[name, f"{value:.1f}"] for name, value in making.seconds.items()]
    total = sum(making.seconds.values())
    seconds.append(["sum", f"{total:.1f}"])
    tables = [
        settings_table(making.settings),
        Table(["package", "version"], versions),
        Table(["part", "wall seconds"], seconds, numeric=True),
    ]
    return Recipe(_command(making.settings), tables)


def _command(settings: Mapping[str, object]) -> str:
    """Return the command that replays with these settings."""
    words = ["firstbit paper --out FOLDER"]
    for name, value in settings.items():
        option = f"--{name.replace('_', '-')}"
        if value is True:
            words.append(option)
        elif value is not False:
            words.append(f"{option} {value}")
    return " ".join(words)
