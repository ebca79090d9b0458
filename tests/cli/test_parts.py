"""Parts of a run and their join: the bits of the whole, and what misses is named."""

import json
import shutil

import pytest
import xarray as xr

from covering import few
from firstbit.cli import main
from firstbit.files import save
from firstbit.studies.trained_seeds import TrainedSeeds

DISCREPANCY = [
    "discrepancy",
    *("--cell", "gru:2,4"),
    *("--length", "6"),
    *("--num-draws", "2200"),
]
FATES = [
    "fates",
    *("--cell", "vanilla:2,3"),
    *("--num-draws", "300"),
    *("--transient", "20"),
    *("--horizon", "100"),
]
DECODABILITY = [
    "decodability",
    *("--cell", "gru:2,4"),
    *("--length", "3"),
    *("--num-draws", "36"),
    *("--num-words", "40"),
]
CAPACITY = [
    "capacity",
    *("--cell", "gru:2,4"),
    *("--num-steps", "100"),
    *("--num-draws", "36"),
    *("--lags", "3,2"),
]
TRAIN = [
    "train",
    *("--cell", "vanilla:3"),
    *("--language", "reber"),
    *("--num-seeds", "10"),
    *("--num-words", "8"),
    *("--max-epochs", "3"),
]
COMMANDS = {
    "discrepancy": DISCREPANCY,
    "fates": FATES,
    "decodability": DECODABILITY,
    "capacity": CAPACITY,
    "train": TRAIN,
}
CUTS = {
    "discrepancy": (1, 2, 7, 40),
    "fates": (1, 2, 7, 40),
    "decodability": (2, 7),
    "capacity": (2, 7),
    "train": (2, 7),
}
"""Numbers of parts; of seeds fewer, since each command makes its task anew."""

UNEVEN = 3
"""The parts of ten pieces are of three and of four."""

NUM_PIECES = 10
"""Two sizes: 2,200 draws in blocks of 512; 300 in strips of 64; 36 in batches of 8.

Ten seeds."""


def saved(path):
    with xr.open_dataset(path) as found:
        return found.load()


@pytest.fixture(scope="module", params=few([*COMMANDS], kept=[0, 2, 4]))
def whole(request, tmp_path_factory):
    """Return a command, and its result as one process makes it."""
    path = tmp_path_factory.mktemp("whole") / "whole.nc"
    with pytest.MonkeyPatch.context() as patch:
        # A training is saved with a page of figures, which is of no use here.
        patch.setattr(TrainedSeeds, "save", lambda found, out: save(found.result, out))
        assert main([*COMMANDS[request.param], "--out", str(path)]) == 0
    return request.param, saved(path)


def compute(command, number, of, folder):
    part = ["--part", f"{number}/{of}", "--into", str(folder)]
    assert main([*COMMANDS[command], *part]) == 0


@pytest.mark.slow
def test_uneven_parts_are_the_whole_to_the_bit(whole, tmp_path, capsys):
    assert_joined(whole, [UNEVEN], tmp_path, capsys)


@pytest.mark.proof
def test_parts_of_every_cut_are_the_whole_to_the_bit(whole, tmp_path, capsys):
    assert_joined(whole, CUTS[whole[0]], tmp_path, capsys)


