"""Claims about gradients: are they alike, and do they vanish?"""

import numpy as np
import xarray as xr
from jaxtyping import Float

from firstbit.datasets import interval
from firstbit.memory.gradients.by_lag import LITTLE
from firstbit.paper.claims.claim import (
    CODE_DIFFERS,
    HOLDS,
    Claim,
    Estimate,
    bootstrap_mean,
    holds_if,
)
from firstbit.paper.evidence import Evidence
from firstbit.report import Strip

SIMILAR_KS = 0.1
SIMILAR_RATIO = 1.5

LEAST_SHARE = 1e-300
"""A share that underflows is this, so that its logarithm is finite."""


def gradients_alike(evidence: Evidence) -> Claim:
    """Are the two distributions of absolute gradients similar?"""
    shown: list[dict[str, object]] = []
    numbers: dict[str, dict[str, float]] = {}
    readings: dict[str, str] = {}
    strips: list[Strip] = []
    for epoch in evidence.gradients["epoch"].values.tolist():
        at = evidence.gradients.sel(epoch=epoch)
        ks = _estimate(at, "ks_distance")
        ratio = _estimate(at, "median_ratio")
        shown.append({"epoch": epoch, "ks": ks, "ratio": ratio})
        numbers[str(epoch)] = {
            "ks_distance": ks.value,
            "ks_low": ks.low,
            "ks_high": ks.high,
            "median_ratio": ratio.value,
            "ratio_low": ratio.low,
            "ratio_high": ratio.high,
        }
        readings[f"at epoch {epoch}"] = holds_if(are_alike(ks, ratio))
        gap = f"largest gap between shares, epoch {epoch}"
        strips.append(ks.share_beside(gap, SIMILAR_KS, is_above=False))
    return Claim.written(
        "gradients_alike",
        readings,
        figure="fig09",
        numbers=numbers,
        strips=strips,
        epochs=shown,
        similar_ks=SIMILAR_KS,
        similar_ratio=SIMILAR_RATIO,
    )


def are_alike(ks: Estimate, ratio: Estimate) -> bool:
    """Return whether two distributions are similar, intervals included."""
    near = 1 / SIMILAR_RATIO < ratio.low <= ratio.high < SIMILAR_RATIO
    return ks.high < SIMILAR_KS and near


def figure_nine_values(evidence: Evidence) -> Claim:
    """Does Fig. 9 show what its text says?"""
    end = evidence.gradients["gradient"].isel(epoch=-1).values
    negative = float((end < 0).mean())
    return Claim.written(
        "figure_nine_values",
        CODE_DIFFERS if negative > 0 else HOLDS,
        figure="fig09",
        numbers={"negative_share": negative},
        negative=negative,
    )


def no_vanishing_gradients(evidence: Evidence) -> Claim:
    """Does the error at the last outer symbol reach the symbol that determines it?

    The gradient may vanish on its way, or explode.
    """
    shown: list[dict[str, object]] = []
    numbers: dict[str, dict[str, float]] = {}
    readings: dict[str, str] = {}
    strips: list[Strip] = []
    for cell, by_epoch in evidence.reaching_back.items():
        for epoch, norms in by_epoch.items():
            shares = _share_reaching_back(norms)
            logs = np.log10(np.maximum(shares, LEAST_SHARE))
            mean = float(logs.mean())
            low, high = bootstrap_mean(logs, seed=evidence.settings.seed)
            if cell == "vanilla":
                readings[f"at epoch {epoch}"] = holds_if(stays_in_size(low, high))
                strips.append(_strip(epoch, Estimate(mean, low, high)))
            numbers[f"{cell}_{epoch}"] = {
                "mean_log10": mean,
                "low": low,
                "high": high,
                "median": float(np.median(shares)),
            }
            shown.append(
                {
                    "cell": cell,
                    "epoch": epoch,
                    "mean": mean,
                    "low": low,
                    "high": high,
                }
            )
    return Claim.written(
        "no_vanishing_gradients",
        readings,
        figure="fig09",
        numbers=numbers,
        strips=strips,
        reaches=shown,
        little=LITTLE,
    )


def _strip(epoch: int, log: Estimate) -> Strip:
    """Return the strip of the share of Vanilla's gradient that reaches back."""
    value, low, high = (10**end for end in log)
    name = f"Vanilla, reaches back, epoch {epoch}"
    return Strip(
        name,
        value,
        low,
        high,
        LITTLE,
        (1e-8, 1e4),
        is_log=True,
        is_above=False,
        verb="vanishes",
    )


def stays_in_size(low: float, high: float) -> bool:
    """Return whether a gradient neither vanishes nor explodes.

    Args:
        low: lower end of the interval of log10 of the share that reaches back.
        high: its upper end.
    """
    vanishes = high < np.log10(LITTLE)
    explodes = low > -np.log10(LITTLE)
    return not (vanishes or explodes)


def _estimate(at: xr.Dataset, name: str) -> Estimate:
    """Return a comparison of the two networks with its interval."""
    low, high = interval(at, name)
    return Estimate(float(at[name]), float(low), float(high))


def _share_reaching_back(
    norms: Float[np.ndarray, "word lag"],
) -> Float[np.ndarray, " word"]:
    """Return for each word the gradient at the second symbol over that at lag 0."""
    num_lags = np.isfinite(norms).sum(axis=1)
    second = num_lags - 2  # the largest lag is the first symbol, B
    words = np.arange(len(norms))
    return norms[words, second] / norms[:, 0]
