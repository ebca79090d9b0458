"""What the authors published: the words of the two tasks and the printed training logs."""

import json
from importlib.resources import files
from typing import Any


def words(task: str) -> tuple[str, ...]:
    """The 256 words of a task, `reber` or `embedded_reber`, in the published order.

    Example:
        >>> len(words("reber")), words("embedded_reber")[0]
        (256, 'BPBPVPXVPSEPE')
    """
    return tuple(
        files(__name__).joinpath(f"{task}_256.txt").read_text(encoding="utf-8").split()
    )


def logs() -> dict[str, dict[str, Any]]:
    """The printed logs by run: `hidden_size`, `learning_rate`, `log`, `stopped`, ...

    Example:
        >>> logs()["reber_vanilla"]["stopped"]
        {'epoch': 778, 'mean_error': 3.446713}
    """
    return json.loads(
        files(__name__).joinpath("runs.json").read_text(encoding="utf-8")
    )["runs"]
