"""What many configurations need alike, kept while a run of them lasts.

Words depend on (key, language, plan) only, so every configuration would draw the same
again. Outside of `keeping` nothing is kept.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TypeVar

Value = TypeVar("Value")

MOST_BYTES = 400_000_000
"""Of all that is kept, about."""


class Kept:
    """Values by group and name, up to a number of bytes.

    A run goes through the values of one group again and again. So a group that is full
    gives up none of its own values: it would lose each just before its turn. What has
    not been asked for longest goes first, as a whole.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        """Keep nothing yet, and at most `most_bytes`."""
        self._most = most_bytes
        self._groups: dict[Hashable, dict[Hashable, object]] = {}
        self._bytes: dict[Hashable, int] = {}
        self._lock = Lock()

    @property
    def num_bytes(self) -> int:
        """Of all that is kept."""
        return sum(self._bytes.values())

    def get(
        self,
        group: Hashable,
        name: Hashable,
        compute: Callable[[], Value],
        num_bytes: Callable[[Value], int],
    ) -> Value:
        """Return a value: as it was kept, else computed; see `kept`."""
        with self._lock:
            values = self._groups.pop(group, {})
            self._groups[group] = values  # the last one is the youngest
            if name in values:
                return values[name]  # pyright: ignore[reportReturnType]
        value = compute()
        size = num_bytes(value)
        with self._lock:
            if name not in values and self._has_room(group, size):
                self._groups.setdefault(group, values)[name] = value
                self._bytes[group] = self._bytes.get(group, 0) + size
        return value

    def _has_room(self, group: Hashable, size: int) -> bool:
        """Drop other groups, the oldest first, until a value of this one has room."""
        for other in list(self._groups):
            if self.num_bytes + size <= self._most:
                return True
            if other != group:
                del self._groups[other]
                self._bytes.pop(other, None)
        return self.num_bytes + size <= self._most


_OPEN: list[Kept] = []
"""One for each `keeping` that goes on; all use the first."""


@contextmanager
def keeping(own: Kept | None = None) -> Iterator[Kept]:
    """Keep what is asked for by `kept`, in all threads, until the block ends.

    Args:
        own: what was kept in earlier blocks, to go on with; nothing by default.

    Example:
        >>> with keeping() as here:
        ...     first = kept("words", 1, lambda: "abc", len)
        ...     again = kept("words", 1, lambda: "other", len)
        >>> first, again, here.num_bytes
        ('abc', 'abc', 3)
    """
    own = own or Kept()
    _OPEN.append(own)
    try:
        yield _OPEN[0]
    finally:
        _OPEN.remove(own)


def kept(
    group: Hashable,
    name: Hashable,
    compute: Callable[[], Value],
    num_bytes: Callable[[Value], int],
) -> Value:
    """Return a value: as it was kept, else computed.

    Args:
        group: what the values have in common, such as the language.
        name: all else that the value depends on.
        compute: gives the value; two threads may compute one at once.
        num_bytes: of a value, about.
    """
    if not _OPEN:
        return compute()
    return _OPEN[0].get(group, name, compute, num_bytes)
