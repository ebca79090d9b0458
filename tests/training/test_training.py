"""Many seeds by any rule: oracles in NumPy, the same bits however they are computed, killed runs, bad input."""

from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import firstbit
from firstbit.cells import (
    GRU,
    LSTM,
    Network,
    Readout,
    Vanilla,
    cross_entropy,
    run,
    squared_error,
)
from firstbit.errors import CellError, OutputError, SettingError, WordError
from firstbit.languages import (
    Language,
    Stream,
    embedded_reber,
    fresh_words,
    full_floor,
    named_floors,
    named_plateau,
    one_hot,
    reber,
    sample,
    true_probabilities,
)
from firstbit.languages.words.lags import lags
from firstbit.languages.words.long_words import long_words
from firstbit.training import (
    FixedWords,
    Modern,
    Published,
    Task,
    batch_loss_and_gradient,
    criteria,
    encoded,
    fit,
    loss_and_gradient,
    seeds,
    train_seeds,
)
from firstbit.training import task as training_task
from firstbit.training.words import FreshWords

KEY = jax.random.key(5)
WORDS = tuple(sample(reber(), 12, seed=3))
VANILLA = partial(Vanilla, use_bias=True)


def task(rule=None, **options):
    rule = rule or Published(0.05, max_epochs=4)
    usual = {
        "cell": VANILLA,
        "language": reber(),
        "hidden_size": 3,
        "key": KEY,
        "words": WORDS,
    }
    return Task(**usual | {"rule": rule} | options)


def arrays(training):
    return [
        np.asarray(leaf)
        for leaf in jax.tree.leaves(eqx.filter(training.network, eqx.is_array))
    ]


def same(one, other):
    return one.log == other.log and all(
        np.array_equal(a, b) for a, b in zip(arrays(one), arrays(other), strict=True)
    )


class Affine(eqx.Module):
    """A cell of a user's own: other names, a state that it learns to start from, an array that is not trained."""

    weight: jax.Array
    first: jax.Array
    count: jax.Array
    hidden_size: int = eqx.field(static=True)

    def __init__(self, input_size, hidden_size, *, key):
        self.weight = jax.random.normal(key, (hidden_size, input_size + hidden_size))
        self.first, self.count, self.hidden_size = (
            0.1 * jnp.ones(hidden_size),
            jnp.arange(2),
            hidden_size,
        )

    def initial_state(self):
        return {"h": self.first, "slow": jnp.zeros(self.hidden_size)}

    def __call__(self, x, state):
        h = jnp.tanh(self.weight @ jnp.concatenate([x, state["h"]]))
        return {"h": h + state["slow"], "slow": 0.5 * (state["slow"] + h)}


CELLS = {
    "vanilla": VANILLA,
    "gru": GRU,
    "lstm": LSTM,
    "eqx lstm": eqx.nn.LSTMCell,
    "own": Affine,
}


# ---- gradients


@pytest.mark.parametrize(
    ("name", "loss"),
    [
        ("gru", cross_entropy),
        ("lstm", squared_error),
        ("eqx lstm", cross_entropy),
        ("own", cross_entropy),
    ],
)
def test_back_propagation_through_any_state_equals_reverse_mode(name, loss):
    with jax.enable_x64(True):
        words = jax.tree.map(jnp.asarray, encoded(WORDS[:4], reber()))
        net = Network(
            CELLS[name](7, 3, key=KEY),
            Readout(jax.random.normal(KEY, (7, 3)), jnp.zeros(7)),
        )
        trained, fixed = eqx.partition(net, eqx.is_inexact_array)

        def total(trained, inputs, targets, num_steps):
            outputs = run(eqx.combine(trained, fixed), inputs)[1]
            each = jax.vmap(loss)(outputs, targets)
            return jnp.sum(jnp.where(jnp.arange(len(each)) < num_steps, each, 0.0))

        reverse_mode = jax.jit(jax.value_and_grad(total))
        expected = [
            reverse_mode(trained, *[part[i] for part in words]) for i in range(4)
        ]
        for i, (value, gradient) in enumerate(expected):
            close(
                eqx.filter_jit(loss_and_gradient)(
                    net, *[part[i] for part in words], loss
                ),
                (value, gradient),
            )
        summed = jax.tree.map(lambda *parts: sum(parts), *expected)
        by_time = (
            jnp.moveaxis(words.inputs, 0, 2),
            jnp.moveaxis(words.targets, 0, 2),
            words.num_steps,
        )
        close(eqx.filter_jit(batch_loss_and_gradient)(net, *by_time, loss), summed)


