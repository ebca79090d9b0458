"""Tests leave the user's cache of compiled programs alone."""

import os
import tempfile

os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="firstbit-tests-")
