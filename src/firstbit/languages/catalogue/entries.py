"""The languages that have a name, and where each comes from."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from inspect import signature

from firstbit.errors import (
    LanguageError,
    SettingError,
    shown,
    shown_value,
    unknown_name,
)
from firstbit.languages.catalogue.dyck import dyck
from firstbit.languages.catalogue.k_testable import no_repeat, no_triple
from firstbit.languages.catalogue.memory_tasks import (
    copy_memory,
    first_bit,
    first_bit_random,
    flip_flop,
    marked_sum,
)
from firstbit.languages.catalogue.parity import count_mod, parity
from firstbit.languages.catalogue.reber import (
    continual_embedded_reber,
    embedded_reber,
    nested_reber,
    reber,
    reber_as_printed,
)
from firstbit.languages.catalogue.tomita import tomita
from firstbit.languages.language import Language


@dataclass(frozen=True)
class Entry:
    """A named language, or a family of them with whole numbers, as in `nested-reber:3`.

    Attributes:
        make: returns the language; its whole-number arguments are the parameters.
        about: its words, in one line.
        source: the publication it comes from.
    """

    make: Callable[..., Language]
    about: str
    source: str

    @property
    def parameters(self) -> dict[str, int]:
        """The numbers that may follow the name, with their defaults."""
        defaults = {}
        for name, parameter in signature(self.make).parameters.items():
            if isinstance(parameter.default, int):
                defaults[name] = parameter.default
        return defaults


_PAPER = "Stérin, Farrugia, Gripon 2017"
_REBER = "Reber 1967, Implicit learning of artificial grammars"
_EMBEDDED = (
    "Fahlman 1991, The recurrent cascade-correlation architecture; Hochreiter and "
    "Schmidhuber 1997"
)
_TOMITA = (
    "Tomita 1982, Dynamic construction of finite automata from examples using "
    "hill-climbing"
)
_GERS = (
    "Gers, Schmidhuber, Cummins 2000, Learning to forget: continual prediction "
    "with LSTM"
)
_COPY = (
    "in regular form; Arjovsky, Shah, Bengio 2016, Unitary evolution recurrent "
    "neural networks"
)
_ADDING = (
    "in regular form; the adding problem of Hochreiter and Schmidhuber 1997, "
    "Section 5.4"
)
_LIU = (
    "Liu, Ash, Goel, Krishnamurthy, Zhang 2023, Exposing attention glitches with "
    "flip-flop language modeling"
)
_HEWITT = (
    "Hewitt, Hahn, Ganguli, Liang, Manning 2020, RNNs can generate bounded "
    "hierarchical languages with optimal memory"
)
_TESTABLE = "example; McNaughton and Papert 1971, Counter-Free Automata"

_TOMITAS = (
    "only ones: 1*",
    "10 repeated: (10)*",
    "no odd run of zeros anywhere behind an odd run of ones",
    "no 000",
    "even number of zeros and even number of ones",
    "zeros less ones is a multiple of 3",
    "0*1*0*1*",
)

CATALOGUE: dict[str, Entry] = {
    "reber": Entry(reber, "Reber's grammar, Fig. 2", f"{_REBER}; {_PAPER}"),
    "embedded-reber": Entry(
        embedded_reber,
        "a Reber word between two equal symbols, Fig. 5",
        f"{_EMBEDDED}; {_PAPER}",
    ),
    "nested-reber": Entry(
        nested_reber,
        "Reber's grammar embedded several times",
        "the embedded grammar, repeated; folklore",
    ),
    "continual-embedded-reber": Entry(
        continual_embedded_reber, "a stream of embedded Reber words", _GERS
    ),
    "reber-as-printed": Entry(
        reber_as_printed,
        "the expression in the paper's text, a strict part of Reber's grammar",
        _PAPER,
    ),
    **{
        f"tomita-{n}": Entry(
            partial(tomita, n), f"Tomita's language {n}: {about}", _TOMITA
        )
        for n, about in enumerate(_TOMITAS, start=1)
    },
    "parity": Entry(parity, "an even number of ones", "folklore"),
    "count-mod": Entry(
        count_mod, "the number of ones is a multiple of a number", "folklore"
    ),
    "flip-flop": Entry(
        flip_flop, "write, ignore, and read back the bit written last", _LIU
    ),
    "first-bit": Entry(
        first_bit,
        "a bit, constant filler, a query, the bit again",
        f"the words of D(l,k), {_PAPER}, with a query",
    ),
    "first-bit-random": Entry(
        first_bit_random,
        "a bit, random bits, a query, the first bit again",
        f"the words of D(l,k), {_PAPER}, with a query",
    ),
    "copy-memory": Entry(
        copy_memory, "some letters, blanks, a query, the letters again", _COPY
    ),
    "marked-sum": Entry(
        marked_sum,
        "bits, two of them marked, a query, the sum of the two",
        _ADDING,
    ),
    "dyck": Entry(dyck, "balanced brackets of some kinds to some depth", _HEWITT),
    "no-repeat": Entry(
        no_repeat, "no letter twice in a row: strictly 2-testable", _TESTABLE
    ),
    "no-triple": Entry(
        no_triple, "no letter three times in a row: strictly 3-testable", _TESTABLE
    ),
}
"""Each named language by the name that the command line takes."""


def language_by_name(name: str) -> Language:
    """Return the language of that name; a family's parameters follow a colon.

    Args:
        name: a name of `CATALOGUE`, or NAME:NUMBER,NUMBER,...

    Raises:
        LanguageError: there is none; the text names the nearest.
        SettingError: the parameters are not whole numbers, too many, or out of range.

    Example:
        >>> language_by_name("embedded-reber").alphabet
        ('B', 'T', 'S', 'X', 'V', 'P', 'E')
        >>> len(language_by_name("dyck:1,4").states)
        5
    """
    family, colon, numbers = name.partition(":")
    if family not in CATALOGUE:
        raise LanguageError(unknown_name("language", family, CATALOGUE))
    entry = CATALOGUE[family]
    given = numbers.split(",") if colon else []
    are_few = len(given) <= len(entry.parameters)
    are_whole = all(map(_is_whole, given))
    if not (are_few and are_whole):
        form = ",".join(parameter.upper() for parameter in entry.parameters)
        form = f"{family}:{form}" if form else family
        raise SettingError(f"expected {form}, whole numbers, got '{shown(name)}'.")
    return entry.make(*map(int, given))


def require_language(language: object) -> Language:
    """Return a language; one that comes by its name from the catalogue.

    Raises:
        LanguageError: it is neither, or there is none of that name.

    Example:
        >>> require_language("reber").name
        'reber'
    """
    if isinstance(language, str):
        return language_by_name(language)
    if not isinstance(language, Language):
        raise LanguageError(
            f"expected a language or its name, got {shown_value(language)}; try "
            "'reber', or Language.from_regex('ab*')."
        )
    return language


def _is_whole(number: str) -> bool:
    return number.isascii() and number.isdecimal() and len(number) < 10
