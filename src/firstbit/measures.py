"""The measures of memory: which question each answers, and when it misleads.

Help texts and docs/measures.md are made from this list.
"""

import re
from typing import NamedTuple

NOTHING = ""


class Measure(NamedTuple):
    """A measure as a reader looks for it.

    Attributes:
        name: of the call, in `firstbit` or one of its chapters.
        question: that it answers.
        chapter: where the call is.
        command: of the command line; "" where there is none.
        unit: of its main number.
        cost: what it takes.
        says: what a result means.
        misleads: when not to trust it.
        sources: where it comes from.
        also: calls that belong to it.
    """

    name: str
    question: str
    chapter: str
    command: str
    unit: str
    cost: str
    says: str
    misleads: str
    sources: str
    also: tuple[str, ...] = ()

    @property
    def call(self) -> str:
        """How it is called."""
        return f"{self.chapter}.{self.name}"


MEASURES = (
    Measure(
        name="discrepancy",
        question="How far apart does a first bit drive two states?",
        chapter="firstbit",
        command="discrepancy",
        unit="units of the hidden state",
        cost="3 to 4 s for 2,000 nets of each of 1 to 20 units, 50 symbols",
        says="Where D decays, the bit is lost. Quantiles and the retained share say in "
        "how many nets.",
        misleads="A D that doesn't decay is no memory: a chaotic net keeps words "
        "apart, and nobody can decode which. A few nets may carry the mean.",
        sources="Stérin, Farrugia, Gripon 2017, Definition V.1",
    ),
    Measure(
        name="distances",
        question="How far apart are the two states in each single net?",
        chapter="firstbit.memory",
        command="",
        unit="that of the state",
        cost="as the discrepancy; 8 bytes for each net and length",
        says="D is the mean of these: take them for pictures of single nets, or for a "
        "statistic of your own.",
        misleads="A net that is far apart need not tell which word it read.",
        sources="Stérin, Farrugia, Gripon 2017, Definition V.1",
        also=("save_distances",),
    ),
    Measure(
        name="decodability",
        question="How often does a read-out decode a symbol of the past?",
        chapter="firstbit",
        command="decodability",
        unit="share of words; bits; symbols (reach)",
        cost="14 s of one core for 200 nets of 20 units, 50 lags, 1,000 words",
        says="The reach is the longest lag that a read-out surely decodes, with random "
        "symbols since.",
        misleads="It speaks of one read-out, of uniformly random bits, and of float64 "
        "without noise. The first symbol of a word is special: a stream is harder.",
        sources="Jaeger 2001, the echo state approach",
    ),
    Measure(
        name="memory_capacity",
        question="How many functions of its past inputs does a net hold?",
        chapter="firstbit",
        command="capacity",
        unit="functions, at most N",
        cost="one decomposition of 5,000 states for each net",
        says="Capacity of degree 1 is memory of the inputs; of higher degrees it is "
        "memory of products of inputs.",
        misleads="It depends on law and scale of the inputs. What float64 reads out "
        "may be less than what is there.",
        sources="Jaeger 2002; Dambre, Verstraeten, Schrauwen, Massar 2012",
    ),
    Measure(
        name="fates",
        question="What becomes of two states if the common symbol goes on?",
        chapter="firstbit",
        command="fates",
        unit="share of nets, and of D",
        cost="4,000 symbols for each net, with two tangent vectors",
        says="Different fixed points store a bit; phases need a clock; slow pairs will "
        "merge; chaotic ones say nothing.",
        misleads="A fate is what a finite time shows: a long transient may look "
        "chaotic, a very slow pair fixed.",
        sources="docs/fates.md",
    ),
    Measure(
        name="lyapunov_exponents",
        question="Does one net forget or amplify small changes, and how fast?",
        chapter="firstbit",
        command=NOTHING,
        unit="nats a symbol",
        cost="a step and its Jacobian a symbol",
        says="Below 0 a net forgets under these inputs; above 0 it is chaotic.",
        misleads="It speaks of these inputs and of small changes. Two far states may "
        "stay apart although each forgets.",
        sources="Benettin, Galgani, Giorgilli, Strelcyn 1980",
    ),
    Measure(
        name="echo_state",
        question="Does one net forget where it started, and how do we know?",
        chapter="firstbit.memory",
        command="echo",
        unit="certified, measured, refuted, or undecided",
        cost="a search for the best norm, 16 states side by side, up to 3 exponents",
        says="Certified is a proof. Measured: small changes fade, and all states that "
        "were tried have met. Refuted: two states that stay apart are shown.",
        misleads="It speaks of these inputs, and of the states that were tried. Two "
        "states that stay apart need not tell what was read.",
        sources="Jaeger 2001; Manjunath, Jaeger 2013",
    ),
    Measure(
        name="certificate_of_forgetting",
        question="After how many symbols is a difference surely gone?",
        chapter="firstbit.memory",
        command=NOTHING,
        unit="rate a symbol; symbols",
        cost="a search for the best norm, for one net",
        says="A rate below 1 proves that no read-out with a bounded slope remembers.",
        misleads="It is one-sided: a rate of 1 or more says nothing. It holds for one "
        "net, and in exact arithmetic a contraction keeps every bit.",
        sources="docs/dynamics.md",
        also=("separation_bound",),
    ),
    Measure(
        name="gradients_by_lag",
        question="How far back do gradients of a net in training reach?",
        chapter="firstbit",
        command=NOTHING,
        unit="norms of gradients",
        cost="one backward pass for each word and prediction",
        says="Where they vanish with the lag, far symbols teach the weights nothing.",
        misleads="One step of Adam doesn't see the size of a gradient. A large one may "
        "point anywhere: in a chaotic net it teaches nothing.",
        sources="Pascanu, Mikolov, Bengio 2013",
        also=(
            "word_gradients_by_lag",
            "gradient_distributions",
            "hidden_gradients",
            "weight_gradients",
        ),
    ),
    Measure(
        name="separation",
        question="Do the states of a trained net lie in groups, one for each label?",
        chapter="firstbit.memory",
        command=NOTHING,
        unit="units of the hidden state",
        cost="all pairs of states",
        says="Distances within labels far below those between them: the net has states "
        "of an automaton.",
        misleads="Groups of another shape than balls are missed.",
        sources="docs/training.md",
    ),
    Measure(
        name="vanilla_mean_field",
        question="What does D become as k grows, in theory?",
        chapter="firstbit.memory",
        command="phase",
        unit="units of the hidden state",
        cost="one recursion for each size",
        says="Below a critical size or gain infinite nets forget; above it they don't.",
        misleads="Small nets do either: rare nets carry their mean, which no theory of "
        "infinite nets has.",
        sources="Sompolinsky, Crisanti, Sommers 1988; docs/theory.md",
        also=(
            "gru_mean_field",
            "critical_gain",
            "critical_hidden_size",
            "ratios_by_gain",
        ),
    ),
    Measure(
        name="compare",
        question="Does my cell remember longer than another one?",
        chapter="firstbit",
        command="compare",
        unit="that of each measure, and differences",
        cost="that of the measures, for each cell",
        says="The same nets under distance, read-out, capacity and cost; of pairs of "
        "nets also the differences, with intervals.",
        misleads="Cells may have different laws of weights, and states of different "
        "units. It speaks of random nets: training may change the order.",
        sources="docs/decodability.md",
        also=("comparison_table",),
    ),
    Measure(
        name="cost",
        question="What does a step of a cell cost?",
        chapter="firstbit",
        command="cost",
        unit="multiplications; functions; ns",
        cost="a few seconds for each size",
        says="What a memory is paid with, by k.",
        misleads="Counts are those of the traced program; times those of one machine.",
        sources="docs/your_own_cell.md",
    ),
)


