"""Any executor gives the bits of threads, and says in one line what it can't do."""

import logging
import multiprocessing
import os
import re
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import partial
from importlib import import_module

import jax
import pytest
import xarray as xr

import errands
from covering import few
from firstbit import discrepancy, fates, train, verdict
from firstbit.cells import GRU, Given, Vanilla
from firstbit.cli.dask import local_client
from firstbit.engines import crew
from firstbit.errands import Call, Errand
from firstbit.errors import EngineError, OutputError, SettingError
from firstbit.execution import Execution
from firstbit.languages import Language
from firstbit.memory import Thresholds
from firstbit.parts import Part
from firstbit.shares import MOST
from firstbit.studies.vanilla_or_gru.baselines import baselines, run_guessing
from firstbit.studies.vanilla_or_gru.parts import Settings, parts
from firstbit.studies.vanilla_or_gru.trained import run_parts
from firstbit.surroundings import Surroundings
from firstbit.training import Modern, Published, train_seeds
from firstbit.worked import Done, Worked
from firstbit.workers import AllowMixed
from small_trainings import same, task

KEY = jax.random.key(3)
D = partial(discrepancy, GRU, hidden_sizes=[2, 3], length=4, num_draws=1100, key=KEY)
F = partial(
    fates,
    Vanilla,
    hidden_sizes=[2],
    num_draws=130,
    thresholds=Thresholds(transient=10, horizon=100),
    key=KEY,
)

FEW_SEEDS = {
    "rule": Modern(max_epochs=4),
    "num_seeds": 8,
    "key": jax.random.key(0),
}

CELL = """
import equinox as eqx
import jax.numpy as jnp
from keeping_share import SHARE

class Slow(eqx.Module):
    U: object
    W: object
    hidden_size: int = eqx.field(static=True)

    def __init__(self, input_size, hidden_size, *, key):
        self.U = jnp.zeros((hidden_size, input_size))
        self.W = jnp.zeros((hidden_size, hidden_size))
        self.hidden_size = hidden_size

    def __call__(self, x, h):
        return SHARE * h + (1 - SHARE) * jnp.tanh(self.U @ x + self.W @ h)
"""


def spawned(workers, initializer):
    """Return processes that find what this one has compiled."""
    return ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=initializer,
    )