def assert_joined(whole, cuts, tmp_path, capsys):
    """Compute all parts of each cut, the last first, and join them."""
    command, wanted = whole
    for of in cuts:
        folder, out = tmp_path / f"{of}", tmp_path / f"{of}.nc"
        capsys.readouterr()
        for number in range(of, 0, -1):
            compute(command, number, of, folder)
        said = capsys.readouterr().out.splitlines()
        assert len(said) == of
        blocks = [int(line.partition(": ")[2].partition(" ")[0]) for line in said]
        assert sum(blocks) == NUM_PIECES
        assert max(blocks) <= 1 + -(-NUM_PIECES // of)
        assert main(["join", str(folder), "--out", str(out)]) == 0
        assert saved(out).identical(wanted)


@pytest.mark.slow
def test_parts_that_are_cut_differently_join(whole, tmp_path):
    command, wanted = whole
    compute(command, 1, 2, tmp_path / "blocks")
    compute(command, 3, 3, tmp_path / "blocks")
    compute(command, 2, 3, tmp_path / "blocks")
    out = tmp_path / "joined.nc"
    assert main(["join", str(tmp_path / "blocks"), "--out", str(out)]) == 0
    assert saved(out).identical(wanted)


@pytest.mark.slow
def test_what_misses_is_named(whole, tmp_path, capsys):
    command, _ = whole
    blocks, out = tmp_path / "blocks", tmp_path / "d.nc"
    for number in (1, 2, 4):
        compute(command, number, 5, blocks)
    capsys.readouterr()
    assert main(["join", str(blocks), "--out", str(out)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "expected all 10 " in line
    assert "got 6: " in line
    assert "(of the parts 3/5, 5/5)" in line
    assert not out.exists()
    compute(command, 3, 5, blocks)
    compute(command, 5, 5, blocks)
    lost = sorted(blocks.glob("*.npz"))[3]
    lost.write_bytes(b"PK")
    capsys.readouterr()
    assert main(["join", str(blocks)]) == 2
    said = capsys.readouterr().err
    if command == "train":
        assert "seed 3 missing (of the parts 2/5)" in said
    else:
        assert f"expected the block '{lost.stem}' whole" in said


@pytest.mark.slow
def test_a_part_that_is_run_again_computes_what_misses(tmp_path, capsys):
    compute("discrepancy", 1, 2, tmp_path)
    sorted(tmp_path.glob("k*.npz"))[0].unlink()
    capsys.readouterr()
    compute("discrepancy", 1, 2, tmp_path)
    assert capsys.readouterr().out.endswith(", 4 of them before.\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (["--threshold", "0.1"], "expected threshold = 0.1, got 0.001"),
        (["--seed", "1"], "expected seed = 1, got 0"),
        (["--length", "5"], "expected length = 5, got 6"),
    ],
)
def test_parts_of_another_run_are_refused(change, said, tmp_path, capsys):
    compute("discrepancy", 1, 40, tmp_path)
    before = sorted(tmp_path.iterdir())
    asked = dict(zip(DISCREPANCY[1::2], DISCREPANCY[2::2], strict=True))
    asked |= {change[0]: change[1], "--part": "2/40", "--into": str(tmp_path)}
    words = [word for pair in asked.items() for word in pair]
    assert main(["discrepancy", *words]) == 2
    assert said in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.slow
def test_parts_of_other_arithmetic_or_version_are_refused(
    tmp_path, capsys, monkeypatch
):
    compute("discrepancy", 1, 40, tmp_path)
    part = ["--part", "2/40", "--into", str(tmp_path)]
    with monkeypatch.context() as changed:
        changed.setenv("XLA_FLAGS", "--xla_cpu_enable_fast_math=true")
        assert main([*DISCREPANCY, *part]) == 2
        assert "expected XLA_FLAGS = --xla_cpu_enable" in capsys.readouterr().err
    settings = json.loads((tmp_path / "settings.json").read_text())
    for name, value in {"processor": "vax", "jax": "0.1", "firstbit": "0.1"}.items():
        changed = json.dumps({**settings, name: value})
        (tmp_path / "settings.json").write_text(changed)
        assert main([*DISCREPANCY, *part]) == 2
        assert f"expected {name} = {settings[name]}, got {value}" in (
            capsys.readouterr().err
        )
        if name != "processor":  # a login node may join what others computed
            assert main(["join", str(tmp_path)]) == 2
            assert f"got {value}; remove" in capsys.readouterr().err


@pytest.mark.slow
def test_a_folder_that_says_nothing_of_its_command_is_refused(tmp_path, capsys):
    compute("discrepancy", 1, 1, tmp_path)
    (tmp_path / "asked.json").write_text('{"command": "train"}')
    assert main(["join", str(tmp_path)]) == 2
    assert (
        "expected what one of discrepancy, decodability, capacity, fates, train"
        in capsys.readouterr().err
    )
    (tmp_path / "asked.json").write_text('{"command": "fates", "what": 3}')
    assert main(["join", str(tmp_path)]) == 2
    assert (
        "expected what one of discrepancy, decodability, capacity, fates, train"
        in capsys.readouterr().err
    )
    shutil.rmtree(tmp_path)
