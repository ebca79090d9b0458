"""A seed is the same whatever runs beside it, and however often it was interrupted."""

import pytest

from firstbit.errors import SettingError
from firstbit.execution import Execution
from firstbit.training import Modern, Published, seeds, train_seeds
from firstbit.training.seeds import Watch, jobs_of
from small_trainings import WORDS, same, task


@pytest.mark.slow
def test_a_seed_does_not_depend_on_the_others_or_on_threads():
    three = train_seeds(task(), 3, Execution(workers=1))
    two = train_seeds(task(), 2, Execution(workers=2))
    assert all(same(a, b) for a, b in zip(two, three[:2], strict=True))
    assert not same(three[0], three[1])


@pytest.mark.slow
def test_jobs_depend_on_nothing_but_themselves():
    one = task(hidden_size=5)
    expected = train_seeds(one, 5)
    jobs = jobs_of(one, range(5), threads=2)
    assert [job.seeds for job in jobs] == [(0, 2, 4), (1, 3)]
    for job in reversed(jobs):
        for seed, training in zip(job.seeds, job.run(Watch(0)), strict=True):
            assert same(training, expected[seed])
    by_itself = jobs_of(task(Modern()), range(3), threads=2)
    assert [job.seeds for job in by_itself] == [(0,), (1,), (2,)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Published(0.05, max_epochs=6), WORDS),
        (Modern(max_epochs=6, schedule="cosine"), None),
    ],
)
def test_killed_runs_go_on_to_the_same_bits(rule, words, tmp_path, monkeypatch):
    monkeypatch.setattr(seeds, "SECONDS_BETWEEN_CHECKPOINTS", 0.0)
    one = task(rule, words=words, num_words=8, snapshots=(0, 3))
    expected = train_seeds(one, 2)
    for calls in (1, 4, 3):
        killed = Execution(1, interrupted_at(calls), tmp_path)
        with pytest.raises(KeyboardInterrupt):
            train_seeds(one, 2, killed)
    again = Execution(resume=tmp_path)
    got = train_seeds(one, 2, again)
    assert all(same(a, b) for a, b in zip(got, expected, strict=True))
    assert all(set(a.snapshots) == {0, 3, 6} for a in got)
    assert same(train_seeds(one, 1, again)[0], expected[0])


def interrupted_at(calls):
    count = iter(range(calls))

    def progress(*_):
        if next(count, None) is None:
            raise KeyboardInterrupt

    return progress


def test_progress_counts_every_epoch():
    reports = []
    one = task(Published(0.05, max_epochs=4, tolerance=0.0))
    train_seeds(one, 3, Execution(progress=lambda *report: reports.append(report)))
    assert reports[-1] == (12, 12)
    assert [done for done, _ in reports] == sorted(done for done, _ in reports)


def test_at_least_one_seed():
    with pytest.raises(SettingError, match="`num_seeds` must be at least 1"):
        train_seeds(task(), 0)
