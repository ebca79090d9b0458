"""A long run says on stderr where it is, where that is no terminal."""

import re
import time

from firstbit.cli import log
from firstbit.cli.output import progress


def lines_of(capsys, *, is_long, seconds):
    with progress(is_long=is_long) as report:
        report("training gru:4", 0, 2000)
        report("training gru:4", 1500, 2000)
        time.sleep(seconds)
    return capsys.readouterr().err.splitlines()


def test_what_begins_is_said_at_once_and_where_it_is_every_some_seconds(
    capsys, monkeypatch
):
    first, *none = lines_of(capsys, is_long=True, seconds=0)
    assert first == "training gru:4: 0 of 2,000, 0 s"
    assert not none
    monkeypatch.setattr(log, "EVERY", 0.05)
    _, *later = lines_of(capsys, is_long=True, seconds=0.2)
    assert later
    for line in later:
        assert re.fullmatch(r"training gru:4: 1,500 of 2,000, \d+ s", line)


def test_a_short_run_says_nothing(capsys):
    assert lines_of(capsys, is_long=False, seconds=0) == []
