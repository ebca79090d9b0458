"""Claims about the trained networks: what they predict, and what their hidden states hold."""

import numpy as np
import scipy.special

from firstbit.languages import copies_merged, loss_of_truth
from firstbit.memory.state_clusters import separation
from firstbit.paper.claims.claim import (
    FAILS,
    HOLDS,
    ON_THE_GRID,
    Claim,
    bootstrap_mean,
    wilson,
)
from firstbit.paper.evidence import Evidence, Reading, after_prefixes

NAMES = {"vanilla": "embedded_reber_vanilla", "gru": "embedded_reber_gru"}


def softmax_is_probability(evidence: Evidence) -> Claim:
    """Is the softmax of the output near the true next-symbol probability?"""
    distance: dict[str, dict[str, float]] = {}
    for name in evidence.runs:
        reading = evidence.reading(name)
        soft = scipy.special.softmax(reading.output, axis=1)
        distance[name] = {
            "softmax": _total_variation(soft, reading.truth),
            "linear_output": _total_variation(reading.output, reading.truth),
        }
    worse = all(d["softmax"] > 2 * d["linear_output"] for d in distance.values())
    told = "; ".join(
        f"{name}: {d['softmax']:.3f} after softmax, {d['linear_output']:.3f} without"
        for name, d in distance.items()
    )
    return Claim(
        id="softmax_probability",
        claim="The RNN output -after softmax- can be interpreted as Pr(x_{t+1} | "
        "x_0 ... x_t).",
        place="Section III",
        measured=(
            "Mean half L1 distance to the true probabilities over all predictions "
            f"on the training words: {told}. Exact "
            "for these networks and words. Trained by squared error, the linear "
            "output itself is the estimate; the "
            "softmax of a perfect output of ones and zeros would give the right "
            "symbol e/(e + 6) = 0.31."
        ),
        verdict=FAILS if worse else HOLDS,
        figure="fig03",
        rule="does not hold if in every network the softmax is more than twice as "
        "far from the truth as the output",
        numbers=distance,
    )


def edges_retrieved(evidence: Evidence) -> Claim:
    """Does the 5-unit Vanilla net recover the automaton's edges, and how far above the floor does it end?"""
    run, reading = evidence.runs["reber_vanilla"], evidence.reading("reber_vanilla")
    right = _top_outputs_are_legal(reading)
    states = np.array(reading.state)
    by_state = {
        state: float(right[states == state].mean())
        for state in dict.fromkeys(reading.state)
    }
    floor = loss_of_truth(run.language, run.words)
    logged = run.training.log[-1].mean_error
    loss = float(reading.loss_by_word().mean())
    low, high = wilson(int(right.sum()), right.size)
    every = min(by_state.values())
    return Claim(
        id="edges_retrieved",
        claim="This model was able to provide good predictions after training, as "
        "we retrieve the edges of the "
        "corresponding states in the automaton.",
        place="Section III, Fig. 3",
        measured=(
            "The most active outputs are exactly the legal symbols at "
            f"{right.mean():.1%} of the {right.size} predictions "
            f"(95 % Wilson interval {low:.1%} to {high:.1%}); worst state "
            f"{min(by_state, key=lambda state: by_state[state])}: {every:.1%}. "
            f"Loss a word at the end: {logged:.4f} while "
            f"training goes on, {loss:.4f} with the last weights held fixed; floor "
            f"{floor:.4f}, so {logged - floor:.4f} and "
            f"{loss - floor:.4f} above."
        ),
        verdict=HOLDS if every > 0.5 else FAILS,
        figure="fig03",
        rule="holds if in every state of the automaton the legal symbols are "
        "exactly the most active outputs at more "
        "than half of the predictions",
        numbers={
            "share": float(right.mean()),
            "by_state": by_state,
            "logged_loss": logged,
            "loss": loss,
            "floor": floor,
        },
    )


