"""One net that was trained elsewhere: data and a page, from what `judge` returns."""

import json
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np
import xarray as xr

from firstbit import plots
from firstbit.datasets import interval
from firstbit.errors import PackageError, SettingError
from firstbit.files import save
from firstbit.languages import Language
from firstbit.plots.saving import Drawings, searchable
from firstbit.report import (
    PHONE,
    WIDEST,
    Badge,
    Banner,
    Block,
    Note,
    Picture,
    Recipe,
    Section,
    Table,
    render,
    settings_table,
)
from firstbit.studies.about_test import no_twins, passing_window, repeats
from firstbit.studies.folders import write_folder
from firstbit.studies.judging.learnt import Learnt
from firstbit.studies.judging.texts import PAGE
from firstbit.studies.shares import reached_text, share_text
from firstbit.training.behaviour import window_name

MARKER = "judgement.json"
"""The file that every folder of a judgement has."""

MEANS = (
    "expected_squared_error",
    "squared_distance",
    "divergence",
    "loss_above_floor",
    "bits_above_floor",
    "nats_above_floor",
)
"""Variables that are means over fresh words."""

NONE = "none exist"
"""Words of a kind that a language doesn't have."""

MOST_STATES = 300
"""Of an automaton that is drawn."""

MOST_SHRUNK = 24
"""Of one that is as wide as the page at most, if its letters can be read then."""


def write_judgement(
    folder: Path, result: xr.Dataset, *, learnt: Learnt | None = None
) -> None:
    """Write `judgement.nc` and `report.html`, all of it or nothing.

    Args:
        folder: a new one, or one of an earlier call, which is replaced.
        result: of `firstbit.judge`.
        learnt: of `firstbit.learnt_automaton`; with it both automata are drawn.

    Raises:
        OutputError: the folder can't be written, or holds something else.
    """
    about = {
        "answer": answer(result),
        "configuration": json.loads(result.attrs["configuration"]),
        "automaton": None if learnt is None else learnt.as_json(),
    }

    def fill(fresh: Path) -> str:
        save(result, fresh / "judgement.nc")
        return judgement_page(result, learnt)

    write_folder(folder, MARKER, json.dumps(about, indent=1), fill)


def judgement_page(result: xr.Dataset, learnt: Learnt | None = None) -> str:
    """Return the page as HTML."""
    sections = [
        Section("Right and wrong", [_criteria(result), _wrong(result)]),
        Section("Distance from the truth", [_means(result), _floors(result)]),
        Section("How far back", [_accuracy(result, "lag", "by_lag")]),
        Section("How long", [_accuracy(result, "length", "by_length")]),
    ]
    if learnt is not None:
        sections.append(Section("The automaton", _drawn(learnt)))
    settings = json.loads(result.attrs["configuration"])
    settings["firstbit_version"] = result.attrs["firstbit_version"]
    about = [Note(about_test(result)), Note(left_out(result))]
    recipe = Recipe("", [settings_table(settings)])
    sections.append(Section("The test", about))
    sections.append(Section("How this was made", [recipe]))
    solved = bool(result["solved"])
    word = PAGE("solves" if solved else "fails")
    banner = Banner("good" if solved else "bad", word, answer(result))
    return render(
        PAGE("headline", **_named(result), solved=solved),
        "" if learnt is None else learnt.answer,
        sections,
        kicker=PAGE("kicker"),
        banners=[banner],
    )


def answer(result: xr.Dataset) -> str:
    """Say whether a net solves, what it behaves like, and how far it is right."""
    low, high = (float(end) for end in interval(result, "squared_distance"))
    confidence = result["squared_distance_ci"].attrs["ci_prob"]
    is_there = "memory_is_there" in result and bool(result["memory_is_there"])
    return PAGE(
        "answer",
        **_named(result),
        solved=bool(result["solved"]),
        behaves_like=str(result["behaves_like"].item()),
        memory_is_there=is_there,
        keeps_to=int(result["keeps_to"]),
        has_twins=_has_twins(result),
        right_to_length=int(result["right_to_length"]),
        has_long=bool(result["long_error"].notnull().any()),
        distance=f"{float(result['squared_distance']):.3g}",
        reach=f"{(high - low) / 2:.1g}",
        confidence=f"{100 * float(confidence):g}",
    )


def _has_twins(result: xr.Dataset, lag: int | None = None) -> bool:
    """Return whether there are twins, at a lag or at any."""
    error = result["twin_error"]
    if lag is not None:
        error = error.where(error["twin_lag"] == lag)
    return bool(error.notnull().any())


def about_test(result: xr.Dataset) -> str:
    """Say by which test a net solves."""
    attrs = result.attrs
    window = int(attrs["shortest_passing_window"])
    lag = int(attrs["lag"])
    resolution = float(attrs["resolution"])
    order = float(attrs["memory_order"])
    return PAGE(
        "test",
        num_words=int(attrs["num_words_read"]),
        lag=lag,
        no_twins="" if _has_twins(result, lag) else no_twins(lag, resolution, order),
        repeats=repeats(int(attrs["num_repeats"])),
        longest_word=int(attrs["longest_word"]),
        resolution=f"{resolution:g}",
        error=f"{100 * float(attrs['error']):g}",
        window=passing_window(None if window < 0 else window, lag),
    )


def left_out(result: xr.Dataset) -> str:
    """Say what is not shown, and why."""
    return PAGE("left_out", what=result.attrs["left_out"])


