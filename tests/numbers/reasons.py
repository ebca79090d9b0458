"""Why a number is another one than in version 0.1.0."""

JUDGED = (
    "divergence",
    "epochs_to_solve",
    "long_range_accuracy",
    "long_test_applies",
    "loss_above_floor",
    "median_epochs_to_solve",
    "median_symbols_to_solve",
    "num_predictions",
    "solved",
    "solved_long",
    "squared_distance",
    "success_rate",
    "success_rate_ci/lower",
    "success_rate_ci/upper",
    "symbols_to_solve",
)
"""Runs are judged by other criteria, on other words, with exact intervals."""


SHAPED = ("orthogonal", "identity")
"""Laws that shape recurrent matrices; they shaped some input matrices too."""

CLAIMS = {
    "computationally_heavy": "the ratio at equal units stands beside that at equal "
    "parameters",
    "confusion_in_hidden_layer": "what a linear programme separates stands beside "
    "least squares; means over words by a bootstrap of Student's t",
    "gradients_alike": "the Kolmogorov-Smirnov distance has a band that covers",
    "gru_discrepancy": "D by betting; ratios from the ends of both intervals; the "
    "median net and l = 1000 are readings of their own",
    "hidden_states_similar": "the bootstrap of distances within groups counts copies",
    "no_vanishing_gradients": "means over words by a bootstrap of Student's t",
    "out_of_range": "the longest word is a reading of its own",
    "vanilla_discrepancy": "D by betting; ratios from the ends of both intervals",
}
"""Numbers of the paper's claims that moved: intervals that cover, and new readings."""

READ_ANEW = {
    "computationally_heavy": "it fails at equal units by the same count",
    "gradients_alike": "each epoch is a reading",
    "gru_bit": "words like those of the training are one reading, longer ones others",
    "gru_discrepancy": "the mean and the median net differ, and so do sizes",
    "no_vanishing_gradients": "each epoch is a reading, and exploding counts too",
    "out_of_range": "the shortest, the median and the longest word are readings",
    "vanilla_bit": "a witness by hand refutes it of any net",
    "vanilla_indistinguishable": "most nets are one reading, all but 1 % another",
}
"""Claims whose verdict depends on the reading of the sentence."""


def reason(name: str) -> str:
    """Return why a number is another one than before; "" where it must not be."""
    group, *parts, variable = name.split("/")
    if name == "certificate/forgotten_after":
        return "a bound keeps the better of its own and of all before it"
    for of_group in (_of_training, _of_weights, _of_distances, _of_paper):
        found = of_group(group, parts, f"/{variable}", name)
        if found:
            return found
    return ""


def _of_training(group: str, parts: list[str], _: str, name: str) -> str:
    if group != "train":
        return ""
    if name.endswith(tuple(f"/{one}" for one in JUDGED)):
        return "judged by rows and twins, on words of its own"
    if parts[0] == "fresh words":
        return "each seed reads a list of its own, no fresh words"
    return ""


def _of_weights(group: str, parts: list[str], variable: str, _: str) -> str:
    is_input = group == "weights" and variable.startswith("/U_")
    if is_input and set(SHAPED) & set(parts):
        return "orthogonal and identity shape recurrent matrices alone"
    return ""


def _of_distances(group: str, parts: list[str], _: str, name: str) -> str:
    if group == "discrepancy" and set(SHAPED) & set(parts):
        return "orthogonal and identity shape recurrent matrices alone"
    if group == "discrepancy" and name.endswith("/resolved"):
        return "the share of draws below rounding stands instead"
    is_supply = group == "demand and supply" and "/discrepancy" in name
    if is_supply and "_ci" not in name:
        return "one of the two cells is orthogonal"
    if group in ("discrepancy", "demand and supply") and "/discrepancy_ci/" in name:
        return "intervals by betting, which cover"
    return ""


def _of_paper(group: str, parts: list[str], variable: str, _: str) -> str:
    if group not in ("paper", "quick paper"):
        return ""
    of_kind = {"claim": CLAIMS, "verdict": READ_ANEW}
    reasons = of_kind.get(parts[0], {}) if parts else {}
    return reasons.get(variable.removeprefix("/"), "")
