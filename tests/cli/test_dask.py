"""`--dask`: an engine is opened, or one line says why not, and how to go on."""

import shlex
import sys
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
import xarray as xr

import errands
from firstbit import Execution
from firstbit.cli import main
from firstbit.errors import EngineError

COMMAND = "discrepancy --cell vanilla:2 --num-draws 600 --length 3"


@pytest.fixture
def distributed(monkeypatch):
    """Stands for Dask's package."""
    package = SimpleNamespace(asked=[])
    monkeypatch.setitem(sys.modules, "distributed", package)
    monkeypatch.setattr("firstbit.cli.dask.local_settings", nullcontext)
    return package


def answer(package, executor):
    """Let the scheduler at any address have an executor."""

    def client(*asked, **how):
        package.asked.append((*asked, how))
        return errands.Client(executor)

    package.Client = client


@pytest.mark.slow
@pytest.mark.parametrize("more", ["", "--allow-mixed"])
def test_an_address_has_an_executor(more, distributed, tmp_path, capsys):
    with errands.Counting(2) as executor:
        answer(distributed, executor)
        there = f"--dask tcp://there:1 --out {tmp_path / 'there.nc'} {more}"
        assert main(shlex.split(f"{COMMAND} {there}")) == 0
        assert executor.jobs == 2
    assert "firstbit: 1 worker did 2 jobs: " in capsys.readouterr().err
    assert distributed.asked == [("tcp://there:1", {"timeout": 8.0})]
    assert main(shlex.split(f"{COMMAND} --out {tmp_path / 'here.nc'}")) == 0
    files = tmp_path / "here.nc", tmp_path / "there.nc"
    here, there = map(xr.load_dataset, files)
    assert there.identical(here)


@pytest.mark.slow
def test_processes_of_this_machine_are_started(distributed):
    clusters = []

    def cluster(**asked):
        clusters.append(asked)
        return nullcontext("cluster")

    distributed.LocalCluster = cluster
    with errands.Counting(3) as executor:
        answer(distributed, executor)
        assert main(shlex.split(f"{COMMAND} --dask local:3")) == 0
        assert executor.jobs == 2
    assert distributed.asked == [("cluster", {"direct_to_workers": True})]
    assert (clusters[0]["n_workers"], clusters[0]["threads_per_worker"]) == (3, 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("", "Nothing was kept"),
        ("--out d.nc --resume", "in 'd.nc.blocks'; go on by: firstbit {line}\n"),
        ("--part 1/1 --into kept", "in 'kept'; go on by: firstbit {line}\n"),
    ],
)
def test_a_lost_scheduler_names_the_way_on(
    more, said, distributed, monkeypatch, tmp_path, capsys
):
    monkeypatch.chdir(tmp_path)
    answer(distributed, errands.Lost())
    line = f"{COMMAND} --dask tcp://there:8786 {more}".strip()
    monkeypatch.setattr(sys, "argv", ["firstbit", *shlex.split(line)])
    assert main() == 2
    error = capsys.readouterr().err
    assert "expected the scheduler at tcp://there:8786 to answer" in error
    assert said.format(line=line) in error
    assert error.count("\n") == 1


@pytest.mark.slow
def test_a_cluster_without_workers_is_one_line_with_the_way_on(
    distributed, monkeypatch, tmp_path, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("firstbit.engines.PATIENCE", 0.01)
    answer(distributed, errands.Deserted())
    line = f"{COMMAND} --out d.nc --dask tcp://there:8786"
    monkeypatch.setattr(sys, "argv", ["firstbit", *shlex.split(line)])
    assert main() == 0
    said, worked = capsys.readouterr().err.splitlines()
    assert said == (
        "firstbit: no worker of tcp://there:8786 is left; waiting for one. Ctrl-C "
        "ends it. Nothing was kept: name --out and --resume."
    )
    assert worked.startswith("firstbit: 1 worker did 2 jobs: ")


def test_a_study_has_an_executor(distributed, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    asked = []

    def study(**given):
        asked.append(given)
        raise EngineError("expected workers, got none.")

    monkeypatch.setattr("firstbit.study", study)
    client = object()
    distributed.Client = lambda *_, **__: nullcontext(client)
    line = "study --out s --num-seeds 8 --dask tcp://there:1 --resume"
    monkeypatch.setattr(sys, "argv", ["firstbit", *shlex.split(line)])
    assert main() == 2
    assert asked[0]["num_seeds"] == 8
    assert capsys.readouterr().err == (
        "firstbit: expected workers, got none. Finished work is in 's.runs'; go on by: "
        f"firstbit {line}\n"
    )


@pytest.mark.slow
def test_nobody_at_an_address_is_one_line(distributed, capsys):
    def client(*_, **__):
        raise OSError("Timed out")

    distributed.Client = client
    assert main(shlex.split(f"{COMMAND} --dask tcp://there:1")) == 2
    assert capsys.readouterr().err == (
        "firstbit: expected a scheduler of Dask at 'tcp://there:1', got no answer in "
        "8 s (OSError); try tcp://HOST:8786, or local:4.\n"
    )


def test_what_is_no_address_is_one_line(distributed, capsys):
    def client(*_, **__):
        raise ValueError("Missing port number in address 'there'")

    distributed.Client = client
    assert main(shlex.split(f"{COMMAND} --dask there")) == 2
    assert capsys.readouterr().err == (
        "firstbit: expected the address of a scheduler of Dask, got 'there'; try "
        "tcp://HOST:8786, or local:4.\n"
    )


def test_a_dashboard_is_no_scheduler(distributed, capsys):
    def client(*_, **__):
        raise MemoryError("Unable to allocate 3.07 EiB")

    distributed.Client = client
    assert main(shlex.split(f"{COMMAND} --dask tcp://there:8787")) == 2
    assert capsys.readouterr().err == (
        "firstbit: expected a scheduler of Dask at 'tcp://there:8787', got the answer "
        "of something else, such as its dashboard; try tcp://HOST:8786, or local:4.\n"
    )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            "--dask local:0",
            "expected a number of processes like local:4, got 'local:0'",
        ),
        (
            "--dask local:x",
            "expected a number of processes like local:4, got 'local:x'",
        ),
        ("--allow-mixed", "expected --dask beside --allow-mixed, got none"),
    ],
)
def test_what_is_no_place_is_one_line(asked, said, capsys):
    assert main(shlex.split(f"{COMMAND} {asked}")) == 2
    assert said in capsys.readouterr().err


def test_without_dask_the_package_is_named(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(shlex.split(f"{COMMAND} --dask local:2")) == 2
    assert "try pip install 'firstbit[dask]'" in capsys.readouterr().err


@pytest.mark.slow
def test_finished_blocks_of_fates_are_kept(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    line = "fates --cell vanilla:2 --num-draws 130 --transient 10 --horizon 100"
    resumed = f"{line} --out f.nc --resume"

    with monkeypatch.context() as changed:
        changed.setattr("firstbit.cli.measuring.Execution", _ending_after_a_block)
        assert main(shlex.split(resumed)) == 130
    assert len(list((tmp_path / "f.nc.blocks").glob("*.npz"))) > 0
    assert main(shlex.split(resumed)) == 0
    assert not (tmp_path / "f.nc.blocks").exists()
    assert main(shlex.split(f"{line} --out whole.nc")) == 0
    with xr.open_dataset("f.nc") as found, xr.open_dataset("whole.nc") as wanted:
        assert found.identical(wanted)


def _ending_after_a_block(**asked):
    def interrupt(*_):
        raise KeyboardInterrupt

    return Execution(**{**asked, "progress": interrupt, "workers": 1})
