"""The public faces, as CONTRIBUTING names them, and where each name lives."""

import re
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[3]


def chapters() -> tuple[str, ...]:
    """Return the public modules, `firstbit` last: what it shows lives in the others."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (part,) = re.findall(r"\*\*Public faces\.\*\*(.*?)what their", text, re.DOTALL)
    found = re.findall(r"`(firstbit[\w.]*)`", part)
    return tuple(sorted(found, key=lambda name: (name == "firstbit", name)))


CHAPTERS = chapters()


def homes() -> dict[str, str]:
    """Return each public name in full -> the name under which it is documented.

    One thing may have several names, such as `firstbit.train` and
    `firstbit.training.train`: the first chapter that has it documents it.
    """
    found: dict[str, str] = {}
    seen: dict[int, str] = {}
    for chapter in CHAPTERS:
        module = import_module(chapter)
        for name in module.__all__:
            here = f"{chapter}.{name}"
            thing = getattr(module, name)
            known = seen.get(id(thing)) if callable(thing) else None
            found[here] = known or here
            seen.setdefault(id(thing), here)
    return found


HOMES = homes()
"""Public name -> the name under which it is documented."""


def also_called(home: str) -> list[str]:
    """Return the other public names of something."""
    return [name for name, place in HOMES.items() if place == home and name != home]
