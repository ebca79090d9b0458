"""D(l,k) is killed and resumed, or shared by processes, and not a bit changes.

One kill is part of `make test`, many are part of `make proof`.
"""

import random
import time

import numpy as np
import pytest
import xarray as xr

import stepwise

MOST_BLOCKS = 9
"""Ten times as many leave some to do, however fast the machine is."""


@pytest.fixture(scope="module")
def whole(start, finish, tmp_path_factory):
    """Return the result of one process that nothing disturbs.

    It is a process of its own: XLA's options are part of what fixes the bits.
    """
    folder = tmp_path_factory.mktemp("whole")
    finish(*start(stepwise.measure, folder / "blocks", folder / "d.nc"))
    return folder / "d.nc"


def assert_same_bits(path, whole):
    with xr.open_dataset(path) as found, xr.open_dataset(whole) as wanted:
        for name in (
            "discrepancy",
            "discrepancy_se",
            "quantile_value",
            "relative_discrepancy",
            "retained",
        ):
            assert np.array_equal(found[name].values, wanted[name].values), name


@pytest.mark.proof
@pytest.mark.parametrize("kills", [1, 10])
def test_killed_at_random_moments_and_resumed(kills, start, finish, tmp_path, whole):
    moments = random.Random(7)
    kept = []
    for _ in range(kills):
        process, pipe = start(stepwise.measure, tmp_path / "blocks", tmp_path / "d.nc")
        for _ in range(moments.randint(1, MOST_BLOCKS)):
            assert pipe.recv() == "a block"
            pipe.send("go on")
        time.sleep(
            moments.uniform(0, 0.03)
        )  # so that it is in a block, in writing it, or waiting
        process.kill()
        process.join()
        kept.append(len(list((tmp_path / "blocks").glob("k*.npz"))))
    assert kept == sorted(kept)
    assert 0 < kept[-1] < stepwise.BLOCKS
    finish(*start(stepwise.measure, tmp_path / "blocks", tmp_path / "d.nc"))
    assert_same_bits(tmp_path / "d.nc", whole)


@pytest.mark.proof
@pytest.mark.parametrize("number", [2, 3])
def test_any_number_of_processes(number, start, finish, tmp_path, whole):
    processes = [
        start(stepwise.measure, tmp_path / "blocks", tmp_path / f"{i}.nc")
        for i in range(number)
    ]
    for _, pipe in processes:
        pipe.close()
    for i, process in enumerate(processes):
        finish(*process)
        assert_same_bits(tmp_path / f"{i}.nc", whole)