@pytest.fixture(scope="module")
def pool(compiled):
    """Return two processes that began without the caller's options of XLA."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv("JAX_COMPILATION_CACHE_DIR", str(compiled))
        changed.setenv("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
        changed.setenv("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")
        with spawned(2, errands.forget_flags) as processes:
            yield processes


def ask(function, value, jobs, **how):
    errand = Errand(function, value, "Mine", lambda job: f"job {job} of seed 7")
    with crew(Execution(**how)) as workers:
        return dict(workers.completed(errand, jobs))


@pytest.mark.slow
def test_workers_have_the_options_and_the_width_that_bits_depend_on(pool):
    found = ask(errands.seen, "value", range(6), executor=pool)
    for job, (process, flags, width, value, own) in found.items():
        assert process != os.getpid()
        assert flags == os.environ.get("XLA_FLAGS", "")
        assert (width, value, own) == ("float64", "value", job)


@pytest.mark.slow
@pytest.mark.parametrize("measure", few([D, F], kept=[0]))
def test_processes_give_the_bits_of_threads(measure, pool):
    whole = measure(execution=Execution(workers=2))
    assert measure(execution=Execution(executor=pool)).identical(whole)


@pytest.mark.slow
@pytest.mark.parametrize("measure", [D, F])
def test_loky_gives_the_bits_of_threads(measure):
    loky = pytest.importorskip("loky")
    executor = loky.get_reusable_executor(2)
    whole = measure(execution=Execution(workers=2))
    assert measure(execution=Execution(executor=executor)).identical(whole)
    executor.shutdown(wait=True)


@pytest.mark.slow
@pytest.mark.parametrize("measure", [D, F])
def test_dask_gives_the_bits_of_threads(measure):
    distributed = pytest.importorskip("distributed")
    whole = measure(execution=Execution(workers=2))
    with distributed.Client(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as client:
        for engine in (client, client.get_executor()):
            assert measure(execution=Execution(executor=engine)).identical(whole)


def _is_profiled():
    dask = import_module("dask")
    return dask.config.get("distributed.worker.profile.enabled")


@pytest.mark.slow
def test_workers_of_this_machine_measure_nothing_of_themselves():
    pytest.importorskip("distributed")
    before = _is_profiled()
    with local_client(1) as client:
        client.wait_for_workers(1)
        assert list(client.run(_is_profiled).values()) == [False]
    assert _is_profiled() == before


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    few(
        [
            partial(task, Modern(max_epochs=3), words=None, num_words=6, cell="gru"),
            partial(task, Published(0.05, max_epochs=3), hidden_size=5),
        ],
        kept=[1],
    ),
    ids=["one by one", "side by side"],
)
def test_seeds_trained_by_processes_have_the_bits_of_threads(make, pool, tmp_path):
    one = make()
    wanted = train_seeds(one, 4, Execution(workers=2))
    reports = []
    how = Execution(
        executor=pool, resume=tmp_path, progress=lambda *now: reports.append(now)
    )
    found = train_seeds(one, 4, how)
    assert all(same(a, b) for a, b in zip(found, wanted, strict=True))
    assert reports[-1] == (12, 12)
    kept = sorted(path.name for path in tmp_path.glob("seed-*"))
    assert kept == [f"seed-{seed:05}.npz" for seed in range(4)]
    kept = Execution(resume=tmp_path, only_kept=True)
    again = train_seeds(one, 4, kept)
    assert all(same(a, b) for a, b in zip(again, wanted, strict=True))
    with pytest.raises(OutputError, match=r"all 5 seeds .*, got 4: seed 4 missing; "):
        train_seeds(one, 5, kept)


@pytest.mark.slow
def test_training_on_an_executor_is_that_of_threads():
    language = Language.from_regex("a(b|c)d")
    with errands.Counting(2) as executor:
        on_it = Execution(executor=executor)
        trained = train("gru:3", language, **FEW_SEEDS, execution=on_it)
        assert executor.jobs == 8
    assert trained.identical(train("gru:3", language, **FEW_SEEDS))


@pytest.mark.proof
def test_a_verdict_on_an_executor_is_that_of_threads():
    language = Language.from_regex("a(b|c)d")
    with errands.Counting(2) as executor:
        found = verdict(language, ["gru:3"], **FEW_SEEDS, executor=executor)
        assert executor.jobs == 8
    wanted = verdict(language, ["gru:3"], **FEW_SEEDS)
    assert found.to_dataframe().equals(wanted.to_dataframe())


@pytest.mark.slow
def test_parts_of_seeds_join(tmp_path):
    language, key = Language.from_regex("a(b|c)d"), jax.random.key(0)
    run = partial(
        train, "gru:3", language, rule=Modern(max_epochs=3), num_seeds=5, key=key
    )
    joined = Execution(resume=tmp_path, only_kept=True)
    with pytest.raises(OutputError, match="expected a folder of kept blocks, got"):
        run(execution=joined)
    found = []
    for number in (3, 1):
        done = run(execution=Execution(resume=tmp_path, part=Part(number, 3)))
        found.append((done.attrs["num_seeds"], done.attrs["num_trained"]))
    assert found == [(2, 2), (2, 2)]  # five seeds: 2, 1, 2
    with pytest.raises(OutputError, match=r"\(of the parts 2/3\); train them"):
        run(execution=joined)
    run(execution=Execution(resume=tmp_path, part=Part(2, 3)))
    again = run(execution=Execution(resume=tmp_path, part=Part(2, 3)))
    assert again.attrs["num_trained"] == 0
    assert run(execution=joined).identical(run())


@pytest.mark.slow
def test_a_part_and_kept_blocks_on_processes(pool, tmp_path):
    whole = D()
    for number in (1, 2):
        part = Part(number, 2)
        done = D(execution=Execution(executor=pool, resume=tmp_path, part=part))
        assert done.attrs["num_computed"] == done.attrs["num_blocks"] == 3
    joined = D(execution=Execution(resume=tmp_path, only_kept=True))
    assert joined.identical(whole)
    again = D(execution=Execution(executor=pool, resume=tmp_path))
    assert again.identical(whole)


@pytest.mark.slow
def test_a_cell_of_a_users_file_travels_by_its_source(pool, tmp_path):
    ask(errands.seen, 0, range(4), executor=pool)  # both stand: they share no path
    (tmp_path / "keeping_share.py").write_text("SHARE = 0.75\n")
    (tmp_path / "keeping.py").write_text(CELL)
    given = Given.of(f"{tmp_path}/keeping.py:Slow:2", initializer="normal")
    measure = partial(discrepancy, given, length=3, num_draws=600, key=KEY)
    whole = measure()
    (tmp_path / "keeping.py").unlink()  # no worker can read it
    (tmp_path / "keeping_share.py").rename(tmp_path / "keeping_share.txt")
    with pytest.raises(EngineError, match="No module named 'keeping_share'"):
        measure(execution=Execution(executor=pool))
    (tmp_path / "keeping_share.txt").rename(tmp_path / "keeping_share.py")
    assert measure(execution=Execution(executor=pool)).identical(whole)


@pytest.mark.slow
def test_what_cannot_be_sent_is_said_before_any_work(monkeypatch):
    import pickle

    monkeypatch.setattr("firstbit.errands._pickler", lambda: pickle)
    cell = partial(Vanilla, activation=lambda x: x / 2)
    with errands.Counting(1) as executor:
        with pytest.raises(
            SettingError, match=r"expected Vanilla\(.*\) to be something that can be"
        ) as refused:
            discrepancy(
                cell,
                hidden_sizes=[2],
                length=2,
                num_draws=4,
                key=KEY,
                execution=Execution(executor=executor),
            )
        assert executor.jobs == 0
    assert "\n" not in str(refused.value)
    assert "leave `executor` out" in str(refused.value)


def test_no_more_than_two_jobs_a_worker_are_under_way():
    with errands.Counting(3) as executor:
        found = ask(errands.seen, None, iter(range(100)), executor=executor)
        assert executor.jobs == len(found) == 100
        assert 1 < executor.most <= 6


def test_a_client_of_dask_is_asked_for_its_executor():
    with errands.Counting(8) as executor:
        client = errands.Client(executor)
        assert len(ask(errands.seen, None, range(60), executor=client)) == 60
        assert client.asked == {"pure": False}
        assert executor.most <= 6  # twice the three threads that it says it has


def test_a_growing_cluster_gets_more_jobs(monkeypatch):
    monkeypatch.setattr("firstbit.workers.FRESH", 0.0)
    with errands.Counting(8) as executor:
        client = errands.Client(executor)
        monkeypatch.setattr(executor, "_client", client, raising=False)
        begun = []

        def jobs():
            for job in range(40):
                begun.append(job)
                yield job

        with crew(Execution(executor=client)) as workers:
            errand = Errand(errands.seen, None, "Mine", str)
            found = workers.completed(errand, jobs())
            next(found)
            assert len(begun) == 6  # two for each of three threads
            client.threads = 8
            next(found)
            assert len(begun) == 17  # all sixteen places are taken, and one is free
            assert len(list(found)) == 38


def test_a_call_without_workers_says_so_once_and_goes_on(monkeypatch, caplog):
    monkeypatch.setattr("firstbit.engines.PATIENCE", 0.01)
    monkeypatch.setattr("firstbit.workers.FRESH", 1000.0)
    executor = errands.Deserted()
    with caplog.at_level(logging.WARNING, "firstbit"):
        assert len(ask(errands.seen, None, range(2), executor=executor)) == 2
    assert caplog.messages == [
        "no worker of tcp://there:8786 is left; waiting for one."
    ]


def test_a_call_without_workers_ends_with_its_scheduler(monkeypatch):
    monkeypatch.setattr("firstbit.engines.PATIENCE", 0.01)
    executor = errands.Deserted()
    executor._come = lambda: setattr(executor._client, "status", "closed")
    with pytest.raises(EngineError, match=r"tcp://there:8786 to answer, got none: .*"):
        ask(errands.seen, None, range(2), executor=executor)


def test_what_each_worker_did_is_said_on_one_line(caplog):
    with errands.Counting(2) as executor, caplog.at_level(logging.INFO, "firstbit"):
        ask(errands.seen, None, range(6), executor=executor)
    (said,) = caplog.messages
    assert re.fullmatch(rf"1 worker did 6 jobs: \S+:{os.getpid()} 6 in \S+ s\.", said)


def test_of_many_workers_the_least_and_the_most_busy_are_named():
    worked = Worked()
    for number in range(20):
        for _ in range(number + 1):
            worked.add(Done([None], f"node:{number}", 0.5))
    said = str(worked)
    assert said.startswith("20 workers did 210 jobs: node:19 20 in 10 s, node:18 19 in")
    assert said.endswith(
        " in 8.5 s, ..., node:3 4 in 2 s, node:2 3 in 1.5 s, "
        "node:1 2 in 1 s, node:0 1 in 0.5 s"
    )


def test_a_job_that_fails_is_tried_again(tmp_path):
    with errands.Counting(2) as executor:
        found = ask(errands.fail_at_first, tmp_path, range(3), executor=executor)
    assert found == {0: 3, 1: 3, 2: 3}


def test_short_jobs_go_together_and_long_ones_alone():
    with errands.Counting(2) as executor:
        assert len(ask(errands.seen, None, range(200), executor=executor)) == 200
        short = executor.jobs
    with errands.Counting(2) as executor:
        ask(errands.rest, 0.3, range(6), executor=executor)
        assert executor.jobs == 6
    assert 200 / MOST <= short < 40


def test_of_jobs_that_went_together_only_the_bad_one_is_named():
    with errands.Counting(1) as executor, pytest.raises(EngineError) as failed:
        ask(errands.fail_at, 50, range(100), executor=executor)
    assert str(failed.value) == (
        "expected job 50 of seed 7 to end, got 3 failures, the last: RuntimeError: no."
    )


def test_a_job_that_fails_thrice_names_itself_and_its_seed():
    with errands.Counting(2) as executor:
        with pytest.raises(EngineError) as failed:
            ask(errands.fail, "bad", [5], executor=executor)
        assert executor.jobs == 3
    assert str(failed.value) == (
        "expected job 5 of seed 7 to end, got 3 failures, the last: RuntimeError: bad "
        "at 5."
    )


@pytest.mark.proof
def test_workers_that_began_with_other_options_are_refused():
    with (
        spawned(1, errands.begin_with_other_flags) as executor,
        pytest.raises(SettingError, match=r"expected a worker with XLA_FLAGS = '.*'"),
    ):
        ask(errands.seen, None, [0], executor=executor)


@pytest.mark.parametrize("name", ["firstbit", "jax", "jaxlib"])
def test_workers_of_another_version_are_refused(name):
    here = Surroundings.here()
    there = here._replace(versions={**here.versions, name: "0.0.1"})
    with pytest.raises(SettingError, match=rf"with {name} = '0\.0\.1', .* install"):
        there.require_same()
    with pytest.raises(SettingError, match="with processor = 'vax', got"):
        here._replace(processor="vax").require_same()
    here.require_same()


def test_mixed_workers_are_allowed_where_that_is_asked(monkeypatch):
    here = Surroundings.here()
    monkeypatch.setattr(
        Surroundings, "here", classmethod(lambda _: here._replace(processor="vax"))
    )
    errand = Errand(errands.seen, None, "Mine", str)
    packed = errand.packed(), errand.packed(allows_mixed=True)
    monkeypatch.undo()
    with pytest.raises(SettingError, match=r"'vax', got .*--allow-mixed"):
        Call(packed[0], (3,), 0)()
    assert Call(packed[1], (3,), 0)().results[0][-1] == 3
    with errands.Counting(2) as executor:
        mixed = AllowMixed(errands.Client(executor))
        assert len(ask(errands.seen, None, range(20), executor=mixed)) == 20
        assert executor.most <= 6  # it is asked how many workers it has


def test_jobs_that_wait_are_dropped_at_an_error_and_nobody_waits_for_them(tmp_path):
    executor = errands.Counting(1)

    def jobs():
        yield from range(2)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask(errands.wait_for, tmp_path, jobs(), executor=errands.Client(executor))
    first, second = executor.futures
    assert (first.done(), second.cancelled()) == (False, True)
    (tmp_path / "go").touch()
    executor.shutdown(wait=True)
    assert (executor.jobs, first.result().results) == (2, [0])


class Broken(Executor):
    """An executor whose workers have ended."""

    def submit(self, fn, /, *args, **kwargs):
        from concurrent.futures.process import BrokenProcessPool

        raise BrokenProcessPool("a process ended")


def test_workers_that_ended_are_said_in_one_line():
    with pytest.raises(EngineError, match=r"got one whose workers ended: .* start it"):
        ask(errands.seen, None, [0], executor=Broken())


@pytest.mark.slow
def test_a_process_that_dies_is_said_in_one_line():
    with (
        spawned(1, errands.forget_flags) as executor,
        pytest.raises(
            EngineError, match=r"workers ended: BrokenProcessPool: .* start"
        ) as failed,
    ):
        ask(errands.die, None, range(3), executor=executor)
    assert "\n" not in str(failed.value)


def test_an_executor_that_takes_no_jobs_is_said_in_one_line():
    executor = errands.Counting(1)
    executor.shutdown()
    with pytest.raises(EngineError, match=r"takes jobs, got RuntimeError: .*start it"):
        ask(errands.seen, None, [0], executor=executor)


@pytest.mark.parametrize("is_mixed", [False, True])
def test_a_scheduler_that_went_away_is_said_in_one_line(is_mixed):
    executor = errands.Lost()
    with pytest.raises(EngineError) as failed:
        ask(
            errands.seen,
            None,
            range(9),
            executor=AllowMixed(executor) if is_mixed else executor,
        )
    assert executor.jobs == 2  # none is sent again
    assert str(failed.value).startswith(
        "expected the scheduler at tcp://there:8786 to answer, got none: "
    )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"executor": 3}, "expected `executor` with a method `submit`, got 3"),
        ({"part": "0/4", "resume": "x"}, "a part from 1/4 to 4/4, got 0/4"),
        ({"part": Part(1, 4)}, "expected a folder `resume` beside `part`"),
        ({"only_kept": True}, "expected a folder `resume` beside `part`"),
        ({"part": 3, "resume": "x"}, "expected `part` like '3/40', got 3"),
        (
            {"part": "1/4", "only_kept": True, "resume": "x"},
            "expected `part` or `only_kept`, got both",
        ),
    ],
)
def test_bad_settings_of_execution(asked, said):
    with pytest.raises(SettingError, match=said):
        Execution(**asked)


def test_a_part_is_from_one_on():
    with pytest.raises(SettingError, match="a part from 1/2 to 2/2, got 3/2"):
        Part(3, 2)


def test_each_piece_is_in_one_part():
    costs = [3, 1, 4, 1, 5, 9, 2, 6]
    for of in (1, 2, 7, 40):
        shares = [Part(number, of).share(costs) for number in range(1, of + 1)]
        assert [place for one in shares for place in one] == list(range(len(costs)))
        if of < len(costs):
            most = sum(costs) / of + max(costs)
            assert all(sum(costs[place] for place in one) <= most for one in shares)


@pytest.mark.slow
def test_an_executor_runs_a_study_to_the_bits_of_threads(tmp_path):
    with errands.Counting(2) as executor:
        assert_study_has_the_bits_of_threads(executor, 1, tmp_path)
        assert executor.jobs == 1  # both seeds, side by side


@pytest.mark.proof
def test_processes_run_a_study_to_the_bits_of_threads(pool, tmp_path, monkeypatch):
    few = assert_study_has_the_bits_of_threads(pool, 2, tmp_path)
    of_bits = baselines(few)[6:7]
    monkeypatch.setattr(
        "firstbit.studies.vanilla_or_gru.baselines.baselines", lambda _: of_bits
    )
    guesses = run_guessing(few, tmp_path / "here")
    assert guesses == run_guessing(few, tmp_path / "there", executor=pool)
    assert next(iter(guesses.values())).num_draws == 1000


def assert_study_has_the_bits_of_threads(executor, number, folder):
    """Run parts of the study on threads and on an executor; return their settings."""
    few = Settings(0, num_seeds=2).with_symbols(3000)
    factors = [part for part in parts(few) if part.question == "factors"][:number]
    here = run_parts(few, factors, folder / "here")
    there = run_parts(few, factors, folder / "there", executor=executor)
    assert list(here) == list(there)
    assert len(here) == number
    for name, runs in here.items():
        xr.testing.assert_identical(runs, there[name])
    return few
