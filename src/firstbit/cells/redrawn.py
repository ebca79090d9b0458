"""Random weights for a cell that is built: laws, and the roles that they ask."""

from jaxtyping import PRNGKeyArray

from firstbit.cells.roles import array_roles
from firstbit.weights.redraw import CellType, Initializer
from firstbit.weights.redraw import redraw as redraw_by
from firstbit.weights.roles import Declared


def redraw(
    cell: CellType,
    initializer: Initializer,
    key: PRNGKeyArray,
    *,
    roles: Declared | None = None,
) -> CellType:
    """Return the same cell with every weight drawn afresh, and biases zero.

    Weights, biases, and arrays that stay as they are: see `firstbit.cells.roles`.

    Args:
        cell: any pytree, such as one of this library's cells or one of `eqx.nn`.
        initializer: a law, as in `jax.nn.initializers` (called with the shape (inputs,
            outputs), as these expect), or `normal`, `fan-in-normal`, `fan-in-uniform`,
            `orthogonal`, `identity`, or `as-built` (left as it is); or a mapping from
            names or patterns of weights to laws. A bias or a fixed array is drawn if it
            is named in full. `orthogonal` and `identity` are laws of recurrent
            matrices, gate by gate; other weights are N(0,1/fan_in) then.
        key: the random key; the same key gives the same cell.
        roles: roles that are declared; see `firstbit.cells.roles`.

    Raises:
        SettingError: an initializer is unknown or doesn't fit an array, or a name fits
            no array of the cell.
        CellError: two arrays that are multiplied may both be the mask.

    Example:
        >>> import jax
        >>> from firstbit.cells.vanilla import Vanilla
        >>> cell = Vanilla(2, 3, key=jax.random.key(0))
        >>> redraw(cell, {"W_h": "identity"}, jax.random.key(1)).W_h.tolist()
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    found = array_roles(cell, declared=roles)
    return redraw_by(cell, initializer, key, found)
