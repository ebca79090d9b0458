"""Oracles first: published words and logs, closed forms, finite differences, a slow twin of D(l,k)."""

import jax
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree

from firstbit.cells import CELLS, GRU, Network, Readout, Vanilla, cell_by_name
from firstbit.errors import (
    CellError,
    LanguageError,
    OutputError,
    SettingError,
    WordError,
)
from firstbit.files import replaced_folder, save, write_whole
from firstbit.languages import (
    Language,
    copies_merged,
    embedded_reber,
    entropy,
    full_floor,
    language_by_name,
    loss_of_truth,
    mean_length,
    merged_floor,
    one_hot,
    reber,
    sample,
    sample_floor,
    window_floor,
)
from firstbit.memory.discrepancy.discrepancy import discrepancy
from firstbit.memory.gradients.pooled import hidden_gradients, weight_gradients
from firstbit.paper import published
from firstbit.paper.legacy import embedded_reber_draws, reber_draws
from firstbit.plots import automaton
from firstbit.plots import save as save_figure
from firstbit.plots.paper import network
from firstbit.training import (
    Examples,
    FixedWords,
    Published,
    fit,
    loss_and_gradient,
    next_symbol_examples,
)


def test_published_words_come_from_the_legacy_generator():
    assert reber_draws().words == published.words("reber")
    assert embedded_reber_draws().words == published.words("embedded_reber")


def test_floors_are_the_known_numbers():
    assert [window_floor(reber(), m) for m in range(4)] == pytest.approx(
        [81 / 14, 113 / 24, 3, 3], abs=1e-12
    )
    known = [203 / 22, 7.55, 4.75, 4, 4, 4, 3.875, 3.78125, 3.71875]
    assert [window_floor(embedded_reber(), m) for m in range(9)] == pytest.approx(
        known, abs=1e-12
    )
    assert merged_floor(
        embedded_reber(), copies_merged(embedded_reber())
    ) == pytest.approx(4, abs=1e-12)
    assert (
        full_floor(reber()),
        mean_length(reber()),
        entropy(reber()),
    ) == pytest.approx((3, 8, 6), abs=1e-12)
    words = published.words("embedded_reber")
    assert loss_of_truth(embedded_reber(), words) == pytest.approx(3.515625)
    assert loss_of_truth(
        embedded_reber(), words, copies_merged(embedded_reber())
    ) == pytest.approx(4.015625)
    assert sample_floor(embedded_reber(), words, by="state") == pytest.approx(
        3.4938, abs=1e-4
    )
    assert sample_floor(
        reber(), published.words("reber"), by="prefix"
    ) == pytest.approx(2.6388, abs=1e-4)


def test_languages_refuse_what_is_wrong():
    with pytest.raises(
        WordError,
        match="line 1: 'BTSSE', position 5: letter 'E' is not legal in state q1; "
        "expected one of S X",
    ):
        reber().check(["BTSSE"])
    with pytest.raises(
        WordError, match="position 2: letter 'Z' is not in the alphabet"
    ):
        reber().path("BZ")
    with pytest.raises(WordError, match="the word ends in state q1"):
        reber().check(["BT"])
    with pytest.raises(LanguageError, match="did you mean 'reber'"):
        language_by_name("rebr")
    with pytest.raises(LanguageError, match="regular expression"):
        Language.from_regex("((")
    with pytest.raises(LanguageError, match=r"no word can end|sum to"):
        Language.from_transitions(
            {"s": {"0": "t"}, "t": {"0": "t"}}, start="s", final=[]
        )
    with pytest.raises(SettingError, match="num_words"):
        sample(reber(), 0, seed=0)
    with pytest.raises(WordError, match="line 1"):
        one_hot(["Z"], "AB")


def test_end_marker_and_samples():
    maybe = Language.from_regex("a*")
    assert maybe.next_symbols("a") == {"a": 0.5, "$": 0.5}
    assert all(
        embedded_reber().accepts(word) for word in sample(embedded_reber(), 200, seed=1)
    )


