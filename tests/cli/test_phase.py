"""The theory in pictures, and the phase diagram from measurement to file."""

import json

import jax
import numpy as np
import pytest
import xarray as xr

from firstbit.cells import Vanilla
from firstbit.cli import main
from firstbit.cli.phase import measure, parse_gains
from firstbit.errors import SettingError
from firstbit.memory import critical_gain, discrepancy, phase_diagram
from firstbit.plots import phase_diagram as draw_phases
from firstbit.plots import save, theory_overlay

GRID = ("hidden_size", "length")


def measured(scale=1.0, sizes=(10, 40), lengths=(1, 2, 50)):
    """As if measured: D = sqrt(k) at l = 1, `scale` times less at each further length, medians half of it."""
    mean = np.sqrt(np.array(sizes, float))[:, None] * scale ** np.arange(len(lengths))
    return xr.Dataset(
        {
            "discrepancy": (GRID, mean),
            "discrepancy_se": (GRID, 0.03 * mean),
            "interval_low": (GRID, 0.9 * mean),
            "interval_high": (GRID, 1.2 * mean),
            "quantile_value": ((*GRID, "quantile"), 0.5 * mean[..., None] ** 2),
        },
        {"hidden_size": list(sizes), "length": list(lengths), "quantile": [0.5]},
        {"configuration": json.dumps({"num_draws": 7}), "key": np.array([0, 1])},
    )


# the overlay


def test_the_overlay_draws_lines_and_points_in_units_of_root_k():
    ds = measured(0.9)
    ds["predicted_discrepancy"] = 1.1 * ds["discrepancy"]
    ds["predicted_standard_error"] = 0.01 * ds["discrepancy"]
    axes = theory_overlay(ds, title="theory").axes[0]
    lines = [line for line in axes.lines if line.get_label().startswith("k")]
    assert [line.get_label() for line in lines] == ["k = 10", "k = 40"]
    for line, points in zip(
        lines, [line for line in axes.lines if line.get_marker() == "o"], strict=True
    ):
        assert line.get_ydata() == pytest.approx(1.1 * 0.9 ** np.arange(3))
        assert points.get_ydata() == pytest.approx(0.9 ** np.arange(3))
    assert len(axes.collections) == 4, "a band and a set of intervals for each size"
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")
    assert [label.get_text() for label in axes.get_xticklabels()] == [
        "1",
        "2",
        "5",
        "10",
        "20",
        "50",
    ]


def test_an_overlay_over_decades_shows_what_was_measured():
    ds = measured(0.01)
    ds["predicted_discrepancy"] = ds["discrepancy"] ** 9
    axes = theory_overlay(ds, title="").axes[0]
    assert axes.get_yscale() == "log"
    assert axes.get_ylim() == pytest.approx((1e-5, 2.0))


def test_an_overlay_of_many_lengths_has_few_points():
    ds = measured(0.99, lengths=range(1, 301))
    ds["predicted_discrepancy"] = ds["discrepancy"]
    shown = next(
        line
        for line in theory_overlay(ds, title="").axes[0].lines
        if line.get_marker() == "o"
    ).get_xdata()
    assert len(shown) <= 14
    assert (shown[0], shown[-1]) == (1, 300)


# the diagram


def test_the_phase_diagram_has_ratios_and_the_critical_line():
    ds = phase_diagram({0.2: measured(0.5), 0.1: measured(0.1)}, activation="tanh")
    assert ds.gain.values.tolist() == [0.1, 0.2]
    assert ds.discrepancy_ratio.values == pytest.approx(
        np.array([[0.01, 0.01], [0.25, 0.25]])
    )
    assert ds.median_ratio.values == pytest.approx(ds.discrepancy_ratio.values**2)
    assert ds.discrepancy_ratio_se.values == pytest.approx(
        0.03 * np.sqrt(2) * ds.discrepancy_ratio.values
    )
    assert ds.critical_gain.values == pytest.approx(
        [critical_gain("tanh", k) for k in ds.line_size.values]
    )
    assert ds.line_size[0] <= 5
    assert ds.line_size[-1] >= 80
    assert (np.diff(ds.critical_gain) < 0).all()
    assert json.loads(ds.attrs["configuration"])["activation"] == "tanh"
    assert ds.attrs["key"].tolist() == [0, 1]
    assert all({"long_name", "units"} <= set(ds[name].attrs) for name in ds.variables)


def test_the_picture_of_phases_has_a_cell_for_each_ratio_and_the_line(tmp_path):
    ds = phase_diagram(
        {0.1: measured(0.1), 0.2: measured(0.5), 0.4: measured(np.nan)},
        activation="tanh",
    )
    figure = draw_phases(ds, title="phases")
    axes, bar = figure.axes
    cells = axes.collections[0]
    assert np.ma.filled(cells.get_array(), -1) == pytest.approx(
        np.array([[0.01, 0.01], [0.25, 0.25], [-1, -1]])
    )
    assert np.array_equal(axes.lines[0].get_ydata(), ds.critical_gain)
    assert axes.get_xlim() == pytest.approx((5, 80))
    assert axes.get_ylim() == pytest.approx((0.1 / 2**0.5, 0.4 * 2**0.5))
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "0.1",
        "0.2",
        "0.4",
    ]
    assert bar.get_ylabel() == "D(50,k) / D(1,k)"
    save(figure, tmp_path / "first")
    save(draw_phases(ds, title="phases"), tmp_path / "second")
    assert (tmp_path / "first.svg").read_bytes() == (
        tmp_path / "second.svg"
    ).read_bytes()


