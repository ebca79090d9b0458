"""What a run that is wrong behaves like, and whether it still moves."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from firstbit import train
from firstbit.errors import SettingError
from firstbit.languages import (
    Criterion,
    PlanOfTest,
    Stream,
    embedded_reber,
    fresh_words,
    language_by_name,
    parity,
    reber,
)
from firstbit.languages.judging.words_of_test import Sizes
from firstbit.training import (
    Modern,
    Published,
    TaskWords,
    Training,
    read,
    train_seeds,
)
from firstbit.training.behaviour import behaves_like, motion
from firstbit.training.refit import memory_is_there
from firstbit.training.seeds import Solved
from small_trainings import KEY, network_of_truth, same, task


def with_table(language, table):
    """The automaton with another prediction in each state."""
    net = network_of_truth(language)
    return eqx.tree_at(lambda n: n.readout.O, net, jnp.asarray(table.T))


def merged_ends(language):
    table = language.next_output.copy()
    ends = [language.states.index(f"{outer}:end") for outer in "TP"]
    table[ends] = table[ends].mean(axis=0)
    return table


@pytest.fixture(scope="module")
def words():
    return fresh_words(embedded_reber(), 300, Stream((3,)))


@pytest.mark.slow
def test_who_forgets_the_outer_symbol_is_named(words):
    language = embedded_reber()
    net = with_table(language, merged_ends(language))
    found = behaves_like(read(net, language, words))
    # Windows of 3 to 5 predict the same as the merged automaton.
    assert found.name.split("; ") == [
        "outer symbol lost",
        *(f"last {m} symbols" for m in (3, 4, 5)),
    ]
    assert found.distance == pytest.approx(0.5)


def test_a_constant_is_named_and_the_truth_is_not(words):
    language = embedded_reber()
    mean = np.tile(language.next_output.mean(axis=0), (len(language.states), 1))
    assert behaves_like(read(with_table(language, mean), language, words)).name in (
        "constant",
        "",
    )
    assert behaves_like(read(network_of_truth(language), language, words)).name == ""


@pytest.mark.parametrize(
    ("nearer", "named"), [(0.45, False), (0.55, True), (1.0, True)]
)
def test_a_run_is_named_within_a_quarter_of_the_distance(words, nearer, named):
    # y = P + a (f - P): |y - f|^2 = (1 - a)^2 |f - P|^2.
    language = embedded_reber()
    truth, merged = language.next_output, merged_ends(language)
    net = with_table(language, truth + nearer * (merged - truth))
    name = behaves_like(read(net, language, words)).name
    assert ("outer symbol lost" in name) == named


def test_at_rest_and_frozen(words):
    language = embedded_reber()
    truth, merged = language.next_output, merged_ends(language)
    now = read(with_table(language, merged), language, words)
    moved = read(with_table(language, truth + 1.1 * (merged - truth)), language, words)
    likeness = behaves_like(now)
    assert motion(now, now, likeness, rate=1.0) == (True, False)
    assert motion(now, now, likeness, rate=0.09) == (False, True)
    assert motion(now, moved, likeness, rate=1.0) == (False, False)
    assert motion(now, None, likeness, rate=0.1) == (True, False)


@pytest.mark.slow
def test_the_memory_is_there_where_the_states_tell_the_rows_apart():
    language = embedded_reber()
    plan = PlanOfTest(language, 256)
    test = plan.draw(Stream((1,)), Sizes(300, 100, 10))
    bad_readout = with_table(language, 0.1 * language.next_output[::-1])
    assert memory_is_there(bad_readout, plan, test, Stream((2,)))
    forgets = task(language=language, words=None, rule=Modern(), hidden_size=2)
    assert not memory_is_there(forgets.network(0), plan, test, Stream((2,)))


# ---- words of a run, and of a test


@pytest.mark.slow
def test_n_is_the_words_drawn_under_the_budget():
    words = TaskWords(num_words=64)
    fresh = task(Modern(max_epochs=5), words=None, num_words=64)
    assert fresh.num_words_read == 320
    assert task(Modern(max_epochs=5)).num_words_read == 12  # the list, once
    assert words.are_fresh
    few = task(Modern(max_epochs=500, max_symbols=1600), words=None, num_words=64)
    assert few.num_words_read == 200  # of 8 symbols each
    given = task(Modern(), words=None, criterion=Criterion(num_words=777))
    assert given.num_words_read == given.plan.num_words == 777


def test_fresh_words_are_refused_where_the_rule_compares_epochs():
    with pytest.raises(SettingError, match="a fixed list of words for the published"):
        train(
            "vanilla:3",
            reber(),
            rule=Published(0.05),
            num_seeds=1,
            key=KEY,
            own_lists=False,
        )
    with pytest.raises(SettingError, match="`words` or `own_lists`, got both"):
        TaskWords(("BTXSE",), own_lists=True)


@pytest.mark.slow
def test_each_seed_reads_a_list_of_its_own_that_depends_on_its_number_alone():
    one = task(Published(0.05, max_epochs=2), words=None, own_lists=True, num_words=9)
    lists = [one.list_of(seed) for seed in range(3)]
    assert len(set(lists)) == 3
    assert lists == [one.list_of(seed) for seed in range(3)]
    both = train_seeds(one, 2)
    alone = train_seeds(one, 1)
    assert same(both[0], alone[0])
    given = task(Published(0.05, max_epochs=2), words=lists[0])
    assert both[0].log[0].symbols_read == sum(len(word) - 1 for word in lists[0])
    assert given.words.fixed == one.list_of(0)


@pytest.mark.slow
def test_words_of_a_test_are_no_words_of_a_check():
    one = task(Modern(), language=parity(), words=None)
    of_checks = Solved(one).words
    of_tests = [one.plan.draw(one.stream("test", seed)) for seed in range(2)]
    assert of_tests[0].fresh != of_tests[1].fresh
    for test in of_tests:
        assert test.fresh[:1000] != of_checks.fresh
        at_lag = test.twins[one.plan.lags.index(one.plan.lag)]
        drawn = [pairs for pairs in of_checks.twins if pairs is not None]
        assert [pairs.lag for pairs in drawn] == [one.plan.lag]
        assert not set(at_lag.first) & set(drawn[0].first)


def test_a_check_passes_as_the_run_would():
    language = embedded_reber()
    one = task(language=language, words=None, own_lists=True, num_words=32)
    passes = Solved(one)

    def done(network):
        return Training(network, (), 0.1)

    assert passes(done(network_of_truth(language)))
    assert not passes(done(with_table(language, merged_ends(language))))


@pytest.mark.slow
def test_a_check_ends_a_run_only_with_a_margin():
    """A net that errs on a quarter less than allowed passes, and is not confirmed."""
    language = embedded_reber()
    table = language.next_output.copy()
    wrong = {language.states.index("T:q4")}
    table[list(wrong)] = language.next_output[language.states.index("T:q0")]
    nearly = Training(with_table(language, table), (), 0.1)
    right = Training(network_of_truth(language), (), 0.1)

    def check(error, *, stop):
        one = task(
            language=language,
            words=None,
            own_lists=True,
            num_words=32,
            criterion=Criterion(error=error),
            checks={"stop": stop},
        )
        return Solved(one)

    words = check(0.01, stop=False).words.fresh
    share = np.mean([bool(set(language.path(word)) & wrong) for word in words])
    assert 0.1 < share < 0.4
    goes_on, ends = check(share / 0.75, stop=False), check(share / 0.75, stop=True)
    assert goes_on(nearly)
    assert not ends(nearly)
    assert ends(right)
    assert check(2.5 * share, stop=True)(nearly)


def test_a_resolution_above_the_rows_is_refused_before_training():
    with pytest.raises(
        SettingError, match=r"below 0\.408, the largest distance of two"
    ):
        train(
            "vanilla:3",
            parity(),
            rule=Modern(),
            num_seeds=1,
            key=jax.random.key(0),
            criterion=Criterion(resolution=0.5),
        )
    with pytest.raises(SettingError, match="an `error` of at least 0 and below 1"):
        Criterion(error=1.0)


def test_a_list_that_counts_once_has_a_short_lag():
    long = task(Modern(max_epochs=50), language=language_by_name("parity"), words=None)
    short = task(Modern(max_epochs=50), language=parity(), words=("11", "0"))
    assert long.plan.lag > short.plan.lag
