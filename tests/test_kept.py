"""What is kept while a run lasts: the same values, within its room, and not longer."""

from firstbit.kept import Kept, keeping, kept
from firstbit.languages import Stream, embedded_reber, first_bit, reber
from firstbit.languages.judging.words_of_test import PlanOfTest, Sizes
from firstbit.training import FreshWords


class Counted:
    """Computes a value of ten bytes, and counts how often."""

    def __init__(self):
        self.calls = 0

    def ask(self, group, name):
        def compute():
            self.calls += 1
            return f"{group} {name}"

        return kept(group, name, compute, lambda _: 10)


def test_nothing_is_kept_outside_of_a_run():
    counted = Counted()
    assert [counted.ask("a", 1), counted.ask("a", 1)] == ["a 1", "a 1"]
    with keeping():
        counted.ask("a", 1)
    counted.ask("a", 1)
    assert counted.calls == 4


def test_a_value_is_computed_once_in_a_run_within_another():
    counted = Counted()
    with keeping() as outer:
        for _ in range(2):
            with keeping() as inner:
                assert counted.ask("a", 1) == "a 1"
                assert counted.ask("b", 1) == "b 1"
                assert inner is outer
    assert counted.calls == 2


def test_a_full_group_keeps_its_first_values_and_drops_other_groups():
    counted = Counted()
    with keeping(Kept(30)) as here:
        counted.ask("old", 0)
        for name in range(4):
            counted.ask("a", name)
        assert (counted.calls, here.num_bytes) == (5, 30)
        for name in range(4):
            counted.ask("a", name)
        assert counted.calls == 6  # the fourth alone had no room
        counted.ask("old", 0)
        assert (counted.calls, here.num_bytes) == (7, 10)


def test_kept_words_are_those_that_are_drawn():
    plan = PlanOfTest(embedded_reber(), 256, num_units=3)
    stream = Stream((1, 2))
    sizes = Sizes(fresh=20, pairs=5, long=3)
    fresh = FreshWords(reber(), 20, stream, max_length=9)
    words, epoch = plan.draw(stream, sizes), fresh.of_epoch(3)
    with keeping() as here:
        for _ in range(2):
            assert plan.draw(stream, sizes) == words
            other = PlanOfTest(first_bit(5, "random"), 256)
            assert other.draw(stream, sizes) != words
            again = fresh.of_epoch(3)
            assert [one.tolist() for one in again] == [one.tolist() for one in epoch]
            assert (fresh.of_epoch(2).inputs != epoch.inputs).any()
        assert here.num_bytes > 0