def measure_by_name(name: str) -> Measure | None:
    """Return the measure with a call or a command of that name; None without one.

    Example:
        >>> found = measure_by_name("capacity")
        >>> found.call if found else None
        'firstbit.memory_capacity'
    """
    for measure in MEASURES:
        if name in (measure.name, measure.command, *measure.also):
            return measure
    return None


def as_table() -> str:
    """Return question, call and command of each measure as a table in Markdown."""
    lines = ["| question | call | command |", "|---|---|---|"]
    for one in MEASURES:
        command = f"`firstbit {one.command}`" if one.command else "–"
        lines.append(f"| {one.question} | `{one.call}` | {command} |")
    return "\n".join(lines) + "\n"


def as_page() -> str:
    """Return docs/measures.md."""
    parts = [_HEAD, as_table(), *map(_section, MEASURES)]
    return "\n".join(parts)


_HEAD = """# Which measure do I want?

Start from the question. No measure says "memory" by itself: two that disagree say more
than one. `firstbit measures` prints this table, `firstbit measures NAME` all about one.
This page is made from `src/firstbit/measures.py`.
"""


_PAGE, _LINK = re.compile(r"docs/(\w+\.md)"), r"[\1](\1)"
"""Another page, as a source; the link to it."""


def _section(one: Measure) -> str:
    lines = [
        f"## {one.question}",
        "",
        f"- **Call**: `{one.call}`" + _listed(" (also ", one.also, ")"),
        *([f"- **Command**: `firstbit {one.command}`"] if one.command else []),
        f"- **Unit**: {one.unit}",
        f"- **Cost**: {one.cost}",
        f"- **Says**: {one.says}",
        f"- **Misleads**: {one.misleads}",
        f"- **Sources**: {_PAGE.sub(_LINK, one.sources)}",
        "",
    ]
    return "\n".join(lines)


def _listed(before: str, names: tuple[str, ...], after: str) -> str:
    if not names:
        return ""
    return before + ", ".join(f"`{name}`" for name in names) + after
