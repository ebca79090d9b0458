"""Pictures of languages: the demand beside the supply, lengths, and a word's way through the automaton."""

import pytest
import xarray as xr

from firstbit.errors import SettingError
from firstbit.languages import Language, copies_merged, embedded_reber, length_distribution, memory_demand, reber
from firstbit.plots import automaton, demand_and_supply, lengths


def supply(retained=True):
    grid = xr.DataArray([[0.5, 0.1, 1e-9]], {"hidden_size": [10], "length": [1, 2, 3]}, ("hidden_size", "length"))
    ds = xr.Dataset({"discrepancy": grid, "interval_low": 0.9 * grid, "interval_high": 1.1 * grid})
    return ds.assign(retained=grid > 1e-3) if retained else ds


def titles(figure):
    return [axes.get_title(loc="left") for axes in figure.axes]


def test_demand_stands_above_supply():
    demand = memory_demand(embedded_reber(), 6, partitions={"outer symbol lost": copies_merged(embedded_reber())})
    figure = demand_and_supply(demand, {"vanilla": supply(), "gru": supply(), "mine": supply()})
    assert [title.split(":")[0] for title in titles(figure)] == ["Demand", "Supply", "Supply"]
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert any("outer symbol lost:\n4" in text for text in texts)
    assert "no number of last symbols is enough" in texts
    assert [text.get_text() for text in figure.axes[1].texts] == ["Vanilla, k = 10", "GRU, k = 10", "mine, k = 10"]
    assert figure.axes[0].lines[0].get_ydata() == pytest.approx(demand["floor"].values)
    assert figure.axes[1].lines[0].get_xdata().tolist() == [1, 2, 3]


def test_demand_alone_and_supply_without_retention():
    demand = memory_demand(reber(), 4)
    assert len(demand_and_supply(demand).axes) == 1
    figure = demand_and_supply(demand, {"gru": supply(retained=False)})
    assert len(figure.axes) == 2
    assert "2 symbols are enough" in [text.get_text() for text in figure.axes[0].texts]
    with pytest.raises(SettingError, match=r"expected the variable `discrepancy\(hidden_size, length\)`"):
        demand_and_supply(demand, {"gru": supply().drop_vars("discrepancy")})
    with pytest.raises(SettingError, match="expected the attribute `language`"):
        demand_and_supply(demand.drop_attrs())


def test_lengths_are_bars():
    axes = lengths(length_distribution(reber(), 9)).axes[0]
    assert [bar.get_height() for bar in axes.patches][5:7] == [0.25, 0.1875]
    assert {text.get_text()[:6] for text in axes.texts} == {"mean 8", "longer"}
    assert len(lengths(length_distribution(Language.from_regex("a{9}"), 4)).axes[0].texts) == 1


def test_a_words_way_is_lit():
    edges = reber().edges()
    way = [reber().states[state] for state in reber().path("BTSX")]
    graph = automaton("reber", edges, start="start", finals=["end"], lit=way)
    lit = graph.get_edge("q1", "q2").attr["color"]
    assert graph.get_edge("start", "q0").attr["color"] == graph.get_edge("q1", "q1").attr["color"] == lit
    assert graph.get_edge("q2", "q3").attr["color"] != lit
    assert float(graph.get_node("q2").attr["penwidth"]) > 2
    with pytest.raises(SettingError, match="expected states along arrows, got 'start' before 'q1'"):
        automaton("reber", edges, start="start", finals=["end"], lit=["start", "q1"])
