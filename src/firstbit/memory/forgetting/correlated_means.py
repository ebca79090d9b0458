"""The error of the mean of a series whose values are correlated."""

import numpy as np
import scipy
from jaxtyping import Float

Columns = Float[np.ndarray, " column"]
Series = Float[np.ndarray, "time column"]

NUM_BATCHES = 30

BATCH_TIMES = 6.0
"""A batch is at least this many correlation times long, where there is an interval."""

WIDER_AT_THE_LIMIT = 0.25
"""The interval of a series that is just long enough is wider by this share; see
`mean_half_width`."""

WINDOW = 5.0
"""Correlations are summed up to this many correlation times (Sokal's rule)."""


def batch_means_error(series: Series) -> Columns:
    """Estimate the standard error of the means of correlated series.

    It comes from the means of at most 30 batches; NaN below four steps.

    Example:
        >>> batch_means_error(np.array([[0.0], [0.0], [2.0], [2.0]])).round(9).tolist()
        [1.0]
    """
    num_batches = min(NUM_BATCHES, len(series) // 2)
    if num_batches < 2:
        return np.full(series.shape[1], np.nan)
    return _error_of_batches(series, num_batches)


def mean_half_width(series: Series, confidence: float) -> Columns:
    """Return half the width of the interval of each mean; NaN where there is none.

    It is Student's t of the means of 30 batches, each at least six correlation times
    long, corrected for what is left of the correlation. A series that is too short for
    such batches by its own estimate has no interval. So near this limit those have one
    whose estimate is too small, and they spread too little: there the interval is wider
    by up to a quarter, a share that was measured (`docs/intervals.md`).

    Example:
        >>> noise = np.random.default_rng(0).normal(size=(1000, 1))
        >>> width = mean_half_width(noise, 0.95)
        >>> bool(0.04 < width[0] < 0.08), mean_half_width(noise.cumsum(0), 0.95)
        (True, array([nan]))
    """
    found = []
    times = correlation_times(series)
    for column, time in zip(series.T, times, strict=True):
        found.append(_half_width(column[:, None], time, confidence))
    return np.array(found)


def _half_width(series: Series, time: float, confidence: float) -> float:
    if not np.isfinite(time):
        return float("nan")
    size = len(series) // NUM_BATCHES
    shortest = BATCH_TIMES * time
    if size < np.ceil(shortest):
        return float("nan")
    freedom = NUM_BATCHES - 1
    quantile = scipy.stats.t.ppf((1 + confidence) / 2, freedom)
    # Neighbouring batches are a little alike, and spread too little: by this where
    # correlations fall geometrically.
    lost = (time - 1 / time) / (2 * size)
    unbiased = np.sqrt(1 - lost)
    wider = 1 + WIDER_AT_THE_LIMIT * (shortest / size) ** 4
    error = _error_of_batches(series, NUM_BATCHES)[0]
    return float(quantile * wider * error / unbiased)


def correlation_times(series: Series) -> Columns:
    """Return the integrated correlation time of each series, in steps, at least 1.

    It is 1 + 2 (rho_1 + rho_2 + ...), summed up to five times itself. 1 for a constant
    series, NaN where a value is not finite.

    Example:
        >>> noise = np.random.default_rng(0).normal(size=(4000, 1))
        >>> round(float(correlation_times(noise)[0]))
        1
    """
    number = len(series)
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = series - series.mean(axis=0)
        transformed = np.fft.rfft(apart, 2 * number, axis=0)
        power = np.abs(transformed) ** 2
        covariance = np.fft.irfft(power, axis=0)[:number]
        correlation = covariance / covariance[0]
        times = 2 * np.cumsum(correlation, axis=0) - 1
        lags = np.arange(number)[:, None]
        is_long_enough = lags >= WINDOW * times
    has_window = is_long_enough.any(axis=0)
    first = is_long_enough.argmax(axis=0)
    window = np.where(has_window, first, -1)
    found = np.take_along_axis(times, window[None], axis=0)[0]
    is_constant = (series == series[0]).all(axis=0)
    return np.where(is_constant, 1.0, np.maximum(found, 1.0))


def _error_of_batches(series: Series, num_batches: int) -> Columns:
    size = len(series) // num_batches
    left_out = len(series) - num_batches * size
    batches = series[left_out:].reshape(num_batches, size, -1)
    means = batches.mean(axis=1)
    with np.errstate(invalid="ignore"):  # an exponent of -inf has no error
        return means.std(axis=0, ddof=1) / np.sqrt(num_batches)
