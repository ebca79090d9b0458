"""What the tests of the study share."""

import pytest

from made_study import ALL, made


@pytest.fixture(scope="session")
def study(tmp_path_factory):
    """The whole study, once."""
    return made(tmp_path_factory.mktemp("runs"), ALL)