@pytest.mark.parametrize("which", ["vanilla", "gru"])
def test_bptt_agrees_with_reverse_mode_and_finite_differences(which):
    draws = embedded_reber_draws()
    net: Network = draws.starts[which]
    inputs, lengths = one_hot(draws.words[:3], embedded_reber().alphabet)
    reference = weight_gradients(net, inputs, lengths)
    with jax.enable_x64(True):
        net = jax.tree.map(jax.numpy.asarray, net)
        words = jax.tree.map(
            jax.numpy.asarray, next_symbol_examples(embedded_reber(), draws.words[:3])
        )
        word = [Examples(*[array[i] for array in words]) for i in range(3)]
        for i in range(3):
            _, gradient = jax.jit(loss_and_gradient)(net, word[i])
            flat = np.concatenate([np.ravel(g) for g in gradient.parameters().values()])
            other = np.concatenate([g[i] for g in reference.values()])
            assert np.linalg.norm(flat - other) < 1e-12 * np.linalg.norm(other)
        parameters, unravel = ravel_pytree(net)
        step = 1e-5
        loss = jax.jit(
            jax.vmap(lambda flat: loss_and_gradient(unravel(flat), word[2])[0])
        )
        steps = step * np.eye(len(parameters))
        differences = (loss(parameters + steps) - loss(parameters - steps)) / (2 * step)
        exact, _ = ravel_pytree(gradient)
        assert np.linalg.norm(differences - exact) < 1e-6 * np.linalg.norm(exact)
    norms = hidden_gradients(
        draws.starts[which],
        *one_hot(draws.words[:3], embedded_reber().alphabet),
        predicted=2,
    )
    assert np.isfinite(norms[0]).sum() == len(draws.words[0]) - 2


@pytest.mark.slow
@pytest.mark.parametrize("which", ["vanilla", "gru"])
def test_embedded_logs_equal_the_published_ones(which):
    draws, log = embedded_reber_draws(), published.logs()[f"embedded_reber_{which}"]
    done = fit(
        draws.starts[which],
        FixedWords(embedded_reber(), draws.words),
        Published(log["learning_rate"]),
    )
    assert done.stopped is None
    for line in log["log"]:
        assert abs(done.log[line["epoch"]].mean_error - line["mean_error"]) < 5e-7


@pytest.mark.slow
def test_reber_log_and_early_stop_equal_the_published_ones():
    draws, log = reber_draws(), published.logs()["reber_vanilla"]
    done = fit(
        draws.starts["vanilla"],
        FixedWords(reber(), draws.words),
        Published(log["learning_rate"]),
        snapshots=(0,),
    )
    for line in [*log["log"], log["stopped"]]:
        assert abs(done.log[line["epoch"]].mean_error - line["mean_error"]) < 5e-7
    assert done.stopped is not None
    assert done.stopped.epoch == 778
    assert set(done.snapshots) == {0, 779}


def test_settings_out_of_range():
    with pytest.raises(SettingError, match="`length` must be at least 1"):
        discrepancy(
            Vanilla, hidden_sizes=[1], length=0, num_draws=2, key=jax.random.key(0)
        )
    with pytest.raises(SettingError, match="different hidden sizes"):
        discrepancy(
            Vanilla, hidden_sizes=[], length=1, num_draws=2, key=jax.random.key(0)
        )
    with pytest.raises(SettingError, match="unknown initializer"):
        discrepancy(
            Vanilla,
            hidden_sizes=[1],
            length=1,
            num_draws=2,
            initializer="norm",
            key=jax.random.key(0),
        )
    with pytest.raises(CellError, match="did you mean 'gru'"):
        cell_by_name("gro")
    with pytest.raises(CellError, match="expected the parameters"):
        GRU.from_parameters(U_h=np.zeros((2, 2)))
    with pytest.raises(SettingError, match="above 0"):
        Published(0.0)
    assert set(CELLS) == {"vanilla", "gru", "lstm"}
    assert Readout(np.ones((2, 3)))(np.ones(3)).tolist() == [3.0, 3.0]


def test_folders_are_replaced_whole_or_not_at_all(tmp_path):
    folder = tmp_path / "out"
    for text in ("one", "two"):
        with replaced_folder(folder, marker="paper.json") as fresh:
            (fresh / "paper.json").write_text(text)
    with pytest.raises(KeyboardInterrupt), replaced_folder(folder, marker="paper.json"):
        raise KeyboardInterrupt
    assert (folder / "paper.json").read_text() == "two"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    with (
        pytest.raises(OutputError, match=r"no paper\.json"),
        replaced_folder(tmp_path / "mine", marker="paper.json"),
    ):
        pass
    with pytest.raises(OutputError, match="file name"):
        write_whole(tmp_path, str)
    d = discrepancy(
        Vanilla, hidden_sizes=[2], length=2, num_draws=2, key=jax.random.key(0)
    )
    save(d, tmp_path / "d.nc")
    assert (tmp_path / "d.nc").is_file()


def test_pictures_are_written(tmp_path):
    save_figure(automaton(reber()), tmp_path / "a")
    save_figure(network(4, 5, 1), tmp_path / "n")
    assert len(list(tmp_path.iterdir())) == 4
