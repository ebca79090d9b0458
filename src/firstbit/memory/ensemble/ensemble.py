"""Random cells of several sizes that read two words."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, NamedTuple

from jaxtyping import PRNGKeyArray

from firstbit.cells.given import Given
from firstbit.devices import CPU, GPU, computing_on, is_usable
from firstbit.devices import described as described_device
from firstbit.errors import SettingError, require_at_least
from firstbit.memory.ensemble.block import Block, begin_block, compute_block
from firstbit.memory.ensemble.block_sizes import LARGEST_BLOCK
from firstbit.memory.ensemble.design import Designs
from firstbit.memory.ensemble.population import Population
from firstbit.memory.ensemble.random_cells import scalar
from firstbit.memory.ensemble.sample import Collector
from firstbit.memory.ensemble.trial import require_trial
from firstbit.memory.ensemble.word_pair import RANDOM, WordPair
from firstbit.programs.machines import MACHINES, Machine
from firstbit.weights.initializers import initializer_by_name
from firstbit.weights.redraw import AS_BUILT, AS_IT_IS, Initializer, described
from firstbit.weights.threefry import Words, key_of, key_words, require_key

COMPLEX = "arrays of complex numbers stay as they are built: a law draws real ones"

WORTH_A_GPU = 1 << 34
"""Work, see `Ensemble.work`, above which a GPU is used, if there is one. An H200 takes
as long for it as 16 cores, its compilation included (`benchmarks/accelerator.py`)."""


class Job(NamedTuple):
    """The unit of work.

    Attributes:
        size: place of the hidden size among those of the ensemble.
        block: number of the block of draws.
    """

    size: int
    block: int


class Compiling(NamedTuple):
    """Which programs are compiled, and when.

    Attributes:
        few: whether all sizes up to 20 share a program; by default where there are so
            few draws that compiling costs most.
        embeds: whether a user's cells of several sizes may stand in one larger cell,
            and share its program.
        begins: whether a program is compiled while further sizes are looked at and
            tried: this process will run all of them, on its own processors.
    """

    few: bool | None = None
    embeds: bool = False
    begins: bool = False


@dataclass(frozen=True)
class Ensemble:
    """Random cells of several sizes that read two words.

    Draw i at size k depends on (key, k, i) alone. `block` is pure: it needs nothing but
    the ensemble, which can be pickled, and the job.

    Attributes:
        given: the cell, with its hidden sizes.
        initializer: the law or laws of the weights; `AS_IT_IS` of a built cell.
        words: the two words.
        length: the largest l.
        num_draws: random cells of each size, or, of a built cell, random suffixes; 1
            where nothing is random.
        key_data: the two words of the random key.
        compiling: which programs are compiled, and when.
        device: the kind of processor that computes the blocks, see `firstbit.devices`.
    """

    given: Given
    initializer: Initializer
    words: WordPair
    length: int
    num_draws: int
    key_data: tuple[int, int]
    compiling: Compiling
    device: str = CPU

    @classmethod
    def of(
        cls,
        given: Given,
        words: WordPair,
        *,
        length: int | None,
        num_draws: int | None,
        key: PRNGKeyArray,
        compiling: Compiling | None = None,
        device: str | None = None,
    ) -> "Ensemble":
        """Check the settings, build the populations, and try a cell's first step.

        A built cell without an initializer is one net, measured as it is: with two
        words that are given nothing is random, and `num_draws` may be left out.

        Raises:
            SettingError: a number is out of range, or the initializer doesn't fit.
            CellError: the cell can't be built or measured.
        """
        longest = words.require_length(length)
        longest = require_at_least("length", longest, 1)
        num_draws = _checked_draws(given, words, num_draws)
        key = require_key(key)
        law = given.initializer
        if law is None:
            law = AS_IT_IS if given.is_built else given.own_law
        if isinstance(law, str) and law not in (AS_IT_IS, AS_BUILT):
            law = initializer_by_name(law)
        programs = compiling or Compiling()
        if programs.few is None:
            programs = programs._replace(few=num_draws <= LARGEST_BLOCK)
        ensemble = cls(
            given=given,
            initializer=law,
            words=words,
            length=longest,
            num_draws=num_draws,
            key_data=_numbers(key),
            compiling=programs,
            device=device or CPU,
        )
        _ = ensemble.populations
        if device is None and ensemble.work >= WORTH_A_GPU and is_usable():
            ensemble = replace(ensemble, device=GPU)
        with computing_on(CPU):
            require_trial(
                given,
                ensemble.populations,
                input_size=words.input_size,
                must_read=not given.is_held,  # that a net is deaf is a result
            )
        return ensemble

    @property
    def machine(self) -> Machine:
        """The processor that programs are written for."""
        return MACHINES[self.device]

    @property
    def work(self) -> int:
        """Products of a weight and an entry of a state, as the CPU would compute them.

        One for each weight, draw and symbol.
        """
        num_weights = sum(one.recipe.num_weights for one in self.populations)
        return num_weights * self.num_draws * self.length

    @cached_property
    def populations(self) -> tuple[Population, ...]:
        """The random cells of each size."""
        with computing_on(CPU):
            designs = Designs(
                self.given,
                self.words.input_size,
                self.initializer,
                few=bool(self.compiling.few),
                machine=self.machine,
                embeds=self.compiling.embeds,
            )
            key = self.key()
            found: dict[int, Population] = {}
            first, *others = self.given.sizes
            # The last comes second: its program is compiled beside that of the first.
            order = (first, *others[-1:], *others[:-1])
            for size in order:
                population = Population.of(designs, size, key)
                found[size] = population
                if self.compiling.begins:
                    begin_block(population, self.words, self.length, self.words_of_key)
        return tuple(found[size] for size in self.given.sizes)

    @property
    def is_exact(self) -> bool:
        """Whether nothing is random: one net that reads two words that are given."""
        return _is_exact(self.given, self.words)

    @property
    def about(self) -> dict[str, object]:
        """Return what a result says of the nets, as a part of its configuration."""
        return {
            "cell": self.given.name,
            "catalogue_name": self.given.catalogue_name,
            "initializer": described(self.initializer),
            "roles": self.described_roles,
            **self.notes,
            **self.computed_on,
            "hidden_sizes": list(self.given.sizes),
            "measured": self.given.measured,
            "num_draws": self.num_draws,
        }

    @property
    def notes(self) -> dict[str, list[str]]:
        """Return what a result says of the cell, as a part of its configuration."""
        notes = self.given.notes(self.words.input_size)
        first = self.populations[0]
        notes += first.roles.state.notes
        if first.recipe.has_complex_weights and not self.has_own_law:
            notes.append(COMPLEX)
        return {"notes": notes} if notes else {}

    @property
    def has_own_law(self) -> bool:
        """Whether all arrays are as a cell or its constructor has them."""
        return self.initializer in (AS_IT_IS, AS_BUILT)

    @property
    def computed_on(self) -> dict[str, str]:
        """Return what a result says of an accelerator; nothing of processors."""
        if self.device == CPU:
            return {}
        return {"device": described_device(self.device)}

    @property
    def described_roles(self) -> dict[str, str]:
        """Return the roles of the cell's arrays and of its state, as text."""
        return self.populations[0].roles.described()

    @property
    def words_of_key(self) -> Words:
        """The two words of the random key, as programs take them."""
        high, low = self.key_data
        return scalar(high, "uint32"), scalar(low, "uint32")

    def key(self) -> PRNGKeyArray:
        """Return the random key."""
        return key_of(self.key_data)

    def jobs(self) -> list[Job]:
        """Return all blocks, size by size."""
        jobs = []
        for size, population in enumerate(self.populations):
            for block in range(population.num_blocks(self.num_draws)):
                jobs.append(Job(size, block))
        return jobs

    def block(self, job: Job) -> Block:
        """Compute one block of draws."""
        return compute_block(
            self.populations[job.size],
            self.words,
            self.length,
            self.words_of_key,
            job.block,
        )

    def block_name(self, job: Job) -> str:
        """Return the name of a block on disk."""
        return f"k{self.given.sizes[job.size]}_block{job.block}"

    def collector(self, size: int, *, marks_lost: bool = False) -> Collector:
        """Return what puts the blocks of one size together.

        Args:
            size: its place.
            marks_lost: whether each draw below rounding is marked, not only counted.
        """
        return Collector(
            self.populations[size],
            self.length,
            self.num_draws,
            is_exact=self.is_exact,
            marks_lost=marks_lost,
        )

    def __getstate__(self) -> dict[str, Any]:
        """Return the fields alone: another process builds the populations anew."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def __setstate__(self, state: Mapping[str, object]) -> None:
        """Take the fields."""
        self.__dict__.update(state)


def _is_exact(given: Given, words: WordPair) -> bool:
    return given.is_held and words.kind != RANDOM


def _checked_draws(given: Given, words: WordPair, num_draws: int | None) -> int:
    """Return the number of draws: 1 where nothing is random.

    Raises:
        SettingError: it is out of range, or missing.
    """
    if not _is_exact(given, words):
        if num_draws is None:
            raise SettingError(
                "expected `num_draws`, the number of random nets (of a built cell: of "
                "random suffixes), got none; try num_draws=1000."
            )
        return require_at_least("num_draws", num_draws, 2)
    if num_draws not in (None, 1):
        raise SettingError(
            f"expected no `num_draws` for {given.name}, which is built: one net, "
            f"measured as it is; got {num_draws}; leave it out, or give an "
            "`initializer` to draw its weights anew."
        )
    return 1


def _numbers(key: PRNGKeyArray) -> tuple[int, int]:
    high, low = key_words(key)
    return int(high), int(low)
