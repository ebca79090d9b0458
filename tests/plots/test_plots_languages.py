"""Pictures of languages: the demand beside the supply, lengths, and a word's way through the automaton."""

import numpy as np
import pytest
from matplotlib.image import imread

from firstbit.errors import SettingError
from firstbit.languages import (
    Language,
    copies_merged,
    embedded_reber,
    length_distribution,
    memory_demand,
    reber,
)
from firstbit.plots import demand_and_supply, lengths, save


def demand_beside(cells):
    """What `firstbit.demand_and_supply` gives, with made-up cells: name -> (hidden size, retained shares)."""
    grid = ("cell", "length")
    names, sizes = list(cells), [size for size, _ in cells.values()]
    retained = np.array([shares for _, shares in cells.values()])
    demand = memory_demand(
        embedded_reber(),
        retained.shape[1],
        partitions={"lost": copies_merged(embedded_reber())},
    )
    distance = retained * [0.5**m for m in range(retained.shape[1])]
    reach = (retained >= 0.5).sum(axis=1)
    supply = {
        **{
            name: (grid, factor * distance)
            for name, factor in (
                ("discrepancy", 1),
                ("interval_low", 0.9),
                ("interval_high", 1.1),
            )
        },
        **dict.fromkeys(
            ("retained", "retained_low", "retained_high"), (grid, retained)
        ),
        **{
            "reach": ("cell", reach),
            "floor_at_reach": ("cell", demand["floor"].values[reach]),
        },
    }
    coords = {
        "cell": names,
        "hidden_size": ("cell", sizes),
        "length": np.arange(1, retained.shape[1] + 1),
    }
    return demand.assign(supply).assign_coords(coords).assign_attrs(threshold=1e-3)


def titles(figure):
    return [axes.get_title(loc="left") for axes in figure.axes]


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_demand_stands_above_supply():
    ds = demand_beside(
        {
            "vanilla:10": (10, [1, 0.9, 0.2, 0]),
            "gru:10": (10, [1, 1, 0.9, 0.8]),
            "gru:12": (12, [1, 1, 0.9, 0.81]),
        }
    )
    figure = demand_and_supply(ds)
    assert [title.split(":")[0] for title in titles(figure)] == [
        "Demand",
        "Supply",
        "Supply",
    ]
    demand, distances, shares = figure.axes
    assert texts(demand) == ["nothing forgotten: 3.5", "lost: 4"]
    assert (
        demand.get_legend().get_title().get_text()
        == "no number of last symbols is quite enough"
    )
    bars = [
        (bar.get_x() + bar.get_width() / 2, bar.get_y(), bar.get_height())
        for bar in demand.patches
    ]
    assert np.array(bars) == pytest.approx(
        np.column_stack([range(1, 5), ds["floor"][1:], ds["worth"][1:]])
    )
    assert demand.lines[1].get_ydata() == pytest.approx(ds["known_floor"].values[0])
    assert demand.lines[2].get_ydata() == pytest.approx([3.5, 3.5])
    for panel, name in ((distances, "discrepancy"), (shares, "retained")):
        for line, drawn in zip(panel.lines, ds[name].values, strict=False):
            assert line.get_ydata() == pytest.approx(drawn)
    assert (
        texts(distances)
        == texts(shares)
        == ["Vanilla, 10 units", "GRU, 10 units", "GRU, 12 units"]
    )
    heights = [text.get_position()[1] for text in shares.texts]
    assert heights[2] - heights[1] > 0.08  # one label beside the other, not on it
    assert demand.lines[0].get_ydata() == pytest.approx(ds["floor"].values)
    assert distances.lines[0].get_xdata().tolist() == [1, 2, 3, 4]
    # A line through all panels where half of the nets of Vanilla have lost the symbol;
    # GRU's never have.
    dashed = [
        [line for line in axes.lines if line.get_linestyle() == "--"]
        for axes in (distances, shares)
    ]
    assert [line.get_xdata() for lines in dashed for line in lines] == [[2, 2], [2, 2]]
    told = [text.get_text() for text in figure.legends[0].get_texts()]
    assert (
        told[0]
        == "Vanilla, 10 units: half of the nets keep m = 2, 1.2 above the least error"
    )
    assert told[1].startswith(
        "GRU, 10 units: half of the nets keep m = 4 or more, at most 0.5 above"
    )
    assert len({line.get_color() for line in shares.lines[:3]}) == 3