def hidden_states_similar(evidence: Evidence) -> Claim:
    """Are the hidden states of one automaton state near each other (Fig. 4)?"""
    reading = evidence.reading("reber_vanilla")
    chosen = _unique(reading.prefix)
    found = separation(reading.hidden[chosen], [reading.state[i] for i in chosen])
    ratio = found.within / found.between
    low, high = _separation_interval(reading, evidence.settings.seed)
    return Claim(
        id="hidden_states_similar",
        claim="A Vanilla RNN successfully infers some of the automaton's states "
        "(e.g., q2 and q5). Hidden states are very "
        "similar even when sequences used to reach them are different.",
        place="Section III, Fig. 4",
        measured=(
            f"Over {chosen.size} different prefixes: mean distance within a state "
            f"{found.within:.3f}, between states "
            f"{found.between:.3f}, ratio {ratio:.2f} (95 % bootstrap interval over "
            f"prefixes {low:.2f} to {high:.2f}); the "
            f"nearest state mean is the right one for {found.nearest_right:.1%}."
        ),
        verdict=HOLDS if high < 0.5 else FAILS,
        figure="fig04",
        rule="holds if the mean distance within states is below half of that "
        "between states, interval included",
        numbers={
            "within": found.within,
            "between": found.between,
            "ratio": ratio,
            "ratio_interval": [low, high],
            "nearest_right": found.nearest_right,
        },
    )


def captures_the_bit(evidence: Evidence, which: str) -> Claim:
    """Does a network know the outer symbol at the end of the word? Read from the last output and the loss."""
    run = evidence.runs[NAMES[which]]
    floor = loss_of_truth(run.language, run.words)
    merged = loss_of_truth(run.language, run.words, copies_merged(run.language))
    loss = float(evidence.reading(NAMES[which]).loss_by_word().mean())
    right, output = _last_symbol(evidence, which)
    low, high = wilson(int(right.sum()), right.size)
    share = right.mean()
    lost_bit = (loss - floor) / (merged - floor)
    learned = low > 0.95
    forgot = low < 0.5 < high or abs(loss - merged) < abs(loss - floor)
    settled = {
        "vanilla": forgot and not learned,
        "gru": learned and loss < (floor + merged) / 2,
    }[which]
    claim = {
        "vanilla": "Vanilla RNNs are unable to capture long term dependencies",
        "gru": "whereas GRU successfully do so",
    }[which]
    rule = {
        "vanilla": "holds on the paper's grid only if the loss is nearer to the merged "
        "floor than to the full one and the "
        "right symbol does not win on 95 % of fresh words: one net, one rule, one "
        "seed can't show inability",
        "gru": "holds if the right symbol wins on more than 95 % of fresh words, "
        "interval included, and the loss is nearer "
        "to the full floor",
    }[which]
    return Claim(
        id=f"{which}_bit",
        claim=claim,
        place="Section III, " + {"vanilla": "Fig. 6", "gru": "Fig. 7"}[which],
        measured=(
            f"{len(right)} fresh words: the right outer symbol beats the wrong one "
            f"on {share:.1%} (95 % Wilson interval "
            f"{low:.1%} to {high:.1%}); mean output for the right symbol "
            f"{output[:, 0].mean():.3f}, for the wrong one "
            f"{output[:, 1].mean():.3f}. Loss on the training words {loss:.4f}: "
            f"full floor {floor:.4f}, outer symbol "
            f"forgotten {merged:.4f}, so {lost_bit:.0%} of the bit's worth is missing."
        ),
        verdict=({"vanilla": ON_THE_GRID, "gru": HOLDS}[which] if settled else FAILS),
        figure={"vanilla": "fig06", "gru": "fig07"}[which],
        rule=rule,
        numbers={
            "right_wins": float(share),
            "interval": [low, high],
            "loss": loss,
            "full_floor": floor,
            "merged_floor": merged,
        },
    )


