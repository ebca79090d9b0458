"""Ctrl-C, once or many times: the program ends within seconds, and leaves nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from covering import few

SLOW = """
import signal, sys, threading, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # as in a terminal
from pathlib import Path
from firstbit import files
from firstbit.cli import interruption
interruption.GRACE = 0.5

def write(path):
    path.write_text("half")
    print("writing", flush=True)
    time.sleep(60)

with interruption.interruptible():
    try:
        files.write_whole(Path(sys.argv[1]), write)
    except KeyboardInterrupt:
        print("asked", flush=True)
        {end}
"""

WAITS = """
        thread = threading.Thread(target=time.sleep, args=(60,))
        thread.start()
        thread.join()
"""


def begun(folder, end):
    out = folder / "result.txt"
    out.write_text("earlier")
    program = subprocess.Popen(
        [sys.executable, "-c", SLOW.format(end=end.strip()), str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdout.readline() == "writing\n"
    return program


@pytest.mark.slow
@pytest.mark.parametrize("times", few([1, 2, 5], kept=[0, 2]))
def test_ctrl_c_ends_a_program_that_waits_for_its_threads(times, tmp_path):
    program = begun(tmp_path, WAITS)
    began = time.monotonic()
    for _ in range(times):
        program.send_signal(signal.SIGINT)
        time.sleep(0.02)
    _, err = program.communicate(timeout=30)
    assert time.monotonic() - began < 15
    assert program.returncode == 130
    assert err == "firstbit: interrupted; earlier results are as they were.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["result.txt"]
    assert (tmp_path / "result.txt").read_text() == "earlier"


@pytest.mark.slow
def test_a_helper_ends_with_its_program():
    code = """
import os, signal
from firstbit.process import artist
if __name__ == "__main__":
    with artist() as executor:
        print(executor.submit(os.getpid).result(), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    helper = int(done.stdout)
    for _ in range(100):
        if not _is_running(helper):
            return
        time.sleep(0.1)
    os.kill(helper, signal.SIGKILL)
    pytest.fail("the helper outlives its program")


def _is_running(number):
    try:
        return Path(f"/proc/{number}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False
