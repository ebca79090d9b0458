"""Operations that give entries another shape or place, as PyTorch's views do."""

import math
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from firstbit.cells.bridges.torch.dtypes import promoted
from firstbit.cells.bridges.torch.registry import Array, Axes, rule
from firstbit.cells.bridges.torch.tensor import cast


@rule("view", "reshape", "_unsafe_view", "_reshape_alias")
def view(x: Array, shape: Sequence[int], *_: object) -> Array:
    """Return the entries in another shape; -1 stands for what is left."""
    sizes = [int(size) for size in shape]
    if -1 in sizes:
        known = math.prod(size for size in sizes if size != -1)
        number = int(np.prod(x.shape))
        left = sizes.index(-1)
        sizes[left] = number // max(known, 1)
    return jnp.reshape(x, sizes)


@rule("t", "numpy_T", "t_copy")
def _t(x: Array) -> Array:
    return jnp.transpose(x)


@rule("transpose", "swapaxes", "swapdims", "transpose_copy")
def _transpose(x: Array, first: int, second: int) -> Array:
    return jnp.swapaxes(x, first, second) if x.ndim else x


@rule("mT", "adjoint", "mH")
def _turned(x: Array) -> Array:
    return jnp.swapaxes(x, -1, -2)


@rule("permute", "permute_copy")
def _permute(x: Array, dims: Sequence[int]) -> Array:
    return jnp.transpose(x, [axis % x.ndim for axis in dims])


@rule("movedim", "moveaxis")
def _movedim(
    x: Array, source: int | Sequence[int], destination: int | Sequence[int]
) -> Array:
    return jnp.moveaxis(x, source, destination)


@rule("unsqueeze", "unsqueeze_copy")
def _unsqueeze(x: Array, dim: int) -> Array:
    rank = x.ndim + 1
    axis = dim if dim >= 0 else dim + rank
    return jnp.expand_dims(x, axis)


@rule("squeeze", "squeeze_copy")
def _squeeze(x: Array, dim: Axes = None) -> Array:
    dims = range(x.ndim) if dim is None else dim
    if isinstance(dims, int):
        dims = [dims]
    axes = []
    for axis in dims:
        if x.ndim and x.shape[axis % x.ndim] == 1:
            axes.append(axis % x.ndim)
    return jnp.squeeze(x, tuple(axes))


@rule("expand", "expand_copy", "broadcast_to")
def _expand(x: Array, size: Sequence[int], *, implicit: bool = False) -> Array:
    shape = list(size)
    ahead = len(shape) - x.ndim
    for place, length in enumerate(shape):
        if length == -1:
            shape[place] = x.shape[place - ahead]
    return jnp.broadcast_to(x, shape)


@rule("select", "select_copy")
def _select(x: Array, dim: int, index: Array) -> Array:
    axis = dim % x.ndim
    place = int(index) % x.shape[axis]
    piece = jax.lax.slice_in_dim(x, place, place + 1, axis=axis)
    return jnp.squeeze(piece, axis)


@rule("slice", "slice_copy")
def _slice(
    x: Array,
    dim: int = 0,
    start: int | None = None,
    end: int | None = None,
    step: int = 1,
) -> Array:
    axis = dim % x.ndim
    part = slice(start, end, step)
    first, last, stride = part.indices(x.shape[axis])
    behind = max(first, last)
    return jax.lax.slice_in_dim(x, first, behind, stride, axis)


@rule("narrow", "narrow_copy")
def _narrow(x: Array, dim: int, start: int, length: int) -> Array:
    return _slice(x, dim, start, start + length)


@rule("split", "unsafe_split", "split_copy")
def _split(x: Array, size: Array, dim: int = 0) -> list[Array]:
    if not isinstance(size, int):
        return _split_with_sizes(x, size, dim)
    whole = x.shape[dim]
    sizes = []
    for first in range(0, whole, size):
        left = whole - first
        sizes.append(min(size, left))
    return _split_with_sizes(x, sizes, dim)


@rule("split_with_sizes", "unsafe_split_with_sizes", "split_with_sizes_copy")
def _split_with_sizes(x: Array, sizes: Sequence[int], dim: int = 0) -> list[Array]:
    pieces = []
    first = 0
    for size in sizes:
        last = first + size
        pieces.append(_slice(x, dim, first, last))
        first = last
    return pieces


