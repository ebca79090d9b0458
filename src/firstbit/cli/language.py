"""`firstbit language`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firstbit.cli.output import print_json, print_table
from firstbit.errors import OutputError, SettingError, require_at_least
from firstbit.files import require_writable

if TYPE_CHECKING:
    from firstbit.languages import Language

EXPRESSION_LETTERS = frozenset("()|*+?.[]{}")
MOST_WINDOWS = 8


def language(
    name: Annotated[
        str | None, typer.Argument(help="A name (see --list), or a regular expression such as 'B(TS*X|PT*V)E'.")
    ] = None,
    regex: Annotated[str | None, typer.Option(help="A regular expression, even if it looks like a name.")] = None,
    sample: Annotated[int | None, typer.Option(help="Draw so many words.")] = None,
    seed: Annotated[int, typer.Option(help="Of the drawn words.")] = 0,
    floors: Annotated[
        bool, typer.Option("--floors", help="Least squared error a word, with the state known and from the last m symbols.")
    ] = False,
    check: Annotated[Path | None, typer.Option(help="Check a file of words, one a line.")] = None,
    next_after: Annotated[str | None, typer.Option("--next", help="Probabilities of the next symbol after a prefix.")] = None,
    draw: Annotated[Path | None, typer.Option(help="Draw the automaton: a file ending in .svg or .png.")] = None,
    list_names: Annotated[bool, typer.Option("--list", help="List the languages that have a name.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Look at a regular language: its automaton, words, next symbols, and the error that forgetting costs."""
    if list_names:
        _list(as_json)
        return
    chosen = find(name, regex)
    if sample is not None:
        require_at_least("sample", sample, 1)
    require_at_least("seed", seed, 0)
    if draw is not None:
        require_picture(draw)
    found: dict[str, Any] = {"language": chosen.name}
    if check is not None:
        found["checked"] = _check(chosen, check)
    if next_after is not None:
        found["next"] = {"prefix": next_after, "state": chosen.state_after(next_after), "symbols": chosen.next_symbols(next_after)}
    if floors:
        found["floors"] = _floors(chosen)
    if sample is not None:
        from firstbit.languages import sample as draw_words

        found["words"] = draw_words(chosen, sample, seed=seed)
    if draw is not None:
        found["drawn"] = _draw(chosen, draw)
    if len(found) == 1:
        found["summary"] = _summary(chosen)
    if as_json:
        print_json(found)
    else:
        _print(found)


def find(name: str | None, regex: str | None) -> "Language":
    """The language that the user means: an expression has one of `()|*+?.[]{}`, a name has none.

    Raises:
        SettingError: neither or both are given.
        LanguageError: there is no such language.

    Example:
        >>> find("reber", None).name, find("a|bc", None).name
        ('reber', 'a|bc')
    """
    from firstbit.languages import Language, by_name

    if (name is None) == (regex is None):
        raise SettingError("expected a name or an expression, and not both; try: firstbit language reber.")
    if regex is not None:
        return Language.from_regex(regex)
    assert name is not None
    return Language.from_regex(name) if EXPRESSION_LETTERS & set(name) else by_name(name)


def _list(as_json: bool) -> None:
    from firstbit.languages import CATALOGUE

    about = {name: (make.__doc__ or "").strip().splitlines()[0] for name, make in CATALOGUE.items()}
    if as_json:
        print_json(about)
    else:
        print_table("Languages", ["name", "what it is"], list(about.items()))


def require_picture(path: Path) -> None:
    """Raise unless a picture can be written at `path`, as its ending says."""
    if path.suffix not in {".svg", ".png"}:
        raise SettingError(f"expected a picture file that ends in .svg or .png, got '{path}'.")
    require_writable(path)


def _check(chosen: "Language", path: Path) -> dict[str, Any]:
    try:
        words = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(
            f"can't read '{path}': {getattr(error, 'strerror', None) or error}; expected a text file, a word a line."
        ) from error
    chosen.check(words)
    return {"file": str(path), "words": len(words)}


def _floors(chosen: "Language") -> dict[str, Any]:
    from firstbit.languages import full_floor, window_floor

    return {"full": full_floor(chosen), "window": [window_floor(chosen, m) for m in range(MOST_WINDOWS + 1)]}


def _summary(chosen: "Language") -> dict[str, Any]:
    from firstbit.languages import entropy, mean_length

    return {
        "alphabet": list(chosen.alphabet),
        "states": list(chosen.states),
        "final_states": list(chosen.final_states),
        "mean_length": mean_length(chosen),
        "entropy_bits": entropy(chosen),
        "edges": [dict(zip(("state", "symbol", "next", "probability"), edge, strict=True)) for edge in chosen.edges()],
    }


def _draw(chosen: "Language", path: Path) -> str:
    from firstbit import plots
    from firstbit.files import write_whole

    start, *_ = chosen.states
    graph = plots.automaton(chosen.name, chosen.edges(), start=start, finals=chosen.final_states, probabilities=True)
    picture = plots.picture_bytes(graph, path.suffix.removeprefix("."))
    write_whole(path, lambda temporary: temporary.write_bytes(picture))
    return str(path)


def _print(found: dict[str, Any]) -> None:
    for kind, value in found.items():
        if kind == "checked":
            print(f"{value['file']}: {value['words']} words, all in {found['language']}.")
        elif kind == "next":
            rows = [[symbol, f"{p:.6g}"] for symbol, p in value["symbols"].items()]
            print_table(f"After '{value['prefix']}' (state {value['state']})", ["next symbol", "probability"], rows)
        elif kind == "floors":
            rows = [[f"the last {m} symbols", f"{floor:.10g}"] for m, floor in enumerate(value["window"])]
            print_table("Least squared error a word", ["known", "floor"], [*rows, ["the state", f"{value['full']:.10g}"]])
        elif kind == "words":
            print("\n".join(value))
        elif kind == "drawn":
            print(f"{value} shows the automaton.")
        elif kind == "summary":
            print(f"{found['language']}: {len(value['states'])} states, alphabet {' '.join(value['alphabet'])},")
            print(f"mean length {value['mean_length']:.6g} symbols, entropy {value['entropy_bits']:.6g} bits a word.")
            rows = [[e["state"], e["symbol"], e["next"], f"{e['probability']:.4g}"] for e in value["edges"]]
            print_table("Edges", ["state", "symbol", "next state", "probability"], rows)
            print(f"A word ends in: {', '.join(value['final_states'])}.")
