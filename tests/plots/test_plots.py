"""Figures: what is drawn, that the data reach the artists, and that saving twice gives the same bytes."""

import xml.etree.ElementTree as ElementTree

import matplotlib
import numpy as np
import pytest
import xarray as xr
from matplotlib.image import imread

from firstbit.errors import OutputError, SettingError
from firstbit.languages import Language
from firstbit.plots import (
    automaton,
    confusion,
    figure_nine,
    hidden,
    network,
    outputs,
    save,
    surface,
    training_curves,
)
from firstbit.plots.paper.heatmaps import value_scale
from firstbit.plots.style import ink_on, network_name, short, symbol

COIN = Language.from_regex("b*a")


def texts(axes):
    return [text.get_text() for text in axes.texts]


def tick_labels(axis, minor=False):
    return [label.get_text() for label in axis.get_ticklabels(minor=minor)]


@pytest.fixture
def answers():
    rng = np.random.default_rng(0)
    probability = np.array([[0, 0.5, 0.5], [0, 0, 1.0]])
    return xr.Dataset(
        {
            "output": (("word", "symbol"), probability + rng.normal(0, 0.01, (2, 3))),
            "probability": (("word", "symbol"), probability),
        },
        {"word": ["B", "BTX"], "symbol": ["B", "T", "P"]},
    )


@pytest.fixture
def states():
    values = np.arange(6.0).reshape(3, 2) / 10
    coords = {
        "word": ["BT", "B", "BTS"],
        "unit": [0, 1],
        "state": ("word", ["q1", "q0", "q1"]),
    }
    return xr.Dataset({"hidden": (("word", "unit"), values)}, coords)


@pytest.fixture
def pair():
    vanilla, gru = (
        np.array([[0.5, 0.1, 0.9], [0.5, 0.1004, 0.9]]),
        np.array([[-0.5, 0.2], [0.5, 0.2]]),
    )
    return xr.Dataset(
        {
            "vanilla": (("word", "vanilla_unit"), vanilla),
            "gru": (("word", "gru_unit"), gru),
            "vanilla_difference": ("vanilla_unit", abs(vanilla[0] - vanilla[1])),
            "gru_difference": ("gru_unit", abs(gru[0] - gru[1])),
        },
        {"word": ["BPBTXSE", "BTBTXSE"], "vanilla_unit": [0, 1, 2]},
        {"vanilla_distance": 0.0004, "gru_distance": 1.0},
    )


@pytest.fixture
def gradients():
    rng = np.random.default_rng(1)
    gradient = rng.normal(size=(3, 8, 6)) * 10.0 ** rng.uniform(-5, 0, (3, 8, 6))
    gradient[:, :2, 0] = 0
    quantile = np.sort(np.abs(rng.normal(size=(3, 3, 5))), axis=-1)
    quantile[0, 0] = 0
    over = {
        "ks_distance": 0.2,
        "ks_low": 0.1,
        "ks_high": 0.3,
        "median_ratio": 2.0,
        "ratio_low": 1.5,
        "ratio_high": 2.5,
    }
    return xr.Dataset(
        {
            "gradient": (("epoch", "word", "coefficient"), gradient),
            "parameter_quantile": (("epoch", "group", "quantile"), quantile),
            **{name: ("epoch", [value] * 3) for name, value in over.items()},
        },
        {
            "epoch": [0, 10, 20],
            "network": ("coefficient", ["vanilla"] * 4 + ["gru"] * 2),
            "parameter": ("coefficient", ["U_h"] * 2 + ["O"] * 2 + ["W_z"] * 2),
            "group": ["vanilla U_h", "vanilla O", "gru W_z"],
            "quantile": [0.05, 0.25, 0.5, 0.75, 0.95],
        },
    )


def make_grid(sizes, lengths, rate=0.0):
    lengths = np.asarray(lengths)
    mean = np.sqrt(np.asarray(sizes, float))[:, None] * np.exp(-rate * lengths)[None]
    dims = ("hidden_size", "length")
    return xr.Dataset(
        {
            "discrepancy": (dims, mean),
            "interval_low": (dims, mean * 0.9),
            "interval_high": (dims, mean * 1.1),
            "quantile_value": (
                (*dims, "quantile"),
                np.stack([mean * 0.5, mean * 0.8], -1),
            ),
        },
        {"hidden_size": list(sizes), "length": lengths, "quantile": [0.25, 0.5]},
        {"largest_half_width": 0.123},
    )


