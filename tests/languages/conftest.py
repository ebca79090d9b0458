"""What the tests of languages share."""

import jaxtyping
import pytest


@pytest.fixture
def types_unchecked(monkeypatch):
    """Let arguments of a wrong type reach the code, even if the run checks types."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
