"""Claims about D(l,k): does it go to 0, and what does that mean?"""

import numpy as np
import xarray as xr

from firstbit.paper.claims.claim import FAILS, HOLDS, ON_THE_GRID, Claim, wilson
from firstbit.paper.evidence import Evidence

GONE = 0.05
"""D at the largest l is called 0 below this share of D at l = 1."""


def vanilla_goes_to_zero(evidence: Evidence) -> Claim:
    """Does D go to 0 for Vanilla on the grid, and beyond it?"""
    grid, large = (
        evidence.grids["vanilla_normal"],
        evidence.grids["vanilla_normal_large"],
    )
    on_grid, beyond = _left_over(grid), _left_over(large)
    gone = bool((on_grid["high"] < GONE).all())
    stays = bool((beyond["low"] > GONE).any())
    worst = int(on_grid["high"].argmax())
    told = ", ".join(
        f"k = {int(k)}: {share:.3f} ({low:.3f} to {high:.3f})"
        for k, share, low, high in zip(
            large["hidden_size"],
            beyond["share"],
            beyond["low"],
            beyond["high"],
            strict=True,
        )
    )
    return Claim(
        id="vanilla_discrepancy",
        claim="As soon as l becomes large, the discrepancy ability of Vanilla RNNs "
        "becomes very close to 0.",
        place="Section V, Fig. 10",
        measured=(
            "D(50,k)/D(1,k) on the paper's grid (k = 1 to 20): at most "
            f"{on_grid['share'].max():.4f} (k = "
            f"{int(grid['hidden_size'][worst])}: 95 % interval "
            f"{on_grid['low'][worst]:.4f} to {on_grid['high'][worst]:.4f}). "
            f"Beyond it: {told}. {large.attrs['num_draws']} draws each."
        ),
        verdict=(ON_THE_GRID if stays else HOLDS) if gone else FAILS,
        figure="fig10",
        rule=f"on the grid D(50,k)/D(1,k) is below {GONE} for every k, interval "
        f"included; beyond it, above {GONE} for some k",
        numbers={"on_grid": _plain(on_grid), "beyond": _plain(beyond)},
    )


def gru_stays(evidence: Evidence) -> Claim:
    """Does D stay away from 0 for the GRU, and is that true of most nets or of few?"""
    grid, long = evidence.grids["gru_normal"], evidence.grids["gru_normal_long"]
    on_grid, later = _left_over(grid), _left_over(long)
    median = grid["quantile_value"].sel(quantile=0.5).values
    lower = grid["quantile_value"].sel(quantile=0.25).values
    stays = on_grid["low"] > GONE
    first_k = _first_from_which(stays)
    last = len(median) - 1
    told = ", ".join(
        f"D(1000,{int(k)})/D(1,{int(k)}) = {share:.3f} ({low:.3f} to {high:.3f})"
        for k, share, low, high in zip(
            long["hidden_size"],
            later["share"],
            later["low"],
            later["high"],
            strict=True,
        )
    )
    large = np.asarray(grid["hidden_size"]) >= 5
    return Claim(
        id="gru_discrepancy",
        claim="The discrepancy does not go to 0 for large values of l, suggesting "
        "the ability of the dynamics of GRU to "
        "maintain long term information in the hidden state.",
        place="Section V, Fig. 11",
        measured=(
            f"D(50,k)/D(1,k): k = 1 {_interval(on_grid, 0)}, k = 5 "
            f"{_interval(on_grid, 4)}, k = 20 {_interval(on_grid, last)}; "
            f"above {GONE} for every k from {first_k} on. The median draw at l = "
            f"50 keeps {median[4, -1] / median[4, 0]:.4f} of "
            f"its distance at k = 5 and {median[-1, -1] / median[-1, 0]:.3f} at k "
            "= 20, the lower quartile "
            f"{lower[4, -1] / lower[4, 0]:.1e} and "
            f"{lower[-1, -1] / lower[-1, 0]:.3f}: at small k few nets carry the "
            "mean. Much "
            f"longer words: {told}."
        ),
        verdict=HOLDS
        if bool(stays[large].all()) and bool((later["low"] > GONE).all())
        else FAILS,
        figure="fig11",
        rule=f"holds if D(50,k)/D(1,k) is above {GONE} for every k from 5 on, "
        "interval included, and D(1000,k)/D(1,k) for "
        "k = 10 and 20",
        numbers={
            "on_grid": _plain(on_grid),
            "long": _plain(later),
            "median_at_50": median[:, -1].tolist(),
            "lower_quartile_at_50": lower[:, -1].tolist(),
        },
    )