@pytest.fixture
def runs():
    nan = np.nan
    return xr.Dataset(
        {
            "mean_error": (
                ("run", "epoch"),
                [[30, 5, 4.1], [29, 4.7, 3.6], [6.7, 3.4, nan]],
            ),
            "published": (
                ("run", "epoch"),
                [[30, nan, 4.1], [29, nan, 3.6], [6.7, 3.4, nan]],
            ),
            "floor": ("run", [3.5, 3.5, 3.1]),
            "merged_floor": ("run", [4.0, 4.0, nan]),
        },
        {"run": ["vanilla", "gru", "reber"], "epoch": [0, 1, 2]},
    )


KINDS = {
    "network": lambda _: network(4, 5, 1),
    "automaton": lambda _: automaton(COIN),
    "outputs": lambda data: outputs(data("answers"), title="outputs"),
    "hidden": lambda data: hidden(data("states"), title="hidden"),
    "confusion": lambda data: confusion(data("pair"), title="confusion"),
    "gradients": lambda data: figure_nine(
        data("gradients").isel(epoch=[-1]), ranges=(4, 0.0005)
    ),
    "surface": lambda _: surface(make_grid([1, 5, 10], range(1, 9)), title="D"),
    "training": lambda data: training_curves(data("runs")),
}


# heatmaps


def test_outputs_show_numbers_letters_and_legal_cells(answers):
    left, right, bar = outputs(answers, title="Fig. 3").axes
    assert texts(right) == ["0.00", "0.50", "0.50", "0.00", "0.00", "1.00"]
    assert texts(left) == [
        f"{value + 0.0:.2f}".replace("-0.00", "0.00")
        for value in answers["output"].values.ravel()
    ]
    assert tick_labels(left.yaxis) == ["B", "BTX"]
    assert tick_labels(left.xaxis) == ["B", "T", "P"]
    assert len(left.patches) == 3
    assert not right.patches
    assert left.get_ylim()[0] > left.get_ylim()[1], "the first word stands on top"
    np.testing.assert_array_equal(
        left.collections[0].get_array(), answers["output"].values
    )
    assert bar.get_ylim() == (0, 1)


def test_outputs_take_dims_in_any_order(answers):
    assert (
        texts(outputs(answers.transpose("symbol", "word"), title="").axes[1])[1]
        == "0.50"
    )


def test_hidden_groups_words_by_state(states):
    axes = hidden(states, title="Fig. 4").axes[0]
    assert tick_labels(axes.yaxis) == ["BT", "BTS", "B"]
    assert tick_labels(axes.yaxis, minor=True) == ["q1", "q0"]
    assert texts(axes) == ["0.00", "0.10", "0.40", "0.50", "0.20", "0.30"]


def test_scale_follows_the_sign():
    assert value_scale(np.array([0.0, 0.9])).get_clim() == (0, 1)
    assert value_scale(np.array([-0.1, 0.9])).get_clim() == (-1, 1)


def test_confusion_shows_both_networks_and_their_distances(pair):
    vanilla, _, gru, _, difference = confusion(pair, title="Fig. 8").axes
    assert (
        vanilla.get_title(loc="left")
        == "Vanilla, k = 3: distance of the two vectors 0.0004"
    )
    assert gru.get_title(loc="left") == "GRU, k = 2: distance of the two vectors 1"
    assert texts(vanilla)[-3:] == ["0.00", "4e-4", "0.00"]
    assert texts(gru) == ["-0.50", "0.20", "0.50", "0.20", "1.00", "0.00"]
    assert difference.get_ylim() == (0, 1)
    assert tick_labels(gru.xaxis) == ["0", "1"]


def test_confusion_of_equal_vectors(pair):
    figure = confusion(xr.zeros_like(pair), title="")
    assert figure.axes[-1].get_ylim() == (0, 1)


# gradients


def test_figure_nine_has_published_and_absolute_views(gradients):
    figure = figure_nine(gradients, ranges=(4, 0.5, 0.002, 0.0005))
    published, below = figure.axes[:4], figure.axes[4:]
    assert [axes.get_xlim()[1] for axes in published] == [4, 0.5, 0.002, 0.0005]
    assert len(below) == 6
    top, bottom = figure.subfigs
    assert "epoch 20, the negative half dropped" in top.get_suptitle()
    assert bottom.get_suptitle().startswith("Absolute values")
    left, right = below[0], below[1]
    assert (
        "KS distance 0.2 [0.1, 0.3]; ratio of medians 2 [1.5, 2.5]"
        in left.get_title(loc="left")
    )
    legend = [text.get_text() for text in left.get_legend().get_texts()]
    assert legend == ["Vanilla, 6.2 % exactly 0", "GRU, none exactly 0"]
    assert tick_labels(right.xaxis) == ["$U_{h}$", "$O$", "$W_{z}$"]
    assert texts(right) == ["Vanilla", "GRU"]


