"""Roles: what a colour, a mark or a size stands for, as typed values."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import numpy as np

from firstbit.look.colour import shade

FILE = "roles.toml"

YOURS = "yours"
"""The family of every cell that no other has: the reader's own."""

Stroke = Literal["solid", "dashed", "dashdot", "dotted"]

_NAME = re.compile(r"[^(:,\[]*")

_OF_LIBRARY = re.compile(r"[a-zA-Z_]\w*(?:\.(?!py:)\w+)*:([a-zA-Z_].*)")
"""A class of a module that is imported, such as `torch.nn:GRUCell`; not of a file."""


@dataclass(frozen=True)
class Family:
    """A family of cells: one hue and one mark everywhere.

    Attributes:
        name: of the role.
        about: what its members share.
        light: the hue on a light page.
        text: of a name on a light page, where the hue itself may be too pale.
        dark: the hue, and of a name, on a dark page.
        mark: as matplotlib names it.
        cells: name in the catalogue -> how it is written.
        steps: colours of sizes on a light page, small k first; none, if computed.
    """

    name: str
    about: str
    light: str
    text: str
    dark: str
    mark: str
    cells: Mapping[str, str]
    steps: tuple[str, ...] = ()

    def hue(self, *, dark: bool) -> str:
        """Return the colour of its marks and lines."""
        return self.dark if dark else self.light

    def ink(self, *, dark: bool) -> str:
        """Return the colour of its name."""
        return self.dark if dark else self.text


@dataclass(frozen=True)
class Status:
    """How something ends: a colour, a tint behind it, an icon, a mark and a line.

    Attributes:
        name: `good`, `partial`, `depends`, `differs`, `bad` or `open`.
        light: colour on a light page.
        light_tint: what lies behind it there.
        dark: colour on a dark page.
        dark_tint: what lies behind it there.
        mark: as matplotlib names it.
        line: the style of a line, as matplotlib names it.
        icon: shapes of SVG in a box of 16 by 16.
    """

    name: str
    light: str
    light_tint: str
    dark: str
    dark_tint: str
    mark: str
    line: Stroke
    icon: str

    def hue(self, *, dark: bool) -> str:
        """Return its colour."""
        return self.dark if dark else self.light


@dataclass(frozen=True)
class Page:
    """Colours of a page: paper, ink, and what lies between them."""

    page: str
    raised: str
    ink: str
    soft: str
    line: str
    hair: str
    link: str
    focus: str


@dataclass(frozen=True)
class Context:
    """Where a figure is seen: sizes of type in points, widths in inches.

    Attributes:
        name: `paper`, `page` or `talk`.
        label: of axes.
        tick: of ticks, and of names at lines.
        panel: title of a panel.
        title: of a figure.
        smallest: that is used at all.
        widths: of figures, narrow to wide.
        lines: what widths of lines are multiplied by.
    """

    name: str
    label: float
    tick: float
    panel: float
    title: float
    smallest: float
    widths: tuple[float, ...]
    lines: float


