"""A small study with real trainings: killed at ten random moments and resumed, it gives the same bits."""

import numpy as np
import pytest
import xarray as xr

from firstbit.cli import main
from firstbit.store import Store
from firstbit.studies.vanilla_or_gru import study
from firstbit.studies.vanilla_or_gru.record import read_study
from firstbit.training import seeds

NUM_KILLS = 10


class Disk:
    """Takes so many files, and from then on nothing: a killed process writes no more."""

    def __init__(self, monkeypatch):
        self.left = np.inf
        for owner, name in ((Store, "write"), (study, "save")):
            monkeypatch.setattr(owner, name, self.limited(getattr(owner, name)))

    def limited(self, write):
        def written(*arguments):
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
            return write(*arguments)

        return written


@pytest.mark.slow
def test_a_killed_study_gives_the_same_bits(tmp_path, monkeypatch):
    monkeypatch.setattr(study, "CELLS", (study.CELLS[1], study.CELLS[4]))
    monkeypatch.setattr(seeds, "SECONDS_BETWEEN_CHECKPOINTS", 0.0)
    disk, killed = Disk(monkeypatch), tmp_path / "killed"
    command = [
        "study",
        "--seeds",
        "4",
        "--symbols",
        "40000",
        "--only",
        "cells",
        "--resume",
        "--json",
        "--out",
    ]
    assert main([*command, str(tmp_path / "whole")]) == 0
    for most in np.random.default_rng(3).integers(1, 25, NUM_KILLS):
        disk.left = most
        assert main([*command, str(killed)]) == 130
        assert not killed.exists()
    assert list(
        (tmp_path / "killed.runs").glob("*.nc")
    )  # some configurations are done, others in the middle
    assert list((tmp_path / "killed.runs" / "unfinished").rglob("*.npz"))
    disk.left = np.inf
    assert main([*command, str(killed)]) == 0
    with (
        xr.open_dataset(killed / "study.nc") as found,
        xr.open_dataset(tmp_path / "whole" / "study.nc") as wanted,
    ):
        assert (found.sizes["configuration"], found.sizes["seed"]) == (4, 4)
        assert found.identical(wanted)
    evidence = [e for _, e in read_study(killed / "study.nc").evidence]
    assert {e.rule for e in evidence} == {"published", "modern"}
    assert all(40_000 <= e.median_symbols < 45_000 for e in evidence)
