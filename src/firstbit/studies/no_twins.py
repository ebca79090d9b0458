"""Why a test has no twins, and what to do."""


def no_twins(lag: int, resolution: float, order: float) -> str:
    """Return why there are no twins.

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
    if lag < 1 and order < 2:
        return "there are no twins: the last symbol alone decides every prediction"
    if lag < 1:
        return (
            "there are no twins: where more than the last symbol decides is too rare "
            "for the words read to hold it on average"
        )
    symbols = "symbol" if lag == 1 else f"{lag} symbols"
    return (
        f"there are no twins at lag {lag}: no two prefixes with the same last "
        f"{symbols} have predictions further apart than {2 * resolution:g}, twice the "
        "resolution; a smaller resolution may have some"
    )
