"""How many processors this process may use, and of which kind they are."""

import os
import platform
from functools import cache
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
"""Where Linux shows what a group of processes may use."""

OWN_CGROUPS = Path("/proc/self/cgroup")
"""Which groups this process belongs to."""

CPU_INFO = Path("/proc/cpuinfo")
"""Where Linux describes the processors."""

SLURM_CPUS = "SLURM_CPUS_PER_TASK"

VECTORS = ("avx512f", "avx2", "fma", "avx")
"""Instructions that change how XLA rounds sums, as Linux names them."""


def num_processors() -> int:
    """Return the number of processors that this process may use.

    It is the least of the affinity mask, the quota of the control group and what SLURM
    gives a task; never the number of processors in the box, unless the system has no
    such limits.

    Example:
        >>> num_processors() >= 1
        True
    """
    limits = [_affinity(), cgroup_limit(), slurm_limit()]
    known = [limit for limit in limits if limit is not None]
    return min(known, default=os.cpu_count() or 1)


def slurm_limit() -> int | None:
    """Return the processors that SLURM gives a task; None outside of it."""
    text = os.environ.get(SLURM_CPUS, "")
    if not (text.isascii() and text.isdigit()):
        return None
    return max(1, int(text))


def cgroup_limit() -> int | None:
    """Return the quota of the control groups in processors, rounded up; None if none.

    A group is limited by all groups above it, too.
    """
    limits = []
    for folder in _folders():
        limit = _quota(folder)
        if limit is not None:
            limits.append(limit)
    return min(limits, default=None)


@cache
def processor_name() -> str:
    """Return the model of a processor, as its maker calls it; else its kind.

    Example:
        >>> len(processor_name()) > 0
        True
    """
    for line in _text(CPU_INFO).splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name" and value.strip():
            return value.strip()
    return platform.processor() or platform.machine() or "unknown"


@cache
def processor_kind() -> str:
    """Return what of a processor the rounding depends on.

    Example:
        >>> processor_kind().split()[0] == platform.machine()
        True
    """
    known = _instructions()
    found = [name for name in VECTORS if name in known]
    return " ".join([platform.machine(), *found])


def processor_features() -> str:
    """Return all that a compiled program may use of a processor.

    Example:
        >>> processor_kind() in processor_features()
        True
    """
    return " ".join([processor_kind(), *sorted(_instructions())])


def _affinity() -> int | None:
    if not hasattr(os, "sched_getaffinity"):  # as on macOS
        return None
    return len(os.sched_getaffinity(0))


def _folders() -> list[Path]:
    """Return the folders that say the quota of this process: its groups, and above."""
    folders = []
    for line in _text(OWN_CGROUPS).splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        root = CGROUPS / controllers  # of version 2 there is one tree, without a name
        own = root / path.lstrip("/")
        depth = len(own.parts) - len(root.parts)
        folders += [own, *own.parents[:depth]]
    return folders


def _quota(folder: Path) -> int | None:
    """Return the quota of one group; None if it has none."""
    numbers = _text(folder / "cpu.max").split()  # version 2
    if not numbers:
        quota = _text(folder / "cpu.cfs_quota_us").split()
        period = _text(folder / "cpu.cfs_period_us").split()
        numbers = quota + period
    if len(numbers) != 2 or not all(number.isdigit() for number in numbers):
        return None  # "max", or -1: no quota
    quota, period = map(int, numbers)
    if not quota or not period:
        return None
    return -(-quota // period)


def _instructions() -> set[str]:
    """Return the names of the instructions that Linux says the processor has."""
    for line in _text(CPU_INFO).splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "flags":
            return set(value.split())
    return set()


def _text(path: Path) -> str:
    """Return the text of a file; "" where it can't be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
