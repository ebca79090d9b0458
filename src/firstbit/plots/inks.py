"""Colours of a figure by what they stand for, in the look that is in force."""

from collections import Counter
from collections.abc import Iterable

from matplotlib.colors import to_hex
from matplotlib.typing import ColorType

from firstbit.look import family_of, roles
from firstbit.look.colour import contrast
from firstbit.plots.styles import look


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
        steps = roles().steps(roles().families[family], number, dark=look().dark)
        shades[family] = iter(steps)
    return [next(shades[family]) for family in families]


def run_colour(number: int) -> str:
    """Return the colour of a run, or of another unordered thing, by its number."""
    cycle = look().cycle
    return cycle[number % len(cycle)]


def run_mark(number: int) -> str:
    """Return the mark of a run: it repeats the colour."""
    marks = look().marks
    return marks[number % len(marks)]


def ink_on(colour: ColorType) -> str:
    """Return the darkest or the brightest of the maps, whichever is easier to read.

    It stays on its colour: neither is that of the page or of ink.

    Example:
        >>> ink_on("yellow"), ink_on("navy")
        ('#000004', '#FAFAFA')
    """
    behind = to_hex(colour)
    dark, bright = roles().maps["fade"][0], roles().maps["amount"][0]
    return max(dark, bright, key=lambda ink: contrast(behind, ink))
