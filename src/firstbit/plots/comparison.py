"""Cells side by side under several measures: a panel for each measure."""

from collections.abc import Callable, Mapping, Sequence

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from firstbit.errors import SettingError
from firstbit.plots.by_size import Line
from firstbit.plots.capacity import beyond, last_held
from firstbit.plots.checks import require_attributes, require_variables
from firstbit.plots.inks import cell_colours, cell_marks
from firstbit.plots.names import Name, names_beside
from firstbit.plots.panels import (
    Size,
    blank,
    faint_grid,
    finished,
    plain_numbers,
    whole_numbers,
)
from firstbit.plots.past import decoded_panel, held_panel
from firstbit.plots.sources import source_line
from firstbit.plots.styles import look, styled
from firstbit.plots.text import short
from firstbit.plots.widths import Width

WIDTH, HEIGHT = 4.6, 2.9
"""Inches on a page of each panel."""

LOWEST = 1e-6
"""Bottom of the axis of distances: nothing reads smaller ones."""


@styled
def comparison(
    compared: xr.Dataset, *, title: str | None = None, width: Width | None = None
) -> Figure:
    """Draw how cells compare: a panel for each measure that was asked for.

    Distances are those of two words over those of two unrelated ones, so that cells
    whose states have different units can stand in one panel.

    Args:
        compared: a result of `firstbit.compare`.
        title: above the figure; by default it says what is drawn, "" for none.
        width: of the figure: inches, or a text such as `183 mm` or `720 px`.

    Raises:
        SettingError: there is no measure in it, a variable is missing, or it is no
            width.

    Example:
        >>> import jax
        >>> from firstbit import compare
        >>> found = compare(["gru:2"], measures=["cost"], key=jax.random.key(0))
        >>> [axes.get_title(loc="left") for axes in comparison(found).axes]
        ['multiplications a step']
    """
    require_variables(compared, "comparison", {"cell": ("cell",)})
    require_variables(compared, "comparison", {"cell_name": ("cell",)})
    require_attributes(compared, "comparison", ["num_draws"])
    drawn = [draw for name, draw in _PANELS.items() if name in compared]
    if not drawn:
        raise SettingError(
            f"comparison: expected one of {', '.join(_PANELS)}; the Dataset has none."
        )
    if title is None:
        title = "How far apart, how long decoded, how much held, what it costs"
    num_columns = min(len(drawn), 2)
    num_rows = -(-len(drawn) // 2)
    size = Size(WIDTH * num_columns, HEIGHT * num_rows)
    figure = blank(size, title, width)
    grid = figure.add_gridspec(num_rows, num_columns)
    lines = _lines(compared)
    panels = []
    for number, draw in enumerate(drawn):
        axes = figure.add_subplot(grid[divmod(number, num_columns)])
        draw(axes, lines)
        panels.append(axes)
    source_line(figure, *_notes(compared))
    return finished(*panels)


def _lines(compared: xr.Dataset) -> list[Line]:
    """Return the cells with their names and colours."""
    cells = compared["cell"].values.tolist()
    of_catalogue = compared["cell_name"].values.tolist()
    known = [name or cell for name, cell in zip(of_catalogue, cells, strict=True)]
    colours = cell_colours(known)
    marks = cell_marks(known, max(compared.sizes.get("lag", 1), 1))
    found = []
    for i, name in enumerate(cells):
        is_alone = colours[i] == look().hue(known[i])
        ink = look().ink(known[i]) if is_alone else colours[i]
        one = compared.isel(cell=i)
        text = short(name, 24)
        found.append(Line(text, colours[i], ink, marks[i], one))
    return found


def _distances(axes: Axes, lines: Sequence[Line]) -> None:
    axes.set_title("distance, of that of unrelated words", loc="left")
    axes.set_xlabel("length l")
    whole_numbers(axes.xaxis)
    axes.set_yscale("log", nonpositive="mask")
    names = []
    for label, colour, ink, marks, one in lines:
        values = one["relative_discrepancy"].values
        axes.plot(one["length"].values, values, color=colour, **marks._asdict())
        last = max(float(values[-1]), LOWEST)
        names.append(Name(last, label, ink, is_bold=True))
    low, _ = axes.get_ylim()
    axes.set_ylim(max(low, LOWEST), 2)
    plain_numbers(axes.yaxis)
    faint_grid(axes)
    names_beside(axes, names)


def _decoded(axes: Axes, lines: Sequence[Line]) -> None:
    axes.set_title("symbol decoded", loc="left")
    of_one = []
    for line in lines:
        of_one.append(line._replace(result=line.result.isel(readout=0)))
    decoded_panel(axes, of_one)


def _held(axes: Axes, lines: Sequence[Line]) -> None:
    axes.set_title("input held", loc="left")
    end = last_held([line.result["capacity"] for line in lines])
    shown = []
    for line in lines:
        result = line.result.sel(lag=slice(0, end))
        shown.append(line._replace(result=result))
    held_panel(axes, shown)


def _cost(axes: Axes, lines: Sequence[Line]) -> None:
    axes.set_title("multiplications a step", loc="left")
    axes.set_yscale("log")
    axes.set_xticks([])
    names = []
    for place, line in enumerate(lines):
        number = line.result["multiplications"].item()
        axes.plot([place], [number], color=line.colour, marker=line.marks.marker)
        text = f"{line.label} {number:,g}"
        names.append(Name(number, text, line.ink, is_bold=True))
    plain_numbers(axes.yaxis)
    axes.set_xlim(-0.5, len(lines) - 0.5)
    faint_grid(axes)
    names_beside(axes, names)


_PANELS: Mapping[str, Callable[[Axes, Sequence[Line]], None]] = {
    "relative_discrepancy": _distances,
    "accuracy": _decoded,
    "capacity": _held,
    "multiplications": _cost,
}
"""Variable that a panel needs -> what draws it."""


def _notes(compared: xr.Dataset) -> list[str]:
    """Return lines that say how the figure was made."""
    laws = dict.fromkeys(compared["initializer"].values.tolist())
    weights = short(" or ".join(map(str, laws)))
    found = [
        f"{int(compared.attrs['num_draws']):,} nets of each cell",
        f"weights {weights}",
    ]
    if "accuracy" in compared:
        found.append(
            f"{compared.attrs['readout']} read-out, {compared.attrs['words']} words"
        )
    if "capacity" in compared:
        law, scale = compared.attrs["law"], float(compared.attrs["scale"])
        found.append(f"{law} inputs of scale {scale:g}")
        found.append(beyond(compared["capacity"]))
    return found