@dataclass(frozen=True)
class Roles:
    """All roles.

    Attributes:
        light: colours of a light page.
        dark: colours of a dark page.
        statuses: by their names.
        families: by their names, in the order in which unordered things take turns.
        light_steps: lightness of sizes on a light page, small k first.
        dark_steps: the same on a dark page.
        maps: name -> nine colours.
        dark_maps: the same on a dark page, where they are others.
        numbers: colours of numbers in cells, each on a light page and on a dark one.
        contexts: by their names.
        strokes: kind of line -> its width in points.
        opacity: kind of ink -> its opacity.
        measures: name -> a value of CSS.
        fonts: of figures, the best first.
        letters: the font whose letters are equally wide.
    """

    light: Page
    dark: Page
    statuses: Mapping[str, Status]
    families: Mapping[str, Family]
    light_steps: tuple[float, ...]
    dark_steps: tuple[float, ...]
    maps: Mapping[str, tuple[str, ...]]
    dark_maps: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, tuple[str, str]]
    contexts: Mapping[str, Context]
    strokes: Mapping[str, float]
    opacity: Mapping[str, float]
    measures: Mapping[str, str]
    fonts: tuple[str, ...]
    letters: str

    def page(self, *, dark: bool) -> Page:
        """Return the colours of a page."""
        return self.dark if dark else self.light

    @property
    def adaptive_maps(self) -> list[str]:
        """Names of the maps that are others on a dark page."""
        return [*self.families, *self.dark_maps]

    def map_of(self, name: str, *, dark: bool) -> tuple[str, ...]:
        """Return the nine colours of a map on a page.

        That of a family goes from where an amount is 0 to the hue of the family.
        """
        if name in self.families:
            zero = self.map_of("amount", dark=dark)[0]
            return zero, self.families[name].hue(dark=dark)
        if dark and name in self.dark_maps:
            return self.dark_maps[name]
        return self.maps[name]

    def steps(self, family: Family, number: int, *, dark: bool) -> list[str]:
        """Return colours for a number of sizes, the smallest size first.

        A single size has the hue itself. Up to three leave out the faintest step.

        Example:
            >>> roles().steps(family_of("gru"), 2, dark=False)
            ['#4F85F9', '#103488']
        """
        if number == 1:
            return [family.hue(dark=dark)]
        four = self._four(family, dark=dark)
        if number < len(four):
            four = four[1:]
        if number == 2:
            return [four[0], four[-1]]
        if number == len(four):
            return four
        lightness = self.dark_steps if dark else self.light_steps
        wanted = np.linspace(lightness[0], lightness[-1], number)
        return [shade(family.hue(dark=dark), float(one)) for one in wanted]

    def _four(self, family: Family, *, dark: bool) -> list[str]:
        """Return the steps as the file has them, or of the hue."""
        if family.steps and not dark:
            return list(family.steps)
        lightness = self.dark_steps if dark else self.light_steps
        return [shade(family.hue(dark=dark), one) for one in lightness]


@cache
def roles() -> Roles:
    """Return the roles of `roles.toml`; it is read once.

    Example:
        >>> roles().families["lstm"].mark
        '^'
    """
    text = files("firstbit.look").joinpath(FILE).read_text(encoding="utf-8")
    data = _with_tuples(tomllib.loads(text))
    pages, steps, fonts = data["page"], data["steps"], data["fonts"]
    return Roles(
        light=Page(**pages["light"]),
        dark=Page(**pages["dark"]),
        statuses=_named(Status, data["statuses"]),
        families=_named(Family, data["families"]),
        light_steps=steps["light"],
        dark_steps=steps["dark"],
        maps=data["maps"],
        dark_maps=data["dark_maps"],
        numbers=data["numbers"],
        contexts=_named(Context, data["contexts"]),
        strokes=data["strokes"],
        opacity=data["opacity"],
        measures=data["measures"],
        fonts=fonts["figures"],
        letters=fonts["letters"],
    )


def family_of(cell: str) -> Family:
    """Return the family of a cell, by its name with or without options and size.

    Capitals and hyphens don't matter, and `GRUCell` is a GRU, that of PyTorch too. A
    cell that is in no family is the reader's own, and so is every cell of a file.

    Example:
        >>> names = ["gru:20,reset=before", "Vanilla(activation=tanh)", "torch:GRUCell"]
        >>> [family_of(name).name for name in names]
        ['gru', 'vanilla', 'gru']
        >>> family_of("my.py:GRUCell").name
        'yours'
    """
    name = _plain(cell)
    families = _families()
    found = families.get(name) or families.get(name.removesuffix("cell"))
    return roles().families[found or YOURS]


def cell_name(cell: str) -> str:
    """Return the name of a cell as figures and pages write it; others as they are.

    Example:
        >>> cell_name("gru"), cell_name("MyCell")
        ('GRU', 'MyCell')
    """
    for family in roles().families.values():
        if cell in family.cells:
            return family.cells[cell]
    return cell


@cache
def _families() -> dict[str, str]:
    """Return plain name of a cell -> its family."""
    owners = {}
    for family in roles().families.values():
        for cell in family.cells:
            owners[cell] = family.name
    return owners


def _plain(cell: str) -> str:
    """Return a cell's name without options and size, and with small letters alone."""
    of_library = _OF_LIBRARY.match(cell)
    (name,) = _NAME.findall(of_library[1] if of_library else cell)[:1]
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _named(kind: type[Any], rows: Mapping[str, Mapping[str, object]]) -> dict[str, Any]:
    """Return each row of a table as a value that knows its name."""
    return {name: kind(name=name, **row) for name, row in rows.items()}


def _with_tuples(value: object) -> Any:
    """Return what was read with tuples for lists, so that nobody can change it."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return {name: _with_tuples(one) for name, one in value.items()}
    return value
