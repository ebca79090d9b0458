"""Ensembles for tests, by the arguments of `discrepancy`."""

from firstbit.cells import Given
from firstbit.memory.ensemble.ensemble import Ensemble
from firstbit.memory.ensemble.run import samples
from firstbit.memory.ensemble.word_pair import WordPair


def ensemble(cell, *, num_draws, key, length=None, words="constant", **given):
    return Ensemble.of(
        Given.of(cell, **given),
        WordPair.of(words),
        length=length,
        num_draws=num_draws,
        key=key,
    )


def distances_of(cell, *, execution=None, **asked):
    return samples(ensemble(cell, **asked), execution)