def indistinguishable(evidence: Evidence) -> Claim:
    """Are the two words indistinguishable for Vanilla once D is small?"""
    grid = evidence.grids["vanilla_normal"].isel(length=-1)
    num_draws = evidence.grids["vanilla_normal"].attrs["num_draws"]
    retained = grid["retained"].values
    intervals = [
        wilson(round(float(share) * num_draws), num_draws) for share in retained
    ]
    worst = int(retained.argmax())
    low, high = intervals[worst]
    median = float(grid["quantile_value"].sel(quantile=0.5)[-1])
    return Claim(
        id="vanilla_indistinguishable",
        claim="... meaning that the two binary sequences are indistinguishable.",
        place="Section V, Fig. 10",
        measured=(
            f"At l = 50, k = 20: mean {float(grid['discrepancy'][-1]):.4f}, median "
            f"{median:.1e}. Draws whose two states are "
            f"still more than 0.001 apart: at most {retained[worst]:.2%} (k = "
            f"{int(grid['hidden_size'][worst])}; 95 % Wilson "
            f"interval {low:.2%} to {high:.2%}). For most draws the sentence is "
            "true, for these nets it is not."
        ),
        verdict=FAILS if low > 0 and retained[worst] > 0 else ON_THE_GRID,
        figure="fig10",
        rule="does not hold if for some k a share of draws above 0, interval "
        "included, keeps the states 0.001 apart",
        numbers={
            "retained": retained.tolist(),
            "retained_interval": [list(pair) for pair in intervals],
        },
    )


def out_of_range(evidence: Evidence) -> Claim:
    """Is the embedded task's dependency out of D's range for Vanilla?"""
    words = evidence.runs["embedded_reber_vanilla"].words
    # The outer symbol is read, then the inner word; the prediction stands right after
    # it.
    lengths = np.array([len(word) - 3 for word in words])
    ratio = _left_over(evidence.grids["vanilla_normal"], length=int(np.median(lengths)))
    at = 17  # k = 18, the trained size
    shortest = _left_over(evidence.grids["vanilla_normal"], length=int(lengths.min()))
    return Claim(
        id="out_of_range",
        claim="The Vanilla ... definitely failed in the embedded case because of "
        "out-of-range dependencies.",
        place="Section V",
        measured=(
            f"The outer symbol must survive l = {lengths.min()} to {lengths.max()} "
            "symbols, itself included (median "
            f"{int(np.median(lengths))}). For random Vanilla nets of k = 18, "
            "D(l,18)/D(1,18) is "
            f"{_interval(shortest, at)} at the shortest and {_interval(ratio, at)} "
            "at the median word: small, not zero, and a "
            "read-out may scale it up. Whether training could use it is a "
            "question about training, not about D."
        ),
        verdict=FAILS if shortest["low"][at] > GONE else ON_THE_GRID,
        figure="fig10",
        rule=f"holds on the grid if D at the shortest embedded word is below {GONE} "
        "of D(1,k); does not hold if it is above, "
        "interval included",
        numbers={
            "l_shortest": int(lengths.min()),
            "l_median": int(np.median(lengths)),
            "l_longest": int(lengths.max()),
            "share_at_shortest": float(shortest["share"][at]),
            "share_at_median": float(ratio["share"][at]),
        },
    )


def _left_over(grid: xr.Dataset, length: int = -1) -> dict[str, np.ndarray]:
    """D(l,k)/D(1,k) with a 95 % interval (delta method; both from the same draws, taken as independent)."""
    first = grid.isel(length=0)
    last = grid.isel(length=-1) if length == -1 else grid.sel(length=length)
    share = last["discrepancy"].values / first["discrepancy"].values
    relative = np.hypot(
        last["standard_error"].values / last["discrepancy"].values,
        first["standard_error"].values / first["discrepancy"].values,
    )
    return {
        "share": share,
        "low": np.maximum(share * (1 - 1.96 * relative), 0),
        "high": share * (1 + 1.96 * relative),
    }


def _interval(left: dict[str, np.ndarray], i: int) -> str:
    return f"{left['share'][i]:.3f} ({left['low'][i]:.3f} to {left['high'][i]:.3f})"


def _plain(left: dict[str, np.ndarray]) -> dict[str, list[float]]:
    return {name: values.tolist() for name, values in left.items()}


def _first_from_which(stays: np.ndarray) -> int:
    """Least k such that it and all larger ones stay."""
    return int(len(stays) - np.argmin(stays[::-1]) + 1) if not stays.all() else 1
