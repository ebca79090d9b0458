"""A small study with real trainings, killed and resumed, gives the same bits."""

import numpy as np
import pytest

from firstbit import study
from firstbit.store import Store
from firstbit.studies.vanilla_or_gru import parts, trained
from firstbit.training import seeds

MOST_KILLS = 100
"""As many as it takes until one configuration is done."""
ASKED = {"seed": 0, "num_seeds": 4, "symbols": 40_000, "questions": ["cells"]}


class Disk:
    """Takes a number of files, and then nothing: a killed process writes no more."""

    def __init__(self, monkeypatch):
        self.left = np.inf
        for owner, name in ((Store, "write"), (trained, "save")):
            monkeypatch.setattr(owner, name, self.limited(getattr(owner, name)))

    def limited(self, write):
        def written(*arguments):
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
            return write(*arguments)

        return written


@pytest.mark.proof
def test_a_killed_study_gives_the_same_bits(tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "CELLS", (parts.CELLS[1], parts.CELLS[4]))
    monkeypatch.setattr(seeds, "SECONDS_BETWEEN_CHECKPOINTS", 0.0)
    wanted = study(**ASKED).runs()
    disk = Disk(monkeypatch)
    for most in np.random.default_rng(3).integers(1, 25, MOST_KILLS):
        if list(tmp_path.glob("*.nc")):
            break
        disk.left = most
        with pytest.raises(KeyboardInterrupt):
            study(**ASKED, resume=tmp_path)
    # Some configurations are done, others in the middle.
    assert 0 < len(list(tmp_path.glob("*.nc"))) < 4
    assert list((tmp_path / "unfinished").rglob("*.npz"))
    disk.left = np.inf
    found = study(**ASKED, resume=tmp_path)
    runs = found.runs()
    assert (runs.sizes["configuration"], runs.sizes["seed"]) == (4, 4)
    assert runs.identical(wanted)
    evidence = [row.evidence for row in found.measured.rows]
    assert {e.rule for e in evidence} == {"published", "modern"}
    assert all(40_000 <= e.median_symbols < 45_000 for e in evidence)