def close(got, expected):
    got, expected = (
        np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(tree)])
        for tree in (got, expected)
    )
    assert np.linalg.norm(got - expected) < 1e-13 * np.linalg.norm(expected)


def test_modern_epoch_equals_a_plain_loop_over_minibatches():
    rule, language = Modern(0.02, batch_size=5, clip=0.1, max_epochs=1), reber()
    start = task(rule).network(0)
    got = fit(start, FixedWords(language, WORDS), rule)
    with jax.enable_x64(True):
        net = jax.tree.map(lambda leaf: jnp.asarray(leaf, float), start)
        optimizer = optax.chain(optax.clip_by_global_norm(0.1), optax.adam(0.02))
        state, losses, gradient_of = (
            optimizer.init(net),
            [],
            eqx.filter_jit(loss_and_gradient),
        )
        words = jax.tree.map(jnp.asarray, encoded(WORDS, language))
        for first in (0, 5, 10):
            batch = [
                [part[i] for part in words] for i in range(first, min(first + 5, 12))
            ]
            results = [gradient_of(net, *word, cross_entropy) for word in batch]
            losses += [float(loss) for loss, _ in results]
            mean = jax.tree.map(
                lambda *parts: sum(parts) / len(parts),
                *[gradient for _, gradient in results],
            )
            step, state = jax.jit(optimizer.update)(mean, state)
            net = optax.apply_updates(net, step)
        assert got.log[0].mean_error == pytest.approx(np.mean(losses), rel=1e-12)
        close(got.network, net)


def test_the_rate_falls_by_a_cosine_or_stays():
    rates = [epoch.learning_rate for epoch in fit_modern(schedule="cosine").log]
    assert rates == pytest.approx(
        [0.02 * (1 + np.cos(np.pi * e / 4)) / 2 for e in range(4)]
    )
    assert [epoch.learning_rate for epoch in fit_modern().log] == [0.02] * 4


def fit_modern(**options):
    return fit(
        task().network(0),
        FixedWords(reber(), WORDS),
        Modern(0.02, max_epochs=4, **options),
    )


def test_the_end_marker_is_predicted_where_there_is_one():
    maybe = Language.from_regex("a*b?")
    words = encoded(["ab", "a"], maybe)
    assert words.num_steps.tolist() == [2, 1]
    assert words.targets[0, :2].argmax(axis=1).tolist() == [1, 2]
    assert words.targets[1, :1].argmax(axis=1).tolist() == [2]
    assert words.inputs.shape[2] == 2
    d = firstbit.train(
        VANILLA,
        maybe,
        hidden_size=2,
        rule=Modern(max_epochs=1),
        num_seeds=1,
        num_words=4,
        key=KEY,
    )
    assert np.isfinite(d.loss.values).all()


# ---- many seeds


def test_a_seed_does_not_depend_on_the_others_or_on_threads():
    three = train_seeds(task(), 3, workers=1)
    assert all(
        same(a, b)
        for a, b in zip(train_seeds(task(), 2, workers=2), three[:2], strict=True)
    )
    assert not same(three[0], three[1])


SIDE_BY_SIDE = {
    "as published": (VANILLA, 18),
    "erf": (partial(Vanilla, activation="erf"), 5),
    "gru": (partial(GRU, use_bias=True), 10),
    "reset after": (partial(GRU, reset="after"), 5),
    "lstm": (partial(LSTM, use_bias=True), 8),
    "one unit": (VANILLA, 1),  # by itself
    "longest sums": (partial(Vanilla, activation="tanh"), 32),
}


