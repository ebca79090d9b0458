"""Which windows pass a test."""

from firstbit.training.outcomes import longest_window_tried


def passing_window(shortest: int | None, lag: int) -> str:
    """Say which is the shortest window that passes a test, or how long others were.

    Args:
        shortest: symbols of that window; None where none that was tried passes.
        lag: of the test; windows of up to some more symbols are tried.

    Example:
        >>> passing_window(1, 0)
        'The shortest window that passes this test has 1 symbol.'
        >>> passing_window(None, 5)
        'No window of up to 10 symbols passes this test; longer ones were not tried.'
    """
    if shortest is not None:
        symbols = "1 symbol" if shortest == 1 else f"{shortest} symbols"
        return f"The shortest window that passes this test has {symbols}."
    longest = longest_window_tried(lag)
    symbols = "1 symbol" if longest == 1 else f"{longest} symbols"
    return f"No window of up to {symbols} passes this test; longer ones were not tried."
