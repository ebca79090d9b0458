"""What is declared of a foreign state: which of its leaves is h, and an output."""

from collections.abc import Mapping

import jax
import numpy as np

from firstbit.cells.state import State, leaf_names
from firstbit.cells.state_roles import OUTPUT, STATE, plain_path
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


def beside_output(output: State, of_state: Mapping[str, str]) -> dict[str, str]:
    """Return the roles of `{"output": y, "state": s}` from those of s.

    Example:
        >>> beside_output(np.zeros(2), {"state[0]": "h"})
        {"state['output']": 'output', "state['state'][0]": 'h'}
    """
    found = {}
    for name in leaf_names(output):
        found[f"{STATE}['{OUTPUT}']{name}"] = OUTPUT
    for name, role in of_state.items():
        found[f"{STATE}['{STATE}']{name.removeprefix(STATE)}"] = role
    return found


def hidden_size(zeros: State, roles: Mapping[str, str]) -> int:
    """Return the numbers of h; of the first leaf but an output where none is named."""
    sizes = []
    leaves = jax.tree.leaves(zeros)
    for name, leaf in zip(leaf_names(zeros), leaves, strict=True):
        role = roles.get(f"state{name}")
        if role == "h":
            return int(np.size(leaf))
        if role != OUTPUT:
            sizes.append(int(np.size(leaf)))
    return sizes[0]
