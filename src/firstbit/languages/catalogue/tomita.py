"""Tomita's seven languages over 0 and 1.

Their minimal automata, completed by a sink where a word can go wrong, have 2, 3, 5, 4,
4, 3 and 5 states.

References:
    Tomita 1982, Dynamic construction of finite automata from examples using
    hill-climbing, Proceedings of the Fourth Annual Conference of the Cognitive Science
    Society, 105-108.
"""

from functools import cache

from firstbit.errors import SettingError
from firstbit.languages.language import Language

Edges = dict[str, dict[str, str]]

_AUTOMATA: dict[int, tuple[Edges, list[str]]] = {
    1: ({"ones": {"1": "ones"}}, ["ones"]),
    2: ({"pairs": {"1": "open"}, "open": {"0": "pairs"}}, ["pairs"]),
    3: (
        {
            "even ones": {"0": "even ones", "1": "odd ones"},
            "odd ones": {"0": "odd zeros", "1": "even ones"},
            "odd zeros": {"0": "even zeros"},
            # Behind an odd run of ones; later ones change nothing.
            "even zeros": {"0": "odd zeros", "1": "even zeros"},
        },
        ["even ones", "odd ones", "even zeros"],
    ),
    4: (
        {"-": {"0": "0", "1": "-"}, "0": {"0": "00", "1": "-"}, "00": {"1": "-"}},
        ["-", "0", "00"],
    ),
    5: (
        {
            "even, even": {"0": "odd, even", "1": "even, odd"},
            "odd, even": {"0": "even, even", "1": "odd, odd"},
            "even, odd": {"0": "odd, odd", "1": "even, even"},
            "odd, odd": {"0": "even, odd", "1": "odd, even"},
        },
        ["even, even"],
    ),
    6: (
        {
            "0": {"0": "1", "1": "2"},
            "1": {"0": "2", "1": "0"},
            "2": {"0": "0", "1": "1"},
        },
        ["0"],
    ),
    7: (
        {
            "1st": {"0": "1st", "1": "2nd"},
            "2nd": {"0": "3rd", "1": "2nd"},
            "3rd": {"0": "3rd", "1": "4th"},
            "4th": {"1": "4th"},
        },
        ["1st", "2nd", "3rd", "4th"],
    ),
}


@cache
def tomita(number: int) -> Language:
    """Return Tomita's language of that number.

    1: only ones. 2: 10 repeated. 3: no odd run of zeros anywhere behind an odd run of
    ones. 4: no 000. 5: an even number of zeros and an even number of ones. 6: zeros
    less ones is a multiple of 3. 7: at most two runs of zeros with ones between and
    behind: 0*1*0*1*.

    Args:
        number: 1 to 7.

    Example:
        >>> tomita(6).accepts("0110"), tomita(6).accepts("001")
        (True, False)
    """
    if number not in _AUTOMATA:
        raise SettingError(f"expected a number from 1 to 7, got {number}.")
    edges, final = _AUTOMATA[number]
    return Language.from_transitions(
        edges,
        start=next(iter(edges)),
        final=final,
        alphabet="01",
        name=f"tomita-{number}",
    )
