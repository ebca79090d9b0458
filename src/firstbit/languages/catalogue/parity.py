"""Counting without end: parity, and numbers of ones modulo n."""

from functools import cache

from firstbit.errors import SettingError, require_at_least
from firstbit.languages.language import Language

MOST_STATES = 100_000


@cache
def count_mod(modulus: int = 3) -> Language:
    """Return the words over 0 and 1 whose number of ones is a multiple of `modulus`.

    No window is enough, as zeros may come without end between two ones.

    Example:
        >>> count_mod(3).accepts("10101"), count_mod(3).accepts("101")
        (True, False)
    """
    require_at_least("modulus", modulus, 2)
    if modulus > MOST_STATES:
        raise SettingError(
            f"expected a modulus of at most {MOST_STATES:,}, one state each; got "
            f"{modulus:,}."
        )
    edges = {}
    for count in range(modulus):
        edges[f"{count}"] = {"0": f"{count}", "1": f"{(count + 1) % modulus}"}
    return Language.from_transitions(
        edges, start="0", final=["0"], alphabet="01", name=f"count-mod:{modulus}"
    )


@cache
def parity() -> Language:
    """Return the words over 0 and 1 with an even number of ones.

    Example:
        >>> parity() == count_mod(2), parity().accepts("1001")
        (True, True)
    """
    edges = {"even": {"0": "even", "1": "odd"}, "odd": {"0": "odd", "1": "even"}}
    return Language.from_transitions(
        edges, start="even", final=["even"], alphabet="01", name="parity"
    )
