"""Lengths of words and sizes of lists, as the command line writes them."""

from firstbit.errors import SettingError, shown

LONGEST_NUMBER = 7
"""Digits of a length, at most."""

LONGEST_SIZE = 10
"""Digits of the size of a list, at most."""

SIDES = {2: ("train", "test"), 3: ("train", "validation", "test")}
"""Number of lists -> their names."""


def parse_sizes(text: str) -> list[int]:
    """Read the sizes of two or three lists, as in `1000,200`.

    Raises:
        SettingError: they are no whole numbers, or not two or three.

    Example:
        >>> parse_sizes("1000,200,200")
        [1000, 200, 200]
    """
    sizes = text.split(",")
    if len(sizes) not in SIDES or not all(map(_is_size, sizes)):
        raise SettingError(
            "expected sizes of two or three lists, train,test or train,validation,"
            f"test, as in 1000,200; got '{shown(text)}'."
        )
    return [int(size) for size in sizes]


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < LONGEST_SIZE


def parse_length(text: str) -> tuple[int, int]:
    """Read the range of lengths in `12` or `10:20`, both ends included.

    Raises:
        SettingError: it is neither, or the greater comes first.

    Example:
        >>> parse_length("12"), parse_length("10:20")
        ((12, 12), (10, 20))
    """
    ends = text.split(":")
    if len(ends) > 2 or not all(map(_is_length, ends)):
        raise SettingError(f"expected a length like 12 or 10:20, got '{shown(text)}'.")
    shortest = int(ends[0])
    longest = int(ends[-1])
    if longest < shortest:
        raise SettingError(
            f"expected the smaller length first, got '{text}'; try "
            f"{longest}:{shortest}."
        )
    return shortest, longest


def _is_length(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < LONGEST_NUMBER
