"""Blocks on disk: a run goes on where another stopped, and not a bit changes."""

import json
import subprocess
import sys
from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from covering import few
from firstbit.cells import GRU, Vanilla, initializer_by_name
from firstbit.cli import main
from firstbit.errors import OutputError
from firstbit.execution import Execution
from firstbit.memory.discrepancy.discrepancy import discrepancy
from firstbit.memory.ensemble import fingerprint
from firstbit.store import Store

KEY = jax.random.key(5)
MEASURE = partial(
    discrepancy, GRU, hidden_sizes=[3, 6], length=20, num_draws=6000, key=KEY
)


@pytest.mark.slow
def test_blocks_in_any_order(tmp_path):
    whole = MEASURE()
    for seed in range(3):
        folder = tmp_path / str(seed)
        shuffled = MEASURE(execution=Execution(resume=folder, workers=1 + seed))
        names = sorted(path.name for path in folder.glob("*.npz"))
        for name in names[seed::2]:
            (folder / name).unlink()
        (folder / names[(seed + 1) % 2]).write_bytes(
            b"PK\\x03\\x04 cut"
        )  # not whole: computed again
        again = MEASURE(execution=Execution(resume=folder))
        assert shuffled.drop_attrs().identical(whole.drop_attrs())
        assert again.drop_attrs().identical(whole.drop_attrs())


class Leaky(eqx.Module):
    """A cell of a user's own, before and after an edit."""

    U: jax.Array
    W: jax.Array
    hidden_size: int = eqx.field(static=True)

    def __init__(self, input_size, hidden_size, *, key):
        self.U, self.W, self.hidden_size = (
            jnp.zeros((hidden_size, input_size)),
            jnp.zeros((hidden_size,) * 2),
            hidden_size,
        )

    def __call__(self, x, h):
        return 0.9 * h + 0.1 * jnp.tanh(self.U @ x + self.W @ h)


def edited():
    def step(self, x, h):
        return 0.8 * h + 0.2 * jnp.tanh(self.U @ x + self.W @ h)

    return type("Leaky", (Leaky,), {"__call__": step})


def from_ones(cell):
    return jnp.ones(cell.hidden_size)


