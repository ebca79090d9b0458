"""The whole files of the page on clusters: each gives the bits of threads."""

import os
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import jax
import pytest
import xarray as xr

from firstbit import discrepancy
from firstbit.cli import main
from test_clusters import block

pytest.importorskip("distributed")
yaml = pytest.importorskip("yaml")  # Dask's

PROGRAMS = Path(sys.executable).parent
STAND_INS = {
    "firstbit": f'#!/bin/sh\nexec {sys.executable} -m firstbit "$@"\n',
    "ssh": '#!/bin/bash\nexec bash -c "$2"\n',
    "sbatch": '#!/bin/bash\nsetsid bash "$1" &>> jobs.log &\necho "job $!"\n',
    "scancel": '#!/bin/bash\nfor id in "$@"; do kill -- "-$id"; done\n',
}
"""Programs of other machines: the next one is this one, and a job begins at once."""

SMALLER = {
    "gru:1:20": "gru:2,3",
    "100_000": "1200",
    "100000": "1200",
    "n_workers=4": "n_workers=2",
    "--nworkers 4": "--nworkers 1",
    '"cores": 4, "processes": 4': '"cores": 2, "processes": 2',
    "$(hostname)": "127.0.0.1",
}
"""What the files ask for, and what is asked for here."""


@pytest.fixture
def port():
    """Return a port that is free."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


@pytest.fixture
def file(tmp_path, monkeypatch, port):
    """Return a file of the page with less work; other machines have stand-ins."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, text in STAND_INS.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    path = [str(programs), str(PROGRAMS), os.environ["PATH"]]
    monkeypatch.setenv("PATH", os.pathsep.join(path))
    monkeypatch.chdir(tmp_path)

    def smaller(kind, word):
        text = block(kind, word).replace("8786", port)
        for large, little in SMALLER.items():
            text = text.replace(large, little)
        return text

    return smaller


@pytest.fixture(scope="module")
def wanted():
    """Return D as threads compute it."""
    asked = {"length": 50, "num_draws": 1200, "key": jax.random.key(0)}
    return discrepancy("gru:2,3", **asked).discrepancy


def run(name, text):
    """Run a file as its users would; return D of the result."""
    Path(name).write_text(text)
    program = "bash" if name.endswith(".sh") else sys.executable
    subprocess.run([program, name], check=True, capture_output=True, timeout=300)
    return found()


def found():
    """Return D of the result."""
    with xr.open_dataset("d.nc") as result:
        return result.discrepancy.load()


@pytest.mark.slow
@pytest.mark.parametrize("cluster", ["LocalCluster", "SLURMCluster"])
def test_a_program_gives_the_bits_of_threads(cluster, file, wanted):
    if cluster == "SLURMCluster":
        pytest.importorskip("dask_jobqueue")
    program = file("python", f"{cluster}(")
    assert run("cluster.py", program).equals(wanted)


@pytest.mark.slow
def test_workers_behind_ssh_give_the_bits_of_threads(file, wanted):
    assert run("ssh.sh", file("bash", "ssh")).equals(wanted)


@pytest.mark.slow
def test_what_kubernetes_runs_gives_the_bits_of_threads(file, wanted, port):
    service, *deployments = yaml.safe_load_all(file("yaml", "kind: Deployment"))
    scheduler, workers = (made["spec"]["template"] for made in deployments)
    assert scheduler["metadata"]["labels"] == service["spec"]["selector"]
    for made in deployments:
        wants = made["spec"]["selector"]["matchLabels"]
        assert made["spec"]["template"]["metadata"]["labels"] == wants
    assert [ends["port"] for ends in service["spec"]["ports"]] == [int(port)]
    assert service["metadata"]["name"] == "scheduler"
    running = []
    try:
        for made in (scheduler, workers):
            (container,) = made["spec"]["containers"]
            command = " ".join(container["command"])
            here = command.replace("//scheduler", "//127.0.0.1")
            here = re.sub(r"--nworkers \d", "--nworkers 1", here)
            running.append(subprocess.Popen(shlex.split(here)))
        asked = "discrepancy --cell gru:2,3 --num-draws 1200 --out d.nc --dask"
        assert main([*asked.split(), f"tcp://127.0.0.1:{port}"]) == 0
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait(timeout=60)
    assert found().equals(wanted)
