"""Memory capacity: how many functions of its past inputs a net holds."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr
from jaxtyping import Float, PRNGKeyArray

from firstbit.cells.given import CellLike, Given
from firstbit.datasets import Variable, dataset
from firstbit.devices import CPU
from firstbit.errors import CellError, SettingError, require_kind
from firstbit.execution import Execution
from firstbit.intervals import CONFIDENCE, Mean, require_confidence
from firstbit.memory.capacity.drive import ONE_HOT, STEPS_A_UNIT, Drive
from firstbit.memory.capacity.measure import Driven, Held
from firstbit.memory.capacity.projection import drive_terms
from firstbit.memory.ensemble.batches import batches_of, measured
from firstbit.memory.ensemble.ensemble import Compiling, Ensemble
from firstbit.memory.ensemble.pieces import compute_part
from firstbit.memory.ensemble.word_pair import CHOSEN, WordPair

SIZES, BY_LAG, BY_DEGREE = (
    ("hidden_size",),
    ("hidden_size", "lag"),
    ("hidden_size", "degree"),
)


def memory_capacity(
    cell: CellLike,
    *,
    hidden_sizes: Sequence[int] | int | None = None,
    num_draws: int | None = None,
    drive: Drive | None = None,
    confidence: float = CONFIDENCE,
    key: PRNGKeyArray,
    execution: Execution | None = None,
) -> xr.Dataset:
    r"""Measure which functions of past inputs a linear read-out finds in the state.

    $$ C[y] = 1 - \min_w \frac{E (y(t) - w^T h_t - c)^2}{E y(t)^2}, \qquad
       \sum_y C[y] \le N $$

    The inputs u are independent random numbers. With y(t) = u(t - m) it is the memory
    capacity at lag m (m = 0 is the input just read); with products of orthonormal
    polynomials of inputs, of total degree d, it is the capacity of degree d. All of
    them together are at most the N numbers that are read. Each C is that of `num_steps`
    states less what chance puts there, p / (T - 1) for p independent numbers in T
    states; so the sum over many lags is right on average, and may be a little
    negative.

    Don't compare capacities of different inputs: with larger ones, memory turns into
    functions of higher degree. What is measured is what float64 reads out, by singular
    values down to its rounding. Of a linear net the exact capacity is known beside it.

    Args:
        cell: text, a factory or a built cell, as in `discrepancy`; it has one input,
            or two with the law `one-hot`. `Given.of(cell, initializer=...)` gives it
            a law.
        hidden_sizes: the values of k, each at least 1; by default those of the cell.
        num_draws: random nets for each k, at least 2; left out for a built cell, which
            reads ten times instead.
        drive: law and scale of the inputs, steps, and the lags of each degree.
        confidence: probability of the intervals.
        key: the random key.
        execution: as in `decodability`; changes no result.

    Returns:
        Dataset over `hidden_size` and `lag`: `capacity` with `capacity_se` and
        `capacity_ci`. Over `hidden_size` and `degree`: `capacity_of_degree` with its
        error and interval, and, over `degree` alone, `num_lags` and `num_functions`.
        Over `hidden_size`: `total_capacity`, of all degrees, with its error and
        interval; `num_read`, N; `num_independent`, how many of these float64 tells
        apart; `exact_capacity`, the mean over nets of the rank of the controllability
        matrix, which is their linear capacity, where all are linear and stable, NaN
        else; `exact_profile`, the same at each lag, in whole numbers of hundreds of
        digits, for up to 40 units. Intervals are Student's t over nets, or over the ten
        readings of a built cell. Estimates and intervals end at N. States that are not
        finite make them NaN.

    Raises:
        SettingError: a number is out of range, or there are too few steps.
        CellError: the cell can't be built or measured, or has other inputs.
        OutputError: the folder to resume from holds nets of another measurement.

    Example:
        >>> import jax
        >>> short = Drive(num_steps=200, lags=[5])
        >>> found = memory_capacity("vanilla:3", num_draws=2, drive=short,
        ...                         key=jax.random.key(0))
        >>> found.num_read.item(), found.capacity.dims
        (3.0, ('hidden_size', 'lag'))

    References:
        Jaeger 2002, "Short term memory in echo state networks". Dambre, Verstraeten,
        Schrauwen, Massar 2012, "Information processing capacity of dynamical systems".
    """
    confidence = require_confidence(confidence)
    given = Given.of(cell, hidden_sizes=hidden_sizes)
    driven = driven_of(given, num_draws, drive, key)
    execution = execution or Execution()
    if execution.part is not None:
        return compute_part(batches_of(driven), execution)
    return labelled_capacities(driven, held_by(driven, execution), confidence)


def driven_of(
    given: Given, num_draws: int | None, drive: Drive | None, key: PRNGKeyArray
) -> Driven:
    """Return which nets `memory_capacity` drives, and how.

    Raises:
        SettingError, CellError: as `memory_capacity`.
    """
    drive = Drive() if drive is None else drive
    require_kind("drive", drive, Drive, "try Drive(num_steps=2000)")
    _require_inputs(given, drive)
    none = np.zeros((2, 1), dtype=np.int8)
    ensemble = Ensemble.of(
        given,
        WordPair(CHOSEN, drive.alphabet, none),
        length=1,
        num_draws=num_draws,
        key=key,
        compiling=Compiling(few=False),
        device=CPU,
    )
    driven = Driven(ensemble, drive)
    _require_steps(driven)
    return driven


def held_by(driven: Driven, execution: Execution) -> list[Held]:
    """Return what every net holds, for each size."""
    by_size = []
    for arrays in measured(driven, execution):
        joined = {name: _one_axis(array) for name, array in arrays.items()}
        by_size.append(Held(**joined))
    return by_size


def _one_axis(array: np.ndarray) -> np.ndarray:
    """Join the last two axes, repetition and net: one of them has one place."""
    return array.reshape(*array.shape[:-2], -1)


def _require_inputs(given: Given, drive: Drive) -> None:
    """Raise unless the cell takes these inputs."""
    wanted = len(drive.alphabet)
    own = getattr(given.built, "input_size", wanted)
    if own != wanted:
        remedy = "try Drive(law='one-hot')" if own == 2 else "give another cell"
        raise CellError(
            f"expected a cell of {wanted} inputs for the law '{drive.law}', got "
            f"{given.name} with {own}; {remedy}."
        )


def _require_steps(driven: Driven) -> None:
    """Raise unless there are steps enough for the numbers that are read out."""
    num_steps = driven.drive.num_steps
    for population in driven.ensemble.populations:
        num_read = population.num_measured
        needed = STEPS_A_UNIT * num_read
        if num_steps < needed:
            raise SettingError(
                f"expected `num_steps` of at least {needed} for k = "
                f"{population.hidden_size}, of which {num_read} numbers are read, got "
                f"{num_steps}; give more."
            )


def labelled_capacities(
    driven: Driven, by_size: list[Held], confidence: float
) -> xr.Dataset:
    """Return the result of `memory_capacity` from what every net holds."""
    ensemble, drive = driven
    sizes = list(ensemble.given.sizes)
    degrees = np.arange(1, drive.num_degrees + 1)
    number = by_size[0].rank.shape[-1]
    return dataset(
        _variables(driven, by_size, confidence),
        {
            "hidden_size": sizes,
            "lag": np.arange(drive.lags[0]),
            "degree": degrees,
        },
        rows=BY_LAG,
        confidence=confidence,
        configuration={
            **driven.settings(),
            **ensemble.about,
            "notes": _notes(driven, by_size),
            "confidence": confidence,
        },
        key=ensemble.key_data,
        attrs={
            "law": drive.law,
            "scale": drive.scale,
            "num_steps": drive.num_read,
            "num_draws": ensemble.num_draws,
            "num_readings": number,
        },
    )


ODD = (
    "the step is odd and the inputs are symmetric, so the capacity of degree 2 is "
    "exactly 0; what stands there is the error of the estimate"
)


def _notes(driven: Driven, by_size: list[Held]) -> list[str]:
    """Return what is worth knowing beside the numbers."""
    notes = list(driven.ensemble.notes.get("notes", []))
    drive = driven.drive
    is_odd = all(bool(held.is_odd.all()) for held in by_size)
    if is_odd and drive.num_degrees > 1 and drive.law != ONE_HOT:
        notes.append(ODD)
    return notes


class _Mean(NamedTuple):
    """An estimate over nets, none above N."""

    value: np.ndarray
    error: np.ndarray
    low: np.ndarray
    high: np.ndarray


def _mean(
    values: Float[np.ndarray, "*some net"], most: float, confidence: float
) -> _Mean:
    """Return the mean over nets, or readings, with Student's t."""
    mean = Mean.of(values)
    low, high = mean.interval(confidence)
    return _Mean(
        value=np.minimum(mean.value, most),
        error=mean.error,
        low=np.minimum(low, most),
        high=np.minimum(high, most),
    )