OTHERS = {
    "law": (
        GRU,
        {"initializer": jax.nn.initializers.normal(0.1)},
        GRU,
        {"initializer": jax.nn.initializers.normal(3.0)},
    ),
    "gain": (
        GRU,
        {"initializer": initializer_by_name("normal", 0.9)},
        GRU,
        {"initializer": initializer_by_name("normal", 0.9000001)},
    ),
    "start": (
        GRU,
        {"initial_state": from_ones},
        GRU,
        {"initial_state": lambda cell: 0.5 * from_ones(cell)},
    ),
    "no start": (GRU, {"initial_state": from_ones}, GRU, {}),
    "activation": (
        partial(Vanilla, activation=lambda x: x),
        {},
        partial(Vanilla, activation=lambda x: -x),
        {},
    ),
    "edited cell": (Leaky, {}, edited(), {}),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", few([*OTHERS], kept=[0, 4, 5]))
def test_blocks_of_another_law_start_or_code_are_refused(name, tmp_path):
    one, its, other, others = OTHERS[name]
    measure = partial(
        discrepancy,
        hidden_sizes=[2],
        length=3,
        num_draws=4,
        key=KEY,
        execution=Execution(resume=tmp_path / "blocks"),
    )
    found = measure(one, **its)
    assert measure(one, **its).drop_attrs().identical(found.drop_attrs())
    with pytest.raises(
        OutputError, match="holds parts of another run: expected draw_0 = "
    ):
        measure(other, **others)


@pytest.mark.slow
def test_blocks_of_another_version_are_refused(tmp_path, monkeypatch):
    MEASURE(execution=Execution(resume=tmp_path / "blocks"))
    monkeypatch.setattr(fingerprint, "own_version", lambda: "0.0.1")
    with pytest.raises(OutputError, match=r"expected firstbit = 0\.0\.1, got "):
        MEASURE(execution=Execution(resume=tmp_path / "blocks"))


@pytest.mark.parametrize("content", [b"[]", b"7", b'{"length": 2', b"\xff"])
def test_settings_that_are_none_are_refused(content, tmp_path):
    (tmp_path / "settings.json").write_bytes(content)
    with pytest.raises(
        OutputError,
        match=r"expected the settings of an unfinished run in .*settings\.json', got "
        r"none; remove",
    ):
        Store.of(tmp_path, {"length": 2})


@pytest.mark.proof
def test_what_blocks_rest_on_is_the_same_in_every_process():
    program = """
import jax
from firstbit.cells import Given, Vanilla
from firstbit.memory.ensemble.ensemble import Ensemble
from firstbit.memory.ensemble.fingerprint import draw_0
from firstbit.memory.ensemble.word_pair import WordPair
given = Given(
    Vanilla,
    {"activation": jax.nn.softplus},
    hidden_sizes=(2, 3),
    initializer=jax.nn.initializers.normal(0.1),
)
words, key = WordPair.of("constant"), jax.random.key(5)
print(draw_0(Ensemble.of(given, words, length=5, num_draws=8, key=key)))
"""
    both = [
        subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    reported = {process.communicate()[0] for process in both}
    assert [process.returncode for process in both] == [0, 0]
    assert len(reported) == 1


@pytest.mark.slow
def test_blocks_of_another_measurement_are_refused(tmp_path):
    MEASURE(execution=Execution(resume=tmp_path / "blocks"))
    with pytest.raises(
        OutputError, match="expected length = 21, got 20; remove the folder"
    ):
        discrepancy(
            GRU,
            hidden_sizes=[3, 6],
            length=21,
            num_draws=6000,
            key=KEY,
            execution=Execution(resume=tmp_path / "blocks"),
        )
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    with pytest.raises(OutputError, match="no folder of an unfinished run"):
        Store.of(tmp_path / "mine", {})
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


@pytest.mark.slow
def test_progress_counts_what_a_block_costs_and_what_was_not_there(tmp_path):
    reported = []
    measure = partial(
        discrepancy,
        GRU,
        length=5,
        num_draws=2048,
        key=KEY,
    )

    def execution(folder=None):
        return Execution(1, lambda *now: reported.append(now), folder)

    measure(hidden_sizes=[5, 20], execution=execution())
    # Four blocks of each; padded to 10 and 20 units, they cost 360 and 1320.
    # The first block of each program comes first, then the others size by size.
    costs = np.cumsum([360, 1320, *3 * [360], *3 * [1320]])
    assert_goes_on(reported, (8 * costs // costs[-1]).tolist())
    measure(hidden_sizes=[5, 20], execution=execution(tmp_path / "blocks"))
    for number in (0, 2, 3):
        (tmp_path / "blocks" / f"k20_block{number}.npz").unlink()
    reported.clear()
    measure(hidden_sizes=[5, 20], execution=execution(tmp_path / "blocks"))
    assert_goes_on(reported, [0, 1, 2, 3])


def assert_goes_on(reported, steps):
    """Progress goes step by step.

    One step may be left out where the next block is done before the caller hears of it.
    """
    done = [blocks for blocks, _ in reported]
    assert {blocks for _, blocks in reported} == {steps[-1]}
    assert done == sorted(done)
    assert set(done) <= set(steps)
    assert done[-1] == steps[-1]


@pytest.mark.slow
def test_resume_on_the_command_line(tmp_path, capsys):
    out = tmp_path / "d.nc"
    command = [
        "discrepancy",
        "--hidden-size",
        "3",
        "--length",
        "4",
        "--num-draws",
        "20",
        "--json",
    ]
    assert main([*command, "--resume"]) == 2
    assert "expected --out FILE with --resume" in capsys.readouterr().err
    assert main([*command, "--out", str(out), "--resume"]) == 0
    reported = json.loads(capsys.readouterr().out)
    assert out.is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["d.nc"]
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out)["discrepancy"] == reported["discrepancy"]