def test_histograms_hold_every_gradient_once(gradients):
    figure = figure_nine(gradients, ranges=(1e9,))
    last = gradients["gradient"].isel(epoch=-1).values
    for stairs, network_values in zip(
        figure.axes[0].patches[::2], (last[:, :4], last[:, 4:]), strict=True
    ):
        assert stairs.get_data().values.sum() == pytest.approx(
            np.mean(network_values >= 0)
        )
    for stairs, network_values in zip(
        figure.axes[5].patches[::2], (last[:, :4], last[:, 4:]), strict=True
    ):
        assert stairs.get_data().values.sum() == pytest.approx(
            np.mean(network_values != 0)
        )


def test_tiny_gradients_are_counted_in_the_first_bin(gradients):
    gradients["gradient"][0, 0, -1] = 1e-40
    figure = figure_nine(gradients, ranges=(4,))
    assert "first bin: 0.7 % are smaller still" in figure.axes[-2].get_xlabel()


def test_gradients_all_zero_can_be_drawn(gradients):
    figure = figure_nine(xr.zeros_like(gradients), ranges=(4,))
    assert "100.0 % exactly 0" in figure.axes[1].get_legend().get_texts()[0].get_text()


def test_quantile_bars_of_every_epoch_fit_on_the_shared_axis(gradients):
    gradients["parameter_quantile"] = gradients["parameter_quantile"] * xr.DataArray(
        [100.0, 1.0, 0.01], dims="epoch"
    )
    highest = float(gradients["parameter_quantile"].max())
    for axes in figure_nine(gradients, ranges=(4,)).axes[2::2]:
        assert axes.get_ylim()[1] > highest


def test_figure_nine_needs_a_range(gradients):
    with pytest.raises(SettingError, match="at least one range; got none"):
        figure_nine(gradients, ranges=())


# surfaces


def test_surface_has_a_solid_and_curves():
    grid = make_grid(range(1, 21), range(1, 6))
    solid, curves = surface(grid, title="Fig. 11").axes
    assert (solid.get_xlabel(), solid.get_ylabel(), solid.get_zlabel()) == (
        "length l",
        "hidden size k",
        "D(l,k)",
    )
    named = [line for line in curves.lines if line.get_label().startswith("k")]
    assert [line.get_label() for line in named] == [
        "k = 1",
        "k = 5",
        "k = 10",
        "k = 20",
    ]
    np.testing.assert_array_equal(
        named[1].get_ydata(), grid["discrepancy"].sel(hidden_size=5)
    )
    assert sum(line.get_linestyle() == ":" for line in curves.lines) == 4
    assert len(curves.collections) == 4
    assert curves.get_yscale() == "linear"


def test_surface_states_its_largest_half_width():
    assert "0.12" in surface(make_grid([1, 2], [1, 2]), title="").get_supxlabel()


def test_surface_over_decades_gets_a_log_axis():
    assert (
        surface(make_grid([1, 5], range(1, 30), rate=1.0), title="")
        .axes[1]
        .get_yscale()
        == "log"
    )


def test_surface_says_when_an_interval_contains_zero():
    grid = make_grid([1, 5], range(1, 30), rate=1.0)
    assert "contain 0" not in surface(grid, title="").get_supxlabel()
    grid["interval_low"] = grid["interval_low"] - 0.1
    assert (
        "bands that reach the bottom contain 0"
        in surface(grid, title="").get_supxlabel()
    )


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((100, 200, 400), [100, 200, 400]),
        (range(2, 5), [2, 3, 4]),
        ((30,), [30]),
        (range(30, 40), [30, 33, 36, 39]),
    ],
)
def test_surface_of_other_hidden_sizes(sizes, expected):
    curves = surface(make_grid(sizes, [1, 2]), title="").axes[1]
    named = [
        line.get_label() for line in curves.lines if line.get_label().startswith("k")
    ]
    assert named == [f"k = {size}" for size in expected]


@pytest.mark.parametrize("lengths", [[3], range(1, 300)])
def test_surface_of_one_length_and_of_many(lengths, tmp_path):
    save(surface(make_grid([1, 5], lengths), title=""), tmp_path / "surface")


def test_surface_without_medians_or_memory():
    curves = surface(
        xr.zeros_like(make_grid([1, 5], [1, 2])).drop_vars("quantile_value"), title=""
    ).axes[1]
    assert len(curves.lines) == 2


# training


def test_training_curves_show_runs_floors_and_published_points(runs):
    axes = training_curves(runs).axes[0]
    assert texts(axes) == ["floor 3.1", "floor 3.5", "floor without outer symbol 4"]
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == ["vanilla", "gru", "reber", "published"]
    np.testing.assert_array_equal(axes.lines[0].get_xdata(), [1, 2, 3])
    np.testing.assert_array_equal(
        axes.lines[1].get_ydata(), runs["published"].values[0]
    )
    assert axes.lines[1].get_marker() == "o"


