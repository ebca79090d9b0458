"""What can be trained: a cell with its states, or a model of sequences without."""

from collections.abc import Sequence
from dataclasses import replace

from firstbit.cells.given import CellLike, Given
from firstbit.cells.given_model import GivenModel
from firstbit.cells.sequence_model import SequenceModel, refuse_settings
from firstbit.cells.sequence_models import SequenceModels
from firstbit.errors import require_different, require_several
from firstbit.weights.redraw import Initializer

Learnable = Given | GivenModel
"""A cell, or a model of sequences, as it was given."""

LearnableLike = CellLike | SequenceModel | SequenceModels | GivenModel
"""What a user gives."""


def learnable(
    cell: LearnableLike,
    *,
    hidden_size: int | None = None,
    initializer: Initializer | None = None,
    readout_bias: bool | None = None,
    is_trained: bool = True,
) -> Learnable:
    """Take what shall be trained as a user holds it.

    Args:
        cell: as `Given.of` takes one, or one or more models of sequences.
        hidden_size: k of a cell.
        initializer: the law of a cell's weights.
        readout_bias: whether a cell's read-out has a bias; by default as its text says.
        is_trained: as of `Given.of`.

    Raises:
        CellError: see `Given.of`.
        SettingError: a setting is given of a model, or is out of range.
    """
    if isinstance(cell, GivenModel):
        return cell
    if isinstance(cell, SequenceModel | SequenceModels):
        refuse_settings(
            cell.name,
            hidden_size=hidden_size,
            initializer=initializer,
            readout_bias=readout_bias,
        )
        return GivenModel(cell)
    given = Given.of(
        cell,
        hidden_sizes=None if hidden_size is None else [hidden_size],
        initializer=initializer,
        is_trained=is_trained,
    )
    if readout_bias is None:
        return given
    return replace(given, readout_bias=readout_bias)


def learnables(cells: Sequence[LearnableLike]) -> list[Learnable]:
    """Take several, cells each with one hidden size, under different titles.

    Raises:
        CellError: a cell has no size, or several.
        SettingError: two of them have one title.
    """
    found = [learnable(cell) for cell in require_several("cells", cells)]
    require_different("cells", [one.title for one in found])
    return found
