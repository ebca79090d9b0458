"""`firstbit judge`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstbit.cli.language.find import find
from firstbit.cli.options import (
    AsJson,
    Confidence,
    Error,
    Folder,
    LanguageText,
    Resolution,
    Seed,
    file_option,
    require_folder,
    require_numbers,
)
from firstbit.cli.output import as_numbers, print_json, print_table, progress
from firstbit.errors import SettingError, require_seed
from firstbit.intervals import require_confidence

if TYPE_CHECKING:
    import xarray as xr

    from firstbit.studies import Learnt

MARKER = "judgement.json"
"""The file that every folder of a judgement has."""


def judge(
    language: LanguageText,
    scores: Annotated[
        str,
        typer.Option(
            help="What the net gives: logits, probabilities, or linear (trained by "
            "squared error)."
        ),
    ],
    model: Annotated[
        str | None,
        typer.Option(
            help="path/to/file.py:load, where `load` returns the trained net, or is a "
            "function of words; or package.module:load."
        ),
    ] = None,
    predictions: Annotated[
        Path | None,
        file_option(
            "Instead of --model: scores made elsewhere, JSON Lines, a word a line."
        ),
    ] = None,
    inputs: Annotated[
        str, typer.Option(help="What the net takes: one-hot, indices, or words.")
    ] = "one-hot",
    batched: Annotated[
        bool,
        typer.Option("--batched", help="The net takes many words at once, padded."),
    ] = False,
    num_words: Annotated[
        int, typer.Option(help="Words that training read; they decide the lags.")
    ] = 1000,
    resolution: Resolution = 0.15,
    error: Error = 0.01,
    automaton: Annotated[
        bool,
        typer.Option(
            "--automaton", help="Find the automaton that the net has learnt, by L*."
        ),
    ] = False,
    extra_states: Annotated[
        int | None,
        typer.Option(help="Of --automaton: bound of its test.  [default: 1]"),
    ] = None,
    max_states: Annotated[
        int | None,
        typer.Option(help="Of --automaton: of the largest guess.  [default: 200]"),
    ] = None,
    confidence: Confidence = 0.95,
    seed: Seed = 0,
    out: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Judge a net trained elsewhere: whether it solves, how far, what it is like.

    The words of the test are those of `firstbit language NAME --export DIR`.
    """
    require_numbers(
        num_words=(num_words, 1),
        extra_states=(extra_states, 0),
        max_states=(max_states, 1),
    )
    require_seed(seed)
    require_confidence(confidence)
    require_folder(out, MARKER)
    _require_sense(model, predictions, automaton, extra_states, max_states)
    task = find(language)
    from firstbit.languages import Criterion
    from firstbit.studies import judge as judged
    from firstbit.studies import learnt_automaton, write_judgement
    from firstbit.studies.judging.models import loaded

    criterion = Criterion(resolution, error, num_words)
    net = predictions if model is None else loaded(model)
    learnt = None
    with progress():
        if automaton:
            learnt = learnt_automaton(
                net,
                task,
                scores=scores,
                inputs=inputs,
                batched=batched,
                extra_states=1 if extra_states is None else extra_states,
                max_states=200 if max_states is None else max_states,
            )
        found = judged(
            net,
            task,
            scores=scores,
            inputs=inputs,
            batched=batched,
            criterion=criterion,
            seed=seed,
            confidence=confidence,
        )
    if out is not None:
        write_judgement(out, found, learnt=learnt)
    if as_json:
        own = None if learnt is None else learnt.as_json()
        print_json({**as_numbers(found), "automaton": own})
    else:
        _print(found, learnt, out)


def _require_sense(
    model: str | None,
    predictions: Path | None,
    automaton: bool,
    extra_states: int | None,
    max_states: int | None,
) -> None:
    """Refuse none or both of two, and options that change nothing."""
    if (model is None) == (predictions is None):
        raise SettingError(
            "expected --model file.py:load or --predictions FILE, one of them; try "
            "firstbit judge --help."
        )
    if automaton and predictions is not None:
        raise SettingError(
            "expected --model beside --automaton: a file of predictions can't be asked."
        )
    for name, value in (("extra-states", extra_states), ("max-states", max_states)):
        if value is not None and not automaton:
            raise SettingError(
                f"expected --automaton beside --{name}: without it, --{name} changes "
                "nothing."
            )


def _print(found: "xr.Dataset", learnt: "Learnt | None", out: Path | None) -> None:
    """Print the answer, then what it is made from."""
    from firstbit.studies.judging.page import (
        about_test,
        answer,
        left_out,
        rows_of_means,
        rows_of_wrong,
    )

    print(answer(found))
    if learnt is not None:
        print(learnt.answer)
    print()
    print_table("Wrong", ["words", "number", "wrong"], rows_of_wrong(found))
    columns = ["mean over fresh words", "value", "interval", "unit"]
    print_table("Distance from the truth", columns, rows_of_means(found))
    print(about_test(found))
    print(left_out(found))
    if out is not None:
        print(f"{out / 'report.html'} shows all of it.")
