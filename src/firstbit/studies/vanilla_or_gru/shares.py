"""Shares of runs as text, for sentences and tables."""

from firstbit.studies.verdicts.evidence import Evidence


def of(evidence: Evidence) -> str:
    """Return the runs that solve, as in `3 of 32`."""
    return f"{evidence.num_solved} of {evidence.num_seeds}"


def interval(evidence: Evidence) -> str:
    """Return the interval of the rate, as in `[0.03, 0.24]`."""
    low, high = evidence.interval
    return f"[{low:.2f}, {high:.2f}]"


def rate(evidence: Evidence) -> str:
    """Return the runs that solve with their interval, as in `3 of 32 [0.03, 0.24]`."""
    return f"{of(evidence)} {interval(evidence)}"