def test_training_curves_without_published_points(runs):
    legend = training_curves(runs.drop_vars("published")).axes[0].get_legend()
    assert len(legend.get_texts()) == 3


def test_near_floors_keep_their_names_apart(runs):
    runs["floor"] = ("run", [3.5, 3.501, 3.502])
    heights = [text.get_position()[1] for text in training_curves(runs).axes[0].texts]
    assert np.diff(heights).min() > 0.04


# errors


@pytest.mark.parametrize(
    ("draw", "missing"),
    [
        (lambda ds: outputs(ds, title=""), "word"),
        (lambda ds: hidden(ds, title=""), "word"),
        (lambda ds: confusion(ds, title=""), "word"),
        (lambda ds: figure_nine(ds, ranges=(4,)), "epoch"),
        (lambda ds: surface(ds, title=""), "hidden_size"),
        (training_curves, "run"),
    ],
)
def test_missing_variables_are_named(draw, missing):
    with pytest.raises(
        SettingError,
        match=rf"expected the variable `{missing}\({missing}\)`; the Dataset has none",
    ):
        draw(xr.Dataset())


def test_wrong_dims_are_named(answers):
    with pytest.raises(
        SettingError, match=r"`output\(word, symbol\)`; got dims \(word\)"
    ):
        outputs(
            answers.assign(output=answers["output"].isel(symbol=0, drop=True)), title=""
        )


def test_missing_attributes_are_named(pair):
    with pytest.raises(
        SettingError, match="attribute `largest_half_width`; the Dataset has none"
    ):
        surface(make_grid([1], [1]).drop_attrs(), title="")
    del pair.attrs["gru_distance"]
    with pytest.raises(
        SettingError, match="attribute `gru_distance`; the Dataset has vanilla_distance"
    ):
        confusion(pair, title="")


# style and saving


def test_ink_and_names():
    assert [ink_on(colour) for colour in ("white", "black", "#fde725", "#440154")] == [
        "black",
        "white",
        "black",
        "white",
    ]
    assert [network_name(name) for name in ("gru", "vanilla", "mine")] == [
        "GRU",
        "Vanilla",
        "mine",
    ]
    assert symbol("b_O") == "$b_{O}$"


@pytest.mark.parametrize("kind", KINDS)
def test_saving_twice_gives_the_same_bytes(kind, request, tmp_path):
    before = dict(matplotlib.rcParams)
    picture = KINDS[kind](request.getfixturevalue)
    for attempt in ("first", "second"):
        save(picture, tmp_path / f"figure.{attempt}")
    for ending in ("svg", "png"):
        first, second = (
            (tmp_path / f"figure.{attempt}.{ending}").read_bytes()
            for attempt in ("first", "second")
        )
        assert first == second, ending
    assert (
        ElementTree.parse(tmp_path / "figure.first.svg").getroot().tag.endswith("svg")
    )
    assert first.startswith(b"\x89PNG")
    assert dict(matplotlib.rcParams) == before


def test_a_figure_built_twice_gives_the_same_bytes(tmp_path, answers):
    for name in ("first", "second"):
        save(outputs(answers, title="outputs"), tmp_path / name)
    assert (tmp_path / "first.svg").read_bytes() == (
        tmp_path / "second.svg"
    ).read_bytes()


def test_long_words_are_not_cut_off(tmp_path, states):
    """The layout is settled at the resolution of the PNG: nothing but paper along its edges."""
    states["word"] = ["B", "BPTTTTVPXTTVPXTTTTTTTTTVPXVPX", "BT"]
    save(hidden(states, title="hidden"), tmp_path / "hidden")
    pixels = imread(tmp_path / "hidden.png")[..., :3]
    for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]):
        assert (edge == 1).all()


def test_drawing_leaves_the_graph_as_it_was(tmp_path):
    graph = automaton(COIN)
    before = graph.to_string()
    save(graph, tmp_path / "reber")
    assert graph.to_string() == before


def test_save_says_what_it_cannot_write(tmp_path):
    with pytest.raises(OutputError, match=r"can't write .*missing.*No such file"):
        save(network(1, 1, 1), tmp_path / "missing" / "figure")


def test_names_in_titles_are_short_and_visible():
    assert short("x" * 60) == "x" * 60
    assert short("(" + "x" * 59 + ")") == "(" + "x" * 29 + "…" + "x" * 28 + ")"
    assert len(short("x" * 10_000)) == 60
    assert (
        short("two\nlines\x00\x1b[31m")
        == "two lines\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}[31m"
    )
