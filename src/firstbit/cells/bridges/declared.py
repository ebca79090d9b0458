"""What a user declares of a foreign state: which of its leaves is h."""

from collections.abc import Mapping

import jax
import numpy as np

from firstbit.cells.state import State, leaf_names
from firstbit.errors import SettingError, shown


def hidden_role(zeros: State, hidden: str | None) -> dict[str, str]:
    """Return the role of the leaf that the user names as h; none where none is named.

    Raises:
        SettingError: there is no such leaf.

    Example:
        >>> hidden_role({"c": np.zeros(2), "h": np.zeros(2)}, "h")
        {"state['h']": 'h'}
    """
    if hidden is None:
        return {}
    names = leaf_names(zeros)
    plain = [plain_path(name) for name in names]
    if hidden not in plain:
        raise SettingError(
            f"expected `hidden` among {', '.join(plain)}, got '{shown(hidden)}'."
        )
    return {f"state{names[plain.index(hidden)]}": "h"}


def plain_path(path: str) -> str:
    """Return a path without marks.

    Example:
        >>> plain_path("['cell'][0].kernel")
        'cell.0.kernel'
    """
    for mark in "[]'\"":
        path = path.replace(mark, ".")
    return ".".join(part for part in path.split(".") if part)


def hidden_size(zeros: State, roles: Mapping[str, str]) -> int:
    """Return the numbers of h, of the first leaf where none is named."""
    for name, leaf in zip(leaf_names(zeros), jax.tree.leaves(zeros), strict=True):
        if roles.get(f"state{name}") == "h" or not roles:
            return int(np.size(leaf))
    return int(np.size(jax.tree.leaves(zeros)[0]))
