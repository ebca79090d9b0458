"""The number of threads: never the number of processors in the box."""

import os

import pytest

from firstbit import processors
from firstbit.threads import num_workers


@pytest.fixture
def box(monkeypatch, tmp_path):
    """A box of 64 processors, all of them ours, with control groups in a folder."""
    monkeypatch.setattr(os, "cpu_count", lambda: 128)
    monkeypatch.setattr(
        os, "sched_getaffinity", lambda _: set(range(64)), raising=False
    )
    monkeypatch.delenv(processors.SLURM_CPUS, raising=False)
    monkeypatch.setattr(processors, "CGROUPS", tmp_path / "groups")
    monkeypatch.setattr(processors, "OWN_CGROUPS", tmp_path / "own")
    return tmp_path


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_the_affinity_mask(box):
    assert num_workers() == 64


def test_what_slurm_gives_a_task(box, monkeypatch):
    monkeypatch.setenv(processors.SLURM_CPUS, "8")
    assert num_workers() == 8
    monkeypatch.setenv(processors.SLURM_CPUS, "200")
    assert num_workers() == 64
    monkeypatch.setenv(processors.SLURM_CPUS, "many")
    assert num_workers() == 64


@pytest.mark.parametrize(
    ("limit", "wanted"),
    [
        ("400000 100000", 4),
        ("150000 100000", 2),
        ("1000 100000", 1),
        ("max 100000", 64),
    ],
)
def test_the_quota_of_a_group(limit, wanted, box):
    write(box / "own", "0::/jobs/mine\n")
    write(box / "groups" / "jobs" / "mine" / "cpu.max", limit)
    assert num_workers() == wanted


def test_the_quota_of_a_group_above(box):
    write(box / "own", "0::/jobs/mine\n")
    write(box / "groups" / "jobs" / "mine" / "cpu.max", "800000 100000")
    write(box / "groups" / "jobs" / "cpu.max", "300000 100000")
    assert num_workers() == 3


def test_the_quota_of_a_group_of_the_first_version(box):
    write(box / "own", "4:memory:/a\n3:cpu,cpuacct:/mine\n0::/\n")
    write(box / "groups" / "cpu,cpuacct" / "mine" / "cpu.cfs_quota_us", "500000")
    write(box / "groups" / "cpu,cpuacct" / "mine" / "cpu.cfs_period_us", "100000")
    assert num_workers() == 5
    write(box / "groups" / "cpu,cpuacct" / "mine" / "cpu.cfs_quota_us", "-1")
    assert num_workers() == 64


def test_a_system_without_any_limit_has_the_processors_of_the_box(box, monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity")
    assert num_workers() == 128
