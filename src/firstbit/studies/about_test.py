"""What a test asks for, and which windows pass it, as several pages say it."""

from firstbit.report import Wording
from firstbit.training.outcomes import longest_window_tried

TEST = Wording("firstbit.studies", "about_test.jinja")


def no_twins(lag: int, resolution: float, order: float) -> str:
    """Return why there are no twins, and what to do.

    Args:
        lag: at which they would decide; 0 where fresh words alone decide.
        resolution: half the distance that the rows of twins exceed.
        order: the memory order of the language.

    Example:
        >>> no_twins(0, 0.15, 1)
        'there are no twins: the last symbol alone decides every prediction'
        >>> no_twins(0, 0.15, 2)  # doctest: +ELLIPSIS
        'there are no twins: where more than the last symbol decides is too rare ...
        >>> no_twins(5, 0.15, 6)  # doctest: +ELLIPSIS
        'there are no twins at lag 5: no two prefixes with the same last 5 symbols ...
    """
    if lag < 1:
        return TEST("last_decides" if order < 2 else "too_rare")
    return TEST("all_near", lag=lag, distance=f"{2 * resolution:g}")


def repeats(number: int) -> str:
    """Return that a symbol repeats, which must be right, too; "" if none does.

    Args:
        number: how often; 0 where none does.

    Example:
        >>> repeats(0)
        ''
    """
    return TEST("repeats", number=number) if number else ""


def passing_window(shortest: int | None, lag: int) -> str:
    """Return which is the shortest window that passes a test, or how long others were.

    Args:
        shortest: symbols of that window; None where none that was tried passes.
        lag: of the test; windows of up to some more symbols are tried.

    Example:
        >>> passing_window(1, 0)
        'The shortest window that passes this test has 1 symbol.'
        >>> passing_window(None, 5)
        'No window of up to 10 symbols passes this test; longer ones were not tried.'
    """
    if shortest is None:
        return TEST("no_window", longest=longest_window_tried(lag))
    return TEST("window", shortest=shortest)
