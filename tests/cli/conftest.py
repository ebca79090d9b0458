"""Tests that count lines on stderr hold on a slow machine, too."""

import pytest

from firstbit.cli import log


@pytest.fixture(autouse=True)
def _no_lines_in_between(monkeypatch):
    """Leave out the lines that a long run writes every some seconds."""
    monkeypatch.setattr(log, "EVERY", 3600.0)
