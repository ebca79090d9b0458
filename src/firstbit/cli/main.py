"""The program `firstbit`: its commands, and how errors reach the user."""

import functools
import sys
from importlib.metadata import version
from typing import Annotated, Any

import typer

from firstbit.cli.cache import cache
from firstbit.cli.capacity import capacity
from firstbit.cli.check import check
from firstbit.cli.clicks import Context, UsageError
from firstbit.cli.compare import compare
from firstbit.cli.cost import cost
from firstbit.cli.decodability import decodability
from firstbit.cli.discrepancy import discrepancy
from firstbit.cli.echo import echo
from firstbit.cli.fates import fates
from firstbit.cli.interruption import INTERRUPTED, interruptible, say_interrupted
from firstbit.cli.join import join
from firstbit.cli.judge import judge
from firstbit.cli.language.command import language
from firstbit.cli.measures import measures
from firstbit.cli.once import require_once
from firstbit.cli.open import open_
from firstbit.cli.paper import paper
from firstbit.cli.phase import phase
from firstbit.cli.playground import playground
from firstbit.cli.renamed import refuse_old_names
from firstbit.cli.streams import CLOSED, drop_output, use_plain_spelling
from firstbit.cli.study import study
from firstbit.cli.train import train
from firstbit.cli.verdict import verdict
from firstbit.errors import FirstbitError, shown
from firstbit.measures import measure_by_name
from firstbit.process import prepare

app = typer.Typer(
    name="firstbit",
    help="Measure what a recurrent neural network can remember, before and after "
    "training.",
    epilog="Two words differ only in their first bit; many symbols later, does the "
    "network still know?",
    invoke_without_command=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
LONGEST_LINE = 1000
"""Characters of an error line; a longer one loses its middle."""

TOO_LARGE = (
    "expected work that fits in memory; try fewer draws, words or steps, or shorter "
    "words."
)

COMMANDS = (
    paper,
    check,
    compare,
    cost,
    discrepancy,
    decodability,
    capacity,
    fates,
    echo,
    join,
    measures,
    phase,
    language,
    train,
    judge,
    verdict,
    study,
    open_,
    playground,
    cache,
)


def _epilog(command: str) -> str | None:
    """Return when a command's measure misleads; None where it is no measure."""
    measure = measure_by_name(command)
    return None if measure is None else f"When it misleads: {measure.misleads}"


for command in COMMANDS:
    name = command.__name__.removesuffix("_")
    app.command(name, epilog=_epilog(name))(command)


def _show_version(wanted: bool) -> bool:
    if wanted:
        typer.echo(f"firstbit {version('firstbit')}")
        raise typer.Exit
    return wanted


@app.callback()
def _root(
    context: Context,
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help="Show the version and leave.",
        ),
    ] = False,
) -> None:
    """Measure what a recurrent neural network can remember, untrained and trained."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main(arguments: list[str] | None = None) -> int:
    """Run the program.

    Every error of a user is one line on stderr and status 2; an interruption is status
    130, a pipe that was closed before the end 141.

    Args:
        arguments: those after the program's name; by default those of the process.

    Returns:
        The exit status.

    Example:
        >>> main(["--version"])
        firstbit ...
        0
    """
    use_plain_spelling()
    prepare()
    given = sys.argv[1:] if arguments is None else arguments
    try:
        with interruptible():
            status = _run(given)
            if sys.stdout is not None:
                sys.stdout.flush()
    except BrokenPipeError:
        drop_output()
        return CLOSED
    except (KeyboardInterrupt, typer.Abort):
        status = INTERRUPTED
    except MemoryError:
        return _refuse(TOO_LARGE)
    except OSError as error:
        drop_output()
        return _refuse(f"can't go on: {_reason(error)}.")
    except RuntimeError as error:
        if not _is_of_memory(error):
            raise
        return _refuse(TOO_LARGE)
    if status == INTERRUPTED:
        say_interrupted()
    return status


def _run(given: list[str]) -> int:
    """Run one command; its refusals are one line."""
    try:
        refuse_old_names(given)
        program = _program()
        require_once(program.commands, given)
        status = program(given, standalone_mode=False)
    except FirstbitError as error:
        return _refuse(str(error))
    except UsageError as error:
        return _refuse(_usage(error))
    return status if isinstance(status, int) else 0


@functools.cache
def _program() -> Any:
    """Return all commands with their options; to read them from the code takes long."""
    return typer.main.get_command(app)


def _is_of_memory(error: RuntimeError) -> bool:
    """Return whether JAX found too little memory; it has no type for that alone."""
    return "out of memory" in str(error).lower()


def _reason(error: OSError) -> str:
    """Return what the system refused, and for which file."""
    reason = error.strerror or str(error)
    return reason if error.filename is None else f"{reason}: '{error.filename}'"


def _usage(error: Exception) -> str:
    """Return the mistake in the command line, and the command that helps."""
    message: str = getattr(error, "format_message", error.__str__)()
    sentence = f"{message.rstrip('.')}."
    context = getattr(error, "ctx", None)
    return f"{sentence} See {context.command_path} --help." if context else sentence


def _refuse(message: str) -> int:
    line = shown(" ".join(message.split()), LONGEST_LINE)
    print(f"firstbit: {line}", file=sys.stderr)
    return 2
