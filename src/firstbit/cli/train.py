"""`firstbit train`."""

import json
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firstbit.cli.cells import parse_cell
from firstbit.cli.language.command import find
from firstbit.cli.options import AsJson
from firstbit.cli.output import as_numbers, print_json, print_table, progress
from firstbit.errors import SettingError, require_at_least

if TYPE_CHECKING:
    import xarray as xr

    from firstbit.training import Rule

PUBLISHED_RATE = 0.001
"""That of the published trainings on the embedded grammar."""


def train(
    cell: Annotated[
        str,
        typer.Option(
            help="NAME:SIZE and options: "
            "vanilla:18,activation=tanh,initializer=orthogonal."
        ),
    ] = "vanilla:18",
    language: Annotated[
        str,
        typer.Option(
            help="A name (see firstbit language --list), or a regular expression."
        ),
    ] = "embedded-reber",
    seeds: Annotated[int, typer.Option(help="Independent runs.")] = 8,
    rule: Annotated[
        str,
        typer.Option(
            help="published (a plain step a word, squared error) or modern (Adam, "
            "cross-entropy)."
        ),
    ] = "published",
    epochs: Annotated[int, typer.Option(help="At most so many for each seed.")] = 1000,
    symbols: Annotated[
        int | None,
        typer.Option(help="At most about so many symbols read by each seed."),
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(
            help="The learning rate at the start.  [default: 0.001 if published, "
            "else 0.01]"
        ),
    ] = None,
    batch: Annotated[
        int | None, typer.Option(help="Of modern: words in a minibatch.  [default: 32]")
    ] = None,
    clip: Annotated[
        float | None,
        typer.Option(help="Of modern: largest norm of a gradient.  [default: 1]"),
    ] = None,
    schedule: Annotated[
        str | None,
        typer.Option(help="Of modern: constant or cosine.  [default: constant]"),
    ] = None,
    strings: Annotated[int, typer.Option(help="Words in an epoch.")] = 256,
    fresh: Annotated[
        bool | None,
        typer.Option(
            "--fresh/--fixed",
            help="Other words every epoch, or one list.  [default: fixed if published]",
        ),
    ] = None,
    max_length: Annotated[
        int | None, typer.Option(help="Longer words are left out.")
    ] = None,
    check_every: Annotated[
        int, typer.Option(help="Epochs between looks whether the task is solved.")
    ] = 10,
    stop_when_solved: Annotated[
        bool,
        typer.Option("--stop-when-solved", help="A seed ends when it solves the task."),
    ] = False,
    seed: Annotated[int, typer.Option(help="Of all random draws.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Folder for data, figures and report.html.")
    ] = None,
    resume: Annotated[
        bool, typer.Option(help="Keep the trainings beside --out, and go on from them.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Train a cell many times, and say how often it learns, how fast, and where it gets stuck."""
    for name, value in (
        ("seeds", seeds),
        ("strings", strings),
        ("epochs", epochs),
        ("check-every", check_every),
    ):
        require_at_least(name, value, 1)
    require_at_least("seed", seed, 0)
    if resume and out is None:
        raise SettingError(
            "expected --out DIR with --resume: the trainings are kept beside it."
        )
    chosen = find(language, None)
    training_rule = parse_rule(
        rule,
        learning_rate=rate,
        max_epochs=epochs,
        max_symbols=symbols,
        batch_size=batch,
        clip=clip,
        schedule=schedule,
    )
    one = parse_cell(cell)
    import jax

    from firstbit.languages import Stream, fresh_words
    from firstbit.training import (
        Checks,
        Execution,
        Task,
        TaskWords,
        judged,
        train_seeds,
    )

    is_fixed = training_rule.name == "published" if fresh is None else not fresh
    words = (
        tuple(fresh_words(chosen, strings, Stream((seed, 0)), max_length))
        if is_fixed
        else None
    )
    task = Task(
        one,
        chosen,
        training_rule,
        jax.random.key(seed),
        words=TaskWords(words, strings, max_length),
        checks=Checks(check_every, stop_when_solved),
        snapshots=(0, epochs // 2),
    )
    kept = Path(f"{out}.trainings") if resume else None
    with progress() as report:
        execution = Execution(
            progress=lambda done, total: report("epochs", done, total), resume=kept
        )
        trainings = train_seeds(task, seeds, execution)
    result = judged(task, trainings)
    if out is not None:
        from firstbit.studies.training_gradients import (
            GRADIENT_WORDS,
            gradients_of,
            networks_of,
        )
        from firstbit.studies.training_page import write_training

        stream = task.stream("test")
        read = fresh_words(chosen, GRADIENT_WORDS, stream, max_length)
        networks, gradients = networks_of(trainings), None
        if networks:
            loss = training_rule.loss
            gradients = gradients_of(networks, chosen, read, loss=loss)
        write_training(
            out,
            result,
            title=f"{one.title} on {chosen.name}, {training_rule.name} rule",
            language=chosen,
            gradients=gradients,
        )
    if kept is not None:
        rmtree(kept, ignore_errors=True)
    if as_json:
        told = as_numbers(result.drop_dims("epoch"))
        print_json({**told, "configuration": json.loads(result.attrs["configuration"])})
    else:
        _print(
            result,
            f"{one.title} on {chosen.name}, {training_rule.name} rule, seed {seed}",
        )
        if out is not None:
            print(f"{out / 'report.html'} shows what was measured.")


def parse_rule(
    name: str,
    *,
    learning_rate: float | None,
    max_epochs: int,
    max_symbols: int | None = None,
    **of_modern: Any,
) -> "Rule":
    """The rule of that name; settings that are None keep their default.

    Raises:
        SettingError: there is none, a setting is out of range, or one of `modern` is
            given for `published`.

    Example:
        >>> parse_rule("modern", learning_rate=0.1, max_epochs=9, clip=2.0).clip
        2.0
    """
    from firstbit.training import Modern, Published

    given = {key: value for key, value in of_modern.items() if value is not None}
    if name not in ("published", "modern"):
        raise SettingError(f"expected the rule published or modern, got '{name}'.")
    if name == "published" and given:
        raise SettingError(
            f"the published rule has no `{next(iter(given))}`; leave it out, "
            "or try --rule modern."
        )
    kind, usual_rate = (
        (Published, PUBLISHED_RATE)
        if name == "published"
        else (Modern, Modern.learning_rate)
    )
    rate = usual_rate if learning_rate is None else learning_rate
    return kind(
        learning_rate=rate, max_epochs=max_epochs, max_symbols=max_symbols, **given
    )


def _print(result: "xr.Dataset", title: str) -> None:
    from firstbit.studies.training_page import by_seed, summary

    print_table(title, *by_seed(result))
    print(summary(result))
