"""Is the GRU computationally heavy? The cost of a step at about 590 parameters."""

import time

import jax
import jax.numpy as jnp
import numpy as np

from firstbit.cells import GRU, Cell, Vanilla
from firstbit.paper.claims.claim import FAILS, HOLDS, Claim
from firstbit.paper.evidence import Evidence
from firstbit.programs.blockwise import blockwise

NUM_NETS, NUM_STEPS, NUM_ROUNDS = 128, 100, 41
SIZES: tuple[tuple[type[Cell], int], ...] = ((Vanilla, 18), (GRU, 10))
HEAVY = 2.0


def heavy(evidence: Evidence) -> Claim:
    """Multiplications counted, and seconds measured, Vanilla and GRU in turn."""
    counts = {
        "vanilla": multiplications(Vanilla, 7, 18),
        "gru": multiplications(GRU, 7, 10),
    }
    seconds = _paired_seconds()
    ratios = seconds[:, 1] / seconds[:, 0]
    low, middle, high = np.quantile(ratios, [0.025, 0.5, 0.975])
    per_step = np.median(seconds, axis=0) / (NUM_NETS * NUM_STEPS) * 1e9
    training = {
        name: run.seconds / len(run.training.log) * 1e3
        for name, run in evidence.runs.items()
    }
    ratio = counts["gru"] / counts["vanilla"]
    return Claim(
        id="computationally_heavy",
        claim="In order to perform well in practice, RNN require computationally "
        "heavy architectures, such as GRU or LSTM.",
        place="Abstract",
        measured=(
            f"A step with 7 inputs at about 590 parameters: {counts['vanilla']} "
            "multiplications for Vanilla (k = 18), "
            f"{counts['gru']} for the GRU (k = 10), ratio {ratio:.2f}, exact. "
            f"Measured on this machine, {NUM_NETS} nets "
            f"side by side: {per_step[0]:.0f} and {per_step[1]:.0f} ns a net and "
            f"step, ratio {middle:.2f} (95 % of "
            f"{NUM_ROUNDS} paired rounds between {low:.2f} and {high:.2f}). At "
            "equal k it would be about 3."
        ),
        verdict=HOLDS if ratio > HEAVY and low > HEAVY else FAILS,
        figure="",
        rule="holds if the GRU's step at equal parameters costs more than "
        f"{HEAVY:g} times Vanilla's, counted and measured",
        numbers={
            "multiplications": counts,
            "time_ratio": [float(low), float(middle), float(high)],
            "training_ms_an_epoch": training,
        },
    )


def multiplications(cell: type[Cell], input_size: int, hidden_size: int) -> int:
    """Multiplications in one step: the matrix products, and the GRU's products by r, z and 1 - z.

    Example:
        >>> multiplications(Vanilla, 7, 18), multiplications(GRU, 7, 10)
        (450, 540)
    """
    products = len(cell.gates) * hidden_size * (input_size + hidden_size)
    return products + (3 * hidden_size if cell is GRU else 0)


def _paired_seconds() -> np.ndarray:
    """(round, cell) seconds for a block of nets to read a word; the two cells in turn."""
    with jax.enable_x64(True):
        blocks = [_block(cell, k) for cell, k in SIZES]
        word = jnp.broadcast_to(
            jnp.asarray(np.eye(7)[np.arange(NUM_STEPS) % 7])[..., None],
            (NUM_STEPS, 7, NUM_NETS),
        )
        always = jnp.array(True)
        programs = [
            jax.jit(_last_state, static_argnames="cell")
            .lower(block, word, always, cell=cell)
            .compile()
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


def _block(cell: type[Cell], hidden_size: int) -> dict[str, jax.Array]:
    """The parameters of many random nets, the net on the last axis."""
    shapes = {
        f"{kind}_{gate}": (hidden_size, 7 if kind == "U" else hidden_size, NUM_NETS)
        for gate in cell.gates
        for kind in "UW"
    }
    generator = np.random.Generator(np.random.PCG64(0))
    return {
        name: jnp.asarray(generator.standard_normal(shape))
        for name, shape in shapes.items()
    }


def _last_state(
    block: dict[str, jax.Array], word: jax.Array, always: jax.Array, *, cell: type[Cell]
) -> jax.Array:
    step = blockwise(
        lambda parameters, x, h: cell.from_parameters(**parameters)(x, h), always
    )
    hidden_size = next(iter(block.values())).shape[0]
    start = jnp.zeros((hidden_size, NUM_NETS))
    return jax.lax.scan(lambda h, x: (step(block, x, h), None), start, word)[0]
