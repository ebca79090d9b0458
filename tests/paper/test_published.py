"""The published words, and every printed digit of the three logs."""

import pytest

from covering import few
from firstbit.languages import embedded_reber, reber
from firstbit.paper import published
from firstbit.paper.legacy import embedded_reber_draws, reber_draws
from firstbit.training import FixedWords, Published, fit


@pytest.mark.slow
def test_published_words_come_from_the_legacy_generator():
    assert reber_draws().words == published.words("reber")
    assert embedded_reber_draws().words == published.words("embedded_reber")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("which", "num_epochs"),
    few(
        [("vanilla", 101), ("gru", 101), ("vanilla", 1000), ("gru", 1000)],
        kept=[0, 1],
    ),
)
def test_embedded_logs_equal_the_published_ones(which, num_epochs):
    draws, log = embedded_reber_draws(), published.logs()[f"embedded_reber_{which}"]
    done = fit(
        draws.starts[which],
        FixedWords(embedded_reber(), draws.words),
        Published(log["learning_rate"], max_epochs=num_epochs),
    )
    assert done.stopped is None
    lines = [line for line in log["log"] if line["epoch"] < num_epochs]
    assert len(lines) == (num_epochs + 99) // 100 >= 2
    for line in lines:
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