def rows_of_wrong(result: xr.Dataset) -> list[list[str]]:
    """Return kind, number and share of wrong words, of each kind that exists."""
    rows = [
        ["fresh words", str(int(result["num_fresh"])), _percent(result, "fresh_error")]
    ]
    for lag in result["twin_lag"].values.tolist():
        at = result.sel(twin_lag=lag)
        number = str(int(at["num_pairs"]))
        rows.append([f"twins at lag {lag}", number, _percent(at, "twin_error")])
    for factor in result["longer"].values.tolist():
        at = result.sel(longer=factor)
        if np.isnan(float(at["long_error"])):
            continue
        name = f"words of {int(at['long_length'])} symbols"
        number = str(int(at["num_long"]))
        rows.append([name, number, _percent(at, "long_error")])
    return rows


def rows_of_means(result: xr.Dataset) -> list[list[str]]:
    """Return long name, value, interval and unit of each mean."""
    rows = []
    for name in MEANS:
        low, high = (float(end) for end in interval(result, name))
        about = result[name].attrs
        value = f"{float(result[name]):.4g}"
        rows.append(
            [about["long_name"], value, f"[{low:.4g}, {high:.4g}]", about["units"]]
        )
    return rows


def _named(result: xr.Dataset) -> dict[str, str]:
    configuration = json.loads(result.attrs["configuration"])
    return {"model": configuration["model"], "language": configuration["language"]}


def _percent(at: xr.Dataset, name: str) -> str:
    """Return a share with its interval, in percent."""
    return share_text(at[name], at[f"{name}_ci"], NONE)


def _criteria(result: xr.Dataset) -> Table:
    rows: list[list[str | Badge]] = []
    for name in ("solved", "repeats_right", "passes_hochreiter", "memory_is_there"):
        if _is_asked(result, name):
            rows.append([result[name].attrs["long_name"], _badge(result, name)])
    for name, error in (("keeps_to", "twin_error"), ("right_to_length", "long_error")):
        value = reached_text(result[name], result[error], NONE)
        rows.append([result[name].attrs["long_name"], value])
    behaves_like = str(result["behaves_like"].item()) or "none"
    rows.append([result["behaves_like"].attrs["long_name"], behaves_like])
    return Table(["criterion", "result"], rows)


def _is_asked(result: xr.Dataset, name: str) -> bool:
    """Return whether a criterion stands in the table."""
    if name == "repeats_right":
        return name in result and bool(result.attrs["num_repeats"])
    return name in result


def _badge(result: xr.Dataset, name: str) -> Badge:
    """Return the badge of a criterion that is met or not."""
    if name == "passes_hochreiter" and not result.attrs["hochreiter_applies"]:
        return Badge("can't fail", "open")
    if name == "memory_is_there" and bool(result["solved"]):
        return Badge("not asked: it solves", "open")
    return Badge("yes", "good") if bool(result[name]) else Badge("no", "bad")


def _wrong(result: xr.Dataset) -> Table:
    columns = ["words", "number", "wrong"]
    return Table(columns, rows_of_wrong(result), PAGE("wrong"))


def _means(result: xr.Dataset) -> Table:
    columns = ["mean", "value", "interval", "unit"]
    return Table(columns, rows_of_means(result), PAGE("distances"))


def _floors(result: xr.Dataset) -> Table:
    rows = []
    for window in result["window"].values.tolist():
        floor = float(result["window_floor"].sel(window=window))
        rows.append([window_name(window), f"{floor:.6g}"])
    rows.append(["state known", f"{float(result.attrs['full_floor']):.6g}"])
    return Table(["what is seen", "floor"], rows, PAGE("floors"))


def _accuracy(result: xr.Dataset, dim: str, caption: str) -> Table:
    rows = []
    for value in result[dim].values.tolist():
        at = result.sel({dim: value})
        number = int(at[f"num_{dim}_words"])
        if number:
            share = _percent(at, f"{dim}_accuracy")
            rows.append([str(value), str(number), share])
    heads = [dim, "words", "right"]
    return Table(heads, rows, PAGE(caption), numeric=True)


def _drawn(learnt: Learnt) -> list[Block]:
    """Draw the target and what was learnt, if they can be drawn."""
    blocks: list[Block] = [Note(learnt.answer)]
    try:
        both = (("target", learnt.target), ("learnt", learnt.language))
        for name, language in both:
            if language is None or len(language.states) > MOST_STATES:
                continue
            way = _legal_part(language, learnt.difference or "")
            text = PAGE(f"{name}_drawn", num_states=len(language.states))
            blocks.append(Picture(name, text, *_graphs(language, way)))
    except PackageError:
        blocks.append(Note(PAGE("not_drawn")))
    return blocks


def _graphs(language: Language, way: str) -> Drawings:
    """Draw an automaton for a desk, and from the top down for a phone.

    One whose letters couldn't be read at that width is wider, and scrolls.
    """
    draw = partial(plots.automaton, language, prefix=way, title="")
    graphs = [draw(), draw(rankdir="TB")]
    if len(language.states) <= MOST_SHRUNK:
        for number, width in enumerate((WIDEST, PHONE)):
            with suppress(SettingError):
                graphs[number] = draw(width=width)
    return Drawings(*map(searchable, graphs))


def _legal_part(language: Language, word: str) -> str:
    """Return the longest beginning of a word that an automaton can read."""
    state = 0
    for time, symbol in enumerate(word):
        if symbol not in language.alphabet:
            return word[:time]
        state = int(language.transition[state, language.alphabet.index(symbol)])
        if state < 0:
            return word[:time]
    return word
