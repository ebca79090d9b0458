"""Graphviz serves one thread at a time: automata that are drawn at once are alike."""

import subprocess
import sys

import pytest

DRAWN = """
from concurrent.futures import ThreadPoolExecutor
from firstbit.languages import reber
from firstbit.plots import automaton, figure_bytes

def drawn(_):
    return figure_bytes(automaton(reber()), "png")

with ThreadPoolExecutor(8) as pool:
    print(len(set(pool.map(drawn, range(16)))))
"""


@pytest.mark.slow
def test_threads_draw_what_one_draws():
    command = [sys.executable, "-c", DRAWN]  # the first drawings are the dangerous ones
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"