def test_long_names_of_cells_stand_below_only():
    ds = demand_beside(
        {
            "vanilla:5,initializer=orthogonal": (5, [1, 0.2]),
            "cells/my.py:MyCell:5": (5, [1, 0.3]),
        }
    )
    figure = demand_and_supply(ds)
    assert texts(figure.axes[1]) == []
    told = [text.get_text().partition(":")[0] for text in figure.legends[0].get_texts()]
    assert told == ["Vanilla, initializer=orthogonal, 5 units", "MyCell, 5 units"]


def test_demand_alone():
    figure = demand_and_supply(memory_demand(reber(), 4))
    assert figure.axes[0].get_legend().get_title().get_text() == "m = 2 is enough"
    assert len(figure.axes) == 1
    ds = demand_beside({"gru:10": (10, [1, 0.2])})
    with pytest.raises(
        SettingError, match=r"expected the variable `discrepancy\(cell, length\)`"
    ):
        demand_and_supply(ds.drop_vars("discrepancy"))
    with pytest.raises(SettingError, match="expected the attribute `language`"):
        demand_and_supply(ds.drop_attrs())


def test_lengths_are_bars():
    axes = lengths(length_distribution(reber(), 9)).axes[0]
    assert [bar.get_height() for bar in axes.patches][5:7] == [0.25, 0.1875]
    assert axes.get_title(loc="right") == "mean 8 (dashed); longer than 9: 0.242"
    assert axes.lines[0].get_xdata() == [8, 8]
    assert (
        lengths(length_distribution(Language.from_regex("a{9}"), 9))
        .axes[0]
        .get_title(loc="right")
        == "mean 9 (dashed)"
    )


@pytest.mark.parametrize(
    ("expression", "longest"),
    [("a*", 0), ("a{9}", 0), ("a{9}", 4), ("a*", 1), ("a*", 9), ("a*", 3000)],
)
def test_lengths_are_whole_numbers_and_probabilities_positive(expression, longest):
    axes = lengths(length_distribution(Language.from_regex(expression), longest)).axes[
        0
    ]
    low, high = axes.get_xlim()
    ticks = [tick for tick in axes.get_xticks() if low <= tick <= high]
    assert ticks
    assert all(tick == round(tick) and 0 <= tick <= longest for tick in ticks)
    assert axes.get_ylim()[0] == 0
    assert not axes.lines or low < axes.lines[0].get_xdata()[0] < high


@pytest.mark.parametrize(
    "name",
    ["no $\\frac$", "日本語 (\N{FACE WITH TEARS OF JOY})*", "(BTSXVPE|btsxvpe)+" * 9],
)
def test_titles_hold_any_name(name, tmp_path):
    """No mathematics, no warning of letters that the font lacks, nothing cut off."""
    save(
        lengths(length_distribution(reber(), 9).assign_attrs(language=name)),
        tmp_path / "lengths",
    )
    pixels = imread(tmp_path / "lengths.png")[..., :3]
    for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]):
        assert (edge == 1).all()


def test_letters_without_a_glyph_are_replaced():
    figure = lengths(
        length_distribution(reber(), 9).assign_attrs(language="日 é 𝖠")
    )  # 𝖠: in the font, but not in bold
    assert (
        figure.get_suptitle() == "How long the words of \N{REPLACEMENT CHARACTER} é"
        " \N{REPLACEMENT CHARACTER} are"
    )