@pytest.mark.parametrize("name", SIDE_BY_SIDE)
def test_networks_side_by_side_are_each_the_network_by_itself_to_the_bit(name):
    cell, hidden_size = SIDE_BY_SIDE[name]
    one = task(
        Published(0.01, max_epochs=3, tolerance=0),
        cell=cell,
        hidden_size=hidden_size,
        words=WORDS[:6],
    )
    seventeen = train_seeds(one, 17, workers=1)  # sixteen together, and one after them
    assert all(
        same(a, b)
        for a, b in zip(train_seeds(one, 3, workers=1), seventeen, strict=False)
    )
    assert same(train_seeds(one, 1)[0], seventeen[0])
    for seed in (2, 16):
        alone = fit(one.network(seed), one.words_of(seed), one.rule)
        assert alone.log[-1].mean_error < alone.log[0].mean_error
        close(alone.network, seventeen[seed].network)


def test_places_of_runs_that_end_early_go_to_others():
    one = task(
        Published(0.02, max_epochs=12, tolerance=0.3), hidden_size=5
    )  # rises or settles at once in some seeds
    many = train_seeds(one, 24, workers=1)
    assert len({len(training.log) for training in many}) > 2
    for seed in (0, 7, 20, 23):
        alone = fit(one.network(seed), one.words_of(seed), one.rule)
        assert len(alone.log) == len(many[seed].log)
        close(alone.network, many[seed].network)


class FromAHalf(eqx.Module):
    """A Vanilla cell that tells its own start."""

    cell: Vanilla

    def __init__(self, input_size, hidden_size, *, key):
        self.cell = VANILLA(input_size, hidden_size, key=key)

    def initial_state(self):
        return jnp.full(self.cell.hidden_size, 0.5)

    def __call__(self, x, h):
        return self.cell(x, h)


def test_an_initial_state_given_is_that_of_a_cell_that_tells_its_own():
    usual = {
        "language": reber(),
        "hidden_size": 3,
        "rule": Published(0.05, max_epochs=3),
        "words": WORDS,
        "key": KEY,
    }
    given = firstbit.train(
        VANILLA,
        num_seeds=2,
        initial_state=lambda _: np.full(3, 0.5, np.float32),
        **usual,
    )
    own = firstbit.train(FromAHalf, num_seeds=2, **usual)
    zero = firstbit.train(VANILLA, num_seeds=2, **usual)
    assert np.array_equal(given.loss, own.loss)
    assert np.array_equal(given.squared_distance, own.squared_distance)
    assert not np.array_equal(given.loss, zero.loss)


def test_an_initial_state_that_does_not_fit_is_refused(tmp_path):
    with pytest.raises(CellError, match="fails in its first step"):
        task(initial_state=lambda _: jnp.zeros(4))
    train_seeds(task(), 1, resume=tmp_path)
    with pytest.raises(OutputError, match="initial_state = "):
        train_seeds(
            task(initial_state=lambda cell: jnp.ones(cell.hidden_size)),
            1,
            resume=tmp_path,
        )


def test_killed_runs_go_on_to_the_same_bits(tmp_path, monkeypatch):
    monkeypatch.setattr(seeds, "SECONDS_BETWEEN_CHECKPOINTS", 0.0)
    rules = [
        (Published(0.05, max_epochs=6), WORDS),
        (Modern(max_epochs=6, schedule="cosine"), None),
    ]
    for number, (rule, words) in enumerate(rules):
        one = task(rule, words=words, num_words=8, snapshots=(0, 3))
        expected = train_seeds(one, 2)
        folder = tmp_path / str(number)
        for calls in (1, 4, 3):
            with pytest.raises(KeyboardInterrupt):
                train_seeds(
                    one, 2, workers=1, resume=folder, progress=interrupted_at(calls)
                )
        got = train_seeds(one, 2, resume=folder)
        assert all(same(a, b) for a, b in zip(got, expected, strict=True))
        assert all(set(a.snapshots) == {0, 3, 6} for a in got)
        assert same(train_seeds(one, 1, resume=folder)[0], expected[0])


def interrupted_at(calls):
    count = iter(range(calls))

    def progress(*_):
        if next(count, None) is None:
            raise KeyboardInterrupt

    return progress