def confusion_in_hidden_layer(evidence: Evidence) -> Claim:
    """Is the outer symbol lost already in Vanilla's hidden state (Fig. 8)?"""
    numbers: dict[str, dict[str, float]] = {}
    told: list[str] = []
    for which, name in NAMES.items():
        run = evidence.runs[name]
        inner = sorted({word[2:-2] for word in evidence.fresh_words(run.language)})
        hidden, _ = after_prefixes(
            run.training.network,
            run.language,
            [f"B{outer}{w}" for outer in "TP" for w in inner],
        )
        pairs = np.linalg.norm(hidden[: len(inner)] - hidden[len(inner) :], axis=1)
        reading = evidence.reading(name)
        scale = separation(reading.hidden[:1500], reading.state[:1500]).between
        relative = pairs / scale
        low, high = bootstrap_mean(relative, seed=evidence.settings.seed)
        decoded, trials = _decoded(hidden, len(inner))
        interval = wilson(decoded, trials)
        numbers[which] = {
            "distance": float(pairs.mean()),
            "relative_to_between_states": float(relative.mean()),
            "relative_low": low,
            "relative_high": high,
            "decoded": decoded / trials,
            "decoded_low": interval[0],
            "decoded_high": interval[1],
        }
        told.append(
            f"{which}: mean distance {pairs.mean():.2g}, {relative.mean():.2g} of "
            "the mean distance between states (95 % "
            f"interval {low:.2g} to {high:.2g}); a linear classifier fitted on "
            "other words reads the outer symbol in "
            f"{decoded / trials:.1%} ({interval[0]:.1%} to {interval[1]:.1%})"
        )
    vanilla = numbers["vanilla"]
    confused = vanilla["relative_high"] < 0.1 and vanilla["decoded_low"] < 0.6
    return Claim(
        id="confusion_in_hidden_layer",
        claim="The confusion phenomenon observed in Figure 6 is already true for "
        "the hidden layer.",
        place="Section III, Fig. 8",
        measured="Hidden states after the same inner word behind T and behind P. "
        + "; ".join(told)
        + ".",
        verdict=HOLDS if confused else FAILS,
        figure="fig08",
        rule="holds if Vanilla's distance is below a tenth of that between states, "
        "interval included, and no linear "
        "classifier reads the symbol clearly (lower bound below 60 %)",
        numbers=numbers,
    )


def _total_variation(estimate: np.ndarray, truth: np.ndarray) -> float:
    return float(np.abs(estimate - truth).sum(axis=1).mean() / 2)


def _top_outputs_are_legal(reading: Reading) -> np.ndarray:
    """Hochreiter and Schmidhuber's test, prediction by prediction."""
    legal = reading.truth > 0
    least_legal = np.where(legal, reading.output, np.inf).min(axis=1)
    most_illegal = np.where(legal, -np.inf, reading.output).max(axis=1)
    return least_legal > most_illegal


def _unique(prefixes: tuple[str, ...]) -> np.ndarray:
    """Where each prefix comes first."""
    return np.unique(np.array(prefixes), return_index=True)[1]


def _separation_interval(reading: Reading, seed: int) -> tuple[float, float]:
    """Bootstrap over different prefixes, state by state, of the ratio within / between."""
    generator = np.random.Generator(np.random.PCG64(seed))
    chosen = _unique(reading.prefix)
    states = np.array(reading.state)[chosen]
    ratios: list[float] = []
    for _ in range(200):
        index = np.concatenate(
            [
                generator.choice(np.flatnonzero(states == s), (states == s).sum())
                for s in np.unique(states)
            ]
        )
        index = np.unique(
            index
        )  # a prefix is at distance zero from its own copy: count it once
        found = separation(reading.hidden[chosen[index]], list(states[index]))
        ratios.append(found.within / found.between)
    return float(np.quantile(ratios, 0.025)), float(np.quantile(ratios, 0.975))


def _last_symbol(evidence: Evidence, which: str) -> tuple[np.ndarray, np.ndarray]:
    """On fresh words, whether the right outer symbol beats the wrong one; and the two outputs."""
    run = evidence.runs[NAMES[which]]
    words = evidence.fresh_words(run.language)
    _, output = after_prefixes(
        run.training.network, run.language, [word[:-2] for word in words]
    )
    right = np.array([run.language.alphabet.index(word[1]) for word in words])
    wrong = np.array(
        [run.language.alphabet.index("P" if word[1] == "T" else "T") for word in words]
    )
    rows = np.arange(len(words))
    both = np.stack([output[rows, right], output[rows, wrong]], axis=1)
    return both[:, 0] > both[:, 1], both


def _decoded(hidden: np.ndarray, num_inner: int) -> tuple[int, int]:
    """Correct decisions of a least-squares classifier of the outer symbol, two-fold over inner words."""
    label = np.repeat([1.0, -1.0], num_inner)
    fold = np.tile(np.arange(num_inner) % 2, 2)
    features = np.column_stack([hidden, np.ones(len(hidden))])
    correct = 0
    for held_out in (0, 1):
        weights = np.linalg.lstsq(
            features[fold != held_out], label[fold != held_out], rcond=None
        )[0]
        correct += int(
            (features[fold == held_out] @ weights * label[fold == held_out] > 0).sum()
        )
    return correct, len(hidden)
