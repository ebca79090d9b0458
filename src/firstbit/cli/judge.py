"""`firstbit judge`."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstbit.cli.grouped import grouped
from firstbit.cli.language.find import find
from firstbit.cli.options import (
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
from firstbit.cli.output import as_numbers, print_table, progress, results_frame
from firstbit.cli.printed import Printed
from firstbit.errors import SettingError, require_seed
from firstbit.intervals import require_confidence

if TYPE_CHECKING:
    import xarray as xr

    from firstbit.studies import Learnt

MARKER = "judgement.json"
"""The file that every folder of a judgement has."""


@dataclass(frozen=True)
class Asked:
    """What the command judges, as its options say it; see its help for each."""

    language: LanguageText
    scores: Annotated[
        str,
        typer.Option(
            help="What the net gives: logits, probabilities, or linear (trained by "
            "squared error)."
        ),
    ]
    model: Annotated[
        str | None,
        typer.Option(
            help="path/to/file.py:load, where `load` returns the trained net, or is a "
            "function of words; or package.module:load."
        ),
    ] = None
    predictions: Annotated[
        Path | None,
        file_option(
            "Instead of --model: scores made elsewhere, JSON Lines, a word a line."
        ),
    ] = None
    inputs: Annotated[
        str, typer.Option(help="What the net takes: one-hot, indices, or words.")
    ] = "one-hot"
    batched: Annotated[
        bool,
        typer.Option("--batched", help="The net takes many words at once, padded."),
    ] = False
    num_words: Annotated[
        int, typer.Option(help="Words that training read; they decide the lags.")
    ] = 1000
    resolution: Resolution = 0.15
    error: Error = 0.01
    automaton: Annotated[
        bool,
        typer.Option(
            "--automaton", help="Find the automaton that the net has learnt, by L*."
        ),
    ] = False
    extra_states: Annotated[
        int | None,
        typer.Option(help="Of --automaton: bound of its test.  [default: 1]"),
    ] = None
    max_states: Annotated[
        int | None,
        typer.Option(help="Of --automaton: of the largest guess.  [default: 200]"),
    ] = None
    confidence: Confidence = 0.95
    seed: Seed = 0

    def require_sense(self) -> None:
        """Refuse none or both of two, and options that change nothing."""
        if (self.model is None) == (self.predictions is None):
            raise SettingError(
                "expected --model file.py:load or --predictions FILE, one of them; try "
                "firstbit judge --help."
            )
        if self.automaton and self.predictions is not None:
            raise SettingError(
                "expected --model beside --automaton: a file of predictions can't be "
                "asked."
            )
        bounds = {"extra-states": self.extra_states, "max-states": self.max_states}
        for name, value in bounds.items():
            if value is not None and not self.automaton:
                raise SettingError(
                    f"expected --automaton beside --{name}: without it, --{name} "
                    "changes nothing."
                )


@grouped
def judge(asked: Asked, out: Folder = None, *, printed: Printed) -> None:
    """Judge a net trained elsewhere: whether it solves, how far, what it is like.

    The words of the test are those of `firstbit language NAME --export DIR`.
    """
    require_numbers(
        num_words=(asked.num_words, 1),
        extra_states=(asked.extra_states, 0),
        max_states=(asked.max_states, 1),
    )
    require_seed(asked.seed)
    require_confidence(asked.confidence)
    require_folder(out, MARKER)
    asked.require_sense()
    task = find(asked.language)
    from firstbit.languages import Criterion
    from firstbit.studies import judge as judged
    from firstbit.studies import learnt_automaton, write_judgement
    from firstbit.studies.judging.models import loaded

    criterion = Criterion(asked.resolution, asked.error, asked.num_words)
    net = asked.predictions if asked.model is None else loaded(asked.model)
    learnt = None
    with progress():
        if asked.automaton:
            learnt = learnt_automaton(
                net,
                task,
                scores=asked.scores,
                inputs=asked.inputs,
                batched=asked.batched,
                extra_states=1 if asked.extra_states is None else asked.extra_states,
                max_states=200 if asked.max_states is None else asked.max_states,
            )
        found = judged(
            net,
            task,
            scores=asked.scores,
            inputs=asked.inputs,
            batched=asked.batched,
            criterion=criterion,
            seed=asked.seed,
            confidence=asked.confidence,
        )
    if out is not None:
        write_judgement(out, found, learnt=learnt)
    printed.show(
        tables=partial(_print, found, learnt, out),
        numbers=partial(_numbers, found, learnt),
        rows=partial(results_frame, [found], []),
    )


def _numbers(found: "xr.Dataset", learnt: "Learnt | None") -> dict[str, object]:
    own = None if learnt is None else learnt.as_json()
    return {**as_numbers(found), "automaton": own}


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
