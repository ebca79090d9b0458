"""The memory that a task demands, above what cells supply."""

from typing import NamedTuple

import numpy as np
import pytest
from matplotlib.figure import Figure

from figure_reader import bars, left_titles, texts
from firstbit.errors import SettingError
from firstbit.languages import copies_merged, embedded_reber, memory_demand, reber
from firstbit.plots import demand_and_supply

GRID = ("cell", "length")


class Cell(NamedTuple):
    """A cell with made-up shares of nets that retain a symbol."""

    name: str
    size: int
    retained: list[float]


def demand_beside(cells):
    """A result of `firstbit.demand_and_supply`; label -> cell."""
    retained = np.array([cell.retained for cell in cells.values()])
    longest = retained.shape[1]
    language = embedded_reber()
    lost = {"lost": copies_merged(language)}
    demand = memory_demand(language, longest, partitions=lost)
    distance = retained * 0.5 ** np.arange(longest)
    reach = (retained >= 0.5).sum(axis=1)
    supply = {
        "discrepancy": (GRID, distance),
        "discrepancy_ci": ((*GRID, "ci_bound"), np.stack([distance, distance], -1)),
        "retained": (GRID, retained),
        "retained_ci": ((*GRID, "ci_bound"), np.stack([retained, retained], -1)),
        "reach": ("cell", reach),
        "floor_at_reach": ("cell", demand["floor"].values[reach]),
    }
    coords = {
        "cell": list(cells),
        "cell_name": ("cell", [cell.name for cell in cells.values()]),
        "hidden_size": ("cell", [cell.size for cell in cells.values()]),
        "length": np.arange(1, longest + 1),
        "ci_bound": ["lower", "upper"],
    }
    both = demand.assign(supply).assign_coords(coords)
    return both.assign_attrs(threshold=1e-3)


@pytest.fixture
def ds():
    return demand_beside(
        {
            "vanilla:10": Cell("vanilla", 10, [1, 0.9, 0.2, 0]),
            "gru:10": Cell("gru", 10, [1, 1, 0.9, 0.8]),
            "GRU:12": Cell("gru", 12, [1, 1, 0.9, 0.81]),
        }
    )


def test_demand_stands_above_supply(ds):
    figure = demand_and_supply(ds)
    kinds = [title.partition(":")[0] for title in left_titles(figure)]
    assert kinds == ["Demand", "Supply", "Supply"]
    assert figure.get_suptitle().endswith("demands, and what random nets supply")


def test_the_demand_has_floors_bars_and_limits(ds):
    demand, *_ = demand_and_supply(ds).axes
    assert demand.lines[0].get_ydata() == pytest.approx(ds["floor"].values)
    assert demand.lines[1].get_ydata() == pytest.approx(ds["known_floor"].values[0])
    assert demand.lines[2].get_ydata() == pytest.approx([3.5, 3.5])
    found = [(bar.get_y(), bar.get_height()) for bar in bars(demand)]
    expected = np.column_stack([ds["floor"][1:], ds["worth"][1:]])
    assert np.array(found) == pytest.approx(expected)
    *limits, note = texts(demand)
    assert limits == ["nothing forgotten: 3.5", "lost: 4"]
    enough, known = note.splitlines()
    assert enough == "no number of last symbols is quite enough"
    assert known == "dashed: outer symbol known, too"


@pytest.mark.parametrize(("panel", "name"), [(1, "discrepancy"), (2, "retained")])
def test_the_supply_has_a_named_line_for_each_cell(ds, panel, name):
    axes = demand_and_supply(ds).axes[panel]
    for line, values in zip(axes.lines, ds[name].values, strict=False):
        assert line.get_ydata() == pytest.approx(values)
        assert line.get_xdata().tolist() == [1, 2, 3, 4]
    names = [text for text in texts(axes) if text != "one half"]
    assert sorted(names) == ["GRU, 10 units", "GRU, 12 units", "Vanilla, 10 units"]
    assert len({line.get_color() for line in axes.lines[:3]}) == 3


@pytest.mark.slow
def test_names_do_not_lie_on_each_other(ds):
    figure = demand_and_supply(ds)
    figure.draw_without_rendering()
    shares = figure.axes[2]
    points = shares.bbox.height / figure.dpi * 72
    heights = [points * text.get_position()[1] for text in shares.texts]
    assert np.diff(heights).min() > 1.1 * shares.texts[0].get_fontsize()


def test_a_line_crosses_all_panels_where_half_of_the_nets_have_lost_the_symbol(ds):
    _, *supply = demand_and_supply(ds).axes
    for axes in supply:
        dashed = [line for line in axes.lines if line.get_linestyle() == "--"]
        assert [line.get_xdata() for line in dashed] == [[2, 2]], "of Vanilla"


def test_the_last_line_says_what_the_task_costs_there(ds):
    vanilla, gru, *_ = demand_and_supply(ds).get_supxlabel().split("; ")
    lost = "half of the nets keep m = 2, 1.2 above the least error"
    assert vanilla == f"Vanilla, 10 units: {lost}"
    held = "half of the nets keep m = 4 or more, at most 0.5 above"
    assert gru.startswith(f"GRU, 10 units: {held}")


def test_a_cell_with_options_has_its_whole_label_below():
    labels = ["vanilla:5,initializer=orthogonal", "cells/my.py:MyCell:5"]
    cells = {
        labels[0]: Cell("vanilla", 5, [1, 0.2]),
        labels[1]: Cell("", 5, [1, 0.3]),
    }
    figure = demand_and_supply(demand_beside(cells))
    assert texts(figure.axes[1]) == ["vanilla:5,init…er=orthogonal", labels[1]]
    shown = [
        text.rpartition(": half")[0] for text in figure.get_supxlabel().split("; ")
    ]
    assert shown[:2] == labels


def test_demand_alone_has_one_panel():
    figure = demand_and_supply(memory_demand(reber(), 4))
    assert texts(figure.axes[0])[-1] == "m = 2 is enough"
    assert len(figure.axes) == 1
    assert figure.get_suptitle() == "The memory that reber demands"


def test_a_result_with_cells_needs_a_figure_of_its_own(ds):
    text = "expected no `ax` for a result with cells, which has three panels"
    with pytest.raises(SettingError, match=text):
        demand_and_supply(ds, ax=Figure().subplots())


def test_the_supply_is_checked_too(ds):
    text = r"expected the variable `discrepancy\(cell, length\)`"
    with pytest.raises(SettingError, match=text):
        demand_and_supply(ds.drop_vars("discrepancy"))
    with pytest.raises(SettingError, match="expected the attribute `language`"):
        demand_and_supply(ds.drop_attrs())
    del ds.attrs["threshold"]
    with pytest.raises(SettingError, match="expected the attribute `threshold`"):
        demand_and_supply(ds)
