"""A cell from a user's own file, as Python itself would run it."""

import pickle
import subprocess
import sys

import pytest

from firstbit.cells import cell_by_name
from firstbit.cells.grammar import parse
from firstbit.cli import main
from firstbit.errors import CellError

CELL = """
{imports}
import equinox as eqx
import jax
import jax.numpy as jnp
from dataclasses import dataclass

print("loading")

@dataclass
class Rates:
    slow: float = 0.5

class Slow(eqx.Module):
    W: jax.Array
    U: jax.Array
    hidden_size: int = eqx.field(static=True)

    def __init__(self, input_size, hidden_size, *, key):
        print("making")
        self.W = jnp.ones((hidden_size, hidden_size))
        self.U = jnp.ones((hidden_size, input_size))
        self.hidden_size = hidden_size

    def __call__(self, input, hidden):
        return {step}
"""
STEP = "jnp.tanh(self.W @ hidden + self.U @ input)"
FEW = ["--length", "3", "--num-draws", "8"]


def written(folder, name="slow.py", imports="", step=STEP):
    path = folder / name
    path.write_text(CELL.format(imports=imports, step=step))
    return path


@pytest.fixture(autouse=True)
def _own_modules(monkeypatch):
    """Leave the modules and the path as they were."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith("firstbit_file_") or name in ("slow", "neighbour_of_slow"):
            del sys.modules[name]


def test_annotations_dataclasses_and_a_neighbour(tmp_path):
    (tmp_path / "neighbour_of_slow.py").write_text("RATE = 2.0\n")
    imports = "from __future__ import annotations\nfrom neighbour_of_slow import RATE"
    path = written(tmp_path, imports=imports)
    assert cell_by_name(f"{path}:Slow").__name__ == "Slow"


def test_a_file_is_run_once_until_it_changes(tmp_path):
    path = written(tmp_path)
    first = cell_by_name(f"{path}:Slow")
    assert cell_by_name(f"{path}") is first
    written(tmp_path, step=STEP.replace("tanh", "sin"))
    assert cell_by_name(f"{path}:Slow") is not first


@pytest.mark.parametrize("name", ["random.py", "json.py", "numpy.py", "two-words.py"])
def test_a_file_may_be_named_like_a_module(name, tmp_path):
    path = written(tmp_path, name)
    before = sys.modules.get(path.stem)
    assert cell_by_name(f"{path}:Slow").__module__ != path.stem
    assert sys.modules.get(path.stem) is before


@pytest.mark.slow
def test_its_class_reaches_another_process(tmp_path):
    sent = pickle.dumps(cell_by_name(f"{written(tmp_path)}:Slow"))
    code = "import pickle, sys; print(pickle.loads(eval(sys.argv[1])).__name__)"
    done = subprocess.run(
        [sys.executable, "-c", code, repr(sent)],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split()[-1] == "Slow"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            "1 / 0",
            r"slow\.py' can't be run, line 2: ZeroDivisionError: div",
        ),
        ("import nothing_here", r"line 2: ModuleNotFoundError: No module named"),
        ("def f(:", r"line 2: SyntaxError: invalid syntax"),
        ("import sys; sys.exit(3)", r"line 2: SystemExit: 3"),
    ],
)
def test_the_user_sees_their_own_error_and_its_line(line, reason, tmp_path):
    path = written(tmp_path, imports=line)
    with pytest.raises(CellError, match=reason):
        cell_by_name(f"{path}:Slow")
    assert "slow" not in sys.modules


def test_without_a_name_it_is_the_only_cell(tmp_path):
    path = written(tmp_path)
    assert cell_by_name(str(path)).__name__ == "Slow"
    path.write_text(path.read_text() + "\nclass Fast(Slow):\n    pass\n")
    with pytest.raises(CellError, match=r"one cell in '.*'; got Slow, Fast; try"):
        cell_by_name(str(path))
    with pytest.raises(CellError, match=r"'Slwo' in '.*'; got Slow, Fast"):
        cell_by_name(f"{path}:Slwo")


@pytest.mark.parametrize(
    ("text", "name", "sizes"),
    [
        (r"C:\me\slow.py:Slow", r"C:\me\slow.py:Slow", None),
        (r"C:\me\slow.py:Slow:10,20", r"C:\me\slow.py:Slow", (10, 20)),
        ("C:/me/slow.py", "C:/me/slow.py", None),
        (r"C:\me\slow.py:1:3", r"C:\me\slow.py", (1, 2, 3)),
        ("slow.py:Slow:10,W=normal", "slow.py:Slow", (10,)),
        ("a.py/slow.py:Slow", "a.py/slow.py:Slow", None),
        ("GRU:5", "GRU", (5,)),
    ],
)
def test_paths_of_any_system(text, name, sizes):
    found = parse(text)
    assert (found.name, found.hidden_sizes) == (name, sizes)


def test_names_in_capitals():
    assert cell_by_name("GRU") is cell_by_name("gru")


@pytest.mark.slow
def test_prints_of_a_cell_leave_json_alone(tmp_path, capfd):
    path = written(tmp_path)
    assert main(["discrepancy", "--cell", f"{path}:Slow:2", *FEW, "--json"]) == 0
    said = capfd.readouterr()
    assert said.out.startswith("{")
    assert said.out.count("\n") == 1
    assert {"loading", "making"} <= set(said.err.split())


def test_a_package_that_is_missing_is_named():
    with pytest.raises(CellError, match="there is no 'nowhere'; install it, or name"):
        cell_by_name("nowhere.nn:Cell")
