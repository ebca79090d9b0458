"""XLA reads its options once, when this process first computes."""

import sys


def has_begun() -> bool:
    """Return whether XLA has read its options in this process.

    JAX has no public question for it; where it can't be asked, the answer is yes.
    """
    if "jax" not in sys.modules:
        return False
    try:
        from jax._src.xla_bridge import backends_are_initialized
    except ImportError:
        return True
    return backends_are_initialized()