@rule("chunk", "unsafe_chunk")
def _chunk(x: Array, chunks: int, dim: int = 0) -> list[Array]:
    size = -(-x.shape[dim] // chunks)
    return _split(x, size, dim)


@rule("tensor_split")
def _tensor_split(x: Array, chunks: Array, dim: int = 0) -> list[Array]:
    return jnp.array_split(x, chunks, dim)


@rule("unbind", "unbind_copy")
def _unbind(x: Array, dim: int = 0) -> list[Array]:
    places = range(x.shape[dim])
    return [_select(x, dim, place) for place in places]


@rule("diagonal", "diagonal_copy")
def _diagonal(x: Array, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Array:
    return jnp.diagonal(x, offset, dim1, dim2)


@rule("diag_embed")
def _diag_embed(x: Array, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Array:
    size = x.shape[-1] + abs(offset)
    eye = jnp.eye(size, k=offset, dtype=x.dtype)
    pad = [(0, 0)] * (x.ndim - 1)
    along = (offset, 0) if offset > 0 else (0, -offset)
    wide = jnp.pad(x, [*pad, along])
    placed = wide[..., None, :] * eye
    rank = placed.ndim
    axes = (dim1 % rank, dim2 % rank)
    return jnp.moveaxis(placed, (-2, -1), axes)


@rule("diag")
def _diag(x: Array, diagonal: int = 0) -> Array:
    return _diag_embed(x, diagonal) if x.ndim == 1 else _diagonal(x, diagonal)


@rule("cat", "concat", "concatenate")
def _cat(arrays: Sequence[Array], dim: int = 0) -> Array:
    kept = [one for one in arrays if one.shape != (0,)]
    dtype = promoted(*arrays)
    return jnp.concatenate([cast(one, dtype) for one in kept], dim)


@rule("stack")
def _stack(arrays: Sequence[Array], dim: int = 0) -> Array:
    dtype = promoted(*arrays)
    return jnp.stack([cast(one, dtype) for one in arrays], dim)


@rule("flip")
def _flip(x: Array, dims: Sequence[int]) -> Array:
    return jnp.flip(x, tuple(dims))


@rule("roll")
def _roll(
    x: Array, shifts: int | Sequence[int], dims: int | Sequence[int] = ()
) -> Array:
    axes = [dims] if isinstance(dims, int) else list(dims)
    places = [shifts] if isinstance(shifts, int) else list(shifts)
    if not axes:
        flat = _roll(x.reshape(-1), places, [0])
        return flat.reshape(x.shape)
    for place, axis in zip(places, axes, strict=True):
        size = x.shape[axis]
        cut = (-place) % size if size else 0
        behind = _slice(x, axis, cut, size)
        before = _slice(x, axis, 0, cut)
        x = jnp.concatenate([behind, before], axis)
    return x


@rule("repeat")
def _repeat(x: Array, repeats: Sequence[int]) -> Array:
    return jnp.tile(x, tuple(repeats))


@rule("repeat_interleave")
def _repeat_interleave(
    x: Array, repeats: Array, dim: int | None = None, **_: object
) -> Array:
    return jnp.repeat(x, repeats, dim)


@rule("tril")
def _tril(x: Array, diagonal: int = 0) -> Array:
    return jnp.tril(x, diagonal)


@rule("triu")
def _triu(x: Array, diagonal: int = 0) -> Array:
    return jnp.triu(x, diagonal)


@rule("constant_pad_nd")
def _pad(x: Array, pad: Sequence[int], value: Array = 0) -> Array:
    widths = [(0, 0, 0)] * x.ndim  # before, after, and between the entries
    for place in range(len(pad) // 2):
        axis = x.ndim - 1 - place
        before = pad[2 * place]
        after = pad[2 * place + 1]
        widths[axis] = (before, after, 0)
    filling = jnp.asarray(value, x.dtype)
    return jax.lax.pad(x, filling, widths)


@rule("unfold")
def _unfold(x: Array, dim: int, size: int, step: int) -> Array:
    axis = dim % x.ndim
    windows = []
    last = x.shape[axis] - size
    for first in range(0, last + 1, step):
        window = _slice(x, axis, first, first + size)
        windows.append(jnp.moveaxis(window, axis, -1))
    return jnp.stack(windows, axis)


@rule("as_strided")
def _as_strided(
    x: Array, size: Sequence[int], stride: Sequence[int], offset: int | None = None
) -> Array:
    places = np.full(tuple(size), offset or 0)
    for axis, (length, step) in enumerate(zip(size, stride, strict=True)):
        along = [1] * len(size)
        along[axis] = length
        steps = np.arange(length) * step
        places = places + steps.reshape(along)
    numbers = jnp.reshape(x, -1)
    return numbers[places]