def test_other_configurations_and_damaged_files_are_refused(tmp_path):
    train_seeds(task(), 1, resume=tmp_path)
    with pytest.raises(OutputError, match="hidden_size = 4, got 3"):
        train_seeds(task(hidden_size=4), 1, resume=tmp_path)
    with pytest.raises(OutputError, match="expected rule ="):
        train_seeds(task(Published(0.04)), 1, resume=tmp_path)
    path = tmp_path / "seed-00000.npz"
    whole = path.read_bytes()
    for content in (whole[: len(whole) // 2], b"", b"\x80\x04cos\nsystem\n"):
        path.write_bytes(content)
        with pytest.raises(
            OutputError, match="truncated, or of another kind; remove it"
        ):
            train_seeds(task(), 1, resume=tmp_path)
    np.savez(path, x=np.array([print], dtype=object))
    with pytest.raises(OutputError, match="truncated, or of another kind"):
        train_seeds(task(), 1, resume=tmp_path)
    np.savez(path, mean_error=np.zeros(1))
    with pytest.raises(OutputError, match="expected a checkpoint"):
        train_seeds(task(), 1, resume=tmp_path)
    path.write_bytes(whole)
    with np.load(path) as arrays:
        kept = dict(arrays)
    for name, content, reason in (
        ("solved", np.array(4), "epoch 4 solved, of 4"),
        ("stopped", np.array(99), "epoch 99 stopped, of 4"),
        ("snapshot ", np.zeros(2), "list index out of range"),
        ("snapshot 5 0", np.zeros(2), "a snapshot after 5 epochs, of 4"),
    ):
        np.savez(path, **kept | {name: content})
        with pytest.raises(
            OutputError,
            match=f"expected a checkpoint of this training, got .*: {reason}; remove "
            "it",
        ):
            train_seeds(task(), 1, resume=tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    with pytest.raises(OutputError, match=r"no settings\.json"):
        train_seeds(task(), 1, resume=tmp_path / "mine")


def test_a_checkpoint_of_another_version_is_refused(tmp_path, monkeypatch):
    train_seeds(task(), 1, resume=tmp_path)
    monkeypatch.setattr(training_task, "version", lambda _: "0.0.1")
    with pytest.raises(OutputError, match=r"expected firstbit = 0\.0\.1, got "):
        train_seeds(task(), 1, resume=tmp_path)


def test_a_seed_that_diverges_is_marked_and_the_others_go_on():
    d = firstbit.train(
        partial(Vanilla, activation="identity"),
        reber(),
        hidden_size=3,
        rule=Published(0.002, max_epochs=4),
        words=WORDS,
        num_seeds=8,
        key=KEY,
    )
    lost = np.isfinite(d.diverged_epoch.values)
    assert 0 < lost.sum() < 8
    assert np.isfinite(d.loss.values[~lost]).all()
    assert not d.solved.values[lost].any()
    assert np.isnan(d.squared_distance.values[lost]).all()


# ---- criteria


def network_of_truth(language):
    """A cell whose state is the automaton's, and a read-out that gives the true probabilities."""
    return Network(Automaton(language), Readout(jnp.asarray(language.next_output.T)))


class Automaton(eqx.Module):
    moves: np.ndarray
    hidden_size: int = eqx.field(static=True)

    def __init__(self, language):
        size = len(language.states)
        self.moves = np.zeros((len(language.alphabet), size, size))
        for state, symbol, target, _ in language.edges():
            numbers = language.states.index(target), language.states.index(state)
            self.moves[(language.alphabet.index(symbol), *numbers)] = 1.0
        self.hidden_size = size

    def initial_state(self):
        return jnp.eye(self.hidden_size)[0]

    def __call__(self, x, state):
        return jnp.einsum("a,aij,j->i", x, jnp.asarray(self.moves), state)


@pytest.mark.parametrize(
    "language",
    [reber(), embedded_reber(), Language.from_regex("a*b?")],
    ids=lambda one: one.name,
)
def test_the_automaton_itself_passes_every_criterion(language):
    net = network_of_truth(language)
    assert criteria.solves(net, language)
    assert criteria.squared_distance(net, language) == pytest.approx(0, abs=1e-14)
    assert criteria.divergence(net, language) == pytest.approx(0, abs=1e-4)
    assert criteria.loss_above_floor(net, language) == pytest.approx(0, abs=1e-12)
    assert (criteria.long_range_accuracy(net, language) == 1).all()


def test_who_forgets_the_outer_symbol_sits_on_the_merged_floor():
    language = embedded_reber()
    net = network_of_truth(language)
    table = language.next_output.copy()
    last = [language.states.index(f"{outer}:end") for outer in "TP"]
    table[last] = table[last].mean(axis=0)
    forgetful = eqx.tree_at(lambda n: n.readout.O, net, jnp.asarray(table.T))
    assert not criteria.solves(forgetful, language)
    distance = criteria.squared_distance(forgetful, language)
    assert distance == pytest.approx(0.5, abs=1e-12)
    assert criteria.divergence(forgetful, language) == pytest.approx(1, abs=1e-4)
    assert named_plateau(
        named_floors(language), full_floor(language) + distance
    ).name.startswith("outer symbol lost")
    accuracy = criteria.long_range_accuracy(forgetful, language)
    assert (
        accuracy.sel(lag=5) == 0
    )  # T and P are equally active: not exactly the legal one
    assert accuracy.sel(lag=[0, 1, 2]).values.tolist() == [1, 1, 1]


def test_criteria_equal_a_slow_reading():
    language, words = embedded_reber(), sample(embedded_reber(), 30, seed=8)
    net = task(language=language, words=None, hidden_size=4).network(1)
    inputs, _ = one_hot(words, language.alphabet)
    truth = true_probabilities(language, words)
    squares, bits, excess, passed = [], [], [], True
    for word, x, p in zip(words, inputs, truth, strict=True):
        h = np.zeros(4)
        for t in range(len(word) - 1):
            h = 1 / (
                1
                + np.exp(
                    -(
                        np.asarray(net.cell.U_h) @ x[t]
                        + np.asarray(net.cell.W_h) @ h
                        + np.asarray(net.cell.b_h)
                    )
                )
            )
            y = np.asarray(net.readout.O) @ h + np.asarray(net.readout.b_O)
            q = np.exp(y) / np.exp(y).sum()
            squares.append(((y - p[t]) ** 2).sum())
            bits.append(
                sum(a * np.log2(a / b) for a, b in zip(p[t], q, strict=True) if a)
            )
            excess.append(((y - x[t + 1]) ** 2).sum() - ((p[t] - x[t + 1]) ** 2).sum())
            legal = set(np.flatnonzero(p[t]))
            passed &= set(np.argsort(-y)[: len(legal)]) == legal
    assert criteria.squared_distance(net, language, words) == pytest.approx(
        sum(squares) / 30
    )
    assert criteria.divergence(net, language, words, softmax=True) == pytest.approx(
        sum(bits) / 30
    )
    assert criteria.loss_above_floor(net, language, words) == pytest.approx(
        sum(excess) / 30
    )
    assert criteria.solves(net, language, words) == passed


@pytest.mark.parametrize(
    "language",
    [reber(), embedded_reber(), Language.from_regex("(ab?c|b)*")],
    ids=lambda one: one.name,
)
def test_lags_equal_a_search_over_all_windows(language):
    words = [word for word in sample(language, 15, seed=2) if word]
    found = lags(language, words)
    for row, word in zip(found, words, strict=True):
        for t in range(len(word)):
            if not language.has_end_marker and t == len(word) - 1:
                assert row[t] == -1
                continue
            windows = [word[t - m : t + 1] for m in range(t + 1)]
            tells = [
                m
                for m, window in enumerate(windows)
                if len(predictions_after(language, window)) <= 1
            ]
            assert row[t] == (tells[0] if tells else t)


def predictions_after(language, window):
    rows = set()
    for state in range(len(language.states)):
        for letter in window:
            state = (
                -1
                if state < 0
                else language.transition[state, language.alphabet.index(letter)]
            )
        if state >= 0 and language.next_output[state].any():
            rows.add(tuple(language.next_output[state]))
    return rows


def test_long_words_are_long_and_follow_the_language():
    words = long_words(embedded_reber(), 200, 12, Stream((1, 2)))
    assert lags(embedded_reber(), words).max(axis=1).min() >= 12
    embedded_reber().check(words)
    assert long_words(Language.from_regex("ab|ba"), 10, 2, Stream((0,))) is None


def test_fresh_words_differ_and_repeat():
    words = FreshWords(reber(), 20, Stream((1, 2)), max_length=9)
    assert words.spelt(0) == words.spelt(0) != words.spelt(1)
    assert max(map(len, words.spelt(0))) <= 9
    with pytest.raises(SettingError, match="raise `max_length`"):
        fresh_words(reber(), 3, Stream((0,)), max_length=4)


# ---- the result


@pytest.fixture(scope="module")
def result():
    rule = Modern(0.02, batch_size=4, max_epochs=40)
    options = {"num_seeds": 3, "key": KEY, "num_words": 64, "stop_when_solved": True}
    return firstbit.train(VANILLA, reber(), hidden_size=6, rule=rule, **options)


def test_reber_is_solved_and_told_so(result):
    assert result.solved.values.any()
    first = int(
        np.flatnonzero(
            result.solved.values & np.isfinite(result.epochs_to_solve.values)
        )[0]
    )
    ended = int(np.isfinite(result.loss.values[first]).sum())
    assert result.epochs_to_solve.values[first] == ended
    assert result.symbols_to_solve.values[first] == result.symbols_read.values[first]
    assert (
        0
        <= float(result.success_low)
        <= float(result.success_rate)
        <= float(result.success_high)
        <= 1
    )
    assert result.plateau.values[first] in (
        "state known; " + "; ".join(f"last {m} symbols" for m in range(2, 9)),
        "",
    )
    assert not result.long_test_applies.values.any()  # two symbols always tell


def test_every_variable_has_a_name_and_a_unit(result, tmp_path):
    assert all(
        {"long_name", "units"} <= set(result[name].attrs) for name in result.variables
    )
    assert result.attrs["key"].tolist() == [0, 5]
    firstbit.files.save(result, tmp_path / "t.nc")


def test_bad_input_is_told_before_any_work():
    with pytest.raises(CellError, match="expected a cell of 7 inputs"):
        train_seeds(task(cell=Vanilla(2, 3, key=KEY)), 1)
    with pytest.raises(CellError, match="expected a `hidden_size`"):
        firstbit.train(Vanilla, reber(), rule=Published(0.1), num_seeds=1, key=KEY)
    with pytest.raises(WordError, match="line 2: 'BTX'"):
        task(words=("BTXSE", "BTX"))
    with pytest.raises(
        WordError, match="line 1: 'BTSXSE' has 6 symbols; expected at most 5"
    ):
        task(words=("BTSXSE",), max_length=5)
    with pytest.raises(SettingError, match="`num_seeds` must be at least 1"):
        train_seeds(task(), 0)
    with pytest.raises(SettingError, match="unknown initializer"):
        task(initializer="norml")
    with pytest.raises(SettingError, match="expected a name among the cell's arrays"):
        task(initializer={"W_x": "normal"})
    with pytest.raises(SettingError, match="`clip` must be above 0"):
        Modern(clip=0)
    with pytest.raises(SettingError, match="`constant` or `cosine`"):
        Modern(schedule="linear")
    with pytest.raises(SettingError, match="`max_symbols` must be at least 1"):
        Published(0.1, max_symbols=0)


def test_laws_for_each_weight_and_a_budget_of_symbols():
    net = task(initializer={"W_h": "identity", "O": "orthogonal"}).network(0)
    assert np.array_equal(net.cell.W_h, np.eye(3))
    assert not np.asarray(net.readout.b_O).any()
    assert task(output_bias=False).network(0).readout.b_O is None
    done = train_seeds(task(Published(0.01, max_epochs=50, max_symbols=200)), 1)[0]
    assert done.log[-2].symbols_read < 200 <= done.log[-1].symbols_read
