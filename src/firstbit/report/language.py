"""How a notebook shows a language: its automaton as a picture, or else as a table."""

from firstbit import plots
from firstbit.errors import PackageError
from firstbit.languages import END, Language
from firstbit.plots.saving import searchable
from firstbit.report.blocks import Block, Note, Picture, Table
from firstbit.report.notebook import fragment

MOST_DRAWN = 60
"""States of an automaton that can be read as a picture."""

HOW_TO_READ = "Words begin at the arrow, and may end where the circle is double."

MOST_ROWS = 20
"""States of an automaton that are listed."""


def language_html(language: Language) -> str:
    """Return a language as a notebook shows it.

    Example:
        >>> from firstbit.languages import reber
        >>> "reber: 8 states" in language_html(reber())
        True
    """
    number = len(language.states)
    states = f"{number} state{'s' if number > 1 else ''}"
    title = f"{language.name}: {states}, alphabet {' '.join(language.alphabet)}"
    return fragment(title, automaton_blocks(language))


def automaton_blocks(language: Language, prefix: str | None = None) -> list[Block]:
    """Return the automaton as a picture; as a table where it can't be drawn.

    Args:
        language: what to show.
        prefix: a beginning of words, whose way is lit in the picture.
    """
    if len(language.states) <= MOST_DRAWN:
        try:
            graph = plots.automaton(language, prefix=prefix, title="")
            return [Picture("", HOW_TO_READ, searchable(graph))]
        except PackageError:
            pass
    rows = _rows(language)
    found: list[Block] = [Table(["state", "next", "ends"], rows[:MOST_ROWS])]
    if len(rows) > MOST_ROWS:
        found.append(Note(f"and {len(rows) - MOST_ROWS} more states"))
    return found


def _rows(language: Language) -> list[list[str]]:
    """Return each state with what follows it, and the probability that a word ends."""
    following: dict[str, list[str]] = {state: [] for state in language.states}
    for source, symbol, target, probability in language.edges():
        following[source].append(f"{symbol} to {target} ({probability:.3g})")
    rows = []
    for number, state in enumerate(language.states):
        stop = float(language.stop[number])
        ends = f"{END} ({stop:.3g})" if stop > 0 else ""
        rows.append([state, ", ".join(following[state]), ends])
    return rows
