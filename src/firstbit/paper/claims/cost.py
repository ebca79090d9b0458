"""Is the GRU computationally heavy? The cost of a step at about 590 parameters."""

import time

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from firstbit.cells import GRU, Cell, Vanilla
from firstbit.paper.claims.claim import FAILS, HOLDS, Claim, Estimate
from firstbit.paper.evidence import Evidence
from firstbit.programs.blockwise import blockwise

INPUT_SIZE = 7
NUM_NETS, NUM_STEPS, NUM_ROUNDS = 128, 100, 41
SIZES: tuple[tuple[type[Cell], int], ...] = ((Vanilla, 18), (GRU, 10))
HEAVY = 2.0

Parameters = dict[str, Array]
"""Arrays of many nets, the net on the last axis."""


def computationally_heavy(evidence: Evidence) -> Claim:
    """Count multiplications, and measure seconds, Vanilla and GRU in turn."""
    counts = {
        "vanilla": multiplications(Vanilla, INPUT_SIZE, 18),
        "gru": multiplications(GRU, INPUT_SIZE, 10),
    }
    ratio = counts["gru"] / counts["vanilla"]
    seconds = _paired_seconds()
    low, median, high = np.quantile(seconds[:, 1] / seconds[:, 0], [0.025, 0.5, 0.975])
    per_step = np.median(seconds, axis=0) / (NUM_NETS * NUM_STEPS) * 1e9
    training: dict[str, float] = {}
    for name, run in evidence.runs.items():
        training[name] = run.seconds / len(run.training.log) * 1e3
    return Claim.written(
        "computationally_heavy",
        HOLDS if ratio > HEAVY and low > HEAVY else FAILS,
        numbers={
            "multiplications": counts,
            "time_ratio": [float(low), float(median), float(high)],
            "training_ms_an_epoch": training,
        },
        counts=counts,
        ratio=ratio,
        num_nets=NUM_NETS,
        num_rounds=NUM_ROUNDS,
        vanilla_ns=per_step[0],
        gru_ns=per_step[1],
        times=Estimate(float(median), float(low), float(high)),
        heavy=HEAVY,
    )


def multiplications(cell: type[Cell], input_size: int, hidden_size: int) -> int:
    """Count the multiplications in one step.

    They are the matrix products, and the GRU's products by r, z and 1 - z.

    Example:
        >>> multiplications(Vanilla, 7, 18), multiplications(GRU, 7, 10)
        (450, 540)
    """
    products = len(cell.gates) * hidden_size * (input_size + hidden_size)
    return products + (3 * hidden_size if cell is GRU else 0)


def _paired_seconds() -> Float[np.ndarray, "round cell"]:
    """Measure the seconds in which a block of nets reads a word; both cells in turn."""
    with jax.enable_x64(True):
        blocks = [_block(cell, size) for cell, size in SIZES]
        symbols = np.eye(INPUT_SIZE)[np.arange(NUM_STEPS) % INPUT_SIZE]
        word = jnp.broadcast_to(
            jnp.asarray(symbols)[..., None], (NUM_STEPS, INPUT_SIZE, NUM_NETS)
        )
        always = jnp.array(True)
        compiled = jax.jit(_last_state, static_argnames="cell")
        programs = [
            compiled.lower(block, word, always, cell=cell).compile()
            for block, (cell, _) in zip(blocks, SIZES, strict=True)
        ]
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
            drawn = generator.standard_normal((hidden_size, size, NUM_NETS))
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
        return cell.from_parameters(**parameters)(symbol, hidden)

    step = blockwise(next_state, always)

    def scanned(hidden: Array, symbol: Array) -> tuple[Array, None]:
        return step(block, symbol, hidden), None

    hidden_size = next(iter(block.values())).shape[0]
    return jax.lax.scan(scanned, jnp.zeros((hidden_size, NUM_NETS)), word)[0]
