"""What the authors published: the words of the two tasks and the printed logs."""

import json
from importlib.resources import files
from typing import TypedDict


class Line(TypedDict):
    """One printed line of a training."""

    epoch: int
    mean_error: float


class Log(TypedDict):
    """The printed log of a training; `stopped` is None where it ran to its end."""

    hidden_size: int
    learning_rate: float
    final_learning_rate: float
    log: list[Line]
    stopped: Line | None


def words(task: str) -> tuple[str, ...]:
    """Return the 256 words of a task in the published order.

    Args:
        task: `reber` or `embedded_reber`.

    Example:
        >>> len(words("reber")), words("embedded_reber")[0]
        (256, 'BPBPVPXVPSEPE')
    """
    return tuple(_text(f"{task}_256.txt").split())


def logs() -> dict[str, Log]:
    """Return the printed logs by the name of the training.

    Example:
        >>> logs()["reber_vanilla"]["stopped"]
        {'epoch': 778, 'mean_error': 3.446713}
    """
    return json.loads(_text("runs.json"))["runs"]


def mean_errors(training: str) -> dict[int, float]:
    """Return the printed mean errors of a training by epoch.

    Example:
        >>> mean_errors("reber_vanilla")[100]
        3.475528
    """
    errors = {}
    for line in logs()[training]["log"]:
        errors[line["epoch"]] = line["mean_error"]
    return errors


def _text(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