def _variables(
    driven: Driven, by_size: list[Held], confidence: float
) -> list[Variable]:
    """Return every variable."""
    drive = driven.drive
    most = [float(held.num_read[0]) for held in by_size]

    def estimate(
        name: str, of: Callable[[Held], np.ndarray], dims: Sequence[str], text: str
    ) -> Variable:
        means = []
        for held, largest in zip(by_size, most, strict=True):
            bound = 1.0 if name == "capacity" else largest
            means.append(_mean(of(held), bound, confidence))
        of_sizes = zip(*means, strict=True)
        value, error, low, high = map(np.stack, of_sizes)
        ends = (low, high)
        return Variable(
            name,
            dims,
            value,
            text,
            se=error,
            ci=ends,
        )

    def of_size(name: str, values: list[float], text: str) -> Variable:
        return Variable(name, SIZES, values, text)

    exact = [float(held.exact.mean()) for held in by_size]
    profile = [held.exact_of_lag.mean(axis=-1) for held in by_size]
    independent = [float(held.rank.mean()) for held in by_size]
    degrees = range(1, drive.num_degrees + 1)
    functions = [len(drive_terms(drive, degree).lags) for degree in degrees]
    return [
        estimate("capacity", lambda held: held.of_lag, BY_LAG, "memory capacity r^2"),
        estimate(
            "capacity_of_degree",
            lambda held: held.of_degree,
            BY_DEGREE,
            "capacity of all functions of a degree",
        ),
        estimate(
            "total_capacity",
            lambda held: held.of_degree.sum(axis=0),
            SIZES,
            "capacity of all functions",
        ),
        of_size("num_read", most, "numbers that are read, N"),
        of_size("num_independent", independent, "of these, independent in float64"),
        of_size("exact_capacity", exact, "rank of the controllability matrix"),
        Variable("exact_profile", BY_LAG, profile, "exact memory capacity r^2"),
        Variable(
            "num_lags", ["degree"], list(drive.lags), "lags of a degree", "symbols"
        ),
        Variable("num_functions", ["degree"], functions, "functions of a degree"),
    ]
