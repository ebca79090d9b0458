"""The automaton that a net has learnt, by Angluin's L* (AALpy)."""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from firstbit.errors import PackageError, SettingError, require_at_least
from firstbit.languages import Language
from firstbit.languages.catalogue.entries import require_language
from firstbit.report import Block, Note, fragment
from firstbit.studies.judging.asking import Asked, shortest_word
from firstbit.studies.judging.contract import Contract
from firstbit.studies.judging.guesses import Net, Test, language_of
from firstbit.studies.judging.models import Model, loaded
from firstbit.studies.judging.predictions import ENDING
from firstbit.studies.judging.texts import PAGE

EXTRA_STATES = 1
MAX_STATES = 200


@dataclass(frozen=True)
class Learnt:
    """The automaton that a net has learnt, beside that of its task.

    Attributes:
        target: the task, with as few states as its words need.
        language: the net's own words, likewise; None where it has none.
        difference: the shortest word in one of them alone; None if there is none.
        in_net: whether the net's own language has that word.
        is_whole: whether the test of equivalence was passed; else the search ended at
            `max_states`, and the automaton is the last guess.
        extra_states: the test's bound: no automaton of up to that many more states
            gives other answers.
        exact_to: all words of up to that many symbols were compared.
        num_asked: words that the net read.
    """

    target: Language
    language: Language | None
    difference: str | None
    in_net: bool
    is_whole: bool
    extra_states: int
    exact_to: int
    num_asked: int

    @property
    def is_target(self) -> bool:
        """Whether the net's own words are those of its task."""
        return self.is_whole and self.difference is None

    @property
    def answer(self) -> str:
        """Say which words the net has learnt."""
        return PAGE(
            "learnt",
            target=self.target.name,
            is_target=self.is_target,
            is_whole=self.is_whole,
            num_states=None if self.language is None else len(self.language.states),
            num_target=len(self.target.states),
            difference=self.difference,
            in_net=self.in_net,
            extra_states=self.extra_states,
            exact_to=self.exact_to,
            num_asked=self.num_asked,
        )

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the answer, and both automata."""
        # Here, as pictures load matplotlib.
        from firstbit.report.language import automaton_blocks

        blocks: list[Block] = [Note("The task:"), *automaton_blocks(self.target)]
        if self.language is not None and not self.is_target:
            blocks += [Note("The net:"), *automaton_blocks(self.language)]
        return fragment(self.answer, blocks)

    def as_json(self) -> dict[str, object]:
        """Return plain numbers and strings."""
        states = None if self.language is None else len(self.language.states)
        return {
            "same": self.is_target,
            "states": states,
            "states_of_target": len(self.target.states),
            "shortest_difference": self.difference,
            "in_net": self.in_net,
            "whole": self.is_whole,
            "extra_states": self.extra_states,
            "exact_to": self.exact_to,
            "words_asked": self.num_asked,
        }


def learnt_automaton(
    model: object,
    language: Language | str,
    *,
    scores: str,
    inputs: str = "one-hot",
    batched: bool = False,
    extra_states: int = EXTRA_STATES,
    max_states: int = MAX_STATES,
) -> Learnt:
    """Find the minimal automaton of the words that a net calls its own.

    A net calls a next symbol legal if it is in the support of the row of the language
    that is nearest to the net's prediction. A word is the net's own if it calls each
    symbol legal that comes, and the end. The first symbol is given: the language says
    which are legal. Where the language has no end marker, nobody asks a net whether a
    word ends; it ends where all states of the language are final that the longest
    readable end of the word leads to.

    Angluin's L* makes guesses. Each is tested on all words up to a length that some
    thousands of beginnings allow (`exact_to`), on longer words of the language and of
    the guess, and then by Chow's W-method: a guess that passes is right, or the net's
    automaton has more than `extra_states` states more.

    When not to trust it: a net whose states drift has no finite automaton, and may
    agree with one on all words of the test. Long words are asked by `judge`.

    Args:
        model: as `judge` takes it, but no file.
        language: the task, or its name in the catalogue.
        scores: as for `judge`.
        inputs: as for `judge`.
        batched: as for `judge`.
        extra_states: bound of the test; its cost grows as the alphabet's size to that
            power.
        max_states: of the largest guess.

    Raises:
        PackageError: AALpy isn't installed.
        SettingError: a number is out of range, or a score is no number.
        CellError: the model can't be loaded or called, or gives another shape.

    References:
        Angluin 1987, "Learning regular sets from queries and counterexamples".
        Chow 1978, "Testing software design modeled by finite-state machines".
    """
    language = require_language(language)
    extra_states = require_at_least("extra_states", extra_states, 0)
    max_states = require_at_least("max_states", max_states, 1)
    if isinstance(model, Path) or str(model).lower().endswith(ENDING):
        raise SettingError(
            "expected a model that can be asked for its automaton, got a file of "
            "predictions; name file.py:load."
        )
    contract = Contract.of(scores, inputs, batched)
    learn, w_method = _aalpy()
    asked = Asked(Model(loaded(model), contract, language))
    net = Net(asked)
    test = Test(net, language, w_method, extra_states, max_states)
    letters = list(language.alphabet)
    guess = learn(
        letters, net, test, "dfa", cache_and_non_det_check=False, print_level=0
    )
    own = language_of(guess, letters, f"learnt {language.name}")
    difference, in_net = _difference(language, own)
    return Learnt(
        target=_least(language),
        language=own,
        difference=difference,
        in_net=in_net,
        is_whole=test.is_passed,
        extra_states=extra_states,
        exact_to=test.exact_to,
        num_asked=asked.num_words,
    )


def _aalpy() -> tuple[Any, Any]:
    """Return AALpy's L* and W-method; it is loaded when it is first needed."""
    try:
        algorithms = import_module("aalpy.learning_algs")
        oracles = import_module("aalpy.oracles")
    except ImportError as error:
        raise PackageError(
            "the automaton of a net needs AALpy, which isn't installed "
            f"({error}); try pip install 'firstbit[automata]'."
        ) from error
    return algorithms.run_Lstar, oracles.WMethodEqOracle


def _least(language: Language) -> Language:
    """Return the automaton of fewest states with the words of a language."""
    least = language | language
    return Language.from_transitions(
        _edges(least),
        start=least.states[0],
        final=least.final_states,
        alphabet=least.alphabet,
        name=language.name,
    )


def _edges(language: Language) -> dict[str, dict[str, str]]:
    edges: dict[str, dict[str, str]] = {state: {} for state in language.states}
    for state, symbol, target, _ in language.edges():
        edges[state][symbol] = target
    return edges


def _difference(target: Language, own: Language | None) -> tuple[str | None, bool]:
    """Return the shortest word in one language alone, and whether it is the net's."""
    if own is None:
        return shortest_word(target), False
    word = target.shortest_difference(own)
    return word, word is not None and own.accepts(word)