def test_one_gain_and_one_size_can_be_drawn(tmp_path):
    ds = phase_diagram({1.0: measured(0.5, sizes=[20]).drop_vars("quantile_value")})
    assert "median_ratio" not in ds
    save(draw_phases(ds, title=""), tmp_path / "one")


@pytest.mark.parametrize(
    ("by_gain", "text"),
    [
        ({}, r"one or more gains above 0, got \[\]"),
        ({-1.0: measured()}, r"one or more gains above 0, got \[-1.0\]"),
        (
            {1.0: measured(), 2.0: measured(sizes=(10, 50))},
            "same hidden sizes and lengths",
        ),
        ({1.0: measured(lengths=(1,))}, r"lengths from 1 to at least 2, got \[1\]"),
        (
            {1.0: measured(lengths=(2, 3))},
            r"lengths from 1 to at least 2, got \[2, 3\]",
        ),
        (
            {1.0: measured().assign_attrs(configuration='{"cell": "GRU"}')},
            "of Vanilla, got those of GRU; the critical line",
        ),
    ],
)
def test_wrong_measurements_are_refused(by_gain, text):
    with pytest.raises(SettingError, match=text):
        phase_diagram(by_gain)


@pytest.mark.parametrize("draw", [draw_phases, theory_overlay])
def test_missing_variables_are_named(draw):
    with pytest.raises(
        SettingError, match=r"expected the variable `.*`; the Dataset has none"
    ):
        draw(xr.Dataset(), title="")


# the command


def test_the_command_measures_every_gain_and_writes_all(monkeypatch, tmp_path, capsys):
    asked = []

    def instead(activation, gain, **settings):
        asked.append(
            (
                activation,
                gain,
                settings["hidden_sizes"],
                settings["length"],
                settings["num_draws"],
            )
        )
        return measured(gain)

    monkeypatch.setattr("firstbit.cli.phase.measure", instead)
    command = [
        "phase",
        "--gain",
        "0.1,0.2:0.4:2",
        "--hidden-size",
        "10,40",
        "--draws",
        "7",
    ]
    assert (
        main(
            [
                *command,
                "--draw",
                str(tmp_path / "phase.svg"),
                "--out",
                str(tmp_path / "phase.nc"),
            ]
        )
        == 0
    )
    assert asked == [("tanh", gain, [10, 40], 50, 7) for gain in (0.1, 0.2, 0.4)]
    table = capsys.readouterr().out
    assert "critical, infinite k" in table
    assert f"{critical_gain('tanh', 40):.4g}" in table
    assert (tmp_path / "phase.svg").read_bytes().startswith(b"<?xml")
    with xr.open_dataset(tmp_path / "phase.nc") as saved:
        assert saved["discrepancy_ratio"].values == pytest.approx(
            np.array([[0.01] * 2, [0.04] * 2, [0.16] * 2])
        )
    monkeypatch.setattr("firstbit.cli.phase.measure", lambda *_, **__: measured(np.inf))
    assert main([*command, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["gain"] == [0.1, 0.2, 0.4]
    assert told["discrepancy_ratio"] == [[None, None]] * 3


def test_gain_one_is_the_paper_s_law():
    key, settings = (
        jax.random.key(4),
        {"hidden_sizes": [3, 8], "length": 6, "num_draws": 40},
    )
    expected = discrepancy(Vanilla, **settings, key=key)
    assert measure(
        "logistic", 1.0, **settings, key=key
    ).discrepancy.values == pytest.approx(expected.discrepancy.values, rel=1e-12)


def test_a_linear_cell_scales_with_the_gain():
    """D(l,1) = g^l (2 / sqrt(pi)) E|w|^(l-1) for the identity: the ratio of two gains is exact, draw by draw."""
    settings = {
        "hidden_sizes": [1],
        "length": 4,
        "num_draws": 10,
        "key": jax.random.key(4),
    }
    ratio = (
        measure("identity", 0.5, **settings).discrepancy
        / measure("identity", 1.0, **settings).discrepancy
    )
    assert ratio[0].values == pytest.approx(0.5 ** np.arange(1, 5), rel=1e-12)


def test_gains_are_read_as_lists_and_ranges():
    assert parse_gains("0.1, 0.5") == [0.1, 0.5]
    assert len(parse_gains("0.2:2")) == 12
    assert parse_gains("1:100:3") == [1.0, 10.0, 100.0]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ("--gain 0", "gains above 0 like"),
        ("--gain a:2", "gains above 0 like"),
        ("--gain 1:2:3:4", "gains above 0 like"),
        ("--gain nan", "gains above 0 like"),
        ("--gain 2:1", "the smaller gain first"),
        ("--gain 1:2:1", "at least 2 values"),
        ("--gain 1,1", "expected each gain once, got '1,1'"),
        ("--cell gru", "expected the cell vanilla, got 'gru'"),
        ("--activation tahn", "unknown activation 'tahn'"),
        ("--length 1", "`length` must be at least 2; got 1."),
        ("--draws 1", "`draws` must be at least 2; got 1."),
        ("--seed -1", "`seed` must be at least 0; got -1."),
        ("--draw a.gif", "ends in .svg or .png"),
        ("--out .", "expected a file name, got the folder"),
        ("--hidden-size 0", "`hidden-size` must be at least 1; got 0."),
    ],
)
def test_refusals_are_one_line(arguments, text, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["phase", *arguments.split()]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert text in told.err
    assert not list(tmp_path.iterdir())
