"""Distances that are written as Zarr while they come are those that are kept."""

from importlib import import_module

import jax
import pytest
import xarray as xr

from firstbit.cells import Vanilla
from firstbit.datasets import Result
from firstbit.errors import OutputError
from firstbit.memory import distances, save_distances

pytest.importorskip("zarr")

ASKED = {
    "cell": Vanilla,
    "hidden_sizes": [2, 3],
    "length": 3,
    "num_draws": 1600,
    "key": jax.random.key(3),
}


@pytest.fixture(scope="module")
def kept():
    return distances(**ASKED)


@pytest.fixture(params=[1, 1024])
def chunk(request, monkeypatch):
    """A chunk holds one block of 512 draws, or two; the last one isn't full."""
    on_disk = import_module("firstbit.memory.discrepancy.on_disk")
    monkeypatch.setattr(on_disk, "CHUNK", request.param)
    return max(512, request.param)


@pytest.mark.slow
def test_distances_on_disk_are_those_in_memory(kept, chunk, tmp_path):
    folder = tmp_path / "d.zarr"
    found = save_distances(folder, **ASKED)
    assert found.distance.encoding["chunks"] == (1, 3, chunk)
    assert Result.of(found).identical(kept)
    with xr.open_dataset(folder, engine="zarr") as again:
        assert again.equals(kept)
        assert again.distance.attrs == kept.distance.attrs


def test_a_folder_with_something_else_is_kept(tmp_path):
    (tmp_path / "mine.txt").touch()
    with pytest.raises(OutputError, match=r"has files but no zarr\.json"):
        save_distances(tmp_path, **ASKED)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
