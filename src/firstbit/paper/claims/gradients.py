"""Claims about gradients: are they alike, and do they vanish?"""

import numpy as np

from firstbit.memory.gradients.by_lag import LITTLE
from firstbit.paper.claims.claim import (
    CODE_DIFFERS,
    FAILS,
    HOLDS,
    Claim,
    bootstrap_mean,
)
from firstbit.paper.evidence import Evidence

SIMILAR_KS = 0.1
SIMILAR_RATIO = 1.5


def gradients_alike(evidence: Evidence) -> Claim:
    """Are the two distributions of absolute gradients similar?"""
    d = evidence.gradients
    rows = [
        {
            name: float(d[name][i])
            for name in (
                "ks_distance",
                "ks_low",
                "ks_high",
                "median_ratio",
                "ratio_low",
                "ratio_high",
            )
        }
        for i in range(d.sizes["epoch"])
    ]
    epochs = d["epoch"].values.tolist()
    told = "; ".join(
        f"epoch {epoch}: KS distance {r['ks_distance']:.3f} ({r['ks_low']:.3f} to "
        f"{r['ks_high']:.3f}), ratio of medians "
        f"Vanilla/GRU {r['median_ratio']:.2f} ({r['ratio_low']:.2f} to "
        f"{r['ratio_high']:.2f})"
        for epoch, r in zip(epochs, rows, strict=True)
    )
    end = rows[-1]
    alike = (
        end["ks_high"] < SIMILAR_KS
        and 1 / SIMILAR_RATIO < end["ratio_low"] <= end["ratio_high"] < SIMILAR_RATIO
    )
    return Claim(
        id="gradients_alike",
        claim="Figure 9 represents the obtained distribution of absolute value of "
        "gradient's coefficients ... Both "
        "distributions are similar.",
        place="Section IV, Fig. 9",
        measured="Absolute gradients per word, all parameters pooled (95 % bootstrap "
        f"intervals over words): {told}.",
        verdict=HOLDS if alike else FAILS,
        figure="fig09",
        rule=f"holds if at the end the KS distance is below {SIMILAR_KS} and the "
        "medians differ by less than a factor of "
        f"{SIMILAR_RATIO}, intervals included",
        numbers={str(epoch): row for epoch, row in zip(epochs, rows, strict=True)},
    )


def figure_nine(evidence: Evidence) -> Claim:
    """Does Fig. 9 show what its text says?"""
    end = evidence.gradients["gradient"].isel(epoch=-1).values
    negative = float((end < 0).mean())
    return Claim(
        id="figure_nine_values",
        claim="Distribution of absolute value of gradient's coefficients ... when "
        "training both neural network models.",
        place="Section IV, Fig. 9",
        measured=(
            "The published code draws signed values at the weights after "
            "training, on ranges that start at 0: the "
            f"negative {negative:.1%} of the coefficients are dropped. Exact for "
            "these networks and words."
        ),
        verdict=CODE_DIFFERS if negative > 0 else HOLDS,
        figure="fig09",
        rule="differs if some coefficients are negative, and so missing from the "
        "published histogram",
        numbers={"negative_share": negative},
    )


def no_vanishing(evidence: Evidence) -> Claim:
    """Does the error at the last outer symbol reach back to the symbol that determines it?"""
    numbers: dict[str, dict[str, float]] = {}
    told: list[str] = []
    for which, by_epoch in evidence.reaching_back.items():
        for epoch, norms in by_epoch.items():
            shares = _share_reaching_first(norms)
            logs = np.log10(np.maximum(shares, 1e-300))
            low, high = bootstrap_mean(logs, seed=evidence.settings.seed)
            numbers[f"{which}_{epoch}"] = {
                "mean_log10": float(logs.mean()),
                "low": low,
                "high": high,
                "median": float(np.median(shares)),
            }
            told.append(
                f"{which} at epoch {epoch}: 10^{logs.mean():.2f} (10^{low:.2f} to "
                f"10^{high:.2f})"
            )
    vanishes = any(
        values["high"] < np.log10(LITTLE)
        for name, values in numbers.items()
        if name.startswith("vanilla")
    )
    return Claim(
        id="no_vanishing_gradients",
        claim="... to highlight a limitation of Vanilla RNN architectures without "
        "encountering vanishing or exploding gradient "
        "issues.",
        place="Section I and Section IV",
        measured=(
            "The squared error at the last outer symbol, which only the second "
            "symbol determines: geometric mean over words "
            "of |dL/dh| at the second symbol over |dL/dh| at the prediction (95 % "
            "bootstrap intervals): "
            + "; ".join(told)
            + ". The pooled histogram of Fig. 9 adds up all lags and can't show this."
        ),
        verdict=FAILS if vanishes else HOLDS,
        figure="fig09",
        rule="does not hold if at the start, in the middle or at the end of "
        f"training less than {LITTLE:.0%} of Vanilla's gradient "
        "reaches the second symbol, interval included",
        numbers=numbers,
    )


def _share_reaching_first(norms: np.ndarray) -> np.ndarray:
    """For each word, the gradient at the second symbol over that at lag 0."""
    last_lag = (
        np.isfinite(norms).sum(axis=1) - 2
    )  # the largest lag is the first symbol, B
    return norms[np.arange(len(norms)), last_lag] / norms[:, 0]
