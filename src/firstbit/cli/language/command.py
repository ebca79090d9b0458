"""`firstbit language`."""

from pathlib import Path
from typing import Annotated

import typer

from firstbit.cli.clicks import Context
from firstbit.cli.language.answers import answers
from firstbit.cli.language.asked import Asked
from firstbit.cli.language.catalogue import print_catalogue
from firstbit.cli.language.find import find
from firstbit.cli.options import AsJson, file_option
from firstbit.cli.output import print_json
from firstbit.errors import SettingError


def language(
    context: Context,
    name: Annotated[
        str | None,
        typer.Argument(
            help="A name (see --list), a file FILE.toml, or a regular expression "
            "such as 'B(TS*X|PT*V)E'."
        ),
    ] = None,
    regex: Annotated[
        str | None,
        typer.Option(help="A regular expression, even if it looks like a name."),
    ] = None,
    alphabet: Annotated[
        str | None,
        typer.Option(
            help="Symbols of the expression, in one-hot order.  [default: its "
            "letters, sorted]"
        ),
    ] = None,
    sample: Annotated[
        int | None, typer.Option(help="Sample this number of words.")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="Seed of the sampled words and random nets.  [default: 0]"),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(
            help="Lists of words, train,test or train,validation,test, as in 1000,200: "
            "samples of the language, with their floors."
        ),
    ] = None,
    disjoint: Annotated[
        bool,
        typer.Option(
            "--disjoint", help="No word in two lists of --split; it changes their law."
        ),
    ] = False,
    distinct: Annotated[
        bool,
        typer.Option(
            "--distinct", help="No word twice in a list of --split; likewise."
        ),
    ] = False,
    length: Annotated[
        str | None,
        typer.Option(
            help="Of the sampled words: 12, or 10:20, which includes 20; 1:20,21:40 "
            "for each list of --split."
        ),
    ] = None,
    uniform: Annotated[
        bool,
        typer.Option(
            "--uniform", help="Sample words of one --length with equal probability."
        ),
    ] = False,
    count: Annotated[
        int | None,
        typer.Option(
            help="Number and probability of the words of each length up to this one."
        ),
    ] = None,
    floors: Annotated[
        bool,
        typer.Option(
            "--floors",
            help="Least error a word, with the state known and from the last m "
            "symbols.",
        ),
    ] = False,
    demand: Annotated[
        bool,
        typer.Option(
            "--demand",
            help="The memory demanded: what each further symbol is worth, memory "
            "order, ranks.",
        ),
    ] = False,
    given_length: Annotated[
        str | None,
        typer.Option(
            help="Condition --floors and --demand on words of that length: 12 or 10:20."
        ),
    ] = None,
    windows: Annotated[
        int | None,
        typer.Option(help="The largest m of --floors and --demand.  [default: 8]"),
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option(help="bits or nats, of --floors and --split.  [default: bits]"),
    ] = None,
    per: Annotated[
        str | None,
        typer.Option(
            help="word or symbol (the mean over predictions), of --floors and "
            "--split.  [default: word]"
        ),
    ] = None,
    first_symbol: Annotated[
        bool,
        typer.Option(
            "--first-symbol",
            help="Count the prediction of the first symbol too, in --floors and "
            "--split.",
        ),
    ] = False,
    cell: Annotated[
        list[str] | None,
        typer.Option(
            help="What random nets supply, beside --demand: gru:10 or "
            "vanilla:18,initializer=orthogonal; may be repeated."
        ),
    ] = None,
    num_draws: Annotated[
        int | None, typer.Option(help="Random nets of each --cell.  [default: 1000]")
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option(help="Check a file of words, one a line; - is standard input."),
    ] = None,
    next_after: Annotated[
        str | None,
        typer.Option("--next", help="Probabilities of the next symbol after a prefix."),
    ] = None,
    same_as: Annotated[
        str | None,
        typer.Option(
            help="Another name, file or expression: are the words the same? If not, "
            "the shortest word in one alone."
        ),
    ] = None,
    figure: Annotated[
        Path | None,
        typer.Option(
            help="A figure, .svg or .png: with --demand that curve, with --count "
            "the lengths, else the automaton."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        file_option(
            "Write the sampled words (.txt; .jsonl with legal next symbols), the "
            "language (.toml), or the --demand (.nc)."
        ),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="A folder of words to train and to test on, anywhere, for firstbit "
            "judge; --split has the sizes.  [default: 1000,200,1000]",
        ),
    ] = None,
    list_names: Annotated[
        bool,
        typer.Option(
            "--list", help="List the languages that have a name, with their sources."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Describe a regular language: its automaton, its words, the memory it demands."""
    if list_names:
        _require_alone(context)
        print_catalogue(as_json=as_json)
        return
    chosen = find(name, regex, alphabet)
    asked = Asked(
        sample=sample,
        seed=seed,
        split=split,
        disjoint=disjoint,
        distinct=distinct,
        length=length,
        uniform=uniform,
        count=count,
        floors=floors,
        demand=demand,
        given_length=given_length,
        windows=windows,
        unit=unit,
        per=per,
        first_symbol=first_symbol,
        cells=tuple(cell or ()),
        num_draws=num_draws,
        check=check,
        next_after=next_after,
        same_as=same_as,
        figure=figure,
        out=out,
        export=export,
    )
    asked.require_sense()
    found = answers(chosen, asked)
    if as_json:
        document = {answer.name: answer.as_json() for answer in found}
        print_json({"language": chosen.name, **document})
        return
    for answer in found:
        answer.show()


def _require_alone(context: Context) -> None:
    """Raise `SettingError` if --list has company other than --json."""
    for name in context.params:
        source = context.get_parameter_source(name)
        is_given = source is not None and source.name == "COMMANDLINE"
        if is_given and name not in {"list_names", "as_json"}:
            raise SettingError(
                "expected --list alone, or with --json: beside it nothing else "
                "changes anything."
            )
