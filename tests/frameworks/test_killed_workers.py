"""Workers of Dask that are killed, and a scheduler that goes away: nothing is lost."""

import pytest

from firstbit import Execution
from killed_workers import D, killing, local_workers, notes

pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def client(compiled):
    with local_workers(2, compiled) as two:
        yield two


@pytest.mark.slow
def test_only_the_jobs_that_were_running_are_done_again(client, tmp_path):
    found, computed = notes(client, tmp_path, kills=3, jobs=60)
    assert found == {job: job**2 for job in range(60)}
    assert 60 < computed <= 60 + 3 * 4  # at most two run, and two wait


@pytest.mark.slow
def test_killed_workers_change_no_bit(client):
    reports = []
    how = Execution(executor=client, progress=lambda *now: reports.append(now))
    with killing(client, 3, lambda: len(reports), 16) as killer:
        found = D(execution=how)
    assert len(killer.killed) == 3
    assert found.identical(D())
