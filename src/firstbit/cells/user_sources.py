"""The source of a user's file, and of its neighbours, as it goes to another process.

A class is pickled by the name of its module. That of a user's file is nowhere else, so
its text goes before the class, and the other process makes the module of it.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import decode_source, spec_from_loader
from pathlib import Path
from typing import Any, NamedTuple


class Source(NamedTuple):
    """The text of a module.

    Attributes:
        name: of the module.
        path: of the file that it was read from.
        text: as it was when the module was made.
    """

    name: str
    path: str
    text: str


_KNOWN: dict[str, Source] = {}
"""Sources of the user's files of this process, and of those that came."""


class Sources(NamedTuple):
    """Sources that travel: unpickled, their modules can be imported.

    Attributes:
        all: of the files, and of the modules beside them.
    """

    all: tuple[Source, ...]

    @classmethod
    def of(cls, *things: object) -> "Sources":
        """Return the sources of the files that things are of: classes or functions."""
        found: dict[str, Source] = {}
        for thing in things:
            module = getattr(thing, "__module__", None)
            if isinstance(module, str) and module in _KNOWN:
                found[module] = _KNOWN[module]
        for source in list(found.values()):
            for neighbour in _neighbours(source):
                found.setdefault(neighbour.name, neighbour)
        return cls(tuple(found[name] for name in sorted(found)))

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how another process takes them."""
        plain = [tuple(source) for source in self.all]
        return _arrived, (plain,)


class Travelling:
    """A dataclass with members of a user's file: it can go to another process."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how another process makes it: the files go first."""
        values = {}
        for one in fields(self):  # pyright: ignore[reportArgumentType]
            values[one.name] = getattr(self, one.name)
        return _made, (Sources.of(*_members(values)), type(self), values)


def keep_source(name: str, path: Path) -> None:
    """Keep the text of a user's file that was run as a module."""
    _KNOWN[name] = Source(name, str(path), _text(path))


def _members(values: Mapping[str, object]) -> list[Any]:
    """Return what may be of a user's file, each with its class."""
    found: list[Any] = []
    for value in values.values():
        if isinstance(value, Mapping):
            found += _members(value)
        else:
            found += [value, type(value)]
    return found


def _made(_: Sources, kind: type, values: dict[str, Any]) -> Any:
    """Return what came from another process; its files are known by now."""
    return kind(**values)


def _text(path: Path) -> str:
    """Return the text of a Python file, whose first lines may name its encoding."""
    return decode_source(path.read_bytes())


def _neighbours(source: Source) -> list[Source]:
    """Return the sources of the modules that were imported from beside a file."""
    folder = Path(source.path).parent
    found = []
    for name, module in list(sys.modules.items()):
        if name in _KNOWN and Path(_KNOWN[name].path).parent == folder:
            found.append(_KNOWN[name])
            continue
        path = _file_of(module)
        if name != "__main__" and path is not None and path.parent == folder:
            found.append(Source(name, str(path), _text(path)))
    return found


def _file_of(module: object) -> Path | None:
    """Return the file of a module that is one file of Python, not a package's."""
    file = getattr(module, "__file__", None)
    if not isinstance(file, str) or getattr(module, "__package__", ""):
        return None
    path = Path(file)
    return path if path.suffix == ".py" and path.is_file() else None


def _arrived(plain: Sequence[tuple[str, str, str]]) -> Sources:
    """Take sources from another process; modules of other texts are dropped."""
    sources = [Source(*one) for one in plain]
    if any(map(_has_changed, sources)):  # the others may hold what these were
        for source in sources:
            sys.modules.pop(source.name, None)
    for source in sources:
        _KNOWN[source.name] = source
    if sources and not any(isinstance(one, _Finder) for one in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    return Sources(tuple(sources))


def _has_changed(source: Source) -> bool:
    """Return whether another text of that module is known here."""
    known = _KNOWN.get(source.name)
    return known is not None and known.text != source.text


class _Finder(MetaPathFinder):
    """Finds the modules whose sources came."""

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> ModuleSpec | None:
        """Return how a module is made; None of any other."""
        del path, target
        source = _KNOWN.get(fullname)
        if source is None:
            return None
        loader = _Loader(source)
        spec = spec_from_loader(fullname, loader, origin=source.path, is_package=False)
        if spec is not None:
            spec.has_location = True  # so that the module has a `__file__`
        return spec


class _Loader(InspectLoader):
    """Makes a module from its text."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def get_source(self, fullname: str) -> str:
        """Return the text."""
        del fullname
        return self._source.text
