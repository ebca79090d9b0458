"""Pictures that are light on a light page and dark on a dark one, by one drawing."""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from firstbit.look import roles
from firstbit.look.colour import ramp
from firstbit.look.css import colours

_COLOUR = re.compile(r'(?<!href=")#[0-9a-fA-F]{6}\b')
_OPENING = re.compile(r"<svg\b[^>]*>")

_MOST_SIZES = 8
"""Sizes of one cell whose shades are known."""


class _Role(NamedTuple):
    """A colour of a light page by its name, and what it is on a dark one."""

    name: str
    dark: str


def adaptive(svg: bytes, *, alone: bool = True) -> bytes:
    """Return a light drawing whose colours follow the page that it stands on.

    Each colour of a role, and of a map that is another in the dark, becomes a custom
    property of CSS, with the colour itself where these aren't known. All others, such
    as those of differences, stay as they are.

    Args:
        svg: a drawing as SVG.
        alone: whether it is a document of its own, which has to know what its colours
            are on a dark page; else it has the roles of the page that it is part of,
            and says both colours of a size or a cell, which pages don't declare.

    Example:
        >>> drawn = adaptive(b'<svg><path fill="#16191d"/></svg>').decode()
        >>> drawn[drawn.index("<path") :]
        '<path fill="var(--ink, #16191d)"/></svg>'
    """
    used: dict[str, str] = {}
    declared = colours(dark=False)

    def named(found: re.Match[str]) -> str:
        colour = found[0].lower()
        role = _roles().get(colour)
        if role is None:
            return found[0]
        used[role.name] = role.dark
        if not alone and role.name not in declared:
            return f"light-dark({colour}, {role.dark})"
        return f"var(--{role.name}, {colour})"

    text = _COLOUR.sub(named, svg.decode())
    if not alone:
        return text.encode()
    style = _style(used)
    styled = _OPENING.sub(lambda found: found[0] + style, text, count=1)
    return styled.encode()


def _style(dark: Mapping[str, str]) -> str:
    """Return the rules that set the roles of a picture on a dark page."""
    if not dark:
        return ""
    all_set = " ".join(f"--{name}: {colour};" for name, colour in dark.items())
    rule = f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {all_set} }} }}"
    return f"<style>{rule}</style>"


@cache
def _roles() -> dict[str, _Role]:
    """Return colour on a light page -> its role.

    Where two roles have one colour the first counts: ink before the reader's own cell.
    """
    found: dict[str, _Role] = {}
    dark = colours(dark=True)
    for name, colour in colours(dark=False).items():
        found.setdefault(colour.lower(), _Role(name, dark[name]))
    for name, family in roles().families.items():
        for number in range(2, _MOST_SIZES + 1):
            light_steps = roles().steps(family, number, dark=False)
            dark_steps = roles().steps(family, number, dark=True)
            for i, colour in enumerate(light_steps):
                role = _Role(f"{name}-{i + 1}-of-{number}", dark_steps[i])
                found.setdefault(colour.lower(), role)
    return _of_maps() | found


def _of_maps() -> dict[str, _Role]:
    """Return the same for cells of heat maps, and for the numbers in them."""
    found = {}
    for name in roles().adaptive_maps:
        light = ramp(roles().map_of(name, dark=False))
        dark = ramp(roles().map_of(name, dark=True))
        for i, colour in enumerate(light):
            found[colour] = _Role(f"{name}-{i}", dark[i])
    for name, (light, dark) in roles().numbers.items():
        if light != dark:
            found[light.lower()] = _Role(f"number-{name}", dark.lower())
    return found
