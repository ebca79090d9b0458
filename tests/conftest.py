"""Tests leave the user's cache of compiled programs alone, and try the same examples every time.

`HYPOTHESIS_PROFILE=explore` looks for new examples instead.
"""

import os
import tempfile

from hypothesis import settings

os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="firstbit-tests-")

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))
