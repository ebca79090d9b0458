"""Colours of a figure by what they stand for, in the look that is in force."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from firstbit.look import family_of, roles
from firstbit.look.colour import FINE, contrast, ramp
from firstbit.plots.styles import look

_READABLE = 4.5
"""Contrast of text with its page, by WCAG AA."""

_MARKS = 4
"""Marks on a line, about."""


def cell_colours(names: Iterable[str]) -> list[str]:
    """Return a colour for each cell of one panel: the hue of its family.

    Several members of a family have shades of its hue.

    Args:
        names: of the cells, "" for one outside the catalogue.

    Example:
        >>> first, second, third = cell_colours(["gru", "vanilla", "gru"])
        >>> first == third, second == look().hue("vanilla")
        (False, True)
    """
    families = [family_of(name).name for name in names]
    shades = {}
    for family, number in Counter(families).items():
        hue = roles().families[family]
        steps = roles().steps(hue, number, dark=look().dark)
        shades[family] = iter(steps)
    return [next(shades[family]) for family in families]


class Marks(NamedTuple):
    """Marks on a line, a few of them: they tell cells where colours can't be seen.

    Attributes:
        marker: as matplotlib names it.
        markevery: the first point with a mark, and the step to the next.
    """

    marker: str
    markevery: tuple[int, int]


def cell_marks(names: Sequence[str], num_points: int) -> list[Marks]:
    """Return the marks on the lines of cells in one panel, none above another.

    Args:
        names: of the cells, "" for one outside the catalogue.
        num_points: points of a line.

    Example:
        >>> cell_marks(["gru", "vanilla"], 40)
        [Marks(marker='s', markevery=(0, 10)), Marks(marker='o', markevery=(5, 10))]
    """
    step = max(1, num_points // _MARKS)
    marks = []
    for i, name in enumerate(names):
        first = step * i // len(names)
        marks.append(Marks(family_of(name).mark, (first, step)))
    return marks


def run_colour(number: int) -> str:
    """Return the colour of a run, or of another unordered thing, by its number."""
    cycle = look().cycle
    return cycle[number % len(cycle)]


def run_mark(number: int) -> str:
    """Return the mark of a run: it repeats the colour."""
    marks = look().marks
    return marks[number % len(marks)]


def name_inks(cell: str, colours: Sequence[str]) -> list[str]:
    """Return colours for names at lines that have these colours.

    A pale shade has the text colour of its family: names are read, lines only seen.

    Args:
        cell: whose sizes the lines are.
        colours: of the lines.

    Example:
        >>> pale, dark = look().steps("lstm", 4)[::3]
        >>> name_inks("lstm", [pale, dark]) == [look().ink("lstm"), dark]
        True
    """
    return [readable(colour, look().ink(cell)) for colour in colours]


def readable(colour: str, instead: str) -> str:
    """Return a colour for text: another one, where it is too pale to be read.

    Example:
        >>> readable("#ffffff", "#16191d"), readable("#103488", "#16191d")
        ('#16191d', '#103488')
    """
    is_read = contrast(colour, look().page.page) >= _READABLE
    return colour if is_read else instead


def number_ink(quantity: str, share: float) -> str:
    """Return the colour of a number in a cell: dark or bright, whichever is read.

    On a light page it is one that is as well read on a dark one, when the drawing
    follows the page.

    Args:
        quantity: of the colour map: `amount`, `signed`, `fade`, or a family.
        share: where the cell's colour stands in the map, in 0..1.

    Example:
        >>> number_ink("fade", 1.0), number_ink("fade", 0.0)
        ('#000004', '#FBFBFB')
    """
    place = min(int(FINE * share), FINE - 1)
    return _number_inks(quantity, place)[look().dark]


@cache
def _number_inks(quantity: str, place: int) -> tuple[str, str]:
    """Return the colour on a light page and on a dark one, by the place in a ramp."""
    light = ramp(roles().map_of(quantity, dark=False))[place]
    dark = ramp(roles().map_of(quantity, dark=True))[place]

    def read(inks: tuple[str, str]) -> float:
        return contrast(light, inks[0]) + contrast(dark, inks[1])

    return max(roles().numbers.values(), key=read)
