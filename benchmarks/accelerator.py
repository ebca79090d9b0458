"""D(l,k) on the processors and on an accelerator, side by side in one process.

Prints one table with the devices' names, and what was checked: that D agrees, that a
net that forgets has the same distances but for rounding, and that a second run on the
accelerator gives the same bits. Without an accelerator it says so and measures the
processors alone.

    python benchmarks/accelerator.py --out accelerator.json
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from firstbit.process import prepare

prepare()  # as the command line does, before JAX starts

import jax  # noqa: E402
import numpy as np  # noqa: E402

from firstbit.cells import Given  # noqa: E402
from firstbit.devices import CPU, GPU, computing_on, is_usable, place  # noqa: E402
from firstbit.execution import Execution  # noqa: E402
from firstbit.memory.ensemble.block import BlockProgram  # noqa: E402
from firstbit.memory.ensemble.ensemble import Ensemble  # noqa: E402
from firstbit.memory.ensemble.random_cells import (  # noqa: E402
    block_bits,
    draw_keys,
    strip_weights,
)
from firstbit.memory.ensemble.run import samples, summarise  # noqa: E402
from firstbit.memory.ensemble.sample import Sample  # noqa: E402
from firstbit.memory.ensemble.word_pair import WordPair  # noqa: E402
from firstbit.threads import num_workers  # noqa: E402
from firstbit.weights.initializers import initializer_by_name  # noqa: E402
from firstbit.weights.redraw import Initializer  # noqa: E402

ROUNDS = 1
"""Runs after the first one, which compiles."""

SAME = 1e-10
"""Largest difference of distances that is rounding of float64, over the largest."""

NEAR = 1e-4
"""Likewise of normal weights, which are drawn in float32."""


class Case(NamedTuple):
    """What is measured: a cell with its size, draws and symbols."""

    cell: str
    num_draws: int
    length: int


CASES = (
    Case("vanilla:20", 1_000_000, 50),
    Case("gru:20", 200_000, 50),
    Case("vanilla:1024", 256, 20),
    Case("gru:1024", 256, 20),
)


class Measured(NamedTuple):
    """How long the blocks of a case took, and D of it.

    Attributes:
        first: seconds of the first run, with compilation.
        again: seconds of later runs, their least.
        means: D at each l.
        errors: their standard errors.
        same_bits: whether all runs gave the same means to the bit.
    """

    first: float
    again: float
    means: np.ndarray
    errors: np.ndarray
    same_bits: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="write a JSON file")
    parser.add_argument("--share", type=float, default=1.0, help="of the draws")
    asked = parser.parse_args()
    kinds = [CPU, GPU] if is_usable() else [CPU]
    devices = {kind: f"{place(kind).device_kind}" for kind in kinds}
    devices[CPU] += f", {num_workers()} threads"
    print(f"JAX {jax.__version__}: " + "; ".join(devices.values()))
    if GPU not in kinds:
        print("no accelerator with float64: only the processors are measured.")
    found: dict = {"jax": jax.__version__, "devices": devices}
    found |= {"rows": [], "checks": []}
    if GPU in kinds:
        found["checks"] = [check_bits(), *check_distances(asked.share)]
    for case in CASES:
        fewer = case._replace(num_draws=max(2, int(case.num_draws * asked.share)))
        row, checks = row_of(fewer, kinds)
        found["rows"].append(row)
        found["checks"] += checks
        print(line_of(row), flush=True)
        if asked.out is not None:  # after each case: a lent machine may go away
            text = json.dumps(found, indent=1)
            asked.out.write_text(text + "\n", encoding="utf-8")
    for check in found["checks"]:
        print(f"{'holds' if check['holds'] else 'FAILS'}: {check['what']}")
    if not all(check["holds"] for check in found["checks"]):
        sys.exit("a check fails.")


def row_of(case: Case, kinds: Sequence[str]) -> tuple[dict, list[dict]]:
    """Measure a case on each device, and compare D; return a row, and the checks."""
    found = {kind: measure(case, kind) for kind in kinds}
    row: dict = {"case": case._asdict(), "seconds": {}}
    checks = []
    for kind, measured in found.items():
        row["seconds"][kind] = {"first": measured.first, "again": measured.again}
        row["D"] = float(measured.means[-1])
    if GPU in found:
        one, other = found[CPU], found[GPU]
        error = np.hypot(one.errors, other.errors)
        apart = float(np.max(np.abs(one.means - other.means) / error))
        row["standard_errors_apart"] = apart
        checks = [
            checked(f"{case.cell}: D is {apart:.2g} standard errors apart", apart < 4),
            checked(f"{case.cell}: the same bits in each run", other.same_bits),
        ]
    return row, checks


def line_of(row: dict) -> str:
    """Return a line of the table."""
    case = row["case"]
    text = f"{case['cell']:14} {case['num_draws']:>8} draws, l = {case['length']}:"
    for kind, seconds in row["seconds"].items():
        text += f"  {kind} {seconds['again']:7.2f} s (first {seconds['first']:.1f} s)"
    if GPU in row["seconds"]:
        ratio = row["seconds"][CPU]["again"] / row["seconds"][GPU]["again"]
        text += f"  {ratio:.1f} times"
    return text


def measure(case: Case, kind: str) -> Measured:
    """Time the blocks of a case on a kind of device."""
    ensemble = ensemble_of(case, kind)
    times = []
    runs = []
    for _ in range(1 + ROUNDS):
        start = time.perf_counter()
        runs.append(summarise(ensemble, mean_and_error, Execution())[0])
        times.append(time.perf_counter() - start)
    means, errors = runs[0]
    same = all(np.array_equal(run[0], means) for run in runs)
    return Measured(times[0], min(times[1:]), means, errors, same)


def ensemble_of(case: Case, kind: str, law: Initializer | None = None) -> Ensemble:
    return Ensemble.of(
        Given.of(case.cell, initializer=law),
        WordPair.of("constant"),
        length=case.length,
        num_draws=case.num_draws,
        key=jax.random.key(0),
        device=kind,
    )


def mean_and_error(_: int, sample: Sample) -> tuple[np.ndarray, np.ndarray]:
    found = sample.distances
    return found.mean(axis=1), found.std(axis=1) / found.shape[1] ** 0.5


def check_distances(share: float) -> list[dict]:
    """Compare every distance of nets that forget."""
    checks = []
    for law, most in (("fan-in-uniform", SAME), ("fan-in-normal", NEAR)):
        for cell in ("vanilla:20", "gru:20"):
            case = Case(cell, max(2, int(20_000 * share)), 50)
            gain = initializer_by_name(law, 0.5)
            one, other = (
                samples(ensemble_of(case, kind, gain))[0].distances
                for kind in (CPU, GPU)
            )
            apart = np.abs(one - other) / one.max(axis=1, keepdims=True)
            worst = float(apart.max())
            what = f"{cell}, {law} times 0.5: distances differ by {worst:.1e}"
            checks.append(checked(f"{what}, at most {most:g}", worst <= most))
    return checks


def check_bits() -> dict:
    """Compare weights: uniform ones to rounding, normal ones to single precision."""
    uniform = apart_in_weights("fan-in-uniform")
    normal = apart_in_weights("normal")
    what = f"weights differ by {uniform:.1e} (uniform) and {normal:.1e} (normal)"
    return checked(what, uniform < 1e-15 and normal < 1e-5)


def apart_in_weights(law: str) -> float:
    """Return the largest difference of the weights that two devices draw."""
    case = Case("vanilla:20", 512, 1)
    drawn = [weights_of(ensemble_of(case, kind, law), kind) for kind in (CPU, GPU)]
    largest = 0.0
    for one, other in zip(*drawn, strict=True):
        largest = max(largest, float(np.abs(one - other).max()))
    return largest


def weights_of(ensemble: Ensemble, kind: str) -> list[np.ndarray]:
    """Return the weights of the first 64 draws."""
    population = ensemble.populations[0]
    program = BlockProgram.of(population, ensemble.words, ensemble.length)

    def draw(draws) -> list:
        keys = draw_keys(draws, 1, 64)
        bits = [array[0] for array in block_bits(draws, keys)]
        own_keys = (keys[0][0], keys[1][0])
        return strip_weights(program.recipe, draws, bits, own_keys, 0)

    compiled: Callable = jax.jit(draw)
    with jax.enable_x64(True), computing_on(kind):
        draws = population.draws(ensemble.words_of_key, 0)
        return [np.asarray(array) for array in compiled(draws)]


def checked(what: str, holds: bool) -> dict:
    return {"what": what, "holds": bool(holds)}


if __name__ == "__main__":
    main()
