"""Functions of the playground, called in node: without it their tests are skipped."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import firstbit

NODE = shutil.which("node")
PLAY = Path(firstbit.__file__).parent / "play"
ASK = Path(__file__).parent / "play" / "ask.mjs"

needs_node = pytest.mark.skipif(NODE is None, reason="node isn't installed")


def ask(module, *calls):
    """Return the value, or the error's text, of each call [name, *arguments]."""
    given = {
        "module": (PLAY / module).as_uri(),
        "calls": [[name, arguments] for name, *arguments in calls],
    }
    run = subprocess.run(
        [str(NODE), str(ASK)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    return [one.get("value", one.get("error")) for one in json.loads(run.stdout)]
