"""Jobs on threads: what is abandoned ends early, also in pools within pools."""

import time
from threading import Event

import pytest

from firstbit.threads import is_abandoned, run_blocks

PATIENCE = 30.0
"""Seconds after which a job that should have ended gives up."""


def waits_for_its_end(_):
    """Stands for a long training: it asks after each epoch whether to go on."""
    began = time.monotonic()
    while not is_abandoned():
        assert time.monotonic() - began < PATIENCE
        time.sleep(0.001)


def test_an_error_in_one_job_ends_the_long_jobs_beside_it():
    def job(number):
        if number == 0:
            raise KeyboardInterrupt
        waits_for_its_end(number)

    with pytest.raises(KeyboardInterrupt):
        run_blocks(job, range(2), workers=2)
    assert not is_abandoned()


def test_an_error_ends_the_jobs_of_pools_within():
    has_begun = Event()
    ended = []

    def inner(number):
        has_begun.set()
        waits_for_its_end(number)
        ended.append(number)

    def outer(number):
        if number == 1:
            run_blocks(inner, range(3), workers=1)
        has_begun.wait(PATIENCE)
        raise ValueError("as it was")

    with pytest.raises(ValueError, match="as it was"):
        run_blocks(outer, range(2), workers=2)
    assert ended == [0]  # the two others never began


def test_an_error_within_a_job_leaves_the_others_of_its_own_pool():
    def outer(number):
        if number == 0:
            with pytest.raises(ValueError, match="inside"):
                run_blocks(inner, [number])
        return is_abandoned()

    def inner(_):
        raise ValueError("inside")

    assert run_blocks(outer, range(3), workers=1) == [False] * 3
