"""Is the GRU computationally heavy? The cost of a step at about 590 parameters."""

import time

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from firstbit.cells import GRU, Cell, Vanilla
from firstbit.paper.claims.claim import Claim, Estimate, holds_if
from firstbit.paper.evidence import Evidence
from firstbit.programs.blockwise import blockwise
from firstbit.report import Strip

INPUT_SIZE = 7
NUM_NETS, NUM_STEPS, NUM_ROUNDS = 128, 100, 41
SIZES: tuple[tuple[type[Cell], int], ...] = ((Vanilla, 18), (GRU, 10))
HEAVY = 2.0
EQUAL_UNITS = 10

Parameters = dict[str, Array]
"""Arrays of many nets, the net on the last axis."""


def computationally_heavy(evidence: Evidence) -> Claim:
    """Count multiplications of a step, and measure its seconds, both cells in turn."""
    counts = {
        "vanilla": multiplications(Vanilla, INPUT_SIZE, 18),
        "gru": multiplications(GRU, INPUT_SIZE, 10),
    }
    ratio = counts["gru"] / counts["vanilla"]
    at_equal_units = counts["gru"] / multiplications(Vanilla, INPUT_SIZE, EQUAL_UNITS)
    seconds = _paired_seconds()
    times = seconds[:, 1] / seconds[:, 0]
    low, median, high = np.quantile(times, [0.025, 0.5, 0.975]).tolist()
    num_steps = NUM_NETS * NUM_STEPS
    per_step = np.median(seconds, axis=0) / num_steps * 1e9
    training: dict[str, float] = {}
    for name, run in evidence.runs.items():
        num_epochs = len(run.training.log)
        training[name] = run.seconds / num_epochs * 1e3
    return Claim.written(
        "computationally_heavy",
        {
            "at equal parameters": holds_if(ratio > HEAVY),
            "at equal units": holds_if(at_equal_units > HEAVY),
        },
        strips=[
            _strip("multiplications, equal parameters", Estimate(ratio, ratio, ratio)),
            _strip("time, equal parameters", Estimate(median, low, high)),
        ],
        numbers={
            "multiplications": counts,
            "ratio_at_equal_units": at_equal_units,
            "time_ratio": [low, median, high],
            "training_ms_an_epoch": training,
        },
        counts=counts,
        ratio=ratio,
        at_equal_units=at_equal_units,
        num_nets=NUM_NETS,
        num_rounds=NUM_ROUNDS,
        vanilla_ns=per_step[0],
        gru_ns=per_step[1],
        times=Estimate(median, low, high),
        heavy=HEAVY,
    )


def _strip(name: str, ratio: Estimate) -> Strip:
    return Strip(f"GRU / Vanilla, {name}", *ratio, HEAVY, (0, 4))


def multiplications(cell: type[Cell], input_size: int, hidden_size: int) -> int:
    """Count the multiplications in one step.

    They are the matrix products, and the GRU's products by r, z and 1 - z.

    Example:
        >>> multiplications(Vanilla, 7, 18), multiplications(GRU, 7, 10)
        (450, 540)
    """
    of_gate = hidden_size * (input_size + hidden_size)
    products = len(cell.gates) * of_gate
    if cell is GRU:
        products += 3 * hidden_size
    return products


def _paired_seconds() -> Float[np.ndarray, "round cell"]:
    """Measure the seconds in which a block of nets reads a word; both cells in turn."""
    with jax.enable_x64(True):
        blocks = [_block(cell, size) for cell, size in SIZES]
        numbers = np.arange(NUM_STEPS) % INPUT_SIZE
        symbols = jnp.asarray(np.eye(INPUT_SIZE)[numbers])
        shape = NUM_STEPS, INPUT_SIZE, NUM_NETS
        word = jnp.broadcast_to(symbols[..., None], shape)
        always = jnp.array(True)
        compiled = jax.jit(_last_state, static_argnames="cell")
        programs = []
        for block, (cell, _) in zip(blocks, SIZES, strict=True):
            lowered = compiled.lower(block, word, always, cell=cell)
            programs.append(lowered.compile())
        rounds: list[list[float]] = []
        for _ in range(NUM_ROUNDS + 1):
            row: list[float] = []
            for program, block in zip(programs, blocks, strict=True):
                began = time.perf_counter()
                program(block, word, always).block_until_ready()
                row.append(time.perf_counter() - began)
            rounds.append(row)
    return np.array(rounds[1:])


def _block(cell: type[Cell], hidden_size: int) -> Parameters:
    """Draw the parameters of many nets."""
    generator = np.random.Generator(np.random.PCG64(0))
    parameters: Parameters = {}
    for gate in cell.gates:
        for kind, size in (("U", INPUT_SIZE), ("W", hidden_size)):
            shape = hidden_size, size, NUM_NETS
            drawn = generator.standard_normal(shape)
            parameters[f"{kind}_{gate}"] = jnp.asarray(drawn)
    return parameters


def _last_state(
    block: Parameters,
    word: Float[Array, "time symbol net"],
    always: Bool[Array, ""],
    *,
    cell: type[Cell],
) -> Float[Array, "unit net"]:
    """Let every net of a block read a word."""

    def next_state(parameters: Parameters, symbol: Array, hidden: Array) -> Array:
        made = cell.from_parameters(options=None, **parameters)
        return made(symbol, hidden)

    step = blockwise(next_state, always)

    def scanned(hidden: Array, symbol: Array) -> tuple[Array, None]:
        return step(block, symbol, hidden), None

    some = next(iter(block.values()))
    hidden_size = some.shape[0]
    start = jnp.zeros((hidden_size, NUM_NETS))
    last, _ = jax.lax.scan(scanned, start, word)
    return last
